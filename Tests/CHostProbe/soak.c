/* Events from one thread to another, through a hub and over tcp: none is lost or doubled, and
 * neither memory nor descriptors grow. 100,000 of them; FLOORBUS_LONG=1: 10 million. */
#include <dirent.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "floor.h"

#define KEY "event/bj/soak/1/"

/* How far the desk may be ahead of the wall: what the hub's journal forgets is a gap for a reader
 * that is slower, and a busy machine makes it so. */
#define AHEAD 4096

struct soak {
    floorbus_client *desk;
    uint64_t total;
    uint64_t received;
    pthread_mutex_t lock;
    pthread_cond_t moved;
};

static void wait_for_the_wall(struct soak *soak, uint64_t number) {
    pthread_mutex_lock(&soak->lock);
    while (number > soak->received + AHEAD) pthread_cond_wait(&soak->moved, &soak->lock);
    pthread_mutex_unlock(&soak->lock);
}

static void tell_the_desk(struct soak *soak, uint64_t number) {
    pthread_mutex_lock(&soak->lock);
    soak->received = number;
    pthread_cond_signal(&soak->moved);
    pthread_mutex_unlock(&soak->lock);
}

static void *publish_all(void *context) {
    struct soak *soak = (struct soak *)context;
    floorbus_bytes payload;
    uint64_t number;
    payload.ptr = &number;
    payload.len = sizeof number;
    for (number = 1; number <= soak->total; number++) {
        floorbus_status status;
        if (number % 256 == 0) wait_for_the_wall(soak, number);
        do {
            status = floorbus_publish_custom(
                soak->desk, floorbus_cstr(KEY), 1, payload, NULL, NULL);
            if (status == FLOORBUS_E_LIMIT) {
                EXPECT(floorbus_wait(soak->desk, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL),
                       FLOORBUS_OK);
            }
        } while (status == FLOORBUS_E_LIMIT);
        EXPECT(status, FLOORBUS_OK);
        if (probe_failures > 0) break;
    }
    return NULL;
}

/* Resident memory in KiB; 0 where /proc is not Linux's. */
static long resident(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    if (fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) return 0;
    while (readdir(folder) != NULL) count++;
    closedir(folder);
    return count;
}

int main(void) {
    floorbus_hub_options options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *wall;
    floorbus_event *event;
    struct soak soak;
    pthread_t thread;
    char address[64];
    uint64_t number = 0;
    long memory = 0;
    int files = 0;

    memset(&soak, 0, sizeof soak);
    pthread_mutex_init(&soak.lock, NULL);
    pthread_cond_init(&soak.moved, NULL);
    soak.total = getenv("FLOORBUS_LONG") != NULL ? 10000000 : 100000;
    options.listen = "tcp://127.0.0.1:0";
    options.journal_records = 2 * AHEAD; /* full early: what grows later is a leak */
    EXPECT(floorbus_hub_start(&options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    wall = open_at(address, "wall");
    soak.desk = open_at(address, "desk");
    EXPECT(floorbus_subscribe(wall, floorbus_cstr("event/"), NULL, NULL), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(wall, PATIENCE_MS), FLOORBUS_OK);
    CHECK(pthread_create(&thread, NULL, publish_all, &soak) == 0);

    while (number < soak.total && probe_failures == 0) {
        EXPECT(floorbus_recv(wall, &event, PATIENCE_MS), FLOORBUS_OK);
        if (event == NULL) break;
        EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
        CHECK(info.kind != FLOORBUS_KIND_GAP);
        if (info.kind == FLOORBUS_KIND_EVENT) {
            uint64_t seen = 0;
            CHECK(info.payload.len == sizeof seen);
            memcpy(&seen, info.payload.ptr, sizeof seen);
            CHECK(seen == ++number);
            if (number % 256 == 0) tell_the_desk(&soak, number);
        }
        floorbus_event_release(event);
        if (number == soak.total / 2 && memory == 0) {
            memory = resident();
            files = descriptors();
        }
    }
    tell_the_desk(&soak, soak.total); /* also when the loop ended early */
    CHECK(pthread_join(thread, NULL) == 0);
    fprintf(stderr, "%llu events; memory %ld KiB half way, %ld at the end; descriptors %d, %d\n",
            (unsigned long long)number, memory, resident(), files, descriptors());
    /* What threads hold in flight varies by some messages. */
    CHECK(resident() <= memory + memory / 10 + 4096);
    CHECK(descriptors() == files);
    EXPECT(floorbus_client_close(soak.desk, PATIENCE_MS), FLOORBUS_OK);
    EXPECT(floorbus_client_close(wall, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    return probe_end();
}
