/* What the two probes of the converters share. */
#ifndef STANDARDS_H_INCLUDED
#define STANDARDS_H_INCLUDED
#include <string.h>

#include "probe.h"

/* What a conversion has to write. */
struct said {
    uint8_t session, state, pending, call, cause, out_of_service;
    uint16_t reason_code;
};

/* A state with something in every field, so that what is left alone can be seen. */
static floorbus_agent_state marked(void) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    state.session = 77;
    state.state = 77;
    state.pending = 77;
    state.call = 77;
    state.cause = 77;
    state.out_of_service = 1;
    state.reason_code = 413;
    state.reason_class = FLOORBUS_REASON_MEAL;
    state.overlays = FLOORBUS_OVERLAY_MUTED;
    state.customer_star = 5;
    state.reason = floorbus_cstr("lunch");
    state.seat = floorbus_cstr("B12");
    return state;
}

static int untouched(const floorbus_agent_state *state) {
    const floorbus_agent_state before = marked();
    return memcmp(state, &before, sizeof before) == 0;
}

static void compare(const floorbus_agent_state *state, const struct said *said, int line) {
    int right = state->session == said->session && state->state == said->state
        && state->pending == said->pending && state->call == said->call
        && state->cause == said->cause && state->out_of_service == said->out_of_service
        && state->reason_code == said->reason_code;
    if (!right) fprintf(stderr, "compared from line %d:\n", line);
    CHECK(right);
    CHECK(state->struct_size == sizeof *state && state->reason_class == FLOORBUS_REASON_MEAL);
    CHECK(state->overlays == FLOORBUS_OVERLAY_MUTED && state->customer_star == 5);
    CHECK(state->reason.len == 5 && state->seat.len == 3 && state->call_ref.len == 0);
}

static int error_names(const char *value, const char *standard) {
    char sentence[512];
    floorbus_last_error(sentence, sizeof sentence);
    return strstr(sentence, value) != NULL && strstr(sentence, standard) != NULL;
}

/* The state that FloorBus would publish, ready to be converted back. */
static floorbus_agent_state published(uint8_t session, uint8_t activity, uint8_t pending) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    state.session = session;
    state.state = activity;
    state.pending = pending;
    return state;
}

#endif
