/* Other systems' agent states that are numbers: every value both ways, every other one refused and
 * nothing written; and every converter used wrongly. Needs no hub. The values are written here once
 * more, from the standards, not from the library. */
#include "standards.h"

#define ANY_NUMBERS 300
#define NONE FLOORBUS_NO_PENDING

static void csta(void) {
    static const struct said listed[] = {
        {2, FLOORBUS_STATE_NOT_READY, 0, 0, 0, 1, 413}, {1, 0, 0, 0, 0, 1, 413},
        {2, FLOORBUS_STATE_READY, 0, 0, 0, 1, 413}, {2, FLOORBUS_STATE_BUSY, 0, 0, 0, 1, 413},
        {2, FLOORBUS_STATE_AFTER_CALL, 0, 0, 0, 1, 413}};
    static const uint8_t next[] = {
        FLOORBUS_STATE_NOT_READY, 0, FLOORBUS_STATE_READY, FLOORBUS_STATE_AFTER_CALL};
    floorbus_agent_state state;
    struct said said;
    int32_t number, agent_state = 77, pending = 77;

    for (number = -ANY_NUMBERS; number <= ANY_NUMBERS; number++) {
        state = marked();
        if (number < 0 || number > 4) {
            EXPECT(floorbus_state_from_csta(number, NONE, &state), FLOORBUS_E_INVALID);
            CHECK(untouched(&state) && error_names("agent state", "CSTA"));
        } else {
            EXPECT(floorbus_state_from_csta(number, NONE, &state), FLOORBUS_OK);
            compare(&state, &listed[number], __LINE__);
            state = published(state.session, state.state, state.pending);
            EXPECT(floorbus_state_to_csta(&state, &agent_state, &pending), FLOORBUS_OK);
            CHECK(agent_state == number && pending == NONE);
        }
        state = marked();
        if (number == NONE) continue;
        if (number < 0 || number > 3) {
            EXPECT(floorbus_state_from_csta(3, number, &state), FLOORBUS_E_INVALID);
            CHECK(untouched(&state) && error_names("pending agent state", "CSTA"));
            continue;
        }
        EXPECT(floorbus_state_from_csta(3, number, &state), FLOORBUS_OK);
        said = listed[3];
        said.pending = next[number];
        compare(&state, &said, __LINE__);
        state = published(state.session, state.state, state.pending);
        EXPECT(floorbus_state_to_csta(&state, &agent_state, &pending), FLOORBUS_OK);
        CHECK(agent_state == 3 && pending == (number == 1 ? NONE : number));
    }
    agent_state = pending = 77;
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_RESERVED, 0);
    EXPECT(floorbus_state_to_csta(&state, &agent_state, &pending), FLOORBUS_E_NOTFOUND);
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_BUSY, FLOORBUS_STATE_BUSY);
    EXPECT(floorbus_state_to_csta(&state, &agent_state, &pending), FLOORBUS_E_NOTFOUND);
    CHECK(agent_state == 77 && pending == 77 && error_names("no value", "CSTA"));
}

static void tsapi(void) {
    static const struct said listed[] = {
        {0, 0, 0, 0, 0, 1, 413}, {2, FLOORBUS_STATE_NOT_READY, 0, 0, 0, 1, 413},
        {1, 0, 0, 0, 0, 1, 413}, {2, FLOORBUS_STATE_READY, 0, 0, 0, 1, 413},
        {2, FLOORBUS_STATE_AFTER_CALL, FLOORBUS_STATE_NOT_READY, 0, 0, 1, 413},
        {2, FLOORBUS_STATE_AFTER_CALL, FLOORBUS_STATE_READY, 0, 0, 1, 413}};
    floorbus_agent_state state;
    int32_t number, agent_state = 77;

    for (number = -ANY_NUMBERS; number <= ANY_NUMBERS; number++) {
        state = marked();
        if (number < -1 || number > 4) {
            EXPECT(floorbus_state_from_tsapi(number, &state), FLOORBUS_E_INVALID);
            CHECK(untouched(&state) && error_names("agent state", "TSAPI"));
            continue;
        }
        EXPECT(floorbus_state_from_tsapi(number, &state), FLOORBUS_OK);
        compare(&state, &listed[number + 1], __LINE__);
        state = published(state.session, state.state, state.pending);
        EXPECT(floorbus_state_to_tsapi(&state, &agent_state), FLOORBUS_OK);
        CHECK(agent_state == number);
    }
    agent_state = 77;
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_BUSY, 0);
    EXPECT(floorbus_state_to_tsapi(&state, &agent_state), FLOORBUS_E_NOTFOUND);
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_AFTER_CALL, 0);
    EXPECT(floorbus_state_to_tsapi(&state, &agent_state), FLOORBUS_E_NOTFOUND);
    CHECK(agent_state == 77 && error_names("no value", "TSAPI"));
}

static void tapi3(void) {
    static const uint8_t listed[] = {
        FLOORBUS_STATE_NOT_READY, FLOORBUS_STATE_READY, FLOORBUS_STATE_BUSY,
        FLOORBUS_STATE_BUSY, FLOORBUS_STATE_BUSY, FLOORBUS_STATE_UNKNOWN};
    static const int32_t back[] = {0, 1, 2, 2, 2, 5};
    floorbus_agent_state state;
    struct said said = {2, 0, 0, 0, 0, 1, 413};
    int32_t number, agent_state = 77;

    for (number = -ANY_NUMBERS; number <= ANY_NUMBERS; number++) {
        state = marked();
        if (number < 0 || number > 5) {
            EXPECT(floorbus_state_from_tapi3(number, &state), FLOORBUS_E_INVALID);
            CHECK(untouched(&state) && error_names("agent state", "TAPI 3"));
            continue;
        }
        EXPECT(floorbus_state_from_tapi3(number, &state), FLOORBUS_OK);
        said.session = number == 5 ? 0 : 2;
        said.state = listed[number];
        compare(&state, &said, __LINE__);
        state = published(state.session, state.state, state.pending);
        EXPECT(floorbus_state_to_tapi3(&state, &agent_state), FLOORBUS_OK);
        CHECK(agent_state == back[number]);
    }
    agent_state = 77;
    state = published(FLOORBUS_SESSION_LOGGED_OFF, 0, 0);
    EXPECT(floorbus_state_to_tapi3(&state, &agent_state), FLOORBUS_E_NOTFOUND);
    CHECK(agent_state == 77 && error_names("no value", "TAPI 3"));
}

/* Every bit and number of TAPI 2, and what is no such bit. */
static void tapi2(void) {
    static const struct {
        uint32_t number, back;
        uint8_t session, state;
    } listed[] = {
        {0x1, 0x1, 1, 0}, {0x2, 0x2, 2, FLOORBUS_STATE_NOT_READY},
        {0x4, 0x4, 2, FLOORBUS_STATE_READY}, {0x8, 0x8, 2, FLOORBUS_STATE_BUSY},
        {0x10, 0x8, 2, FLOORBUS_STATE_BUSY}, {0x20, 0x8, 2, FLOORBUS_STATE_BUSY},
        {0x40, 0x8, 2, FLOORBUS_STATE_BUSY}, {0x80, 0x80, 2, FLOORBUS_STATE_AFTER_CALL},
        {0x100, 0x100, 0, 0}, {0x200, 0x100, 0, 0}};
    static const uint32_t wrong[] = {0, 3, 5, 0x300, 0x400, 0x10000, 0x80000000u, 0xFFFFFFFFu};
    floorbus_agent_state state;
    struct said said = {0, 0, 0, 0, 0, 1, 413};
    uint32_t agent_state = 77, next = 77;
    size_t index;

    for (index = 0; index < sizeof listed / sizeof *listed; index++) {
        state = marked();
        EXPECT(floorbus_state_from_tapi2(listed[index].number, 0, &state), FLOORBUS_OK);
        said.session = listed[index].session;
        said.state = listed[index].state;
        compare(&state, &said, __LINE__);
        state = published(state.session, state.state, 0);
        EXPECT(floorbus_state_to_tapi2(&state, &agent_state, &next), FLOORBUS_OK);
        CHECK(agent_state == listed[index].back && next == 0);
    }
    for (index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        state = marked();
        EXPECT(floorbus_state_from_tapi2(wrong[index], 0, &state), FLOORBUS_E_INVALID);
        CHECK(untouched(&state) && error_names("agent state", "TAPI 2"));
        if (wrong[index] == 0) continue;
        EXPECT(floorbus_state_from_tapi2(0x8, wrong[index], &state), FLOORBUS_E_INVALID);
        CHECK(untouched(&state) && error_names("next agent state", "TAPI 2"));
    }
    EXPECT(floorbus_state_from_tapi2(0x80, 0x2, &state), FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_AFTER_CALL && state.pending == FLOORBUS_STATE_NOT_READY);
    state = published(state.session, state.state, state.pending);
    EXPECT(floorbus_state_to_tapi2(&state, &agent_state, &next), FLOORBUS_OK);
    CHECK(agent_state == 0x80 && next == 0x2);
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_RESERVED, 0);
    EXPECT(floorbus_state_to_tapi2(&state, &agent_state, &next), FLOORBUS_E_NOTFOUND);
    CHECK(agent_state == 0x80 && next == 0x2 && error_names("no value", "TAPI 2"));
}

/* TSAPI with Avaya's talk state and pending work mode. */
static void avaya(void) {
    static const uint8_t modes[] = {
        0, FLOORBUS_STATE_NOT_READY, FLOORBUS_STATE_AFTER_CALL, FLOORBUS_STATE_READY,
        FLOORBUS_STATE_READY};
    static const int32_t back[] = {-1, 1, 2, 3, 3};
    floorbus_agent_state state;
    struct said said = {2, FLOORBUS_STATE_BUSY, 0, FLOORBUS_CALL_CONNECTED, 0, 1, 413};
    int32_t mode, agent_state = 77, talk_state = 77, work_mode = 77;

    for (mode = -ANY_NUMBERS; mode <= ANY_NUMBERS; mode++) {
        state = marked();
        if (mode != -1 && (mode < 1 || mode > 4)) {
            EXPECT(floorbus_state_from_avaya(2, 0, mode, &state), FLOORBUS_E_INVALID);
            CHECK(untouched(&state) && error_names("work mode", "TSAPI"));
            continue;
        }
        EXPECT(floorbus_state_from_avaya(2, 0, mode, &state), FLOORBUS_OK);
        said.pending = mode == -1 ? 0 : modes[mode];
        compare(&state, &said, __LINE__);
        state = published(state.session, state.state, state.pending);
        EXPECT(floorbus_state_to_avaya(&state, &agent_state, &talk_state, &work_mode), FLOORBUS_OK);
        CHECK(agent_state == 2 && talk_state == 0);
        CHECK(work_mode == (mode == -1 ? -1 : back[mode]));
    }
    state = marked();
    EXPECT(floorbus_state_from_avaya(2, 2, -1, &state), FLOORBUS_E_INVALID);
    CHECK(untouched(&state) && error_names("talk state", "TSAPI"));
    EXPECT(floorbus_state_from_avaya(3, 1, -1, &state), FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_AFTER_CALL && state.pending == FLOORBUS_STATE_NOT_READY);
    EXPECT(floorbus_state_from_avaya(0, 0, -1, &state), FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_BUSY && state.pending == FLOORBUS_STATE_NOT_READY);
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_RESERVED, 0);
    EXPECT(
        floorbus_state_to_avaya(&state, &agent_state, &talk_state, &work_mode),
        FLOORBUS_E_NOTFOUND);
    CHECK(error_names("no value", "TSAPI"));
}

static void asterisk(void) {
    static const uint8_t unpaused[] = {
        FLOORBUS_STATE_UNKNOWN, FLOORBUS_STATE_READY, FLOORBUS_STATE_BUSY, FLOORBUS_STATE_BUSY,
        FLOORBUS_STATE_UNKNOWN, FLOORBUS_STATE_UNKNOWN, FLOORBUS_STATE_RESERVED,
        FLOORBUS_STATE_BUSY, FLOORBUS_STATE_BUSY};
    static const floorbus_str none = {NULL, 0};
    floorbus_agent_state state;
    struct said said;
    int32_t number, paused, in_call, back = 77, back_paused = 77, back_in_call = 77;

    for (number = -ANY_NUMBERS; number <= ANY_NUMBERS; number++) {
        for (paused = 0; paused < 2; paused++) {
            for (in_call = 0; in_call < 2; in_call++) {
                state = marked();
                if (number < 0 || number > 8) {
                    EXPECT(
                        floorbus_state_from_asterisk(number, paused, in_call, none, &state),
                        FLOORBUS_E_INVALID);
                    CHECK(untouched(&state) && error_names("device state", "Asterisk"));
                    continue;
                }
                EXPECT(
                    floorbus_state_from_asterisk(number, paused, in_call, none, &state),
                    FLOORBUS_OK);
                memset(&said, 0, sizeof said);
                said.session = FLOORBUS_SESSION_LOGGED_ON;
                said.reason_code = 413;
                said.out_of_service = number == 4 || number == 5;
                said.state = paused ? (uint8_t)FLOORBUS_STATE_NOT_READY : unpaused[number];
                if (!paused && number == 6) said.call = FLOORBUS_CALL_ALERTING;
                if (!paused && number == 8) said.call = FLOORBUS_CALL_HELD;
                if (in_call && number != 1) { /* a free telephone counts before it */
                    said.state = FLOORBUS_STATE_BUSY;
                    said.pending = paused ? (uint8_t)FLOORBUS_STATE_NOT_READY : 0;
                    said.call = number == 8 ? FLOORBUS_CALL_HELD : FLOORBUS_CALL_CONNECTED;
                }
                compare(&state, &said, __LINE__);
                EXPECT(
                    floorbus_state_to_asterisk(&state, &back, &back_paused, &back_in_call),
                    FLOORBUS_OK);
                CHECK(back_paused == paused || said.state == FLOORBUS_STATE_UNKNOWN);
                CHECK(back_in_call == (said.state == FLOORBUS_STATE_BUSY));
                CHECK((back == 5) == said.out_of_service);
            }
        }
    }
    state = marked();
    EXPECT(
        floorbus_state_from_asterisk(1, 1, 0, floorbus_cstr("Auto-Pause"), &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_RING_NO_ANSWER && state.reason.len == 5);
    EXPECT(floorbus_state_from_asterisk(1, 1, 0, floorbus_cstr("tea"), &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_UNKNOWN && state.reason.len == 5);
    state = marked();
    EXPECT(floorbus_state_from_asterisk(1, 2, 0, none, &state), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_from_asterisk(1, 0, -1, none, &state), FLOORBUS_E_INVALID);
    CHECK(untouched(&state));
    back = back_paused = back_in_call = 77;
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_AFTER_CALL, FLOORBUS_STATE_READY);
    EXPECT(
        floorbus_state_to_asterisk(&state, &back, &back_paused, &back_in_call),
        FLOORBUS_E_NOTFOUND);
    CHECK(back == 77 && back_paused == 77 && back_in_call == 77);
}

/* ---- misuse -------------------------------------------------------------------------------- */

#define TRY_FROM(out, expected)                                                              \
    do {                                                                                     \
        EXPECT(floorbus_state_from_csta(0, NONE, out), expected);                            \
        EXPECT(floorbus_state_from_tsapi(0, out), expected);                                 \
        EXPECT(floorbus_state_from_avaya(0, 0, -1, out), expected);                          \
        EXPECT(floorbus_state_from_tapi2(1, 0, out), expected);                              \
        EXPECT(floorbus_state_from_tapi3(0, out), expected);                                 \
        EXPECT(floorbus_state_from_csta_xml(xml, none, out), expected);                      \
        EXPECT(floorbus_state_from_finesse(name, none, 0, out), expected);                   \
        EXPECT(floorbus_state_from_asterisk(0, 0, 0, none, out), expected);                  \
        EXPECT(floorbus_state_from_freeswitch(status, waiting, out), expected);              \
    } while (0)
#define TRY_TO(state, number, bits, text, expected)                                                \
    do {                                                                                     \
        EXPECT(floorbus_state_to_csta(state, number, number), expected);                     \
        EXPECT(floorbus_state_to_tsapi(state, number), expected);                            \
        EXPECT(floorbus_state_to_avaya(state, number, number, number), expected);            \
        EXPECT(floorbus_state_to_tapi2(state, bits, bits), expected);                        \
        EXPECT(floorbus_state_to_tapi3(state, number), expected);                            \
        EXPECT(floorbus_state_to_csta_xml(state, text, text), expected);                     \
        EXPECT(floorbus_state_to_finesse(state, text, text), expected);                      \
        EXPECT(floorbus_state_to_asterisk(state, number, number, number), expected);         \
        EXPECT(floorbus_state_to_freeswitch(state, text, text), expected);                   \
    } while (0)

static void misuse(void) {
    const floorbus_str none = {NULL, 0};
    const floorbus_str lost = {NULL, 3};
    floorbus_str name = floorbus_cstr("READY");
    floorbus_str xml = floorbus_cstr("agentReady");
    floorbus_str status = floorbus_cstr("Available");
    floorbus_str waiting = floorbus_cstr("Waiting");
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_str text = {NULL, 77};
    int32_t number = 77;
    uint32_t bits = 77;

    state.state = FLOORBUS_STATE_READY;
    TRY_FROM(NULL, FLOORBUS_E_INVALID);
    TRY_TO(NULL, &number, &bits, &text, FLOORBUS_E_INVALID);
    TRY_TO(&state, NULL, NULL, NULL, FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_csta(&state, &number, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_finesse(&state, &text, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_csta_xml(&state, &text, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_tapi2(&state, &bits, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_avaya(&state, &number, &number, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_avaya(&state, &number, NULL, &number), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_asterisk(&state, &number, &number, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_asterisk(&state, &number, NULL, &number), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_to_freeswitch(&state, &text, NULL), FLOORBUS_E_INVALID);
    state.struct_size = 4;
    TRY_FROM(&state, FLOORBUS_E_ABI);
    TRY_TO(&state, &number, &bits, &text, FLOORBUS_E_ABI);
    state.struct_size = UINT32_MAX;
    TRY_FROM(&state, FLOORBUS_E_ABI);
    TRY_TO(&state, &number, &bits, &text, FLOORBUS_E_ABI);
    state.struct_size = sizeof state;
    state.state = 1; /* no such state: logged off is a session's */
    TRY_TO(&state, &number, &bits, &text, FLOORBUS_E_INVALID);
    state.state = FLOORBUS_STATE_READY;
    EXPECT(floorbus_state_from_finesse(lost, none, 0, &state), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_from_asterisk(0, 0, 0, lost, &state), FLOORBUS_E_INVALID);
    EXPECT(floorbus_state_from_freeswitch(status, lost, &state), FLOORBUS_E_INVALID);
    CHECK(number == 77 && bits == 77 && text.len == 77 && state.state == FLOORBUS_STATE_READY);
}

int main(void) {
    csta();
    tsapi();
    tapi3();
    tapi2();
    avaya();
    asterisk();
    misuse();
    return probe_end();
}
