/* Memory for Swift's objects, in the C library, where nobody catches what Embedded Swift does when
 * there is none: it ends the process. scripts/embedded-code puts these two in the place of
 * posix_memalign(3) and free(3).
 *
 * When the system gives none, a block comes from a reserve: the call that runs goes to its end, and
 * the next one that wants more says E_NOMEM (floor_posix_memory). The reserve is used from front to
 * back, and anew when nothing of it is in use: it is a way to an end, no heap. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* posix_memalign */
#endif
#include "cposix.h"

#include <pthread.h>
#include <stdlib.h>

#define RESERVE_BYTES (1024 * 1024)
/* What has to be there before it is said that there is memory again. */
#define ENOUGH_BYTES (256 * 1024)

struct floor_memory {
    pthread_mutex_t lock;
    size_t used;
    size_t blocks;
    int is_short; /* read and written atomically */
    _Alignas(64) unsigned char bytes[RESERVE_BYTES];
};

static struct floor_memory own = {.lock = PTHREAD_MUTEX_INITIALIZER};
/* The hub's file takes that of the library which has loaded it: blocks cross between them. */
static struct floor_memory *reserve = &own;

floor_memory_t *floor_posix_memory_reserve(void) { return reserve; }

void floor_posix_memory_use(floor_memory_t *other) { reserve = other; }

static int take_reserve(void **block, size_t alignment, size_t size) {
    int result = ENOMEM;
    pthread_mutex_lock(&reserve->lock);
    size_t start = (reserve->used + alignment - 1) & ~(alignment - 1);
    if (alignment <= 64 && size <= RESERVE_BYTES && start <= RESERVE_BYTES - size) {
        *block = reserve->bytes + start;
        reserve->used = start + size;
        reserve->blocks++;
        result = 0;
    }
    pthread_mutex_unlock(&reserve->lock);
    __atomic_store_n(&reserve->is_short, 1, __ATOMIC_RELAXED);
    return result;
}

int floor_memory_take(void **block, size_t alignment, size_t size) {
    int result = posix_memalign(block, alignment, size);
    return result == 0 ? 0 : take_reserve(block, alignment, size);
}

void floor_memory_give(void *block) {
    unsigned char *place = block;
    if (place < reserve->bytes || place >= reserve->bytes + RESERVE_BYTES) {
        free(block);
        return;
    }
    pthread_mutex_lock(&reserve->lock);
    if (--reserve->blocks == 0) reserve->used = 0;
    pthread_mutex_unlock(&reserve->lock);
}

int floor_posix_memory(void) {
    if (!__atomic_load_n(&reserve->is_short, __ATOMIC_RELAXED)) return 0;
    void *volatile enough = malloc(ENOUGH_BYTES);
    if (enough == NULL) return -ENOMEM;
    free(enough);
    __atomic_store_n(&reserve->is_short, 0, __ATOMIC_RELAXED);
    return 0;
}
