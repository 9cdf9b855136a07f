/* Own values: one key, its owner, the owner's will, a copy of the owner, and a hub that may be killed.
 *
 * Claim: when all bad luck is over, readers see what the owner said last (wire-protocol.md, 10.1,
 * 10.4; races R10, R15, R19, R21; Sources/FloorHub/Hub+Sessions.swift, People/Producer.swift,
 * Sources/FloorClient/ClientCore+Link.swift).
 *
 * Bad luck: a link is cut, with what is on it lost or still arriving; the owner stands still while
 * the hub takes it for dead and runs its will; a copy of its process (same producer id, same
 * secret) takes over, publishes and dies; the hub is killed and comes back with what it had stored.
 *
 * Mutations, each of which must be found out (scripts/check-models):
 *   NOT_TOLD      WELCOME does not say that the will has run
 *   TOLD_ONCE     it says so once, whether or not that WELCOME arrives
 *   HEARD         it says so until a message comes of anybody who was told, who may have no values
 *   NOT_FOREIGN   WELCOME does not say that somebody else has used the producer id
 *   WILL_STAYS    a will is not cancelled by its principal's coming back
 *   SAME_EPOCH    a hub that was killed does not say that this is another life
 */

#define OWNER 0
#define COPY 1
#define WILL 9          /* the value that the will writes */
#define COPIED 8        /* the value that the copy writes */
#define MAX_SESSION 15
#ifndef CHANGES
#define CHANGES 1       /* what the owner says; with 2 it takes four minutes and 3 GB */
#endif

mtype = { HELLO, PUT, PING, WELCOME, ACK, GOAWAY };

/* HELLO: link, secret, first unacknowledged, incarnation. PUT: session, number, value. PING: session. */
chan up[2] = [3] of { mtype, byte, byte, byte };
/* WELCOME: session, last applied * 8 + flags. ACK: number. */
chan down[2] = [4] of { mtype, byte, byte };
#define F_TOLD 1
#define F_FOREIGN 2
#define F_EPOCH 4       /* the low bit of the hub's epoch */

#ifdef WILL_STAYS
#define mayRun(live) true
#else
#define mayRun(live) (live == 0)
#endif

/* ---- the hub ---- */
byte value;             /* the key's, 0 = none */
byte last;              /* the producer's last number */
short secrets;          /* bit s: that of session s is one of the producer's */
bool isUsed;            /* somebody has published in this life */
byte incarnation;       /* of whoever published last; 0 = nobody */
bool overwritten;       /* a will has run, and nobody has published since */
byte session;           /* the live one, 0 = none */
byte sessionClient;
byte sessionLink;
byte sessionIncarnation;
bool will;              /* one waits for its grace */
byte fresh = 1;         /* the next session's number */
bool epoch;
byte storedValue;       /* what the journal has: a state the hub was in (decision 0008) */
byte storedLast;
byte storedIncarnation;

/* ---- the clients ---- */
bool isLinked[2];       /* as the client sees it */
bool isGreeting[2];
byte link[2];
bool isFrozen;          /* the owner stands still */
bool copyLives;
bool copyIsOver;
bool isCopied;          /* the owner's process has been copied */
byte copiedSecret;
byte copiedNext;

/* the owner */
byte own;               /* what it said last */
byte secret;
byte next = 1;          /* its next number */
bool isPending;         /* one operation waits for its answer */
byte pendingNumber;
byte pendingValue;
bool isDue;             /* its value is to be said again */
bool knownEpoch;
bool hasMet;

/* What is on its way does not arrive. */
inline loseUp(client) {
    do
    :: nempty(up[client]) -> up[client] ? _, _, _, _
    :: empty(up[client]) -> break
    od
}

inline loseDown(client) {
    do
    :: nempty(down[client]) -> down[client] ? _, _, _
    :: empty(down[client]) -> break
    od
}

/* To a link that is gone nothing goes; a full pipe takes nothing either. */
inline tell(client, l, kind, p, q) {
    if
    :: link[client] == l && len(down[client]) < 4 -> down[client] ! kind, p, q
    :: !(link[client] == l && len(down[client]) < 4) -> skip
    fi
}

inline endSession() {   /* without BYE: the will waits for its grace */
    session = 0;
    will = true
}

inline welcome(client, l, shown, first, who) {
    isOwn = (shown > 0 && (secrets & (1 << shown))) ||
        (!isUsed && (incarnation == 0 || incarnation == who));
    if
    :: first > last + 1 ->      /* its own numbers, that this life does not know */
        last = first - 1; isMoved = true
    :: else
    fi;
    if
    :: session > 0 ->           /* taken over: its will is dropped */
        tell(sessionClient, sessionLink, GOAWAY, 0, 0)
    :: else
    fi;
    session = fresh;
    fresh++;
    sessionClient = client;
    sessionLink = l;
    sessionIncarnation = who;
    if
    :: isMoved ->
        secrets = 0; isUsed = true; incarnation = who
    :: else
    fi;
    if
    :: (isOwn || isMoved) && shown > 0 -> secrets = secrets | (1 << shown)
    :: else
    fi;
    secrets = secrets | (1 << session);
#ifndef WILL_STAYS
    will = false;
#endif
    tell(client, l, WELCOME, session, last * 8 + (overwritten -> F_TOLD : 0) +
        (!isOwn -> F_FOREIGN : 0) + (epoch -> F_EPOCH : 0));
#ifdef TOLD_ONCE
    overwritten = false;
#endif
    isOwn = false; isMoved = false
}

inline apply(number, said) {
    /* Whoever publishes uses the numbers, and was told of a will. */
    if
    :: secrets == (1 << session) && isUsed -> skip
    :: else -> secrets = 1 << session
    fi;
    isUsed = true; incarnation = sessionIncarnation; overwritten = false;
    if
    :: number == last + 1 -> last = number; value = said
    :: else -> skip
    fi;
    if
    :: number <= last -> tell(sessionClient, sessionLink, ACK, number, 0)
    :: else -> skip
    fi
}

inline take(client) {
    up[client] ? what, a, b, c;
    if
    :: what == HELLO ->
        shown = b & 15; first = b >> 4;
        assert(fresh <= MAX_SESSION);            /* the model's own bound */
        if
        :: session > 0 && !(shown > 0 && (secrets & (1 << shown))) ->
            tell(client, a, GOAWAY, 0, 0)       /* REJECT exists: try again later */
        :: else -> welcome(client, a, shown, first, c)
        fi;
        shown = 0; first = 0
    :: what == PUT ->
        if
        :: a == session && session > 0 -> apply(b, c)
        :: else -> skip                          /* an old session's last words (R15) */
        fi
#ifdef HEARD
    :: what == PING && a == session && session > 0 -> overwritten = false
#endif
    :: else -> skip                              /* PING */
    fi;
    a = 0; b = 0; c = 0; what = HELLO
}

active proctype Hub() {
    byte a, b, c, shown, first, kills = 1;
    bool isOwn, isMoved;
    mtype what;
end:
    do
    /* A message: read when its answers find room. */
    :: atomic {
        nempty(up[OWNER]) && nfull(down[OWNER]) && nfull(down[COPY]) ->
        take(OWNER) }
    :: atomic {
        nempty(up[COPY]) && nfull(down[OWNER]) && nfull(down[COPY]) ->
        take(COPY) }
    /* Silence: only of those who do not speak. */
    :: atomic {
        session > 0 && (link[sessionClient] != sessionLink ||
            (sessionClient == COPY && !copyLives) ||
            (sessionClient == OWNER && (isFrozen || (!isLinked[OWNER] && !isGreeting[OWNER])))) ->
        tell(sessionClient, sessionLink, GOAWAY, 0, 0);
        endSession() }
    /* The grace is over. */
    :: atomic { will && value > 0 && mayRun(session) -> will = false; value = WILL; overwritten = true }
    :: atomic { will && value == 0 -> will = false }
    /* A checkpoint, and a death. */
    :: atomic { storedLast != last || storedValue != value ->
        storedLast = last; storedValue = value; storedIncarnation = incarnation }
    :: atomic { kills > 0 ->
        kills--;
        value = storedValue; last = storedLast; incarnation = storedIncarnation;
        secrets = 0; isUsed = false; overwritten = false; session = 0; will = false;
#ifndef SAME_EPOCH
        epoch = !epoch;
#endif
        loseUp(OWNER); loseUp(COPY); loseDown(OWNER); loseDown(COPY) }
    od
}

inline say() {          /* the pending operation leaves */
    up[OWNER] ! PUT, secret, pendingNumber, pendingValue
}

inline publish() {
    pendingNumber = next; next++;
    pendingValue = own; isPending = true;
    say()
}

active proctype Owner() {
    byte s, x, f, changes = CHANGES;
    mtype what;
end:
    do
    :: atomic { !isFrozen && !isLinked[OWNER] && !isGreeting[OWNER] && nfull(up[OWNER]) ->
        link[OWNER] = (link[OWNER] + 1) % 4;     /* a fresh socket */
        loseDown(OWNER);
        isGreeting[OWNER] = true;
        up[OWNER] ! HELLO, link[OWNER], ((isPending -> pendingNumber : next) << 4) + secret, 1 }
    :: atomic { !isFrozen && isLinked[OWNER] && !isPending && isDue && nfull(up[OWNER]) ->
        isDue = false; publish() }
    :: atomic { !isFrozen && isLinked[OWNER] && !isPending && !isDue && changes > 0 && nfull(up[OWNER]) ->
        changes--; own++; publish() }
    /* Silence: the hub has nothing of this link any more. */
    :: atomic { !isFrozen && (isLinked[OWNER] || isGreeting[OWNER]) && empty(down[OWNER]) &&
        empty(up[OWNER]) && (session == 0 || sessionClient != OWNER || sessionLink != link[OWNER]) ->
        isLinked[OWNER] = false; isGreeting[OWNER] = false }
    :: atomic { !isFrozen && nempty(down[OWNER]) && len(up[OWNER]) < 2 ->
        down[OWNER] ? what, s, x;
        if
        :: what == GOAWAY -> isLinked[OWNER] = false; isGreeting[OWNER] = false
        :: what == ACK ->
            if
            :: isPending && s == pendingNumber -> isPending = false
            :: else
            fi
        :: what == WELCOME ->
            isGreeting[OWNER] = false; isLinked[OWNER] = true;
            secret = s;
            f = x & 7; x = x >> 3;
            up[OWNER] ! PING, s, 0, 0;
            if
            :: hasMet && own > 0 && (((f & F_EPOCH) > 0) != knownEpoch) -> isDue = true
#ifndef NOT_TOLD
            :: hasMet && own > 0 && (f & F_TOLD) -> isDue = true
#endif
#ifndef NOT_FOREIGN
            :: hasMet && own > 0 && (f & F_FOREIGN) -> isDue = true
#endif
            :: else
            fi;
            hasMet = true;
            knownEpoch = ((f & F_EPOCH) > 0);
            if
            :: (f & F_FOREIGN) -> next = x + 1;  /* its numbers begin anew behind the other's */
                if
                :: isPending -> isDue = false; pendingNumber = next; next++; say()
                :: else
                fi
            :: !(f & F_FOREIGN) ->
                if
                :: isPending -> say()
                :: else
                fi
            fi
        fi;
        s = 0; x = 0; f = 0; what = HELLO }
    od
}

/* The same process again: an image that was copied, or an outbox file that exists twice. */
active proctype Copy() {
    byte s, x;
    bool hasPublished;
    mtype what;
    atomic { isCopied && nfull(up[COPY]) ->
        copyLives = true;
        link[COPY] = 1; isGreeting[COPY] = true;
        up[COPY] ! HELLO, 1, (copiedNext << 4) + copiedSecret, 2 }
    do
    :: atomic { nempty(down[COPY]) && len(up[COPY]) < 2 ->
        down[COPY] ? what, s, x;
        if
        :: what == WELCOME -> isLinked[COPY] = true; isGreeting[COPY] = false;
            if
            :: true -> up[COPY] ! PING, s, 0, 0
            :: true -> hasPublished = true;
                up[COPY] ! PUT, s, ((x & F_FOREIGN) -> (x >> 3) + 1 : copiedNext), COPIED
            fi
        :: what == GOAWAY -> break
        :: else -> skip
        fi;
        s = 0; x = 0 }
    :: copyLives -> break                        /* it dies, whatever it was doing */
    od;
    atomic { copyLives = false; copyIsOver = true;
        isLinked[COPY] = false; isGreeting[COPY] = false;
        link[COPY] = 2;
        s = 0; x = 0; what = HELLO; hasPublished = false }
}

active proctype BadLuck() {
    byte cuts = 1, freezes = 1;
end:
    do
    :: atomic { cuts > 0 && (isLinked[OWNER] || isGreeting[OWNER]) ->
        cuts--;
        isLinked[OWNER] = false; isGreeting[OWNER] = false;
        loseDown(OWNER);
        if
        :: true -> skip                          /* what it said still arrives */
        :: true -> loseUp(OWNER)
        fi }
    :: atomic { freezes > 0 -> freezes--; isFrozen = true }
    :: atomic { isFrozen -> isFrozen = false }
    /* Without an operation under way: that one would be in the copy too. */
    :: atomic { !isCopied && secret > 0 && !isPending ->
        isCopied = true; copiedSecret = secret; copiedNext = next }
    od
}

/* When nothing can happen any more. */
active proctype Rest() {
end:
    timeout ->
    assert(isLinked[OWNER] && !isPending && !isDue);
    assert(own == 0 || value == own)
}
