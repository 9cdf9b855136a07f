/* A console softphone: publishes one agent's state, asks for help and shows who helps.
 *
 *     cc softphone.c -lfloorbus -o softphone
 *     ./softphone tcp://127.0.0.1:7410 agent/bj/sales/4711/
 *
 * One thread: select() waits for the keyboard and for FloorBus. It ends with quit or the end of
 * its input, and says that the agent has logged off; should it die, the hub says it (the will). */
#include <floorbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

/* One publication has its answer within this, or we say so. */
#define ANSWER_MS 2000

static const char usage[] = "ready, busy, break, wrap-up, help CATEGORY TEXT, done, cancel, "
                            "rate 1 to 5, quit";

struct phone {
    floorbus_client *client;
    const char *key;   /* agent/SITE/UNIT/AGENT/ */
    char agent[65];    /* its parts */
    char team[140];    /* flag/SITE/UNIT/ */
    char words[140];   /* private/SITE/AGENT/: our flags with their words */
    char flag[200];    /* the key of the flag raised last; empty = none */
};

static int complain(const char *what, floorbus_status status) {
    char sentence[512];
    floorbus_last_error(sentence, sizeof sentence);
    fprintf(stderr, "%s: %s (%d)\n", what, sentence, (int)status);
    return 1;
}

/* Waits for the hub's answer to what was just published; 0 when it is yes. */
static int answered(
    struct phone *phone, floorbus_status taken, floorbus_ticket ticket, floorbus_result *result) {
    floorbus_status status = taken;
    if (status == FLOORBUS_OK) status = floorbus_wait(phone->client, ticket, ANSWER_MS, result);
    if (status == FLOORBUS_E_TIMEOUT) {
        printf("no answer yet; it is kept until the hub is back\n");
        return 1;
    }
    if (status != FLOORBUS_OK) return complain("publish", status);
    if (result->status == FLOORBUS_OK) return 0;
    printf("the hub refused: %s%s%s\n", floorbus_strerror(result->status),
           result->owner[0] ? ": " : "", result->owner);
    return 1;
}

static int publish(struct phone *phone, const floorbus_agent_state *state) {
    floorbus_publish_options options = FLOORBUS_PUBLISH_OPTIONS_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_ticket ticket = 0;
    floorbus_status status;
    /* Whoever has logged off need not be heard from any more. */
    if (state->session == FLOORBUS_SESSION_LOGGED_OFF) options.flags = FLOORBUS_PUB_UNLEASED;
    status =
        floorbus_publish_state(phone->client, floorbus_cstr(phone->key), state, &options, &ticket);
    return answered(phone, status, ticket, &result);
}

/* ---- what comes --------------------------------------------------------------------------- */

static const char *state_name(const floorbus_agent_state *state) {
    if (state->session == FLOORBUS_SESSION_LOGGED_OFF) return "logged off";
    switch (state->state) {
    case FLOORBUS_STATE_NOT_READY: return "not ready";
    case FLOORBUS_STATE_READY: return "ready";
    case FLOORBUS_STATE_RESERVED: return "reserved";
    case FLOORBUS_STATE_BUSY: return "busy";
    case FLOORBUS_STATE_AFTER_CALL: return "after call";
    default: return "unknown";
    }
}

static void show_state(const floorbus_event *event, const floorbus_event_info *info) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    printf("%.*s ", (int)info->key.len, info->key.ptr);
    if (info->op == FLOORBUS_OP_DELETE) {
        printf("left\n");
    } else if (floorbus_event_decode_state(event, &state) == FLOORBUS_OK) {
        printf("%s%s%.*s%s\n", state_name(&state), state.reason.len > 0 ? ", " : "",
               (int)state.reason.len, state.reason.ptr,
               state.freshness == FLOORBUS_FRESH_LIVE ? "" : " (not heard from)");
    }
}

/* Keeps the key of the flag raised last: fresh ids are in the order of time, and an older flag's
 * event may come after a newer one was raised. */
static void remember_flag(struct phone *phone, const floorbus_id *id) {
    char digits[FLOORBUS_ID_TEXT_BYTES], key[sizeof phone->flag];
    if (floorbus_id_text(id, digits) != FLOORBUS_OK) return;
    snprintf(key, sizeof key, "%s%s/", phone->team, digits);
    if (strcmp(key, phone->flag) > 0) memcpy(phone->flag, key, sizeof key);
}

/* A change of one of our flags. Open ones come when we connect, too: after a restart we know them
 * again. */
static void show_flag(struct phone *phone, const floorbus_event *event) {
    floorbus_flag flag = FLOORBUS_FLAG_INIT;
    if (floorbus_event_decode_flag(event, &flag) != FLOORBUS_OK) return;
    if (flag.agent.len != strlen(phone->agent) ||
        memcmp(flag.agent.ptr, phone->agent, flag.agent.len) != 0) {
        return;
    }
    remember_flag(phone, &flag.flag_id);
    switch (flag.status) {
    case FLOORBUS_FLAG_RAISED: printf("help: waiting\n"); break;
    case FLOORBUS_FLAG_PENDING: printf("help: seen, waiting\n"); break;
    case FLOORBUS_FLAG_CLAIMED:
        printf("help: %.*s has it\n", (int)flag.owner.len, flag.owner.ptr);
        break;
    case FLOORBUS_FLAG_ENGAGED:
        printf("help: %.*s is on it\n", (int)flag.owner.len, flag.owner.ptr);
        break;
    case FLOORBUS_FLAG_ANSWERED:
        printf("help: answer: %.*s\n", (int)flag.answer.len, flag.answer.ptr);
        break;
    case FLOORBUS_FLAG_CLOSED: printf("help: closed, rating %d\n", flag.rating); break;
    case FLOORBUS_FLAG_CANCELLED: printf("help: cancelled\n"); break;
    case FLOORBUS_FLAG_UNANSWERED: printf("help: nobody came\n"); break;
    default: break;
    }
}

static void show(struct phone *phone, const floorbus_event *event) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    if (floorbus_event_get(event, &info) != FLOORBUS_OK) return;
    if (info.kind == FLOORBUS_KIND_LINK) {
        printf("hub %s%s%s\n", info.link == FLOORBUS_LINK_DOWN ? "gone" : "connected",
               info.result == FLOORBUS_OK ? "" : ": ",
               info.result == FLOORBUS_OK ? "" : floorbus_strerror(info.result));
    } else if (info.kind == FLOORBUS_KIND_AGENT) {
        show_state(event, &info);
    } else if (info.kind == FLOORBUS_KIND_PRIVATE && info.schema == FLOORBUS_SCHEMA_FLAG) {
        show_flag(phone, event);
    } else if (info.kind == FLOORBUS_KIND_REFUSED) {
        printf("may not read: %s\n", floorbus_strerror(info.result));
    }
}

/* ---- what the agent types ----------------------------------------------------------------- */

/* One click: CATEGORY TEXT. */
static void help(struct phone *phone, char *words) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_id id = {{0}};
    floorbus_ticket ticket = 0;
    floorbus_status status;
    char *text = strchr(words, ' ');
    if (text != NULL) *text++ = 0;
    request.kind = FLOORBUS_FLAG_KIND_KNOWLEDGE;
    request.category = floorbus_cstr(words);
    request.text = floorbus_cstr(text);
    status = floorbus_flag_raise(
        phone->client, floorbus_cstr(phone->team), &request, &id, &ticket);
    if (answered(phone, status, ticket, &result) != 0) return;
    /* "cancel" may be typed before the flag's own event is here. */
    remember_flag(phone, &id);
    printf("help: raised; %lu may take it\n", (unsigned long)result.claim_gen);
    if (result.flags & FLOORBUS_RESULT_VOLATILE) {
        printf("help: this hub forgets it when it ends\n");
    }
}

/* done, cancel or rate N, of the flag raised last. */
static void change_flag(struct phone *phone, const char *command) {
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_ticket ticket = 0;
    floorbus_str key = floorbus_cstr(phone->flag);
    floorbus_str no_words = FLOORBUS_STR("");
    floorbus_status status;
    if (phone->flag[0] == 0) {
        printf("you have not asked for help\n");
        return;
    }
    if (strcmp(command, "done") == 0) {
        status = floorbus_flag_close(phone->client, key, &ticket);
    } else if (strcmp(command, "cancel") == 0) {
        status = floorbus_flag_cancel(phone->client, key, no_words, &ticket);
    } else {
        status = floorbus_flag_rate(
            phone->client, key, (uint8_t)strtoul(command + 5, NULL, 10), no_words, &ticket);
    }
    answered(phone, status, ticket, &result);
}

/* Takes one command; 0 when it was the last. */
static int obey(struct phone *phone, char *command) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    command[strcspn(command, "\r\n")] = 0;
    state.cause = FLOORBUS_CAUSE_AGENT;
    if (strcmp(command, "quit") == 0) return 0;
    if (strncmp(command, "help ", 5) == 0) {
        help(phone, command + 5);
        return 1;
    }
    if (strcmp(command, "done") == 0 || strcmp(command, "cancel") == 0 ||
        strncmp(command, "rate ", 5) == 0) {
        change_flag(phone, command);
        return 1;
    }
    if (strcmp(command, "ready") == 0) {
        state.state = FLOORBUS_STATE_READY;
    } else if (strcmp(command, "busy") == 0) {
        state.state = FLOORBUS_STATE_BUSY;
        state.call = FLOORBUS_CALL_CONNECTED;
    } else if (strcmp(command, "break") == 0) {
        state.state = FLOORBUS_STATE_NOT_READY;
        state.reason_class = FLOORBUS_REASON_BREAK;
        state.reason = floorbus_cstr("short break");
    } else if (strcmp(command, "wrap-up") == 0) {
        state.state = FLOORBUS_STATE_AFTER_CALL;
        state.pending = FLOORBUS_STATE_READY;
    } else {
        printf("%s\n", usage);
        return 1;
    }
    publish(phone, &state);
    return 1;
}

/* Takes all events that are there. */
static void drain(struct phone *phone) {
    floorbus_event *event;
    while (floorbus_recv(phone->client, &event, 0) == FLOORBUS_OK) {
        show(phone, event);
        floorbus_event_release(event);
    }
}

static void run(struct phone *phone) {
    char command[1200];
    fd_set set;
    int fd;
    if (floorbus_client_fd(phone->client, &fd) != FLOORBUS_OK) return;
    for (;;) {
        FD_ZERO(&set);
        FD_SET(0, &set);
        FD_SET(fd, &set);
        if (select(fd + 1, &set, NULL, NULL, NULL) < 0) return;
        drain(phone);
        if (FD_ISSET(0, &set)) {
            if (fgets(command, sizeof command, stdin) == NULL) return;
            if (!obey(phone, command)) return;
        }
    }
}

/* ---- start and end ------------------------------------------------------------------------ */

/* Takes agent/SITE/UNIT/AGENT/ apart; 0 when it is one. */
static int take_apart(struct phone *phone, const char *key) {
    char site[65];
    char unit[65];
    char rest = 0;
    if (sscanf(key, "agent/%64[^/]/%64[^/]/%64[^/]%c", site, unit, phone->agent, &rest) != 4 ||
        rest != '/') {
        return 1;
    }
    phone->key = key;
    snprintf(phone->team, sizeof phone->team, "flag/%s/%s/", site, unit);
    snprintf(phone->words, sizeof phone->words, "private/%s/%s/", site, phone->agent);
    return 0;
}

int main(int argc, char **argv) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state last = FLOORBUS_AGENT_STATE_INIT;
    floorbus_agent_state first = FLOORBUS_AGENT_STATE_INIT;
    struct phone phone;
    floorbus_status status;
    memset(&phone, 0, sizeof phone);
    if (argc != 3 || take_apart(&phone, argv[2]) != 0 ||
        floorbus_check_abi(FLOORBUS_ABI_VERSION) != FLOORBUS_OK) {
        fprintf(stderr, "usage: %s ENDPOINT agent/SITE/UNIT/AGENT/\n", argv[0]);
        return 2;
    }
    setvbuf(stdin, NULL, _IONBF, 0); /* or select() misses what stdio has read ahead */
    setvbuf(stdout, NULL, _IOLBF, 0);
    last.session = FLOORBUS_SESSION_LOGGED_OFF;
    last.cause = FLOORBUS_CAUSE_CONNECTION_LOST;
    options.endpoints = argv[1];
    options.principal = phone.agent;
    options.app_name = "softphone.c";
    options.will_key = phone.key;
    options.will_state = &last;
    status = floorbus_client_open(&options, &phone.client);
    if (status != FLOORBUS_OK) return complain("open", status);
    status = floorbus_subscribe(phone.client, floorbus_cstr(phone.key), NULL, NULL);
    if (status == FLOORBUS_OK) {
        status = floorbus_subscribe(phone.client, floorbus_cstr(phone.words), NULL, NULL);
    }
    if (status == FLOORBUS_OK) status = floorbus_client_wait_ready(phone.client, 5000);
    if (status != FLOORBUS_OK) {
        complain("connect", status);
        drain(&phone); /* the LINK event says why, when it was not the network */
        floorbus_client_close(phone.client, 0);
        return 1;
    }
    first.state = FLOORBUS_STATE_NOT_READY;
    first.cause = FLOORBUS_CAUSE_AGENT;
    publish(&phone, &first);
    printf("%s\n", usage);
    run(&phone);
    last.cause = FLOORBUS_CAUSE_AGENT;
    publish(&phone, &last); /* or readers would see the agent as not heard from */
    status = floorbus_client_close(phone.client, ANSWER_MS);
    return status == FLOORBUS_OK ? 0 : complain("close", status);
}
