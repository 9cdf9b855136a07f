/* Counts allocations without hooks or preloading: the program's own malloc comes first in the
 * dynamic linker's order, for the Swift runtime and libzmq too, and passes on to glibc's. */
#include "cbench.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *pointer);

static __thread int counting;
static __thread cbench_count_t count;

static void *note(void *pointer)
{
    if (counting && pointer) {
        count.allocations += 1;
        count.live_bytes += (int64_t)malloc_usable_size(pointer);
    }
    return pointer;
}

static void forget(void *pointer)
{
    if (counting && pointer) count.live_bytes -= (int64_t)malloc_usable_size(pointer);
}

void *malloc(size_t size) { return note(__libc_malloc(size)); }
void *calloc(size_t number, size_t size) { return note(__libc_calloc(number, size)); }
void *memalign(size_t alignment, size_t size) { return note(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *pointer = memalign(alignment, size);
    if (!pointer) return ENOMEM;
    *out = pointer;
    return 0;
}

void *realloc(void *old, size_t size)
{
    forget(old);
    return note(__libc_realloc(old, size));
}

void free(void *pointer)
{
    forget(pointer);
    __libc_free(pointer);
}

void cbench_count_begin(void)
{
    count = (cbench_count_t){0, 0};
    counting = 1;
}

cbench_count_t cbench_count_end(void)
{
    counting = 0;
    return count;
}
