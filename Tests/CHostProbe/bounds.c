/* Numbers and lengths out of their bounds: refused at once, with the documented status. */
#include <string.h>

#include "nobody.h"

/* What the hub would refuse is refused at once: texts by their operation, ids, bits, moments. */
static void wrong_requests(floorbus_client *client) {
    static char text[4100];
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_note note = FLOORBUS_NOTE_INIT;
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_id id = {{0}};
    floorbus_str flag = FLOORBUS_STR("flag/bj/sales/000102030405760788090a0b0c0d0e0f/");
    floorbus_str no_id = FLOORBUS_STR("flag/bj/sales/1/");
    static const struct {
        uint8_t op;
        size_t most;
    } texts[] = {{FLOORBUS_OP_ANSWER, 4096}, {FLOORBUS_OP_RATE, 1024}, {FLOORBUS_OP_REJECT, 256},
                 {FLOORBUS_OP_CANCEL, 256}};
    size_t index;
    memset(text, 'x', sizeof text);
    request.text.ptr = text;
    request.text.len = 1025;
    EXPECT(floorbus_flag_raise(client, floorbus_cstr("flag/bj/sales/"), &request, &id, NULL),
           FLOORBUS_E_TOOBIG);
    for (index = 0; index < sizeof texts / sizeof *texts; index++) {
        request.text.len = texts[index].most + 1;
        EXPECT(floorbus_flag_change(client, flag, texts[index].op, &request, NULL),
               FLOORBUS_E_TOOBIG);
        request.text.len = texts[index].most;
        EXPECT(floorbus_flag_change(client, flag, texts[index].op, &request, NULL), FLOORBUS_OK);
    }
    EXPECT(floorbus_flag_change(client, no_id, FLOORBUS_OP_CLAIM, NULL, NULL), FLOORBUS_E_BADKEY);
    EXPECT(floorbus_note_acknowledge(client, floorbus_cstr("note/bj/-/1/"), NULL),
           FLOORBUS_E_BADKEY);
    EXPECT(floorbus_note_withdraw(client, floorbus_cstr("note/bj/-/1/"), NULL), FLOORBUS_E_BADKEY);
    note.roles = FLOORBUS_ROLE_SYSTEM << 1;
    EXPECT(floorbus_note_send(client, floorbus_cstr("note/bj/-/"), &note, &id, NULL),
           FLOORBUS_E_INVALID);
    hub_options.suspect_ms = 30000; /* stale_ms is 25000 */
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_E_INVALID);
    hub_options.suspect_ms = 2;
    hub_options.stale_ms = 1;
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_E_INVALID);
    hub_options.listen = "tcp://127.0.0.1:65536";
    hub_options.suspect_ms = hub_options.stale_ms = 0;
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_E_INVALID);
}

/* Lengths that an error in their making gives: never an empty text, never an empty list. */
static void wrong_lengths(floorbus_client *client) {
    static const size_t lengths[] = {(size_t)-1, (size_t)-2, (size_t)1 << (sizeof(size_t) * 8 - 1)};
    floorbus_str key = FLOORBUS_STR("agent/bj/sales/4711/");
    floorbus_str queue_key = FLOORBUS_STR("queue/bj/sales/1/");
    floorbus_str wrong = FLOORBUS_STR("agent/");
    size_t index;
    for (index = 0; index < sizeof lengths / sizeof *lengths; index++) {
        floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
        floorbus_queue queue = FLOORBUS_QUEUE_INIT;
        floorbus_team team = FLOORBUS_TEAM_INIT;
        floorbus_figure figure = FLOORBUS_FIGURE_INIT;
        floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
        floorbus_note note = FLOORBUS_NOTE_INIT;
        floorbus_presence presence = FLOORBUS_PRESENCE_INIT;
        floorbus_id id = {{0}};
        floorbus_bytes bytes = {"x", 1};
        wrong.len = lengths[index];
        state.reason = wrong;
        EXPECT(floorbus_publish_state(client, key, &state, NULL, NULL), FLOORBUS_E_INVALID);
        figure.name = floorbus_cstr("asa");
        figure.unit = FLOORBUS_UNIT_COUNT;
        queue.figures = &figure;
        queue.figure_count = lengths[index];
        EXPECT(floorbus_publish_queue(client, queue_key, &queue, NULL, NULL),
               FLOORBUS_E_INVALID);
        team.figures = &figure;
        team.figure_count = lengths[index];
        EXPECT(floorbus_publish_team(client, floorbus_cstr("team/bj/sales/1/"), &team, NULL, NULL),
               FLOORBUS_E_INVALID);
        team.figure_count = 1;
        figure.name = wrong;
        EXPECT(floorbus_publish_team(client, floorbus_cstr("team/bj/sales/1/"), &team, NULL, NULL),
               FLOORBUS_E_INVALID);
        bytes.len = lengths[index];
        EXPECT(floorbus_publish_custom(client, floorbus_cstr("custom/bj/sales/1/"), 1, bytes, NULL,
                                       NULL), FLOORBUS_E_INVALID);
        request.text = wrong;
        EXPECT(floorbus_flag_raise(client, floorbus_cstr("flag/bj/sales/"), &request, &id, NULL),
               FLOORBUS_E_INVALID);
        note.person = wrong;
        EXPECT(floorbus_note_send(client, floorbus_cstr("note/bj/-/"), &note, &id, NULL),
               FLOORBUS_E_INVALID);
        EXPECT(floorbus_id_parse(wrong, &id), FLOORBUS_E_INVALID);
        EXPECT(floorbus_get_presence(client, wrong, 0, &presence), FLOORBUS_E_INVALID);
        EXPECT(floorbus_state_from_finesse(wrong, floorbus_cstr(""), 0, &state),
               FLOORBUS_E_INVALID);
        EXPECT(floorbus_publish_state(client, wrong, &state, NULL, NULL), FLOORBUS_E_BADKEY);
        EXPECT(floorbus_subscribe(client, wrong, NULL, NULL), FLOORBUS_E_BADKEY);
    }
}

/* What the header has for readers of declarations (FLOORBUS_NO_INLINE, FLOORBUS_NO_INCLUDES) is
 * tried by cffi_host.py; this is a compiler's program. */
static void nothing(void) {
    floorbus_str text = FLOORBUS_NO_TEXT;
    CHECK(text.ptr == FLOORBUS_NULL && text.len == 0);
}

/* Keys are made of any text and give it back. */
static void keys(void) {
    static const char *const entities[] = {
        "4711", "a/b", "100%", "+", "\xe5\x9f\xb9\xe8\xae\xad", "a b", "."};
    char key[201], part[65];
    size_t needed = 0, index;
    for (index = 0; index < sizeof entities / sizeof *entities; index++) {
        EXPECT(floorbus_key_make(FLOORBUS_KIND_AGENT, floorbus_cstr("bj"), floorbus_cstr("sa/les"),
                                 floorbus_cstr(entities[index]), key, sizeof key, &needed),
               FLOORBUS_OK);
        CHECK(needed == strlen(key));
        EXPECT(floorbus_key_part(floorbus_cstr(key), 3, part, sizeof part, &needed), FLOORBUS_OK);
        CHECK(strcmp(part, entities[index]) == 0 && needed == strlen(part));
        EXPECT(floorbus_key_part(floorbus_cstr(key), 2, part, sizeof part, NULL), FLOORBUS_OK);
        CHECK(strcmp(part, "sa/les") == 0);
        EXPECT(floorbus_key_part(floorbus_cstr(key), 0, part, sizeof part, NULL), FLOORBUS_OK);
        CHECK(strcmp(part, "agent") == 0);
    }
    EXPECT(floorbus_key_part(floorbus_cstr(key), 4, part, sizeof part, NULL), FLOORBUS_E_NOTFOUND);
    EXPECT(floorbus_key_part(floorbus_cstr(key), 3, NULL, 0, &needed), FLOORBUS_E_TRUNC);
    CHECK(needed == 1);
    EXPECT(floorbus_key_part(floorbus_cstr("agent/bj/"), 1, part, sizeof part, NULL),
           FLOORBUS_E_BADKEY);
    EXPECT(floorbus_key_make(FLOORBUS_KIND_AGENT, floorbus_cstr(""), floorbus_cstr("s"),
                             floorbus_cstr("1"), key, sizeof key, NULL), FLOORBUS_E_BADKEY);
    EXPECT(floorbus_key_make(FLOORBUS_KIND_LINK, floorbus_cstr("b"), floorbus_cstr("s"),
                             floorbus_cstr("1"), key, sizeof key, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_key_make(FLOORBUS_KIND_AGENT, floorbus_cstr("b"), floorbus_cstr("s"),
                             floorbus_cstr("1"), key, (size_t)-1, NULL), FLOORBUS_E_INVALID);
}

int main(void) {
    floorbus_client *client = open_client();
    nothing();
    keys();
    wrong_lengths(client);
    wrong_requests(client);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_E_TIMEOUT);
    return probe_end();
}
