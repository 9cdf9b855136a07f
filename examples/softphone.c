/* A console softphone: publishes one agent's state and shows the colleagues'.
 *
 *     cc softphone.c -lfloorbus -o softphone
 *     ./softphone tcp://127.0.0.1:7410 agent/bj/sales/4711/
 *
 * Type ready, busy, break or quit. One thread: select() waits for the keyboard and for FloorBus. */
#include <floorbus.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>

/* One publication has its answer within this, or we say so. */
#define ANSWER_MS 2000

static int complain(const char *what, floorbus_status status) {
    char sentence[512];
    floorbus_last_error(sentence, sizeof sentence);
    fprintf(stderr, "%s: %s (%d)\n", what, sentence, (int)status);
    return 1;
}

static int publish(floorbus_client *client, const char *key, const floorbus_agent_state *state) {
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_ticket ticket;
    floorbus_status status =
        floorbus_publish_state(client, floorbus_cstr(key), state, NULL, &ticket);
    if (status == FLOORBUS_OK) status = floorbus_wait(client, ticket, ANSWER_MS, &result);
    if (status != FLOORBUS_OK) return complain("publish", status);
    if (result.status != FLOORBUS_OK) {
        fprintf(stderr, "the hub refused: %s\n", floorbus_strerror(result.status));
        return 1;
    }
    return 0;
}

static void show(const floorbus_event *event) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    if (floorbus_event_get(event, &info) != FLOORBUS_OK) return;
    if (info.kind == FLOORBUS_KIND_LINK) {
        printf("hub %s\n", info.link == FLOORBUS_LINK_DOWN ? "gone" : "connected");
    } else if (info.kind == FLOORBUS_KIND_AGENT && info.op == FLOORBUS_OP_DELETE) {
        printf("%.*s left\n", (int)info.key.len, info.key.ptr);
    } else if (floorbus_event_decode_state(event, &state) == FLOORBUS_OK) {
        printf("%.*s session %d state %d %.*s%s\n", (int)info.key.len, info.key.ptr,
               state.session, state.state, (int)state.reason.len, state.reason.ptr,
               state.freshness == FLOORBUS_FRESH_LIVE ? "" : " (not heard from)");
    }
    fflush(stdout);
}

/* Takes one command; 0 when it was the last. */
static int obey(floorbus_client *client, const char *key, const char *command) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    state.cause = FLOORBUS_CAUSE_AGENT;
    if (strcmp(command, "ready\n") == 0) {
        state.state = FLOORBUS_STATE_READY;
    } else if (strcmp(command, "busy\n") == 0) {
        state.state = FLOORBUS_STATE_BUSY;
        state.call = FLOORBUS_CALL_CONNECTED;
    } else if (strcmp(command, "break\n") == 0) {
        state.state = FLOORBUS_STATE_NOT_READY;
        state.reason_class = FLOORBUS_REASON_BREAK;
        state.reason = floorbus_cstr("short break");
    } else if (strcmp(command, "quit\n") == 0) {
        return 0;
    } else {
        printf("ready, busy, break or quit\n");
        return 1;
    }
    publish(client, key, &state);
    return 1;
}

static void run(floorbus_client *client, const char *key) {
    char command[64];
    floorbus_event *event;
    fd_set set;
    int fd;
    if (floorbus_client_fd(client, &fd) != FLOORBUS_OK) return;
    for (;;) {
        FD_ZERO(&set);
        FD_SET(0, &set);
        FD_SET(fd, &set);
        if (select(fd + 1, &set, NULL, NULL, NULL) < 0) return;
        while (floorbus_recv(client, &event, 0) == FLOORBUS_OK) {
            show(event);
            floorbus_event_release(event);
        }
        if (FD_ISSET(0, &set)) {
            if (fgets(command, sizeof command, stdin) == NULL) return;
            if (!obey(client, key, command)) return;
        }
    }
}

int main(int argc, char **argv) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state off = FLOORBUS_AGENT_STATE_INIT;
    floorbus_client *client;
    floorbus_status status;
    if (argc != 3 || floorbus_check_abi(FLOORBUS_ABI_VERSION) != FLOORBUS_OK) {
        fprintf(stderr, "usage: %s ENDPOINT agent/SITE/UNIT/AGENT/\n", argv[0]);
        return 2;
    }
    setvbuf(stdin, NULL, _IONBF, 0); /* or select() misses what stdio has read ahead */
    options.endpoints = argv[1];
    options.principal = "softphone";
    options.app_name = "softphone.c";
    status = floorbus_client_open(&options, &client);
    if (status != FLOORBUS_OK) return complain("open", status);
    status = floorbus_subscribe(client, floorbus_cstr("agent/"), NULL, NULL);
    if (status == FLOORBUS_OK) status = floorbus_client_wait_ready(client, 5000);
    if (status != FLOORBUS_OK) {
        complain("connect", status);
    } else {
        run(client, argv[2]);
        off.session = FLOORBUS_SESSION_LOGGED_OFF;
        publish(client, argv[2], &off);
    }
    status = floorbus_client_close(client, ANSWER_MS);
    return status == FLOORBUS_OK ? 0 : complain("close", status);
}
