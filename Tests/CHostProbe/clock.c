/* The hub's time as a client tells it: what the hub stamps meanwhile lies between two readings. */
#include <time.h>

#include "floor.h"

#define KEY "agent/bj/sales/4711/"

static int64_t monotonic_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The time, once it is measured: a ping at the session's opening does that. */
static int64_t read_clock(floorbus_client *client, int64_t *error) {
    int64_t time = 0;
    for (int patience = PATIENCE_MS; patience > 0; patience -= 20) {
        floorbus_event *event = NULL;
        floorbus_status status = floorbus_client_time(client, &time, error);
        if (status == FLOORBUS_OK) return time;
        EXPECT(status, FLOORBUS_E_AGAIN);
        if (floorbus_recv(client, &event, 20) == FLOORBUS_OK) floorbus_event_release(event);
    }
    CHECK(!"the clock is measured in time");
    return 0;
}

int main(void) {
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *client;
    int64_t before, after, error = -1, start = monotonic_us();
    char address[64];

    hub_options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    client = open_at(address, "desk");

    before = read_clock(client, &error);
    CHECK(before > 0 && error > 0);
    before -= error;
    EXPECT(floorbus_subscribe(client, floorbus_cstr(KEY), NULL, NULL), FLOORBUS_OK);
    state.state = FLOORBUS_STATE_READY;
    EXPECT(floorbus_publish_state(client, floorbus_cstr(KEY), &state, NULL, NULL), FLOORBUS_OK);
    floorbus_event_release(next(client, FLOORBUS_KIND_AGENT, &info));
    after = read_clock(client, &error) + error;
    after += monotonic_us() - start; /* the most a hub stopped within a turn may be ahead */
    CHECK(before <= info.hub_time_us && info.hub_time_us <= after);
    EXPECT(floorbus_client_time(client, &after, NULL), FLOORBUS_OK);

    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
