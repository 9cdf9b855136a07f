/* The log: what clients and hubs have for an operator, told on whatever thread found it out. */
#include "floor.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_SENTENCES 64

/* Sentences so far; the function adds, under a lock of its own. */
struct heard {
    pthread_mutex_t lock;
    pthread_cond_t more;
    int count;
    uint8_t levels[MOST_SENTENCES];
    char sentences[MOST_SENTENCES][256];
    floorbus_status inside; /* what floorbus_set_log said inside the function */
};

static void hear(void *context, uint8_t level, const char *sentence) {
    struct heard *heard = (struct heard *)context;
    pthread_mutex_lock(&heard->lock);
    heard->inside = floorbus_set_log(NULL, NULL);
    if (heard->count < MOST_SENTENCES) {
        heard->levels[heard->count] = level;
        strncpy(heard->sentences[heard->count], sentence, 255);
        heard->count++;
    }
    pthread_cond_broadcast(&heard->more);
    pthread_mutex_unlock(&heard->lock);
}

/* Waits for a sentence of this level that has these words; probes have a deadline of their own. */
static void expect(struct heard *heard, uint8_t level, const char *words) {
    int index, found = 0;
    pthread_mutex_lock(&heard->lock);
    for (index = 0; !found; index++) {
        while (index == heard->count) pthread_cond_wait(&heard->more, &heard->lock);
        found = heard->levels[index] == level && strstr(heard->sentences[index], words) != NULL;
    }
    pthread_mutex_unlock(&heard->lock);
}

int main(void) {
    static struct heard heard = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, {0}, {{0}},
                                 FLOORBUS_OK};
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *client, *stranger = NULL;
    char address[128];
    int count, status = -1;
    pid_t child;

    alarm(PATIENCE_MS / 1000);
    EXPECT(floorbus_set_log(hear, &heard), FLOORBUS_OK);
    hub_options.listen = "tcp://127.0.0.1:0";
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL), FLOORBUS_OK);
    client = open_at(address, "desk");
    expect(&heard, FLOORBUS_LOG_INFO, "client desk: connected, epoch ");
    CHECK(heard.inside == FLOORBUS_E_STATE);

    /* Nobody listens at tcpmux's port; the reason is said once, however often it is tried. */
    options.endpoints = "tcp://127.0.0.1:1";
    options.principal = "stranger";
    options.reconnect_min_ms = options.reconnect_max_ms = 1;
    EXPECT(floorbus_client_open(&options, &stranger), FLOORBUS_OK);
    expect(&heard, FLOORBUS_LOG_WARNING, "client stranger: no session with a hub: ");
    EXPECT(floorbus_client_wait_ready(stranger, 100), FLOORBUS_E_TIMEOUT);
    EXPECT(floorbus_client_close(stranger, 0), FLOORBUS_OK);

    EXPECT(floorbus_hub_stop(hub, 1000), FLOORBUS_OK);
    expect(&heard, FLOORBUS_LOG_WARNING, "client desk: no session with a hub: ");

    /* Nobody is called any more once floorbus_set_log returns. */
    EXPECT(floorbus_set_log(NULL, NULL), FLOORBUS_OK);
    pthread_mutex_lock(&heard.lock);
    count = heard.count;
    pthread_mutex_unlock(&heard.lock);
    EXPECT(floorbus_hub_start(&hub_options, &hub), FLOORBUS_OK);
    EXPECT(floorbus_hub_client(hub, &options, &stranger), FLOORBUS_E_INVALID);
    options.endpoints = NULL;
    EXPECT(floorbus_hub_client(hub, &options, &stranger), FLOORBUS_OK);
    EXPECT(floorbus_client_wait_ready(stranger, PATIENCE_MS), FLOORBUS_OK);
    CHECK(heard.count == count);
    child = fork();
    if (child == 0) _exit(floorbus_set_log(hear, &heard) == FLOORBUS_E_FORKED ? 0 : 1);
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    EXPECT(floorbus_client_close(stranger, 0), FLOORBUS_OK);
    EXPECT(floorbus_client_close(client, 0), FLOORBUS_OK);
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
    for (count = 0; count < heard.count; count++) {
        printf("%d %s\n", heard.levels[count], heard.sentences[count]);
    }
    /* One sentence for each thing that came about, however often it was tried. */
    CHECK(heard.count < 10);
    return probe_end();
}
