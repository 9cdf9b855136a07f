/* The functions of include/floorbus.h that wait, and the one that calls code of its host.
 *
 * In C, because a C++ exception that the host's code throws, and the end of a thread that is
 * cancelled, unwind through these frames (scripts/embedded-code compiles them with -fexceptions)
 * but not through frames of Swift. Here nothing of Swift is on the stack, and no lock is held.
 *
 * Inside Swift a thread cannot be cancelled (floor_posix_enter). So that one which waits for long
 * can be at all, it comes back here now and then. */
#include "cposix.h"

#include <pthread.h>
#include <string.h>

/* The longest wait that a request to cancel has to wait for. */
#define SLICE_MS 250

enum { TIMED_OUT = -3 }; /* FLOORBUS_E_TIMEOUT */

/* In the target FloorBusC; missing in programs without the C interface, which never call this. */
extern int32_t floor_client_wait_ready(void *client, int32_t timeout_ms) __attribute__((weak));
extern int32_t floor_wait(
    void *client, uint64_t ticket, int32_t timeout_ms, void *out, uint64_t *last)
    __attribute__((weak));
extern int32_t floor_recv(void *client, void **out, int32_t timeout_ms) __attribute__((weak));
extern int32_t floor_snapshot_next(void *snapshot, void **out, int32_t timeout_ms)
    __attribute__((weak));
extern int32_t floor_dispatch_begin(void *client, int32_t timeout_ms, void **turn)
    __attribute__((weak));
extern int32_t floor_dispatch_next(void **turn) __attribute__((weak));
extern void floor_dispatch_end(void *state) __attribute__((weak));

/* As the header declares them, but for the types of pointers. */
int32_t floorbus_client_wait_ready(void *client, int32_t timeout_ms);
int32_t floorbus_wait(void *client, uint64_t ticket, int32_t timeout_ms, void *out);
int32_t floorbus_recv(void *client, void **out, int32_t timeout_ms);
int32_t floorbus_snapshot_next(void *snapshot, void **out, int32_t timeout_ms);
int32_t floorbus_dispatch(
    void *client, uint32_t max_events, int32_t timeout_ms, uint32_t *dispatched);

/* A wait, slice by slice. */
typedef struct slices {
    int32_t timeout_ms; /* the host's */
    uint64_t deadline_ns;
    int is_whole; /* nobody can cancel this thread now: one slice is all */
} slices_t;

static slices_t slices(int32_t timeout_ms) {
    slices_t wait = {timeout_ms, 0, 1};
    int state = PTHREAD_CANCEL_DISABLE;
    if (timeout_ms >= -1 && timeout_ms <= SLICE_MS && timeout_ms != -1) return wait;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcancelstate(state, NULL);
    wait.is_whole = timeout_ms < -1 || state == PTHREAD_CANCEL_DISABLE;
    if (timeout_ms > 0)
        wait.deadline_ns = floor_posix_monotonic_ns() + (uint64_t)timeout_ms * 1000000u;
    return wait;
}

/* The next slice, which may be the last: then `wait` is whole. */
static int32_t next(slices_t *wait) {
    if (wait->is_whole) return wait->timeout_ms;
    if (wait->timeout_ms == -1) return SLICE_MS;
    uint64_t now = floor_posix_monotonic_ns();
    uint64_t left = now < wait->deadline_ns ? (wait->deadline_ns - now + 999999u) / 1000000u : 0;
    if (left > SLICE_MS) return SLICE_MS;
    wait->is_whole = 1;
    return left == 0 ? 1 : (int32_t)left; /* 0 would have another answer */
}

/* Waits by a call with the timeout slice_ms; the host's thread may be cancelled between two. */
#define WAIT(timeout_ms, call)                                       \
    do {                                                             \
        slices_t wait = slices(timeout_ms);                          \
        int32_t slice_ms, status;                                    \
        do {                                                         \
            pthread_testcancel();                                    \
            slice_ms = next(&wait);                                  \
            status = call;                                           \
        } while (status == TIMED_OUT && !wait.is_whole);             \
        if (status != 0) return status;                              \
    } while (0)

int32_t floorbus_client_wait_ready(void *client, int32_t timeout_ms) {
    WAIT(timeout_ms, floor_client_wait_ready(client, slice_ms));
    return 0;
}

int32_t floorbus_wait(void *client, uint64_t ticket, int32_t timeout_ms, void *out) {
    uint64_t last = 0; /* what "all" means is decided once */
    WAIT(timeout_ms, floor_wait(client, ticket, slice_ms, out, &last));
    return 0;
}

int32_t floorbus_recv(void *client, void **out, int32_t timeout_ms) {
    WAIT(timeout_ms, floor_recv(client, out, slice_ms));
    return 0;
}

int32_t floorbus_snapshot_next(void *snapshot, void **out, int32_t timeout_ms) {
    WAIT(timeout_ms, floor_snapshot_next(snapshot, out, slice_ms));
    return 0;
}

/* What a call of floorbus_dispatch goes on with, as Swift fills it in. */
enum { FUNCTION, CONTEXT, INFO, EVENT, STATE, PLACES };

typedef void (*event_function_t)(void *context, const void *info, const void *event);

static void end(void *(*turn)[PLACES]) {
    if ((*turn)[STATE] != NULL) floor_dispatch_end((*turn)[STATE]);
}

int32_t floorbus_dispatch(
    void *client, uint32_t max_events, int32_t timeout_ms, uint32_t *dispatched) {
    void *turn[PLACES] __attribute__((cleanup(end))) = {NULL};
    event_function_t function;
    uint32_t count = 0;
    WAIT(timeout_ms, floor_dispatch_begin(client, slice_ms, turn));
    /* POSIX says that this is a function's address; ISO C has no conversion for it. */
    memcpy(&function, &turn[FUNCTION], sizeof function);
    do {
        function(turn[CONTEXT], turn[INFO], turn[EVENT]);
        count++;
    } while (count != max_events && floor_dispatch_next(turn));
    if (dispatched != NULL) *dispatched = count;
    return 0;
}
