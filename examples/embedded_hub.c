/* A CTI server with the hub inside: it publishes without a hop in between, and wallboards and
 * softphones connect to it.
 *
 *     cc embedded_hub.c -lfloorbus -o embedded_hub
 *     ./embedded_hub tcp://127.0.0.1:7410 tcp://127.0.0.1:7411
 *
 * The first address is for clients, the second for plain ZeroMQ SUB sockets; port 0 takes a free
 * one. The floor here is made up: three agents who take calls of one queue. SIGTERM ends it. */
#include <errno.h>
#include <floorbus.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#define AGENTS 3
#define STEP_MS 500

/* A signal becomes a byte in a pipe: select() sees it beside all else, however busy it is. */
static int wake[2];

static void on_signal(int number) {
    int before = errno;
    (void)number;
    if (write(wake[1], "", 1) < 0) {} /* it is full of signals already */
    errno = before;
}

static int complain(const char *what) {
    char sentence[512];
    floorbus_last_error(sentence, sizeof sentence);
    fprintf(stderr, "%s: %s\n", what, sentence);
    return 1;
}

static int64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- the floor ---------------------------------------------------------------------------- */

static const char *const names[AGENTS] = {"5001", "5002", "5003"};
/* What an agent does, step by step. */
static const uint8_t life[] = {
    FLOORBUS_STATE_READY, FLOORBUS_STATE_RESERVED, FLOORBUS_STATE_BUSY, FLOORBUS_STATE_AFTER_CALL,
};
#define LIFE (sizeof life / sizeof life[0])

static floorbus_status publish_agents(floorbus_client *client, unsigned step) {
    floorbus_status status = FLOORBUS_OK;
    char key[64];
    int index;
    for (index = 0; index < AGENTS && status == FLOORBUS_OK; index++) {
        floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
        state.state = life[(step + (unsigned)index) % LIFE];
        state.cause = FLOORBUS_CAUSE_API;
        if (state.state == FLOORBUS_STATE_RESERVED) state.call = FLOORBUS_CALL_ALERTING;
        if (state.state == FLOORBUS_STATE_BUSY) state.call = FLOORBUS_CALL_CONNECTED;
        if (state.state == FLOORBUS_STATE_AFTER_CALL) state.pending = FLOORBUS_STATE_READY;
        snprintf(key, sizeof key, "agent/bj/sales/%s/", names[index]);
        status = floorbus_publish_state(client, floorbus_cstr(key), &state, NULL, NULL);
    }
    return status;
}

static floorbus_status publish_queue(floorbus_client *client, unsigned step) {
    floorbus_queue queue = FLOORBUS_QUEUE_INIT;
    floorbus_figure level = FLOORBUS_FIGURE_INIT;
    floorbus_str key = FLOORBUS_STR("queue/bj/sales/billing/");
    int index;
    queue.waiting = step % 4;
    if (queue.waiting > 0) queue.oldest_enqueued_us = now_us() - (int64_t)queue.waiting * 5000000;
    queue.offered = step + queue.waiting;
    queue.answered = step;
    queue.agents_logged_on = AGENTS;
    for (index = 0; index < AGENTS; index++) {
        switch (life[(step + (unsigned)index) % LIFE]) {
        case FLOORBUS_STATE_READY: queue.agents_ready++; break;
        case FLOORBUS_STATE_RESERVED: queue.agents_reserved++; break;
        case FLOORBUS_STATE_BUSY: queue.agents_busy_inbound++; break;
        default: queue.agents_after_call++; break;
        }
    }
    level.name = floorbus_cstr("serviceLevel");
    level.unit = FLOORBUS_UNIT_PERMILLE;
    level.formula = FLOORBUS_FORMULA_SL_ANSWERED;
    level.window = FLOORBUS_WINDOW_SINCE_START;
    level.value = 1000;
    level.n = step;
    level.threshold_ms = 20000;
    queue.figures = &level;
    queue.figure_count = 1;
    return floorbus_publish_queue(client, key, &queue, NULL, NULL);
}

/* Whoever has logged off need not be heard from any more: without a lease. */
static void log_off(floorbus_client *client) {
    floorbus_publish_options options = FLOORBUS_PUBLISH_OPTIONS_INIT;
    char key[64];
    int index;
    options.flags = FLOORBUS_PUB_UNLEASED;
    for (index = 0; index < AGENTS; index++) {
        floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
        state.session = FLOORBUS_SESSION_LOGGED_OFF;
        snprintf(key, sizeof key, "agent/bj/sales/%s/", names[index]);
        floorbus_publish_state(client, floorbus_cstr(key), &state, &options, NULL);
    }
}

/* ---- the server --------------------------------------------------------------------------- */

static void print_endpoint(floorbus_hub *hub, uint32_t index, const char *what) {
    char address[256];
    if (floorbus_hub_endpoint(hub, index, address, sizeof address, NULL) == FLOORBUS_OK) {
        printf("%s on %s\n", what, address);
    }
}

/* Takes every signal and event until SIGTERM; a step every STEP_MS. */
static int run(floorbus_client *client) {
    floorbus_event *event;
    unsigned step = 0;
    int bus;
    if (floorbus_client_fd(client, &bus) != FLOORBUS_OK) return complain("fd");
    for (;;) {
        struct timeval pause = {0, STEP_MS * 1000L};
        fd_set set;
        int ready;
        FD_ZERO(&set);
        FD_SET(bus, &set);
        FD_SET(wake[0], &set);
        ready = select((bus > wake[0] ? bus : wake[0]) + 1, &set, NULL, NULL, &pause);
        if (ready < 0 && errno != EINTR) return 1;
        if (ready > 0) {
            if (FD_ISSET(wake[0], &set)) return 0;
            /* Answers are not asked for and nothing is subscribed to: only LINK events come. */
            while (floorbus_recv(client, &event, 0) == FLOORBUS_OK) floorbus_event_release(event);
        }
        if (ready == 0) {
            step++;
            if (publish_agents(client, step) != FLOORBUS_OK) complain("agents");
            if (publish_queue(client, step) != FLOORBUS_OK) complain("queue");
        }
    }
}

static int take_signals(void) {
    struct sigaction action;
    if (pipe(wake) != 0) return 1;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    return 0;
}

int main(int argc, char **argv) {
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_client_options cti = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_hub_counts counts = FLOORBUS_HUB_COUNTS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_str key = FLOORBUS_STR("agent/bj/sales/5001/");
    floorbus_client *client;
    floorbus_ticket ticket;
    floorbus_hub *hub;
    int failed;
    if (floorbus_check_abi(FLOORBUS_ABI_VERSION) != FLOORBUS_OK) return complain("library");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (take_signals() != 0) return 1;
    options.listen = argc > 1 ? argv[1] : "tcp://127.0.0.1:7410";
    options.tap_listen = argc > 2 ? argv[2] : NULL;
    if (floorbus_hub_start(&options, &hub) != FLOORBUS_OK) return complain("hub");
    cti.principal = "cti";
    if (floorbus_hub_client(hub, &cti, &client) != FLOORBUS_OK) return complain("client");

    /* The first publication is waited for: its answer says what kind of hub this is. */
    state.state = FLOORBUS_STATE_READY;
    if (floorbus_publish_state(client, key, &state, NULL, &ticket) != FLOORBUS_OK ||
        floorbus_wait(client, ticket, 5000, &result) != FLOORBUS_OK) {
        return complain("publish");
    }
    if (result.flags & FLOORBUS_RESULT_VOLATILE) {
        printf("VOLATILE: the journal is in memory; help flags, notes and events that this hub\n"
               "has accepted are gone when it ends. `floorbus hub --data DIR` keeps them.\n");
    }
    print_endpoint(hub, 0, "clients");
    if (options.tap_listen != NULL) print_endpoint(hub, 1, "tap");

    failed = run(client);

    log_off(client);
    if (floorbus_client_close(client, 2000) != FLOORBUS_OK) failed = complain("close");
    if (floorbus_hub_stats(hub, &counts) == FLOORBUS_OK) {
        printf("%lu records in, %lu out\n", (unsigned long)counts.records_in,
               (unsigned long)counts.records_out);
    }
    if (floorbus_hub_stop(hub, 2000) != FLOORBUS_OK) failed = complain("stop");
    printf("stopped\n");
    return failed;
}
