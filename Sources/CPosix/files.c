/* The file shims of cposix.h. */
#define _GNU_SOURCE /* O_CLOEXEC, flock under -std=c99 */
#include "cposix.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_retrying(const char *path, int flags, mode_t mode) {
    int descriptor;
    do {
        descriptor = open(path, flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

int floor_posix_lock_file(const char *path) {
    int descriptor = open_retrying(path, O_RDWR | O_CREAT, 0600);
    if (descriptor < 0) return descriptor;
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        int failed = errno == EWOULDBLOCK ? EAGAIN : errno;
        close(descriptor);
        return -failed;
    }
    return descriptor;
}

int floor_posix_close(int descriptor) { return close(descriptor) == 0 ? 0 : -errno; }

int64_t floor_posix_read_file(const char *path, void *bytes, size_t capacity) {
    int descriptor = open_retrying(path, O_RDONLY, 0);
    if (descriptor < 0) return descriptor;
    unsigned char *next = bytes;
    unsigned char beyond; /* one byte more than fits tells that the file is larger */
    int64_t result = 0;
    for (;;) {
        size_t space = capacity - (size_t)result;
        ssize_t count = read(descriptor, space ? next + result : &beyond, space ? space : 1);
        if (count == 0) break;
        if (count < 0) {
            if (errno == EINTR) continue;
            result = -errno;
            break;
        }
        if (space == 0) {
            result = -EFBIG;
            break;
        }
        result += count;
    }
    close(descriptor);
    return result;
}

static int write_and_sync(int descriptor, const unsigned char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        bytes += written;
        count -= (size_t)written;
    }
    return fsync(descriptor) == 0 ? 0 : -errno;
}

static int sync_directory_of(const char *path) {
    char directory[PATH_MAX];
    if (strlen(path) >= sizeof directory) return -ENAMETOOLONG;
    strcpy(directory, path);
    char *slash = strrchr(directory, '/');
    if (slash == NULL) {
        strcpy(directory, ".");
    } else {
        slash[slash == directory ? 1 : 0] = '\0';
    }
    int descriptor = open_retrying(directory, O_RDONLY | O_DIRECTORY, 0);
    if (descriptor < 0) return descriptor;
    int result = fsync(descriptor) == 0 ? 0 : -errno;
    close(descriptor);
    return result;
}

/* Written beside the target, synced, renamed over it, directory synced: after a power cut the path
 * holds the old bytes or the new ones, whole. Two writers of one path exclude each other first. */
int floor_posix_write_file(const char *path, const void *bytes, size_t count, uint32_t mode) {
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (length < 0 || (size_t)length >= sizeof temporary) return -ENAMETOOLONG;
    int descriptor = open_retrying(temporary, O_WRONLY | O_CREAT | O_TRUNC, (mode_t)mode);
    if (descriptor < 0) return descriptor;
    int result = write_and_sync(descriptor, bytes, count);
    if (close(descriptor) != 0 && result == 0) result = -errno;
    if (result == 0 && rename(temporary, path) != 0) result = -errno;
    if (result != 0) {
        unlink(temporary);
        return result;
    }
    return sync_directory_of(path);
}

int floor_posix_make_directory(const char *path, uint32_t mode) {
    return mkdir(path, (mode_t)mode) == 0 ? 0 : -errno;
}

int floor_posix_current_directory(char *path, size_t capacity) {
    return getcwd(path, capacity) == NULL ? -errno : (int)strlen(path);
}

int floor_posix_remove_file(const char *path) { return unlink(path) == 0 ? 0 : -errno; }

int floor_posix_file_status(const char *path, uint64_t *device, uint64_t *number, int64_t *size) {
    struct stat status;
    if (stat(path, &status) != 0) return -errno;
    *device = (uint64_t)status.st_dev;
    *number = (uint64_t)status.st_ino;
    *size = (int64_t)status.st_size;
    return 0;
}
