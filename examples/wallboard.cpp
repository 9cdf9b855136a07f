// A wallboard in C++17: agents, queues and open help flags, a line for every change.
//
//     c++ -std=c++17 wallboard.cpp -lfloorbus -o wallboard
//     ./wallboard tcp://127.0.0.1:7410 [--as NAME] [--until N]
//
// It ends after N changes, at the end of its input or at SIGTERM. Handles are std::unique_ptr: a
// forgotten floorbus_event_release cannot happen.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <floorbus.h>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/select.h>
#include <unistd.h>

namespace {

struct Close {
    void operator()(floorbus_client *client) const { floorbus_client_close(client, 1000); }
};
struct Release {
    void operator()(floorbus_event *event) const { floorbus_event_release(event); }
};
using Client = std::unique_ptr<floorbus_client, Close>;
using Event = std::unique_ptr<floorbus_event, Release>;

void check(floorbus_status status) {
    if (status == FLOORBUS_OK) return;
    char sentence[512];
    floorbus_last_error(sentence, sizeof sentence);
    throw std::runtime_error(sentence);
}

floorbus_str text(const std::string &string) { return {string.data(), string.size()}; }
std::string text(floorbus_str string) { return {string.ptr, string.ptr + string.len}; }

Client open_client(const std::string &endpoint, const std::string &name) {
    floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
    floorbus_client *client = nullptr;
    options.endpoints = endpoint.c_str();
    options.principal = name.c_str();
    options.app_name = "wallboard.cpp";
    check(floorbus_client_open(&options, &client));
    return Client(client);
}

// The next event, or none.
Event receive(const Client &client) {
    floorbus_event *event = nullptr;
    const floorbus_status status = floorbus_recv(client.get(), &event, 0);
    if (status != FLOORBUS_E_AGAIN) check(status);
    return Event(event);
}

std::string freshness(uint8_t value) {
    if (value == FLOORBUS_FRESH_SUSPECT) return " (not heard from)";
    return value == FLOORBUS_FRESH_STALE ? " (stale)" : "";
}

std::string describe(const floorbus_agent_state &state) {
    static const std::map<int, const char *> names = {
        {FLOORBUS_STATE_NOT_READY, "not ready"}, {FLOORBUS_STATE_READY, "ready"},
        {FLOORBUS_STATE_RESERVED, "reserved"},   {FLOORBUS_STATE_BUSY, "busy"},
        {FLOORBUS_STATE_AFTER_CALL, "after call"},
    };
    const auto name = names.find(state.state);
    std::string line = name == names.end() ? "unknown" : name->second;
    if (state.session == FLOORBUS_SESSION_LOGGED_OFF) line = "logged off";
    if (state.reason.len > 0) line += ", " + text(state.reason);
    return line + freshness(state.freshness);
}

std::string describe(const floorbus_queue &queue) {
    std::string line = std::to_string(queue.waiting) + " waiting, " +
        std::to_string(queue.agents_ready) + " of " + std::to_string(queue.agents_logged_on) +
        " ready";
    // The array's step is the library's, which may be newer than this program.
    const char *at = reinterpret_cast<const char *>(queue.figures);
    for (size_t index = 0; index < queue.figure_count; index++) {
        const auto *figure = reinterpret_cast<const floorbus_figure *>(at);
        line += ", " + text(figure->name) + " " + std::to_string(figure->value);
        if (figure->unit == FLOORBUS_UNIT_PERMILLE) line += " permille";
        at += figure->struct_size;
    }
    return line + freshness(queue.freshness);
}

// Empty when the flag has ended: it leaves the wall.
std::string describe(const floorbus_flag &flag) {
    const std::string who = text(flag.owner);
    const std::string what = text(flag.category);
    switch (flag.status) {
    case FLOORBUS_FLAG_RAISED:
    case FLOORBUS_FLAG_PENDING: return what + " waits for help";
    case FLOORBUS_FLAG_CLAIMED:
    case FLOORBUS_FLAG_ENGAGED: return what + " is helped by " + who;
    case FLOORBUS_FLAG_ANSWERED: return what + " was answered by " + who;
    case FLOORBUS_FLAG_MERGED: return what + " waits for the answer of another";
    default: return "";
    }
}

class Wallboard {
public:
    Wallboard(const std::string &endpoint, const std::string &name, unsigned long until)
        : client(open_client(endpoint, name)), until(until) {
        check(floorbus_subscribe(client.get(), text("agent/"), nullptr, nullptr));
        check(floorbus_subscribe(client.get(), text("queue/"), nullptr, nullptr));
        check(floorbus_subscribe(client.get(), text("flag/"), nullptr, &flags));
    }

    int descriptor() const {
        int result = -1;
        check(floorbus_client_fd(client.get(), &result));
        return result;
    }

    // Takes the events that are there, up to the last change it was asked for.
    void drain() {
        while (!complete()) {
            const Event event = receive(client);
            if (!event) return;
            take(event.get());
        }
    }

    bool complete() const { return until > 0 && changes >= until; }

    unsigned long changes = 0;

private:
    void take(const floorbus_event *event) {
        floorbus_event_info info = FLOORBUS_EVENT_INFO_INIT;
        check(floorbus_event_get(event, &info));
        switch (info.kind) {
        case FLOORBUS_KIND_LINK: link(info); break;
        case FLOORBUS_KIND_GAP: begin_flags_anew(); break;
        case FLOORBUS_KIND_SNAPSHOT_END:
            std::printf("%llu present values\n", static_cast<unsigned long long>(info.count));
            break;
        case FLOORBUS_KIND_REFUSED:
            std::printf("may not read all: %s\n", floorbus_strerror(info.result));
            break;
        default: show(text(info.key), line(event, info));
        }
    }

    // What the wall says of a key; empty = nothing any more.
    static std::string line(const floorbus_event *event, const floorbus_event_info &info) {
        if (info.op == FLOORBUS_OP_DELETE) return "";
        if (info.kind == FLOORBUS_KIND_AGENT) {
            floorbus_agent_state state = FLOORBUS_AGENT_STATE_INIT;
            check(floorbus_event_decode_state(event, &state));
            return describe(state) + ((info.flags & FLOORBUS_EVF_WILL) ? " (died)" : "");
        }
        if (info.kind == FLOORBUS_KIND_QUEUE) {
            floorbus_queue queue = FLOORBUS_QUEUE_INIT;
            check(floorbus_event_decode_queue(event, &queue));
            return describe(queue);
        }
        floorbus_flag flag = FLOORBUS_FLAG_INIT;
        check(floorbus_event_decode_flag(event, &flag));
        return describe(flag);
    }

    void show(const std::string &key, const std::string &line) {
        const auto old = wall.find(key);
        if (old == wall.end() ? line.empty() : old->second == line) return;
        if (line.empty()) {
            wall.erase(old);
        } else {
            wall[key] = line;
        }
        changes++;
        std::printf("%s %s\n", key.c_str(), line.empty() ? "gone" : line.c_str());
    }

    // Values stay on the wall while the hub is away. When it comes back in another life, all come
    // again, and a DELETE for each that is there no more: nothing is to be done here.
    static void link(const floorbus_event_info &info) {
        static const char *const words[] = {
            "gone; what is on the wall may be old", "connected", "back, nothing was missed",
            "in another life; all values come again"};
        std::printf("hub %s%s%s\n", words[info.link & 3], info.result == FLOORBUS_OK ? "" : ": ",
                    info.result == FLOORBUS_OK ? "" : floorbus_strerror(info.result));
    }

    // Changes of flags are missing, ends among them: ask for the open ones again.
    void begin_flags_anew() {
        std::printf("changes of flags are missing\n");
        for (auto item = wall.begin(); item != wall.end();) {
            item = item->first.rfind("flag/", 0) == 0 ? wall.erase(item) : std::next(item);
        }
        check(floorbus_unsubscribe(client.get(), flags));
        check(floorbus_subscribe(client.get(), text("flag/"), nullptr, &flags));
    }

    Client client;
    unsigned long until; // 0 = without end
    uint32_t flags = 0;  // the subscription
    std::map<std::string, std::string> wall;
};

// A signal becomes a byte in a pipe: select() sees it beside all else, however busy it is.
int wake[2];

void on_signal(int) {
    const int before = errno;
    if (write(wake[1], "", 1) < 0) {} // it is full of signals already
    errno = before;
}

void take_signals() {
    if (pipe(wake) != 0) throw std::runtime_error(std::strerror(errno));
    struct sigaction action = {};
    action.sa_handler = on_signal;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
}

// The input has ended; what else comes on it means nothing.
bool input_ended() {
    char bytes[256];
    return read(STDIN_FILENO, bytes, sizeof bytes) <= 0;
}

void run(Wallboard &wallboard) {
    take_signals();
    const int bus = wallboard.descriptor();
    while (!wallboard.complete()) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(STDIN_FILENO, &set);
        FD_SET(bus, &set);
        FD_SET(wake[0], &set);
        if (select((bus > wake[0] ? bus : wake[0]) + 1, &set, nullptr, nullptr, nullptr) < 0) {
            if (errno == EINTR) continue;
            throw std::runtime_error(std::strerror(errno));
        }
        if (FD_ISSET(wake[0], &set)) return;
        if (FD_ISSET(bus, &set)) wallboard.drain();
        if (FD_ISSET(STDIN_FILENO, &set) && input_ended()) return;
    }
}

} // namespace

int main(int argc, char **argv) {
    std::map<std::string, std::string> words = {{"--as", "wallboard"}, {"--until", "0"}};
    bool understood = argc % 2 == 0;
    for (int at = 2; at + 1 < argc; at += 2) {
        understood = understood && words.count(argv[at]) == 1;
        words[argv[at]] = argv[at + 1];
    }
    if (!understood) {
        std::fprintf(stderr, "usage: %s ENDPOINT [--as NAME] [--until CHANGES]\n", argv[0]);
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    try {
        check(floorbus_check_abi(FLOORBUS_ABI_VERSION));
        const unsigned long until = std::strtoul(words["--until"].c_str(), nullptr, 10);
        Wallboard wallboard(argv[1], words["--as"], until);
        run(wallboard);
        std::printf("%lu changes\n", wallboard.changes);
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "wallboard: %s\n", error.what());
        return 1;
    }
}
