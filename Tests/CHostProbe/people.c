/* People on a floor: who is there, a help flag from the button to its rating, notes. */
#include <string.h>

#include "floor.h"

static void presence(floorbus_client *wall, floorbus_client *sue) {
    floorbus_presence presence = FLOORBUS_PRESENCE_INIT;
    floorbus_ticket ticket = 0;
    EXPECT(
        floorbus_get_presence(wall, floorbus_cstr("nobody"), PATIENCE_MS, &presence),
        FLOORBUS_OK);
    CHECK(presence.sessions == 0 && presence.since_us == 0);
    EXPECT(floorbus_set_duty(sue, FLOORBUS_SUPPORTER_ENGAGED, &ticket), FLOORBUS_E_INVALID);
    EXPECT(floorbus_set_duty(sue, 99, &ticket), FLOORBUS_E_INVALID);
    EXPECT(floorbus_set_duty(sue, FLOORBUS_SUPPORTER_AVAILABLE, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_get_presence(wall, floorbus_cstr("sue"), PATIENCE_MS, &presence), FLOORBUS_OK);
    CHECK(presence.sessions == 1 && presence.since_us > 0);
    CHECK(presence.supporter == FLOORBUS_SUPPORTER_AVAILABLE && presence.flags == 0);
    EXPECT(floorbus_get_presence(wall, floorbus_cstr("sue"), 0, NULL), FLOORBUS_E_INVALID);
}

/* A flag from the button to its rating. */
static void help(floorbus_client *ana, floorbus_client *sue, floorbus_client *bob) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    floorbus_flag flag = FLOORBUS_FLAG_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_id id = {{0}};
    floorbus_id second = {{0}};
    floorbus_ticket ticket = 0;
    floorbus_result result;
    floorbus_event *event;
    char text[FLOORBUS_ID_TEXT_BYTES];
    char key[80];
    floorbus_str name;
    uint32_t token;

    EXPECT(floorbus_subscribe(sue, floorbus_cstr("flag/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_subscribe(sue, floorbus_cstr("private/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(sue, PATIENCE_MS), FLOORBUS_OK);
    request.kind = FLOORBUS_FLAG_KIND_AUTHORITY;
    request.category = floorbus_cstr("refund");
    request.text = floorbus_cstr("\xe5\x8f\xaf\xe4\xbb\xa5\xe5\x90\x97?");
    request.customer_star = 4;
    request.call_ref = floorbus_cstr("call-9");
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/"), &request, &id, &ticket),
           FLOORBUS_E_BADKEY);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("note/bj/sales/"), &request, &id, &ticket),
           FLOORBUS_E_BADKEY);
    CHECK(id.b[0] == 0);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/sales/"), &request, NULL, &ticket),
           FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/sales/"), &request, &id, &ticket),
           FLOORBUS_OK);
    result = answer(ana, ticket);
    CHECK(result.status == FLOORBUS_OK && result.claim_gen >= 1); /* sue is on duty */
    CHECK(result.flags & FLOORBUS_RESULT_VOLATILE);
    EXPECT(floorbus_id_text(&id, text), FLOORBUS_OK);
    snprintf(key, sizeof key, "flag/bj/sales/%s/", text);
    name = floorbus_cstr(key);
    EXPECT(floorbus_flag_raise(ana, floorbus_cstr("flag/bj/sales/"), &request, &second, &ticket),
           FLOORBUS_OK);
    result = answer(ana, ticket);
    CHECK(result.status == FLOORBUS_E_EXISTS && strcmp(result.owner, text) == 0);

    /* The words come first. */
    event = next(sue, FLOORBUS_KIND_PRIVATE, &info);
    CHECK(info.schema == FLOORBUS_SCHEMA_FLAG);
    EXPECT(floorbus_event_decode_flag(event, &flag), FLOORBUS_OK);
    CHECK(flag.has_words == 1 && is(flag.agent, "ana") && is(flag.call_ref, "call-9"));
    CHECK(is(flag.text, "\xe5\x8f\xaf\xe4\xbb\xa5\xe5\x90\x97?"));
    floorbus_event_release(event);
    event = next(sue, FLOORBUS_KIND_FLAG, &info);
    CHECK(info.op == FLOORBUS_OP_RAISE && is(info.key, key));
    EXPECT(floorbus_event_decode_flag(event, &flag), FLOORBUS_OK);
    CHECK(flag.status == FLOORBUS_FLAG_RAISED && flag.kind == FLOORBUS_FLAG_KIND_AUTHORITY);
    CHECK(flag.customer_star == 4 && flag.raised_us > 0 && flag.claimed_us == 0);
    CHECK(is(flag.category, "refund") && flag.has_words == 0 && flag.text.len == 0);
    CHECK(memcmp(&flag.flag_id, &id, sizeof id) == 0);
    floorbus_event_release(event);

    EXPECT(floorbus_flag_change(sue, name, FLOORBUS_OP_SEEN, NULL, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_claim(sue, name, &ticket), FLOORBUS_OK);
    result = answer(sue, ticket);
    CHECK(result.status == FLOORBUS_OK && result.claim_gen > 0);
    token = result.claim_gen;
    EXPECT(floorbus_flag_claim(bob, name, &ticket), FLOORBUS_OK);
    result = answer(bob, ticket);
    CHECK(result.status == FLOORBUS_E_CONFLICT && strcmp(result.owner, "sue") == 0);
    EXPECT(floorbus_flag_answer(sue, name, token + 1, floorbus_cstr("yes"), &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_E_CONFLICT);
    EXPECT(floorbus_flag_engage(sue, name, token, FLOORBUS_CHANNEL_CHAT, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_release(sue, name, token, &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_claim(bob, name, &ticket), FLOORBUS_OK);
    token = answer(bob, ticket).claim_gen;
    EXPECT(floorbus_flag_answer(bob, name, token, floorbus_cstr("yes, up to 80"), &ticket),
           FLOORBUS_OK);
    CHECK(answer(bob, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_cancel(ana, name, floorbus_cstr("late"), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_E_STATE);
    EXPECT(floorbus_flag_close(ana, name, &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_flag_rate(ana, name, 5, floorbus_cstr("quick"), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_OK);
    do {
        event = next(sue, FLOORBUS_KIND_PRIVATE, &info);
        EXPECT(floorbus_event_decode_flag(event, &flag), FLOORBUS_OK);
        floorbus_event_release(event);
    } while (info.op != FLOORBUS_OP_RATE);

    memset(&request, 0, sizeof request);
    request.struct_size = sizeof request;
    request.rating = 6;
    EXPECT(floorbus_flag_change(ana, name, FLOORBUS_OP_RATE, &request, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, name, FLOORBUS_OP_EXPIRE, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, name, FLOORBUS_OP_RAISE, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, name, 200, NULL, NULL), FLOORBUS_E_INVALID);
    EXPECT(floorbus_flag_change(ana, floorbus_cstr("flag/bj/sales/x/"), FLOORBUS_OP_CLAIM, NULL,
                                &ticket), FLOORBUS_E_BADKEY);
}

static void notes(floorbus_client *sue, floorbus_client *ana) {
    floorbus_note note = FLOORBUS_NOTE_INIT;
    floorbus_note read = FLOORBUS_NOTE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_id id = {{0}};
    floorbus_ticket ticket = 0;
    floorbus_event *event;
    char text[FLOORBUS_ID_TEXT_BYTES];
    char key[80];

    EXPECT(floorbus_subscribe(ana, floorbus_cstr("note/bj/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(ana, PATIENCE_MS), FLOORBUS_OK);
    note.kind = FLOORBUS_NOTE_ANNOUNCEMENT;
    note.text = floorbus_cstr("the shop is closed today");
    note.roles = FLOORBUS_ROLE_AGENT;
    EXPECT(floorbus_note_send(sue, floorbus_cstr("note/bj/sales/x/"), &note, &id, NULL),
           FLOORBUS_E_BADKEY);
    EXPECT(floorbus_note_send(sue, floorbus_cstr("note/bj/sales/"), &note, &id, &ticket),
           FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    event = next(ana, FLOORBUS_KIND_NOTE, &info);
    EXPECT(floorbus_event_decode_note(event, &read), FLOORBUS_OK);
    CHECK(read.kind == FLOORBUS_NOTE_ANNOUNCEMENT && is(read.sender, "sue"));
    CHECK(is(read.text, "the shop is closed today") && read.roles == FLOORBUS_ROLE_AGENT);
    CHECK(read.status == FLOORBUS_NOTE_STATUS_ACTIVE && read.expires_us > read.sent_us);
    CHECK(read.priority == FLOORBUS_PRIORITY_NORMAL);
    CHECK(memcmp(&read.note_id, &id, sizeof id) == 0);
    floorbus_event_release(event);
    EXPECT(floorbus_id_text(&id, text), FLOORBUS_OK);
    snprintf(key, sizeof key, "note/bj/sales/%s/", text);
    EXPECT(floorbus_note_acknowledge(ana, floorbus_cstr(key), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status == FLOORBUS_OK);
    EXPECT(floorbus_note_withdraw(ana, floorbus_cstr(key), &ticket), FLOORBUS_OK);
    CHECK(answer(ana, ticket).status != FLOORBUS_OK); /* not hers */
    EXPECT(floorbus_note_withdraw(sue, floorbus_cstr(key), &ticket), FLOORBUS_OK);
    CHECK(answer(sue, ticket).status == FLOORBUS_OK);
    note.kind = 9;
    EXPECT(floorbus_note_send(sue, floorbus_cstr("note/bj/sales/"), &note, &id, NULL),
           FLOORBUS_E_INVALID);
}

int main(void) {
    floorbus_hub *hub = NULL;
    floorbus_client *ana;
    floorbus_client *sue;
    floorbus_client *bob;
    EXPECT(floorbus_hub_start(NULL, &hub), FLOORBUS_OK);
    ana = open_beside(hub, "ana", 0);
    sue = open_beside(hub, "sue", 0);
    bob = open_beside(hub, "bob", 0);
    presence(ana, sue);
    help(ana, sue, bob);
    notes(sue, ana);
    EXPECT(floorbus_client_close(ana, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(sue, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(bob, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
