/* What the calls of a steady state take from the heap: a publication of a state and the taking of
 * an event, each with a text, take nothing for themselves. Counted are the calls for memory of
 * the calling thread, whoever makes them; libzmq makes one for each message it is given, and the
 * publications of a batch leave in few: how few depends on how fast the answers come. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "floor.h"

#include <errno.h>
#include <string.h>

#define AGENTS 100
#define WARM 100 /* batches, until every buffer has its size */
#define BATCHES 200

enum call { ANYTHING, PUBLISHING, TAKING, CALLS };

static __thread enum call call; /* what this thread is doing */
static __thread long from_library[CALLS], from_libzmq[CALLS];

/* In place of the C library's: Swift asks for memory by posix_memalign, libzmq by malloc. */
#ifdef __cplusplus
#define THROWS_NOTHING __THROW
extern "C" {
#else
#define THROWS_NOTHING
#endif
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) THROWS_NOTHING {
    from_libzmq[call]++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) THROWS_NOTHING {
    from_libzmq[call]++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) THROWS_NOTHING {
    from_libzmq[call]++;
    return __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) THROWS_NOTHING {
    from_library[call]++;
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

void *aligned_alloc(size_t alignment, size_t size) THROWS_NOTHING {
    from_library[call]++;
    return __libc_memalign(alignment, size);
}
#ifdef __cplusplus
}
#endif

static void publish_batch(floorbus_client *desk, char keys[][40], floorbus_agent_state *state) {
    int agent;
    for (agent = 0; agent < AGENTS; agent++) {
        floorbus_status status;
        call = PUBLISHING;
        status = floorbus_publish_state(desk, floorbus_cstr(keys[agent]), state, NULL, NULL);
        call = ANYTHING;
        EXPECT(status, FLOORBUS_OK);
    }
    EXPECT(floorbus_wait(desk, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
}

/* Takes events until the last agent's new state has come. */
static void take_batch(floorbus_client *wall, const char *last, uint16_t reason_code) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    int is_last = 0;
    while (!is_last && probe_failures == 0) {
        floorbus_event *event = NULL;
        floorbus_status status, decoded;
        call = TAKING;
        status = floorbus_recv(wall, &event, PATIENCE_MS);
        decoded = floorbus_event_decode_state(event, &state);
        call = ANYTHING;
        EXPECT(status, FLOORBUS_OK);
        EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
        if (info.kind == FLOORBUS_KIND_AGENT) {
            EXPECT(decoded, FLOORBUS_OK);
            is_last = state.reason_code == reason_code && info.key.len == strlen(last)
                      && memcmp(info.key.ptr, last, info.key.len) == 0;
        }
        call = TAKING;
        floorbus_event_release(event);
        call = ANYTHING;
    }
}

static void check(const char *calls, enum call call, int count, long most_messages) {
    fprintf(stderr, "%d %s: %ld allocations of the library, %ld of libzmq\n", count, calls,
            from_library[call], from_libzmq[call]);
    CHECK(from_library[call] == 0);
    CHECK(from_libzmq[call] <= most_messages);
}

int main(void) {
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *desk, *wall;
    char address[64];
    char keys[AGENTS][40];
    int batch, agent;

    options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    desk = open_at(address, "desk");
    wall = open_at(address, "wall");
    EXPECT(floorbus_subscribe(wall, floorbus_cstr("agent/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(wall, PATIENCE_MS), FLOORBUS_OK);
    for (agent = 0; agent < AGENTS; agent++) {
        snprintf(keys[agent], sizeof keys[agent], "agent/bj/sales/%d/", agent);
    }
    state.state = FLOORBUS_STATE_NOT_READY;
    state.reason = floorbus_cstr("a short break, longer than Swift's texts within a word");
    state.seat = floorbus_cstr("3-14");
    CHECK(from_library[ANYTHING] > 0); /* they are counted */
    for (batch = 0; batch < WARM + BATCHES && probe_failures == 0; batch++) {
        if (batch == WARM) {
            memset(from_library, 0, sizeof from_library);
            memset(from_libzmq, 0, sizeof from_libzmq);
        }
        state.reason_code++;
        publish_batch(desk, keys, &state);
        take_batch(wall, keys[AGENTS - 1], state.reason_code);
    }
    check("publications", PUBLISHING, AGENTS * BATCHES, AGENTS * BATCHES);
    check("events taken", TAKING, AGENTS * BATCHES, 0);
    EXPECT(floorbus_client_close(desk, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
