/* Limits that are reached, and a client that is closed while others wait in it. Needs no hub. */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "nobody.h"

static void full_outbox(void) {
    floorbus_client_options options = nobody();
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_client *client = NULL;
    floorbus_ticket first = 0;
    floorbus_ticket second = 0;
    floorbus_str key = FLOORBUS_STR("agent/bj/sales/4711/");
    floorbus_str other = FLOORBUS_STR("agent/bj/sales/4712/");
    floorbus_str third = FLOORBUS_STR("agent/bj/sales/4713/");

    options.outbox_limit = 2;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    EXPECT(floorbus_publish_state(client, key, &state, NULL, &first), FLOORBUS_OK);
    EXPECT(floorbus_publish_state(client, other, &state, NULL, &second), FLOORBUS_OK);
    CHECK(first != 0 && second != first);
    EXPECT(floorbus_publish_state(client, third, &state, NULL, NULL), FLOORBUS_E_LIMIT);
    EXPECT(floorbus_wait(client, first, 0, &result), FLOORBUS_E_AGAIN);
    EXPECT(floorbus_wait(client, first, 20, &result), FLOORBUS_E_TIMEOUT);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, 20, NULL), FLOORBUS_E_TIMEOUT);
    EXPECT(floorbus_client_close(client, 20), FLOORBUS_E_TIMEOUT);
}

static void too_many_clients(void) {
    floorbus_client *clients[256];
    floorbus_client_options options = nobody();
    floorbus_status status = FLOORBUS_OK;
    int count = 0;

    while (count < 256) {
        status = floorbus_client_open(&options, &clients[count]);
        if (status != FLOORBUS_OK) break;
        count++;
    }
    /* Fewer than 255 where the limit of open files is low; never more. */
    CHECK(count <= 255 && status == FLOORBUS_E_LIMIT);
    while (count > 0) EXPECT(floorbus_client_close(clients[--count], 0), FLOORBUS_OK);
}

struct waiter {
    floorbus_client *client;
    int started; /* a pipe's write end */
};

static void *wait_in_recv(void *context) {
    struct waiter *waiter = (struct waiter *)context;
    floorbus_event *event = NULL;
    floorbus_status status;
    CHECK(write(waiter->started, "r", 1) == 1);
    do {
        status = floorbus_recv(waiter->client, &event, FLOORBUS_WAIT_FOREVER);
        floorbus_event_release(event); /* the link may be told down */
    } while (status == FLOORBUS_OK);
    /* HANDLE when it had not begun to wait. */
    CHECK(status == FLOORBUS_E_CLOSED || status == FLOORBUS_E_HANDLE);
    return NULL;
}

static void *wait_in_ready(void *context) {
    struct waiter *waiter = (struct waiter *)context;
    floorbus_status status;
    CHECK(write(waiter->started, "w", 1) == 1);
    status = floorbus_client_wait_ready(waiter->client, FLOORBUS_WAIT_FOREVER);
    CHECK(status == FLOORBUS_E_CLOSED || status == FLOORBUS_E_HANDLE);
    return NULL;
}

static void close_while_others_wait(void) {
    pthread_t threads[4];
    struct waiter waiter;
    char byte;
    int ends[2];
    int index;

    waiter.client = open_client();
    CHECK(pipe(ends) == 0);
    waiter.started = ends[1];
    for (index = 0; index < 4; index++) {
        CHECK(pthread_create(
                  &threads[index], NULL, index % 2 ? wait_in_ready : wait_in_recv, &waiter)
              == 0);
    }
    for (index = 0; index < 4; index++) CHECK(read(ends[0], &byte, 1) == 1);
    EXPECT(floorbus_client_close(waiter.client, 0), FLOORBUS_OK);
    for (index = 0; index < 4; index++) CHECK(pthread_join(threads[index], NULL) == 0);
    close(ends[0]);
    close(ends[1]);
}

int main(void) {
    full_outbox();
    too_many_clients();
    close_while_others_wait();
    return probe_end();
}
