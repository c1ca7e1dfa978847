/* paths.h: what starting the filter's programs needs, in a stage that is confined (base/jail.h): rows for jail_confine beside the
 * programs' own folder and the kinds. */
#ifndef SHOUWEN_DOOR_PATHS_H
#define SHOUWEN_DOOR_PATHS_H

#include "base/jail.h"

/* clang-format off */
#define DOOR_READ_TREE (JAIL_READ | JAIL_READ_DIR)
#define DOOR_RUN (DOOR_READ_TREE | JAIL_EXECUTE)
#define DOOR_PATHS \
    {"/usr/lib", DOOR_RUN, "libraries, the dynamic loader, character sets; magic numbers of libmagic"}, \
    {"/lib", DOOR_RUN, "as /usr/lib"}, \
    {"/lib64", DOOR_RUN, "as /usr/lib"}, \
    {"/usr/local/lib", DOOR_RUN, "as /usr/lib"}, \
    {"/etc/ld.so.cache", JAIL_READ, "dynamic loader"}, \
    {"/etc/magic", JAIL_READ, "libmagic"}, \
    {"/etc/fonts", DOOR_READ_TREE, "fontconfig under poppler and cairo"}, \
    {"/usr/share", DOOR_READ_TREE, "magic numbers, fonts, poppler's tables, Tesseract's models, time zones"}, \
    {"/usr/local/share/fonts", DOOR_READ_TREE, "fontconfig"}, \
    {"/var/cache/fontconfig", DOOR_READ_TREE, "fontconfig"}, \
    {"/proc", JAIL_READ, "each server counts its threads"}, \
    {"/dev/urandom", JAIL_READ, "GLib, and GnuTLS where it is used"}, \
    {"/dev/null", JAIL_READ | JAIL_WRITE, "standard streams of the filter"}
/* clang-format on */

#endif
