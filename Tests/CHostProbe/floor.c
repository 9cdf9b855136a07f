/* A whole floor in one process: an embedded hub, clients of it beside it and over tcp, and every
 * part of the interface that needs a hub. Waits for events, never for time. */
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define PATIENCE_MS 20000

static int is(floorbus_str text, const char *expected) {
    return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

static floorbus_client *open_beside(floorbus_hub *hub, const char *name, uint32_t flags) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *client = NULL;
    options.principal = name;
    options.flags = flags;
    EXPECT(floorbus_hub_client(hub, &options, &client), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
    return client;
}

/* The answer to a publication. */
static floorbus_result answer(floorbus_client *client, floorbus_ticket ticket) {
    floorbus_result result = FLOORBUS_RESULT_INIT;
    EXPECT(floorbus_wait(client, ticket, PATIENCE_MS, &result), FLOORBUS_OK);
    return result;
}

/* The next event of a kind; its owner releases it. */
static floorbus_event *next(floorbus_client *client, int kind, floorbus_event_info *info) {
    floorbus_event *event = NULL;
    for (;;) {
        floorbus_status status = floorbus_recv(client, &event, PATIENCE_MS);
        if (status != FLOORBUS_OK) {
            EXPECT(status, FLOORBUS_OK);
            exit(EXIT_FAILURE);
        }
        info->struct_size = sizeof *info;
        EXPECT(floorbus_event_get(event, info), FLOORBUS_OK);
        if (info->kind == kind) return event;
        floorbus_event_release(event);
    }
}

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

static void presence(floorbus_client *wall, floorbus_client *sue) {
    floorbus_presence presence = FLOORBUS_PRESENCE_INIT;
    floorbus_ticket ticket = 0;
    EXPECT(floorbus_get_presence(wall, floorbus_cstr("nobody"), PATIENCE_MS, &presence), FLOORBUS_OK);
    CHECK(presence.sessions == 0 && presence.since_us == 0);
    EXPECT(floorbus_set_duty(sue, FLOORBUS_SUPPORTER_ENGAGED, &ticket), FLOORBUS_E_INVALID);
    EXPECT(floorbus_set_duty(sue, 99, &ticket), FLOORBUS_E_INVALID);
    EXPECT(floorbus_set_duty(sue, FLOORBUS_SUPPORTER_AVAILABLE, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_get_presence(wall, floorbus_cstr("sue"), PATIENCE_MS, &presence), FLOORBUS_OK);
    CHECK(presence.sessions == 1 && presence.since_us > 0);
    CHECK(presence.supporter == FLOORBUS_SUPPORTER_AVAILABLE && presence.flags == 0);
    EXPECT(floorbus_get_presence(wall, floorbus_cstr("sue"), 0, NULL), FLOORBUS_E_INVALID);
}

/* A flag from the button to its rating. */
static void help(floorbus_client *ana, floorbus_client *sue, floorbus_client *bob) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_flag flag = FLOORBUS_FLAG_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_id id = {{0}};
    floorbus_id second = {{0}};
    floorbus_ticket ticket = 0;
    floorbus_result result;
    floorbus_event *event;
    char text[FLOORBUS_ID_TEXT_BYTES];
    char key[80];
    floorbus_str name;
    uint32_t token;

    EXPECT(floorbus_subscribe(sue, floorbus_cstr("flag/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(sue, floorbus_cstr("private/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(sue, PATIENCE_MS), FLOORBUS_OK);
    request.kind = FLOORBUS_FLAG_KIND_AUTHORITY;
    request.category = floorbus_cstr("refund");
    request.text = floorbus_cstr("\xe5\x8f\xaf\xe4\xbb\xa5\xe5\x90\x97?");
    request.customer_star = 4;
    request.call_ref = floorbus_cstr("call-9");
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/"), &request, &id, &ticket),
           FLOORBUS_E_BADKEY);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("note/bj/sales/"), &request, &id, &ticket),
           FLOORBUS_E_BADKEY);
    CHECK(id.b[0] == 0);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/sales/"), &request, NULL, &ticket),
           FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/sales/"), &request, &id, &ticket),
           FLOORBUS_OK);
    result = answer(ana, ticket);
    CHECK(result.status == FLOORBUS_OK && result.claim_gen >= 1); /* sue is on duty */
    CHECK(result.flags & FLOORBUS_RESULT_VOLATILE);
    EXPECT(floorbus_id_text(&id, text), FLOORBUS_OK);
    snprintf(key, sizeof key, "flag/bj/sales/%s/", text);
    name = floorbus_cstr(key);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/sales/"), &request, &second, &ticket),
           FLOORBUS_OK);
    result = answer(ana, ticket);
    CHECK(result.status == FLOORBUS_E_EXISTS && strcmp(result.owner, text) == 0);

    /* The words come first. */
    event = next(sue, FLOORBUS_KIND_PRIVATE, &info);
    CHECK(info.schema == FLOORBUS_SCHEMA_FLAG);
    EXPECT(floorbus_event_decode_flag(event, &flag), FLOORBUS_OK);
    CHECK(flag.has_words == 1 && is(flag.agent, "ana") && is(flag.call_ref, "call-9"));
    CHECK(is(flag.text, "\xe5\x8f\xaf\xe4\xbb\xa5\xe5\x90\x97?"));
    floorbus_event_release(event);
    event = next(sue, FLOORBUS_KIND_FLAG, &info);
    CHECK(info.op == FLOORBUS_OP_RAISE && is(info.key, key));
    EXPECT(floorbus_event_decode_flag(event, &flag), FLOORBUS_OK);
    CHECK(flag.status == FLOORBUS_FLAG_RAISED && flag.kind == FLOORBUS_FLAG_KIND_AUTHORITY);
    CHECK(flag.customer_star == 4 && flag.raised_us > 0 && flag.claimed_us == 0);
    CHECK(is(flag.category, "refund") && flag.has_words == 0 && flag.text.len == 0);
    CHECK(memcmp(&flag.flag_id, &id, sizeof id) == 0);
    floorbus_event_release(event);

    EXPECT(floorbus_flag_change(sue, name, FLOORBUS_OP_SEEN, NULL, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_claim(sue, name, &ticket), FLOORBUS_OK);
    result = answer(sue, ticket);
    CHECK(result.status == FLOORBUS_OK && result.claim_gen > 0);
    token = result.claim_gen;
    EXPECT(floorbus_flag_claim(bob, name, &ticket), FLOORBUS_OK);
    result = answer(bob, ticket);
    CHECK(result.status == FLOORBUS_E_CONFLICT && strcmp(result.owner, "sue") == 0);
    EXPECT(floorbus_flag_answer(sue, name, token + 1, floorbus_cstr("yes"), &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_E_CONFLICT);
    EXPECT(floorbus_flag_engage(sue, name, token, FLOORBUS_CHANNEL_CHAT, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_release(sue, name, token, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_claim(bob, name, &ticket), FLOORBUS_OK);
    token = answer(bob, ticket).claim_gen;
    EXPECT(floorbus_flag_answer(bob, name, token, floorbus_cstr("yes, up to 80"), &ticket),
           FLOORBUS_OK);
    CHECK(answer(bob, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_cancel(ana, name, floorbus_cstr("late"), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_E_STATE);
    EXPECT(floorbus_flag_close(ana, name, &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_rate(ana, name, 5, floorbus_cstr("quick"), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_OK);
    do {
        event = next(sue, FLOORBUS_KIND_PRIVATE, &info);
        EXPECT(floorbus_event_decode_flag(event, &flag), FLOORBUS_OK);
        floorbus_event_release(event);
    } while (info.op != FLOORBUS_OP_RATE);

    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.rating = 6;
    EXPECT(floorbus_flag_change(ana, name, FLOORBUS_OP_RATE, &request, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, name, FLOORBUS_OP_EXPIRE, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, name, FLOORBUS_OP_RAISE, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, name, 200, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, floorbus_cstr("flag/bj/sales/x/"), FLOORBUS_OP_CLAIM, NULL,
                                &ticket), FLOORBUS_OK);
    result = answer(ana, ticket);
    CHECK(result.status != FLOORBUS_OK);
}

static void notes(floorbus_client *sue, floorbus_client *ana) {
    floorbus_note note = FLOORBUS_NOTE_INIT;
    floorbus_note read = FLOORBUS_NOTE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_id id = {{0}};
    floorbus_ticket ticket = 0;
    floorbus_event *event;
    char text[FLOORBUS_ID_TEXT_BYTES];
    char key[80];

    EXPECT(floorbus_subscribe(ana, floorbus_cstr("note/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(ana, PATIENCE_MS), FLOORBUS_OK);
    note.kind = FLOORBUS_NOTE_ANNOUNCEMENT;
    note.text = floorbus_cstr("the shop is closed today");
    note.roles = FLOORBUS_ROLE_AGENT;
    EXPECT(floorbus_note_send(sue, floorbus_cstr("note/bj/sales/x/"), &note, &id, NULL),
           FLOORBUS_E_BADKEY);
    EXPECT(floorbus_note_send(sue, floorbus_cstr("note/bj/sales/"), &note, &id, &ticket),
           FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    event = next(ana, FLOORBUS_KIND_NOTE, &info);
    EXPECT(floorbus_event_decode_note(event, &read), FLOORBUS_OK);
    CHECK(read.kind == FLOORBUS_NOTE_ANNOUNCEMENT && is(read.sender, "sue"));
    CHECK(is(read.text, "the shop is closed today") && read.roles == FLOORBUS_ROLE_AGENT);
    CHECK(read.status == FLOORBUS_NOTE_STATUS_ACTIVE && read.expires_us > read.sent_us);
    CHECK(read.priority == FLOORBUS_PRIORITY_NORMAL);
    CHECK(memcmp(&read.note_id, &id, sizeof id) == 0);
    floorbus_event_release(event);
    EXPECT(floorbus_id_text(&id, text), FLOORBUS_OK);
    snprintf(key, sizeof key, "note/bj/sales/%s/", text);
    EXPECT(floorbus_note_acknowledge(ana, floorbus_cstr(key), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_note_withdraw(ana, floorbus_cstr(key), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status != FLOORBUS_OK); /* not hers */
    EXPECT(floorbus_note_withdraw(sue, floorbus_cstr(key), &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    note.kind = 9;
    EXPECT(floorbus_note_send(sue, floorbus_cstr("note/bj/sales/"), &note, &id, NULL),
           FLOORBUS_E_INVALID);
}

struct desk {
    floorbus_client *client;
    int calls;
    int drops;
    int closes; /* the callback closes its client */
};

static void on_event(
    void *context, const floorbus_event_info *info, const floorbus_event *event) {
    struct desk *desk = (struct desk *)context;
    floorbus_event_info again = FLOORBUS_EVENT_INFO_INIT;
    EXPECT(floorbus_event_get(event, &again), FLOORBUS_OK);
    CHECK(again.kind == info->kind && again.rev == info->rev);
    desk->calls++;
    if (desk->closes) {
        EXPECT(floorbus_client_close(desk->client, 0), FLOORBUS_OK);
        CHECK(desk->drops == 0); /* not while it is called */
    }
}

static void on_drop(void *context) { ((struct desk *)context)->drops++; }

static void callbacks(floorbus_hub *hub) {
    struct desk first = {NULL, 0, 0, 0};
    struct desk second = {NULL, 0, 0, 1};
    floorbus_client *client = open_beside(hub, "desk", 0);
    uint32_t count = 0;

    first.client = second.client = client;
    EXPECT(floorbus_dispatch(client, 0, 0, &count), FLOORBUS_E_STATE);
    EXPECT(floorbus_set_callback(client, on_event, &first, on_drop), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(client, floorbus_cstr("queue/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_dispatch(client, 1, PATIENCE_MS, &count), FLOORBUS_OK);
    CHECK(count == 1 && first.calls == 1);
    EXPECT(floorbus_dispatch(client, 0, PATIENCE_MS, &count), FLOORBUS_OK);
    CHECK(first.calls == 1 + (int)count && first.drops == 0);
    EXPECT(floorbus_dispatch(client, 0, 0, &count), FLOORBUS_E_AGAIN);
    EXPECT(floorbus_dispatch(client, 0, 10, NULL), FLOORBUS_E_TIMEOUT);
    EXPECT(floorbus_set_callback(client, on_event, &second, on_drop), FLOORBUS_OK);
    CHECK(first.drops == 1);
    EXPECT(floorbus_subscribe(client, floorbus_cstr("team/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_dispatch(client, 0, PATIENCE_MS, &count), FLOORBUS_OK);
    CHECK(second.calls == 1 && second.drops == 1 && count == 1);
    EXPECT(floorbus_dispatch(client, 0, 0, &count), FLOORBUS_E_HANDLE);
    CHECK(first.drops == 1);

    client = open_beside(hub, "desk", 0);
    EXPECT(floorbus_set_callback(client, on_event, &first, NULL), FLOORBUS_OK);
    EXPECT(floorbus_set_callback(client, NULL, NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_dispatch(client, 0, 0, &count), FLOORBUS_E_STATE);
    EXPECT(floorbus_set_callback(client, on_event, &first, on_drop), FLOORBUS_OK);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_OK);
    CHECK(first.drops == 2);
}

/* Answers as events, for programs that only poll. */
static void results_as_events(floorbus_hub *hub) {
    floorbus_client *client = open_beside(hub, "poller", FLOORBUS_CLIENT_RESULT_EVENTS);
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_ticket ticket = 0;
    floorbus_event *event;
    fd_set set;
    int fd = -1;

    event = next(client, FLOORBUS_KIND_LINK, &info);
    floorbus_event_release(event);
    EXPECT(floorbus_publish_state(client, floorbus_cstr("agent/bj/sales/poller/"), &state, NULL,
                                  &ticket), FLOORBUS_OK);
    EXPECT(floorbus_client_fd(client, &fd), FLOORBUS_OK);
    FD_ZERO(&set);
    FD_SET(fd, &set);
    CHECK(select(fd + 1, &set, NULL, NULL, NULL) == 1);
    event = next(client, FLOORBUS_KIND_RESULT, &info);
    CHECK(info.ticket == ticket && info.result == FLOORBUS_OK && info.rev != 0);
    floorbus_event_release(event);
    EXPECT(floorbus_remove(client, floorbus_cstr("custom/bj/x/nothing/"), 0, &ticket), FLOORBUS_OK);
    event = next(client, FLOORBUS_KIND_RESULT, &info);
    CHECK(info.ticket == ticket && info.result == FLOORBUS_E_NOTFOUND);
    floorbus_event_release(event);
    CHECK(answer(client, ticket).status == FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
}

/* A host whose texts are GBK, beside one whose texts are UTF-8. */
static void encodings(floorbus_hub *hub, floorbus_client *wall) {
    /* "training" in Chinese, U+57F9 U+8BAD */
    static const char gbk[] = "\xc5\xe0\xd1\xb5";
    static const char utf8[] = "\xe5\x9f\xb9\xe8\xae\xad";
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_agent_state read = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_client *host = NULL;
    floorbus_ticket ticket = 0;
    floorbus_event *event;
    char key[64];
    char sentence[512];

    options.principal = gbk;
    options.host_encoding = "gbk";
    EXPECT(floorbus_hub_client(hub, &options, &host), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(wall, floorbus_cstr("agent/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(host, floorbus_cstr("agent/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(host, PATIENCE_MS), FLOORBUS_OK);
    snprintf(key, sizeof key, "agent/bj/%s/1/", gbk);
    state.reason = floorbus_cstr(gbk);
    EXPECT(floorbus_publish_state(host, floorbus_cstr(key), &state, NULL, &ticket), FLOORBUS_OK);
    CHECK(answer(host, ticket).status == FLOORBUS_OK);
    snprintf(key, sizeof key, "agent/bj/%s/1/", utf8);
    do {
        event = next(wall, FLOORBUS_KIND_AGENT, &info);
        if (is(info.key, key)) break;
        floorbus_event_release(event);
    } while (1);
    EXPECT(floorbus_event_decode_state(event, &read), FLOORBUS_OK);
    CHECK(is(read.reason, utf8));
    floorbus_event_release(event);
    snprintf(key, sizeof key, "agent/bj/%s/1/", gbk);
    do {
        event = next(host, FLOORBUS_KIND_AGENT, &info);
        if (is(info.key, key)) break;
        floorbus_event_release(event);
    } while (1);
    EXPECT(floorbus_event_decode_state(event, &read), FLOORBUS_OK);
    CHECK(is(read.reason, gbk));
    floorbus_event_release(event);

    /* What GBK lacks is '?'; what is not GBK is refused, with its place. */
    state.reason = floorbus_cstr("\xf0\x9f\x98\x80!");
    EXPECT(floorbus_publish_state(wall, floorbus_cstr("agent/bj/sales/2/"), &state, NULL, NULL),
           FLOORBUS_OK);
    do {
        event = next(host, FLOORBUS_KIND_AGENT, &info);
        if (is(info.key, "agent/bj/sales/2/")) break;
        floorbus_event_release(event);
    } while (1);
    EXPECT(floorbus_event_decode_state(event, &read), FLOORBUS_OK);
    CHECK(is(read.reason, "?!"));
    floorbus_event_release(event);
    state.reason = floorbus_cstr("ab\xff");
    EXPECT(floorbus_publish_state(host, floorbus_cstr(key), &state, NULL, NULL),
           FLOORBUS_E_INVALID);
    floorbus_last_error(sentence, sizeof sentence);
    CHECK(strstr(sentence, "reason") != NULL && strstr(sentence, "position 2") != NULL);
    CHECK(strstr(sentence, "GBK") != NULL);
    EXPECT(floorbus_publish_state(wall, floorbus_cstr("agent/bj/sales/2/"), &state, NULL, NULL),
           FLOORBUS_E_INVALID);
    floorbus_last_error(sentence, sizeof sentence);
    CHECK(strstr(sentence, "position 2") != NULL && strstr(sentence, "UTF-8") != NULL);
    EXPECT(floorbus_subscribe(host, floorbus_cstr("agent/\xff/"), NULL, NULL), FLOORBUS_E_BADKEY);
    EXPECT(floorbus_remove(host, floorbus_cstr("agent/bj/\xff/1/"), 0, NULL), FLOORBUS_E_BADKEY);
    EXPECT(floorbus_client_close(host, PATIENCE_MS), FLOORBUS_OK);
}

/* The same text in every encoding that a host may name. */
static void every_encoding(floorbus_hub *hub, floorbus_client *wall) {
    static const struct {
        const char *name, *text, *utf8;
    } rows[] = {
        {"UTF-8", "\xe4\xb8\xad", "\xe4\xb8\xad"},   {"GB18030", "\xd6\xd0", "\xe4\xb8\xad"},
        {"GBK", "\xd6\xd0", "\xe4\xb8\xad"},         {"BIG5", "\xa4\xa4", "\xe4\xb8\xad"},
        {"ISO-8859-1", "caf\xe9", "caf\xc3\xa9"},
    };
    size_t index;
    for (index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
        floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
        floorbus_agent_state read = FLOORBUS_AGENT_STATE_INIT;
        floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
        floorbus_client *host = NULL;
        floorbus_event *event;
        char key[64];
        options.principal = "host";
        options.host_encoding = rows[index].name;
        EXPECT(floorbus_hub_client(hub, &options, &host), FLOORBUS_OK);
        state.seat = floorbus_cstr(rows[index].text);
        snprintf(key, sizeof key, "agent/bj/encodings/%d/", (int)index);
        EXPECT(floorbus_publish_state(host, floorbus_cstr(key), &state, NULL, NULL), FLOORBUS_OK);
        do {
            event = next(wall, FLOORBUS_KIND_AGENT, &info);
            if (is(info.key, key)) break;
            floorbus_event_release(event);
        } while (1);
        EXPECT(floorbus_event_decode_state(event, &read), FLOORBUS_OK);
        CHECK(is(read.seat, rows[index].utf8));
        floorbus_event_release(event);
        EXPECT(floorbus_client_close(host, PATIENCE_MS), FLOORBUS_OK);
    }
}

/* A softphone whose process dies: the hub writes its will. It is forked before this process has a
 * client (R6), and waits for the hub's address. */
struct phone {
    pid_t process;
    int address; /* to it: where the hub is */
    int ready;   /* from it: a byte when it has published */
};

static void be_a_phone(int address, int ready) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_agent_state last = FLOORBUS_AGENT_STATE_INIT;
    floorbus_client *client = NULL;
    floorbus_ticket ticket = 0;
    char endpoint[64] = {0};
    if (read(address, endpoint, sizeof endpoint - 1) <= 0) _exit(EXIT_FAILURE);
    options.endpoints = endpoint;
    options.principal = "phone";
    options.heartbeat_ms = 50;
    options.will_key = "agent/bj/sales/will/";
    last.session = FLOORBUS_SESSION_LOGGED_OFF;
    last.cause = FLOORBUS_CAUSE_CONNECTION_LOST;
    options.will_state = &last;
    options.will_grace_ms = 1;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    state.state = FLOORBUS_STATE_READY;
    EXPECT(floorbus_publish_state(client, floorbus_cstr(options.will_key), &state, NULL, &ticket),
           FLOORBUS_OK);
    CHECK(answer(client, ticket).status == FLOORBUS_OK);
    if (write(ready, "r", 1) != 1 || probe_failures > 0) _exit(EXIT_FAILURE);
    /* Killed before; or the other process has died. */
    while (read(address, endpoint, sizeof endpoint) > 0) {}
    _exit(EXIT_FAILURE);
}

static struct phone start_phone(void) {
    struct phone phone;
    int address[2];
    int ready[2];
    CHECK(pipe(address) == 0 && pipe(ready) == 0);
    phone.process = fork();
    if (phone.process == 0) {
        close(address[1]);
        close(ready[0]);
        be_a_phone(address[0], ready[1]);
    }
    CHECK(phone.process > 0);
    phone.address = address[1];
    phone.ready = ready[0];
    close(address[0]);
    close(ready[1]);
    return phone;
}

static void wills(floorbus_hub *hub, floorbus_client *wall, struct phone phone) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_event *event;
    char address[64];
    char byte;
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    CHECK(write(phone.address, address, strlen(address)) == (ssize_t)strlen(address));
    CHECK(read(phone.ready, &byte, 1) == 1);
    CHECK(kill(phone.process, SIGKILL) == 0);
    CHECK(waitpid(phone.process, NULL, 0) == phone.process);
    do {
        event = next(wall, FLOORBUS_KIND_AGENT, &info);
        EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_OK);
        floorbus_event_release(event);
    } while (!(info.flags & FLOORBUS_EVF_WILL));
    CHECK(state.session == FLOORBUS_SESSION_LOGGED_OFF);
    CHECK(state.cause == FLOORBUS_CAUSE_CONNECTION_LOST);
}

int main(void) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    struct phone phone = start_phone();
    floorbus_hub *hub = start();
    floorbus_client *cti = open_beside(hub, "cti", 0);
    floorbus_client *ana = open_beside(hub, "ana", 0);
    floorbus_client *sue = open_beside(hub, "sue", 0);
    floorbus_client *bob = open_beside(hub, "bob", 0);
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
    options.principal = "x";
    EXPECT(floorbus_hub_client(hub, &options, &other), FLOORBUS_E_INVALID);
    CHECK(other == NULL);

    queues_and_teams(cti, wall);
    own_bytes(cti, wall);
    presence(wall, sue);
    help(ana, sue, bob);
    notes(sue, ana);
    callbacks(hub);
    results_as_events(hub);
    encodings(hub, wall);
    every_encoding(hub, wall);
    wills(hub, wall, phone);

    EXPECT(floorbus_hub_stop(hub, -1), FLOORBUS_E_INVALID);
    EXPECT(floorbus_hub_stop(hub, 100), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 100), FLOORBUS_E_HANDLE);
    do { /* whoever stays is told */
        event = next(cti, FLOORBUS_KIND_LINK, &info);
        floorbus_event_release(event);
    } while (info.link != FLOORBUS_LINK_DOWN);
    EXPECT(floorbus_client_close(cti, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(ana, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(sue, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(bob, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    return probe_end();
}
