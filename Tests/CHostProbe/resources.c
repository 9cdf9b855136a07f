/* A host that runs short of descriptors, or of memory for threads' stacks: whoever opens one client
 * too many is told, those that are open go on, and the process lives. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nobody.h"

#define MOST_CLIENTS 40

/* libzmq ends a process whose memory ends between our trial and its own request (R1 in the guide);
 * a trap of ours would be another signal. */
static int aborted;

/* Opens clients until there is nothing left for another one. */
static int open_all(void) {
    floorbus_client *clients[MOST_CLIENTS];
    floorbus_client_options options = nobody();
    floorbus_status status = FLOORBUS_OK;
    char sentence[512];
    int count = 0;
    options.reconnect_min_ms = options.reconnect_max_ms = 10;
    while (count < MOST_CLIENTS) {
        status = floorbus_client_open(&options, &clients[count]);
        if (status != FLOORBUS_OK) break;
        count++;
    }
    CHECK(status == FLOORBUS_OK || status == FLOORBUS_E_LIMIT || status == FLOORBUS_E_NOMEM);
    if (status == FLOORBUS_E_LIMIT) {
        floorbus_last_error(sentence, sizeof sentence);
        CHECK(strstr(sentence, "too many open files") || strstr(sentence, "thread"));
    }
    /* They connect, in vain, again and again meanwhile. */
    if (count > 0) EXPECT(floorbus_client_wait_ready(clients[0], 100), FLOORBUS_E_TIMEOUT);
    while (count > 0) EXPECT(floorbus_client_close(clients[--count], 0), FLOORBUS_OK);
    /* What they have given back is there for the next one. */
    if (status != FLOORBUS_OK) {
        status = floorbus_client_open(&options, &clients[0]);
        if (status == FLOORBUS_OK) EXPECT(floorbus_client_close(clients[0], 0), FLOORBUS_OK);
    }
    return probe_end();
}

static int limit_to(int resource, const struct rlimit *limits) {
    return resource == RLIMIT_AS ? setrlimit(RLIMIT_AS, limits) : setrlimit(RLIMIT_NOFILE, limits);
}

/* In a process of its own, whose end is looked at. */
static void try_with(int resource, rlim_t limit) {
    struct rlimit limits;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        limits.rlim_cur = limits.rlim_max = limit;
        CHECK(limit_to(resource, &limits) == 0);
        _exit(open_all());
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (resource == RLIMIT_AS && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) {
        aborted++;
        return;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fprintf(stderr, "resource %d limited to %lu: status %d\n", resource, (unsigned long)limit,
                status);
        probe_failures++;
    }
}

/* Bytes of memory that this process has reserved. */
static rlim_t reserved(void) {
    char line[256];
    rlim_t kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmSize:", 7) == 0) kilobytes = (rlim_t)atol(line + 7);
    }
    fclose(status);
    return kilobytes * 1024;
}

int main(void) {
    rlim_t limit;
    int tries = 0;
    for (limit = 4; limit <= 60; limit += limit < 24 ? 1 : 6) try_with(RLIMIT_NOFILE, limit);
    for (limit = 1; limit <= 160; limit += 1 + limit / 4) {
        try_with(RLIMIT_AS, reserved() + (limit << 20));
        tries++;
    }
    printf("%d of %d limits of memory ended in libzmq\n", aborted, tries);
    CHECK(aborted * 3 <= tries);
    return probe_end();
}
