/* See cposix.h for what each shim is for. */
#define _GNU_SOURCE /* pthread_setname_np, pipe2, CLOCK_BOOTTIME on Linux */
#include "cposix.h"

#include <fcntl.h>
#include <limits.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#include <sys/random.h>
#endif

#define NANOSECONDS_PER_SECOND 1000000000ull

/* ---- mutex ---------------------------------------------------------------------------------- */

struct floor_posix_mutex {
    pthread_mutex_t mutex;
};

floor_posix_mutex_t *floor_posix_mutex_create(void) {
    void *block = NULL;
    if (floor_memory_take(&block, sizeof(void *), sizeof(floor_posix_mutex_t)) != 0) return NULL;
    floor_posix_mutex_t *created = block;
    if (pthread_mutex_init(&created->mutex, NULL) != 0) {
        floor_memory_give(created);
        created = NULL;
    }
    return created;
}

void floor_posix_mutex_destroy(floor_posix_mutex_t *mutex) {
    pthread_mutex_destroy(&mutex->mutex);
    floor_memory_give(mutex);
}

int floor_posix_mutex_lock(floor_posix_mutex_t *mutex) {
    return -pthread_mutex_lock(&mutex->mutex);
}

int floor_posix_mutex_trylock(floor_posix_mutex_t *mutex) {
    return -pthread_mutex_trylock(&mutex->mutex);
}

int floor_posix_mutex_unlock(floor_posix_mutex_t *mutex) {
    return -pthread_mutex_unlock(&mutex->mutex);
}

/* ---- condition variable --------------------------------------------------------------------- */

struct floor_posix_condition {
    pthread_cond_t condition;
};

floor_posix_condition_t *floor_posix_condition_create(void) {
    void *block = NULL;
    size_t size = sizeof(floor_posix_condition_t);
    if (floor_memory_take(&block, sizeof(void *), size) != 0) return NULL;
    floor_posix_condition_t *created = block;
    int failed;
#if defined(__APPLE__)
    failed = pthread_cond_init(&created->condition, NULL);
#else
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    failed = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (!failed) failed = pthread_cond_init(&created->condition, &attributes);
    pthread_condattr_destroy(&attributes);
#endif
    if (failed) {
        floor_memory_give(created);
        created = NULL;
    }
    return created;
}

void floor_posix_condition_destroy(floor_posix_condition_t *condition) {
    pthread_cond_destroy(&condition->condition);
    floor_memory_give(condition);
}

int floor_posix_condition_wait(floor_posix_condition_t *condition, floor_posix_mutex_t *mutex) {
    return -pthread_cond_wait(&condition->condition, &mutex->mutex);
}

int floor_posix_condition_wait_until(
    floor_posix_condition_t *condition, floor_posix_mutex_t *mutex, uint64_t deadline_ns) {
#if defined(__APPLE__)
    /* No pthread_condattr_setclock there: wait for what is left instead. */
    uint64_t now = floor_posix_monotonic_ns();
    deadline_ns = deadline_ns > now ? deadline_ns - now : 0;
#endif
    struct timespec time = {
        .tv_sec = (time_t)(deadline_ns / NANOSECONDS_PER_SECOND),
        .tv_nsec = (long)(deadline_ns % NANOSECONDS_PER_SECOND),
    };
#if defined(__APPLE__)
    return -pthread_cond_timedwait_relative_np(&condition->condition, &mutex->mutex, &time);
#else
    return -pthread_cond_timedwait(&condition->condition, &mutex->mutex, &time);
#endif
}

void floor_posix_condition_signal(floor_posix_condition_t *condition) {
    pthread_cond_signal(&condition->condition);
}

void floor_posix_condition_broadcast(floor_posix_condition_t *condition) {
    pthread_cond_broadcast(&condition->condition);
}

/* ---- threads -------------------------------------------------------------------------------- */

typedef struct thread_start {
    void (*body)(void *);
    void *context;
    char name[16]; /* Linux refuses longer names */
} thread_start_t;

static void *thread_main(void *argument) {
    thread_start_t start = *(thread_start_t *)argument;
    free(argument);
#if defined(__APPLE__)
    pthread_setname_np(start.name); /* there a thread can only name itself */
#elif defined(__linux__)
    pthread_setname_np(pthread_self(), start.name);
#endif
    start.body(start.context);
    return NULL;
}

int floor_posix_thread_start(
    uint64_t *id, const char *name, void (*body)(void *context), void *context) {
    _Static_assert(sizeof(pthread_t) <= sizeof *id, "a pthread_t must fit into the id");
    thread_start_t *start = malloc(sizeof *start);
    if (start == NULL) return -ENOMEM;
    start->body = body;
    start->context = context;
    snprintf(start->name, sizeof start->name, "%s", name);

    /* A new thread inherits the mask: block around the creation leaves no moment open. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        free(start);
        return -failed;
    }
    *id = 0;
    memcpy(id, &thread, sizeof thread);
    return 0;
}

static pthread_t thread_of(uint64_t id) {
    pthread_t thread;
    memcpy(&thread, &id, sizeof thread);
    return thread;
}

int floor_posix_thread_join(uint64_t id) { return -pthread_join(thread_of(id), NULL); }

int floor_posix_thread_detach(uint64_t id) { return -pthread_detach(thread_of(id)); }

void floor_posix_yield(void) { sched_yield(); }

/* ---- clocks --------------------------------------------------------------------------------- */

static struct timespec now(clockid_t clock) {
    struct timespec time = {0, 0};
    clock_gettime(clock, &time); /* fails only for a clock the system does not have */
    return time;
}

uint64_t floor_posix_boot_us(void) {
#if defined(CLOCK_BOOTTIME)
    struct timespec time = now(CLOCK_BOOTTIME);
#else
    struct timespec time = now(CLOCK_MONOTONIC); /* Apple's goes on during sleep */
#endif
    return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_nsec / 1000u;
}

uint64_t floor_posix_monotonic_ns(void) {
    struct timespec time = now(CLOCK_MONOTONIC);
    return (uint64_t)time.tv_sec * NANOSECONDS_PER_SECOND + (uint64_t)time.tv_nsec;
}

int64_t floor_posix_wall_us(void) {
    struct timespec time = now(CLOCK_REALTIME);
    return (int64_t)time.tv_sec * 1000000 + (int64_t)time.tv_nsec / 1000;
}

/* ---- wake descriptor ------------------------------------------------------------------------ */

int floor_posix_wake_open(int *read_end, int *write_end) {
#if defined(__linux__)
    int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) return -errno;
    *read_end = *write_end = descriptor;
#else
    int ends[2];
    if (pipe(ends) != 0) return -errno;
    for (int end = 0; end < 2; end++) {
        fcntl(ends[end], F_SETFL, O_NONBLOCK);
        fcntl(ends[end], F_SETFD, FD_CLOEXEC);
    }
    *read_end = ends[0];
    *write_end = ends[1];
#endif
    return 0;
}

int floor_posix_wake_signal(int write_end) {
    const uint64_t one = 1; /* an eventfd takes exactly 8 bytes; a pipe takes them as well */
    for (;;) {
        if (write(write_end, &one, sizeof one) >= 0) return 0;
        if (errno == EAGAIN) return 0; /* full: it is readable already */
        if (errno != EINTR) return -errno;
    }
}

int floor_posix_wake_drain(int read_end) {
    uint64_t pending[64];
    int signalled = 0;
    for (;;) {
        ssize_t count = read(read_end, pending, sizeof pending);
        if (count > 0) {
            signalled = 1;
            if ((size_t)count < sizeof pending) return 1; /* an eventfd gives 8 bytes: all */
        } else if (count == 0 || errno == EAGAIN) {
            return signalled;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
}

void floor_posix_wake_close(int read_end, int write_end) {
    close(read_end);
    if (write_end != read_end) close(write_end);
}

/* ---- poll ----------------------------------------------------------------------------------- */

static int poll_timeout(uint64_t deadline_ns) {
    uint64_t time = floor_posix_monotonic_ns();
    if (time >= deadline_ns) return 0;
    uint64_t left = (deadline_ns - time + 999999u) / 1000000u; /* up: never wake too early */
    return left > INT_MAX ? INT_MAX : (int)left;
}

int floor_posix_poll(floor_posix_poll_t *items, size_t count, int64_t timeout_ms) {
    struct pollfd polled[FLOOR_POSIX_POLL_MAX];
    if (count > FLOOR_POSIX_POLL_MAX) return -EINVAL;
    for (size_t index = 0; index < count; index++) {
        int wanted = items[index].interest;
        polled[index].fd = items[index].descriptor;
        polled[index].events = (short)(((wanted & FLOOR_POSIX_READABLE) ? POLLIN : 0)
            | ((wanted & FLOOR_POSIX_WRITABLE) ? POLLOUT : 0));
        polled[index].revents = 0;
    }
    uint64_t deadline = timeout_ms > 0 && timeout_ms <= INT_MAX
        ? floor_posix_monotonic_ns() + (uint64_t)timeout_ms * 1000000u : 0;
    int left = timeout_ms < 0 || timeout_ms > INT_MAX ? -1 : (int)timeout_ms;
    int ready;
    while ((ready = poll(polled, (nfds_t)count, left)) < 0) {
        if (errno != EINTR) return -errno;
        if (left > 0) left = poll_timeout(deadline);
    }
    for (size_t index = 0; index < count; index++) {
        int seen = polled[index].revents;
        items[index].ready = (int16_t)(((seen & POLLIN) ? FLOOR_POSIX_READABLE : 0)
            | ((seen & POLLOUT) ? FLOOR_POSIX_WRITABLE : 0)
            | ((seen & (POLLHUP | POLLERR | POLLNVAL)) ? FLOOR_POSIX_HUNG_UP : 0));
    }
    return ready;
}

/* ---- the thread's text ---------------------------------------------------------------------- */

static __thread struct {
    size_t count;
    char bytes[FLOOR_POSIX_THREAD_TEXT_MAX];
} thread_text;

size_t floor_posix_thread_id(void) { return (size_t)pthread_self(); }

void floor_posix_thread_text_set(const void *bytes, size_t count) {
    if (count > FLOOR_POSIX_THREAD_TEXT_MAX) count = FLOOR_POSIX_THREAD_TEXT_MAX;
    memcpy(thread_text.bytes, bytes, count);
    thread_text.count = count;
}

size_t floor_posix_thread_text_get(char *buffer, size_t capacity) {
    if (buffer != NULL && capacity > 0) {
        size_t count = thread_text.count < capacity ? thread_text.count : capacity - 1;
        memcpy(buffer, thread_text.bytes, count);
        buffer[count] = 0;
    }
    return thread_text.count;
}

/* ---- process and random bytes --------------------------------------------------------------- */

int64_t floor_posix_process_id(void) { return getpid(); }

void floor_posix_keep_freed_memory(int bytes) {
#if defined(__GLIBC__)
    mallopt(M_TRIM_THRESHOLD, bytes);
    /* Setting one stops glibc from adapting the other: larger blocks are mapped each. */
    mallopt(M_MMAP_THRESHOLD, bytes / 4);
#else
    (void)bytes;
#endif
}

void floor_posix_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

int floor_posix_open_file_limit(uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -errno;
    *soft = limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
    *hard = limit.rlim_max == RLIM_INFINITY ? UINT64_MAX : limit.rlim_max;
    return 0;
}

int floor_posix_random(void *bytes, size_t count) {
#if defined(__linux__)
    unsigned char *next = bytes;
    while (count > 0) {
        ssize_t filled = getrandom(next, count, 0);
        if (filled < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        next += filled;
        count -= (size_t)filled;
    }
#else
    arc4random_buf(bytes, count);
#endif
    return 0;
}

#if defined(__linux__)
/* Embedded Swift seeds its hashing with arc4random_buf, which glibc has only since 2.36. With this
 * definition libfloorbus.so asks no such symbol of libc and loads on older systems too. Hidden, so
 * that it replaces no other library's; weak, so that a program linked statically may have its own.
 * May go when no supported system has an older glibc. */
__attribute__((weak, visibility("hidden"))) void arc4random_buf(void *bytes, size_t count) {
    if (floor_posix_random(bytes, count) != 0) abort(); /* predictable hashing is no way out */
}
#endif
