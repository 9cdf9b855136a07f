/* What libzmq has no call for, of cposix.h: its seed, and the end of one connection. */
#define _GNU_SOURCE /* initstate, setstate under -std=c99 */
#include "cposix.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

/* setstate() takes whatever was set before, also by another thread: one at a time. */
static pthread_mutex_t lending = PTHREAD_MUTEX_INITIALIZER;
static char state[128];
static char *hosts;

int floor_posix_rand_begin(void) {
    unsigned seed;
    int failed = floor_posix_random(&seed, sizeof seed);
    if (failed != 0) return failed;
    pthread_mutex_lock(&lending);
    hosts = initstate(seed, state, sizeof state);
    return 0;
}

void floor_posix_rand_end(void) {
    if (hosts != NULL) (void)setstate(hosts);
    pthread_mutex_unlock(&lending);
}

void floor_posix_hang_up(int descriptor) { (void)shutdown(descriptor, SHUT_RDWR); }
