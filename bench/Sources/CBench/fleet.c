/* Many sessions in one thread: DEALER sockets, of which those that have something are found by
 * epoll, as zmq_poll would look at each of thousands. */
#include "cbench.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

struct cbench_fleet {
    void *context;
    void **sockets;
    int count;
    int epoll;
    int *queue; /* sockets to look at: a ring with room for each once */
    char *queued;
    int first;
    int waiting;
};

/* libzmq tells by a descriptor that something may have changed, until the socket is asked; what
 * one call has been told, another one is not told again. So after each call a socket is asked
 * until it has nothing. */
static void look_at(cbench_fleet_t *fleet, int index)
{
    if (fleet->queued[index]) return;
    fleet->queued[index] = 1;
    fleet->queue[(fleet->first + fleet->waiting) % fleet->count] = index;
    fleet->waiting++;
}

static int open_socket(cbench_fleet_t *fleet, const char *endpoint, int index)
{
    int none = 0, descriptor;
    size_t size = sizeof descriptor;
    void *socket = zmq_socket(fleet->context, ZMQ_DEALER);
    if (!socket) return -1;
    fleet->sockets[index] = socket;
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none);
    if (zmq_getsockopt(socket, ZMQ_FD, &descriptor, &size) != 0) return -1;
    struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = (unsigned)index}};
    if (epoll_ctl(fleet->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) return -1;
    if (zmq_connect(socket, endpoint) != 0) return -1;
    look_at(fleet, index);
    return 0;
}

void cbench_raise_limits(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

cbench_fleet_t *cbench_fleet_open(const char *endpoint, int count)
{
    cbench_fleet_t *fleet = calloc(1, sizeof *fleet);
    if (!fleet || count <= 0) return free(fleet), NULL;
    fleet->count = count;
    fleet->context = zmq_ctx_new();
    fleet->epoll = epoll_create1(EPOLL_CLOEXEC);
    fleet->sockets = calloc((size_t)count, sizeof *fleet->sockets);
    fleet->queue = calloc((size_t)count, sizeof *fleet->queue);
    fleet->queued = calloc((size_t)count, 1);
    int failed = !fleet->context || fleet->epoll < 0 || !fleet->sockets || !fleet->queue
        || !fleet->queued || zmq_ctx_set(fleet->context, ZMQ_MAX_SOCKETS, count + 16) != 0;
    for (int index = 0; !failed && index < count; index++)
        failed = open_socket(fleet, endpoint, index) != 0;
    if (!failed) return fleet;
    int reason = zmq_errno();
    cbench_fleet_close(fleet);
    errno = reason;
    return NULL;
}

int cbench_fleet_send(cbench_fleet_t *fleet, int index, const void *bytes, size_t size)
{
    int sent = zmq_send(fleet->sockets[index], bytes, size, ZMQ_DONTWAIT);
    look_at(fleet, index);
    return sent < 0 ? -zmq_errno() : 0;
}

int cbench_fleet_receive(
    cbench_fleet_t *fleet, void *bytes, size_t capacity, size_t *size, int timeout_ms)
{
    struct epoll_event events[256];
    for (;;) {
        while (fleet->waiting > 0) {
            int index = fleet->queue[fleet->first];
            fleet->first = (fleet->first + 1) % fleet->count;
            fleet->waiting--;
            fleet->queued[index] = 0;
            int got = zmq_recv(fleet->sockets[index], bytes, capacity, ZMQ_DONTWAIT);
            if (got < 0) continue;
            look_at(fleet, index);
            *size = (size_t)got;
            return index;
        }
        int found = epoll_wait(fleet->epoll, events, 256, timeout_ms);
        if (found <= 0) return -1;
        for (int at = 0; at < found; at++) look_at(fleet, (int)events[at].data.u32);
    }
}

void cbench_fleet_close(cbench_fleet_t *fleet)
{
    if (!fleet) return;
    for (int index = 0; fleet->sockets && index < fleet->count; index++)
        if (fleet->sockets[index]) zmq_close(fleet->sockets[index]);
    if (fleet->context) zmq_ctx_term(fleet->context);
    if (fleet->epoll >= 0) close(fleet->epoll);
    free(fleet->sockets);
    free(fleet->queue);
    free(fleet->queued);
    free(fleet);
}
