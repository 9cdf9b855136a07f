/* What the probes of a whole floor share: an embedded hub in this process and clients of it. They
 * wait for events, never for time. */
#ifndef FLOOR_H_INCLUDED
#define FLOOR_H_INCLUDED
#include <string.h>

#include "probe.h"

#define PATIENCE_MS 60000

static inline int is(floorbus_str text, const char *expected) {
    return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

static inline floorbus_client *open_beside(floorbus_hub *hub, const char *name, uint32_t flags) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *client = NULL;
    options.principal = name;
    options.flags = flags;
    EXPECT(floorbus_hub_client(hub, &options, &client), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
    return client;
}

/* The same as a session over the network. */
static inline floorbus_client *open_at(const char *endpoint, const char *name) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *client = NULL;
    options.endpoints = endpoint;
    options.principal = name;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
    return client;
}

/* The answer to a publication. */
static inline floorbus_result answer(floorbus_client *client, floorbus_ticket ticket) {
    floorbus_result result = FLOORBUS_RESULT_INIT;
    EXPECT(floorbus_wait(client, ticket, PATIENCE_MS, &result), FLOORBUS_OK);
    return result;
}

/* The next event of a kind; its owner releases it. */
static inline floorbus_event *next(floorbus_client *client, int kind, floorbus_event_info *info) {
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

#endif
