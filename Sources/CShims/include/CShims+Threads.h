// SPDX-License-Identifier: Apache-2.0
// glibc hides these without _GNU_SOURCE.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <pthread.h>

int pthread_setname_np(pthread_t thread, const char *name);

// At most 15 bytes of name are kept.
static inline int shims_set_own_thread_name(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}
