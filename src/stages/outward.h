/* outward.h: what GIO, GnuTLS and the resolver read late, in a stage that talks to servers: rows for jail_confine. */
#ifndef SHOUWEN_STAGES_OUTWARD_H
#define SHOUWEN_STAGES_OUTWARD_H

#include "base/jail.h"

/* clang-format off */
#define OUTWARD_PATHS \
    {"/etc/ssl/certs", JAIL_READ | JAIL_READ_DIR, "glib-networking: the system's authorities"}, \
    {"/usr/share/ca-certificates", JAIL_READ | JAIL_READ_DIR, "glib-networking: /etc/ssl/certs points there"}, \
    {"/usr/local/share/ca-certificates", JAIL_READ | JAIL_READ_DIR, "glib-networking: /etc/ssl/certs points there"}, \
    {"/etc/pki", JAIL_READ | JAIL_READ_DIR, "glib-networking: authorities on other systems"}, \
    {"/etc/gnutls", JAIL_READ | JAIL_READ_DIR, "GnuTLS: the system's rules for ciphers"}, \
    {"/etc/pkcs11", JAIL_READ | JAIL_READ_DIR, "p11-kit under GnuTLS: configuration"}, \
    {"/usr/share/p11-kit", JAIL_READ | JAIL_READ_DIR, "p11-kit under GnuTLS: list of modules"}, \
    {"/etc/resolv.conf", JAIL_READ, "resolver: name servers"}, \
    {"/run/systemd/resolve", JAIL_READ | JAIL_READ_DIR, "resolver: resolv.conf may point there"}, \
    {"/etc/nsswitch.conf", JAIL_READ, "resolver: order of sources"}, \
    {"/etc/hosts", JAIL_READ, "resolver: names given by hand"}, \
    {"/etc/host.conf", JAIL_READ, "resolver"}, \
    {"/etc/gai.conf", JAIL_READ, "resolver: order of addresses"}, \
    {"/etc/services", JAIL_READ, "resolver"}, \
    {"/etc/ld.so.cache", JAIL_READ, "dynamic loader, for the resolver's modules"}, \
    {"/usr/lib", JAIL_READ | JAIL_READ_DIR, "libraries loaded late: resolver modules, GIO modules, character sets"}, \
    {"/lib", JAIL_READ | JAIL_READ_DIR, "as /usr/lib"}, \
    {"/lib64", JAIL_READ | JAIL_READ_DIR, "as /usr/lib"}, \
    {"/usr/share/zoneinfo", JAIL_READ | JAIL_READ_DIR, "GLib: time zones"}, \
    {"/usr/share/locale", JAIL_READ | JAIL_READ_DIR, "GLib: messages"}, \
    {"/dev/urandom", JAIL_READ, "GLib, GnuTLS: random numbers"}, \
    {"/dev/null", JAIL_READ | JAIL_WRITE, "GLib"}
/* clang-format on */

#endif
