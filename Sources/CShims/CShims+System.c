// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE 1
#include "CShims+System.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

// Numbers shared by every architecture, for headers older than the running kernel.
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_getxattrat 464
#define SYS_listxattrat 465
#define SYS_removexattrat 466
#endif

/// The argument of setxattrat and getxattrat, which headers before Linux 6.13 lack.
struct xattr_arguments {
    uint64_t value;
    uint32_t size;
    uint32_t flags;
};

const int32_t shims_O_NOATIME = O_NOATIME;
const int32_t shims_O_PATH = O_PATH;
const int32_t shims_AT_EMPTY_PATH = AT_EMPTY_PATH;
const int32_t shims_SEEK_DATA = SEEK_DATA;
const int32_t shims_SEEK_HOLE = SEEK_HOLE;
const uint64_t shims_RESOLVE_BENEATH = RESOLVE_BENEATH;
const uint64_t shims_RESOLVE_NO_SYMLINKS = RESOLVE_NO_SYMLINKS;
const uint64_t shims_RESOLVE_NO_XDEV = RESOLVE_NO_XDEV;

int shims_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

int shims_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

ssize_t shims_getdents64(int directory, void *buffer, size_t count) {
    return syscall(SYS_getdents64, directory, buffer, count);
}

int shims_fchmodat2(int directory, const char *path, mode_t mode, int flags) {
    return (int)syscall(SYS_fchmodat2, directory, path, mode, flags);
}

void shims_keep_memory_compact(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

int64_t shims_filesystem_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (int64_t)status.f_type : -1;
}

int shims_fallocate_keep_size(int file, off_t offset, off_t count) {
    return fallocate(file, FALLOC_FL_KEEP_SIZE, offset, count);
}

int shims_fallocate_punch_hole(int file, off_t offset, off_t count) {
    return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);
}

ssize_t shims_listxattrat(int directory, const char *path, int flags, char *list, size_t size) {
    return syscall(SYS_listxattrat, directory, path, flags, list, size);
}

ssize_t shims_getxattrat(int directory, const char *path, int flags, const char *name, void *value, size_t size) {
    struct xattr_arguments arguments = {.value = (uint64_t)(uintptr_t)value, .size = (uint32_t)size};
    return syscall(SYS_getxattrat, directory, path, flags, name, &arguments, sizeof arguments);
}

int shims_setxattrat(int directory, const char *path, int flags, const char *name, const void *value, size_t size) {
    struct xattr_arguments arguments = {.value = (uint64_t)(uintptr_t)value, .size = (uint32_t)size};
    return (int)syscall(SYS_setxattrat, directory, path, flags, name, &arguments, sizeof arguments);
}

int shims_removexattrat(int directory, const char *path, int flags, const char *name) {
    return (int)syscall(SYS_removexattrat, directory, path, flags, name);
}
