/* The outbox file: what a killed process published and no hub has answered is sent by the next one,
 * in order and once; and nobody else can open the file meanwhile. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"
#include "nobody.h"

#define KEY "event/bj/billing/1/"
#define LEFT 5

static void publish(floorbus_client *client, int number) {
    floorbus_bytes payload;
    payload.ptr = &number;
    payload.len = sizeof number;
    EXPECT(floorbus_publish_custom(client, floorbus_cstr(KEY), 1, payload, NULL, NULL),
           FLOORBUS_OK);
}

/* A process that publishes while there is no hub, and is killed. */
static void live_and_die(const char *path) {
    floorbus_client_options options = nobody();
    floorbus_client *client = NULL;
    int number;
    options.outbox_path = path;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    for (number = 1; number <= LEFT; number++) publish(client, number);
    if (probe_failures == 0) raise(SIGKILL);
    exit(EXIT_FAILURE);
}

static void expect_events(floorbus_client *wall, int first, int last) {
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    int number;
    for (number = first; number <= last; number++) {
        floorbus_event *event = next(wall, FLOORBUS_KIND_EVENT, &info);
        CHECK(info.payload.len == sizeof number);
        CHECK(memcmp(info.payload.ptr, &number, sizeof number) == 0);
        floorbus_event_release(event);
    }
}

/* A relative path counts from the directory of its client's opening, wherever the process goes: the
 * file is written anew there, and stays locked. */
static void another_directory(const char *address, const char *folder) {
    floorbus_client_options options = nobody();
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_client *client = NULL, *second = NULL;
    int number;
    /* More than an outbox file keeps of what is over: it is written anew. */
    static const int rewritten = 60000;
    options.endpoints = address;
    options.outbox_path = "box";
    CHECK(chdir(folder) == 0);
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    CHECK(chdir("/") == 0);
    for (number = 0; number < rewritten && probe_failures == 0; number++) {
        floorbus_status status = floorbus_publish_state(
            client, floorbus_cstr("agent/bj/sales/1/"), &state, NULL, NULL);
        if (status == FLOORBUS_E_LIMIT) {
            EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
        } else {
            EXPECT(status, FLOORBUS_OK);
        }
    }
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
    CHECK(access("/box", F_OK) != 0);
    CHECK(chdir(folder) == 0);
    EXPECT(floorbus_client_open(&options, &second), FLOORBUS_E_EXISTS);
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_OK);
    CHECK(unlink("box") == 0);
    CHECK(chdir("/") == 0);
}

int main(void) {
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_client_options options = nobody();
    floorbus_client_counts counts = FLOORBUS_CLIENT_COUNTS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *wall, *second = NULL, *client = NULL;
    char folder[] = "/tmp/floorbus-outbox-XXXXXX";
    char path[64], address[64];
    pid_t child;
    int status = 0;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/outbox", folder);
    options.outbox_path = path;
    /* Before the first call of the library, which a forked child cannot use. */
    child = fork();
    if (child == 0) live_and_die(path);
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    hub_options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    wall = open_beside(hub, "wall", 0);
    EXPECT(floorbus_subscribe(wall, floorbus_cstr("event/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(wall, PATIENCE_MS), FLOORBUS_OK);

    options.endpoints = address;
    options.principal = "somebody else";
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_E_DENIED);
    options.principal = nobody().principal;
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    EXPECT(floorbus_client_open(&options, &second), FLOORBUS_E_EXISTS);
    /* "All" are those of the earlier process too. */
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_stats(client, &counts), FLOORBUS_OK);
    CHECK(counts.accepted == LEFT);
    publish(client, LEFT + 1);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
    expect_events(wall, 1, LEFT + 1);
    EXPECT(floorbus_client_stats(client, &counts), FLOORBUS_OK);
    CHECK(counts.recovered == LEFT);
    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);

    /* All were answered: a third process finds nothing to send again. */
    EXPECT(floorbus_client_open(&options, &client), FLOORBUS_OK);
    publish(client, LEFT + 2);
    EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
    expect_events(wall, LEFT + 2, LEFT + 2);
    EXPECT(floorbus_client_stats(client, &counts), FLOORBUS_OK);
    CHECK(counts.recovered == 0);

    EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    another_directory(address, folder);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    CHECK(unlink(path) == 0);
    CHECK(rmdir(folder) == 0);
    return probe_end();
}
