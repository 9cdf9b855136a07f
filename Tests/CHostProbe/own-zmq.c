/* A host that uses libzmq itself, with a context of its own, beside a hub and a client of
 * FloorBus in the same process: neither sees the other. */
#include <string.h>
#include <zmq.h>

#include "probe.h"

#define PATIENCE_MS 20000

int main(void) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *client = NULL;
    floorbus_ticket ticket = 0;
    void *context = zmq_ctx_new();
    void *pull = zmq_socket(context, ZMQ_PULL);
    void *push = zmq_socket(context, ZMQ_PUSH);
    char text[8] = {0};

    CHECK(zmq_bind(pull, "inproc://own") == 0 && zmq_connect(push, "inproc://own") == 0);
    EXPECT(floorbus_hub_start(NULL, &hub), FLOORBUS_OK);
    options.principal = "cti";
    EXPECT(floorbus_hub_client(hub, &options, &client), FLOORBUS_OK);
    CHECK(zmq_send(push, "before", 6, 0) == 6);
    EXPECT(floorbus_publish_state(
               client, floorbus_cstr("agent/bj/sales/1/"), &state, NULL, &ticket), FLOORBUS_OK);
    EXPECT(floorbus_wait(client, ticket, PATIENCE_MS, &result), FLOORBUS_OK);
    CHECK(result.status == FLOORBUS_OK);
    CHECK(zmq_recv(pull, text, sizeof text, 0) == 6 && memcmp(text, "before", 6) == 0);
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    /* FloorBus is gone; the host's own sockets go on. */
    CHECK(zmq_send(push, "after", 5, 0) == 5);
    CHECK(zmq_recv(pull, text, sizeof text, 0) == 5 && memcmp(text, "after", 5) == 0);
    zmq_close(push);
    zmq_close(pull);
    CHECK(zmq_ctx_term(context) == 0);
    return probe_end();
}
