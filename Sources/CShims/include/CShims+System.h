// SPDX-License-Identifier: Apache-2.0
// Syscalls glibc declares as variadic or not at all.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

static inline int shims_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}
