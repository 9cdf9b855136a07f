/* Numbers that no peer of ours sends, in every place of every message: what stands between a client
 * and a hub sets one word after the other to the largest values. Whatever client and hub make of
 * it, both go on. Where `int` and pointers have 32 bits such numbers do not fit what they count. */
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "floor.h"

#define MOST_BYTES 70000
#define WORDS 36     /* of 4 bytes, from a message's start: headers and fixed parts */
#define IDLE_MS 10   /* nothing more is said: client or hub has made of it what it does */
#define WELCOME 0x81

struct message {
    char name[64]; /* the client's link, as the ROUTER calls it */
    size_t name_bytes, bytes;
    unsigned char data[MOST_BYTES];
};

static int message_type(const struct message *message) {
    return message->bytes >= 6 ? message->data[5] : 0;
}

static int take(void *socket, int has_name, struct message *message) {
    int bytes;
    if (has_name) {
        bytes = zmq_recv(socket, message->name, sizeof message->name, 0);
        CHECK(bytes > 0);
        message->name_bytes = bytes > 0 ? (size_t)bytes : 0;
    }
    bytes = zmq_recv(socket, message->data, sizeof message->data, 0);
    CHECK(bytes >= 0 && bytes <= MOST_BYTES);
    message->bytes = bytes > 0 ? (size_t)bytes : 0;
    return message_type(message);
}

static void falsify(struct message *message, size_t word, uint32_t value) {
    if (word * 4 + 4 <= message->bytes) memcpy(message->data + word * 4, &value, sizeof value);
}

/* A session of a client of its own, whose messages in one direction have a false word each. Returns
 * whether the hub welcomed it. */
static int relay(void *context, const char *hub, int upward, size_t word, uint32_t value) {
    static struct message message;
    static int number;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_client *client = NULL;
    void *router = zmq_socket(context, ZMQ_ROUTER);
    void *dealer = zmq_socket(context, ZMQ_DEALER);
    zmq_pollitem_t items[2];
    char front[128], name[32];
    size_t size = sizeof front;
    int none = 0, is_welcome = 0, idle_ms = PATIENCE_MS;
    memset(items, 0, sizeof items);
    items[0].socket = router;
    items[1].socket = dealer;
    items[0].events = items[1].events = ZMQ_POLLIN;
    CHECK(zmq_setsockopt(router, ZMQ_LINGER, &none, sizeof none) == 0);
    CHECK(zmq_setsockopt(dealer, ZMQ_LINGER, &none, sizeof none) == 0);
    CHECK(zmq_bind(router, "tcp://127.0.0.1:*") == 0 && zmq_connect(dealer, hub) == 0);
    CHECK(zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, front, &size) == 0);
    snprintf(name, sizeof name, "desk-%d", number++);
    options.endpoints = front;
    options.principal = name;
    options.will_key = "agent/bj/sales/1/";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(client, floorbus_cstr("+/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_publish_state(client, floorbus_cstr("agent/bj/sales/1/"), &state, NULL, NULL),
           FLOORBUS_OK);
    while (zmq_poll(items, 2, idle_ms) > 0) {
        if (items[0].revents & ZMQ_POLLIN) {
            take(router, 1, &message);
            if (upward) falsify(&message, word, value);
            zmq_send(dealer, message.data, message.bytes, 0);
        }
        if (items[1].revents & ZMQ_POLLIN) {
            is_welcome |= take(dealer, 0, &message) == WELCOME;
            if (!upward) falsify(&message, word, value);
            /* To nobody, when the client has gone meanwhile. */
            zmq_send(router, message.name, message.name_bytes, ZMQ_SNDMORE);
            zmq_send(router, message.data, message.bytes, 0);
        }
        if (upward || is_welcome) idle_ms = IDLE_MS;
    }
    floorbus_client_close(client, 0); /* its publication may be unanswered */
    zmq_close(router);
    zmq_close(dealer);
    return is_welcome;
}

int main(void) {
    static const uint32_t values[] = {0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu};
    void *context = zmq_ctx_new();
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *other;
    char address[128];
    size_t word, index;
    int welcomes = 0;

    alarm(5 * PATIENCE_MS / 1000);
    hub_options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    for (word = 0; word < WORDS && probe_failures == 0; word++) {
        for (index = 0; index < sizeof values / sizeof *values; index++) {
            relay(context, address, 1, word, values[index]);
            welcomes += relay(context, address, 0, word, values[index]);
        }
    }
    CHECK(welcomes == (int)(WORDS * sizeof values / sizeof *values));
    CHECK(zmq_ctx_term(context) == 0);
    /* The hub serves others as before. */
    other = open_at(address, "other");
    EXPECT(floorbus_client_close(other, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
