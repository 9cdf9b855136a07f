/* What calls of the C library cost the calling thread: floorbus_publish_state of a socket client,
 * and floorbus_recv with floorbus_event_decode_state. Prints a line for each:
 * NAME P50_NS P99_NS; scripts/bench runs it beside the same calls in Swift.
 *
 *     calls COUNT
 *
 * With a second number the worst publishing call of so many events that the outbox is never empty,
 * in time and in the thread's own processor time, and how many were answered each second:
 *
 *     calls COUNT OUTBOX       worst WORST_NS WORST_CPU_NS P9999_NS ANSWERED_A_SECOND
 */
#include <floorbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_MS 20000
#define BATCH 200 /* fewer than the outbox holds: the cost of a call that is taken */

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t processor(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void need(floorbus_status status, const char *what) {
    char sentence[512];
    if (status == FLOORBUS_OK) return;
    floorbus_last_error(sentence, sizeof sentence);
    fprintf(stderr, "calls: %s: %s\n", what, sentence);
    exit(1);
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void tell(const char *name, uint64_t *costs, size_t count) {
    qsort(costs, count, sizeof *costs, by_size);
    printf("%s %llu %llu\n", name, (unsigned long long)costs[count / 2],
           (unsigned long long)costs[count * 99 / 100]);
    fflush(stdout);
}

static floorbus_client *open_client(const char *endpoint, const char *name, uint32_t outbox) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *client = NULL;
    options.outbox_limit = outbox;
    options.endpoints = endpoint;
    options.principal = name;
    need(floorbus_client_open(&options, &client), "open");
    need(floorbus_client_wait_ready(client, PATIENCE_MS), "connect");
    return client;
}

/* The worst call while the outbox is as full as it gets. */
static void worst(const char *endpoint, size_t count, uint32_t outbox) {
    floorbus_client *desk = open_client(endpoint, "desk", outbox);
    uint64_t *costs = malloc(count * sizeof *costs);
    uint64_t slowest = 0, busiest = 0, start = now();
    unsigned char payload[200] = {0};
    floorbus_bytes bytes = {payload, sizeof payload};
    size_t done = 0;
    if (costs == NULL) exit(2);
    while (done < count) {
        uint64_t busy = processor(), begin = now();
        floorbus_status status = floorbus_publish_custom(
            desk, floorbus_cstr("event/bj/calls/1/"), 7, bytes, NULL, NULL);
        uint64_t cost = now() - begin;
        busy = processor() - busy;
        if (cost > slowest) slowest = cost;
        if (busy > busiest) busiest = busy;
        if (status == FLOORBUS_E_LIMIT) {
            /* Full: others have the processor until there is room. */
            struct timespec pause = {0, 50000};
            nanosleep(&pause, NULL);
            continue;
        }
        need(status, "publish");
        costs[done++] = cost;
    }
    need(floorbus_wait(desk, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), "answers");
    start = now() - start;
    qsort(costs, count, sizeof *costs, by_size);
    printf("worst %llu %llu %llu %llu\n", (unsigned long long)slowest, (unsigned long long)busiest,
           (unsigned long long)costs[count / 10000 * 9999],
           (unsigned long long)(count * 1000000000.0 / (double)start));
    need(floorbus_client_close(desk, PATIENCE_MS), "close");
    free(costs);
}

int main(int argc, char **argv) {
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    uint64_t *publish = malloc(count * sizeof *publish);
    uint64_t *receive = malloc(count * sizeof *receive);
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_agent_state seen = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *desk, *wall;
    char address[64];
    char keys[BATCH][40];
    size_t done = 0, got = 0;

    if (publish == NULL || receive == NULL || count < 2 * BATCH) return 2;
    hub_options.listen = "tcp://127.0.0.1:0";
    need(floorbus_hub_start(&hub_options, &hub), "hub");
    need(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), "endpoint");
    if (argc > 2) {
        worst(address, count, (uint32_t)strtoul(argv[2], NULL, 10));
        return floorbus_hub_stop(hub, 0) == FLOORBUS_OK ? 0 : 1;
    }
    desk = open_client(address, "desk", 0);
    wall = open_client(address, "wall", 0);
    need(floorbus_subscribe(wall, floorbus_cstr("agent/"), NULL, NULL), "subscribe");
    need(floorbus_client_wait_ready(wall, PATIENCE_MS), "subscribe");
    for (size_t key = 0; key < BATCH; key++) {
        snprintf(keys[key], sizeof keys[key], "agent/bj/sales/%zu/", key);
    }
    state.state = FLOORBUS_STATE_READY;
    state.reason = floorbus_cstr("short break");
    while (done < count) {
        size_t batch = count - done < BATCH ? count - done : BATCH;
        state.reason_code++;
        for (size_t key = 0; key < batch; key++, done++) {
            uint64_t start = now();
            floorbus_status status = floorbus_publish_state(
                desk, floorbus_cstr(keys[key]), &state, NULL, NULL);
            publish[done] = now() - start;
            need(status, "publish");
        }
        need(floorbus_wait(desk, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), "answers");
        /* All have come when the last key of the batch has its new value. */
        for (int is_last = 0; !is_last;) {
            floorbus_event *event = NULL;
            uint64_t start = now();
            floorbus_status status = floorbus_recv(wall, &event, 0);
            if (status == FLOORBUS_E_AGAIN) {
                need(floorbus_recv(wall, &event, PATIENCE_MS), "receive");
                start = 0; /* it had to wait */
            }
            if (floorbus_event_decode_state(event, &seen) == FLOORBUS_OK) {
                uint64_t end = now();
                if (start != 0 && got < count) receive[got++] = end - start;
                need(floorbus_event_get(event, &info), "event");
                is_last = seen.reason_code == state.reason_code
                          && info.key.len == strlen(keys[batch - 1])
                          && memcmp(info.key.ptr, keys[batch - 1], info.key.len) == 0;
            }
            floorbus_event_release(event);
        }
    }
    tell("publish", publish, done);
    tell("receive", receive, got);
    need(floorbus_client_close(desk, PATIENCE_MS), "close");
    need(floorbus_client_close(wall, 0), "close");
    need(floorbus_hub_stop(hub, 0), "stop");
    return 0;
}
