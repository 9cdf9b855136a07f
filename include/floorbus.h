/* floorbus.h - the C interface of FloorBus: what happens on a call-centre floor, live.
 *
 * A program opens a client of a hub, publishes agents' states and receives those of others:
 *
 *     floorbus_client_options options = FLOORBUS_CLIENT_OPTIONS_INIT;
 *     floorbus_client *client;
 *     options.endpoints = "tcp://127.0.0.1:7410";
 *     options.principal = "softphone-4711";
 *     if (floorbus_client_open(&options, &client) != FLOORBUS_OK) ...
 *
 * docs/c-guide.md is an introduction, Tests/CHostProbe uses every declaration of this file.
 *
 * RULES, for every function
 *  R1  It returns FLOORBUS_OK (0) or a negative FLOORBUS_E_*. No errno, no abort, no exit. What is
 *      wrong in words: floorbus_last_error.
 *  R2  Handles (floorbus_client *, floorbus_event *) are checked numbers, never addresses: NULL, a
 *      closed one and a foreign one give FLOORBUS_E_HANDLE. Never dereference or compare them with
 *      anything but NULL.
 *  R3  What you pass in is copied before the call returns. Pointers you are given point into an
 *      event and are valid until floorbus_event_release of it. No output is touched by a call that
 *      fails, unless its comment says so.
 *  R4  Any function may be called from any thread, also several at once on one client. None blocks
 *      longer than its timeout_ms; those without one do not block, they only take short locks.
 *  R5  The library calls none of your code. It runs one thread for each client, with all signals
 *      blocked, and one for libzmq.
 *  R6  Fork before you open the first client. After fork() the child of a process that has opened
 *      one gets FLOORBUS_E_FORKED from every function with a handle and from floorbus_client_open;
 *      close and release do nothing there. exec() is fine: all descriptors are close-on-exec.
 *  R7  Every struct begins with struct_size: set it to sizeof the struct (the _INIT macros do) and
 *      all else to zero, which means "default". Structs only grow at their end. A size below the
 *      first version's, or a larger struct with something set that this library does not know,
 *      gives FLOORBUS_E_ABI.
 *
 * Text is UTF-8. Times are microseconds since 1970, UTC. Numbers
 * unknown to this library are received as 0.
 * The numbers of all enumerations are the vocabulary's, the same in every FloorBus program. */
#ifndef FLOORBUS_H_INCLUDED
#define FLOORBUS_H_INCLUDED
#include <stddef.h>
#include <stdint.h>

#define FLOORBUS_VERSION_MAJOR 0
#define FLOORBUS_VERSION_MINOR 1
#define FLOORBUS_VERSION_PATCH 0
/* Grows when a program has to be compiled anew. See floorbus_check_abi. */
#define FLOORBUS_ABI_VERSION 1u

#if defined(__GNUC__) || defined(__clang__)
#define FLOORBUS_API __attribute__((visibility("default")))
#define FLOORBUS_WARN_UNUSED __attribute__((warn_unused_result))
#else
#define FLOORBUS_API
#define FLOORBUS_WARN_UNUSED
#endif
#if defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)
#define FLOORBUS_INLINE static inline
#elif defined(__GNUC__) || defined(__clang__)
#define FLOORBUS_INLINE static __inline__
#else
#define FLOORBUS_INLINE static
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* ---- basic types --------------------------------------------------------------------------- */

typedef int32_t floorbus_status;
enum {
    FLOORBUS_OK = 0,
    FLOORBUS_E_INVALID = -1,        /* an argument or field is not allowed */
    FLOORBUS_E_NOMEM = -2,
    FLOORBUS_E_TIMEOUT = -3,        /* timeout_ms is over */
    FLOORBUS_E_AGAIN = -4,          /* nothing is there now (timeout_ms 0) */
    FLOORBUS_E_CLOSED = -5,         /* the client was closed meanwhile */
    FLOORBUS_E_STATE = -6,          /* not possible in the present state */
    FLOORBUS_E_HANDLE = -7,         /* R2 */
    FLOORBUS_E_FORKED = -8,         /* R6 */
    FLOORBUS_E_ABI = -9,            /* R7, floorbus_check_abi */
    FLOORBUS_E_OFFLINE = -10,       /* no hub is connected */
    FLOORBUS_E_AUTH = -11,          /* the hub does not know this identity */
    FLOORBUS_E_DENIED = -12,        /* this identity may not do that */
    FLOORBUS_E_CONFLICT = -13,      /* somebody else changed it first */
    FLOORBUS_E_NOTFOUND = -14,
    FLOORBUS_E_EXISTS = -15,
    FLOORBUS_E_EXPIRED = -16,
    FLOORBUS_E_TOOBIG = -17,        /* larger than a limit that never changes */
    FLOORBUS_E_LIMIT = -18,         /* a limit is reached now; try again later */
    FLOORBUS_E_BADKEY = -19,        /* the key or filter is not well-formed */
    FLOORBUS_E_FENCED = -20,        /* another session of this producer took over */
    FLOORBUS_E_STORAGE = -21,       /* the hub's journal cannot store now */
    FLOORBUS_E_PROTO = -22,         /* received bytes are not well-formed */
    FLOORBUS_E_TRUNC = -23,
    FLOORBUS_E_UNSUPPORTED = -24,
    FLOORBUS_E_INTERNAL = -99
};

typedef struct floorbus_client_s floorbus_client; /* a handle; floorbus_client_close ends it */
typedef struct floorbus_event_s floorbus_event;   /* a handle; floorbus_event_release ends it */

/* Text: len bytes of UTF-8, not NUL-terminated. ptr may be NULL when len is 0. */
typedef struct {
    const char *ptr;
    size_t len;
} floorbus_str;
/* Any bytes. */
typedef struct {
    const void *ptr;
    size_t len;
} floorbus_bytes;
/* A string literal as floorbus_str: floorbus_str key = FLOORBUS_STR("agent/bj/sales/4711/"); */
#define FLOORBUS_STR(literal) { (literal), sizeof(literal) - 1 }

/* One publication of a client, counted from 1; 0 = none. */
typedef uint64_t floorbus_ticket;
#define FLOORBUS_TICKET_ALL ((floorbus_ticket)-1)
#define FLOORBUS_WAIT_FOREVER (-1)

/* ---- the vocabulary ------------------------------------------------------------------------ */

/* What an event is about. 1-9: a record, the first segment of its key. 64 and up: made by this
 * client for you; those are in order with the records. */
enum {
    FLOORBUS_KIND_AGENT = 1,
    FLOORBUS_KIND_FLAG = 2,
    FLOORBUS_KIND_QUEUE = 3,
    FLOORBUS_KIND_PRESENCE = 4,
    FLOORBUS_KIND_CUSTOM = 5,
    FLOORBUS_KIND_EVENT = 6,
    FLOORBUS_KIND_TEAM = 7,
    FLOORBUS_KIND_NOTE = 8,
    FLOORBUS_KIND_PRIVATE = 9,
    FLOORBUS_KIND_LINK = 64,         /* the hub came or went: link, epoch, result */
    FLOORBUS_KIND_SNAPSHOT_END = 66, /* all present values of subscription came: count */
    FLOORBUS_KIND_GAP = 67,          /* prev_rev to rev of the event lane will not come: count */
    FLOORBUS_KIND_REFUSED = 68       /* the hub refused subscription, which is gone: result */
};
/* What a record does to its key. 16 and up: a help flag's transitions. */
enum {
    FLOORBUS_OP_PUT = 1,
    FLOORBUS_OP_DELETE = 2,
    FLOORBUS_OP_APPEND = 3,
    FLOORBUS_OP_RAISE = 16,
    FLOORBUS_OP_SEEN = 17,
    FLOORBUS_OP_CLAIM = 18,
    FLOORBUS_OP_ENGAGE = 19,
    FLOORBUS_OP_RELEASE = 20,
    FLOORBUS_OP_REJECT = 21,
    FLOORBUS_OP_ANSWER = 22,
    FLOORBUS_OP_CLOSE = 23,
    FLOORBUS_OP_REOPEN = 24,
    FLOORBUS_OP_CANCEL = 25,
    FLOORBUS_OP_MERGE = 26,
    FLOORBUS_OP_ESCALATE = 27,
    FLOORBUS_OP_LEASE_LOST = 28,
    FLOORBUS_OP_EXPIRE = 29,
    FLOORBUS_OP_RATE = 30,
    FLOORBUS_OP_VERDICT = 31
};
/* Facts about a record, one bit each, in floorbus_event_info.flags. */
enum {
    FLOORBUS_EVF_SNAPSHOT = 1,   /* a snapshot brought it, not a change */
    FLOORBUS_EVF_COALESCED = 2,  /* older values of the key were passed over, see coalesced */
    FLOORBUS_EVF_REPLAY = 4,     /* sent again from the journal after a break */
    FLOORBUS_EVF_WILL = 8,       /* written by the hub because its owner is gone */
    FLOORBUS_EVF_SUSPECT = 16,   /* as freshness */
    FLOORBUS_EVF_STALE = 32,     /* as freshness */
    FLOORBUS_EVF_UNLEASED = 64   /* nobody renews it; it never turns suspect */
};
/* How sure the hub is that a value still holds. */
enum { FLOORBUS_FRESH_LIVE = 0, FLOORBUS_FRESH_SUSPECT = 1, FLOORBUS_FRESH_STALE = 2 };
/* How the link came up, in floorbus_event_info.link. */
enum {
    FLOORBUS_LINK_DOWN = 0,    /* values received stay valid; the client reconnects by itself */
    FLOORBUS_LINK_FIRST = 1,   /* this client's first link */
    FLOORBUS_LINK_RESUMED = 2, /* the same life of the same hub: nothing was missed */
    FLOORBUS_LINK_RESYNCED = 3 /* another life of the hub: a full snapshot follows */
};
/* Whether an agent is logged on; apart from what the agent does. */
enum {
    FLOORBUS_SESSION_UNKNOWN = 0,
    FLOORBUS_SESSION_LOGGED_OFF = 1,
    FLOORBUS_SESSION_LOGGED_ON = 2
};
/* What a logged-on agent does. Not the numbers of CSTA, TSAPI or TAPI: never pass those. */
enum {
    FLOORBUS_STATE_UNKNOWN = 0,
    FLOORBUS_STATE_NOT_READY = 2,
    FLOORBUS_STATE_READY = 3,
    FLOORBUS_STATE_RESERVED = 4, /* offered a call that rings or is about to */
    FLOORBUS_STATE_BUSY = 5,
    FLOORBUS_STATE_AFTER_CALL = 6
};
/* Where an agent's call is. */
enum {
    FLOORBUS_CALL_NONE = 0,
    FLOORBUS_CALL_OFFERED = 1,
    FLOORBUS_CALL_ALERTING = 2,
    FLOORBUS_CALL_CONNECTED = 3,
    FLOORBUS_CALL_HELD = 4,
    FLOORBUS_CALL_CONSULTING = 5,
    FLOORBUS_CALL_CONFERENCED = 6,
    FLOORBUS_CALL_ENDED = 7,
    FLOORBUS_CALL_MISSED = 8,
    FLOORBUS_CALL_REJECTED = 9,
    FLOORBUS_CALL_FAILED = 10,
    FLOORBUS_CALL_PAUSED = 11
};
/* What lies over a call; any number at once, as bits. */
enum {
    FLOORBUS_OVERLAY_HELP_SEEKING = 1,
    FLOORBUS_OVERLAY_MONITORED = 2,
    FLOORBUS_OVERLAY_WHISPERED = 4,
    FLOORBUS_OVERLAY_BARGED = 8,
    FLOORBUS_OVERLAY_MUTED = 16,
    FLOORBUS_OVERLAY_RECORDING_PAUSED = 32
};
/* Who or what changed a state; never mixed with the reason. */
enum {
    FLOORBUS_CAUSE_UNKNOWN = 0,
    FLOORBUS_CAUSE_AGENT = 1,
    FLOORBUS_CAUSE_SUPERVISOR = 2,
    FLOORBUS_CAUSE_SUPPORT = 3,
    FLOORBUS_CAUSE_TIMER = 4,
    FLOORBUS_CAUSE_RING_NO_ANSWER = 5,
    FLOORBUS_CAUSE_REJECTED = 6,
    FLOORBUS_CAUSE_DEVICE_FAULT = 7,
    FLOORBUS_CAUSE_CONNECTION_LOST = 8,
    FLOORBUS_CAUSE_FAILOVER = 9,
    FLOORBUS_CAUSE_SCHEDULE = 10,
    FLOORBUS_CAUSE_API = 11
};
/* The class of a reason; the site's own code and label travel beside it. */
enum {
    FLOORBUS_REASON_NONE = 0,
    FLOORBUS_REASON_BREAK = 1,
    FLOORBUS_REASON_MEAL = 2,
    FLOORBUS_REASON_TRAINING = 3,
    FLOORBUS_REASON_MEETING = 4,
    FLOORBUS_REASON_COACHING = 5,
    FLOORBUS_REASON_BACK_OFFICE = 6,
    FLOORBUS_REASON_SYSTEM_FAULT = 7,
    FLOORBUS_REASON_PERSONAL = 8,
    FLOORBUS_REASON_OTHER = 9
};

/* ---- structs ------------------------------------------------------------------------------- */

/* What an agent is doing: the value of an agent/ key. */
typedef struct {
    uint32_t struct_size;
    uint8_t session;        /* FLOORBUS_SESSION_* */
    uint8_t out_of_service; /* 1: the agent's telephone does not work; else 0 */
    uint8_t state;          /* FLOORBUS_STATE_* */
    uint8_t pending;        /* where the agent goes when the present work ends; 0 = not said */
    uint8_t call;           /* FLOORBUS_CALL_* */
    uint8_t overlays;       /* FLOORBUS_OVERLAY_* bits */
    uint8_t cause;          /* FLOORBUS_CAUSE_* */
    uint8_t reason_class;   /* FLOORBUS_REASON_* */
    uint16_t reason_code;   /* the site's own; 0 = none */
    uint8_t customer_star;  /* 1 to 5; 0 = unknown */
    uint8_t freshness;      /* FLOORBUS_FRESH_*; received only, ignored when published */
    floorbus_str reason;    /* the site's label of the reason; at most 128 bytes */
    floorbus_str extension; /* at most 64 bytes, as the next two */
    floorbus_str seat;      /* so that a supporter can come */
    floorbus_str call_ref;  /* the call's reference; opaque to FloorBus */
} floorbus_agent_state;
/* A logged-on agent; everything else unknown or none. */
#define FLOORBUS_AGENT_STATE_INIT                                                                  \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_agent_state), FLOORBUS_SESSION_LOGGED_ON, 0, 0, 0, 0, 0, 0, 0,   \
            0, 0, 0, {0, 0}, {0, 0}, {0, 0}, { 0, 0 }                                              \
    }

/* What every event says of itself. Fields that its kind does not name are 0. */
typedef struct {
    uint32_t struct_size;
    uint8_t kind;           /* FLOORBUS_KIND_* */
    uint8_t op;             /* FLOORBUS_OP_*; DELETE: the key has no value any more */
    uint16_t flags;         /* FLOORBUS_EVF_* bits */
    uint32_t subscription;  /* the lowest matching subscription */
    uint32_t coalesced;     /* older values of the key that this client was not given */
    uint64_t rev;           /* place in the hub's order; a DELETE noticed by a snapshot has 0 */
    uint64_t prev_rev;      /* the key's revision before; 0 = the first, or not known */
    int64_t hub_time_us;    /* when the hub applied it */
    int64_t src_time_us;    /* when the publisher says it happened; 0 = not said */
    uint64_t count;         /* SNAPSHOT_END: values; GAP: missing records, 0 = not known */
    floorbus_str key;       /* class/site/unit/entity/ */
    floorbus_bytes payload; /* as it travels; floorbus_event_decode_* reads it */
    uint16_t schema;        /* the payload's layout */
    uint8_t link;           /* LINK: FLOORBUS_LINK_* */
    uint8_t freshness;      /* FLOORBUS_FRESH_* */
    uint32_t epoch;         /* LINK: which life of the hub this is */
    floorbus_status result; /* LINK: why it is down, 0 = up; REFUSED: why */
    uint32_t reserved0;
} floorbus_event_info;
#define FLOORBUS_EVENT_INFO_INIT                                                                   \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_event_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0, 0}, {0, 0}, 0, 0, \
            0, 0, 0, 0                                                                             \
    }

/* How a publication came out at the hub. */
typedef struct {
    uint32_t struct_size;
    floorbus_status status; /* FLOORBUS_OK: applied; else why not */
    uint64_t rev;           /* the revision it made; on E_CONFLICT the key's present one */
} floorbus_result;
#define FLOORBUS_RESULT_INIT { (uint32_t)sizeof(floorbus_result), 0, 0 }

/* How a client behaves. Only endpoints and principal have no default. */
typedef struct {
    uint32_t struct_size;
    uint32_t flags;            /* 0 */
    const char *endpoints;     /* addresses of one hub, tried in turn, with commas between:
                                * "tcp://HOST:PORT", "ipc:///PATH" */
    const char *principal;     /* who the client is, on trusted local links; at most 64 bytes */
    const char *app_name;      /* for people; at most 64 bytes; NULL = "" */
    uint32_t heartbeat_ms;     /* 50 to 1500; 0 = the hub's */
    uint32_t reconnect_min_ms; /* the wait before reconnecting is random, its bound doubles from */
    uint32_t reconnect_max_ms; /* min to max; 0 = 250 and 2000 */
    uint32_t outbox_limit;     /* publications kept until answered, at most 65536; 0 = 1024 */
    uint32_t window_bytes;     /* what the hub may send ahead, 65536 to 1048576; 0 = 262144 */
    uint32_t reserved0;        /* 0 */
} floorbus_client_options;
#define FLOORBUS_CLIENT_OPTIONS_INIT                                                               \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_client_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0                    \
    }

/* How to subscribe. */
typedef struct {
    uint32_t struct_size;
    uint32_t flags;           /* 0 */
    uint32_t min_interval_ms; /* the hub gathers changes for so long, at most 60000; 0 = at once */
    uint32_t reserved0;       /* 0 */
} floorbus_sub_options;
#define FLOORBUS_SUB_OPTIONS_INIT { (uint32_t)sizeof(floorbus_sub_options), 0, 0, 0 }

/* What a client has counted since it was opened. */
typedef struct {
    uint32_t struct_size;
    uint32_t connected;     /* 1: a session with a hub is open */
    uint32_t epoch;         /* which life of the hub; 0 before the first link */
    uint32_t subscriptions; /* live ones */
    uint32_t keys;          /* values known */
    uint32_t outbox_depth;  /* publications kept until answered */
    uint64_t published;     /* publications taken from you */
    uint64_t accepted;      /* of those, applied by the hub */
    uint64_t refused;       /* of those, that came out otherwise */
    uint64_t records_in;    /* records received */
    uint64_t coalesced;     /* values you were not given because a newer one took their place */
    uint64_t gaps;          /* GAP events */
    uint64_t links;         /* sessions opened */
    uint64_t resyncs;       /* of those, with another life of the hub */
    uint64_t bytes_in;      /* of messages */
    uint64_t bytes_out;     /* of messages */
    int64_t round_trip_us;  /* the least of the last eight; 0 = not measured */
} floorbus_client_counts;
#define FLOORBUS_CLIENT_COUNTS_INIT                                                                \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_client_counts), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0   \
    }

/* ---- library ------------------------------------------------------------------------------- */

/* The library's version: major << 16 | minor << 8 | patch.
 * Any thread, also after fork(). */
FLOORBUS_API uint32_t floorbus_version(void);

/* Whether this library fits the header a program was compiled with. Call it first, so:
 *     if (floorbus_check_abi(FLOORBUS_ABI_VERSION) != FLOORBUS_OK) ...
 * Any thread, also after fork().
 * Returns FLOORBUS_OK or FLOORBUS_E_ABI. */
FLOORBUS_API floorbus_status floorbus_check_abi(uint32_t abi);

/* What a status means, in English; never NULL, also for numbers that are none.
 * The text is constant: it is yours for ever and never to be freed. Any thread, also after
 * fork(). */
FLOORBUS_API const char *floorbus_strerror(floorbus_status status);

/* What was wrong with this thread's last call that failed, as one sentence that says what to do;
 * empty when none has. Calls that succeed leave it alone.
 * buffer    gets the sentence, cut if need be, with a NUL; may be NULL when capacity is 0.
 * capacity  bytes of buffer, the NUL included; 512 are always enough.
 * Returns the sentence's bytes without the NUL, whatever fits. The copy is yours. Any thread. */
FLOORBUS_API size_t floorbus_last_error(char *buffer, size_t capacity);

/* ---- client -------------------------------------------------------------------------------- */

/* Opens a client and returns at once: it connects in the background, reconnects by itself, and
 * resumes its subscriptions. One client for a process is usual.
 * options  copied; yours.
 * out      gets the handle, which is yours: end it with floorbus_client_close. NULL on failure.
 * Any thread. Returns FLOORBUS_OK; E_INVALID (no or malformed endpoints, no principal, a number
 * out of bounds), E_TOOBIG (a name), E_ABI (struct_size), E_LIMIT (255 clients are open),
 * E_FORKED, E_NOMEM or E_INTERNAL (no descriptor or thread is left). */
FLOORBUS_API FLOORBUS_WARN_UNUSED floorbus_status floorbus_client_open(
    const floorbus_client_options *options, floorbus_client **out);

/* Closes a client: waits until the hub has answered all publications, says goodbye, and frees it.
 * The handle is void from the start of the call; threads that wait in other functions get
 * E_CLOSED. Events received before stay valid. Agents' states published by this client turn
 * suspect at once: publish FLOORBUS_SESSION_LOGGED_OFF first.
 * flush_timeout_ms  the longest wait for answers, milliseconds; 0 = none,
 *                   FLOORBUS_WAIT_FOREVER = no limit. Goodbye itself takes a few milliseconds.
 * Any thread; not inside a signal handler. Returns FLOORBUS_OK; E_TIMEOUT (closed, but some
 * publications may or may not have been applied), E_HANDLE, E_INVALID (another negative
 * timeout; nothing was done). In a forked child: FLOORBUS_OK, and nothing happens. */
FLOORBUS_API floorbus_status floorbus_client_close(
    floorbus_client *client, int32_t flush_timeout_ms);

/* Gives a descriptor for your select(), poll() or epoll: readable exactly while floorbus_recv has
 * an event to give. Level-triggered. Never read, write or close it; it is the library's and is
 * gone with the client, so take it out of your set before floorbus_client_close.
 * fd  gets the descriptor, the same at every call.
 * Any thread. Returns FLOORBUS_OK, E_HANDLE, E_FORKED or E_INVALID (fd is NULL). */
FLOORBUS_API floorbus_status floorbus_client_fd(floorbus_client *client, int *fd);

/* Waits until a session with a hub is open and all subscriptions so far have received their
 * present values; those lie ready for floorbus_recv then.
 * timeout_ms  milliseconds; 0 = only look, FLOORBUS_WAIT_FOREVER = no limit.
 * Any thread. Returns FLOORBUS_OK; E_AGAIN (timeout_ms 0, not yet), E_TIMEOUT, E_CLOSED, E_HANDLE,
 * E_FORKED or E_INVALID. */
FLOORBUS_API floorbus_status floorbus_client_wait_ready(
    floorbus_client *client, int32_t timeout_ms);

/* Copies the client's counters.
 * out  yours; struct_size is read, all else is written.
 * Any thread. Returns FLOORBUS_OK, E_HANDLE, E_FORKED, E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_client_stats(
    floorbus_client *client, floorbus_client_counts *out);

/* ---- publish: never blocks ----------------------------------------------------------------- */

/* Publishes an agent's state. It is kept until the hub has answered, over reconnects too, and it
 * is leased: when this client falls silent, readers see it suspect, then stale.
 * key     agent/SITE/UNIT/AGENT/, at most 200 bytes; a '/' inside a part is written %2F. Copied.
 * state   copied; yours.
 * ticket  gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns FLOORBUS_OK (taken; not yet applied); E_LIMIT (outbox_limit publications
 * are unanswered: floorbus_wait, then again), E_BADKEY, E_INVALID (an unknown number or bad UTF-8
 * in state), E_TOOBIG (a text), E_ABI, E_CLOSED, E_HANDLE or E_FORKED. */
FLOORBUS_API floorbus_status floorbus_publish_state(
    floorbus_client *client, floorbus_str key, const floorbus_agent_state *state,
    floorbus_ticket *ticket);

/* Removes the last value of a key; readers get an event with FLOORBUS_OP_DELETE.
 * key           a key of the classes agent, queue, team or custom. Copied.
 * expected_rev  the revision the key must have, else the result is E_CONFLICT; 0 = any.
 * ticket        gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns FLOORBUS_OK (taken); E_LIMIT, E_BADKEY, E_DENIED (a presence/ key),
 * E_INVALID (a key of another class), E_CLOSED, E_HANDLE or E_FORKED. */
FLOORBUS_API floorbus_status floorbus_remove(
    floorbus_client *client, floorbus_str key, uint64_t expected_rev, floorbus_ticket *ticket);

/* Waits for the hub's answer to a publication.
 * ticket      from a publishing call; the last 1024 answers are kept, and may be asked for again.
 *             FLOORBUS_TICKET_ALL: waits for the answers to all publications before this call.
 * timeout_ms  milliseconds; 0 = only look, FLOORBUS_WAIT_FOREVER = no limit.
 * out         gets how it came out: look at out->status! Yours; struct_size is read. With
 *             FLOORBUS_TICKET_ALL it must be NULL; floorbus_client_stats counts the refused.
 * Any thread. Returns FLOORBUS_OK (the answer is known, whatever it is); E_AGAIN (timeout_ms 0, not
 * yet), E_TIMEOUT, E_NOTFOUND (not a ticket of this client, or its answer is no longer kept),
 * E_CLOSED, E_HANDLE, E_FORKED, E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_wait(
    floorbus_client *client, floorbus_ticket ticket, int32_t timeout_ms, floorbus_result *out);

/* ---- subscribe and receive ----------------------------------------------------------------- */

/* Asks for all keys that match: first the present values, then SNAPSHOT_END, then every change.
 * A slow reader gets the newest value of each key, never a wrong one.
 * filter        the first one to four segments of keys, each with its '/'; "+" is any one segment:
 *               "agent/bj/", "queue/+/billing/", "+/". Copied.
 * options       copied; may be NULL.
 * subscription  gets a number for floorbus_unsubscribe; may be NULL.
 * Any thread. Returns FLOORBUS_OK (asked for); E_BADKEY, E_LIMIT (256 subscriptions), E_INVALID,
 * E_ABI, E_CLOSED, E_HANDLE or E_FORKED. A hub that refuses it sends REFUSED. */
FLOORBUS_API floorbus_status floorbus_subscribe(
    floorbus_client *client, floorbus_str filter, const floorbus_sub_options *options,
    uint32_t *subscription);

/* Ends a subscription. At most one event of it, which was already next, still comes.
 * Any thread. Returns FLOORBUS_OK, E_NOTFOUND (0, or not a live subscription of this client),
 * E_CLOSED, E_HANDLE or E_FORKED. */
FLOORBUS_API floorbus_status floorbus_unsubscribe(floorbus_client *client, uint32_t subscription);

/* Takes the next event. Each event goes to one receiver.
 * out         gets the event, which is yours: end it with floorbus_event_release. NULL when
 *             there is none.
 * timeout_ms  milliseconds; 0 = only look, FLOORBUS_WAIT_FOREVER = no limit.
 * Any thread. Returns FLOORBUS_OK; E_AGAIN (timeout_ms 0, none is there), E_TIMEOUT, E_CLOSED,
 * E_HANDLE, E_FORKED, E_INVALID, or E_LIMIT (16383 events are not released). */
FLOORBUS_API floorbus_status floorbus_recv(
    floorbus_client *client, floorbus_event **out, int32_t timeout_ms);

/* What an event is. The pointers in it are valid until floorbus_event_release.
 * out  yours; struct_size is read, all else is written.
 * Any thread. Returns FLOORBUS_OK, E_HANDLE, E_FORKED, E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_event_get(
    const floorbus_event *event, floorbus_event_info *out);

/* Reads an event of the kind AGENT whose op is PUT. The pointers in it are valid until
 * floorbus_event_release.
 * out  yours; struct_size is read, all else is written.
 * Any thread. Returns FLOORBUS_OK; E_STATE (another kind or op), E_PROTO (the
 * payload is not well-formed), E_HANDLE, E_FORKED, E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_event_decode_state(
    const floorbus_event *event, floorbus_agent_state *out);

/* Gives an event back; its pointers are void. NULL, released and foreign handles are ignored.
 * Any thread; in a forked child it does nothing. */
FLOORBUS_API void floorbus_event_release(floorbus_event *event);

/* ---- converters ---------------------------------------------------------------------------- */

/* Other systems' agent states to FloorBus's and back; docs/standards.md has the tables. Their
 * numbers differ (3 is busy in CSTA, wrap-up in TSAPI, a private call in TAPI): never pass one to
 * the function of another. Wrap-up keeps its two flavours: AFTER_CALL with NOT_READY or READY as
 * pending.
 *
 * floorbus_state_from_*
 *     out  yours; struct_size is read; session, state, pending, call and cause are written. What
 *          the system did not say becomes unknown or none. All other fields stay as they are,
 *          your texts too, unless the function names them.
 *     Return FLOORBUS_OK; E_INVALID (a value that the system does not have, named by
 *     floorbus_last_error: it is never guessed; out is NULL; bad UTF-8), E_TOOBIG (a text over 128
 *     bytes) or E_ABI.
 * floorbus_state_to_*
 *     state  yours; only session, state, pending, call and out_of_service are read. What the other
 *            system has no field for is left out.
 *     The texts given are constants with a NUL: they are yours for ever and never to be freed.
 *     Return FLOORBUS_OK; E_NOTFOUND (the system has no value for that), E_INVALID (an output is
 *     NULL, or an unknown number is in state) or E_ABI.
 * Any thread, also after fork(). */

/* For pending of the two functions for CSTA: none. */
#define FLOORBUS_NO_PENDING (-1)

/* CSTA III (ECMA-269): agent_state is an AgentState, 0 to 4; pending a PendingAgentState, 0 to 3,
 * whose numbers are others: 3 is agentWorkingAfterCall. Reserved is not among them: a busy agent
 * whose connection is alerting. Set that yourself. */
FLOORBUS_API floorbus_status floorbus_state_from_csta(
    int32_t agent_state, int32_t pending, floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_csta(
    const floorbus_agent_state *state, int32_t *agent_state, int32_t *pending);

/* TSAPI, for example Avaya's: agent_state is an AgentState_t, 0 to 4, or JTAPI's -1. It has
 * neither busy nor reserved, and wrap-up only with where it leads to as pending. */
FLOORBUS_API floorbus_status floorbus_state_from_tsapi(
    int32_t agent_state, floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_tsapi(
    const floorbus_agent_state *state, int32_t *agent_state);

/* Microsoft TAPI 3: agent_state is an AGENT_STATE, 0 to 5. Its three kinds of busy become one;
 * back it is AS_BUSY_ACD. It has no logged-off, reserved or wrap-up. */
FLOORBUS_API floorbus_status floorbus_state_from_tapi(
    int32_t agent_state, floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_tapi(
    const floorbus_agent_state *state, int32_t *agent_state);

/* Cisco Finesse: the texts state and pendingState of a User, the latter empty when there is none.
 * reason_code  its reason code, 0 = none. A code by which the system itself says what happened
 *              (32763: ring, no answer) becomes out->cause, every other one out->reason_code,
 *              which is written too. */
FLOORBUS_API floorbus_status floorbus_state_from_finesse(
    floorbus_str text, floorbus_str pending, uint16_t reason_code, floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_finesse(
    const floorbus_agent_state *state, floorbus_str *text, floorbus_str *pending);

/* Asterisk, a member of a queue: Status (0 to 8), Paused and InCall (each 0 or 1) and PausedReason
 * (may be empty; "Auto-Pause" becomes a cause, any other is yours to put into out->reason) of
 * QueueMemberStatus. out->out_of_service is written too. Who is no member is logged off. */
FLOORBUS_API floorbus_status floorbus_state_from_asterisk(
    int32_t device_state, int32_t paused, int32_t in_call, floorbus_str paused_reason,
    floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_asterisk(
    const floorbus_agent_state *state, int32_t *device_state, int32_t *paused, int32_t *in_call);

/* FreeSWITCH mod_callcenter: CC-Agent-Status and CC-Agent-State. Its events tell one of the two:
 * remember the other. */
FLOORBUS_API floorbus_status floorbus_state_from_freeswitch(
    floorbus_str status, floorbus_str text, floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_freeswitch(
    const floorbus_agent_state *state, floorbus_str *status, floorbus_str *text);

/* ---- conveniences, compiled into your program ---------------------------------------------- */

/* A NUL-terminated text as floorbus_str; it points to text. NULL is the empty text. */
FLOORBUS_INLINE floorbus_str floorbus_cstr(const char *text) {
    floorbus_str result;
    result.ptr = text;
    result.len = 0;
    if (text) {
        while (text[result.len]) result.len++;
    }
    return result;
}

#ifdef __cplusplus
}
#endif
#endif
