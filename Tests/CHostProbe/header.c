/* The macros and functions of floorbus.h, each used once, as C and as C++; numbers.c has the
 * enumerations, layout.c the structs. */
#include <floorbus.h>
#include <stddef.h>
#include <string.h>

#include "probe.h"

#define PIN(name, value) CHECK((name) == (value))

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
    floorbus_catalogue catalogue = FLOORBUS_CATALOGUE_INIT;
    floorbus_publish_options publish = FLOORBUS_PUBLISH_OPTIONS_INIT;
    floorbus_hub_options hub = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub_counts hub_counts = FLOORBUS_HUB_COUNTS_INIT;
    char id_text[FLOORBUS_ID_TEXT_BYTES];
    floorbus_event_function function = 0;
    floorbus_drop_function drop = 0;
    floorbus_log_function log = 0;
    floorbus_str literal = FLOORBUS_STR("agent/bj/");
    floorbus_bytes none = {0, 0};
    floorbus_ticket all = FLOORBUS_TICKET_ALL;

    CHECK(state.struct_size == sizeof state && state.session == FLOORBUS_SESSION_LOGGED_ON);
    CHECK(state.state == 0 && state.reason.len == 0 && state.call_ref.ptr == 0);
    CHECK(info.struct_size == sizeof info && info.kind == 0 && info.owner.len == 0);
    CHECK(result.struct_size == sizeof result && result.rev == 0);
    CHECK(options.struct_size == sizeof options && options.endpoints == 0);
    CHECK(sub_options.struct_size == sizeof sub_options && sub_options.min_interval_ms == 0);
    CHECK(counts.struct_size == sizeof counts && counts.recovered == 0);
    CHECK(figure.struct_size == sizeof figure && figure.name.len == 0);
    CHECK(queue.struct_size == sizeof queue && queue.window == FLOORBUS_WINDOW_SINCE_START);
    CHECK(queue.figures == 0 && queue.figure_count == 0 && queue.reserved0 == 0);
    CHECK(team.struct_size == sizeof team && team.figure_count == 0);
    CHECK(request.struct_size == sizeof request && request.agent.len == 0);
    CHECK(flag.struct_size == sizeof flag && flag.verdict_by.len == 0 && flag.raised_us == 0);
    CHECK(note.struct_size == sizeof note && note.acknowledged_by.len == 0);
    CHECK(presence.struct_size == sizeof presence && presence.flags == 0);
    CHECK(catalogue.struct_size == sizeof catalogue && catalogue.team.len == 0);
    CHECK(publish.struct_size == sizeof publish && publish.src_time_us == 0);
    CHECK(hub.struct_size == sizeof hub && hub.listen == 0 && hub.reserved0 == 0);
    CHECK(hub_counts.struct_size == sizeof hub_counts && hub_counts.bytes_out == 0);
    CHECK(sizeof id_text == 33 && function == 0 && drop == 0 && log == 0);
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
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    int32_t agent_state = 77;
    CHECK(floorbus_flag_claim(0, key, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_engage(0, key, 1, FLOORBUS_CHANNEL_DESK, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_release(0, key, 1, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_answer(0, key, 1, none, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_close(0, key, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_cancel(0, key, none, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_flag_rate(0, key, 5, none, 0) == FLOORBUS_E_HANDLE);
    CHECK(floorbus_state_from_tapi(1, &state) == FLOORBUS_OK);
    CHECK(state.state == FLOORBUS_STATE_READY);
    CHECK(floorbus_state_to_tapi(&state, &agent_state) == FLOORBUS_OK && agent_state == 1);
}

/* The linker has to find every function, and its type has to be the header's. */
static void (*const everything[])(void) = {
    (void (*)(void))floorbus_check_abi,
    (void (*)(void))floorbus_client_close,
    (void (*)(void))floorbus_client_fd,
    (void (*)(void))floorbus_client_open,
    (void (*)(void))floorbus_client_stats,
    (void (*)(void))floorbus_client_time,
    (void (*)(void))floorbus_client_wait_ready,
    (void (*)(void))floorbus_dispatch,
    (void (*)(void))floorbus_event_decode_catalogue,
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
    (void (*)(void))floorbus_name,
    (void (*)(void))floorbus_new_id,
    (void (*)(void))floorbus_note_acknowledge,
    (void (*)(void))floorbus_note_send,
    (void (*)(void))floorbus_note_withdraw,
    (void (*)(void))floorbus_number,
    (void (*)(void))floorbus_publish_custom,
    (void (*)(void))floorbus_publish_queue,
    (void (*)(void))floorbus_publish_state,
    (void (*)(void))floorbus_publish_team,
    (void (*)(void))floorbus_recv,
    (void (*)(void))floorbus_remove,
    (void (*)(void))floorbus_replay,
    (void (*)(void))floorbus_set_callback,
    (void (*)(void))floorbus_set_duty,
    (void (*)(void))floorbus_set_log,
    (void (*)(void))floorbus_snapshot_free,
    (void (*)(void))floorbus_snapshot_next,
    (void (*)(void))floorbus_state_from_asterisk,
    (void (*)(void))floorbus_state_from_avaya,
    (void (*)(void))floorbus_state_from_csta,
    (void (*)(void))floorbus_state_from_csta_xml,
    (void (*)(void))floorbus_state_from_finesse,
    (void (*)(void))floorbus_state_from_freeswitch,
    (void (*)(void))floorbus_state_from_tapi2,
    (void (*)(void))floorbus_state_from_tapi3,
    (void (*)(void))floorbus_state_from_tsapi,
    (void (*)(void))floorbus_state_to_asterisk,
    (void (*)(void))floorbus_state_to_avaya,
    (void (*)(void))floorbus_state_to_csta,
    (void (*)(void))floorbus_state_to_csta_xml,
    (void (*)(void))floorbus_state_to_finesse,
    (void (*)(void))floorbus_state_to_freeswitch,
    (void (*)(void))floorbus_state_to_tapi2,
    (void (*)(void))floorbus_state_to_tapi3,
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
