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
 *  R1  It returns FLOORBUS_OK (0) or a negative FLOORBUS_E_*, and leaves errno as it was. No abort,
 *      no exit. What is wrong in words: floorbus_last_error. Descriptors, threads and memory are
 *      tried before they are needed: who runs short gets E_LIMIT or E_NOMEM. What cannot be saved:
 *      libzmq ends the process when it finds no memory while it works, or when another thread takes
 *      the last descriptor or thread between the trial and the use.
 *  R2  Handles (floorbus_client *, floorbus_event *, floorbus_snapshot *, floorbus_hub *) are
 *      checked numbers, never addresses: NULL, a closed one and a foreign one give
 *      FLOORBUS_E_HANDLE. Never dereference or compare them with anything but NULL.
 *  R3  What you pass in is copied before the call returns. Pointers you are given point into an
 *      event and are valid until floorbus_event_release of it. No output is touched by a call that
 *      fails, unless its comment says so.
 *  R4  Any function may be called from any thread, also several at once on one client. None blocks
 *      longer than its timeout_ms; those without one do not block, they only take short locks.
 *      A thread is not cancelled (pthread_cancel) inside: the request waits for the call's end.
 *  R5  Your code is called only inside floorbus_dispatch, on the thread that called it and with no
 *      lock held (drop functions: see floorbus_set_callback; the log's: see floorbus_set_log). The
 *      library runs one thread for each client and hub, with all signals blocked, and libzmq two.
 *      It is never unloaded: dlclose() leaves it, and what is open in it, where it is.
 *  R6  Fork before you open the first client or hub. After fork() the child of a process that has
 *      opened one gets FLOORBUS_E_FORKED from every function with a handle and from those that
 *      make one; close, stop, free and release do nothing there. exec() is fine: all descriptors
 *      are close-on-exec.
 *  R7  Every struct begins with struct_size: set it to sizeof the struct (the _INIT macros do) and
 *      all else to zero, which means "default". Structs only grow at their end. A size below the
 *      first version's, or a larger struct with something set that this library does not know,
 *      gives FLOORBUS_E_ABI.
 *
 * Text is UTF-8, unless a client was opened with another host_encoding: then every text and key
 * that crosses the border of that client's functions is in it. Bytes that are not of the encoding
 * are refused with FLOORBUS_E_INVALID (in keys and filters FLOORBUS_E_BADKEY); the sentence names
 * their position. Received characters that the encoding lacks become '?'. Errors' sentences are
 * English, in ASCII. Times are microseconds since 1970, UTC. Numbers unknown to this library are
 * received as 0.
 * The numbers of all enumerations are the vocabulary's, the same in every FloorBus program. */
#ifndef FLOORBUS_H_INCLUDED
#define FLOORBUS_H_INCLUDED
#ifndef FLOORBUS_NO_INCLUDES
#include <stddef.h>
#include <stdint.h>
#endif

#define FLOORBUS_VERSION_MAJOR 0
#define FLOORBUS_VERSION_MINOR 1
#define FLOORBUS_VERSION_PATCH 0
/* Grows when a program has to be compiled anew. See floorbus_check_abi. */
#define FLOORBUS_ABI_VERSION 1u

/* For readers of C declarations, such as cffi: FLOORBUS_NO_INLINE declares the conveniences at the
 * end as functions of the library, which has them too, FLOORBUS_NO_INCLUDES leaves out the standard
 * headers, and what is defined before this file is included stays. So nothing but declarations is
 *     gcc -E -P -DFLOORBUS_NO_INLINE -DFLOORBUS_NO_INCLUDES -DFLOORBUS_API= \
 *         -DFLOORBUS_WARN_UNUSED= floorbus.h */
#ifdef FLOORBUS_API
#elif defined(__GNUC__) || defined(__clang__)
#define FLOORBUS_API __attribute__((visibility("default")))
#else
#define FLOORBUS_API
#endif
#ifdef FLOORBUS_WARN_UNUSED
#elif defined(__GNUC__) || defined(__clang__)
#define FLOORBUS_WARN_UNUSED __attribute__((warn_unused_result))
#else
#define FLOORBUS_WARN_UNUSED
#endif
#ifdef FLOORBUS_INLINE
#elif defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L)
#define FLOORBUS_INLINE static inline
#elif defined(__GNUC__) || defined(__clang__)
#define FLOORBUS_INLINE static __inline__
#else
#define FLOORBUS_INLINE static
#endif
/* For the _INIT macros: a pointer to nothing, and no text. C++ compilers may warn of a 0 there. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define FLOORBUS_NULL nullptr
#else
#define FLOORBUS_NULL 0
#endif
#define FLOORBUS_NO_TEXT { FLOORBUS_NULL, 0 }
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
    FLOORBUS_E_AUTH = -11,          /* the hub does not know this key */
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
typedef struct floorbus_snapshot_s floorbus_snapshot; /* a handle; floorbus_snapshot_free ends it */
typedef struct floorbus_hub_s floorbus_hub;           /* a handle; floorbus_hub_stop ends it */

/* Text: len bytes of UTF-8, not NUL-terminated. ptr may be NULL when len is 0. A len that no memory
 * has, such as (size_t)-1, is E_INVALID, of keys and filters E_BADKEY; counts likewise. */
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

/* A flag's or a note's id: a UUID, first byte first; all zero = none. */
typedef struct {
    uint8_t b[16];
} floorbus_id;
/* Bytes of an id as text, its NUL included: 32 hexadecimal digits, as at the end of keys. */
enum { FLOORBUS_ID_TEXT_BYTES = 33 };

/* One publication of a client, counted from 1; 0 = none. */
typedef uint64_t floorbus_ticket;
#define FLOORBUS_TICKET_ALL ((floorbus_ticket)-1) /* every bit is set */
/* Of a timeout_ms: no limit. */
enum { FLOORBUS_WAIT_FOREVER = -1 };

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
    FLOORBUS_KIND_PRIVATE = 9,       /* private/SITE/ASKER/FLAG/: the words of the flag that ASKER
                                      * raised, for ASKER and for those who help */
    FLOORBUS_KIND_PERSONAL = 10,     /* personal/SITE/PERSON/NOTE/: a note to PERSON, or a receipt
                                      * to PERSON of a note PERSON has sent */
    FLOORBUS_KIND_CATALOGUE = 11,
    FLOORBUS_KIND_LINK = 64,         /* the hub came or went: link, epoch, result */
    FLOORBUS_KIND_RESULT = 65,       /* the answer to a publication, if asked for when the client
                                      * was opened: ticket, result, rev, claim_gen, owner */
    FLOORBUS_KIND_SNAPSHOT_END = 66, /* all present values of subscription came: count */
    FLOORBUS_KIND_GAP = 67,          /* prev_rev to rev of the event lane will not come: count.
                                      * Flags and notes that ended meanwhile are not told: forget
                                      * yours, and subscribe or floorbus_get them anew */
    FLOORBUS_KIND_REFUSED = 68       /* the hub refused subscription, which is gone: key is its
                                      * filter, result is why, in words owner */
};
/* info.schema of records of the kind PRIVATE: which of the decode functions reads them. */
enum { FLOORBUS_SCHEMA_FLAG = 1, FLOORBUS_SCHEMA_NOTE = 2 };
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
    FLOORBUS_LINK_RESYNCED = 3 /* another life of the hub: a full snapshot of the last values
                                * follows; for flags, notes and events see FLOORBUS_KIND_GAP.
                                * Leased values of yours are published again by themselves; what
                                * had FLOORBUS_PUB_UNLEASED, and floorbus_set_duty, say again */
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

/* Where a help flag stands in its life. CLOSED, CANCELLED and UNANSWERED are ends; a MERGED one
 * waits for the answer of another. */
enum {
    FLOORBUS_FLAG_UNKNOWN = 0,
    FLOORBUS_FLAG_RAISED = 1,
    FLOORBUS_FLAG_PENDING = 2, /* a supporter's station has shown it, or it was given back */
    FLOORBUS_FLAG_CLAIMED = 3,
    FLOORBUS_FLAG_ENGAGED = 4, /* its owner has begun to help */
    FLOORBUS_FLAG_ANSWERED = 5,
    FLOORBUS_FLAG_CLOSED = 6,
    FLOORBUS_FLAG_CANCELLED = 7,
    FLOORBUS_FLAG_MERGED = 8,
    FLOORBUS_FLAG_UNANSWERED = 9
};
/* What a help flag asks for. */
enum {
    FLOORBUS_FLAG_KIND_UNKNOWN = 0,
    FLOORBUS_FLAG_KIND_KNOWLEDGE = 1,
    FLOORBUS_FLAG_KIND_AUTHORITY = 2,
    FLOORBUS_FLAG_KIND_TAKEOVER = 3,
    FLOORBUS_FLAG_KIND_SYSTEM_FAULT = 4,
    FLOORBUS_FLAG_KIND_POLICY_BLOCKER = 5,
    FLOORBUS_FLAG_KIND_SAFETY = 6,
    FLOORBUS_FLAG_KIND_PERSONAL = 7
};
/* How a supporter helps. */
enum {
    FLOORBUS_CHANNEL_UNKNOWN = 0,
    FLOORBUS_CHANNEL_DESK = 1,
    FLOORBUS_CHANNEL_CHAT = 2,
    FLOORBUS_CHANNEL_WHISPER = 3,
    FLOORBUS_CHANNEL_BARGE = 4,
    FLOORBUS_CHANNEL_TAKEOVER = 5
};
/* How a flag's answer came out. */
enum {
    FLOORBUS_OUTCOME_UNKNOWN = 0,
    FLOORBUS_OUTCOME_ANSWERED = 1,
    FLOORBUS_OUTCOME_TRANSFERRED = 2,
    FLOORBUS_OUTCOME_TAKEN_OVER = 3,
    FLOORBUS_OUTCOME_NO_ANSWER_KNOWN = 4
};
/* What made a flag change. */
enum {
    FLOORBUS_FLAG_CAUSE_UNKNOWN = 0,
    FLOORBUS_FLAG_CAUSE_PERSON = 1,
    FLOORBUS_FLAG_CAUSE_TIMER = 2,
    FLOORBUS_FLAG_CAUSE_CALL_ENDED = 3,
    FLOORBUS_FLAG_CAUSE_LEASE_LOST = 4,
    FLOORBUS_FLAG_CAUSE_NEVER_ENGAGED = 5,
    FLOORBUS_FLAG_CAUSE_INCIDENT = 6
};
/* Whether an answer was right, as somebody found later. */
enum {
    FLOORBUS_VERDICT_UNKNOWN = 0,
    FLOORBUS_VERDICT_CORRECT = 1,
    FLOORBUS_VERDICT_PARTLY = 2,
    FLOORBUS_VERDICT_WRONG = 3
};
/* What a supporter is doing. COMMITTED and ENGAGED are said by the hub alone. */
enum {
    FLOORBUS_SUPPORTER_UNKNOWN = 0,
    FLOORBUS_SUPPORTER_OFF_FLOOR = 1,
    FLOORBUS_SUPPORTER_AVAILABLE = 2,
    FLOORBUS_SUPPORTER_COMMITTED = 3,
    FLOORBUS_SUPPORTER_ENGAGED = 4,
    FLOORBUS_SUPPORTER_BREAK = 5
};
/* What kind of note it is, */
enum {
    FLOORBUS_NOTE_UNKNOWN = 0,
    FLOORBUS_NOTE_ANNOUNCEMENT = 1,
    FLOORBUS_NOTE_REMINDER = 2,
    FLOORBUS_NOTE_ALERT = 3,
    FLOORBUS_NOTE_KUDOS = 4
};
/* where it stands, */
enum {
    FLOORBUS_NOTE_STATUS_UNKNOWN = 0,
    FLOORBUS_NOTE_STATUS_ACTIVE = 1,
    FLOORBUS_NOTE_STATUS_ACKNOWLEDGED = 2, /* an alert that somebody takes care of */
    FLOORBUS_NOTE_STATUS_CLEARED = 3,      /* an alert whose cause is gone */
    FLOORBUS_NOTE_STATUS_EXPIRED = 4,
    FLOORBUS_NOTE_STATUS_WITHDRAWN = 5
};
/* how soon it is to be read, */
enum {
    FLOORBUS_PRIORITY_UNKNOWN = 0,
    FLOORBUS_PRIORITY_NORMAL = 1, /* when the reader is not on a call */
    FLOORBUS_PRIORITY_URGENT = 2  /* at once */
};
/* and, of an alert, how much it matters. */
enum {
    FLOORBUS_SEVERITY_UNKNOWN = 0,
    FLOORBUS_SEVERITY_INFORMATION = 1,
    FLOORBUS_SEVERITY_WARNING = 2,
    FLOORBUS_SEVERITY_CRITICAL = 3
};
/* What a person or program may be; any number at once, as bits. */
enum {
    FLOORBUS_ROLE_AGENT = 1,
    FLOORBUS_ROLE_SUPPORTER = 2,
    FLOORBUS_ROLE_SUPERVISOR = 4,
    FLOORBUS_ROLE_WALLBOARD = 8,
    FLOORBUS_ROLE_SYSTEM = 16
};
/* The unit of a figure's value, */
enum {
    FLOORBUS_UNIT_UNKNOWN = 0,
    FLOORBUS_UNIT_COUNT = 1,
    FLOORBUS_UNIT_MILLISECONDS = 2,
    FLOORBUS_UNIT_PERMILLE = 3,  /* 1000 is 100 % */
    FLOORBUS_UNIT_TIMESTAMP = 4, /* microseconds since 1970: a moment */
    FLOORBUS_UNIT_HUNDREDTHS = 5
};
/* how it was computed, */
enum {
    FLOORBUS_FORMULA_UNKNOWN = 0,
    FLOORBUS_FORMULA_COUNT = 1,
    FLOORBUS_FORMULA_MEAN = 2,
    FLOORBUS_FORMULA_WEIGHTED_MEAN = 3,
    FLOORBUS_FORMULA_MAXIMUM = 4,
    FLOORBUS_FORMULA_MEDIAN = 5,
    FLOORBUS_FORMULA_PERCENTILE_90 = 6,
    FLOORBUS_FORMULA_SL_ANSWERED = 16,     /* answered within T / answered */
    FLOORBUS_FORMULA_SL_WITH_ABANDON = 17, /* (answered + abandoned within T) / (both) */
    FLOORBUS_FORMULA_SL_OFFERED = 18,      /* answered within T / (answered + abandoned) */
    FLOORBUS_FORMULA_SL_OFFERED_LESS_SHORT = 19, /* ... / (offered - short abandons) */
    FLOORBUS_FORMULA_SL_INSTANT = 20       /* (in queue - over T) / in queue, now */
};
/* and over what time. */
enum {
    FLOORBUS_WINDOW_UNKNOWN = 0,
    FLOORBUS_WINDOW_NOW = 1,
    FLOORBUS_WINDOW_SINCE_MIDNIGHT = 2,
    FLOORBUS_WINDOW_15_MINUTES = 3,
    FLOORBUS_WINDOW_HOUR = 4,
    FLOORBUS_WINDOW_24_HOURS = 5,
    FLOORBUS_WINDOW_SINCE_START = 6
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
            0, 0, 0, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT        \
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
    uint8_t freshness;      /* FLOORBUS_FRESH_*; it may change while rev stays */
    uint32_t epoch;         /* LINK: which life of the hub this is */
    floorbus_status result; /* LINK: why it is down, 0 = up; REFUSED: why; RESULT: how */
    uint32_t claim_gen;     /* RESULT: as floorbus_result.claim_gen */
    floorbus_ticket ticket; /* RESULT: the publication */
    floorbus_str owner;     /* RESULT: as floorbus_result.owner; REFUSED: why, a sentence */
    uint32_t result_flags;  /* RESULT: FLOORBUS_RESULT_* bits */
    uint32_t reserved0;
} floorbus_event_info;
#define FLOORBUS_EVENT_INFO_INIT                                                                   \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_event_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, FLOORBUS_NO_TEXT,     \
            FLOORBUS_NO_TEXT, 0, 0, 0, 0, 0, 0, 0, FLOORBUS_NO_TEXT, 0, 0                          \
    }

/* How a publication came out at the hub. */
typedef struct {
    uint32_t struct_size;
    floorbus_status status; /* FLOORBUS_OK: applied; else why not */
    uint64_t rev;           /* the revision it made; on E_CONFLICT the key's present one */
    uint32_t claim_gen;     /* of a flag: its fencing token, for what its owner does next;
                             * of FLOORBUS_OP_RAISE: how many supporters on duty may take it */
    uint32_t flags;         /* FLOORBUS_RESULT_* bits */
    char owner[136];        /* E_CONFLICT: who has it; E_DENIED: why; E_EXISTS: the id of the flag
                             * that is open; E_STATE: the name of the state; ends with NUL */
} floorbus_result;
#define FLOORBUS_RESULT_INIT { (uint32_t)sizeof(floorbus_result), 0, 0, 0, 0, {0} }
/* The hub keeps its journal in memory: what it has accepted is gone when its process ends. A hub
 * started by floorbus_hub_start is like that, the daemon `floorbus hub --data DIR` is not. Nobody's
 * flag should depend on a hub whose results carry this. */
enum { FLOORBUS_RESULT_VOLATILE = 1 };

/* One computed number with what is needed to read it right. */
typedef struct {
    uint32_t struct_size;
    uint8_t unit;          /* FLOORBUS_UNIT_* */
    uint8_t formula;       /* FLOORBUS_FORMULA_* */
    uint8_t window;        /* FLOORBUS_WINDOW_* */
    uint8_t reserved0;     /* 0 */
    int64_t value;         /* in unit */
    int64_t as_of_us;      /* the moment it describes; 0 = the record's own */
    uint32_t n;            /* how many observations it rests on */
    uint32_t threshold_ms; /* of a service level */
    int16_t zone_minutes;  /* where the window's midnight lies, minutes east of UTC */
    uint16_t reserved1;    /* 0 */
    uint32_t reserved2;    /* 0 */
    floorbus_str name;     /* "serviceLevel", "asa", ...; 1 to 32 bytes */
} floorbus_figure;
#define FLOORBUS_FIGURE_INIT                                                                       \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_figure), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, FLOORBUS_NO_TEXT       \
    }

/* How full a queue is: the value of a queue/ key. */
typedef struct {
    uint32_t struct_size;
    uint32_t waiting;           /* contacts waiting now */
    int64_t oldest_enqueued_us; /* when the one waiting longest joined; 0 = nobody waits. The age is
                                 * the reader's to compute: it changes all the time */
    uint32_t offered;           /* contacts within window that joined, */
    uint32_t answered;          /* an agent answered, */
    uint32_t abandoned;         /* gave up, */
    uint32_t abandoned_short;   /* of these before the threshold, */
    uint32_t overflowed;        /* were sent to another queue, */
    uint32_t timed_out;         /* left because the wait was too long, */
    uint32_t exited_by_key;     /* left by pressing a key, */
    uint32_t callback_taken;    /* took a call-back */
    uint32_t agents_logged_on;  /* agents who serve the queue, by what they do, each in one place */
    uint32_t agents_ready;
    uint32_t agents_reserved;
    uint32_t agents_busy_inbound;
    uint32_t agents_busy_outbound;
    uint32_t agents_busy_internal;
    uint32_t agents_after_call;
    uint32_t agents_not_ready;
    uint32_t agents_busy_other;     /* busy for another queue */
    uint8_t window;                 /* FLOORBUS_WINDOW_* of the counters */
    uint8_t freshness;              /* FLOORBUS_FRESH_*; received only */
    uint16_t reserved0;             /* 0 */
    const floorbus_figure *figures; /* figure_count of them, each with its struct_size */
    size_t figure_count;            /* at most 64 */
} floorbus_queue;
#define FLOORBUS_QUEUE_INIT                                                                        \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_queue), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    \
            0, FLOORBUS_WINDOW_SINCE_START, 0, 0, FLOORBUS_NULL, 0                                 \
    }

/* A team's figures: the value of a team/ key. */
typedef struct {
    uint32_t struct_size;
    uint8_t freshness;              /* FLOORBUS_FRESH_*; received only */
    uint8_t reserved0[3];           /* 0 */
    const floorbus_figure *figures; /* figure_count of them, each with its struct_size */
    size_t figure_count;            /* at most 64 */
} floorbus_team;
#define FLOORBUS_TEAM_INIT { (uint32_t)sizeof(floorbus_team), 0, {0, 0, 0}, FLOORBUS_NULL, 0 }

/* What somebody asks the hub to do with a help flag. Fields that the operation does not name are
 * zero. */
typedef struct {
    uint32_t struct_size;
    uint32_t claim_gen;    /* the token the flag must have: required of its owner (ENGAGE, RELEASE,
                            * REJECT, ANSWER); 0 = any */
    uint8_t kind;          /* RAISE: FLOORBUS_FLAG_KIND_* */
    uint8_t channel;       /* RAISE: the help wanted, ENGAGE: the help given; FLOORBUS_CHANNEL_* */
    uint8_t outcome;       /* ANSWER: FLOORBUS_OUTCOME_* */
    uint8_t customer_star; /* RAISE: 1 to 5; 0 = unknown */
    uint8_t rating;        /* RATE: 1 to 5; 0 withdraws it */
    uint8_t verdict;       /* VERDICT: FLOORBUS_VERDICT_* */
    uint16_t reserved0;    /* 0 */
    floorbus_id incident;  /* MERGE: the flag whose answer this one is to wait for */
    floorbus_str text;     /* RAISE: the question (1024 bytes); ANSWER: the answer (4096); RATE: a
                            * comment (1024); REJECT, CANCEL: why (256) */
    floorbus_str knowledge; /* ANSWER: where it stands in the knowledge base; 256 bytes */
    floorbus_str category;  /* RAISE: a code of the site's catalogue; 32 bytes */
    floorbus_str call_ref;  /* RAISE: the call; its end cancels the flag; 64 bytes */
    floorbus_str seat;      /* RAISE: where the agent sits; 64 bytes */
    floorbus_str agent;     /* RAISE by a telephone system: for whom; 64 bytes */
} floorbus_flag_request;
#define FLOORBUS_FLAG_REQUEST_INIT                                                                 \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_flag_request), 0, 0, 0, 0, 0, 0, 0, 0, {{0}},                    \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT,                \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT                                                     \
    }

/* A help flag as it stands: the value of every record of a flag/ key, and of those under private/
 * that carry its words. Moments are the hub's; 0 = not reached. */
typedef struct {
    uint32_t struct_size;
    uint32_t claim_gen;     /* the fencing token; grows with every claim and every loss of one */
    uint8_t status;         /* FLOORBUS_FLAG_* */
    uint8_t kind;           /* FLOORBUS_FLAG_KIND_* */
    uint8_t channel_wanted; /* FLOORBUS_CHANNEL_* */
    uint8_t channel;        /* FLOORBUS_CHANNEL_*, once somebody has engaged */
    uint8_t outcome;        /* FLOORBUS_OUTCOME_* */
    uint8_t cause;          /* FLOORBUS_FLAG_CAUSE_*: what made the last change */
    uint8_t customer_star;  /* 1 to 5; 0 = unknown */
    uint8_t escalation;     /* how often it was made louder */
    uint16_t claims;        /* how often it was claimed */
    uint16_t reopens;       /* how often the asker said that the answer was none */
    uint16_t viewers;       /* supporters whose stations have shown it */
    uint16_t eligible;      /* supporters on duty who might take it, when it was raised */
    uint32_t merged;        /* flags that wait for this one's answer */
    uint8_t has_words;      /* 1: the record is one under private/; else what follows merged_into
                             * and team is empty, and rating and verdict say nothing */
    uint8_t rating;         /* 1 to 5; 0 = none */
    uint8_t verdict;        /* FLOORBUS_VERDICT_* */
    uint8_t reserved0;
    int64_t raised_us, seen_us, claimed_us, engaged_us, answered_us, ended_us;
    int64_t escalated_us, reopened_us, rated_us, verdict_us;
    floorbus_id flag_id;     /* as in the key */
    floorbus_id merged_into; /* the flag whose answer this one waits for */
    floorbus_str category;
    floorbus_str owner; /* who has it; empty = nobody */
    floorbus_str team;  /* the asker's */
    floorbus_str agent; /* who asks */
    floorbus_str seat;
    floorbus_str call_ref;
    floorbus_str text; /* the question */
    floorbus_str answer;
    floorbus_str knowledge;
    floorbus_str reason; /* why it was last rejected or cancelled */
    floorbus_str comment;
    floorbus_str verdict_by;
} floorbus_flag;
#define FLOORBUS_FLAG_INIT                                                                         \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_flag), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,     \
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {{0}}, {{0}}, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT,        \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT,                \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT,                \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT                                                     \
    }

/* A note: the value of a note/ key, and of those under personal/, which are to one person or tell a
 * sender who has read theirs. */
typedef struct {
    uint32_t struct_size;
    uint8_t kind;                  /* FLOORBUS_NOTE_* */
    uint8_t status;                /* FLOORBUS_NOTE_STATUS_*; received only */
    uint8_t priority;              /* FLOORBUS_PRIORITY_*; 0 when sent = NORMAL */
    uint8_t severity;              /* FLOORBUS_SEVERITY_* of an alert */
    uint32_t roles;                /* for holders of any of these FLOORBUS_ROLE_* bits; 0 = all */
    uint32_t receipts;             /* how many have read it; received only, as all that follows */
    int64_t expires_us;            /* but this: when it is over; 0 when sent = after 24 hours */
    int64_t sent_us;
    int64_t acknowledged_us;       /* of an alert: when somebody took care of it */
    int64_t ended_us;
    int64_t value;                 /* of an alert: the figure that raised it */
    floorbus_id note_id;           /* as in the key */
    floorbus_str text;             /* what it says; at most 2048 bytes; sent */
    floorbus_str person;           /* for one person alone; at most 64 bytes; sent */
    floorbus_str sender;           /* empty = the hub */
    floorbus_str rule;             /* of an alert: the rule's name */
    floorbus_str subject;          /* of an alert: the key it is about */
    floorbus_str acknowledged_by;  /* of an alert: who takes care of it */
} floorbus_note;
#define FLOORBUS_NOTE_INIT                                                                         \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_note), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {{0}},                   \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT,                \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT                                                     \
    }

/* Whether somebody is there: the value of a presence/ key. */
typedef struct {
    uint32_t struct_size;
    uint32_t sessions;  /* live ones of the principal; 0 = offline */
    int64_t since_us;   /* when they last came or went; 0 = never */
    uint8_t supporter;  /* FLOORBUS_SUPPORTER_* */
    uint8_t reserved0;
    uint16_t flags;     /* help flags in hand */
    uint32_t reserved1;
} floorbus_presence;
#define FLOORBUS_PRESENCE_INIT { (uint32_t)sizeof(floorbus_presence), 0, 0, 0, 0, 0, 0 }

/* What an entry of the catalogue is about. */
enum {
    FLOORBUS_CATALOGUE_CATEGORY = 1, /* what help flags are about */
    FLOORBUS_CATALOGUE_REASON = 2,   /* why agents are not ready */
    FLOORBUS_CATALOGUE_PERSON = 3    /* somebody, or something, that may connect */
};

/* What the hub's roster says for desktops to show: the value of a catalogue/-/SUBJECT/CODE/ key.
 * Whoever may connect may subscribe to catalogue/; a desktop needs no file of its own. */
typedef struct {
    uint32_t struct_size;
    uint8_t subject;      /* FLOORBUS_CATALOGUE_* */
    uint8_t reason_class; /* of a reason: FLOORBUS_REASON_* */
    uint16_t reserved0;
    floorbus_str code;    /* as flags and states carry it, a reason's as a decimal number; a
                           * person's id: the end of the key, decoded */
    floorbus_str label;   /* what it is called, or the person's name */
    floorbus_str parent;  /* of a category: the code of the wider one; empty = none */
    floorbus_str answer;  /* of a category: its standard answer, to be shown at once; empty =
                           * none */
    floorbus_str site;    /* of a person; empty = nowhere in particular */
    floorbus_str team;    /* of a person; empty = none */
} floorbus_catalogue;
#define FLOORBUS_CATALOGUE_INIT                                                                    \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_catalogue), 0, 0, 0,                                             \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT,                \
            FLOORBUS_NO_TEXT, FLOORBUS_NO_TEXT                                                     \
    }

/* What a publication does beside its content; NULL where one is asked for = all zero. */
typedef struct {
    uint32_t struct_size;
    uint32_t flags;        /* FLOORBUS_PUB_* bits */
    uint64_t expected_rev; /* the revision the key must have, else the result is E_CONFLICT;
                            * 0 = any */
    int64_t src_time_us;   /* when it happened by your clock; 0 = not said */
} floorbus_publish_options;
#define FLOORBUS_PUBLISH_OPTIONS_INIT { (uint32_t)sizeof(floorbus_publish_options), 0, 0, 0 }
/* The value is not under your client's lease: it never turns suspect. */
enum { FLOORBUS_PUB_UNLEASED = 1 };

/* How a client behaves. Only endpoints and principal have no default. */
typedef struct {
    uint32_t struct_size;
    uint32_t flags;            /* FLOORBUS_CLIENT_* bits */
    const char *endpoints;     /* addresses of one hub, tried in turn, with commas between:
                                * "tcp://HOST:PORT", PORT 1 to 65535; "ipc:///PATH", a PATH of at
                                * most 107 bytes; NULL for floorbus_hub_client */
    const char *principal;     /* who the client is, on trusted local links; at most 64 bytes of
                                * UTF-8 (21 Chinese characters), as each part of a key */
    const char *app_name;      /* for people; at most 64 bytes; NULL = "" */
    const char *outbox_path;   /* a file that keeps publications over the process's end (the next
                                * client with it and the same principal sends what was left, and
                                * each is applied once; docs/outbox.md); NULL = memory. A relative
                                * path counts from the directory of this call, wherever the process
                                * goes afterwards */
    const char *host_encoding; /* of all texts: "UTF-8", "GBK", "GB18030", "BIG5", "ISO-8859-1";
                                * NULL = UTF-8. Paths and endpoints are not converted */
    const char *will_key;      /* an agent/ key whose state the hub sets to will_state when this
                                * principal is gone without floorbus_client_close; NULL = none */
    const floorbus_agent_state *will_state; /* NULL = FLOORBUS_SESSION_LOGGED_OFF */
    uint32_t will_grace_ms;    /* how long after the last session; at most 25000; 0 = 5000 */
    uint32_t heartbeat_ms;     /* 50 to 1500; 0 = the hub's */
    uint32_t reconnect_min_ms; /* the wait before reconnecting is random, its bound doubles from */
    uint32_t reconnect_max_ms; /* min to max; 0 = 250 and 2000 */
    uint32_t outbox_limit;     /* publications kept until answered, at most 65536; 0 = 1024 */
    uint32_t window_bytes;     /* what the hub may send ahead, 65536 to 1048576; 0 = 262144 */
} floorbus_client_options;
#define FLOORBUS_CLIENT_OPTIONS_INIT                                                               \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_client_options), 0, FLOORBUS_NULL, FLOORBUS_NULL,                \
            FLOORBUS_NULL, FLOORBUS_NULL, FLOORBUS_NULL, FLOORBUS_NULL, FLOORBUS_NULL, 0, 0, 0,    \
            0, 0, 0                                                                                \
    }
/* Answers to publications come as events of the kind FLOORBUS_KIND_RESULT too. */
enum { FLOORBUS_CLIENT_RESULT_EVENTS = 1 };

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
    uint64_t recovered;     /* publications an earlier process left in the outbox file */
    uint64_t overtaken;     /* values that gave way in a full outbox to newer ones of their keys */
} floorbus_client_counts;
#define FLOORBUS_CLIENT_COUNTS_INIT                                                                \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_client_counts), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,     \
            0, 0, 0                                                                                \
    }

/* What a hub in your process is to be. All zero: a hub for this process alone. */
typedef struct {
    uint32_t struct_size;
    uint32_t flags;           /* FLOORBUS_HUB_* bits */
    const char *listen;       /* where other processes connect, with commas between:
                               * "tcp://ADDRESS:PORT", "ipc:///PATH"; port 0 takes a free one;
                               * NULL = nowhere */
    const char *tap_listen;   /* the tap for plain ZeroMQ SUB sockets; NULL = none */
    uint32_t max_clients;     /* more than 16384 are 16384; 0 = 16384 */
    uint32_t max_keys;        /* last values; more than 262144 are 262144; 0 = 262144 */
    uint32_t journal_records; /* events kept for readers that were away; 0 = 65536 */
    uint32_t suspect_ms;      /* silence after which leased values are suspect; 0 = 4500 */
    uint32_t stale_ms;        /* and stale, not before; 0 = 25000 */
    uint32_t reserved0;       /* 0 */
} floorbus_hub_options;
#define FLOORBUS_HUB_OPTIONS_INIT                                                                  \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_hub_options), 0, FLOORBUS_NULL, FLOORBUS_NULL, 0, 0, 0, 0, 0,    \
            0                                                                                      \
    }
/* Listens on tcp addresses that other machines reach, without keys: for networks you trust. */
enum { FLOORBUS_HUB_ALLOW_INSECURE = 1 };

/* What a hub has counted since it was started. */
typedef struct {
    uint32_t struct_size;
    uint32_t epoch;         /* which life of its data this is */
    uint64_t sessions;      /* live ones */
    uint64_t subscriptions; /* of those */
    uint64_t keys;          /* last values */
    uint64_t records_in;    /* applied */
    uint64_t records_out;   /* sent to readers */
    uint64_t coalesced;     /* changes passed over for a reader because a newer one was sent */
    uint64_t duplicates;    /* operations that arrived again and were not applied again */
    uint64_t gaps;          /* told to readers */
    uint64_t refused;       /* operations refused by a rule */
    uint64_t denied;        /* for want of a grant */
    uint64_t malformed;     /* messages that were not well-formed */
    uint64_t blocked;       /* messages that found a reader's pipe full */
    uint64_t bytes_in;      /* of messages */
    uint64_t bytes_out;     /* of messages */
} floorbus_hub_counts;
#define FLOORBUS_HUB_COUNTS_INIT                                                                   \
    {                                                                                              \
        (uint32_t)sizeof(floorbus_hub_counts), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0         \
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

/* Makes a fresh id whose order is that of time (UUID version 7), for a flag or a note.
 * id  gets it.
 * Any thread. Returns FLOORBUS_OK, E_INVALID (id is NULL) or E_INTERNAL (no random numbers). */
FLOORBUS_API floorbus_status floorbus_new_id(floorbus_id *id);

/* Writes an id as text, as it stands at the end of keys.
 * text  gets 32 hexadecimal digits and a NUL: FLOORBUS_ID_TEXT_BYTES.
 * Any thread. Returns FLOORBUS_OK or E_INVALID (NULL). */
FLOORBUS_API floorbus_status floorbus_id_text(const floorbus_id *id, char *text);

/* Reads an id from 32 hexadecimal digits; dashes as in a UUID are allowed.
 * id  gets it.
 * Any thread. Returns FLOORBUS_OK or E_INVALID (not an id, or NULL). */
FLOORBUS_API floorbus_status floorbus_id_parse(floorbus_str text, floorbus_id *id);

/* Makes a key of its parts, in UTF-8: what must not stand in a part, such as '/', is escaped.
 * kind      one of those below FLOORBUS_KIND_LINK.
 * site, unit, entity  1 to 64 bytes each, once they are escaped.
 * buffer    gets the key and a NUL; may be NULL when capacity is 0.
 * capacity  bytes of buffer, the NUL included; 201 are always enough.
 * needed    gets the key's bytes without the NUL; may be NULL.
 * Any thread. Returns FLOORBUS_OK, E_TRUNC (buffer has what fits), E_BADKEY (a part is empty or too
 * long), E_TOOBIG or E_INVALID. */
FLOORBUS_API floorbus_status floorbus_key_make(
    uint8_t kind, floorbus_str site, floorbus_str unit, floorbus_str entity, char *buffer,
    size_t capacity, size_t *needed);

/* Gives one part of a key, in UTF-8, as it was before it was escaped.
 * part      0 = the kind's name, 1 = site, 2 = unit, 3 = entity.
 * buffer    as floorbus_key_make; 65 bytes are always enough.
 * capacity  as floorbus_key_make.
 * needed    as floorbus_key_make.
 * Any thread. Returns FLOORBUS_OK, E_TRUNC, E_BADKEY, E_NOTFOUND (no such part) or E_INVALID. */
FLOORBUS_API floorbus_status floorbus_key_part(
    floorbus_str key, uint32_t part, char *buffer, size_t capacity, size_t *needed);

/* Whose names floorbus_name gives. */
enum {
    FLOORBUS_NAMES_STATUS = 1, /* as the constants: "OK", "E_INVALID"; all else as JSON has them */
    FLOORBUS_NAMES_KIND = 2,
    FLOORBUS_NAMES_OP = 3,
    FLOORBUS_NAMES_EVF = 4, /* of one bit */
    FLOORBUS_NAMES_FRESH = 5,
    FLOORBUS_NAMES_LINK = 6,
    FLOORBUS_NAMES_SESSION = 7,
    FLOORBUS_NAMES_STATE = 8,
    FLOORBUS_NAMES_CALL = 9,
    FLOORBUS_NAMES_OVERLAY = 10, /* of one bit */
    FLOORBUS_NAMES_CAUSE = 11,
    FLOORBUS_NAMES_REASON = 12,
    FLOORBUS_NAMES_FLAG = 13,
    FLOORBUS_NAMES_FLAG_KIND = 14,
    FLOORBUS_NAMES_CHANNEL = 15,
    FLOORBUS_NAMES_OUTCOME = 16,
    FLOORBUS_NAMES_FLAG_CAUSE = 17,
    FLOORBUS_NAMES_VERDICT = 18,
    FLOORBUS_NAMES_SUPPORTER = 19,
    FLOORBUS_NAMES_NOTE = 20,
    FLOORBUS_NAMES_NOTE_STATUS = 21,
    FLOORBUS_NAMES_PRIORITY = 22,
    FLOORBUS_NAMES_SEVERITY = 23,
    FLOORBUS_NAMES_ROLE = 24, /* of one bit */
    FLOORBUS_NAMES_UNIT = 25,
    FLOORBUS_NAMES_FORMULA = 26,
    FLOORBUS_NAMES_WINDOW = 27,
    FLOORBUS_NAMES_CATALOGUE = 28,
    FLOORBUS_NAMES_LOG = 29
};

/* Gives the name of a number, as it stands in JSON and on the command line: "notReady".
 * set     FLOORBUS_NAMES_*.
 * number  one of that enumeration.
 * The text is constant: it is yours for ever and never to be freed. NULL when there is none.
 * Any thread, also after fork(). */
FLOORBUS_API const char *floorbus_name(int32_t set, int32_t number);

/* The way back: the number of a name, which has to be the name to the letter.
 * set     FLOORBUS_NAMES_*.
 * name    as floorbus_name gives it.
 * number  gets the number.
 * Any thread, also after fork(). Returns FLOORBUS_OK, E_NOTFOUND (no such name), E_TOOBIG or
 * E_INVALID (no such set, NULL). */
FLOORBUS_API floorbus_status floorbus_number(int32_t set, floorbus_str name, int32_t *number);

/* ---- log ----------------------------------------------------------------------------------- */

/* How urgent a sentence of the log is. */
enum {
    FLOORBUS_LOG_INFO = 0,    /* good to know: something works, or works again */
    FLOORBUS_LOG_WARNING = 1, /* to be looked at before it becomes an error */
    FLOORBUS_LOG_ERROR = 2    /* something that is promised does not hold now */
};

/* What is called for each sentence that the library has for an operator. It is short and returns:
 * no exception, no longjmp(). It calls no function of this library but floorbus_name.
 * context   as given to floorbus_set_log.
 * level     FLOORBUS_LOG_*.
 * sentence  what is the matter, in UTF-8, with a NUL; it begins with who says it ("client NAME: ").
 *           Valid during the call. It has nothing of what agents and customers write. */
typedef void (*floorbus_log_function)(void *context, uint8_t level, const char *sentence);

/* Says who is told what the clients and hubs of this process have for an operator: a session is
 * open, why there is none, that the hub lets publications wait, what a hub in this process says.
 * function  called on the thread that found it out, most often one of the library's, one call at a
 *           time; NULL = nobody, as at the start. The one before is not called any more once this
 *           returns.
 * context   passed to it; yours.
 * Any thread, but not inside function. Returns FLOORBUS_OK, E_FORKED, or E_STATE (inside it). */
FLOORBUS_API floorbus_status floorbus_set_log(floorbus_log_function function, void *context);

/* ---- client -------------------------------------------------------------------------------- */

/* Opens a client and returns at once: it connects in the background, reconnects by itself, and
 * resumes its subscriptions. One client for a process is usual. It has 6 descriptors open, 8 with
 * an outbox file, and libzmq 5 for all clients: select() ends at descriptor 1,023.
 * options  copied; yours.
 * out      gets the handle, which is yours: end it with floorbus_client_close. NULL on failure.
 * Any thread. Returns FLOORBUS_OK; E_INVALID (no or malformed endpoints, no principal, a number
 * out of bounds, an unknown encoding), E_TOOBIG (a name), E_BADKEY (will_key), E_ABI
 * (struct_size), E_LIMIT (255 clients are open, or no descriptor or thread is left), of the outbox
 * file E_EXISTS (another client uses it), E_DENIED (it is another principal's) or E_STORAGE,
 * E_UNSUPPORTED (this system's iconv lacks the encoding), E_FORKED, E_NOMEM or E_INTERNAL. */
FLOORBUS_API FLOORBUS_WARN_UNUSED floorbus_status floorbus_client_open(
    const floorbus_client_options *options, floorbus_client **out);

/* Closes a client: waits until the hub has answered all publications, says goodbye, and frees it.
 * The handle is void from the start of the call; threads that wait in other functions get
 * E_CLOSED. Events received before stay valid. Agents' states published by this client turn
 * suspect at once: publish FLOORBUS_SESSION_LOGGED_OFF first, with FLOORBUS_PUB_UNLEASED, which
 * stays as it is.
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

/* Tells the hub's time, by which it stamps: the age of a state or a flag is this less hub_time_us,
 * however wrong this machine's clock is. Measured by pings, at the opening of each session first.
 * hub_us    gets the hub's clock now, microseconds since 1970.
 * error_us  gets the most that may be off, microseconds: half the best round trip of the last
 *           eight pings; may be NULL. A hub that was so busy as to answer that ping late in a turn
 *           may be ahead of hub_us by the turn's length, milliseconds.
 * Any thread. Returns FLOORBUS_OK; E_AGAIN (not measured yet in this session: after
 * floorbus_client_wait_ready a moment may be missing), E_HANDLE, E_FORKED, E_CLOSED or E_INVALID
 * (hub_us is NULL). */
FLOORBUS_API floorbus_status floorbus_client_time(
    floorbus_client *client, int64_t *hub_us, int64_t *error_us);

/* ---- publish: never blocks ----------------------------------------------------------------- */

/* Publishes an agent's state. It is kept until the hub has answered, over reconnects too, and it
 * is leased: when this client falls silent, readers see it suspect, then stale. When the outbox is
 * full while no hub is connected, the oldest value gives way that a newer one of its key has
 * overtaken; its result is E_EXPIRED. Events and what has an expected_rev never give way.
 * key      agent/SITE/UNIT/AGENT/, at most 200 bytes; a '/' inside a part is written %2F. Copied.
 * state    copied; yours.
 * options  copied; may be NULL.
 * ticket   gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns FLOORBUS_OK (taken; not yet applied); E_LIMIT (outbox_limit publications
 * are unanswered: floorbus_wait, or back to your loop, then again; a loop that only tries takes the
 * processor from the answers), E_STORAGE (the outbox file's disk is full), E_BADKEY,
 * E_INVALID (an unknown number or bad bytes in state), E_TOOBIG (a text), E_ABI, E_CLOSED, E_HANDLE
 * or E_FORKED. */
FLOORBUS_API floorbus_status floorbus_publish_state(
    floorbus_client *client, floorbus_str key, const floorbus_agent_state *state,
    const floorbus_publish_options *options, floorbus_ticket *ticket);

/* Publishes how full a queue is, as floorbus_publish_state does a state.
 * key    queue/SITE/UNIT/QUEUE/.
 * queue  copied, with its figures; yours.
 * Any thread. Returns as floorbus_publish_state; E_LIMIT also for more than 64 figures. */
FLOORBUS_API floorbus_status floorbus_publish_queue(
    floorbus_client *client, floorbus_str key, const floorbus_queue *queue,
    const floorbus_publish_options *options, floorbus_ticket *ticket);

/* Publishes a team's figures, as floorbus_publish_state does a state.
 * key   team/SITE/TEAM/NAME/; the hub's own are flags and categories.
 * team  copied, with its figures; yours.
 * Any thread. Returns as floorbus_publish_queue. */
FLOORBUS_API floorbus_status floorbus_publish_team(
    floorbus_client *client, floorbus_str key, const floorbus_team *team,
    const floorbus_publish_options *options, floorbus_ticket *ticket);

/* Publishes bytes of your own: the last value of a custom/ key, or one event of an event/ key,
 * which the hub acknowledges once its journal has it.
 * key      custom/... or event/... .
 * schema   a number for the layout of your bytes, which readers receive; not 0.
 * payload  at most 16384 bytes, never converted; copied.
 * Any thread. Returns as floorbus_publish_state. */
FLOORBUS_API floorbus_status floorbus_publish_custom(
    floorbus_client *client, floorbus_str key, uint16_t schema, floorbus_bytes payload,
    const floorbus_publish_options *options, floorbus_ticket *ticket);

/* Removes the last value of a key; readers get an event with FLOORBUS_OP_DELETE.
 * key           a key of the classes agent, queue, team or custom. Copied.
 * expected_rev  the revision the key must have, else the result is E_CONFLICT; 0 = any.
 * ticket        gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns FLOORBUS_OK (taken); E_LIMIT, E_BADKEY, E_DENIED (a presence/ key),
 * E_INVALID (a key of another class), E_CLOSED, E_HANDLE or E_FORKED. */
FLOORBUS_API floorbus_status floorbus_remove(
    floorbus_client *client, floorbus_str key, uint64_t expected_rev, floorbus_ticket *ticket);

/* ---- help flags: never blocks -------------------------------------------------------------- */

/* Raises a help flag: one click of an agent who needs help. The hub answers once its journal has
 * it; the result's claim_gen says how many supporters on duty may take it, zero included. An agent
 * has one open flag for a call: raising again has the result E_EXISTS, and owner is the id of the
 * one that is open. Without a call it is so until that one is answered.
 * place    flag/SITE/TEAM/, the asker's team; the id becomes the fourth part of the flag's key.
 * request  what is asked for: kind, channel, customer_star, text, category, call_ref, seat, agent.
 *          Copied.
 * id       the flag's id; all zero = the library makes one and writes it here. Raising with an id
 *          again changes nothing: after a restart of your program say it again with the same.
 * ticket   gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns as floorbus_publish_state. */
FLOORBUS_API floorbus_status floorbus_flag_raise(
    floorbus_client *client, floorbus_str place, const floorbus_flag_request *request,
    floorbus_id *id, floorbus_ticket *ticket);

/* Does anything else with a help flag. Results: FLOORBUS_OK (CLAIM: you are the one who has it, and
 * claim_gen is your token); E_CONFLICT (owner has it; of a CLAIM: was faster), E_DENIED (owner
 * says why: you may not do that), E_NOTFOUND, E_STATE (owner names the state in which it makes no
 * sense), E_EXPIRED, E_INVALID (a REJECT without a reason).
 * key      flag/SITE/TEAM/ID/, as events bring it.
 * op       FLOORBUS_OP_SEEN, CLAIM, ENGAGE, RELEASE, REJECT, ANSWER, CLOSE, REOPEN, CANCEL, MERGE,
 *          ESCALATE, RATE or VERDICT.
 * request  what the operation needs; copied; may be NULL.
 * ticket   gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns as floorbus_publish_state; E_INVALID also for another op. */
FLOORBUS_API floorbus_status floorbus_flag_change(
    floorbus_client *client, floorbus_str key, uint8_t op, const floorbus_flag_request *request,
    floorbus_ticket *ticket);

/* Says whether this principal is there to help others; the hub adds what they have in hand and
 * tells both under their presence/ key.
 * supporter  FLOORBUS_SUPPORTER_AVAILABLE, BREAK or OFF_FLOOR.
 * ticket     gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns as floorbus_publish_state; E_INVALID for another number. */
FLOORBUS_API floorbus_status floorbus_set_duty(
    floorbus_client *client, uint8_t supporter, floorbus_ticket *ticket);

/* ---- notes: never blocks ------------------------------------------------------------------- */

/* Sends a note: an announcement, a reminder to one person, an alert. Results: FLOORBUS_OK,
 * E_NOTFOUND (to nobody), E_DENIED, E_INVALID, E_EXPIRED.
 * place   note/SITE/TEAM/; "-" for all sites or teams.
 * note    what to say: kind, text, priority, severity, roles, person, expires_us. Copied.
 * id      the note's id; all zero = the library makes one and writes it here.
 * ticket  gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns as floorbus_publish_state. */
FLOORBUS_API floorbus_status floorbus_note_send(
    floorbus_client *client, floorbus_str place, const floorbus_note *note, floorbus_id *id,
    floorbus_ticket *ticket);

/* Says that one has read a note; of an alert, that one takes care of it. Of a note that came under
 * personal/SITE/PERSON/ID/ the key is note/SITE/-/ID/.
 * key     note/SITE/TEAM/ID/.
 * ticket  gets a number for floorbus_wait; may be NULL.
 * Any thread. Returns as floorbus_publish_state. */
FLOORBUS_API floorbus_status floorbus_note_acknowledge(
    floorbus_client *client, floorbus_str key, floorbus_ticket *ticket);

/* Takes a note back that one has sent. As floorbus_note_acknowledge. */
FLOORBUS_API floorbus_status floorbus_note_withdraw(
    floorbus_client *client, floorbus_str key, floorbus_ticket *ticket);

/* ---- answers ------------------------------------------------------------------------------- */

/* Waits for the hub's answer to a publication.
 * ticket      from a publishing call; the last 1024 answers are kept, and may be asked for again.
 *             FLOORBUS_TICKET_ALL: waits for the answers to all publications before this call,
 *             and to those that an earlier process left in the outbox file.
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

/* The same for the kind QUEUE, op PUT. The figures lie side by side, each of
 * sizeof(floorbus_figure) as this library knows it: step by figures[0].struct_size. */
FLOORBUS_API floorbus_status floorbus_event_decode_queue(
    const floorbus_event *event, floorbus_queue *out);

/* The same for the kind TEAM, op PUT. */
FLOORBUS_API floorbus_status floorbus_event_decode_team(
    const floorbus_event *event, floorbus_team *out);

/* The same for the kind FLAG, any op, and for the kind PRIVATE when info.schema is
 * FLOORBUS_SCHEMA_FLAG: that one has the words. */
FLOORBUS_API floorbus_status floorbus_event_decode_flag(
    const floorbus_event *event, floorbus_flag *out);

/* The same for the kinds NOTE and PERSONAL, any op but DELETE. */
FLOORBUS_API floorbus_status floorbus_event_decode_note(
    const floorbus_event *event, floorbus_note *out);

/* The same for the kind PRESENCE, op PUT. */
FLOORBUS_API floorbus_status floorbus_event_decode_presence(
    const floorbus_event *event, floorbus_presence *out);

/* The same for the kind CATALOGUE, op PUT. */
FLOORBUS_API floorbus_status floorbus_event_decode_catalogue(
    const floorbus_event *event, floorbus_catalogue *out);

/* Gives an event back; its pointers are void. NULL, released and foreign handles are ignored.
 * Any thread; in a forked child it does nothing. */
FLOORBUS_API void floorbus_event_release(floorbus_event *event);

/* ---- callbacks ----------------------------------------------------------------------------- */

/* What floorbus_dispatch calls for an event. It may call every function, floorbus_client_close
 * included. It may end by a C++ exception, which goes on to whoever called floorbus_dispatch, and
 * its thread may be cancelled in it: the event is given back, and the call is over for the library.
 * It must not longjmp() out: its event stays held, and context is never dropped.
 * context  as given to floorbus_set_callback.
 * info     the event; valid during the call.
 * event    for the floorbus_event_decode_* functions; the library releases it after the call. */
typedef void (*floorbus_event_function)(
    void *context, const floorbus_event_info *info, const floorbus_event *event);
/* Called once when a context is no longer used. It returns: no exception, no longjmp(). */
typedef void (*floorbus_drop_function)(void *context);

/* Says what floorbus_dispatch calls; replaces what was said before.
 * function  NULL = nothing any more.
 * context   passed to it; the library does nothing else with it.
 * drop      called exactly once with context, when function will not be called any more: inside
 *           floorbus_set_callback or floorbus_client_close on their callers' thread, or at the end
 *           of the floorbus_dispatch that is just calling function. Also when this call fails; in
 *           a forked child never. NULL = nothing to do.
 * Any thread. Returns FLOORBUS_OK, E_CLOSED, E_HANDLE or E_FORKED. */
FLOORBUS_API floorbus_status floorbus_set_callback(
    floorbus_client *client, floorbus_event_function function, void *context,
    floorbus_drop_function drop);

/* Takes events and calls the callback for each, on this thread; waits for the first one only.
 * max_events  the most; 0 = those that are there.
 * timeout_ms  milliseconds; 0 = only look, FLOORBUS_WAIT_FOREVER = no limit.
 * dispatched  gets how many; may be NULL.
 * Any thread. Returns FLOORBUS_OK (one or more); E_AGAIN (timeout_ms 0, none is there), E_TIMEOUT,
 * E_STATE (no callback is set), E_CLOSED, E_HANDLE, E_FORKED, E_INVALID or E_LIMIT. */
FLOORBUS_API floorbus_status floorbus_dispatch(
    floorbus_client *client, uint32_t max_events, int32_t timeout_ms, uint32_t *dispatched);

/* ---- snapshot, replay, presence ------------------------------------------------------------ */

/* Asks the hub once for the present values that match, without subscribing.
 * filter      as floorbus_subscribe.
 * timeout_ms  the longest wait for a session with a hub; 0 = there has to be one.
 * out         gets a handle for floorbus_snapshot_next, which is yours: end it with
 *             floorbus_snapshot_free. NULL on failure.
 * Any thread. Returns FLOORBUS_OK; E_OFFLINE (timeout_ms 0), E_TIMEOUT (no session), E_BADKEY,
 * E_LIMIT (64 questions of this client are open), E_CLOSED, E_HANDLE, E_FORKED or E_INVALID. */
FLOORBUS_API floorbus_status floorbus_get(
    floorbus_client *client, floorbus_str filter, int32_t timeout_ms, floorbus_snapshot **out);

/* Asks the hub for events of the past: flags, notes and event/ keys, as its journal has them.
 * after_rev   records behind this revision; 0 = from the oldest that is kept.
 * from_us     only records that the hub stamped from here
 * to_us       to here, microseconds since 1970, both included; 0 and 0 = all.
 * The rest as floorbus_get. */
FLOORBUS_API floorbus_status floorbus_replay(
    floorbus_client *client, floorbus_str filter, uint64_t after_rev, int64_t from_us,
    int64_t to_us, int32_t timeout_ms, floorbus_snapshot **out);

/* Takes the next record of an answer. It comes page by page, so that an answer of any length takes
 * little memory here.
 * out         gets an event with FLOORBUS_EVF_SNAPSHOT or FLOORBUS_EVF_REPLAY; it is yours: end it
 *             with floorbus_event_release. NULL when there is none.
 * timeout_ms  milliseconds; 0 = only look, FLOORBUS_WAIT_FOREVER = no limit.
 * Any thread. Returns FLOORBUS_OK; E_NOTFOUND (the end: there is no more), E_AGAIN (timeout_ms 0,
 * it has not come yet), E_TIMEOUT, E_OFFLINE (the link broke: ask again), E_DENIED, E_STORAGE or
 * what else the hub refuses the question with, E_CLOSED, E_HANDLE, E_FORKED, E_INVALID, E_LIMIT. */
FLOORBUS_API floorbus_status floorbus_snapshot_next(
    floorbus_snapshot *snapshot, floorbus_event **out, int32_t timeout_ms);

/* Gives an answer back, read to its end or not. NULL and other handles are ignored.
 * Any thread; in a forked child it does nothing. */
FLOORBUS_API void floorbus_snapshot_free(floorbus_snapshot *snapshot);

/* Asks the hub whether somebody is there.
 * principal   their name.
 * timeout_ms  the longest wait for the answer, milliseconds; FLOORBUS_WAIT_FOREVER = no limit.
 * out         yours; struct_size is read, all else is written. Somebody who was never there has 0
 *             sessions since 0.
 * Any thread. Returns FLOORBUS_OK, E_TIMEOUT, E_AGAIN, E_DENIED, E_BADKEY, or as
 * floorbus_snapshot_next. */
FLOORBUS_API floorbus_status floorbus_get_presence(
    floorbus_client *client, floorbus_str principal, int32_t timeout_ms, floorbus_presence *out);

/* ---- embedded hub -------------------------------------------------------------------------- */

/* Starts a hub inside this process: a CTI server that embeds it publishes without a hop in
 * between. Everybody may do everything (it has no roster), and its journal is in memory: what it
 * accepted is gone with the process, and its results say so (FLOORBUS_RESULT_VOLATILE).
 * options  copied; may be NULL.
 * out      gets the handle, which is yours: end it with floorbus_hub_stop. NULL on failure.
 * The hub's code lies in libfloorbus-hub.so.1 beside this library, and is loaded by this call.
 * Any thread. Returns FLOORBUS_OK; E_INVALID (a malformed address, one that strangers reach),
 * E_UNSUPPORTED (libfloorbus-hub.so.1 is not installed, or of another version), E_EXISTS (an
 * address is in use), E_LIMIT (15 hubs are running, or no descriptor or thread is left), E_ABI,
 * E_FORKED, E_NOMEM or E_INTERNAL. */
FLOORBUS_API FLOORBUS_WARN_UNUSED floorbus_status floorbus_hub_start(
    const floorbus_hub_options *options, floorbus_hub **out);

/* Opens a client of a hub of this process. What it publishes the hub serves on the publishing
 * thread, where that is little work.
 * options  as floorbus_client_open, endpoints NULL. Copied.
 * out      as floorbus_client_open.
 * Any thread. Returns as floorbus_client_open, and E_HANDLE for the hub. */
FLOORBUS_API FLOORBUS_WARN_UNUSED floorbus_status floorbus_hub_client(
    floorbus_hub *hub, const floorbus_client_options *options, floorbus_client **out);

/* Where a hub listens, with the port it has got.
 * index     counts from 0 in the order of options.listen; the tap comes last.
 * buffer    gets the address and a NUL; may be NULL when capacity is 0.
 * capacity  bytes of buffer, the NUL included.
 * needed    gets the address's bytes without the NUL; may be NULL.
 * Any thread. Returns FLOORBUS_OK, E_NOTFOUND (no such index), E_TRUNC (buffer has what fits),
 * E_HANDLE, E_FORKED or E_INVALID. */
FLOORBUS_API floorbus_status floorbus_hub_endpoint(
    floorbus_hub *hub, uint32_t index, char *buffer, size_t capacity, size_t *needed);

/* Copies a hub's counters.
 * out  yours; struct_size is read, all else is written.
 * Any thread. Returns FLOORBUS_OK, E_HANDLE, E_FORKED, E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_hub_stats(floorbus_hub *hub, floorbus_hub_counts *out);

/* Tells every session that the hub ends, lets them take their last messages, and stops it. Clients
 * of this process stay open, without a hub.
 * drain_timeout_ms  the longest wait for that, milliseconds; 0 = none.
 * Any thread; not inside a callback of one of its own clients. Returns FLOORBUS_OK, E_HANDLE or
 * E_INVALID. In a forked child: FLOORBUS_OK, and nothing happens. */
FLOORBUS_API floorbus_status floorbus_hub_stop(floorbus_hub *hub, int32_t drain_timeout_ms);

/* ---- converters ---------------------------------------------------------------------------- */

/* Other systems' agent states to FloorBus's and back; docs/standards.md has the tables. Their
 * numbers differ (3 is busy in CSTA, wrap-up in TSAPI, a private call in TAPI 3): never pass one to
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
enum { FLOORBUS_NO_PENDING = -1 };

/* CSTA III (ECMA-269): agent_state is an AgentState, 0 to 4; pending a PendingAgentState, 0 to 3,
 * whose numbers are others: 3 is agentWorkingAfterCall. Reserved is not among them: a busy agent
 * whose connection is alerting. Set that yourself. */
FLOORBUS_API floorbus_status floorbus_state_from_csta(
    int32_t agent_state, int32_t pending, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_csta(
    const floorbus_agent_state *state, int32_t *agent_state, int32_t *pending);

/* The same by the names of CSTA's XML (ECMA-323): text is an AgentState, such as "agentReady",
 * pending a PendingAgentState, empty when there is none. */
FLOORBUS_API floorbus_status floorbus_state_from_csta_xml(
    floorbus_str text, floorbus_str pending, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_csta_xml(
    const floorbus_agent_state *state, floorbus_str *text, floorbus_str *pending);

/* TSAPI, for example Avaya's: agent_state is an AgentState_t, 0 to 4, or JTAPI's -1. It has
 * neither busy nor reserved, and wrap-up only with where it leads to as pending. */
FLOORBUS_API floorbus_status floorbus_state_from_tsapi(
    int32_t agent_state, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_tsapi(
    const floorbus_agent_state *state, int32_t *agent_state);

/* Avaya's TSAPI with its private data (ATTQueryAgentStateConfEvent), which tell that an agent is on
 * a call: agent_state as floorbus_state_from_tsapi; talk_state an ATTTalkState_t, 0 on a call or 1
 * idle; pending_work_mode an ATTWorkMode_t: 1 auxiliary, 2 after-call, 3 and 4 ready, -1 none. */
FLOORBUS_API floorbus_status floorbus_state_from_avaya(
    int32_t agent_state, int32_t talk_state, int32_t pending_work_mode,
    floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_avaya(
    const floorbus_agent_state *state, int32_t *agent_state, int32_t *talk_state,
    int32_t *pending_work_mode);

/* Microsoft TAPI 2: dwState and dwNextState of a LINEAGENTSTATUS; agent_state is a
 * LINEAGENTSTATE_*, 0x1 to 0x200, next_state one too, or 0 for none. Its four kinds of busy become
 * one; back it is BUSYACD. It has no reserved. */
FLOORBUS_API floorbus_status floorbus_state_from_tapi2(
    uint32_t agent_state, uint32_t next_state, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_tapi2(
    const floorbus_agent_state *state, uint32_t *agent_state, uint32_t *next_state);

/* Microsoft TAPI 3: agent_state is an AGENT_STATE, 0 to 5. Its three kinds of busy become one;
 * back it is AS_BUSY_ACD. It has no logged-off, reserved or wrap-up. */
FLOORBUS_API floorbus_status floorbus_state_from_tapi3(
    int32_t agent_state, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_tapi3(
    const floorbus_agent_state *state, int32_t *agent_state);

/* Cisco Finesse: the texts state and pendingState of a User, the latter empty when there is none.
 * reason_code  its reason code, 0 = none. A code by which the system itself says what happened
 *              (32763: ring, no answer) becomes out->cause, every other one out->reason_code,
 *              which is written too. CCE's -1 and -2 are 65535 and 65534. */
FLOORBUS_API floorbus_status floorbus_state_from_finesse(
    floorbus_str text, floorbus_str pending, uint16_t reason_code, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_finesse(
    const floorbus_agent_state *state, floorbus_str *text, floorbus_str *pending);

/* Asterisk, a member of a queue: Status (0 to 8), Paused and InCall (each 0 or 1) and PausedReason
 * (may be empty; "Auto-Pause" becomes a cause, any other is yours to put into out->reason) of
 * QueueMemberStatus. A Status of NOT_INUSE counts before InCall, which Asterisk takes back late.
 * out->out_of_service is written too. Who is no member is logged off. */
FLOORBUS_API floorbus_status floorbus_state_from_asterisk(
    int32_t device_state, int32_t paused, int32_t in_call, floorbus_str paused_reason,
    floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_asterisk(
    const floorbus_agent_state *state, int32_t *device_state, int32_t *paused, int32_t *in_call);

/* FreeSWITCH mod_callcenter: CC-Agent-Status and CC-Agent-State. Its events tell one of the two:
 * remember the other. */
FLOORBUS_API floorbus_status floorbus_state_from_freeswitch(
    floorbus_str status, floorbus_str text, floorbus_agent_state *out);
/* The way back. Any thread. Returns FLOORBUS_OK, E_NOTFOUND (the system has no value for that),
 * E_INVALID or E_ABI. */
FLOORBUS_API floorbus_status floorbus_state_to_freeswitch(
    const floorbus_agent_state *state, floorbus_str *status, floorbus_str *text);

/* ---- conveniences -------------------------------------------------------------------------- */

/* Compiled into your program, and in the library too. */
#ifdef FLOORBUS_NO_INLINE
FLOORBUS_API floorbus_str floorbus_cstr(const char *text);
FLOORBUS_API floorbus_status floorbus_flag_claim(
    floorbus_client *client, floorbus_str key, floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_flag_engage(
    floorbus_client *client, floorbus_str key, uint32_t claim_gen, uint8_t channel,
    floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_flag_release(
    floorbus_client *client, floorbus_str key, uint32_t claim_gen, floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_flag_answer(
    floorbus_client *client, floorbus_str key, uint32_t claim_gen, floorbus_str text,
    floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_flag_close(
    floorbus_client *client, floorbus_str key, floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_flag_cancel(
    floorbus_client *client, floorbus_str key, floorbus_str why, floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_flag_rate(
    floorbus_client *client, floorbus_str key, uint8_t rating, floorbus_str comment,
    floorbus_ticket *ticket);
FLOORBUS_API floorbus_status floorbus_state_from_tapi(
    int32_t agent_state, floorbus_agent_state *out);
FLOORBUS_API floorbus_status floorbus_state_to_tapi(
    const floorbus_agent_state *state, int32_t *agent_state);
#else
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

/* Claims a help flag; exactly one of those who do wins. */
FLOORBUS_INLINE floorbus_status floorbus_flag_claim(
    floorbus_client *client, floorbus_str key, floorbus_ticket *ticket) {
    return floorbus_flag_change(client, key, FLOORBUS_OP_CLAIM, FLOORBUS_NULL, ticket);
}
/* Begins to help, by FLOORBUS_CHANNEL_*. claim_gen is the token that the claim's result brought. */
FLOORBUS_INLINE floorbus_status floorbus_flag_engage(
    floorbus_client *client, floorbus_str key, uint32_t claim_gen, uint8_t channel,
    floorbus_ticket *ticket) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    request.claim_gen = claim_gen;
    request.channel = channel;
    return floorbus_flag_change(client, key, FLOORBUS_OP_ENGAGE, &request, ticket);
}
/* Gives a flag back to those who wait. */
FLOORBUS_INLINE floorbus_status floorbus_flag_release(
    floorbus_client *client, floorbus_str key, uint32_t claim_gen, floorbus_ticket *ticket) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    request.claim_gen = claim_gen;
    return floorbus_flag_change(client, key, FLOORBUS_OP_RELEASE, &request, ticket);
}
/* Answers a flag that one has claimed. */
FLOORBUS_INLINE floorbus_status floorbus_flag_answer(
    floorbus_client *client, floorbus_str key, uint32_t claim_gen, floorbus_str text,
    floorbus_ticket *ticket) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    request.claim_gen = claim_gen;
    request.text = text;
    request.outcome = FLOORBUS_OUTCOME_ANSWERED;
    return floorbus_flag_change(client, key, FLOORBUS_OP_ANSWER, &request, ticket);
}
/* Says that the answer helped: the flag ends. */
FLOORBUS_INLINE floorbus_status floorbus_flag_close(
    floorbus_client *client, floorbus_str key, floorbus_ticket *ticket) {
    return floorbus_flag_change(client, key, FLOORBUS_OP_CLOSE, FLOORBUS_NULL, ticket);
}
/* Takes a flag back before anybody has begun to help. */
FLOORBUS_INLINE floorbus_status floorbus_flag_cancel(
    floorbus_client *client, floorbus_str key, floorbus_str why, floorbus_ticket *ticket) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    request.text = why;
    return floorbus_flag_change(client, key, FLOORBUS_OP_CANCEL, &request, ticket);
}
/* Rates the help, 1 to 5, at any time until the flag is forgotten; again to change it. */
FLOORBUS_INLINE floorbus_status floorbus_flag_rate(
    floorbus_client *client, floorbus_str key, uint8_t rating, floorbus_str comment,
    floorbus_ticket *ticket) {
    floorbus_flag_request request = FLOORBUS_FLAG_REQUEST_INIT;
    request.rating = rating;
    request.text = comment;
    return floorbus_flag_change(client, key, FLOORBUS_OP_RATE, &request, ticket);
}
/* The earlier name of floorbus_state_from_tapi3, for programs that have it. */
FLOORBUS_INLINE floorbus_status floorbus_state_from_tapi(
    int32_t agent_state, floorbus_agent_state *out) {
    return floorbus_state_from_tapi3(agent_state, out);
}
/* The earlier name of floorbus_state_to_tapi3, for programs that have it. */
FLOORBUS_INLINE floorbus_status floorbus_state_to_tapi(
    const floorbus_agent_state *state, int32_t *agent_state) {
    return floorbus_state_to_tapi3(state, agent_state);
}
#endif

#ifdef __cplusplus
}
#endif
#endif
