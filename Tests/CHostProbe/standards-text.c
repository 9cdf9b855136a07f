/* Other systems' agent states that are texts, as standards.c. */
#include "standards.h"

static int is_text(floorbus_str given, const char *wanted) {
    return given.len == strlen(wanted) && strcmp(given.ptr, wanted) == 0;
}

static void finesse(void) {
    static const struct {
        const char *text;
        struct said said;
        const char *back;
    } listed[] = {
        {"LOGOUT", {1, 0, 0, 0, 0, 1, 0}, "LOGOUT"},
        {"NOT_READY", {2, FLOORBUS_STATE_NOT_READY, 0, 0, 0, 1, 0}, "NOT_READY"},
        {"READY", {2, FLOORBUS_STATE_READY, 0, 0, 0, 1, 0}, "READY"},
        {"RESERVED", {2, FLOORBUS_STATE_RESERVED, 0, 1, 0, 1, 0}, "RESERVED"},
        {"RESERVED_OUTBOUND", {2, FLOORBUS_STATE_RESERVED, 0, 1, 0, 1, 0}, "RESERVED"},
        {"RESERVED_OUTBOUND_PREVIEW", {2, FLOORBUS_STATE_RESERVED, 0, 1, 0, 1, 0}, "RESERVED"},
        {"TALKING", {2, FLOORBUS_STATE_BUSY, 0, FLOORBUS_CALL_CONNECTED, 0, 1, 0}, "TALKING"},
        {"HOLD", {2, FLOORBUS_STATE_BUSY, 0, FLOORBUS_CALL_HELD, 0, 1, 0}, "HOLD"},
        {"WORK", {2, FLOORBUS_STATE_AFTER_CALL, FLOORBUS_STATE_NOT_READY, 0, 0, 1, 0}, "WORK"},
        {"WORK_READY",
         {2, FLOORBUS_STATE_AFTER_CALL, FLOORBUS_STATE_READY, 0, 0, 1, 0},
         "WORK_READY"},
        {"UNKNOWN", {0, 0, 0, 0, 0, 1, 0}, "UNKNOWN"}};
    static const char *wrong[] = {"", "LOGIN", "ready", "READY ", "WORK_", "2"};
    const floorbus_str none = {NULL, 0};
    floorbus_agent_state state;
    floorbus_str text = {NULL, 77};
    floorbus_str pending = {NULL, 77};
    char longest[200];
    size_t index;

    for (index = 0; index < sizeof listed / sizeof listed[0]; index++) {
        state = marked();
        EXPECT(
            floorbus_state_from_finesse(floorbus_cstr(listed[index].text), none, 0, &state),
            FLOORBUS_OK);
        compare(&state, &listed[index].said, __LINE__);
        state.cause = 0;
        EXPECT(floorbus_state_to_finesse(&state, &text, &pending), FLOORBUS_OK);
        CHECK(is_text(text, listed[index].back) && is_text(pending, ""));
    }
    for (index = 0; index < sizeof wrong / sizeof wrong[0]; index++) {
        floorbus_str given = floorbus_cstr(wrong[index]);
        state = marked();
        EXPECT(floorbus_state_from_finesse(given, none, 0, &state), FLOORBUS_E_INVALID);
        CHECK(untouched(&state) && error_names(wrong[index], "Finesse"));
        if (given.len == 0) continue; /* an empty pending state is none */
        EXPECT(
            floorbus_state_from_finesse(floorbus_cstr("READY"), given, 0, &state),
            FLOORBUS_E_INVALID);
        CHECK(untouched(&state) && error_names("pending state", "Finesse"));
    }
    memset(longest, 'x', sizeof longest);
    text.ptr = longest;
    text.len = sizeof longest;
    EXPECT(floorbus_state_from_finesse(text, none, 0, &state), FLOORBUS_E_TOOBIG);
    EXPECT(
        floorbus_state_from_finesse(floorbus_cstr("\xff"), none, 0, &state), FLOORBUS_E_INVALID);
    CHECK(untouched(&state));

    text = floorbus_cstr("NOT_READY");
    EXPECT(floorbus_state_from_finesse(text, none, 32763, &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_RING_NO_ANSWER && state.reason_code == 0);
    EXPECT(floorbus_state_from_finesse(text, none, 412, &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_UNKNOWN && state.reason_code == 412);
    EXPECT(floorbus_state_from_finesse(floorbus_cstr("LOGOUT"), none, 255, &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_CONNECTION_LOST && state.reason_code == 0);
    EXPECT(floorbus_state_from_finesse(text, none, 50010, &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_RING_NO_ANSWER && state.reason_code == 0);
    EXPECT(floorbus_state_from_finesse(text, none, 50041, &state), FLOORBUS_OK);
    CHECK(state.cause == FLOORBUS_CAUSE_DEVICE_FAULT && state.reason_code == 0);
    for (index = 0; index < 2; index++) {
        /* -1 and -2, as two bytes have them */
        EXPECT(floorbus_state_from_finesse(floorbus_cstr("LOGOUT"), none,
                                           (uint16_t)(0xFFFF - index), &state), FLOORBUS_OK);
        CHECK(state.cause == FLOORBUS_CAUSE_FAILOVER && state.reason_code == 0);
        EXPECT(floorbus_state_from_finesse(floorbus_cstr("LOGOUT"), none,
                                           (uint16_t)(50040 + 2 * index), &state), FLOORBUS_OK);
        CHECK(state.cause == FLOORBUS_CAUSE_DEVICE_FAULT && state.reason_code == 0);
    }
    EXPECT(floorbus_state_from_finesse(floorbus_cstr("TALKING"), text, 0, &state), FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_BUSY && state.pending == FLOORBUS_STATE_NOT_READY);
    EXPECT(floorbus_state_to_finesse(&state, &text, &pending), FLOORBUS_OK);
    CHECK(is_text(text, "TALKING") && is_text(pending, "NOT_READY"));
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_AFTER_CALL, 0);
    EXPECT(floorbus_state_to_finesse(&state, &text, &pending), FLOORBUS_E_NOTFOUND);
    CHECK(is_text(text, "TALKING") && is_text(pending, "NOT_READY"));
}

static void csta_xml(void) {
    static const char *names[] = {
        "agentNotReady", "agentNull", "agentReady", "agentBusy", "agentWorkingAfterCall"};
    static const char *wrong[] = {"", "AgentReady", "agentReady ", "ready", "2"};
    const floorbus_str none = {NULL, 0};
    floorbus_agent_state state, numbered;
    floorbus_str text = {NULL, 77}, pending = {NULL, 77};
    size_t index;

    for (index = 0; index < sizeof names / sizeof *names; index++) {
        state = numbered = marked();
        EXPECT(floorbus_state_from_csta_xml(floorbus_cstr(names[index]), none, &state),
               FLOORBUS_OK);
        EXPECT(floorbus_state_from_csta((int32_t)index, FLOORBUS_NO_PENDING, &numbered),
               FLOORBUS_OK);
        CHECK(memcmp(&state, &numbered, sizeof state) == 0);
        EXPECT(floorbus_state_to_csta_xml(&state, &text, &pending), FLOORBUS_OK);
        CHECK(is_text(text, names[index]) && is_text(pending, ""));
    }
    for (index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        state = marked();
        EXPECT(floorbus_state_from_csta_xml(floorbus_cstr(wrong[index]), none, &state),
               FLOORBUS_E_INVALID);
        CHECK(untouched(&state) && error_names(wrong[index], "CSTA"));
    }
    EXPECT(floorbus_state_from_csta_xml(text, floorbus_cstr("agentBusy"), &state),
           FLOORBUS_E_INVALID);
    CHECK(untouched(&state) && error_names("pending agent state", "CSTA"));
    EXPECT(floorbus_state_from_csta_xml(floorbus_cstr("agentBusy"),
                                        floorbus_cstr("agentWorkingAfterCall"), &state),
           FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_BUSY && state.pending == FLOORBUS_STATE_AFTER_CALL);
    state = published(state.session, state.state, state.pending);
    EXPECT(floorbus_state_to_csta_xml(&state, &text, &pending), FLOORBUS_OK);
    CHECK(is_text(text, "agentBusy") && is_text(pending, "agentWorkingAfterCall"));
}

static void freeswitch(void) {
    enum { NR = FLOORBUS_STATE_NOT_READY, RD = FLOORBUS_STATE_READY };
    enum { RE = FLOORBUS_STATE_RESERVED, BU = FLOORBUS_STATE_BUSY };
    static const char *statuses[] = {
        "Logged Out", "Available", "Available (On Demand)", "On Break", "Unknown"};
    static const char *states[] = {
        "Idle", "Waiting", "Receiving", "Reserved", "In a queue call", "Unknown"};
    static const uint8_t sessions[] = {1, 2, 2, 2, 0};
    static const uint8_t listed[5][6] = {
        {0, 0, RE, RE, BU, 0}, {NR, RD, RE, RE, BU, 0}, {NR, RD, RE, RE, BU, 0},
        {NR, NR, RE, RE, BU, 0}, {0, 0, RE, RE, BU, 0}};
    static const uint8_t next[] = {0, 0, NR, NR, 0};
    floorbus_agent_state state;
    struct said said = {0, 0, 0, 0, 0, 1, 413};
    floorbus_str status = {NULL, 77};
    floorbus_str text = {NULL, 77};
    size_t row, column;

    for (row = 0; row < 5; row++) {
        for (column = 0; column < 6; column++) {
            state = marked();
            EXPECT(
                floorbus_state_from_freeswitch(
                    floorbus_cstr(statuses[row]), floorbus_cstr(states[column]), &state),
                FLOORBUS_OK);
            said.session = sessions[row];
            said.state = listed[row][column];
            said.pending = said.state == RE || said.state == BU ? next[row] : 0;
            said.call = said.state == RE ? FLOORBUS_CALL_OFFERED : 0;
            if (said.state == BU) said.call = FLOORBUS_CALL_CONNECTED;
            compare(&state, &said, __LINE__);
            EXPECT(floorbus_state_to_freeswitch(&state, &status, &text), FLOORBUS_OK);
            if (said.state == BU) CHECK(is_text(text, "In a queue call"));
            if (said.session == FLOORBUS_SESSION_LOGGED_OFF) CHECK(is_text(status, "Logged Out"));
            if (said.state == RD) CHECK(is_text(status, "Available") && is_text(text, "Waiting"));
            if (said.state == NR) CHECK(is_text(status, "On Break") && is_text(text, "Waiting"));
            if (said.pending == NR) CHECK(is_text(status, "On Break"));
        }
    }
    state = marked();
    EXPECT(
        floorbus_state_from_freeswitch(floorbus_cstr("on break"), floorbus_cstr("Idle"), &state),
        FLOORBUS_E_INVALID);
    CHECK(untouched(&state) && error_names("\"on break\"", "FreeSWITCH"));
    EXPECT(
        floorbus_state_from_freeswitch(floorbus_cstr("On Break"), floorbus_cstr(""), &state),
        FLOORBUS_E_INVALID);
    CHECK(untouched(&state) && error_names("agent state", "FreeSWITCH"));
    state = published(FLOORBUS_SESSION_LOGGED_ON, FLOORBUS_STATE_AFTER_CALL, 0);
    EXPECT(floorbus_state_to_freeswitch(&state, &status, &text), FLOORBUS_E_NOTFOUND);
}

int main(void) {
    csta_xml();
    finesse();
    freeswitch();
    return probe_end();
}
