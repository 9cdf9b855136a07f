/* Claims of one help flag: two supporters, leases, and a hub that may be killed.
 *
 * Claims (wire-protocol.md, 10.5 and 10.5.1; decision 0008; races R10, R14, R18;
 * Sources/FloorHub/Flags, Desk, People/Producer.swift):
 *   - nobody is told that the flag is theirs while somebody who was told so still has it;
 *   - one answer is accepted, of whoever had the flag last, and what was told of it is true;
 *   - what was acknowledged is there when the hub comes back.
 *
 * Bad luck: links are cut with what is on them; supporters stand still, lose the flag and go on
 * with the token they had; the hub is killed and comes back with what its journal has.
 *
 * Mutations, each of which must be found out (scripts/check-models):
 *   EARLY       a result is told before the journal has committed what it is about
 *   SAME_TOKEN  a claim does not raise the fencing token
 *   RESENT      an operation that comes again is answered before the commit of the first
 *   FORGETFUL   a hub that was killed does not know whose operations it has decided
 */

#define NOBODY 2
#define MAX_TOKEN 7

mtype = { CLAIM, ANSWER, RESULT };
mtype = { OK, CONFLICT };

/* Number of the operation (1 claim, 2 answer and so on), token; a link loses all or carries all. */
chan up[2] = [2] of { mtype, byte, byte };
/* Number, result, token. */
chan down[2] = [2] of { mtype, byte, mtype, byte };

/* ---- the hub: what is applied, and what the journal has of it ---- */
byte owner = NOBODY;
byte token;
bool isAnswered;
byte answeredBy = NOBODY;
byte last[2];           /* each supporter's last decided operation */
mtype result[2];        /* and its result */
byte resultToken[2];
byte storedOwner = NOBODY;
byte storedToken;
bool storedAnswered;
byte storedAnsweredBy = NOBODY;
byte storedLast[2];
mtype storedResult[2];
byte storedResultToken[2];
bool isOpen;            /* a batch waits for its commit */
bool owes[2];           /* a supporter's result waits for it */

/* ---- the supporters ---- */
byte number[2];         /* of the last operation they asked */
bool isAsking[2];
mtype what[2];
byte shown[2];
byte held[2];           /* the token they were told; 0 = they have not the flag */
bool isFrozen[2];
bool wasTold[2];        /* their answer was accepted */
bool wasRefused[2];

inline tell(who) {
    if
    :: len(down[who]) < 2 -> down[who] ! RESULT, last[who], result[who], resultToken[who]
    :: len(down[who]) >= 2 -> skip                /* as a cut link: they ask again */
    fi
}

inline decide(who, verdict, t) {
    result[who] = verdict; resultToken[who] = t;
    isOpen = true;
#ifdef EARLY
    tell(who);
#endif
    owes[who] = true
}

inline store() {
    storedOwner = owner; storedToken = token;
    storedAnswered = isAnswered; storedAnsweredBy = answeredBy;
    storedLast[0] = last[0]; storedLast[1] = last[1];
    storedResult[0] = result[0]; storedResult[1] = result[1];
    storedResultToken[0] = resultToken[0]; storedResultToken[1] = resultToken[1];
    isOpen = false
}

inline lose(who) {
    do
    :: nempty(up[who]) -> up[who] ? _, _, _
    :: empty(up[who]) -> break
    od;
    do
    :: nempty(down[who]) -> down[who] ? _, _, _, _
    :: empty(down[who]) -> break
    od
}

#ifdef RESENT
#define isCommitted(who) true
#else
#define isCommitted(who) (!owes[who])
#endif

inline take(who) {
    up[who] ? kind, n, t;
    if
    :: n <= last[who] ->                         /* sent again: the stored result, once it is stored */
        if
        :: isCommitted(who) -> tell(who)
        :: else -> skip
        fi
    :: n > last[who] ->
        last[who] = n;
        if
        :: kind == CLAIM && owner == NOBODY && !isAnswered ->
            owner = who;
#ifdef SAME_TOKEN
            if
            :: token == 0 -> token = 1
            :: else -> skip
            fi;
#else
            token++;
#endif
            decide(who, OK, token)
        :: kind == ANSWER && owner == who && token == t && !isAnswered ->
            isAnswered = true; answeredBy = who;
            decide(who, OK, token)
        :: else -> decide(who, CONFLICT, 0)
        fi
    fi;
    kind = CLAIM; n = 0; t = 0
}

active proctype Hub() {
    byte n, t, kills = 1, leases = 2;
    mtype kind = CLAIM;
end:
    do
    :: atomic { nempty(up[0]) -> take(0) }
    :: atomic { nempty(up[1]) -> take(1) }
    /* The commit, and then what it was about is told. */
    :: atomic { isOpen ->
        store();
        if
        :: owes[0] -> owes[0] = false; tell(0)
        :: else -> skip
        fi;
        if
        :: owes[1] -> owes[1] = false; tell(1)
        :: else -> skip
        fi }
    /* An owner who is not heard loses the flag, and with it the token. */
    :: atomic { leases > 0 && owner != NOBODY && !isAnswered && token < MAX_TOKEN - 1 ->
        leases--;
        owner = NOBODY; isOpen = true;
#ifndef SAME_TOKEN
        token++;
#endif
        }
    :: atomic { kills > 0 ->
        kills--;
        owner = storedOwner; token = storedToken;
        isAnswered = storedAnswered; answeredBy = storedAnsweredBy;
#ifdef FORGETFUL
        last[0] = 0; last[1] = 0; result[0] = CONFLICT; result[1] = CONFLICT;
#else
        last[0] = storedLast[0]; last[1] = storedLast[1];
        result[0] = storedResult[0]; result[1] = storedResult[1];
        resultToken[0] = storedResultToken[0]; resultToken[1] = storedResultToken[1];
#endif
        isOpen = false; owes[0] = false; owes[1] = false;
        lose(0); lose(1) }
    od
}

proctype Supporter(byte me) {
    byte n, t, claims = 2;
    mtype kind, verdict;
end:
    do
    :: atomic { !isFrozen[me] && !isAsking[me] && held[me] == 0 && claims > 0 && !wasTold[me] ->
        claims--;
        number[me]++; isAsking[me] = true; what[me] = CLAIM; shown[me] = 0 }
    :: atomic { !isFrozen[me] && !isAsking[me] && held[me] > 0 ->
        number[me]++; isAsking[me] = true; what[me] = ANSWER; shown[me] = held[me] }
    /* It is sent until its result has come. */
    :: atomic { !isFrozen[me] && isAsking[me] && empty(up[me]) && empty(down[me]) ->
        up[me] ! what[me], number[me], shown[me] }
    :: atomic { !isFrozen[me] && nempty(down[me]) ->
        down[me] ? kind, n, verdict, t;
        if
        :: isAsking[me] && n == number[me] ->
            isAsking[me] = false;
            if
            :: what[me] == CLAIM && verdict == OK -> held[me] = t
            :: what[me] == CLAIM && verdict == CONFLICT -> skip
            :: what[me] == ANSWER && verdict == OK ->
                wasTold[me] = true; held[me] = 0
            :: what[me] == ANSWER && verdict == CONFLICT ->
                wasRefused[me] = true; held[me] = 0
            fi
        :: else -> skip
        fi;
        kind = RESULT; verdict = OK; n = 0; t = 0 }
    :: atomic { isFrozen[me] -> isFrozen[me] = false }
    od
}

active proctype BadLuck() {
    byte cuts = 2, freezes = 1;
end:
    do
    :: atomic { cuts > 0 -> cuts--; lose(0) }
    :: atomic { cuts > 0 -> cuts--; lose(1) }
    :: atomic { freezes > 0 -> freezes--; isFrozen[0] = true }
    od
}

/* At every moment. */
active proctype Watch() {
end:
    /* Two who were told that the flag is theirs have not the same token. */
    do
    :: atomic { held[0] > 0 && held[0] == held[1] -> assert(false) }
    /* Who was told that the answer is accepted, gave it, and the journal has it. */
    :: atomic { wasTold[0] && !(storedAnswered && storedAnsweredBy == 0) -> assert(false) }
    :: atomic { wasTold[1] && !(storedAnswered && storedAnsweredBy == 1) -> assert(false) }
    /* Who was refused did not give it. */
    :: atomic { wasRefused[0] && answeredBy == 0 && !wasTold[0] && !isAsking[0] && held[0] == 0 -> assert(false) }
    :: atomic { wasRefused[1] && answeredBy == 1 && !wasTold[1] && !isAsking[1] && held[1] == 0 -> assert(false) }
    od
}

init {
    atomic { run Supporter(0); run Supporter(1) }
}
