"""Rows of a journal, written by docs/journal-schema.md and docs/wire-protocol.md alone."""

import datetime
import pathlib
import random
import sqlite3
import struct
import zoneinfo

AGENT, EVENT, PRIVATE = 1, 6, 9
PUT, DELETE, APPEND, RAISE, CLAIM, ENGAGE, ANSWER = 1, 2, 3, 16, 18, 19, 22
SUSPECT = 16
LOGGED_OFF, LOGGED_ON = 1, 2
NOT_READY, READY, RESERVED, BUSY, AFTER_CALL = 2, 3, 4, 5, 6
NONE, CONNECTED, HELD, CONSULTING, CONFERENCED, PAUSED = 0, 3, 4, 5, 6, 11
SECOND = 1_000_000
ZONE = zoneinfo.ZoneInfo('Europe/Berlin')
TEAMS = ('sales', 'care')


def midnight(year, month, day):
    return int(datetime.datetime(year, month, day, tzinfo=ZONE).timestamp()) * SECOND


def record(kind, operation, rev, previous, time, key, schema, payload, flags=0):
    """A record as docs/wire-protocol.md lays it out."""
    key = key.encode()
    pad = lambda text: text + bytes(-len(text) % 8)
    body = pad(key) + pad(payload)
    head = struct.pack('<IBBHQQqq16sQIHHII', 80 + len(body), kind, operation, flags, rev, previous,
                       time, 0, bytes(16), 0, 0, len(key), schema, len(payload), 0)
    return head + body


def tlv(tag, text):
    return struct.pack('<HH', tag, len(text.encode())) + text.encode() if text else b''


def flag_payload(status, stamps, owner, team, agent):
    """A flag of the category `refund`."""
    payload = bytes((status, 1, 1, 1, 1, 1, 0, 0)) + bytes(16)
    payload += struct.pack('<8q', *stamps) + bytes(40)
    return payload + tlv(1, 'refund') + tlv(2, owner) + tlv(3, team) + tlv(16, agent)


class Floor:
    """Rows of a floor of twelve agents: every number is random, and the same each time."""

    def __init__(self, start, end):
        self.random = random.Random(1130)
        self.start, self.end = start, end
        self.changes, self.steps, self.flags = [], [], []
        self.history, self.events = [], []
        moments = sorted(self.random.randrange(start, end) for _ in range(6000))
        restarts = {2000, 4300}
        epoch, counter, last = 1, 0, {}
        for number, time in enumerate(moments):
            if number in restarts:
                epoch, counter, last = epoch + 1, 0, {}
                continue
            counter += 1
            self.one(epoch << 40 | counter, time, last)
        self.epoch = epoch

    def one(self, rev, time, last):
        what = self.random.random()
        if what < 0.75:
            self.change(rev, time, last)
        elif what < 0.85:
            self.step(rev, time)
        else:
            self.flag(rev, time)

    def change(self, rev, time, last):
        pick = self.random.choice
        number = self.random.randrange(12)
        key = f'agent/bj/{TEAMS[number % 2]}/a{number:02}/'
        previous, last[key] = last.get(key, 0), rev
        if self.random.random() < 0.02:
            previous = rev - 1  # as if the change before had been lost
        if self.random.random() < 0.03:
            state, payload = None, b''
        else:
            session = LOGGED_OFF if self.random.random() < 0.1 else LOGGED_ON
            activity = pick((NOT_READY, READY, RESERVED, BUSY, BUSY, BUSY, AFTER_CALL))
            call = pick((NONE, CONNECTED, CONNECTED, HELD, CONSULTING, PAUSED, 7))
            reference = pick(('', 'c1', 'c2'))
            state = (session, activity, call, reference)
            payload = bytes((session, 1, activity, 0, call, 0, 1, 0)) + bytes(8)
            payload += tlv(4, reference)
        flags = SUSPECT if self.random.random() < 0.05 else 0
        operation = PUT if state else DELETE
        self.history.append((rev, AGENT, key, time, record(
            AGENT, operation, rev, previous, time, key, 1, payload, flags)))
        self.changes.append((rev, previous, time, key, state, not flags))

    def step(self, rev, time):
        step = self.random.choice(('enqueued', 'answered', 'abandoned'))
        wait = '' if step == 'enqueued' else str(self.random.randrange(60))
        agent = 'a01' if step == 'answered' else ''
        text = f'{time // SECOND}\t{step}\tc{rev}\tq1\t{agent}\t{wait}'
        self.event(rev, EVENT, APPEND, time, 'event/bj/calls/c/', 1001, text.encode())
        self.steps.append((time, step, wait))

    def flag(self, rev, time):
        living = [flag for flag in self.flags if flag['status'] != 5]
        if not living or self.random.random() < 0.4:
            number = self.random.randrange(12)
            flag = {'number': len(self.flags) + 1, 'agent': f'a{number:02}', 'status': 1,
                    'team': TEAMS[number % 2], 'stamps': [time] + [0] * 7, 'owner': ''}
            self.flags.append(flag)
            operation = RAISE
        else:
            flag = self.random.choice(living)
            operation, status, stamp = self.random.choice(
                ((CLAIM, 3, 2), (ENGAGE, 4, 3), (ANSWER, 5, 4)))
            flag['status'], flag['owner'] = status, 's1'
            flag['stamps'][stamp] = time
            if status == 5:
                flag['answered'] = time
        payload = flag_payload(
            flag['status'], flag['stamps'], flag['owner'], flag['team'], flag['agent'])
        key = f'private/bj/{flag["agent"]}/{flag["number"]:032x}/'
        self.event(rev, PRIVATE, operation, time, key, 1, payload)

    def event(self, rev, kind, operation, time, key, schema, payload):
        self.events.append((rev, kind, key, time, bytes(16), 0, record(
            kind, operation, rev, 0, time, key, schema, payload)))

    def store(self, directory):
        journal = sqlite3.connect(pathlib.Path(directory) / 'journal.sqlite')
        with journal:
            assert journal.execute('PRAGMA user_version').fetchone()[0] == 4
            journal.executemany('INSERT INTO history VALUES (?, ?, ?, ?, ?)', self.history)
            journal.executemany('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)', self.events)
            journal.execute('UPDATE meta SET hub_clock = ?, epoch = ?', (self.end, self.epoch))
        journal.close()
