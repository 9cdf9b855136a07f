/* A hub in this process: how it is started and stopped; and what is published and asked for on it,
 * beside it and over tcp. */
#include <string.h>

#include "floor.h"

static floorbus_hub *start(void) {
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub_counts counts = FLOORBUS_HUB_COUNTS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_hub *other = (floorbus_hub *)&options;
    char address[64];
    char little[6];
    size_t needed = 0;

    options.listen = "tcp://0.0.0.0:0";
    EXPECT(floorbus_hub_start(&options, &other), FLOORBUS_E_INVALID);
    CHECK(other == NULL);
    options.listen = "http://here";
    EXPECT(floorbus_hub_start(&options, &other), FLOORBUS_E_INVALID);
    options.flags = 8;
    EXPECT(floorbus_hub_start(&options, &other), FLOORBUS_E_INVALID);
    options.flags = 0;
    EXPECT(floorbus_hub_start(&options, NULL), FLOORBUS_E_INVALID);
    options.struct_size = 8;
    EXPECT(floorbus_hub_start(&options, &other), FLOORBUS_E_ABI);
    options.struct_size = sizeof options;

    options.listen = "tcp://127.0.0.1:0";
    options.tap_listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, &needed), FLOORBUS_OK);
    CHECK(strlen(address) == needed && strncmp(address, "tcp://127.0.0.1:", 16) == 0);
    CHECK(strcmp(address, "tcp://127.0.0.1:0") != 0);
    EXPECT(floorbus_hub_endpoint(hub, 0, little, sizeof little, &needed), FLOORBUS_E_TRUNC);
    CHECK(strcmp(little, "tcp:/") == 0 && needed == strlen(address));
    EXPECT(floorbus_hub_endpoint(hub, 0, NULL, 0, &needed), FLOORBUS_E_TRUNC);
    EXPECT(floorbus_hub_endpoint(hub, 0, NULL, 9, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_hub_endpoint(hub, 1, little, sizeof little, NULL), FLOORBUS_E_TRUNC);
    EXPECT(floorbus_hub_endpoint(hub, 2, little, sizeof little, NULL), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_hub_stats(hub, &counts), FLOORBUS_OK);
    CHECK(counts.epoch > 0 && counts.sessions == 0);
    EXPECT(floorbus_hub_stats(hub, NULL), FLOORBUS_E_INVALID);

    options.listen = address;
    options.tap_listen = NULL;
    EXPECT(floorbus_hub_start(&options, &other), FLOORBUS_E_EXISTS);
    return hub;
}

static void queues_and_teams(floorbus_client *cti, floorbus_client *wall) {
    floorbus_queue queue = FLOORBUS_QUEUE_INIT;
    floorbus_queue seen = FLOORBUS_QUEUE_INIT;
    floorbus_team team = FLOORBUS_TEAM_INIT;
    floorbus_team read = FLOORBUS_TEAM_INIT;
    floorbus_figure figures[2] = {FLOORBUS_FIGURE_INIT, FLOORBUS_FIGURE_INIT};
    floorbus_publish_options options = FLOORBUS_PUBLISH_OPTIONS_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_str key = FLOORBUS_STR("queue/bj/sales/billing/");
    floorbus_ticket ticket = 0;
    floorbus_event *event;

    EXPECT(floorbus_subscribe(wall, floorbus_cstr("queue/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(wall, floorbus_cstr("team/bj/"), NULL, NULL), FLOORBUS_OK);
    queue.waiting = 3;
    queue.oldest_enqueued_us = 1700000000000000;
    queue.offered = 40;
    queue.agents_busy_other = 9;
    figures[0].name = floorbus_cstr("serviceLevel");
    figures[0].value = 875;
    figures[0].unit = FLOORBUS_UNIT_PERMILLE;
    figures[0].formula = FLOORBUS_FORMULA_SL_ANSWERED;
    figures[0].window = FLOORBUS_WINDOW_15_MINUTES;
    figures[0].n = 40;
    figures[0].threshold_ms = 20000;
    figures[0].zone_minutes = -480;
    figures[1].name = floorbus_cstr("asa");
    figures[1].unit = FLOORBUS_UNIT_MILLISECONDS;
    figures[1].value = -1;
    queue.figures = figures;
    queue.figure_count = 2;
    options.src_time_us = 1700000000000001;
    EXPECT(floorbus_publish_queue(cti, key, &queue, &options, &ticket), FLOORBUS_OK);
    CHECK(answer(cti, ticket).status == FLOORBUS_OK);
    CHECK(answer(cti, ticket).flags == FLOORBUS_RESULT_VOLATILE);

    event = next(wall, FLOORBUS_KIND_QUEUE, &info);
    CHECK(is(info.key, "queue/bj/sales/billing/") && info.src_time_us == 1700000000000001);
    EXPECT(floorbus_event_decode_queue(event, &seen), FLOORBUS_OK);
    CHECK(seen.waiting == 3 && seen.oldest_enqueued_us == 1700000000000000);
    CHECK(seen.offered == 40 && seen.agents_busy_other == 9 && seen.figure_count == 2);
    CHECK(seen.figures[0].struct_size == sizeof figures[0] && seen.figures[0].value == 875);
    CHECK(seen.figures[0].zone_minutes == -480 && seen.figures[0].threshold_ms == 20000);
    CHECK(is(seen.figures[0].name, "serviceLevel") && is(seen.figures[1].name, "asa"));
    CHECK(seen.figures[1].value == -1);
    EXPECT(floorbus_event_decode_team(event, &read), FLOORBUS_E_STATE);
    { /* asked again it is the same memory */
        floorbus_queue again = FLOORBUS_QUEUE_INIT;
        EXPECT(floorbus_event_decode_queue(event, &again), FLOORBUS_OK);
        CHECK(again.figures == seen.figures);
    }
    floorbus_event_release(event);

    team.figures = figures;
    team.figure_count = 1;
    EXPECT(
        floorbus_publish_team(cti, floorbus_cstr("team/bj/sales/day/"), &team, NULL, &ticket),
        FLOORBUS_OK);
    CHECK(answer(cti, ticket).status == FLOORBUS_OK);
    do { /* the hub's own figures of the team come under the same class */
        event = next(wall, FLOORBUS_KIND_TEAM, &info);
        EXPECT(floorbus_event_decode_team(event, &read), FLOORBUS_OK);
        if (is(info.key, "team/bj/sales/day/")) break;
        floorbus_event_release(event);
    } while (1);
    CHECK(read.figure_count == 1 && read.figures[0].n == 40);
    floorbus_event_release(event);

    queue.window = 77;
    EXPECT(floorbus_publish_queue(cti, key, &queue, NULL, NULL), FLOORBUS_E_INVALID);
    queue.window = 0;
    queue.figure_count = 65;
    EXPECT(floorbus_publish_queue(cti, key, &queue, NULL, NULL), FLOORBUS_E_LIMIT);
    queue.figure_count = 2;
    figures[1].struct_size = 8;
    EXPECT(floorbus_publish_queue(cti, key, &queue, NULL, NULL), FLOORBUS_E_ABI);
    figures[1].struct_size = sizeof figures[1];
    figures[1].name = floorbus_cstr("");
    EXPECT(floorbus_publish_queue(cti, key, &queue, NULL, NULL), FLOORBUS_E_INVALID);
    queue.figures = NULL;
    EXPECT(floorbus_publish_queue(cti, key, &queue, NULL, NULL), FLOORBUS_E_INVALID);
    options.flags = 16;
    EXPECT(floorbus_publish_queue(cti, key, &seen, &options, NULL), FLOORBUS_E_INVALID);
}

static void own_bytes(floorbus_client *cti, floorbus_client *wall) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_publish_options options = FLOORBUS_PUBLISH_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_str key = FLOORBUS_STR("custom/bj/screen/7/");
    floorbus_bytes bytes;
    floorbus_ticket ticket = 0;
    floorbus_snapshot *snapshot = NULL;
    floorbus_event *event = NULL;
    uint64_t first;
    int count = 0;

    bytes.ptr = "a\0b";
    bytes.len = 3;
    EXPECT(floorbus_subscribe(wall, floorbus_cstr("custom/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_publish_custom(cti, key, 0, bytes, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_publish_custom(cti, key, 4, bytes, NULL, &ticket), FLOORBUS_OK);
    first = answer(cti, ticket).rev;
    CHECK(first != 0);
    event = next(wall, FLOORBUS_KIND_CUSTOM, &info);
    CHECK(info.schema == 4 && info.payload.len == 3 && memcmp(info.payload.ptr, "a\0b", 3) == 0);
    EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_E_STATE);
    floorbus_event_release(event);

    options.expected_rev = first + 1;
    EXPECT(floorbus_publish_custom(cti, key, 4, bytes, &options, &ticket), FLOORBUS_OK);
    CHECK(answer(cti, ticket).status == FLOORBUS_E_CONFLICT);
    CHECK(answer(cti, ticket).rev == first);
    options.expected_rev = first;
    options.flags = FLOORBUS_PUB_UNLEASED;
    EXPECT(floorbus_publish_custom(cti, key, 4, bytes, &options, &ticket), FLOORBUS_OK);
    CHECK(answer(cti, ticket).status == FLOORBUS_OK);

    for (count = 0; count < 3; count++) {
        EXPECT(
            floorbus_publish_custom(
                cti, floorbus_cstr("event/bj/calls/1/"), 2, bytes, NULL, &ticket),
            FLOORBUS_OK);
    }
    CHECK(answer(cti, ticket).status == FLOORBUS_OK);
    bytes.len = 16385;
    EXPECT(floorbus_publish_custom(cti, key, 4, bytes, NULL, NULL), FLOORBUS_E_TOOBIG);
    EXPECT(
        floorbus_publish_custom(cti, floorbus_cstr("agent/a/b/c/"), 4, bytes, NULL, NULL),
        FLOORBUS_E_TOOBIG);
    bytes.len = 1;
    EXPECT(
        floorbus_publish_custom(cti, floorbus_cstr("agent/a/b/c/"), 4, bytes, NULL, NULL),
        FLOORBUS_E_BADKEY);
    bytes.ptr = NULL;
    EXPECT(floorbus_publish_custom(cti, key, 4, bytes, NULL, NULL), FLOORBUS_E_INVALID);

    /* What is there now, asked for once. */
    EXPECT(floorbus_get(wall, floorbus_cstr("custom/"), PATIENCE_MS, &snapshot), FLOORBUS_OK);
    EXPECT(floorbus_snapshot_next(snapshot, &event, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
    CHECK(is(info.key, "custom/bj/screen/7/") && (info.flags & FLOORBUS_EVF_SNAPSHOT));
    CHECK(info.flags & FLOORBUS_EVF_UNLEASED);
    floorbus_event_release(event);
    EXPECT(floorbus_snapshot_next(snapshot, NULL, 0), FLOORBUS_E_INVALID);
    EXPECT(floorbus_snapshot_next(snapshot, &event, PATIENCE_MS), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_snapshot_next(snapshot, &event, 0), FLOORBUS_E_NOTFOUND);
    floorbus_snapshot_free(snapshot);
    EXPECT(floorbus_snapshot_next(snapshot, &event, 0), FLOORBUS_E_HANDLE);
    floorbus_snapshot_free(snapshot);

    /* And what has happened. */
    EXPECT(
        floorbus_replay(wall, floorbus_cstr("event/"), 0, 0, 0, PATIENCE_MS, &snapshot),
        FLOORBUS_OK);
    for (count = 0; floorbus_snapshot_next(snapshot, &event, PATIENCE_MS) == FLOORBUS_OK; count++) {
        EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
        CHECK(info.kind == FLOORBUS_KIND_EVENT && (info.flags & FLOORBUS_EVF_REPLAY));
        floorbus_event_release(event);
    }
    CHECK(count == 3);
    floorbus_snapshot_free(snapshot);
    EXPECT(
        floorbus_replay(wall, floorbus_cstr("event/"), 0, 5, 4, 0, &snapshot),
        FLOORBUS_E_INVALID);
    EXPECT(floorbus_get(wall, floorbus_cstr("event"), 0, &snapshot), FLOORBUS_E_BADKEY);
    /* More questions than may be open. */
    {
        floorbus_snapshot *many[80];
        floorbus_status status = FLOORBUS_OK;
        for (count = 0; count < 80; count++) {
            status = floorbus_get(wall, floorbus_cstr("custom/"), 0, &many[count]);
            if (status != FLOORBUS_OK) break;
        }
        /* An answer that is complete is open no more. */
        CHECK(count >= 64 && (status == FLOORBUS_E_LIMIT || count == 80));
        while (count > 0) floorbus_snapshot_free(many[--count]);
    }
}

int main(void) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_hub *hub = start();
    floorbus_client *cti = open_beside(hub, "cti", 0);
    floorbus_client *wall = NULL;
    floorbus_client *other = (floorbus_client *)&options;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_event *event;
    char address[64];

    /* The wall comes over the network. */
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    options.endpoints = address;
    options.principal = "wall";
    EXPECT(floorbus_client_open(&options, &wall), FLOORBUS_OK);
    EXPECT(floorbus_hub_client(hub, &options, &other), FLOORBUS_E_INVALID);
    CHECK(other == NULL);

    queues_and_teams(cti, wall);
    own_bytes(cti, wall);

    EXPECT(floorbus_hub_stop(hub, -1), FLOORBUS_E_INVALID);
    EXPECT(floorbus_hub_stop(hub, 100), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 100), FLOORBUS_E_HANDLE);
    do { /* whoever stays is told */
        event = next(cti, FLOORBUS_KIND_LINK, &info);
        floorbus_event_release(event);
    } while (info.link != FLOORBUS_LINK_DOWN);
    EXPECT(floorbus_client_close(cti, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    return probe_end();
}
