/* A C program on a real floor: publishes, receives its own and a Swift program's states, decodes
 * them, removes, and closes while threads publish. Tests/FloorBusTests/CHostTests.swift starts it
 * with the endpoint of a hub and plays the other side. */
#include <pthread.h>
#include <string.h>
#include <sys/select.h>

#include "probe.h"

#define PATIENCE_MS 20000
#define OWN_KEY "agent/bj/sales/c%2Fhost/"
#define OTHER_KEY "agent/bj/sales/swift/"

static int is(floorbus_str text, const char *expected) {
    return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

static int is_readable(int fd, int timeout_ms) {
    fd_set set;
    struct timeval limit;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    limit.tv_sec = timeout_ms / 1000;
    limit.tv_usec = timeout_ms % 1000 * 1000;
    return select(fd + 1, &set, NULL, NULL, &limit) == 1;
}

static floorbus_client *open_client(const char *endpoint) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *client = NULL;
    options.endpoints = endpoint;
    options.principal = "c-host";
    options.app_name = "live.c";
    options.reconnect_min_ms = 50;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    return client;
}

/* The next event of a kind about a key (NULL: any), with its state when it has one. */
static floorbus_event *next(
    floorbus_client *client, int kind, const char *key, floorbus_event_info *info) {
    floorbus_event *event = NULL;
    for (;;) {
        floorbus_status status = floorbus_recv(client, &event, PATIENCE_MS);
        if (status != FLOORBUS_OK) {
            EXPECT(status, FLOORBUS_OK);
            return NULL;
        }
        info->struct_size = sizeof *info;
        EXPECT(floorbus_event_get(event, info), FLOORBUS_OK);
        if (info->kind == kind && (key == NULL || is(info->key, key))) return event;
        floorbus_event_release(event);
    }
}

static void subscribe(floorbus_client *client) {
    floorbus_sub_options options = FLOORBUS_SUB_OPTIONS_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event *event;
    uint32_t subscription = 0;
    int fd = -1;

    options.min_interval_ms = 1;
    EXPECT(
        floorbus_subscribe(client, floorbus_cstr("agent/bj/"), &options, &subscription),
        FLOORBUS_OK);
    CHECK(subscription != 0);
    EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_client_fd(client, &fd), FLOORBUS_OK);
    CHECK(is_readable(fd, PATIENCE_MS));
    CHECK(is_readable(fd, 0)); /* looking does not change it */

    event = next(client, FLOORBUS_KIND_LINK, NULL, &info);
    CHECK(info.link == FLOORBUS_LINK_FIRST && info.epoch > 0 && info.result == FLOORBUS_OK);
    EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_E_STATE);
    floorbus_event_release(event);

    event = next(client, FLOORBUS_KIND_AGENT, OTHER_KEY, &info);
    CHECK(info.op == FLOORBUS_OP_PUT && (info.flags & FLOORBUS_EVF_SNAPSHOT));
    CHECK(info.subscription == subscription && info.rev != 0 && info.hub_time_us > 0);
    CHECK(info.payload.len >= 16 && info.payload.ptr != NULL && info.schema == 1);
    EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_OK);
    CHECK(state.session == FLOORBUS_SESSION_LOGGED_ON && state.out_of_service == 1);
    CHECK(state.state == FLOORBUS_STATE_NOT_READY && state.pending == FLOORBUS_STATE_READY);
    CHECK(state.cause == FLOORBUS_CAUSE_SUPERVISOR);
    CHECK(state.reason_class == FLOORBUS_REASON_TRAINING && state.reason_code == 15);
    CHECK(is(state.reason, "\xe5\x9f\xb9\xe8\xae\xad") && is(state.seat, "B-12"));
    CHECK(state.call_ref.len == 0 && state.freshness == FLOORBUS_FRESH_LIVE);
    state.struct_size = 8;
    EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_E_ABI);
    EXPECT(floorbus_event_decode_state(event, NULL), FLOORBUS_E_INVALID);
    floorbus_event_release(event);
    EXPECT(floorbus_event_get(event, &info), FLOORBUS_E_HANDLE);
    floorbus_event_release(event);

    event = next(client, FLOORBUS_KIND_SNAPSHOT_END, NULL, &info);
    CHECK(info.subscription == subscription && info.count == 1);
    floorbus_event_release(event);
    CHECK(!is_readable(fd, 0));
    EXPECT(floorbus_recv(client, &event, 0), FLOORBUS_E_AGAIN);
    EXPECT(floorbus_recv(client, &event, 10), FLOORBUS_E_TIMEOUT);
}

/* Publishes a state with every field and gets it back as it was. */
static uint64_t publish(floorbus_client *client) {
    floorbus_agent_state sent = FLOORBUS_AGENT_STATE_INIT;
    floorbus_agent_state got = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_ticket ticket = 0;
    floorbus_event *event;

    sent.state = FLOORBUS_STATE_BUSY;
    sent.pending = FLOORBUS_STATE_AFTER_CALL;
    sent.call = FLOORBUS_CALL_CONSULTING;
    sent.overlays = FLOORBUS_OVERLAY_HELP_SEEKING | FLOORBUS_OVERLAY_MUTED;
    sent.cause = FLOORBUS_CAUSE_AGENT;
    sent.reason_class = FLOORBUS_REASON_OTHER;
    sent.reason_code = 65535;
    sent.customer_star = 5;
    sent.freshness = FLOORBUS_FRESH_STALE; /* ignored */
    sent.reason = floorbus_cstr("gro\xc3\x9f");
    sent.extension = floorbus_cstr("SIP/101");
    sent.seat = floorbus_cstr("A-1");
    sent.call_ref = floorbus_cstr("c-4711-0815-and-somewhat-longer");
    EXPECT(
        floorbus_publish_state(client, floorbus_cstr(OWN_KEY), &sent, NULL, &ticket), FLOORBUS_OK);
    EXPECT(floorbus_wait(client, ticket, PATIENCE_MS, &result), FLOORBUS_OK);
    CHECK(result.status == FLOORBUS_OK && result.rev != 0);
    EXPECT(floorbus_wait(client, ticket, 0, &result), FLOORBUS_OK);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, 0, NULL), FLOORBUS_OK);

    event = next(client, FLOORBUS_KIND_AGENT, OWN_KEY, &info);
    CHECK(info.rev == result.rev && info.prev_rev == 0 && info.coalesced == 0);
    EXPECT(floorbus_event_decode_state(event, &got), FLOORBUS_OK);
    CHECK(got.struct_size == sizeof got && got.session == sent.session);
    CHECK(got.out_of_service == 0 && got.state == sent.state && got.pending == sent.pending);
    CHECK(got.call == sent.call && got.overlays == sent.overlays && got.cause == sent.cause);
    CHECK(got.reason_class == sent.reason_class && got.reason_code == sent.reason_code);
    CHECK(got.customer_star == 5 && got.freshness == FLOORBUS_FRESH_LIVE);
    CHECK(is(got.reason, "gro\xc3\x9f") && is(got.extension, "SIP/101") && is(got.seat, "A-1"));
    CHECK(is(got.call_ref, "c-4711-0815-and-somewhat-longer"));
    floorbus_event_release(event);
    return result.rev;
}

/* The Swift side answers what it has seen of us with a state of its own. */
static void hear_the_other(floorbus_client *client) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event *event = next(client, FLOORBUS_KIND_AGENT, OTHER_KEY, &info);
    EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_AFTER_CALL && !(info.flags & FLOORBUS_EVF_SNAPSHOT));
    CHECK(info.prev_rev != 0);
    floorbus_event_release(event);
}

static void remove_own(floorbus_client *client, uint64_t rev) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_ticket ticket = 0;
    floorbus_event *event;
    floorbus_str key = FLOORBUS_STR(OWN_KEY);

    EXPECT(floorbus_remove(client, key, rev + 1000, &ticket), FLOORBUS_OK);
    EXPECT(floorbus_wait(client, ticket, PATIENCE_MS, &result), FLOORBUS_OK);
    CHECK(result.status == FLOORBUS_E_CONFLICT && result.rev == rev);
    EXPECT(floorbus_remove(client, key, rev, &ticket), FLOORBUS_OK);
    EXPECT(floorbus_wait(client, ticket, PATIENCE_MS, &result), FLOORBUS_OK);
    CHECK(result.status == FLOORBUS_OK && result.rev > rev);
    event = next(client, FLOORBUS_KIND_AGENT, OWN_KEY, &info);
    CHECK(info.op == FLOORBUS_OP_DELETE && info.payload.len == 0);
    EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_E_STATE);
    floorbus_event_release(event);
}

static void count(floorbus_client *client) {
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    EXPECT(floorbus_client_stats(client, &counts), FLOORBUS_OK);
    CHECK(counts.struct_size == sizeof counts && counts.connected == 1 && counts.epoch > 0);
    CHECK(counts.subscriptions == 1 && counts.keys == 1 && counts.outbox_depth == 0);
    CHECK(counts.published == 3 && counts.accepted == 2 && counts.refused == 1);
    CHECK(counts.records_in >= 4 && counts.gaps == 0);
    CHECK(counts.links == 1 && counts.resyncs == 0);
    CHECK(counts.bytes_in > 0 && counts.bytes_out > 0);
    EXPECT(floorbus_unsubscribe(client, 1), FLOORBUS_OK);
    EXPECT(floorbus_unsubscribe(client, 1), FLOORBUS_E_NOTFOUND);
}

/* An event outlives its client. */
static void close_with_event(floorbus_client *client) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_event *event;
    EXPECT(floorbus_subscribe(client, floorbus_cstr(OTHER_KEY), NULL, NULL), FLOORBUS_OK);
    event = next(client, FLOORBUS_KIND_AGENT, OTHER_KEY, &info);
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_E_HANDLE);
    EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
    CHECK(is(info.key, OTHER_KEY));
    floorbus_event_release(event);
}

#define PUBLISHERS 16

static void *publish_until_closed(void *context) {
    floorbus_client *client = (floorbus_client *)context;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_status status;
    do {
        status = floorbus_publish_state(client, floorbus_cstr(OWN_KEY), &state, NULL, NULL);
        if (status == FLOORBUS_E_LIMIT) {
            status = floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL);
        }
    } while (status == FLOORBUS_OK);
    CHECK(status == FLOORBUS_E_CLOSED || status == FLOORBUS_E_HANDLE);
    return NULL;
}

static void close_while_others_publish(const char *endpoint) {
    pthread_t threads[PUBLISHERS];
    floorbus_client *client = open_client(endpoint);
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    int index;
    EXPECT(floorbus_subscribe(client, floorbus_cstr(OWN_KEY), NULL, NULL), FLOORBUS_OK);
    for (index = 0; index < PUBLISHERS; index++) {
        CHECK(pthread_create(&threads[index], NULL, publish_until_closed, client) == 0);
    }
    /* They are at work once a state of theirs comes back. */
    floorbus_event_release(next(client, FLOORBUS_KIND_AGENT, OWN_KEY, &info));
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    for (index = 0; index < PUBLISHERS; index++) {
        CHECK(pthread_join(threads[index], NULL) == 0);
    }
}

int main(int count_of_arguments, char **arguments) {
    floorbus_client *client;
    uint64_t rev;
    if (count_of_arguments != 2) {
        fprintf(stderr, "usage: %s ENDPOINT\n", arguments[0]);
        return EXIT_FAILURE;
    }
    client = open_client(arguments[1]);
    subscribe(client);
    rev = publish(client);
    hear_the_other(client);
    remove_own(client, rev);
    count(client);
    close_with_event(client);
    close_while_others_publish(arguments[1]);
    return probe_end();
}
