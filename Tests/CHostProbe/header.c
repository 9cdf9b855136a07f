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
    PIN(FLOORBUS_KIND_RESULT, 65);
    PIN(FLOORBUS_KIND_SNAPSHOT_END, 66);
    PIN(FLOORBUS_KIND_GAP, 67);
    PIN(FLOORBUS_KIND_REFUSED, 68);
    PIN(FLOORBUS_SCHEMA_FLAG, 1);
    PIN(FLOORBUS_SCHEMA_NOTE, 2);
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
    PIN(FLOORBUS_FLAG_UNKNOWN, 0);
    PIN(FLOORBUS_FLAG_RAISED, 1);
    PIN(FLOORBUS_FLAG_PENDING, 2);
    PIN(FLOORBUS_FLAG_CLAIMED, 3);
    PIN(FLOORBUS_FLAG_ENGAGED, 4);
    PIN(FLOORBUS_FLAG_ANSWERED, 5);
    PIN(FLOORBUS_FLAG_CLOSED, 6);
    PIN(FLOORBUS_FLAG_CANCELLED, 7);
    PIN(FLOORBUS_FLAG_MERGED, 8);
    PIN(FLOORBUS_FLAG_UNANSWERED, 9);
    PIN(FLOORBUS_FLAG_KIND_UNKNOWN, 0);
    PIN(FLOORBUS_FLAG_KIND_KNOWLEDGE, 1);
    PIN(FLOORBUS_FLAG_KIND_AUTHORITY, 2);
    PIN(FLOORBUS_FLAG_KIND_TAKEOVER, 3);
    PIN(FLOORBUS_FLAG_KIND_SYSTEM_FAULT, 4);
    PIN(FLOORBUS_FLAG_KIND_POLICY_BLOCKER, 5);
    PIN(FLOORBUS_FLAG_KIND_SAFETY, 6);
    PIN(FLOORBUS_FLAG_KIND_PERSONAL, 7);
    PIN(FLOORBUS_CHANNEL_UNKNOWN, 0);
    PIN(FLOORBUS_CHANNEL_DESK, 1);
    PIN(FLOORBUS_CHANNEL_CHAT, 2);
    PIN(FLOORBUS_CHANNEL_WHISPER, 3);
    PIN(FLOORBUS_CHANNEL_BARGE, 4);
    PIN(FLOORBUS_CHANNEL_TAKEOVER, 5);
    PIN(FLOORBUS_OUTCOME_UNKNOWN, 0);
    PIN(FLOORBUS_OUTCOME_ANSWERED, 1);
    PIN(FLOORBUS_OUTCOME_TRANSFERRED, 2);
    PIN(FLOORBUS_OUTCOME_TAKEN_OVER, 3);
    PIN(FLOORBUS_OUTCOME_NO_ANSWER_KNOWN, 4);
    PIN(FLOORBUS_FLAG_CAUSE_UNKNOWN, 0);
    PIN(FLOORBUS_FLAG_CAUSE_PERSON, 1);
    PIN(FLOORBUS_FLAG_CAUSE_TIMER, 2);
    PIN(FLOORBUS_FLAG_CAUSE_CALL_ENDED, 3);
    PIN(FLOORBUS_FLAG_CAUSE_LEASE_LOST, 4);
    PIN(FLOORBUS_FLAG_CAUSE_NEVER_ENGAGED, 5);
    PIN(FLOORBUS_FLAG_CAUSE_INCIDENT, 6);
    PIN(FLOORBUS_VERDICT_UNKNOWN, 0);
    PIN(FLOORBUS_VERDICT_CORRECT, 1);
    PIN(FLOORBUS_VERDICT_PARTLY, 2);
    PIN(FLOORBUS_VERDICT_WRONG, 3);
    PIN(FLOORBUS_SUPPORTER_UNKNOWN, 0);
    PIN(FLOORBUS_SUPPORTER_OFF_FLOOR, 1);
    PIN(FLOORBUS_SUPPORTER_AVAILABLE, 2);
    PIN(FLOORBUS_SUPPORTER_COMMITTED, 3);
    PIN(FLOORBUS_SUPPORTER_ENGAGED, 4);
    PIN(FLOORBUS_SUPPORTER_BREAK, 5);
    PIN(FLOORBUS_NOTE_UNKNOWN, 0);
    PIN(FLOORBUS_NOTE_ANNOUNCEMENT, 1);
    PIN(FLOORBUS_NOTE_REMINDER, 2);
    PIN(FLOORBUS_NOTE_ALERT, 3);
    PIN(FLOORBUS_NOTE_KUDOS, 4);
    PIN(FLOORBUS_NOTE_STATUS_UNKNOWN, 0);
    PIN(FLOORBUS_NOTE_STATUS_ACTIVE, 1);
    PIN(FLOORBUS_NOTE_STATUS_ACKNOWLEDGED, 2);
    PIN(FLOORBUS_NOTE_STATUS_CLEARED, 3);
    PIN(FLOORBUS_NOTE_STATUS_EXPIRED, 4);
    PIN(FLOORBUS_NOTE_STATUS_WITHDRAWN, 5);
    PIN(FLOORBUS_PRIORITY_UNKNOWN, 0);
    PIN(FLOORBUS_PRIORITY_NORMAL, 1);
    PIN(FLOORBUS_PRIORITY_URGENT, 2);
    PIN(FLOORBUS_SEVERITY_UNKNOWN, 0);
    PIN(FLOORBUS_SEVERITY_INFORMATION, 1);
    PIN(FLOORBUS_SEVERITY_WARNING, 2);
    PIN(FLOORBUS_SEVERITY_CRITICAL, 3);
    PIN(FLOORBUS_ROLE_AGENT, 1);
    PIN(FLOORBUS_ROLE_SUPPORTER, 2);
    PIN(FLOORBUS_ROLE_SUPERVISOR, 4);
    PIN(FLOORBUS_ROLE_WALLBOARD, 8);
    PIN(FLOORBUS_ROLE_SYSTEM, 16);
    PIN(FLOORBUS_UNIT_UNKNOWN, 0);
    PIN(FLOORBUS_UNIT_COUNT, 1);
    PIN(FLOORBUS_UNIT_MILLISECONDS, 2);
    PIN(FLOORBUS_UNIT_PERMILLE, 3);
    PIN(FLOORBUS_UNIT_TIMESTAMP, 4);
    PIN(FLOORBUS_UNIT_HUNDREDTHS, 5);
    PIN(FLOORBUS_FORMULA_UNKNOWN, 0);
    PIN(FLOORBUS_FORMULA_COUNT, 1);
    PIN(FLOORBUS_FORMULA_MEAN, 2);
    PIN(FLOORBUS_FORMULA_WEIGHTED_MEAN, 3);
    PIN(FLOORBUS_FORMULA_MAXIMUM, 4);
    PIN(FLOORBUS_FORMULA_MEDIAN, 5);
    PIN(FLOORBUS_FORMULA_PERCENTILE_90, 6);
    PIN(FLOORBUS_FORMULA_SL_ANSWERED, 16);
    PIN(FLOORBUS_FORMULA_SL_WITH_ABANDON, 17);
    PIN(FLOORBUS_FORMULA_SL_OFFERED, 18);
    PIN(FLOORBUS_FORMULA_SL_OFFERED_LESS_SHORT, 19);
    PIN(FLOORBUS_FORMULA_SL_INSTANT, 20);
    PIN(FLOORBUS_WINDOW_UNKNOWN, 0);
    PIN(FLOORBUS_WINDOW_NOW, 1);
    PIN(FLOORBUS_WINDOW_SINCE_MIDNIGHT, 2);
    PIN(FLOORBUS_WINDOW_15_MINUTES, 3);
    PIN(FLOORBUS_WINDOW_HOUR, 4);
    PIN(FLOORBUS_WINDOW_24_HOURS, 5);
    PIN(FLOORBUS_WINDOW_SINCE_START, 6);
    PIN(FLOORBUS_RESULT_VOLATILE, 1);
    PIN(FLOORBUS_PUB_UNLEASED, 1);
    PIN(FLOORBUS_CLIENT_RESULT_EVENTS, 1);
    PIN(FLOORBUS_HUB_ALLOW_INSECURE, 1);
}

static void pin_structs(void) {
    CHECK(sizeof(floorbus_str) == 16);
    AT(floorbus_str, ptr, 0);
    AT(floorbus_str, len, 8);
    CHECK(sizeof(floorbus_bytes) == 16);
    AT(floorbus_bytes, ptr, 0);
    AT(floorbus_bytes, len, 8);
    CHECK(sizeof(floorbus_id) == 16);
    AT(floorbus_id, b, 0);
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
    CHECK(sizeof(floorbus_event_info) == 128);
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
    AT(floorbus_event_info, claim_gen, 100);
    AT(floorbus_event_info, ticket, 104);
    AT(floorbus_event_info, owner, 112);
    CHECK(sizeof(floorbus_result) == 160);
    AT(floorbus_result, struct_size, 0);
    AT(floorbus_result, status, 4);
    AT(floorbus_result, rev, 8);
    AT(floorbus_result, claim_gen, 16);
    AT(floorbus_result, flags, 20);
    AT(floorbus_result, owner, 24);
    CHECK(sizeof(floorbus_figure) == 56);
    AT(floorbus_figure, struct_size, 0);
    AT(floorbus_figure, unit, 4);
    AT(floorbus_figure, formula, 5);
    AT(floorbus_figure, window, 6);
    AT(floorbus_figure, reserved0, 7);
    AT(floorbus_figure, value, 8);
    AT(floorbus_figure, as_of_us, 16);
    AT(floorbus_figure, n, 24);
    AT(floorbus_figure, threshold_ms, 28);
    AT(floorbus_figure, zone_minutes, 32);
    AT(floorbus_figure, reserved1, 34);
    AT(floorbus_figure, reserved2, 36);
    AT(floorbus_figure, name, 40);
    CHECK(sizeof(floorbus_queue) == 104);
    AT(floorbus_queue, struct_size, 0);
    AT(floorbus_queue, waiting, 4);
    AT(floorbus_queue, oldest_enqueued_us, 8);
    AT(floorbus_queue, offered, 16);
    AT(floorbus_queue, answered, 20);
    AT(floorbus_queue, abandoned, 24);
    AT(floorbus_queue, abandoned_short, 28);
    AT(floorbus_queue, overflowed, 32);
    AT(floorbus_queue, timed_out, 36);
    AT(floorbus_queue, exited_by_key, 40);
    AT(floorbus_queue, callback_taken, 44);
    AT(floorbus_queue, agents_logged_on, 48);
    AT(floorbus_queue, agents_ready, 52);
    AT(floorbus_queue, agents_reserved, 56);
    AT(floorbus_queue, agents_busy_inbound, 60);
    AT(floorbus_queue, agents_busy_outbound, 64);
    AT(floorbus_queue, agents_busy_internal, 68);
    AT(floorbus_queue, agents_after_call, 72);
    AT(floorbus_queue, agents_not_ready, 76);
    AT(floorbus_queue, agents_busy_other, 80);
    AT(floorbus_queue, window, 84);
    AT(floorbus_queue, freshness, 85);
    AT(floorbus_queue, reserved0, 86);
    AT(floorbus_queue, figures, 88);
    AT(floorbus_queue, figure_count, 96);
    CHECK(sizeof(floorbus_team) == 24);
    AT(floorbus_team, struct_size, 0);
    AT(floorbus_team, freshness, 4);
    AT(floorbus_team, reserved0, 5);
    AT(floorbus_team, figures, 8);
    AT(floorbus_team, figure_count, 16);
    CHECK(sizeof(floorbus_flag_request) == 128);
    AT(floorbus_flag_request, struct_size, 0);
    AT(floorbus_flag_request, claim_gen, 4);
    AT(floorbus_flag_request, kind, 8);
    AT(floorbus_flag_request, channel, 9);
    AT(floorbus_flag_request, outcome, 10);
    AT(floorbus_flag_request, customer_star, 11);
    AT(floorbus_flag_request, rating, 12);
    AT(floorbus_flag_request, verdict, 13);
    AT(floorbus_flag_request, reserved0, 14);
    AT(floorbus_flag_request, incident, 16);
    AT(floorbus_flag_request, text, 32);
    AT(floorbus_flag_request, knowledge, 48);
    AT(floorbus_flag_request, category, 64);
    AT(floorbus_flag_request, call_ref, 80);
    AT(floorbus_flag_request, seat, 96);
    AT(floorbus_flag_request, agent, 112);
    CHECK(sizeof(floorbus_flag) == 336);
    AT(floorbus_flag, struct_size, 0);
    AT(floorbus_flag, claim_gen, 4);
    AT(floorbus_flag, status, 8);
    AT(floorbus_flag, kind, 9);
    AT(floorbus_flag, channel_wanted, 10);
    AT(floorbus_flag, channel, 11);
    AT(floorbus_flag, outcome, 12);
    AT(floorbus_flag, cause, 13);
    AT(floorbus_flag, customer_star, 14);
    AT(floorbus_flag, escalation, 15);
    AT(floorbus_flag, claims, 16);
    AT(floorbus_flag, reopens, 18);
    AT(floorbus_flag, viewers, 20);
    AT(floorbus_flag, eligible, 22);
    AT(floorbus_flag, merged, 24);
    AT(floorbus_flag, has_words, 28);
    AT(floorbus_flag, rating, 29);
    AT(floorbus_flag, verdict, 30);
    AT(floorbus_flag, reserved0, 31);
    AT(floorbus_flag, raised_us, 32);
    AT(floorbus_flag, seen_us, 40);
    AT(floorbus_flag, claimed_us, 48);
    AT(floorbus_flag, engaged_us, 56);
    AT(floorbus_flag, answered_us, 64);
    AT(floorbus_flag, ended_us, 72);
    AT(floorbus_flag, escalated_us, 80);
    AT(floorbus_flag, reopened_us, 88);
    AT(floorbus_flag, rated_us, 96);
    AT(floorbus_flag, verdict_us, 104);
    AT(floorbus_flag, flag_id, 112);
    AT(floorbus_flag, merged_into, 128);
    AT(floorbus_flag, category, 144);
    AT(floorbus_flag, owner, 160);
    AT(floorbus_flag, team, 176);
    AT(floorbus_flag, agent, 192);
    AT(floorbus_flag, seat, 208);
    AT(floorbus_flag, call_ref, 224);
    AT(floorbus_flag, text, 240);
    AT(floorbus_flag, answer, 256);
    AT(floorbus_flag, knowledge, 272);
    AT(floorbus_flag, reason, 288);
    AT(floorbus_flag, comment, 304);
    AT(floorbus_flag, verdict_by, 320);
    CHECK(sizeof(floorbus_note) == 168);
    AT(floorbus_note, struct_size, 0);
    AT(floorbus_note, kind, 4);
    AT(floorbus_note, status, 5);
    AT(floorbus_note, priority, 6);
    AT(floorbus_note, severity, 7);
    AT(floorbus_note, roles, 8);
    AT(floorbus_note, receipts, 12);
    AT(floorbus_note, expires_us, 16);
    AT(floorbus_note, sent_us, 24);
    AT(floorbus_note, acknowledged_us, 32);
    AT(floorbus_note, ended_us, 40);
    AT(floorbus_note, value, 48);
    AT(floorbus_note, note_id, 56);
    AT(floorbus_note, text, 72);
    AT(floorbus_note, person, 88);
    AT(floorbus_note, sender, 104);
    AT(floorbus_note, rule, 120);
    AT(floorbus_note, subject, 136);
    AT(floorbus_note, acknowledged_by, 152);
    CHECK(sizeof(floorbus_presence) == 24);
    AT(floorbus_presence, struct_size, 0);
    AT(floorbus_presence, sessions, 4);
    AT(floorbus_presence, since_us, 8);
    AT(floorbus_presence, supporter, 16);
    AT(floorbus_presence, reserved0, 17);
    AT(floorbus_presence, flags, 18);
    AT(floorbus_presence, reserved1, 20);
    CHECK(sizeof(floorbus_publish_options) == 24);
    AT(floorbus_publish_options, struct_size, 0);
    AT(floorbus_publish_options, flags, 4);
    AT(floorbus_publish_options, expected_rev, 8);
    AT(floorbus_publish_options, src_time_us, 16);
    CHECK(sizeof(floorbus_client_options) == 88);
    AT(floorbus_client_options, struct_size, 0);
    AT(floorbus_client_options, flags, 4);
    AT(floorbus_client_options, endpoints, 8);
    AT(floorbus_client_options, principal, 16);
    AT(floorbus_client_options, app_name, 24);
    AT(floorbus_client_options, outbox_path, 32);
    AT(floorbus_client_options, host_encoding, 40);
    AT(floorbus_client_options, will_key, 48);
    AT(floorbus_client_options, will_state, 56);
    AT(floorbus_client_options, will_grace_ms, 64);
    AT(floorbus_client_options, heartbeat_ms, 68);
    AT(floorbus_client_options, reconnect_min_ms, 72);
    AT(floorbus_client_options, reconnect_max_ms, 76);
    AT(floorbus_client_options, outbox_limit, 80);
    AT(floorbus_client_options, window_bytes, 84);
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
    CHECK(sizeof(floorbus_hub_options) == 48);
    AT(floorbus_hub_options, struct_size, 0);
    AT(floorbus_hub_options, flags, 4);
    AT(floorbus_hub_options, listen, 8);
    AT(floorbus_hub_options, tap_listen, 16);
    AT(floorbus_hub_options, max_clients, 24);
    AT(floorbus_hub_options, max_keys, 28);
    AT(floorbus_hub_options, journal_records, 32);
    AT(floorbus_hub_options, suspect_ms, 36);
    AT(floorbus_hub_options, stale_ms, 40);
    AT(floorbus_hub_options, reserved0, 44);
    CHECK(sizeof(floorbus_hub_counts) == 120);
    AT(floorbus_hub_counts, struct_size, 0);
    AT(floorbus_hub_counts, epoch, 4);
    AT(floorbus_hub_counts, sessions, 8);
    AT(floorbus_hub_counts, subscriptions, 16);
    AT(floorbus_hub_counts, keys, 24);
    AT(floorbus_hub_counts, records_in, 32);
    AT(floorbus_hub_counts, records_out, 40);
    AT(floorbus_hub_counts, coalesced, 48);
    AT(floorbus_hub_counts, duplicates, 56);
    AT(floorbus_hub_counts, gaps, 64);
    AT(floorbus_hub_counts, refused, 72);
    AT(floorbus_hub_counts, denied, 80);
    AT(floorbus_hub_counts, malformed, 88);
    AT(floorbus_hub_counts, blocked, 96);
    AT(floorbus_hub_counts, bytes_in, 104);
    AT(floorbus_hub_counts, bytes_out, 112);
}

static void use_macros(void) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_result result = FLOORBUS_RESULT_INIT;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_sub_options sub_options = FLOORBUS_SUB_OPTIONS_INIT;
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    floorbus_figure figure = FLOORBUS_FIGURE_INIT;
    floorbus_queue queue = FLOORBUS_QUEUE_INIT;
    floorbus_team team = FLOORBUS_TEAM_INIT;
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_flag flag = FLOORBUS_FLAG_INIT;
    floorbus_note note = FLOORBUS_NOTE_INIT;
    floorbus_presence presence = FLOORBUS_PRESENCE_INIT;
    floorbus_publish_options publish = FLOORBUS_PUBLISH_OPTIONS_INIT;
    floorbus_hub_options hub = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub_counts hub_counts = FLOORBUS_HUB_COUNTS_INIT;
    char id_text[FLOORBUS_ID_TEXT_BYTES];
    floorbus_event_function function = 0;
    floorbus_drop_function drop = 0;
    floorbus_str literal = FLOORBUS_STR("agent/bj/");
    floorbus_bytes none = {0, 0};
    floorbus_ticket all = FLOORBUS_TICKET_ALL;

    CHECK(state.struct_size == sizeof state && state.session == FLOORBUS_SESSION_LOGGED_ON);
    CHECK(state.state == 0 && state.reason.len == 0 && state.call_ref.ptr == 0);
    CHECK(info.struct_size == sizeof info && info.kind == 0 && info.owner.len == 0);
    CHECK(result.struct_size == sizeof result && result.rev == 0);
    CHECK(options.struct_size == sizeof options && options.endpoints == 0);
    CHECK(sub_options.struct_size == sizeof sub_options && sub_options.min_interval_ms == 0);
    CHECK(counts.struct_size == sizeof counts && counts.round_trip_us == 0);
    CHECK(figure.struct_size == sizeof figure && figure.name.len == 0);
    CHECK(queue.struct_size == sizeof queue && queue.window == FLOORBUS_WINDOW_SINCE_START);
    CHECK(queue.figures == 0 && queue.figure_count == 0 && queue.reserved0 == 0);
    CHECK(team.struct_size == sizeof team && team.figure_count == 0);
    CHECK(request.struct_size == sizeof request && request.agent.len == 0);
    CHECK(flag.struct_size == sizeof flag && flag.verdict_by.len == 0 && flag.raised_us == 0);
    CHECK(note.struct_size == sizeof note && note.acknowledged_by.len == 0);
    CHECK(presence.struct_size == sizeof presence && presence.flags == 0);
    CHECK(publish.struct_size == sizeof publish && publish.src_time_us == 0);
    CHECK(hub.struct_size == sizeof hub && hub.listen == 0 && hub.reserved0 == 0);
    CHECK(hub_counts.struct_size == sizeof hub_counts && hub_counts.bytes_out == 0);
    CHECK(sizeof id_text == 33 && function == 0 && drop == 0);
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

static void make_ids(void) {
    floorbus_id first;
    floorbus_id second;
    floorbus_id again;
    char text[FLOORBUS_ID_TEXT_BYTES];

    CHECK(floorbus_new_id(&first) == FLOORBUS_OK && floorbus_new_id(&second) == FLOORBUS_OK);
    CHECK(memcmp(&first, &second, sizeof first) != 0);
    CHECK(first.b[6] >> 4 == 7 && first.b[8] >> 6 == 2); /* version and variant, RFC 9562 */
    CHECK(floorbus_id_text(&first, text) == FLOORBUS_OK && strlen(text) == 32);
    CHECK(floorbus_id_parse(floorbus_cstr(text), &again) == FLOORBUS_OK);
    CHECK(memcmp(&first, &again, sizeof first) == 0);
    CHECK(floorbus_id_parse(
              floorbus_cstr("00010203-0405-7607-8809-0a0b0c0d0e0F"), &again) == FLOORBUS_OK);
    CHECK(again.b[0] == 0 && again.b[1] == 1 && again.b[15] == 15);
    CHECK(floorbus_id_parse(floorbus_cstr("0001"), &again) == FLOORBUS_E_INVALID);
    CHECK(floorbus_id_parse(floorbus_cstr(text), 0) == FLOORBUS_E_INVALID);
    CHECK(floorbus_new_id(0) == FLOORBUS_E_INVALID);
    CHECK(floorbus_id_text(0, text) == FLOORBUS_E_INVALID);
    CHECK(floorbus_id_text(&first, 0) == FLOORBUS_E_INVALID);
}

/* The conveniences are compiled into every program: without a client they answer E_HANDLE. */
static void use_conveniences(void) {
    floorbus_str key = FLOORBUS_STR("flag/bj/sales/000102030405760788090a0b0c0d0e0f/");
    floorbus_str none = floorbus_cstr(0);
    CHECK(floorbus_flag_claim(0, key, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_engage(0, key, 1, FLOORBUS_CHANNEL_DESK, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_release(0, key, 1, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_answer(0, key, 1, none, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_close(0, key, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_cancel(0, key, none, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_rate(0, key, 5, none, 0) == FLOORBUS_E_HANDLE);
}

/* The linker has to find every function, and its type has to be the header's. */
static void (*const everything[])(void) = {
    (void (*)(void))floorbus_check_abi,
    (void (*)(void))floorbus_client_close,
    (void (*)(void))floorbus_client_fd,
    (void (*)(void))floorbus_client_open,
    (void (*)(void))floorbus_client_stats,
    (void (*)(void))floorbus_client_wait_ready,
    (void (*)(void))floorbus_dispatch,
    (void (*)(void))floorbus_event_decode_flag,
    (void (*)(void))floorbus_event_decode_note,
    (void (*)(void))floorbus_event_decode_presence,
    (void (*)(void))floorbus_event_decode_queue,
    (void (*)(void))floorbus_event_decode_state,
    (void (*)(void))floorbus_event_decode_team,
    (void (*)(void))floorbus_event_get,
    (void (*)(void))floorbus_event_release,
    (void (*)(void))floorbus_flag_change,
    (void (*)(void))floorbus_flag_raise,
    (void (*)(void))floorbus_get,
    (void (*)(void))floorbus_get_presence,
    (void (*)(void))floorbus_hub_client,
    (void (*)(void))floorbus_hub_endpoint,
    (void (*)(void))floorbus_hub_start,
    (void (*)(void))floorbus_hub_stats,
    (void (*)(void))floorbus_hub_stop,
    (void (*)(void))floorbus_id_parse,
    (void (*)(void))floorbus_id_text,
    (void (*)(void))floorbus_last_error,
    (void (*)(void))floorbus_new_id,
    (void (*)(void))floorbus_note_acknowledge,
    (void (*)(void))floorbus_note_send,
    (void (*)(void))floorbus_note_withdraw,
    (void (*)(void))floorbus_publish_custom,
    (void (*)(void))floorbus_publish_queue,
    (void (*)(void))floorbus_publish_state,
    (void (*)(void))floorbus_publish_team,
    (void (*)(void))floorbus_recv,
    (void (*)(void))floorbus_remove,
    (void (*)(void))floorbus_replay,
    (void (*)(void))floorbus_set_callback,
    (void (*)(void))floorbus_set_duty,
    (void (*)(void))floorbus_snapshot_free,
    (void (*)(void))floorbus_snapshot_next,
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
    make_ids();
    use_conveniences();
    CHECK(probe_answer() == 42 && probe_twice(21) == 42);
    for (index = 0; index < sizeof everything / sizeof everything[0]; index++) {
        CHECK(everything[index] != 0);
    }
    return probe_end();
}
