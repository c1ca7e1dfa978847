#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory.h"

/* Larger requests are damaged lengths: no document that fits into a mail needs 4 GB at once. */
#define BELIEVABLE ((size_t)G_MAXUINT32)

#if defined(__SANITIZE_ADDRESS__)
#define OWN_ALLOCATOR 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

#if OWN_ALLOCATOR
static gboolean ending;

gboolean memory_limit(guint64 bytes)
{
    struct rlimit most = {bytes, bytes};
    ending = TRUE;
    return setrlimit(RLIMIT_AS, &most) == 0;
}

/* glibc's allocator stays; these stand before it for the program and all its libraries, C++'s operator new included. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static void *given(void *memory, size_t size)
{
    if (G_UNLIKELY(!memory && ending && size > 0 && size <= BELIEVABLE))
        _exit(MEMORY_EXIT);
    return memory;
}

void *malloc(size_t size)
{
    return given(__libc_malloc(size), size);
}

void *calloc(size_t n, size_t size)
{
    size_t whole;
    return given(__libc_calloc(n, size), __builtin_mul_overflow(n, size, &whole) ? G_MAXSIZE : whole);
}

void *realloc(void *old, size_t size)
{
    return given(__libc_realloc(old, size), size);
}
#else
/* The sanitizer keeps its books in terabytes of address space. */
gboolean memory_limit(G_GNUC_UNUSED guint64 bytes)
{
    return TRUE;
}
#endif
