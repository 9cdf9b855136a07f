/* A host that loads the library as a plugin, uses it, and unloads it, again and again: threads,
 * descriptors and memory stay what they were. This program is not linked to the library: nothing
 * of it is named here but types and constants. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <dlfcn.h>
#include <floorbus.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 200
#define WARM 20

static int failures;

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);   \
            failures++;                                                               \
        }                                                                             \
    } while (0)

struct library {
    void *handle;
    floorbus_status (*open)(const floorbus_client_options *, floorbus_client **);
    floorbus_status (*close)(floorbus_client *, int32_t);
    floorbus_status (*publish)(
        floorbus_client *, floorbus_str, const floorbus_agent_state *,
        const floorbus_publish_options *, floorbus_ticket *);
    floorbus_status (*hub_start)(const floorbus_hub_options *, floorbus_hub **);
    floorbus_status (*hub_client)(
        floorbus_hub *, const floorbus_client_options *, floorbus_client **);
    floorbus_status (*hub_stop)(floorbus_hub *, int32_t);
    floorbus_status (*wait_ready)(floorbus_client *, int32_t);
};

/* POSIX says that this is a function's address; ISO C has no conversion for it. */
static void find(void *handle, const char *name, void *function) {
    void *found = dlsym(handle, name);
    CHECK(found != NULL);
    memcpy(function, &found, sizeof found);
}

static struct library load(void) {
    struct library library;
    memset(&library, 0, sizeof library);
    library.handle = dlopen("libfloorbus.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library.handle == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    find(library.handle, "floorbus_client_open", &library.open);
    find(library.handle, "floorbus_client_close", &library.close);
    find(library.handle, "floorbus_publish_state", &library.publish);
    find(library.handle, "floorbus_hub_start", &library.hub_start);
    find(library.handle, "floorbus_hub_client", &library.hub_client);
    find(library.handle, "floorbus_hub_stop", &library.hub_stop);
    find(library.handle, "floorbus_client_wait_ready", &library.wait_ready);
    return library;
}

/* One use: a client without a hub, and now and then a hub with its client. */
static void use(const struct library *library, int round) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_str key = FLOORBUS_STR("agent/bj/sales/4711/");
    floorbus_client *client = NULL;
    floorbus_hub *hub = NULL;

    options.principal = "plugin";
    options.endpoints = "tcp://127.0.0.1:1"; /* tcpmux: nobody listens there */
    CHECK(library->open(&options, &client) == FLOORBUS_OK);
    CHECK(library->publish(client, key, &state, NULL, NULL) == FLOORBUS_OK);
    CHECK(library->close(client, 0) == FLOORBUS_E_TIMEOUT);
    if (round % 10 != 0) return;
    options.endpoints = NULL;
    CHECK(library->hub_start(NULL, &hub) == FLOORBUS_OK);
    CHECK(library->hub_client(hub, &options, &client) == FLOORBUS_OK);
    CHECK(library->wait_ready(client, 60000) == FLOORBUS_OK);
    CHECK(library->publish(client, key, &state, NULL, NULL) == FLOORBUS_OK);
    CHECK(library->close(client, 60000) == FLOORBUS_OK);
    CHECK(library->hub_stop(hub, 0) == FLOORBUS_OK);
}

static long count(const char *folder) {
    long entries = 0;
    DIR *opened = opendir(folder);
    if (opened == NULL) return -1;
    while (readdir(opened) != NULL) entries++;
    closedir(opened);
    return entries;
}

/* Waits until a folder has no more entries than that: libzmq closes sockets a moment later. */
static int settles(const char *folder, long entries) {
    time_t end = time(NULL) + 60;
    while (count(folder) > entries) {
        if (time(NULL) > end) return 0;
        sched_yield();
    }
    return 1;
}

/* Bytes of memory that the process has reserved. */
static long reserved(void) {
    char line[256];
    long kilobytes = -1;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) return -1;
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmSize:", 7) == 0) kilobytes = atol(line + 7);
    }
    fclose(status);
    return kilobytes * 1024;
}

int main(void) {
    long threads = 0, descriptors = 0, memory = 0;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *left = NULL;
    struct library library;
    int round;
    for (round = 0; round < ROUNDS && failures == 0; round++) {
        library = load();
        use(&library, round);
        if (round == WARM) {
            threads = count("/proc/self/task");
            descriptors = count("/proc/self/fd"); /* those that are being closed, too */
            memory = reserved();
        }
        CHECK(dlclose(library.handle) == 0);
    }
    CHECK(settles("/proc/self/task", threads));
    CHECK(settles("/proc/self/fd", descriptors));
    /* A thread's arena more or less, which malloc keeps. */
    CHECK(reserved() <= memory + 2 * 64 * 1024 * 1024);

    /* A host that forgets to close: its client lives on, and ends when it is told to. */
    options.principal = "plugin";
    options.endpoints = "tcp://127.0.0.1:1";
    library = load();
    CHECK(library.open(&options, &left) == FLOORBUS_OK);
    CHECK(dlclose(library.handle) == 0);
    library = load();
    CHECK(library.close(left, 0) == FLOORBUS_OK);
    CHECK(library.close(left, 0) == FLOORBUS_E_HANDLE);
    CHECK(dlclose(library.handle) == 0);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
