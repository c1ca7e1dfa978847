-- From version 2 to version 3. Nothing of version 2 ever put a row into meetings, ballots or reminders, and duties came
-- from bounces only.
ALTER TABLE entries ADD COLUMN language TEXT;
ALTER TABLE entries ADD COLUMN assignee INTEGER REFERENCES users (id);
ALTER TABLE entries ADD COLUMN rank INTEGER NOT NULL DEFAULT 0; -- reckoned after the steps (migrate.c)
ALTER TABLE entries ADD COLUMN organisation TEXT;
ALTER TABLE entries ADD COLUMN completed INTEGER;
ALTER TABLE entries ADD COLUMN merged_into INTEGER REFERENCES entries (id);
DROP INDEX entries_state;
CREATE INDEX entries_received ON entries (received);
CREATE INDEX entries_number ON entries (year * 1000000000 + number);
CREATE INDEX entries_rank ON entries (rank, state, attention, sender_name, sender_address, organisation, reference, subject);
CREATE INDEX entries_state ON entries (state, rank);
CREATE INDEX entries_open ON entries (rank) WHERE state IN ('review', 'waiting', 'complete') OR attention IS NOT NULL;
CREATE INDEX entries_attention ON entries (rank) WHERE attention IS NOT NULL;
CREATE INDEX documents_kind ON documents (kind, entry);
CREATE INDEX fields_meeting ON fields (shown) WHERE id = 'meeting';
CREATE INDEX findings_rule ON findings (rule, entry);
CREATE INDEX findings_severity ON findings (severity, entry);
ALTER TABLE parties ADD COLUMN name_latin TEXT;
ALTER TABLE parties ADD COLUMN key TEXT;
ALTER TABLE parties ADD COLUMN key_latin TEXT;
ALTER TABLE parties ADD COLUMN title TEXT;
ALTER TABLE parties ADD COLUMN phone TEXT;
ALTER TABLE parties ADD COLUMN contact TEXT;
ALTER TABLE parties ADD COLUMN working_groups TEXT;
ALTER TABLE parties ADD COLUMN language TEXT;
ALTER TABLE parties ADD COLUMN origin TEXT NOT NULL DEFAULT 'hand' CHECK (origin IN ('imported', 'accepted', 'hand'));
ALTER TABLE parties ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'withdrawn'));
ALTER TABLE parties ADD COLUMN document INTEGER REFERENCES documents (id);
ALTER TABLE parties ADD COLUMN until INTEGER;
CREATE INDEX parties_key ON parties (key);
CREATE INDEX parties_key_latin ON parties (key_latin);
DROP TABLE reminders;
DROP TABLE meetings;
DROP TABLE ballots;
DROP INDEX duties_entry;
ALTER TABLE duties RENAME TO duties_2;
CREATE TABLE corrections (
    id         INTEGER PRIMARY KEY,
    document   INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    field      TEXT NOT NULL,
    was        TEXT,
    became     TEXT,
    confidence REAL,
    actor      TEXT NOT NULL,
    at         INTEGER NOT NULL
);
CREATE INDEX corrections_document ON corrections (document);
CREATE TABLE meetings (
    id        INTEGER PRIMARY KEY,
    uid       TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    key       TEXT NOT NULL,
    place     TEXT,
    first_day TEXT NOT NULL,
    last_day  TEXT NOT NULL,
    starts    INTEGER NOT NULL,
    ends      INTEGER NOT NULL,
    groups    TEXT,
    host      TEXT,
    contact   TEXT,
    state     TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'cancelled'))
);
CREATE INDEX meetings_key ON meetings (key);
CREATE TABLE participants (
    meeting  INTEGER NOT NULL REFERENCES meetings (id),
    party    INTEGER NOT NULL REFERENCES parties (id),
    document INTEGER REFERENCES documents (id),
    state    TEXT NOT NULL CHECK (state IN ('registered', 'attended', 'absent', 'excused')),
    since    INTEGER NOT NULL,
    PRIMARY KEY (meeting, party)
) WITHOUT ROWID;
CREATE INDEX participants_party ON participants (party);
CREATE TABLE ballots (
    id       INTEGER PRIMARY KEY,
    uid      TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    key      TEXT NOT NULL,
    title    TEXT,
    groups   TEXT,
    opens    INTEGER,
    closes   INTEGER NOT NULL,
    state    TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'cancelled'))
);
CREATE INDEX ballots_key ON ballots (key);
CREATE TABLE days (
    day  TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('off', 'work')),
    name TEXT NOT NULL
);
CREATE TABLE duties (
    id       INTEGER PRIMARY KEY,
    key      TEXT NOT NULL UNIQUE,
    origin   TEXT NOT NULL CHECK (origin IN ('meeting', 'hosting', 'ballot', 'finding', 'year', 'absence', 'bounce', 'hand')),
    what     TEXT NOT NULL,
    party    INTEGER REFERENCES parties (id),
    name     TEXT,
    address  TEXT,
    entry    INTEGER REFERENCES entries (id),
    meeting  INTEGER REFERENCES meetings (id),
    ballot   INTEGER REFERENCES ballots (id),
    document INTEGER REFERENCES documents (id) ON DELETE SET NULL,
    article  TEXT,
    why_zh   TEXT NOT NULL,
    why_en   TEXT NOT NULL,
    due      INTEGER,
    state    TEXT NOT NULL CHECK (state IN ('open', 'claimed', 'met', 'waived')),
    held     INTEGER NOT NULL DEFAULT 0,
    claimed  INTEGER,
    settled  INTEGER,
    reason   TEXT,
    created  INTEGER NOT NULL
);
CREATE INDEX duties_entry ON duties (entry);
CREATE INDEX duties_party ON duties (party);
CREATE INDEX duties_document ON duties (document) WHERE document IS NOT NULL;
CREATE INDEX duties_what ON duties (what) WHERE state IN ('open', 'claimed');
CREATE INDEX duties_open ON duties (due) WHERE state IN ('open', 'claimed');
CREATE TABLE reminders (
    duty       INTEGER NOT NULL REFERENCES duties (id),
    occurrence TEXT NOT NULL,
    planned    INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    letter     INTEGER REFERENCES letters (id),
    why        TEXT,
    PRIMARY KEY (duty, occurrence)
) WITHOUT ROWID;
INSERT INTO duties (id, key, origin, what, address, entry, why_zh, why_en, due, state, created)
    SELECT id, 'reach/' || id, 'bounce', 'reach', address, entry, why, why, due, state, created FROM duties_2;
DROP TABLE duties_2;
ALTER TABLE letters ADD COLUMN duty INTEGER REFERENCES duties (id);
ALTER TABLE letters ADD COLUMN released_by TEXT;
CREATE TABLE texts (
    id       INTEGER PRIMARY KEY,
    message  INTEGER NOT NULL REFERENCES messages (id),
    document INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    head     TEXT NOT NULL,
    body     TEXT NOT NULL
);
CREATE INDEX texts_document ON texts (document);
CREATE INDEX texts_message ON texts (message);
CREATE VIRTUAL TABLE search USING fts5 (head, body, content = '', tokenize = 'ascii');
CREATE TABLE users (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    shown    TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('reader', 'clerk', 'reviewer', 'administrator')),
    password TEXT,
    created  INTEGER NOT NULL,
    disabled INTEGER
);
CREATE TABLE sessions (
    token   BLOB PRIMARY KEY,
    user    INTEGER NOT NULL REFERENCES users (id),
    csrf    TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE views (
    id    INTEGER PRIMARY KEY,
    user  INTEGER NOT NULL REFERENCES users (id),
    name  TEXT NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (user, name)
);
CREATE TABLE alarms (
    name  TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    said  INTEGER,
    over  INTEGER,
    text  TEXT NOT NULL
);
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX entry_addresses_address ON entry_addresses (address);
CREATE INDEX letters_state ON letters (state, id);
