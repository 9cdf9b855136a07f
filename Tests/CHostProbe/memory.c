/* A host whose memory runs out. Whichever request of the library's own finds none, the call that
 * runs goes to its end or says E_NOMEM, and the process lives: posix_memalign, which nobody else in
 * the process calls, and malloc where the library calls it. Then whichever request of the whole
 * process finds none: libzmq, and libpgm which it starts, may end the process (R1), we do not. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "floor.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static long asked;            /* requests so far */
static long failing = 1 << 30; /* the first that finds nothing, */
static long failures;         /* and how many do */

#ifdef __cplusplus
#define THROWS_NOTHING __THROW
extern "C" {
#else
#define THROWS_NOTHING
#endif
void *__libc_memalign(size_t, size_t);
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

/* Where the code of our two libraries lies; nowhere in a static program. */
static struct {
    uintptr_t from, to;
} ours[2];
static int everyones; /* requests of anybody count */

static int is_ours(uintptr_t place) {
    return (place >= ours[0].from && place < ours[0].to)
        || (place >= ours[1].from && place < ours[1].to);
}

static int fails(const void *caller) {
    long number;
    if (!everyones && !is_ours((uintptr_t)caller)) return 0;
    number = __sync_fetch_and_add(&asked, 1);
    return number >= failing && number - failing < failures;
}

int posix_memalign(void **block, size_t alignment, size_t size) THROWS_NOTHING {
    long number = __sync_fetch_and_add(&asked, 1);
    if (number >= failing && number - failing < failures) return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

static void *nothing(void) {
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size) THROWS_NOTHING {
    return fails(__builtin_return_address(0)) ? nothing() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) THROWS_NOTHING {
    return fails(__builtin_return_address(0)) ? nothing() : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) THROWS_NOTHING {
    return fails(__builtin_return_address(0)) ? nothing() : __libc_realloc(block, size);
}

static int note_library(struct dl_phdr_info *info, size_t size, void *context) {
    int *count = (int *)context;
    int index;
    (void)size;
    if (strstr(info->dlpi_name, "libfloorbus") == NULL || *count == 2) return 0;
    ours[*count].from = UINTPTR_MAX;
    for (index = 0; index < info->dlpi_phnum; index++) {
        uintptr_t start = info->dlpi_addr + info->dlpi_phdr[index].p_vaddr;
        if (info->dlpi_phdr[index].p_type != PT_LOAD) continue;
        if (start < ours[*count].from) ours[*count].from = start;
        ours[*count].to = start + info->dlpi_phdr[index].p_memsz;
    }
    ++*count;
    return 0;
}
#ifdef __cplusplus
}
#endif

static int is_fine(floorbus_status status) {
    return status == FLOORBUS_OK || status == FLOORBUS_E_NOMEM
        || (everyones && status == FLOORBUS_E_LIMIT);
}

/* Whether a session can be had; each step may be refused for want of memory, and nothing else. */
static void use(void) {
    floorbus_hub_options hub_options = FLOORBUS_HUB_OPTIONS_INIT;
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
    floorbus_hub *hub = NULL;
    floorbus_client *client = NULL;
    floorbus_ticket ticket = 0;
    floorbus_event *event = NULL;
    floorbus_status status;
    char address[128];
    int number;

    if (everyones) hub_options.listen = "tcp://127.0.0.1:0"; /* with sockets of libzmq's */
    status = floorbus_hub_start(&hub_options, &hub);
    CHECK(is_fine(status));
    if (status != FLOORBUS_OK) return;
    options.principal = "desk";
    if (everyones) {
        status = floorbus_hub_endpoint(hub, 0, address, sizeof address, NULL);
        options.endpoints = address;
        if (status == FLOORBUS_OK) status = floorbus_client_open(&options, &client);
    } else {
        status = floorbus_hub_client(hub, &options, &client);
    }
    CHECK(is_fine(status));
    if (status == FLOORBUS_OK) {
        status = floorbus_subscribe(client, floorbus_cstr("agent/"), NULL, NULL);
        CHECK(is_fine(status));
        EXPECT(floorbus_client_wait_ready(client, PATIENCE_MS), FLOORBUS_OK);
        state.reason = floorbus_cstr("a short break, longer than Swift's texts within a word");
        for (number = 0; number < 20; number++) {
            status = floorbus_publish_state(
                client, floorbus_cstr("agent/bj/sales/1/"), &state, NULL, &ticket);
            CHECK(is_fine(status));
        }
        EXPECT(floorbus_wait(client, FLOORBUS_TICKET_ALL, PATIENCE_MS, NULL), FLOORBUS_OK);
        while (floorbus_recv(client, &event, 0) == FLOORBUS_OK) {
            EXPECT(floorbus_event_get(event, &info), FLOORBUS_OK);
            floorbus_event_release(event);
        }
        EXPECT(floorbus_client_close(client, PATIENCE_MS), FLOORBUS_OK);
    }
    EXPECT(floorbus_hub_stop(hub, 0), FLOORBUS_OK);
}

static int aborted;

/* How a child ends that has seen something wrong; libpgm ends processes by EXIT_FAILURE. */
#define WRONG 3

/* Whether somebody else's code has ended a child: never a trap of ours, nor a fault in our code. */
static int ended_elsewhere(int status) {
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGSEGV;
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE;
}

/* A fault in our own code is told apart from one elsewhere. */
static void on_fault(int number, siginfo_t *info, void *context) {
    uintptr_t place = 0;
    (void)info;
#ifdef __x86_64__
    place = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#else
    (void)context;
#endif
    if (is_ours(place)) _exit(WRONG);
    signal(number, SIG_DFL);
    raise(number);
}

/* In a process of its own, which must end by itself. */
static void try_without(long number, long count) {
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGSEGV, &action, NULL);
        failing = asked + number;
        failures = count;
        use();
        _exit(probe_failures == 0 ? EXIT_SUCCESS : WRONG);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (everyones && ended_elsewhere(status)) {
        aborted++;
        return;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
        fprintf(stderr, "request %ld and %ld more without memory: status %d\n", number, count - 1,
                status);
        probe_failures++;
    }
}

/* How many requests a session makes, told by a process of its own: this one must not have opened
 * a client before it forks. */
static long count_requests(void) {
    int ends[2];
    long requests = 0;
    pid_t child;
    int status;
    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        asked = 0;
        use();
        CHECK(write(ends[1], &asked, sizeof asked) == (ssize_t)sizeof asked);
        _exit(probe_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(read(ends[0], &requests, sizeof requests) == (ssize_t)sizeof requests);
    close(ends[0]);
    close(ends[1]);
    return requests;
}

/* Each request of a session in turn finds nothing, and ten together. */
static void try_each(const char *whose) {
    long requests = count_requests();
    long number;
    CHECK(requests > 100);
    aborted = 0;
    fprintf(stderr, "a session asks %ld times for memory (%s)\n", requests, whose);
    for (number = 0; number < requests && probe_failures == 0; number += 1 + number / 50) {
        try_without(number, 1);
        try_without(number, 10);
    }
}

int main(void) {
    int count = 0;
    /* Not there, and not needed, for a static program. */
    dlopen("libfloorbus-hub.so.1", RTLD_NOW);
    dl_iterate_phdr(note_library, &count);
    try_each("the library");
    if (count > 0) {
        everyones = 1;
        try_each("everybody");
        fprintf(stderr, "%d of them ended in libzmq or libpgm\n", aborted);
    }
    return probe_end();
}
