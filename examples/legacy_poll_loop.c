/* A CTI server of long ago: one thread, one select(), its own sockets. Here it gets FloorBus.
 *
 *     cc legacy_poll_loop.c -lfloorbus -o legacy_poll_loop
 *     ./legacy_poll_loop tcp://127.0.0.1:7410 agent/bj/sales/ 5555 [NAME]
 *     echo '4711 CSTA 3' | nc -u -w1 127.0.0.1 5555
 *
 * A telephone system tells it agents' states over UDP, a line each:
 *     AGENT CSTA STATE [PENDING]      AGENT TSAPI STATE
 * Nothing here may block, so there is no floorbus_wait: answers come as events, beside the link's.
 * What the hub cannot take now is kept, the newest state of each agent, and said again. */
#include <arpa/inet.h>
#include <errno.h>
#include <floorbus.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#define AGENTS 512

struct agent {
    char name[65];
    floorbus_agent_state state; /* the newest */
    floorbus_ticket ticket;     /* its publication; 0 = it is still to be published */
};

struct server {
    floorbus_client *client;
    const char *place; /* agent/SITE/UNIT/ */
    struct agent agents[AGENTS];
    int count;
    int waiting; /* 1: some agent has ticket 0 */
};

/* A signal becomes a byte in a pipe: select() sees it beside all else, however busy it is. */
static int wake[2];

static void on_signal(int number) {
    int before = errno;
    (void)number;
    if (write(wake[1], "", 1) < 0) {} /* it is full of signals already */
    errno = before;
}

static int take_signals(void) {
    struct sigaction action;
    if (pipe(wake) != 0) return 1;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    return 0;
}

static int complain(const char *what) {
    char sentence[512];
    floorbus_last_error(sentence, sizeof sentence);
    fprintf(stderr, "%s: %s\n", what, sentence);
    return 1;
}

/* Publishes what is still to be published. It never blocks: E_LIMIT means that too much is
 * unanswered, and the next answer brings us here again. */
static void publish_waiting(struct server *server) {
    char key[200];
    int index;
    server->waiting = 0;
    for (index = 0; index < server->count; index++) {
        struct agent *agent = &server->agents[index];
        floorbus_status status;
        if (agent->ticket != 0) continue;
        snprintf(key, sizeof key, "%s%s/", server->place, agent->name);
        status = floorbus_publish_state(
            server->client, floorbus_cstr(key), &agent->state, NULL, &agent->ticket);
        if (status == FLOORBUS_E_LIMIT || status == FLOORBUS_E_STORAGE) {
            agent->ticket = 0;
            server->waiting = 1;
            return;
        }
        if (status != FLOORBUS_OK) { /* never will be right: say so once and go on */
            complain(key);
            agent->ticket = FLOORBUS_TICKET_ALL;
        }
    }
}

static struct agent *find(struct server *server, const char *name) {
    struct agent *agent;
    int index;
    for (index = 0; index < server->count; index++) {
        if (strcmp(server->agents[index].name, name) == 0) return &server->agents[index];
    }
    if (server->count == AGENTS) return NULL;
    agent = &server->agents[server->count++];
    memset(agent, 0, sizeof *agent);
    snprintf(agent->name, sizeof agent->name, "%s", name);
    return agent;
}

/* The telephone system says something. */
static void take_line(struct server *server, const char *line) {
    floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
    floorbus_status status;
    struct agent *agent;
    char name[65];
    char system[8];
    int number;
    int pending = FLOORBUS_NO_PENDING;
    int parts = sscanf(line, "%64[^ /] %7s %d %d", name, system, &number, &pending);
    if (parts >= 3 && strcmp(system, "CSTA") == 0) {
        status = floorbus_state_from_csta(number, pending, &state);
    } else if (parts == 3 && strcmp(system, "TSAPI") == 0) {
        status = floorbus_state_from_tsapi(number, &state);
    } else {
        fprintf(stderr, "not understood: %s\n", line);
        return;
    }
    if (status != FLOORBUS_OK) { /* a number the standard does not have; never a guess */
        complain(name);
        return;
    }
    agent = find(server, name);
    if (agent == NULL) {
        fprintf(stderr, "more than %d agents\n", AGENTS);
        return;
    }
    agent->state = state;
    agent->ticket = 0;
    publish_waiting(server);
}

static void take_socket(struct server *server, int descriptor) {
    char line[256];
    ssize_t length;
    while ((length = recv(descriptor, line, sizeof line - 1, MSG_DONTWAIT)) >= 0) {
        line[length] = 0;
        line[strcspn(line, "\r\n")] = 0;
        take_line(server, line);
    }
}

/* An answer. An agent whose newer state is on its way has another ticket by now. */
static void take_result(struct server *server, const floorbus_event_info *info) {
    int index;
    for (index = 0; index < server->count; index++) {
        struct agent *agent = &server->agents[index];
        if (agent->ticket != info->ticket) continue;
        printf("%s %s\n", agent->name,
               info->result == FLOORBUS_OK ? "published" : floorbus_strerror(info->result));
        if (info->result == FLOORBUS_E_LIMIT || info->result == FLOORBUS_E_STORAGE) {
            agent->ticket = 0;
            server->waiting = 1;
        }
    }
}

static void drain(struct server *server) {
    floorbus_event *event;
    while (floorbus_recv(server->client, &event, 0) == FLOORBUS_OK) {
        floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
        if (floorbus_event_get(event, &info) == FLOORBUS_OK) {
            if (info.kind == FLOORBUS_KIND_RESULT) take_result(server, &info);
            if (info.kind == FLOORBUS_KIND_LINK) {
                printf("hub %s\n", info.link == FLOORBUS_LINK_DOWN ? "gone" : "connected");
            }
        }
        floorbus_event_release(event);
    }
    if (server->waiting) publish_waiting(server);
}

static int listen_on(unsigned short port) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) {
        perror("udp");
        exit(1);
    }
    printf("lines on udp port %d\n", ntohs(address.sin_port));
    return descriptor;
}

int main(int argc, char **argv) {
    static struct server server; /* too large for a stack of long ago */
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    int own;
    int bus;
    if ((argc != 4 && argc != 5) || floorbus_check_abi(FLOORBUS_ABI_VERSION) != FLOORBUS_OK) {
        fprintf(stderr, "usage: %s ENDPOINT agent/SITE/UNIT/ UDP-PORT [NAME]\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (take_signals() != 0) return 1;
    own = listen_on((unsigned short)strtoul(argv[3], NULL, 10));
    server.place = argv[2];
    options.endpoints = argv[1];
    options.principal = argc == 5 ? argv[4] : "cti";
    options.app_name = "legacy_poll_loop.c";
    options.flags = FLOORBUS_CLIENT_RESULT_EVENTS;
    if (floorbus_client_open(&options, &server.client) != FLOORBUS_OK) return complain("open");
    if (floorbus_client_fd(server.client, &bus) != FLOORBUS_OK) return complain("fd");
    for (;;) {
        fd_set set;
        int highest = own > bus ? own : bus;
        if (wake[0] > highest) highest = wake[0];
        FD_ZERO(&set);
        FD_SET(own, &set);
        FD_SET(bus, &set);
        FD_SET(wake[0], &set);
        if (select(highest + 1, &set, NULL, NULL, NULL) < 0) {
            if (errno == EINTR) continue;
            perror("select");
            break;
        }
        if (FD_ISSET(wake[0], &set)) break;
        if (FD_ISSET(own, &set)) take_socket(&server, own);
        if (FD_ISSET(bus, &set)) drain(&server);
    }
    close(own);
    /* The agents are still logged on, only nobody reports them: readers see them suspect. */
    return floorbus_client_close(server.client, 1000) == FLOORBUS_OK ? 0 : complain("close");
}
