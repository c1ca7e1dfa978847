/* mail_test.h: what every test that reads mails needs. */
#ifndef SHOUWEN_TESTS_MAIL_TEST_H
#define SHOUWEN_TESTS_MAIL_TEST_H

#include "envelope/envelope.h"

/* GMime keeps a few converters for the life of the process; the leak check need not hear of them. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

static inline void mail_test_init(void)
{
    if (__lsan_disable)
        __lsan_disable();
    envelope_init();
    if (__lsan_enable)
        __lsan_enable();
}

#endif
