/* Files of one process, of cposix.h: an outbox. */
#define _GNU_SOURCE /* O_CLOEXEC, O_NOFOLLOW, flock under -std=c99 */
#include "cposix.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: opening a named pipe must not wait. It means nothing for an ordinary file. */
static int open_and_lock(int folder, const char *name) {
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int descriptor;
    do {
        descriptor = openat(folder, name, flags, 0600);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) return -errno;
    struct stat status;
    int failed = fstat(descriptor, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EISDIR;
    while (failed == 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EINTR) failed = errno == EWOULDBLOCK ? EAGAIN : errno;
    }
    if (failed == 0) return descriptor;
    close(descriptor);
    return -failed;
}

/* The part of a path behind its last slash. */
static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

int floor_posix_open_folder_of(const char *path) {
#if defined(O_PATH)
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC; /* needs no right to list it */
#else
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif
    char folder[PATH_MAX];
    size_t length = (size_t)(name_of(path) - path);
    if (length >= sizeof folder) return -ENAMETOOLONG;
    memcpy(folder, path, length);
    folder[length] = 0;
    int descriptor;
    do {
        descriptor = open(length == 0 ? "." : folder, flags);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

int floor_posix_own_file(int folder, const char *path) {
    const char *name = name_of(path);
    for (;;) {
        int descriptor = open_and_lock(folder, name);
        if (descriptor < 0) return descriptor;
        /* Whoever had it may have put another in its place between open and lock. */
        struct stat opened, named;
        if (fstat(descriptor, &opened) == 0 &&
            fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
            opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
            return descriptor;
        close(descriptor);
    }
}

int64_t floor_posix_file_size(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? (int64_t)status.st_size : -errno;
}

int64_t floor_posix_read_at(int descriptor, void *bytes, size_t count, int64_t offset) {
    size_t done = 0;
    while (done < count) {
        ssize_t got =
            pread(descriptor, (char *)bytes + done, count - done, (off_t)(offset + (int64_t)done));
        if (got == 0) break;
        if (got < 0 && errno != EINTR) return -errno;
        if (got > 0) done += (size_t)got;
    }
    return (int64_t)done;
}

static int write_all(int descriptor, const void *bytes, size_t count, int64_t offset) {
    size_t done = 0;
    while (done < count) {
        ssize_t put = pwrite(
            descriptor, (const char *)bytes + done, count - done, (off_t)(offset + (int64_t)done));
        if (put < 0 && errno != EINTR) return -errno;
        if (put > 0) done += (size_t)put;
    }
    return 0;
}

int floor_posix_write_at(int descriptor, const void *bytes, size_t count, int64_t offset) {
    int result = write_all(descriptor, bytes, count, offset);
    if (result != 0) (void)floor_posix_truncate(descriptor, offset);
    return result;
}

int floor_posix_overwrite_at(int descriptor, const void *bytes, size_t count, int64_t offset) {
    return write_all(descriptor, bytes, count, offset);
}

int floor_posix_truncate(int descriptor, int64_t size) {
    while (ftruncate(descriptor, (off_t)size) != 0) {
        if (errno != EINTR) return -errno;
    }
    return 0;
}

/* Synced before it gets the name: else a power cut may leave the name without the bytes. */
int floor_posix_replace_own_file(
    int folder, const char *path, const void *bytes, size_t count) {
    const char *name = name_of(path);
    char temporary[NAME_MAX + 1];
    int length = snprintf(temporary, sizeof temporary, "%s.rewrite", name);
    if (length < 0 || (size_t)length >= sizeof temporary) return -ENAMETOOLONG;
    int descriptor = open_and_lock(folder, temporary);
    if (descriptor < 0) return descriptor;
    int result = floor_posix_truncate(descriptor, 0);
    if (result == 0) result = write_all(descriptor, bytes, count, 0);
    if (result == 0 && fchmod(descriptor, 0600) != 0) result = -errno;
    if (result == 0 && fdatasync(descriptor) != 0) result = -errno;
    if (result == 0 && renameat(folder, temporary, folder, name) != 0) result = -errno;
    if (result == 0) return descriptor;
    unlinkat(folder, temporary, 0);
    close(descriptor);
    return result;
}
