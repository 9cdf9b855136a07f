/* What calls into the library leave as it was, and what the system still gives: see cposix.h. */
#define _GNU_SOURCE /* pthread_setcancelstate beside -std=c99 */
#include "cposix.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- calls of a host ------------------------------------------------------------------------ */

floor_posix_call_t floor_posix_enter(void) {
    floor_posix_call_t call = {errno, PTHREAD_CANCEL_ENABLE};
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &call.cancelling);
    return call;
}

void floor_posix_leave(floor_posix_call_t call) {
    pthread_setcancelstate(call.cancelling, NULL);
    errno = call.number;
}

/* ---- trials --------------------------------------------------------------------------------- */

#define TRIED_MAX 64

static pthread_mutex_t tried = PTHREAD_MUTEX_INITIALIZER;

static int arrived; /* threads of the present trial, read and written atomically */

/* Lives until the trial is over. It asks for memory first: glibc gives a thread an arena of its
 * own then, which may be all the address space there is left, and the next thread takes it over. */
static void *tried_thread(void *context) {
    void *volatile block = malloc(1);
    free(block);
    (void)context;
    __atomic_add_fetch(&arrived, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&tried);
    pthread_mutex_unlock(&tried);
    return NULL;
}

/* With the threads running, for their stacks are memory too. */
static int try_threads(size_t threads, size_t bytes) {
    pthread_t started[TRIED_MAX];
    size_t count = 0;
    int failed = 0;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_lock(&tried);
    __atomic_store_n(&arrived, 0, __ATOMIC_RELAXED);
    while (count < threads && failed == 0) {
        failed = pthread_create(&started[count], NULL, tried_thread, NULL);
        if (failed == 0) count++;
    }
    while (__atomic_load_n(&arrived, __ATOMIC_RELAXED) < (int)count) sched_yield();
    if (failed == 0) {
        void *volatile block = malloc(bytes);
        if (block == NULL) failed = ENOMEM;
        free(block);
    }
    pthread_mutex_unlock(&tried);
    for (size_t index = 0; index < count; index++) pthread_join(started[index], NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -failed;
}

int floor_posix_try(size_t descriptors, size_t threads, size_t bytes) {
    int opened[TRIED_MAX];
    size_t count = 0;
    int result = 0;
    if (descriptors > TRIED_MAX || threads > TRIED_MAX) return -EINVAL;
    while (count < descriptors && result == 0) {
        int other = -1;
        result = floor_posix_wake_open(&opened[count], &other);
        if (result == 0 && other != opened[count]) close(other); /* a pipe's */
        if (result == 0) count++;
    }
    if (result == 0) result = try_threads(threads, bytes);
    while (count > 0) close(opened[--count]);
    return result;
}
