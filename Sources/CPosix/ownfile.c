/* Files of one process, of cposix.h: an outbox. */
#define _GNU_SOURCE /* O_CLOEXEC, O_NOFOLLOW, flock under -std=c99 */
#include "cposix.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: opening a named pipe must not wait. It means nothing for an ordinary file. */
static int open_and_lock(const char *path) {
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int descriptor;
    do {
        descriptor = open(path, flags, 0600);
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

int floor_posix_own_file(const char *path) {
    for (;;) {
        int descriptor = open_and_lock(path);
        if (descriptor < 0) return descriptor;
        /* Whoever had it may have put another in its place between open and lock. */
        struct stat opened, named;
        if (fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 &&
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
int floor_posix_replace_own_file(const char *path, const void *bytes, size_t count) {
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.rewrite", path);
    if (length < 0 || (size_t)length >= sizeof temporary) return -ENAMETOOLONG;
    int descriptor = open_and_lock(temporary);
    if (descriptor < 0) return descriptor;
    int result = floor_posix_truncate(descriptor, 0);
    if (result == 0) result = write_all(descriptor, bytes, count, 0);
    if (result == 0 && fchmod(descriptor, 0600) != 0) result = -errno;
    if (result == 0 && fdatasync(descriptor) != 0) result = -errno;
    if (result == 0 && rename(temporary, path) != 0) result = -errno;
    if (result == 0) return descriptor;
    unlink(temporary);
    close(descriptor);
    return result;
}
