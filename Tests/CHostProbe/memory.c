/* A host whose memory runs out: whichever request of the library's own finds none, the call that
 * runs goes to its end or says E_NOMEM, and the process lives. Requests are counted as in steady.c:
 * the library's are posix_memalign. What libzmq asks for it gets: it ends the process (R1). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "floor.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long asked;            /* requests so far */
static long failing = 1 << 30; /* the first that finds nothing, */
static long failures;         /* and how many do */

#ifdef __cplusplus
#define THROWS_NOTHING __THROW
extern "C" {
#else
#define THROWS_NOTHING
#endif
void *__libc_memalign(size_t, size_t);

int posix_memalign(void **block, size_t alignment, size_t size) THROWS_NOTHING {
    long number = __sync_fetch_and_add(&asked, 1);
    if (number >= failing && number - failing < failures) return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}
#ifdef __cplusplus
}
#endif

static int is_fine(floorbus_status status) {
    return status == FLOORBUS_OK || status == FLOORBUS_E_NOMEM;
}

/* Whether a session can be had; each step may be refused for want of memory, and nothing else. */
static void use(void) {
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *client = NULL;
    floorbus_ticket ticket = 0;
    floorbus_event *event = NULL;
    floorbus_status status;
    int number;

    status = floorbus_hub_start(&hub_options, &hub);
    CHECK(is_fine(status));
    if (status != FLOORBUS_OK) return;
    options.principal = "desk";
    status = floorbus_hub_client(hub, &options, &client);
    CHECK(is_fine(status));
    if (status == FLOORBUS_OK) {
        status = floorbus_subscribe(client, floorbus_cstr("agent/"), NULL, NULL);
        CHECK(is_fine(status));
        EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
        state.reason = floorbus_cstr("a short break, longer than Swift's texts within a word");
        for (number = 0; number < 20; number++) {
            status = floorbus_publish_state(
                client, floorbus_cstr("agent/bj/sales/1/"), &state, NULL, &ticket);
            CHECK(is_fine(status));
        }
        EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
        while (floorbus_recv(client, &event, 0) == FLOORBUS_OK) {
            EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
            floorbus_event_release(event);
        }
        EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    }
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
}

/* In a process of its own, which must end by itself. */
static void try_without(long number, long count) {
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        failing = number;
        failures = count;
        use();
        _exit(probe_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fprintf(stderr, "request %ld and %ld more without memory: status %d\n", number, count - 1,
                status);
        probe_failures++;
    }
}

/* How many requests a session makes, told by a process of its own: this one must not have opened
 * a client before it forks. */
static long count_requests(void) {
    int ends[2];
    long requests = 0;
    pid_t child;
    int status;
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        use();
        CHECK(write(ends[1], &asked, sizeof asked) == (ssize_t)sizeof asked);
        _exit(probe_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(read(ends[0], &requests, sizeof requests) == (ssize_t)sizeof requests);
    close(ends[0]);
    close(ends[1]);
    return requests;
}

int main(void) {
    long requests = count_requests();
    long number;
    CHECK(requests > 100);
    fprintf(stderr, "a session asks %ld times for memory\n", requests);
    for (number = 0; number < requests && probe_failures == 0; number += 1 + number / 50) {
        try_without(number, 1);
        try_without(number, 10);
    }
    return probe_end();
}
