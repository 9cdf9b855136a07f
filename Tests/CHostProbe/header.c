/* Everything floorbus.h declares, used once, as C and as C++: numbers, sizes and offsets are what
 * compiled programs rely on, so a change of one of them must fail here. */
#include <floorbus.h>
#include <stddef.h>
#include <string.h>

#include "probe.h"

#define PIN(name, value) CHECK((name) == (value))
#define AT(type, field, offset) CHECK(offsetof(type, field) == (offset))

static void pin_numbers(void) {
    PIN(FLOORBUS_OK, 0);
    PIN(FLOORBUS_E_INVALID, -1);
    PIN(FLOORBUS_E_NOMEM, -2);
    PIN(FLOORBUS_E_TIMEOUT, -3);
    PIN(FLOORBUS_E_AGAIN, -4);
    PIN(FLOORBUS_E_CLOSED, -5);
    PIN(FLOORBUS_E_STATE, -6);
    PIN(FLOORBUS_E_HANDLE, -7);
    PIN(FLOORBUS_E_FORKED, -8);
    PIN(FLOORBUS_E_ABI, -9);
    PIN(FLOORBUS_E_OFFLINE, -10);
    PIN(FLOORBUS_E_AUTH, -11);
    PIN(FLOORBUS_E_DENIED, -12);
    PIN(FLOORBUS_E_CONFLICT, -13);
    PIN(FLOORBUS_E_NOTFOUND, -14);
    PIN(FLOORBUS_E_EXISTS, -15);
    PIN(FLOORBUS_E_EXPIRED, -16);
    PIN(FLOORBUS_E_TOOBIG, -17);
    PIN(FLOORBUS_E_LIMIT, -18);
    PIN(FLOORBUS_E_BADKEY, -19);
    PIN(FLOORBUS_E_FENCED, -20);
    PIN(FLOORBUS_E_STORAGE, -21);
    PIN(FLOORBUS_E_PROTO, -22);
    PIN(FLOORBUS_E_TRUNC, -23);
    PIN(FLOORBUS_E_UNSUPPORTED, -24);
    PIN(FLOORBUS_E_INTERNAL, -99);
    PIN(FLOORBUS_KIND_AGENT, 1);
    PIN(FLOORBUS_KIND_FLAG, 2);
    PIN(FLOORBUS_KIND_QUEUE, 3);
    PIN(FLOORBUS_KIND_PRESENCE, 4);
    PIN(FLOORBUS_KIND_CUSTOM, 5);
    PIN(FLOORBUS_KIND_EVENT, 6);
    PIN(FLOORBUS_KIND_TEAM, 7);
    PIN(FLOORBUS_KIND_NOTE, 8);
    PIN(FLOORBUS_KIND_PRIVATE, 9);
    PIN(FLOORBUS_KIND_LINK, 64);
    PIN(FLOORBUS_KIND_SNAPSHOT_END, 66);
    PIN(FLOORBUS_KIND_GAP, 67);
    PIN(FLOORBUS_KIND_REFUSED, 68);
    PIN(FLOORBUS_OP_PUT, 1);
    PIN(FLOORBUS_OP_DELETE, 2);
    PIN(FLOORBUS_OP_APPEND, 3);
    PIN(FLOORBUS_OP_RAISE, 16);
    PIN(FLOORBUS_OP_SEEN, 17);
    PIN(FLOORBUS_OP_CLAIM, 18);
    PIN(FLOORBUS_OP_ENGAGE, 19);
    PIN(FLOORBUS_OP_RELEASE, 20);
    PIN(FLOORBUS_OP_REJECT, 21);
    PIN(FLOORBUS_OP_ANSWER, 22);
    PIN(FLOORBUS_OP_CLOSE, 23);
    PIN(FLOORBUS_OP_REOPEN, 24);
    PIN(FLOORBUS_OP_CANCEL, 25);
    PIN(FLOORBUS_OP_MERGE, 26);
    PIN(FLOORBUS_OP_ESCALATE, 27);
    PIN(FLOORBUS_OP_LEASE_LOST, 28);
    PIN(FLOORBUS_OP_EXPIRE, 29);
    PIN(FLOORBUS_OP_RATE, 30);
    PIN(FLOORBUS_OP_VERDICT, 31);
    PIN(FLOORBUS_EVF_SNAPSHOT, 1);
    PIN(FLOORBUS_EVF_COALESCED, 2);
    PIN(FLOORBUS_EVF_REPLAY, 4);
    PIN(FLOORBUS_EVF_WILL, 8);
    PIN(FLOORBUS_EVF_SUSPECT, 16);
    PIN(FLOORBUS_EVF_STALE, 32);
    PIN(FLOORBUS_EVF_UNLEASED, 64);
    PIN(FLOORBUS_FRESH_LIVE, 0);
    PIN(FLOORBUS_FRESH_SUSPECT, 1);
    PIN(FLOORBUS_FRESH_STALE, 2);
    PIN(FLOORBUS_LINK_DOWN, 0);
    PIN(FLOORBUS_LINK_FIRST, 1);
    PIN(FLOORBUS_LINK_RESUMED, 2);
    PIN(FLOORBUS_LINK_RESYNCED, 3);
    PIN(FLOORBUS_SESSION_UNKNOWN, 0);
    PIN(FLOORBUS_SESSION_LOGGED_OFF, 1);
    PIN(FLOORBUS_SESSION_LOGGED_ON, 2);
    PIN(FLOORBUS_STATE_UNKNOWN, 0);
    PIN(FLOORBUS_STATE_NOT_READY, 2);
    PIN(FLOORBUS_STATE_READY, 3);
    PIN(FLOORBUS_STATE_RESERVED, 4);
    PIN(FLOORBUS_STATE_BUSY, 5);
    PIN(FLOORBUS_STATE_AFTER_CALL, 6);
    PIN(FLOORBUS_CALL_NONE, 0);
    PIN(FLOORBUS_CALL_OFFERED, 1);
    PIN(FLOORBUS_CALL_ALERTING, 2);
    PIN(FLOORBUS_CALL_CONNECTED, 3);
    PIN(FLOORBUS_CALL_HELD, 4);
    PIN(FLOORBUS_CALL_CONSULTING, 5);
    PIN(FLOORBUS_CALL_CONFERENCED, 6);
    PIN(FLOORBUS_CALL_ENDED, 7);
    PIN(FLOORBUS_CALL_MISSED, 8);
    PIN(FLOORBUS_CALL_REJECTED, 9);
    PIN(FLOORBUS_CALL_FAILED, 10);
    PIN(FLOORBUS_CALL_PAUSED, 11);
    PIN(FLOORBUS_OVERLAY_HELP_SEEKING, 1);
    PIN(FLOORBUS_OVERLAY_MONITORED, 2);
    PIN(FLOORBUS_OVERLAY_WHISPERED, 4);
    PIN(FLOORBUS_OVERLAY_BARGED, 8);
    PIN(FLOORBUS_OVERLAY_MUTED, 16);
    PIN(FLOORBUS_OVERLAY_RECORDING_PAUSED, 32);
    PIN(FLOORBUS_CAUSE_UNKNOWN, 0);
    PIN(FLOORBUS_CAUSE_AGENT, 1);
    PIN(FLOORBUS_CAUSE_SUPERVISOR, 2);
    PIN(FLOORBUS_CAUSE_SUPPORT, 3);
    PIN(FLOORBUS_CAUSE_TIMER, 4);
    PIN(FLOORBUS_CAUSE_RING_NO_ANSWER, 5);
    PIN(FLOORBUS_CAUSE_REJECTED, 6);
    PIN(FLOORBUS_CAUSE_DEVICE_FAULT, 7);
    PIN(FLOORBUS_CAUSE_CONNECTION_LOST, 8);
    PIN(FLOORBUS_CAUSE_FAILOVER, 9);
    PIN(FLOORBUS_CAUSE_SCHEDULE, 10);
    PIN(FLOORBUS_CAUSE_API, 11);
    PIN(FLOORBUS_REASON_NONE, 0);
    PIN(FLOORBUS_REASON_BREAK, 1);
    PIN(FLOORBUS_REASON_MEAL, 2);
    PIN(FLOORBUS_REASON_TRAINING, 3);
    PIN(FLOORBUS_REASON_MEETING, 4);
    PIN(FLOORBUS_REASON_COACHING, 5);
    PIN(FLOORBUS_REASON_BACK_OFFICE, 6);
    PIN(FLOORBUS_REASON_SYSTEM_FAULT, 7);
    PIN(FLOORBUS_REASON_PERSONAL, 8);
    PIN(FLOORBUS_REASON_OTHER, 9);
}

static void pin_structs(void) {
    CHECK(sizeof(floorbus_str) == 16);
    AT(floorbus_str, ptr, 0);
    AT(floorbus_str, len, 8);
    CHECK(sizeof(floorbus_bytes) == 16);
    AT(floorbus_bytes, ptr, 0);
    AT(floorbus_bytes, len, 8);
    CHECK(sizeof(floorbus_agent_state) == 80);
    AT(floorbus_agent_state, struct_size, 0);
    AT(floorbus_agent_state, session, 4);
    AT(floorbus_agent_state, out_of_service, 5);
    AT(floorbus_agent_state, state, 6);
    AT(floorbus_agent_state, pending, 7);
    AT(floorbus_agent_state, call, 8);
    AT(floorbus_agent_state, overlays, 9);
    AT(floorbus_agent_state, cause, 10);
    AT(floorbus_agent_state, reason_class, 11);
    AT(floorbus_agent_state, reason_code, 12);
    AT(floorbus_agent_state, customer_star, 14);
    AT(floorbus_agent_state, freshness, 15);
    AT(floorbus_agent_state, reason, 16);
    AT(floorbus_agent_state, extension, 32);
    AT(floorbus_agent_state, seat, 48);
    AT(floorbus_agent_state, call_ref, 64);
    CHECK(sizeof(floorbus_event_info) == 104);
    AT(floorbus_event_info, struct_size, 0);
    AT(floorbus_event_info, kind, 4);
    AT(floorbus_event_info, op, 5);
    AT(floorbus_event_info, flags, 6);
    AT(floorbus_event_info, subscription, 8);
    AT(floorbus_event_info, coalesced, 12);
    AT(floorbus_event_info, rev, 16);
    AT(floorbus_event_info, prev_rev, 24);
    AT(floorbus_event_info, hub_time_us, 32);
    AT(floorbus_event_info, src_time_us, 40);
    AT(floorbus_event_info, count, 48);
    AT(floorbus_event_info, key, 56);
    AT(floorbus_event_info, payload, 72);
    AT(floorbus_event_info, schema, 88);
    AT(floorbus_event_info, link, 90);
    AT(floorbus_event_info, freshness, 91);
    AT(floorbus_event_info, epoch, 92);
    AT(floorbus_event_info, result, 96);
    AT(floorbus_event_info, reserved0, 100);
    CHECK(sizeof(floorbus_result) == 16);
    AT(floorbus_result, struct_size, 0);
    AT(floorbus_result, status, 4);
    AT(floorbus_result, rev, 8);
    CHECK(sizeof(floorbus_client_options) == 56);
    AT(floorbus_client_options, struct_size, 0);
    AT(floorbus_client_options, flags, 4);
    AT(floorbus_client_options, endpoints, 8);
    AT(floorbus_client_options, principal, 16);
    AT(floorbus_client_options, app_name, 24);
    AT(floorbus_client_options, heartbeat_ms, 32);
    AT(floorbus_client_options, reconnect_min_ms, 36);
    AT(floorbus_client_options, reconnect_max_ms, 40);
    AT(floorbus_client_options, outbox_limit, 44);
    AT(floorbus_client_options, window_bytes, 48);
    AT(floorbus_client_options, reserved0, 52);
    CHECK(sizeof(floorbus_sub_options) == 16);
    AT(floorbus_sub_options, struct_size, 0);
    AT(floorbus_sub_options, flags, 4);
    AT(floorbus_sub_options, min_interval_ms, 8);
    AT(floorbus_sub_options, reserved0, 12);
    CHECK(sizeof(floorbus_client_counts) == 112);
    AT(floorbus_client_counts, struct_size, 0);
    AT(floorbus_client_counts, connected, 4);
    AT(floorbus_client_counts, epoch, 8);
    AT(floorbus_client_counts, subscriptions, 12);
    AT(floorbus_client_counts, keys, 16);
    AT(floorbus_client_counts, outbox_depth, 20);
    AT(floorbus_client_counts, published, 24);
    AT(floorbus_client_counts, accepted, 32);
    AT(floorbus_client_counts, refused, 40);
    AT(floorbus_client_counts, records_in, 48);
    AT(floorbus_client_counts, coalesced, 56);
    AT(floorbus_client_counts, gaps, 64);
    AT(floorbus_client_counts, links, 72);
    AT(floorbus_client_counts, resyncs, 80);
    AT(floorbus_client_counts, bytes_in, 88);
    AT(floorbus_client_counts, bytes_out, 96);
    AT(floorbus_client_counts, round_trip_us, 104);
}

static void use_macros(void) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_sub_options sub_options = FLOORBUS_SUB_OPTIONS_INIT;
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    floorbus_str literal = FLOORBUS_STR("agent/bj/");
    floorbus_bytes none = {0, 0};
    floorbus_ticket all = FLOORBUS_TICKET_ALL;

    CHECK(state.struct_size == sizeof state && state.session == FLOORBUS_SESSION_LOGGED_ON);
    CHECK(state.state == 0 && state.reason.len == 0 && state.call_ref.ptr == 0);
    CHECK(info.struct_size == sizeof info && info.kind == 0 && info.reserved0 == 0);
    CHECK(result.struct_size == sizeof result && result.rev == 0);
    CHECK(options.struct_size == sizeof options && options.endpoints == 0);
    CHECK(sub_options.struct_size == sizeof sub_options && sub_options.min_interval_ms == 0);
    CHECK(counts.struct_size == sizeof counts && counts.round_trip_us == 0);
    CHECK(literal.len == 9 && none.len == 0);
    CHECK(all == UINT64_MAX);
    PIN(FLOORBUS_WAIT_FOREVER, -1);
    CHECK(floorbus_cstr("abc").len == 3 && floorbus_cstr("").len == 0);
    CHECK(floorbus_cstr(0).len == 0);
}

static void ask_the_library(void) {
    char sentence[512];
    char little[8];
    size_t needed;

    CHECK(floorbus_version() == ((uint32_t)FLOORBUS_VERSION_MAJOR << 16
                                 | (uint32_t)FLOORBUS_VERSION_MINOR << 8
                                 | (uint32_t)FLOORBUS_VERSION_PATCH));
    CHECK(floorbus_last_error(sentence, sizeof sentence) == 0 && sentence[0] == 0);
    CHECK(floorbus_check_abi(FLOORBUS_ABI_VERSION) == FLOORBUS_OK);
    CHECK(floorbus_check_abi(FLOORBUS_ABI_VERSION + 1) == FLOORBUS_E_ABI);
    needed = floorbus_last_error(sentence, sizeof sentence);
    CHECK(needed > 0 && needed == strlen(sentence) && strstr(sentence, "interface 2") != 0);
    CHECK(floorbus_last_error(little, sizeof little) == needed && strlen(little) == 7);
    CHECK(floorbus_last_error(0, 0) == needed);
    CHECK(strcmp(floorbus_strerror(FLOORBUS_E_TIMEOUT), "no answer in time") == 0);
    CHECK(strlen(floorbus_strerror(FLOORBUS_OK)) > 0);
    CHECK(strlen(floorbus_strerror(12345)) > 0);
}

/* The linker has to find every function, and its type has to be the header's. */
static void (*const everything[])(void) = {
    (void (*)(void))floorbus_check_abi,
    (void (*)(void))floorbus_client_close,
    (void (*)(void))floorbus_client_fd,
    (void (*)(void))floorbus_client_open,
    (void (*)(void))floorbus_client_stats,
    (void (*)(void))floorbus_client_wait_ready,
    (void (*)(void))floorbus_event_decode_state,
    (void (*)(void))floorbus_event_get,
    (void (*)(void))floorbus_event_release,
    (void (*)(void))floorbus_last_error,
    (void (*)(void))floorbus_publish_state,
    (void (*)(void))floorbus_recv,
    (void (*)(void))floorbus_remove,
    (void (*)(void))floorbus_state_from_asterisk,
    (void (*)(void))floorbus_state_from_csta,
    (void (*)(void))floorbus_state_from_finesse,
    (void (*)(void))floorbus_state_from_freeswitch,
    (void (*)(void))floorbus_state_from_tapi,
    (void (*)(void))floorbus_state_from_tsapi,
    (void (*)(void))floorbus_state_to_asterisk,
    (void (*)(void))floorbus_state_to_csta,
    (void (*)(void))floorbus_state_to_finesse,
    (void (*)(void))floorbus_state_to_freeswitch,
    (void (*)(void))floorbus_state_to_tapi,
    (void (*)(void))floorbus_state_to_tsapi,
    (void (*)(void))floorbus_strerror,
    (void (*)(void))floorbus_subscribe,
    (void (*)(void))floorbus_unsubscribe,
    (void (*)(void))floorbus_version,
    (void (*)(void))floorbus_wait,
};

/* What the header defines for itself, in a program's own declaration. */
FLOORBUS_API FLOORBUS_WARN_UNUSED int probe_answer(void);
int probe_answer(void) { return 42; }
FLOORBUS_INLINE int probe_twice(int value) { return 2 * value; }

int main(void) {
    size_t index;
    pin_numbers();
    pin_structs();
    use_macros();
    ask_the_library();
    CHECK(probe_answer() == 42 && probe_twice(21) == 42);
    for (index = 0; index < sizeof everything / sizeof everything[0]; index++) {
        CHECK(everything[index] != 0);
    }
    return probe_end();
}
