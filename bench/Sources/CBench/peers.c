/* The peers: raw libzmq sockets, as a program without the bus would use them. */
#define _GNU_SOURCE
#include "cbench.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

struct cbench_raw {
    void *context;
    int readers;
    void *sockets[64];
    uint64_t received[64];
};

static void *open_socket(void *context, int type)
{
    void *socket = zmq_socket(context, type);
    int unbounded = 0, no_linger = 0;
    zmq_setsockopt(socket, ZMQ_SNDHWM, &unbounded, sizeof unbounded);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &unbounded, sizeof unbounded);
    zmq_setsockopt(socket, ZMQ_LINGER, &no_linger, sizeof no_linger);
    return socket;
}

static int bind_here(void *socket, char *endpoint, size_t size)
{
    if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0) return -zmq_errno();
    return zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0 ? 0 : -zmq_errno();
}

int cbench_raw_proxy(void)
{
    void *context = zmq_ctx_new();
    void *in = open_socket(context, ZMQ_XSUB), *out = open_socket(context, ZMQ_XPUB);
    char in_endpoint[128], out_endpoint[128];
    int result = bind_here(in, in_endpoint, sizeof in_endpoint);
    if (result == 0) result = bind_here(out, out_endpoint, sizeof out_endpoint);
    if (result != 0) return result;
    printf("%s %s\n", in_endpoint, out_endpoint);
    fflush(stdout);
    cbench_exit_at_eof();
    zmq_proxy(in, out, NULL);
    return 0;
}

static const char probe[] = "?";

int cbench_raw_publish(
    const char *endpoint, const char *class_name, uint64_t count, uint64_t interval_ns)
{
    void *context = zmq_ctx_new();
    void *socket = open_socket(context, ZMQ_PUB);
    if (endpoint) {
        if (zmq_connect(socket, endpoint) != 0) return -zmq_errno();
    } else {
        char bound[128];
        int result = bind_here(socket, bound, sizeof bound);
        if (result != 0) return result;
        printf("%s\n", bound);
        fflush(stdout);
    }
    static char keys[CBENCH_ENTITIES][CBENCH_KEY_MAX];
    static size_t lengths[CBENCH_ENTITIES];
    for (uint64_t i = 0; i < CBENCH_ENTITIES; i++) lengths[i] = cbench_key(keys[i], class_name, i);

    struct pollfd go = {.fd = 0, .events = POLLIN, .revents = 0};
    while (poll(&go, 1, 10) == 0) zmq_send(socket, probe, 1, 0);
    char line[16];
    if (read(0, line, sizeof line) <= 0) return 0;

    char message[CBENCH_KEY_MAX + CBENCH_PAYLOAD];
    uint64_t next = cbench_now_ns();
    for (uint64_t i = 0; i < count; i++) {
        uint64_t place = i % CBENCH_ENTITIES;
        size_t length = lengths[place];
        memcpy(message, keys[place], length);
        cbench_payload(message + length, i);
        if (interval_ns > 0) {
            cbench_sleep_until_ns(next);
            next += interval_ns;
            cbench_payload_stamp(message + length, cbench_now_ns());
        }
        if (zmq_send(socket, message, length + CBENCH_PAYLOAD, 0) < 0) return -zmq_errno();
    }
    /* LINGER is 0: stay until the parent has everything. */
    while (read(0, line, sizeof line) > 0) {
    }
    return 0;
}

cbench_raw_t *cbench_raw_open(const char *endpoint, const char *class_name, int readers)
{
    cbench_raw_t *raw = calloc(1, sizeof *raw);
    raw->context = zmq_ctx_new();
    raw->readers = readers;
    for (int n = 0; n < readers; n++) {
        void *socket = open_socket(raw->context, ZMQ_SUB);
        raw->sockets[n] = socket;
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, class_name, strlen(class_name));
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, probe, 1);
        if (zmq_connect(socket, endpoint) != 0) return NULL;
    }
    /* The last subscription sent is the last to arrive on each link: a probe means joined, and
     * the key's subscription came with it. */
    for (int n = 0; n < readers; n++) {
        char byte;
        if (zmq_recv(raw->sockets[n], &byte, 1, 0) < 0) return NULL;
    }
    return raw;
}

void cbench_raw_close(cbench_raw_t *raw)
{
    for (int n = 0; n < raw->readers; n++) zmq_close(raw->sockets[n]);
    zmq_ctx_term(raw->context);
    free(raw);
}

/* Takes one message; 1: a record, 0: nothing now, -1: something is wrong. */
static int take(cbench_raw_t *raw, int n, int flags, cbench_run_t *run, uint64_t *latencies_ns)
{
    char message[CBENCH_KEY_MAX + CBENCH_PAYLOAD];
    int size = zmq_recv(raw->sockets[n], message, sizeof message, flags);
    if (size < 0) return zmq_errno() == EAGAIN ? 0 : -1;
    if (size <= 1) return 1; /* a late probe */
    if (size <= CBENCH_PAYLOAD || size > (int)sizeof message) return -1;
    const char *payload = message + size - CBENCH_PAYLOAD;
    if (cbench_payload_number(payload) != raw->received[n]) return -1;
    if (n == 0) {
        run->hash = cbench_fold(run->hash, payload);
        if (latencies_ns)
            latencies_ns[raw->received[0]] = cbench_now_ns() - cbench_payload_time(payload);
    }
    if (run->received == run->warm_up) run->first_ns = cbench_now_ns();
    raw->received[n] += 1;
    run->received += 1;
    return 1;
}

cbench_run_t cbench_raw_receive(
    cbench_raw_t *raw, uint64_t warm_up, uint64_t count, uint64_t *latencies_ns)
{
    cbench_run_t run = {.warm_up = warm_up * (uint64_t)raw->readers};
    zmq_pollitem_t items[64];
    for (int n = 0; n < raw->readers; n++)
        items[n] = (zmq_pollitem_t){.socket = raw->sockets[n], .events = ZMQ_POLLIN};
    uint64_t total = run.warm_up + count * (uint64_t)raw->readers;
    while (run.received < total && !run.failed) {
        if (raw->readers == 1) {
            run.failed = take(raw, 0, 0, &run, latencies_ns) < 0;
            continue;
        }
        zmq_poll(items, raw->readers, -1);
        for (int n = 0; n < raw->readers && !run.failed; n++) {
            int taken = 0;
            for (int burst = 0; burst < 100; burst++) {
                taken = take(raw, n, ZMQ_DONTWAIT, &run, latencies_ns);
                if (taken <= 0) break;
            }
            run.failed = taken < 0;
        }
    }
    run.last_ns = cbench_now_ns();
    run.measured = run.received - run.warm_up;
    return run;
}
