/* What hosts are like: they take events by callbacks or poll for answers, their texts have other
 * encodings, and they die. */
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"

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
    CHECK(info.result_flags == FLOORBUS_RESULT_VOLATILE);
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
    struct phone phone = start_phone();
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *wall;
    options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&options, &hub), FLOORBUS_OK);
    wall = open_beside(hub, "wall", 0);
    callbacks(hub);
    results_as_events(hub);
    encodings(hub, wall);
    every_encoding(hub, wall);
    wills(hub, wall, phone);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
