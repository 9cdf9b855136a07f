/* What the benchmarks want in C: the raw libzmq peers, an allocation counter, the load, a clock. */
#ifndef CBENCH_H
#define CBENCH_H

#include <stddef.h>
#include <stdint.h>

/* The load, the same on both sides: operation i has a key of one of 1,000 entities and a payload
 * of 64 bytes: the number i, a time stamp the sender fills in, and words that follow from i. */
enum { CBENCH_PAYLOAD = 64, CBENCH_ENTITIES = 1000, CBENCH_KEY_MAX = 64 };
size_t cbench_key(char *out, const char *class_name, uint64_t i);
void cbench_payload(void *out, uint64_t i);
void cbench_payload_stamp(void *payload, uint64_t now_ns);
uint64_t cbench_payload_number(const void *payload);
uint64_t cbench_payload_time(const void *payload);
/* One payload's share of the hash of the work done; the time stamp stays out. */
uint64_t cbench_fold(uint64_t hash, const void *payload);

/* Nanoseconds of CLOCK_MONOTONIC, the same for every process of the machine. */
uint64_t cbench_now_ns(void);
void cbench_sleep_until_ns(uint64_t deadline_ns);
/* Writes out what was printed. */
void cbench_flush(void);
/* CPU time of a process so far, microseconds; resident bytes. 0 when it is gone. */
uint64_t cbench_cpu_us(int pid);
uint64_t cbench_resident_bytes(int pid);
/* Lets stdin's end of file end the process, so that no child outlives its parent. */
void cbench_exit_at_eof(void);

/* Allocations of the calling thread between begin and end; every malloc of the program passes
 * through the counter (allocations.c). */
typedef struct cbench_count {
    uint64_t allocations;
    int64_t live_bytes; /* allocated and not freed again, usable sizes */
} cbench_count_t;
void cbench_count_begin(void);
cbench_count_t cbench_count_end(void);

/* Raw libzmq, one frame a message: key, then payload. High-water marks 0: nothing is dropped.
 * All return a negative errno when libzmq refuses. */
typedef struct cbench_raw cbench_raw_t;
/* Forwards XSUB -> XPUB for ever; prints "XSUB-endpoint XPUB-endpoint" first. */
int cbench_raw_proxy(void);
/* A PUB socket: connects, or with NULL binds and prints its endpoint. Sends probes until a line
 * comes on stdin, then `count` messages, one every interval_ns (0: as fast as it can). */
int cbench_raw_publish(
    const char *endpoint, const char *class_name, uint64_t count, uint64_t interval_ns);
/* `readers` SUB sockets, all connected and all joined when it returns. */
cbench_raw_t *cbench_raw_open(const char *endpoint, const char *class_name, int readers);
void cbench_raw_close(cbench_raw_t *raw);
/* Receives until every reader has had `warm_up` messages and then `count` more, whose rate counts.
 * Checks order and number, so a loss fails. latencies_ns: one entry a message of the first reader,
 * or NULL. */
typedef struct cbench_run {
    uint64_t received;
    uint64_t warm_up;
    uint64_t measured; /* received after the warm-up */
    uint64_t first_ns;
    uint64_t last_ns;
    uint64_t hash; /* of the first reader */
    int failed;
} cbench_run_t;
cbench_run_t cbench_raw_receive(
    cbench_raw_t *raw, uint64_t warm_up, uint64_t count, uint64_t *latencies_ns);

/* Sessions of one thread: DEALER sockets of a context of their own. NULL, and errno, when libzmq
 * or the system refuses; as many descriptors as the system lets a process have are allowed by
 * cbench_raise_limits, also for children. */
typedef struct cbench_fleet cbench_fleet_t;
void cbench_raise_limits(void);
cbench_fleet_t *cbench_fleet_open(const char *endpoint, int count);
void cbench_fleet_close(cbench_fleet_t *fleet);
/* Sends one message without waiting; a negative errno when it cannot. */
int cbench_fleet_send(cbench_fleet_t *fleet, int index, const void *bytes, size_t size);
/* The next message of any socket, and whose it is; -1 when none comes in that time. */
int cbench_fleet_receive(
    cbench_fleet_t *fleet, void *bytes, size_t capacity, size_t *size, int timeout_ms);

#endif
