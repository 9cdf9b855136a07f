/* Threads that end inside the library, and code of the host that leaves a callback in another way
 * than by returning: the client stays usable, and nothing stays locked or held. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "floor.h"

#define THREADS 12

static floorbus_client *client;

/* Waits for ever for an event. */
static void *blocked(void *context) {
    floorbus_event *event = NULL;
    (void)context;
    while (floorbus_recv(client, &event, FLOORBUS_WAIT_FOREVER) == FLOORBUS_OK) {
        floorbus_event_release(event);
    }
    return NULL;
}

static floorbus_status publish(void) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_ticket ticket = 0;
    floorbus_status status = floorbus_publish_state(
        client, floorbus_cstr("agent/bj/sales/1/"), &state, NULL, &ticket);
    if (status != FLOORBUS_OK) return status;
    status = floorbus_wait(client, ticket, PATIENCE_MS, &result);
    return status != FLOORBUS_OK ? status : result.status;
}

/* Publishes and waits, for ever. */
static void *busy(void *context) {
    (void)context;
    while (publish() == FLOORBUS_OK) {}
    return NULL;
}

static void cancel(void *(*function)(void *)) {
    pthread_t thread;
    void *end = NULL;
    int number;
    for (number = 0; number < THREADS; number++) {
        CHECK(pthread_create(&thread, NULL, function, NULL) == 0);
        EXPECT(publish(), FLOORBUS_OK); /* takes its turn with that thread */
        CHECK(pthread_cancel(thread) == 0);
        CHECK(pthread_join(thread, &end) == 0);
        CHECK(end == PTHREAD_CANCELED);
    }
    EXPECT(publish(), FLOORBUS_OK);
}

static int drops;

static void on_drop(void *context) {
    (void)context;
    drops++;
}

/* Ends the thread that dispatches. */
static void on_event_exit(
    void *context, const floorbus_event_info *info, const floorbus_event *event) {
    (void)context;
    (void)info;
    (void)event;
    pthread_exit(NULL);
}

static void *dispatching(void *context) {
    (void)context;
    floorbus_dispatch(client, 1, PATIENCE_MS, NULL);
    return context; /* never comes here */
}

static void thread_ends_in_callback(void) {
    pthread_t thread;
    void *end = &drops;
    EXPECT(floorbus_set_callback(client, on_event_exit, NULL, on_drop), FLOORBUS_OK);
    EXPECT(publish(), FLOORBUS_OK);
    CHECK(pthread_create(&thread, NULL, dispatching, &drops) == 0);
    CHECK(pthread_join(thread, &end) == 0);
    CHECK(end == NULL && drops == 0);
    EXPECT(floorbus_set_callback(client, NULL, NULL, NULL), FLOORBUS_OK);
    CHECK(drops == 1); /* nobody is in the callback any more */
}

#ifdef __cplusplus
static const floorbus_event *thrown;

static void on_event_throw(
    void *, const floorbus_event_info *, const floorbus_event *event) {
    thrown = event;
    throw 42;
}

static void exceptions(void) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    int caught = 0;
    drops = 0;
    EXPECT(floorbus_set_callback(client, on_event_throw, NULL, on_drop), FLOORBUS_OK);
    EXPECT(publish(), FLOORBUS_OK);
    try {
        floorbus_dispatch(client, 0, PATIENCE_MS, NULL);
    } catch (int number) {
        caught = number;
    }
    CHECK(caught == 42);
    EXPECT(floorbus_event_get(thrown, &info), FLOORBUS_E_HANDLE); /* given back */
    EXPECT(publish(), FLOORBUS_OK);
    EXPECT(floorbus_set_callback(client, NULL, NULL, NULL), FLOORBUS_OK);
    CHECK(drops == 1);
}
#endif

/* errno is the host's: a call that does well leaves it, and so does one that does not. */
static void error_numbers(void) {
    floorbus_event *event = NULL;
    int number;
    for (number = 0; number < 200; number++) {
        errno = EDOM;
        EXPECT(publish(), FLOORBUS_OK);
        CHECK(errno == EDOM);
    }
    while (floorbus_recv(client, &event, 0) == FLOORBUS_OK) {
        CHECK(errno == EDOM);
        floorbus_event_release(event);
        CHECK(errno == EDOM);
    }
    /* What the hub still sends comes first. */
    while (floorbus_recv(client, &event, 20) == FLOORBUS_OK) floorbus_event_release(event);
    EXPECT(floorbus_recv(client, &event, 1), FLOORBUS_E_TIMEOUT);
    CHECK(errno == EDOM);
    EXPECT(floorbus_subscribe(client, floorbus_cstr("nonsense"), NULL, NULL), FLOORBUS_E_BADKEY);
    CHECK(errno == EDOM);
}

int main(void) {
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub *hub = NULL;
    char address[64];
    options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    client = open_at(address, "desk");
    cancel(blocked);
    cancel(busy);
    EXPECT(floorbus_subscribe(client, floorbus_cstr("agent/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
    thread_ends_in_callback();
#ifdef __cplusplus
    exceptions();
#endif
    error_numbers();
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
