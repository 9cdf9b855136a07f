/* A client whose hub is never there: for what needs no hub. */
#ifndef NOBODY_H_INCLUDED
#define NOBODY_H_INCLUDED
#include "probe.h"

static inline floorbus_client_options nobody(void) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    options.endpoints = "tcp://127.0.0.1:1"; /* tcpmux: nobody listens there */
    options.principal = "misuse";
    return options;
}

static inline floorbus_client *open_client(void) {
    floorbus_client_options options = nobody();
    floorbus_client *client = NULL;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    return client;
}

#endif
