"""Fills the journal of a stopped hub with days of work, to measure reports by (docs/reports.md).

    python3 Tests/python/report_journal.py DIRECTORY AGENTS DAYS CHANGES_A_DAY

Agents go through reserved, busy, after call and ready; each day each raises three flags of four
steps, and as many steps of calls go by. The last day is yesterday, in UTC.
"""

import pathlib
import random
import sqlite3
import sys
import time

from journal_floor import (
    AFTER_CALL, AGENT, ANSWER, APPEND, BUSY, CLAIM, CONNECTED, ENGAGE, EVENT, LOGGED_ON, NONE,
    PRIVATE, PUT, RAISE, READY, RESERVED, SECOND, flag_payload, record, tlv)

CYCLE = ((RESERVED, NONE), (BUSY, CONNECTED), (AFTER_CALL, NONE), (READY, NONE))
DAY = 86_400 * SECOND


def changes(agents, count, start, step):
    """Rows of `history`, an agent at random each."""
    keys = [f'agent/bj/team{number % 250:03}/{number:05}/' for number in range(agents)]
    last, done = [0] * agents, [0] * agents
    for number in range(count):
        at, rev = start + number * step, (1 << 40) + number + 1
        who = random.randrange(agents)
        activity, call = CYCLE[done[who] % 4]
        payload = bytes((LOGGED_ON, 1, activity, 0, call, 0, 1, 0)) + bytes(8) + tlv(3, 'A-12')
        if call:
            payload += tlv(4, f'call-{done[who]:08}')
        yield rev, AGENT, keys[who], at, record(
            AGENT, PUT, rev, last[who], at, keys[who], 1, payload)
        last[who], done[who] = rev, done[who] + 1


def happenings(agents, flags, start, step):
    """Rows of `events`: four steps of a flag, and four of calls, in turn."""
    for number in range(flags):
        who, at = random.randrange(agents), start + number * step
        key = f'private/bj/{who:05}/{number + 1:032x}/'
        stamps = [0] * 8
        for place, (operation, status, stamp) in enumerate(
                ((RAISE, 1, 0), (CLAIM, 3, 2), (ENGAGE, 4, 3), (ANSWER, 5, 4))):
            stamps[stamp] = at
            payload = flag_payload(status, stamps, 'sun', f'team{who % 250:03}', f'{who:05}')
            rev = (1 << 40) + number * 8 + place + 1
            yield rev, PRIVATE, key, at, bytes(16), 0, record(
                PRIVATE, operation, rev, 0, at, key, 1, payload)
            at += step // 8
        for place in range(4, 8):
            rev = (1 << 40) + number * 8 + place + 1
            text = f'{at // SECOND}\tenqueued\tc{rev}\tq{place}\t\t'.encode()
            yield rev, EVENT, 'event/bj/calls/x/', at, bytes(16), 0, record(
                EVENT, APPEND, rev, 0, at, 'event/bj/calls/x/', 1001, text)
            at += step // 8


def main(directory, agents, days, a_day):
    """Fills it."""
    random.seed(5)
    end = int(time.time()) * SECOND // DAY * DAY
    start = end - days * DAY
    count, flags = agents * days * a_day, agents * days * 3
    journal = sqlite3.connect(pathlib.Path(directory) / 'journal.sqlite')
    with journal:
        journal.executemany('INSERT INTO history VALUES (?, ?, ?, ?, ?)', changes(
            agents, count, start, days * DAY // count))
        journal.executemany('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)', happenings(
            agents, flags, start, days * DAY // flags))
        journal.execute('UPDATE meta SET hub_clock = ?, epoch = 1', (end,))
    journal.close()


if __name__ == '__main__':
    main(sys.argv[1], *map(int, sys.argv[2:5]))
