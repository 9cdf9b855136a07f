#!/usr/bin/env python3
"""A wallboard that needs nothing of FloorBus: pyzmq, and docs/wire-protocol.md.

    ./wallboard.py tcp://127.0.0.1:7411 [--until CHANGES]

It listens to the hub's tap, where every message is a key and a record (section 6). The tap tells
changes, no present values: what does not change is not seen. A reader that must know whether it
has everything counts beacons (section 14.2; Tests/python/floorbus_tap.py does, in 70 lines).
"""

import signal
import struct
import sys
import uuid

import zmq

RECORD = struct.Struct('<IBBHQQqq16sQIHHII')  # section 6: 80 bytes, then the key and the payload
AGENT, FLAG, QUEUE = 1, 2, 3
DELETE, SYNC = 2, 5
SUSPECT, STALE = 16, 32
ACTIVITIES = {2: 'not ready', 3: 'ready', 4: 'reserved', 5: 'busy', 6: 'after call'}
FLAGS = {1: 'raised', 2: 'pending', 3: 'claimed', 4: 'engaged', 5: 'answered', 6: 'closed',
         7: 'cancelled', 8: 'merged', 9: 'unanswered'}


def texts(payload, at):
    """The TLVs behind a payload's fixed part: tag → text."""
    found = {}
    while at + 4 <= len(payload):
        tag, length = struct.unpack_from('<HH', payload, at)
        found[tag] = payload[at + 4:at + 4 + length]
        at += 4 + length
    return found


def describe(kind, payload):
    if kind == AGENT:  # 7.1
        session, _, activity = payload[:3]
        reason = texts(payload, 16).get(1, b'').decode()
        state = 'logged off' if session == 1 else ACTIVITIES.get(activity, 'unknown')
        return state + (', ' + reason if reason else '')
    if kind == QUEUE:  # 7.2
        waiting, = struct.unpack_from('<I', payload, 8)
        logged_on, ready = struct.unpack_from('<II', payload, 48)
        return f'{waiting} waiting, {ready} of {logged_on} ready'
    if kind == FLAG:  # 7.8
        words = texts(payload, 128)
        owner = words.get(2, b'').decode()
        return (f"{words.get(1, b'').decode()} {FLAGS.get(payload[0], 'unknown')}"
                + (f' {owner}' if owner else ''))
    return f'{len(payload)} bytes'


class Wallboard:
    def __init__(self, endpoint):
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.barrier = f'~sync/{uuid.uuid4().hex}/'
        self.revisions, self.changes = {}, 0
        self.socket.connect(endpoint)
        # The barrier last: its answer says that the others are in force, also after a reconnect.
        for topic in ('agent/', 'queue/', 'flag/', self.barrier):
            self.socket.subscribe(topic)

    def take(self, key, record):
        """One message's two frames."""
        (_, kind, operation, flags, rev, previous, *_, key_len, _schema, payload_len,
         _reserved) = RECORD.unpack_from(record)
        if operation == SYNC:
            if key == self.barrier:
                print('joined', flush=True)
            return
        start = 80 + (key_len + 7 & ~7)
        payload = record[start:start + payload_len]
        known = self.revisions.get(key, previous)
        self.revisions[key] = rev
        self.changes += 1
        line = 'gone' if operation == DELETE else describe(kind, payload)
        if flags & (SUSPECT | STALE):
            line += ' (not heard from)'
        if previous != known:  # T1: something of this key did not arrive
            line += ' (changes were missed)'
        print(key, line, flush=True)


def main(endpoint, until):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    board = Wallboard(endpoint)
    while until == 0 or board.changes < until:
        key, record = board.socket.recv_multipart()
        board.take(key.decode(), record)


if __name__ == '__main__':
    if len(sys.argv) not in (2, 4) or sys.argv[2:3] not in ([], ['--until']):
        sys.exit('usage: wallboard.py TAP [--until CHANGES]')
    main(sys.argv[1], int(sys.argv[3]) if len(sys.argv) == 4 else 0)
