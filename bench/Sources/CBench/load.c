#define _GNU_SOURCE
#include "cbench.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* splitmix64: fixed seed, so that every run moves the same bytes. */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

size_t cbench_key(char *out, const char *class_name, uint64_t i)
{
    return (size_t)snprintf(
        out, CBENCH_KEY_MAX, "%s/bj/sales/call-%" PRIu64 "/", class_name, i % CBENCH_ENTITIES);
}

void cbench_payload(void *out, uint64_t i)
{
    uint64_t words[CBENCH_PAYLOAD / 8];
    words[0] = i;
    words[1] = 0;
    for (int n = 2; n < CBENCH_PAYLOAD / 8; n++) words[n] = mix(i * 8 + (uint64_t)n);
    memcpy(out, words, CBENCH_PAYLOAD);
}

void cbench_payload_stamp(void *payload, uint64_t now_ns)
{
    memcpy((char *)payload + 8, &now_ns, 8);
}

uint64_t cbench_payload_number(const void *payload)
{
    uint64_t number;
    memcpy(&number, payload, 8);
    return number;
}

uint64_t cbench_payload_time(const void *payload)
{
    uint64_t time;
    memcpy(&time, (const char *)payload + 8, 8);
    return time;
}

uint64_t cbench_fold(uint64_t hash, const void *payload)
{
    uint64_t words[CBENCH_PAYLOAD / 8];
    memcpy(words, payload, CBENCH_PAYLOAD);
    for (int n = 0; n < CBENCH_PAYLOAD / 8; n++)
        if (n != 1) hash = (hash ^ words[n]) * 0x100000001B3u;
    return hash;
}

uint64_t cbench_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void cbench_flush(void) { fflush(stdout); }

void cbench_sleep_until_ns(uint64_t deadline_ns)
{
    struct timespec at = {
        .tv_sec = (time_t)(deadline_ns / 1000000000u),
        .tv_nsec = (long)(deadline_ns % 1000000000u),
    };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0) {
    }
}

uint64_t cbench_cpu_us(int pid)
{
    char path[64], line[1024];
    uint64_t sum = 0;
    /* utime and stime tick in 10 ms; good enough for runs of seconds. */
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fgets(line, sizeof line, file)) {
        unsigned long user = 0, system = 0;
        const char *rest = strrchr(line, ')');
        if (rest
            && sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                   &system)
                == 2)
            sum = (uint64_t)(user + system) * 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    }
    fclose(file);
    return sum;
}

uint64_t cbench_resident_bytes(int pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    unsigned long size = 0, resident = 0;
    int found = fscanf(file, "%lu %lu", &size, &resident);
    fclose(file);
    return found == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void *wait_for_eof(void *unused)
{
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
    }
    _exit(0);
    return unused;
}

void cbench_exit_at_eof(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_eof, NULL);
    pthread_detach(thread);
}
