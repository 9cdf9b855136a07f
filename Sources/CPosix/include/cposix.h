/* The platform calls that Embedded Swift cannot make by itself, and nothing more.
 *
 * Embedded Swift has neither Foundation nor Glibc, and pthread types differ from system to system.
 * Only the target FloorPosix imports this module. A port to another Unix is cposix.c and this file.
 *
 * Convention: a function that can fail returns 0 (or a useful value >= 0) when it worked and the
 * negative errno when it did not. Nobody else reads errno. Every descriptor is close-on-exec. */
#ifndef CPOSIX_H
#define CPOSIX_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

/* errno numbers differ between systems and are macros; Swift sees them as constants this way. */
enum {
    FLOOR_POSIX_EACCES = EACCES,
    FLOOR_POSIX_EADDRINUSE = EADDRINUSE,
    FLOOR_POSIX_EADDRNOTAVAIL = EADDRNOTAVAIL,
    FLOOR_POSIX_EAGAIN = EAGAIN,
    FLOOR_POSIX_EBUSY = EBUSY,
    FLOOR_POSIX_E2BIG = E2BIG,
    FLOOR_POSIX_ECHILD = ECHILD,
    FLOOR_POSIX_EEXIST = EEXIST,
    FLOOR_POSIX_EFBIG = EFBIG,
    FLOOR_POSIX_EHOSTUNREACH = EHOSTUNREACH,
    FLOOR_POSIX_EINTR = EINTR,
    FLOOR_POSIX_EINVAL = EINVAL,
    FLOOR_POSIX_EISDIR = EISDIR,
    FLOOR_POSIX_ELOOP = ELOOP,
    FLOOR_POSIX_EMFILE = EMFILE,
    FLOOR_POSIX_ENFILE = ENFILE,
    FLOOR_POSIX_ENAMETOOLONG = ENAMETOOLONG,
    FLOOR_POSIX_ENODEV = ENODEV,
    FLOOR_POSIX_ENOENT = ENOENT,
    FLOOR_POSIX_ENOMEM = ENOMEM,
    FLOOR_POSIX_ENOSPC = ENOSPC,
    FLOOR_POSIX_ENOTDIR = ENOTDIR,
    FLOOR_POSIX_ENOTSOCK = ENOTSOCK,
    FLOOR_POSIX_EPROTONOSUPPORT = EPROTONOSUPPORT,
    FLOOR_POSIX_EROFS = EROFS,
    FLOOR_POSIX_ETIMEDOUT = ETIMEDOUT
};

/* Mutex. On the heap, because a pthread_mutex_t may not move and a Swift value may. */
typedef struct floor_posix_mutex floor_posix_mutex_t;
floor_posix_mutex_t *floor_posix_mutex_create(void); /* NULL: out of memory */
void floor_posix_mutex_destroy(floor_posix_mutex_t *mutex);
int floor_posix_mutex_lock(floor_posix_mutex_t *mutex);
int floor_posix_mutex_trylock(floor_posix_mutex_t *mutex); /* -EBUSY: another thread holds it */
int floor_posix_mutex_unlock(floor_posix_mutex_t *mutex);

/* Condition variable. Its deadlines are on CLOCK_MONOTONIC, so that a stepped wall clock neither
 * prolongs nor cuts a wait; choosing the clock needs a pthread attribute. */
typedef struct floor_posix_condition floor_posix_condition_t;
floor_posix_condition_t *floor_posix_condition_create(void); /* NULL: out of memory */
void floor_posix_condition_destroy(floor_posix_condition_t *condition);
int floor_posix_condition_wait(floor_posix_condition_t *condition, floor_posix_mutex_t *mutex);
/* -ETIMEDOUT once floor_posix_monotonic_ns() has reached deadline_ns. */
int floor_posix_condition_wait_until(
    floor_posix_condition_t *condition, floor_posix_mutex_t *mutex, uint64_t deadline_ns);
void floor_posix_condition_signal(floor_posix_condition_t *condition);
void floor_posix_condition_broadcast(floor_posix_condition_t *condition);

/* Threads. pthread_t is an integer on Linux and a pointer elsewhere; the id hides which. The new
 * thread has every signal blocked, so that a host program's handlers run on its own threads, and
 * carries the first 15 bytes of the name in ps and gdb. */
int floor_posix_thread_start(
    uint64_t *id, const char *name, void (*body)(void *context), void *context);
int floor_posix_thread_join(uint64_t id);
int floor_posix_thread_detach(uint64_t id);

/* Lets other threads run. */
void floor_posix_yield(void);

/* What a call of a host's thread leaves as it was: errno, and whether the thread may be cancelled.
 * Between the two it may not: a thread that ended with a lock held would leave it locked. */
typedef struct floor_posix_call {
    int number;
    int cancelling;
} floor_posix_call_t;
floor_posix_call_t floor_posix_enter(void);
void floor_posix_leave(floor_posix_call_t call);

/* Tries whether so many descriptors, threads and bytes of memory are to be had, all at once, and
 * gives them back: libzmq ends the process when it finds none while it starts. 0, or -EMFILE,
 * -ENFILE, -EAGAIN (threads), -ENOMEM. */
int floor_posix_try(size_t descriptors, size_t threads, size_t bytes);

/* Memory for objects in the C library (memory.c), and whether there is some: -ENOMEM since it ran
 * out and until there is again. */
int floor_memory_take(void **block, size_t alignment, size_t size); /* as posix_memalign(3) */
void floor_memory_give(void *block);
int floor_posix_memory(void);
/* The reserve behind it, which two files of one process share. */
typedef struct floor_memory floor_memory_t;
floor_memory_t *floor_posix_memory_reserve(void);
void floor_posix_memory_use(floor_memory_t *reserve); /* before anything of it was taken */

size_t floor_posix_thread_id(void); /* of the calling thread; never 0 */

/* One text of the calling thread, cut to 511 bytes: Swift has no thread-local storage, and the C
 * interface keeps the sentence of the last error there. */
#define FLOOR_POSIX_THREAD_TEXT_MAX 511
void floor_posix_thread_text_set(const void *bytes, size_t count);
/* Copies at most capacity - 1 bytes and a NUL; returns the bytes of the whole text. */
size_t floor_posix_thread_text_get(char *buffer, size_t capacity);

/* Text of another encoding. NULL: the system's iconv lacks it. One thread at a time. */
typedef struct floor_posix_converter floor_posix_converter_t;
floor_posix_converter_t *floor_posix_converter_open(const char *to, const char *from);
void floor_posix_converter_close(floor_posix_converter_t *converter);
/* Converts all of `bytes`; returns the bytes written. -E2BIG: out is too small. -EILSEQ: at
 * *position stands what the encoding does not have; with `substitutes`, for well-formed UTF-8
 * alone, such a character becomes '?'. */
int64_t floor_posix_convert(
    floor_posix_converter_t *converter, const void *bytes, size_t count, void *out,
    size_t capacity, int substitutes, size_t *position);

/* Clocks. Boot time goes on while the machine sleeps: leases and timers use it. */
uint64_t floor_posix_boot_us(void);
uint64_t floor_posix_monotonic_ns(void);
int64_t floor_posix_wall_us(void); /* since 1970, UTC */

/* A descriptor that another thread can make readable: an eventfd, or a pipe where that is missing.
 * With an eventfd both ends are the same number. */
int floor_posix_wake_open(int *read_end, int *write_end);
int floor_posix_wake_signal(int write_end); /* any thread, and a signal handler */
int floor_posix_wake_drain(int read_end);   /* 1: it had been signalled, 0: it had not */
void floor_posix_wake_close(int read_end, int write_end);

/* poll(2) that goes on after EINTR with what is left of the time. timeout_ms < 0: no limit.
 * Returns how many are ready. `ready` tells readable, writable, and closed or failed. */
#define FLOOR_POSIX_READABLE 1
#define FLOOR_POSIX_WRITABLE 2
#define FLOOR_POSIX_HUNG_UP 4
#define FLOOR_POSIX_POLL_MAX 32
typedef struct floor_posix_poll {
    int32_t descriptor;
    int16_t interest; /* FLOOR_POSIX_READABLE | FLOOR_POSIX_WRITABLE */
    int16_t ready;
} floor_posix_poll_t;
int floor_posix_poll(floor_posix_poll_t *items, size_t count, int64_t timeout_ms);

/* The process. getpid tells a forked child from its parent. */
int64_t floor_posix_process_id(void);
int floor_posix_open_file_limit(uint64_t *soft, uint64_t *hard); /* RLIMIT_NOFILE */
int floor_posix_random(void *bytes, size_t count);

/* Between these two rand() and random() begin at a place nobody can guess; afterwards the process
 * has its own sequence back, where it was. One thread at a time; the others wait. */
int floor_posix_rand_begin(void);
void floor_posix_rand_end(void);

/* Ends a connection in both directions and leaves the descriptor to its owner; does nothing to
 * anything but a socket. */
void floor_posix_hang_up(int descriptor);
/* Lets malloc keep this many bytes of freed memory; nothing where it cannot be told (not glibc). */
void floor_posix_keep_freed_memory(int bytes);
/* Writing where nobody reads any more fails with EPIPE and does not end the process. */
void floor_posix_ignore_broken_pipes(void);

/* The hub for the C library, in a file of its own because most programs that link it need none.
 * Finds it in this program when it was linked into it, else in `library`, from the directory where
 * this code lies or by the loader's own path. NULL: *why says why. It is never unloaded: objects of
 * it live on. */
typedef int32_t (*floor_posix_hub_entry_t)(
    const char *build, floor_memory_t *memory, void *wish);
floor_posix_hub_entry_t floor_posix_hub_entry(const char *library, const char **why);
/* What names the build, the same in files that were built together; "" where none was given. */
const char *floor_posix_build(void);

/* Files. The Swift standard library has none, and durability needs fsync on file and directory. */
int floor_posix_lock_file(const char *path); /* descriptor, -EAGAIN: another one holds the lock */
int floor_posix_close(int descriptor);
int64_t floor_posix_read_file(const char *path, void *bytes, size_t capacity); /* -EFBIG: larger */
int floor_posix_write_file(const char *path, const void *bytes, size_t count, uint32_t mode);
int floor_posix_make_directory(const char *path, uint32_t mode);
int floor_posix_current_directory(char *path, size_t capacity); /* its length */
int floor_posix_remove_file(const char *path);
/* Which file a path leads to, links followed, and its size. */
int floor_posix_file_status(const char *path, uint64_t *device, uint64_t *number, int64_t *size);

/* A file of one process: opened, made with mode 0600 if it is not there, and locked. Never follows
 * a symbolic link (-ELOOP), never opens what is not an ordinary file (-EISDIR). Returns the
 * descriptor, -EAGAIN: another one holds the lock. Its folder is opened first and kept: a process
 * may go to another directory, and folders are renamed. `path` is the one it was opened with. */
int floor_posix_open_folder_of(const char *path);
int floor_posix_own_file(int folder, const char *path);
int64_t floor_posix_file_size(int descriptor);
int64_t floor_posix_read_at(int descriptor, void *bytes, size_t count, int64_t offset);
/* Writes all, or takes back what it has written and fails. */
int floor_posix_write_at(int descriptor, const void *bytes, size_t count, int64_t offset);
int floor_posix_overwrite_at(int descriptor, const void *bytes, size_t count, int64_t offset);
int floor_posix_truncate(int descriptor, int64_t size);
/* Puts a new file, locked and on the disk, in the place of an own one, by way of PATH.rewrite.
 * Returns the new one's descriptor; the old one's is the caller's to close. */
int floor_posix_replace_own_file(
    int folder, const char *path, const void *bytes, size_t count);

#endif
