/* Everything at once, and closed meanwhile: sixteen threads publish, raise, ask, receive and
 * dispatch on one client while another thread closes it, again and again. Nothing crashes or
 * hangs, every call gives a status that its documentation names, every context is dropped once. */
#include <pthread.h>
#include <string.h>

#include "probe.h"

#define PATIENCE_MS 20000
#define THREADS 16

struct round {
    floorbus_client *client;
    int place;
    int drops[THREADS];
    pthread_mutex_t lock;
    pthread_cond_t started;
    int running;
};
struct worker {
    struct round *round;
    int number;
};

static int is_end(floorbus_status status) {
    return status == FLOORBUS_E_CLOSED || status == FLOORBUS_E_HANDLE;
}

static void on_event(
    void *context, const floorbus_event_info *info, const floorbus_event *event) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    (void)context;
    if (info->kind == FLOORBUS_KIND_AGENT && info->op == FLOORBUS_OP_PUT) {
        EXPECT(floorbus_event_decode_state(event, &state), FLOORBUS_OK);
    }
}

static void on_drop(void *context) { ++*(int *)context; }

static floorbus_status publish(floorbus_client *client, int number) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    char key[64];
    snprintf(key, sizeof key, "agent/bj/storm/%d/", number);
    return floorbus_publish_state(client, floorbus_cstr(key), &state, NULL, NULL);
}

static floorbus_status raise_flag(floorbus_client *client) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_id id = {{0}};
    request.kind = FLOORBUS_FLAG_KIND_KNOWLEDGE;
    request.category = floorbus_cstr("x");
    return floorbus_flag_raise(client, floorbus_cstr("flag/bj/storm/"), &request, &id, NULL);
}

static floorbus_status ask(floorbus_client *client) {
    floorbus_snapshot *snapshot = NULL;
    floorbus_event *event = NULL;
    floorbus_status status =
        floorbus_get(client, floorbus_cstr("agent/"), PATIENCE_MS, &snapshot);
    if (status != FLOORBUS_OK) return status;
    do {
        status = floorbus_snapshot_next(snapshot, &event, PATIENCE_MS);
        floorbus_event_release(event);
    } while (status == FLOORBUS_OK);
    floorbus_snapshot_free(snapshot);
    return status == FLOORBUS_E_NOTFOUND ? FLOORBUS_OK : status;
}

static floorbus_status receive(floorbus_client *client) {
    floorbus_event *event = NULL;
    floorbus_status status = floorbus_recv(client, &event, PATIENCE_MS);
    floorbus_event_release(event);
    return status;
}

static void *work(void *context) {
    struct worker *worker = (struct worker *)context;
    struct round *round = worker->round;
    floorbus_status status;
    pthread_mutex_lock(&round->lock);
    round->running++;
    pthread_cond_signal(&round->started);
    pthread_mutex_unlock(&round->lock);
    do {
        switch (worker->number % 6) {
        case 0: status = publish(round->client, worker->number); break;
        case 1: status = raise_flag(round->client); break;
        case 2: status = ask(round->client); break;
        case 3: status = receive(round->client); break;
        case 4:
            status = floorbus_set_callback(
                round->client, on_event, &round->drops[worker->number], on_drop);
            if (status == FLOORBUS_OK) {
                status = floorbus_dispatch(round->client, 1, PATIENCE_MS, NULL);
            }
            /* Another thread's close may have taken the callback away first. */
            if (status == FLOORBUS_E_STATE) status = FLOORBUS_OK;
            /* One context is dropped once; so it may be set once. */
            return NULL;
        default:
            status = floorbus_wait(round->client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL);
            break;
        }
        /* A full outbox, and too many questions, are answers too; so is a hub out of reach. */
        if (status == FLOORBUS_E_LIMIT || status == FLOORBUS_E_OFFLINE) status = FLOORBUS_OK;
    } while (status == FLOORBUS_OK);
    if (!is_end(status)) EXPECT(status, FLOORBUS_E_CLOSED);
    return NULL;
}

static void play(floorbus_hub *hub, const char *endpoint, int place) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    struct round round;
    floorbus_status status;
    int number;

    memset(&round, 0, sizeof round);
    pthread_mutex_init(&round.lock, NULL);
    pthread_cond_init(&round.started, NULL);
    options.principal = "storm";
    if (place % 2) {
        options.endpoints = endpoint;
        EXPECT(floorbus_client_open(&options, &round.client), FLOORBUS_OK);
    } else {
        EXPECT(floorbus_hub_client(hub, &options, &round.client), FLOORBUS_OK);
    }
    EXPECT(floorbus_subscribe(round.client, floorbus_cstr("agent/"), NULL, NULL), FLOORBUS_OK);
    for (number = 0; number < THREADS; number++) {
        workers[number].round = &round;
        workers[number].number = number;
        CHECK(pthread_create(&threads[number], NULL, work, &workers[number]) == 0);
    }
    pthread_mutex_lock(&round.lock);
    while (round.running < THREADS) pthread_cond_wait(&round.started, &round.lock);
    pthread_mutex_unlock(&round.lock);
    status = floorbus_client_close(round.client, place % 3 ? 0 : 100);
    CHECK(status == FLOORBUS_OK || status == FLOORBUS_E_TIMEOUT);
    EXPECT(floorbus_client_close(round.client, 0), FLOORBUS_E_HANDLE);
    for (number = 0; number < THREADS; number++) {
        CHECK(pthread_join(threads[number], NULL) == 0);
        CHECK(round.drops[number] == (number % 6 == 4 ? 1 : 0));
    }
    pthread_mutex_destroy(&round.lock);
    pthread_cond_destroy(&round.started);
}

int main(void) {
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub *hub = NULL;
    char address[64];
    int place;
    options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    for (place = 0; place < 20 && probe_failures == 0; place++) play(hub, address, place);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
