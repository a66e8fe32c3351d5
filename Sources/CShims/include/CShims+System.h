// SPDX-License-Identifier: Apache-2.0
// Syscalls glibc declares as variadic, only with _GNU_SOURCE, or not at all.
//
// The functions live in CShims+System.c: defining _GNU_SOURCE here would give types such as fd_set another shape than Swift's own
// view of the C library, and the two could not be used together.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/xattr.h>

// Constants whose values differ between architectures or that need _GNU_SOURCE.
extern const int32_t shims_O_NOATIME;
extern const int32_t shims_O_PATH;
extern const int32_t shims_AT_EMPTY_PATH;
extern const int32_t shims_SEEK_DATA;
extern const int32_t shims_SEEK_HOLE;
extern const uint64_t shims_RESOLVE_BENEATH;
extern const uint64_t shims_RESOLVE_NO_SYMLINKS;
extern const uint64_t shims_RESOLVE_NO_XDEV;

int shims_openat(int directory, const char *path, int flags, mode_t mode);
int shims_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
ssize_t shims_getdents64(int directory, void *buffer, size_t count);
int shims_fchmodat2(int directory, const char *path, mode_t mode, int flags);

/// Two heaps for all threads, and memory of 4 MiB and more mapped by itself, so that freeing it gives it back.
void shims_keep_memory_compact(void);

/// The magic number of the filesystem a path lies on; -1 with errno when that cannot be told.
int64_t shims_filesystem_type(const char *path);

/// Reserves room without changing the file's length.
int shims_fallocate_keep_size(int file, off_t offset, off_t count);
/// Deallocates a range without changing the file's length.
int shims_fallocate_punch_hole(int file, off_t offset, off_t count);

ssize_t shims_listxattrat(int directory, const char *path, int flags, char *list, size_t size);
ssize_t shims_getxattrat(int directory, const char *path, int flags, const char *name, void *value, size_t size);
int shims_setxattrat(int directory, const char *path, int flags, const char *name, const void *value, size_t size);
int shims_removexattrat(int directory, const char *path, int flags, const char *name);
