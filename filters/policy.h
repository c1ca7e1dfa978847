/* policy.h: what the jailed side may ask of the kernel, as tables with reasons. */
#ifndef SHOUWEN_FILTERS_POLICY_H
#define SHOUWEN_FILTERS_POLICY_H

#include "base/jail.h"

/* The descriptor a child takes requests from; the only one its second filter lets it receive on. */
#define WORK_FD 3

/* Enters the server's jail: no_new_privs, Landlock to the table of paths (PAGES: with poppler's), the allow-list of calls. */
gboolean policy_enter(gboolean pages, GError **error);

/* The second filter of a child, in hand-built BPF: no fork, exec, kill, ptrace, sockets, further filters; recvmsg on WORK_FD
 * only. FALSE when the kernel refuses it. */
gboolean policy_enter_child(void);

#endif
