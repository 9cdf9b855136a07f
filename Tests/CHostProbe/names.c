/* Names of numbers and numbers of names. That each is the vocabulary's HeaderTests compares. */
#include <string.h>

#include "probe.h"

/* Each set with one of its numbers, and how that is called. */
static const struct {
    int32_t set, number;
    const char *name;
    int count; /* names of the set */
} sets[] = {
    {FLOORBUS_NAMES_STATUS, FLOORBUS_E_NOTFOUND, "E_NOTFOUND", 26},
    {FLOORBUS_NAMES_KIND, FLOORBUS_KIND_SNAPSHOT_END, "snapshotEnd", 16},
    {FLOORBUS_NAMES_OP, FLOORBUS_OP_LEASE_LOST, "leaseLost", 19},
    {FLOORBUS_NAMES_EVF, FLOORBUS_EVF_UNLEASED, "unleased", 7},
    {FLOORBUS_NAMES_FRESH, FLOORBUS_FRESH_STALE, "stale", 3},
    {FLOORBUS_NAMES_LINK, FLOORBUS_LINK_RESYNCED, "resynced", 4},
    {FLOORBUS_NAMES_SESSION, FLOORBUS_SESSION_LOGGED_ON, "loggedOn", 3},
    {FLOORBUS_NAMES_STATE, FLOORBUS_STATE_NOT_READY, "notReady", 6},
    {FLOORBUS_NAMES_CALL, FLOORBUS_CALL_PAUSED, "paused", 12},
    {FLOORBUS_NAMES_OVERLAY, FLOORBUS_OVERLAY_RECORDING_PAUSED, "recordingPaused", 6},
    {FLOORBUS_NAMES_CAUSE, FLOORBUS_CAUSE_RING_NO_ANSWER, "ringNoAnswer", 12},
    {FLOORBUS_NAMES_REASON, FLOORBUS_REASON_BREAK, "break", 10},
    {FLOORBUS_NAMES_FLAG, FLOORBUS_FLAG_UNANSWERED, "unanswered", 10},
    {FLOORBUS_NAMES_FLAG_KIND, FLOORBUS_FLAG_KIND_SYSTEM_FAULT, "systemFault", 8},
    {FLOORBUS_NAMES_CHANNEL, FLOORBUS_CHANNEL_WHISPER, "whisper", 6},
    {FLOORBUS_NAMES_OUTCOME, FLOORBUS_OUTCOME_NO_ANSWER_KNOWN, "noAnswerKnown", 5},
    {FLOORBUS_NAMES_FLAG_CAUSE, FLOORBUS_FLAG_CAUSE_CALL_ENDED, "callEnded", 7},
    {FLOORBUS_NAMES_VERDICT, FLOORBUS_VERDICT_PARTLY, "partly", 4},
    {FLOORBUS_NAMES_SUPPORTER, FLOORBUS_SUPPORTER_BREAK, "break", 6},
    {FLOORBUS_NAMES_NOTE, FLOORBUS_NOTE_KUDOS, "kudos", 5},
    {FLOORBUS_NAMES_NOTE_STATUS, FLOORBUS_NOTE_STATUS_WITHDRAWN, "withdrawn", 6},
    {FLOORBUS_NAMES_PRIORITY, FLOORBUS_PRIORITY_URGENT, "urgent", 3},
    {FLOORBUS_NAMES_SEVERITY, FLOORBUS_SEVERITY_CRITICAL, "critical", 4},
    {FLOORBUS_NAMES_ROLE, FLOORBUS_ROLE_SYSTEM, "system", 5},
    {FLOORBUS_NAMES_UNIT, FLOORBUS_UNIT_MILLISECONDS, "ms", 6},
    {FLOORBUS_NAMES_FORMULA, FLOORBUS_FORMULA_SL_INSTANT, "SL.instant", 12},
    {FLOORBUS_NAMES_WINDOW, FLOORBUS_WINDOW_24_HOURS, "24h", 7},
    {FLOORBUS_NAMES_CATALOGUE, FLOORBUS_CATALOGUE_PERSON, "person", 3},
    {FLOORBUS_NAMES_LOG, FLOORBUS_LOG_ERROR, "error", 3},
};

int main(void) {
    size_t index;
    int32_t number, back;
    char longest[100];
    floorbus_str too_long;
    for (index = 0; index < sizeof sets / sizeof *sets; index++) {
        const char *name = floorbus_name(sets[index].set, sets[index].number);
        int count = 0;
        CHECK(name != NULL && strcmp(name, sets[index].name) == 0);
        for (number = -200; number <= 200; number++) {
            name = floorbus_name(sets[index].set, number);
            if (name == NULL) continue;
            count++;
            CHECK(strlen(name) > 0);
            back = 77;
            EXPECT(floorbus_number(sets[index].set, floorbus_cstr(name), &back), FLOORBUS_OK);
            CHECK(back == number);
        }
        if (count != sets[index].count) {
            fprintf(stderr, "set %d has %d names, not %d\n", (int)sets[index].set, count,
                    sets[index].count);
            probe_failures++;
        }
    }
    CHECK(floorbus_name(0, 0) == NULL && floorbus_name(30, 0) == NULL);
    CHECK(floorbus_name(-1, INT32_MIN) == NULL);
    CHECK(floorbus_name(FLOORBUS_NAMES_STATE, 1) == NULL); /* logged off is a session's */
    CHECK(floorbus_name(FLOORBUS_NAMES_STATE, INT32_MAX) == NULL);
    CHECK(floorbus_name(FLOORBUS_NAMES_ROLE, 3) == NULL); /* two bits */
    back = 77;
    EXPECT(floorbus_number(FLOORBUS_NAMES_STATE, floorbus_cstr("NOTREADY"), &back),
           FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_number(FLOORBUS_NAMES_STATE, floorbus_cstr("notRead"), &back),
           FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_number(FLOORBUS_NAMES_STATE, floorbus_cstr(""), &back), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_number(0, floorbus_cstr("ready"), &back), FLOORBUS_E_INVALID);
    EXPECT(floorbus_number(FLOORBUS_NAMES_STATE, floorbus_cstr("ready"), NULL),
           FLOORBUS_E_INVALID);
    memset(longest, 'x', sizeof longest);
    too_long.ptr = longest;
    too_long.len = sizeof longest;
    EXPECT(floorbus_number(FLOORBUS_NAMES_STATE, too_long, &back), FLOORBUS_E_TOOBIG);
    too_long.len = (size_t)-1;
    EXPECT(floorbus_number(FLOORBUS_NAMES_STATE, too_long, &back), FLOORBUS_E_INVALID);
    CHECK(back == 77);
    return probe_end();
}
