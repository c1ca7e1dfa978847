/* policy.h: what the jailed side may ask of the kernel: tables of paths and of system calls, each row with its reason. */
#ifndef SHOUWEN_FILTERS_POLICY_H
#define SHOUWEN_FILTERS_POLICY_H

#include "base/jail.h"

/* The descriptor a child takes requests from; the only one its second filter lets it receive on. */
#define WORK_FD 3

/* Enters the server's jail: no_new_privs, Landlock to the table of paths (PAGES: with poppler's), the allow-list of
 * calls. Makes the children's filter ready. */
gboolean policy_enter(gboolean pages, GError **error);

/* The second filter of a child, hand-built BPF (libseccomp would cost 0.4 ms a child): takes away what only the server
 * may do. FALSE when the kernel refuses it. */
gboolean policy_enter_child(void);

#endif
