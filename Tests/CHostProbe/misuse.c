/* Every way to use the library wrongly: each gives the documented status, none ends the process.
 * Needs no hub; the client here never finds one. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nobody.h"

static void on_event(
    void *context, const floorbus_event_info *info, const floorbus_event *event) {
    (void)context;
    (void)info;
    (void)event;
    CHECK(!"called");
}

static void on_drop(void *context) { ++*(int *)context; }

/* Every function that takes a client, with one that is none. */
static void try_all(floorbus_client *client, floorbus_status expected) {
    floorbus_str key = FLOORBUS_STR("agent/bj/sales/4711/");
    floorbus_str filter = FLOORBUS_STR("agent/");
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_event *event = (floorbus_event *)&state;
    floorbus_ticket ticket = 77;
    uint32_t subscription = 77;
    int fd = -77;
    floorbus_queue queue = FLOORBUS_QUEUE_INIT;
    floorbus_team team = FLOORBUS_TEAM_INIT;
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_note note = FLOORBUS_NOTE_INIT;
    floorbus_presence presence = FLOORBUS_PRESENCE_INIT;
    floorbus_snapshot *snapshot = (floorbus_snapshot *)&state;
    floorbus_bytes bytes = {"x", 1};
    floorbus_str place = FLOORBUS_STR("flag/bj/sales/");
    floorbus_str flag = FLOORBUS_STR("flag/bj/sales/000102030405760788090a0b0c0d0e0f/");
    floorbus_id id = {{0}};
    uint32_t count = 77;
    int64_t hub_time = 77, hub_error = 77;
    int drops = 0;

    EXPECT(floorbus_client_fd(client, &fd), expected);
    EXPECT(floorbus_client_wait_ready(client, 0), expected);
    EXPECT(floorbus_client_stats(client, &counts), expected);
    EXPECT(floorbus_client_time(client, &hub_time, &hub_error), expected);
    EXPECT(floorbus_publish_state(client, key, &state, NULL, &ticket), expected);
    EXPECT(floorbus_remove(client, key, 0, &ticket), expected);
    EXPECT(floorbus_wait(client, 1, 0, &result), expected);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, 0, NULL), expected);
    EXPECT(floorbus_subscribe(client, filter, NULL, &subscription), expected);
    EXPECT(floorbus_unsubscribe(client, 1), expected);
    EXPECT(floorbus_recv(client, &event, 0), expected);
    CHECK(event == NULL);
    EXPECT(floorbus_publish_queue(client, floorbus_cstr("queue/bj/sales/1/"), &queue, NULL,
                                  &ticket), expected);
    EXPECT(floorbus_publish_team(client, floorbus_cstr("team/bj/sales/1/"), &team, NULL, &ticket),
           expected);
    EXPECT(floorbus_publish_custom(client, floorbus_cstr("custom/bj/sales/1/"), 1, bytes, NULL,
                                   &ticket), expected);
    EXPECT(floorbus_flag_raise(client, place, &request, &id, &ticket), expected);
    EXPECT(floorbus_flag_change(client, flag, FLOORBUS_OP_CLAIM, NULL, &ticket), expected);
    EXPECT(floorbus_set_duty(client, FLOORBUS_SUPPORTER_AVAILABLE, &ticket), expected);
    EXPECT(floorbus_note_send(client, floorbus_cstr("note/bj/-/"), &note, &id, &ticket), expected);
    EXPECT(floorbus_note_acknowledge(client, flag, &ticket), expected);
    EXPECT(floorbus_note_withdraw(client, flag, &ticket), expected);
    EXPECT(floorbus_get(client, filter, 0, &snapshot), expected);
    CHECK(snapshot == NULL);
    snapshot = (floorbus_snapshot *)&state;
    EXPECT(floorbus_replay(client, filter, 0, 0, 0, 0, &snapshot), expected);
    CHECK(snapshot == NULL);
    EXPECT(floorbus_get_presence(client, floorbus_cstr("ana"), 0, &presence), expected);
    EXPECT(floorbus_set_callback(client, on_event, &drops, on_drop), expected);
    CHECK(drops == (expected == FLOORBUS_E_FORKED ? 0 : 1));
    EXPECT(floorbus_dispatch(client, 1, 0, &count), expected);
    CHECK(count == 77 && id.b[0] == 0);
    CHECK(fd == -77 && ticket == 77 && subscription == 77);
}

static void wrong_handles(void) {
    floorbus_client *client = open_client();
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_queue queue = FLOORBUS_QUEUE_INIT;
    floorbus_team team = FLOORBUS_TEAM_INIT;
    floorbus_flag flag = FLOORBUS_FLAG_INIT;
    floorbus_note note = FLOORBUS_NOTE_INIT;
    floorbus_presence presence = FLOORBUS_PRESENCE_INIT;
    floorbus_catalogue catalogue = FLOORBUS_CATALOGUE_INIT;
    floorbus_hub_counts hub_counts = FLOORBUS_HUB_COUNTS_INIT;
    floorbus_client_options options = nobody();
    floorbus_snapshot *snapshot;
    floorbus_hub *hub;
    floorbus_event *event;
    int own = 0;
    floorbus_event *events[3];
    size_t index;

    try_all(NULL, FLOORBUS_E_HANDLE);
    try_all((floorbus_client *)&own, FLOORBUS_E_HANDLE);
    EXPECT(floorbus_client_close(NULL, 0), FLOORBUS_E_HANDLE);
    EXPECT(floorbus_client_close((floorbus_client *)&own, 0), FLOORBUS_E_HANDLE);
    EXPECT(floorbus_client_close(client, -2), FLOORBUS_E_INVALID);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_E_HANDLE);
    try_all(client, FLOORBUS_E_HANDLE);

    events[0] = NULL;
    events[1] = (floorbus_event *)&own;
    events[2] = (floorbus_event *)client;
    for (index = 0; index < 3; index++) {
        EXPECT(floorbus_event_get(events[index], &info), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_state(events[index], &state), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_queue(events[index], &queue), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_team(events[index], &team), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_flag(events[index], &flag), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_note(events[index], &note), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_presence(events[index], &presence), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_event_decode_catalogue(events[index], &catalogue), FLOORBUS_E_HANDLE);
        floorbus_event_release(events[index]);
        snapshot = (floorbus_snapshot *)events[index];
        event = (floorbus_event *)&own;
        EXPECT(floorbus_snapshot_next(snapshot, &event, 0), FLOORBUS_E_HANDLE);
        CHECK(event == NULL);
        floorbus_snapshot_free(snapshot);
        hub = (floorbus_hub *)events[index];
        EXPECT(floorbus_hub_client(hub, &options, &client), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_hub_endpoint(hub, 0, NULL, 0, NULL), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_hub_stats(hub, &hub_counts), FLOORBUS_E_HANDLE);
        EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_E_HANDLE);
    }
}

static void wrong_options(void) {
    floorbus_client_options options = nobody();
    floorbus_agent_state will = FLOORBUS_AGENT_STATE_INIT;
    floorbus_client *client = (floorbus_client *)&options;
    struct {
        floorbus_client_options options;
        uint32_t more;
    } newer;
    /* What nobody can listen at. */
    static const char *const addresses[] = {
        "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:99999", "tcp://127.0.0.1",
        "tcp://127.0.0.1:", "tcp://:7410", "tcp://*:7410", "tcp://127.0.0.1:74x", "tcp://",
        "ipc://",
        ("ipc:///a/path/that/is/far/longer/than/the/one/hundred/and/seven/bytes/that/the/address"
         "/of/a/local/socket/may/have/at/most")};
    size_t index;

    EXPECT(floorbus_client_open(NULL, &client), FLOORBUS_E_INVALID);
    CHECK(client == NULL);
    EXPECT(floorbus_client_open(&options, NULL), FLOORBUS_E_INVALID);
    options.struct_size = 0;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_ABI);
    options.struct_size = sizeof options - 8;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_ABI);
    options.struct_size = UINT32_MAX;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_ABI);

    options = nobody();
    options.endpoints = NULL;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options.endpoints = "tcp://127.0.0.1:1,,";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options.endpoints = "http://127.0.0.1";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options = nobody();
    options.principal = "";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options.principal = "\xff";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options.principal = "a name that is by far too long to be the name of anybody, is it not";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_TOOBIG);
    options = nobody();
    options.flags = 2;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options = nobody();
    options.host_encoding = "EBCDIC";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options = nobody();
    options.will_key = "queue/bj/sales/4711/";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_BADKEY);
    options.will_key = "nonsense";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_BADKEY);
    options = nobody();
    options.will_state = &will;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options = nobody();
    options.outbox_path = "/nowhere/at/all/outbox";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_STORAGE);
    options = nobody();
    options.will_grace_ms = 25001;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options = nobody();
    options.heartbeat_ms = 49;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    options.heartbeat_ms = 1501;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    for (index = 0; index < sizeof addresses / sizeof *addresses; index++) {
        options = nobody();
        options.endpoints = addresses[index];
        EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    }
    options = nobody();
    options.window_bytes = 1;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_INVALID);
    CHECK(client == NULL);

    /* A program of a newer header: fine while it sets nothing new. */
    memset(&newer, 0, sizeof newer);
    newer.options = nobody();
    newer.options.struct_size = sizeof newer;
    newer.more = 1;
    EXPECT(floorbus_client_open(&newer.options, &client), FLOORBUS_E_ABI);
    newer.more = 0;
    newer.options.endpoints = "tcp://127.0.0.1:1, ipc:///nowhere/floorbus";
    EXPECT(floorbus_client_open(&newer.options, &client), FLOORBUS_OK);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_OK);
}

static void wrong_publications(floorbus_client *client) {
    floorbus_str key = FLOORBUS_STR("agent/bj/sales/4711/");
    floorbus_str queue = FLOORBUS_STR("queue/bj/sales/4711/");
    floorbus_str bad = FLOORBUS_STR("agent/bj/sales/4711");
    floorbus_str lost = FLOORBUS_STR("x");
    floorbus_str event = FLOORBUS_STR("event/bj/sales/1/");
    floorbus_str presence = FLOORBUS_STR("presence/bj/sales/1/");
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    char text[200];

    memset(text, 'x', sizeof text);
    lost.ptr = NULL;
    EXPECT(floorbus_publish_state(client, key, NULL, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_publish_state(client, queue, &state, NULL, NULL), FLOORBUS_E_BADKEY);
    EXPECT(floorbus_publish_state(client, bad, &state, NULL, NULL), FLOORBUS_E_BADKEY);
    bad = floorbus_cstr("");
    EXPECT(floorbus_publish_state(client, bad, &state, NULL, NULL), FLOORBUS_E_BADKEY);
    EXPECT(floorbus_publish_state(client, lost, &state, NULL, NULL), FLOORBUS_E_INVALID);
    key.len = (size_t)-1;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_BADKEY);
    key = floorbus_cstr("agent/bj/sales/4711/");
    state.struct_size = 4;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_ABI);
    state.struct_size = sizeof state;
    state.state = 1; /* no such state: logged off is a session's */
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
    state.state = FLOORBUS_STATE_READY;
    state.session = 9;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
    state.session = FLOORBUS_SESSION_LOGGED_ON;
    state.out_of_service = 2;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
    state.out_of_service = 0;
    state.customer_star = 6;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
    state.customer_star = 0;
    state.overlays = FLOORBUS_OVERLAY_RECORDING_PAUSED << 1;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
    state.overlays = 0;
    state.reason.ptr = text;
    state.reason.len = 129;
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_TOOBIG);
    state.reason = floorbus_cstr("\xc3(");
    EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_remove(client, event, 0, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_remove(client, presence, 0, NULL), FLOORBUS_E_DENIED);
    EXPECT(floorbus_remove(client, bad, 0, NULL), FLOORBUS_E_BADKEY);
}

static void wrong_arguments(floorbus_client *client) {
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    floorbus_sub_options options = FLOORBUS_SUB_OPTIONS_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_event *event = NULL;
    int64_t time = 0;

    EXPECT(floorbus_client_fd(client, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_client_stats(client, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_client_time(client, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_client_time(client, &time, NULL), FLOORBUS_E_AGAIN);
    counts.struct_size = 8;
    EXPECT(floorbus_client_stats(client, &counts), FLOORBUS_E_ABI);
    EXPECT(floorbus_client_wait_ready(client, -5), FLOORBUS_E_INVALID);
    EXPECT(floorbus_client_wait_ready(client, 0), FLOORBUS_E_AGAIN);
    EXPECT(floorbus_client_wait_ready(client, 20), FLOORBUS_E_TIMEOUT);
    EXPECT(floorbus_wait(client, 1, 0, &result), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_wait(client, 0, 0, &result), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_wait(client, 1, -9, &result), FLOORBUS_E_INVALID);
    EXPECT(floorbus_wait(client, 1, 0, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, 0, &result), FLOORBUS_E_INVALID);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, 0, NULL), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(client, floorbus_cstr("a/"), NULL, NULL), FLOORBUS_E_BADKEY);
    options.flags = 1;
    EXPECT(floorbus_subscribe(client, floorbus_cstr("+/"), &options, NULL), FLOORBUS_E_INVALID);
    options.flags = 0;
    options.min_interval_ms = 60001;
    EXPECT(floorbus_subscribe(client, floorbus_cstr("+/"), &options, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_unsubscribe(client, 0), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_unsubscribe(client, 1), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_recv(client, NULL, 0), FLOORBUS_E_INVALID);
    EXPECT(floorbus_recv(client, &event, -7), FLOORBUS_E_INVALID);
}

static void forked_child(floorbus_client *client) {
    floorbus_client_options options = nobody();
    floorbus_client *second = NULL;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    int status = -1;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        probe_failures = 0;
        try_all(client, FLOORBUS_E_FORKED);
        EXPECT(floorbus_client_open(&options, &second), FLOORBUS_E_FORKED);
        EXPECT(floorbus_event_get(NULL, &info), FLOORBUS_E_FORKED);
        EXPECT(floorbus_client_close(client, 1000), FLOORBUS_OK);
        CHECK(floorbus_version() != 0);
        floorbus_event_release(NULL);
        /* Another program says "well": exec() is allowed, and valgrind does not take what the
         * parent's threads hold for leaks of the child. */
        if (probe_failures == 0) execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void) {
    floorbus_client *client;
    wrong_handles();
    wrong_options();
    client = open_client();
    wrong_publications(client);
    wrong_arguments(client);
    forked_child(client);
    EXPECT(floorbus_client_close(client, FLOORBUS_WAIT_FOREVER), FLOORBUS_OK);
    return probe_end();
}
