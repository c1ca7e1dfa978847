/* cured.h: private to src/ledger: which findings a person's word makes void, as SQL. */
#ifndef SHOUWEN_LEDGER_CURED_H
#define SHOUWEN_LEDGER_CURED_H

/* Of a finding on document ?1 about field ?2: the person's value cures it. That there is no value cures only a wrong one. */
#define CURED                                                                                                          \
    "(rule = 'field-invalid' OR (rule = 'field-missing' AND EXISTS (SELECT 1 FROM fields v WHERE v.document = ?1"      \
    " AND v.id = ?2 AND v.shown <> '')) OR (rule IN ('seal-absent', 'seal-unknown') AND EXISTS (SELECT 1 FROM fields v"  \
    " WHERE v.document = ?1 AND v.id = 'seal' AND v.shown = 'present')))"

/* Rules that hold whatever a document is. */
#define ANY_KIND "'unreadable', 'classified-marking', 'duplicate', 'superseded', 'attachment-missing'"

#endif
