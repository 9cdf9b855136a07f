/* A program that publishes while there is no hub, more than its outbox takes: the newest value of
 * each key is kept, and events keep their order; a full outbox is one of different things. */
#include <string.h>
#include <unistd.h>

#include "floor.h"

#define AGENTS 3
#define STATES 5000

static floorbus_ticket publish(floorbus_client *client, int agent, uint16_t reason_code) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_ticket ticket = 0;
    char key[64];
    snprintf(key, sizeof key, "agent/bj/sales/%d/", agent);
    state.state = FLOORBUS_STATE_NOT_READY;
    state.reason_code = reason_code;
    EXPECT(floorbus_publish_state(client, floorbus_cstr(key), &state, NULL, &ticket), FLOORBUS_OK);
    return ticket;
}

static floorbus_status publish_event(floorbus_client *client, int number) {
    floorbus_bytes payload;
    payload.ptr = &number;
    payload.len = sizeof number;
    return floorbus_publish_custom(client, floorbus_cstr("event/bj/x/1/"), 1, payload, NULL, NULL);
}

/* The states that agents have, and the events, in their order, as the hub has them. */
static void expect(floorbus_client *wall, int events) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_snapshot *found = NULL;
    floorbus_event *event = NULL;
    int agents = 0, number = 0;
    EXPECT(floorbus_get(wall, floorbus_cstr("agent/"), PATIENCE_MS, &found), FLOORBUS_OK);
    while (floorbus_snapshot_next(found, &event, PATIENCE_MS) == FLOORBUS_OK) {
        EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_OK);
        CHECK(state.reason_code == STATES - 1);
        agents++;
        floorbus_event_release(event);
    }
    floorbus_snapshot_free(found);
    CHECK(agents == AGENTS);
    EXPECT(floorbus_replay(wall, floorbus_cstr("event/"), 0, 0, 0, PATIENCE_MS, &found),
           FLOORBUS_OK);
    while (floorbus_snapshot_next(found, &event, PATIENCE_MS) == FLOORBUS_OK) {
        EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
        CHECK(memcmp(info.payload.ptr, &number, sizeof number) == 0);
        number++;
        floorbus_event_release(event);
    }
    floorbus_snapshot_free(found);
    CHECK(number == events);
}

int main(void) {
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *client = NULL, *wall;
    char folder[] = "/tmp/floorbus-newest-XXXXXX";
    char address[80];
    floorbus_ticket first, last = 0;
    int number, agent, events = 0;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(address, sizeof address, "ipc://%s/hub", folder);
    options.endpoints = address;
    options.principal = "switch";
    options.outbox_limit = 100;
    options.reconnect_min_ms = options.reconnect_max_ms = 20;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    first = publish(client, 0, 0);
    for (number = 0; number < 100; number++) publish(client, 0, 0);
    CHECK(answer(client, first).status == FLOORBUS_E_EXPIRED);
    for (number = 0; number < STATES; number++) {
        for (agent = 0; agent < AGENTS; agent++) last = publish(client, agent, (uint16_t)number);
        if (number % 100 == 0) EXPECT(publish_event(client, events++), FLOORBUS_OK);
    }
    while (publish_event(client, events) == FLOORBUS_OK) events++;
    EXPECT(publish_event(client, events), FLOORBUS_E_LIMIT);
    CHECK(events == 100 - AGENTS);
    EXPECT(floorbus_client_stats(client, &counts), FLOORBUS_OK);
    CHECK(counts.outbox_depth == 100);
    CHECK(counts.overtaken == 101 + (STATES - 1) * AGENTS);

    hub_options.listen = address;
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_OK);
    wall = open_beside(hub, "wall", 0);
    CHECK(answer(client, last).status == FLOORBUS_OK);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
    expect(wall, events);
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    unlink(address + strlen("ipc://"));
    strcat(address, ".lock"); /* the hub's, which stays */
    CHECK(unlink(address + strlen("ipc://")) == 0);
    CHECK(rmdir(folder) == 0);
    return probe_end();
}
