"""A real hub process and plain sessions with it, for tests; needs pyzmq."""

import os
import pathlib
import re
import secrets
import select
import signal
import subprocess
import time
import unittest

import floorbus_wire as wire

try:
    import zmq
except ImportError:
    zmq = None

BINARY = pathlib.Path(os.environ.get('FLOORBUS_BIN') or pathlib.Path(
    __file__).resolve().parent.parent.parent / '.build' / 'debug' / 'floorbus')
PATIENCE = 20.0  # seconds until a wait is a failure; nothing waits this long when all is well
(OK, INVALID, CLOSED, DENIED, CONFLICT, NOT_FOUND, EXISTS, BAD_KEY, FENCED, PROTOCOL,
 UNSUPPORTED) = (0, -1, -5, -12, -13, -14, -15, -19, -20, -22, -24)


def require():
    """Skips, and says why, when there is nothing to test or to test with."""
    if zmq is None:
        raise unittest.SkipTest('pyzmq is not installed (pip install pyzmq)')
    if not os.access(BINARY, os.X_OK):
        raise unittest.SkipTest(f'no hub at {BINARY} (swift build, or set FLOORBUS_BIN)')


class Deadline:
    """A wait that fails instead of going on for ever."""

    def __init__(self, seconds=PATIENCE):
        self.at = time.monotonic() + seconds

    def left(self, what):
        """Seconds left; raises when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise AssertionError(f'waited too long for {what}')
        return left


class Hub:
    """`floorbus hub` on ports of its own choice."""

    def __init__(self, *options, **process):
        self.context = zmq.Context()
        self.process = subprocess.Popen(
            [str(BINARY), 'hub', '--listen', 'tcp://127.0.0.1:0', '--tap', 'tcp://127.0.0.1:0',
             *options], stdout=subprocess.PIPE, **process)
        try:
            self.endpoint, self.tap = self._listening()
        except BaseException:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise

    def _listening(self):
        deadline, line = Deadline(), b''
        while True:
            left = deadline.left(f'the listening line, got {line!r}')
            if not select.select([self.process.stdout], [], [], min(left, 0.2))[0]:
                continue
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                raise AssertionError(f'the hub ended with {self.process.wait()}: {line!r}')
            line += byte
            if byte == b'\n':
                found = re.match(rb'listening (tcp://\S+).*?\btap (tcp://\S+)', line)
                if found:
                    return found.group(1).decode(), found.group(2).decode()
                line = b''

    def stop(self):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.context.destroy(linger=0)


class Session:
    """One session: frames out, frames in, every downlink rule checked as they come."""

    def __init__(self, hub, principal, **hello):
        self.socket = hub.context.socket(zmq.DEALER)
        for option, value in ((zmq.LINGER, 0), (zmq.IMMEDIATE, 1), (zmq.RECONNECT_IVL, -1),
                              (zmq.SNDHWM, 1000), (zmq.RCVHWM, 0), (zmq.MAXMSGSIZE, 65536)):
            self.socket.setsockopt(option, value)
        self.socket.connect(hub.endpoint)
        self.hello = {'version_min': 1, 'version_max': 1, 'producer_id': secrets.token_hex(16),
                      'first_unacked': 1, 'heartbeat_ms': 1500, 'will_grace_ms': 5000,
                      'initial_credit': 262144, 'principal': principal,
                      'application': 'python peer', **hello}
        self.id, self.seen, self.request = 0, 0, 0
        self.next_seq, self.results, self.cumulative = self.hello['first_unacked'], {}, 0
        self.granted, self.spent, self.auto_credit = self.hello['initial_credit'], 0, True
        self.stable_rev, self.stable_event = 0, 0
        self.delivered, self.frames = [], []
        self.last_sent = time.monotonic()
        self.welcome = None

    def open(self):
        """HELLO, WELCOME."""
        self.send('HELLO', body=self.hello)
        self.welcome = self.expect('WELCOME')['body']
        self.next_seq = self.welcome['last_applied'] + 1
        self.cumulative = max(0, self.hello['first_unacked'] - 1)
        return self

    def close(self):
        self.socket.close(0)

    def resumed(self):
        """The parts of a HELLO that takes up where this session was."""
        return {'producer_id': self.hello['producer_id'], 'lineage': self.welcome['lineage'],
                'resume_secret': self.welcome['resume_secret'], 'state_token': self.stable_rev,
                'event_token': self.stable_event, 'first_unacked': self.cumulative + 1}

    # Out

    def send(self, name, seq=0, arg=0, body=None, flags=0):
        self.send_bytes(wire.encode_frame({'type': name, 'session_id': self.id, 'seq': seq,
                                           'arg': arg, 'flags': flags, 'body': body or {}}))

    def send_bytes(self, *frames):
        deadline = Deadline()
        while not self.socket.poll(50, zmq.POLLOUT):
            deadline.left('room to send')
        self.socket.send_multipart(frames)
        self.last_sent = time.monotonic()

    def ask(self, name, flags=0, **body):
        """Sends a numbered request, with flags in its header; returns its number."""
        self.request += 1
        self.send(name, seq=self.request, arg=self.cumulative + 1, body=body, flags=flags)
        return self.request

    def publish(self, *records):
        """One PUB; returns the seqs of its records."""
        first = self.next_seq
        self.next_seq += len(records)
        self.send('PUB', seq=first, arg=self.cumulative + 1, body={'records': list(records)})
        return range(first, self.next_seq)

    def settle(self, *records):
        """Publishes and waits for the results, in order."""
        seqs = self.publish(*records)
        self.until(lambda: all(seq in self.results for seq in seqs), 'results')
        return [self.results[seq] for seq in seqs]

    def subscribe(self, sub, filter, **more):
        self.ask('SUBSCRIBE', sub=sub, filter=filter, **more)
        answer = self.expect('SUBACK', lambda body: body['sub'] == sub)['body']
        assert answer['status'] == OK and answer['ended'] == 0, answer
        return answer

    def snapshot(self, sub, filter, **more):
        """Subscribes; returns the marks and the records in between."""
        self.subscribe(sub, filter, **more)
        begin = self.expect('SNAP_BEGIN', lambda body: body['sub'] == sub)['body']
        start = len(self.delivered)
        end = self.expect('SNAP_END', lambda body: body['sub'] == sub)['body']
        return begin, self.delivered[start:], end

    def get(self, filter, name='GET', cursor=0, **more):
        """One page: its records and its end."""
        start = len(self.frames)
        request = self.ask(name, filter=filter, cursor=cursor, **{'max_bytes': 32768, **more})
        end = self.expect('REPLY_END', lambda body: body['request'] == request)['body']
        replies = [frame['body'] for frame in self.frames[start:] if frame['type'] == 'REPLY'
                   and frame['body']['request'] == request]
        return [record for reply in replies for record in reply['records']], end

    # In

    def expect(self, name, where=lambda body: True):
        """The next frame of a type that fits; others are taken in on the way."""
        deadline = Deadline()
        while True:
            frame = self.receive(deadline, name)
            if frame['type'] == name and where(frame['body']):
                return frame

    def until(self, condition, what):
        deadline = Deadline()
        while not condition():
            self.receive(deadline, what)

    def barrier(self):
        """Everything the hub sent before now has come when PONG is here."""
        request = self.ask('PING', client_time_us=time.monotonic_ns() // 1000)
        return self.expect('PONG', lambda body: body['request'] == request)['body']

    def receive(self, deadline, what):
        while not self.socket.poll(int(min(deadline.left(what), 0.2) * 1000) + 1):
            if self.id and time.monotonic() - self.last_sent > 0.3:
                self.ask('PING', client_time_us=0)
        parts = self.socket.recv_multipart()
        assert len(parts) == 1, 'a message has exactly one frame'
        frame = wire.decode_frame(parts[0])
        self.take(frame, len(parts[0]))
        return frame

    def take(self, frame, size):
        name, body = frame['type'], frame['body']
        if name == 'WELCOME':
            assert frame['session_id'] == body['session_id']
            self.id = body['session_id']
        if frame['session_id']:
            assert frame['session_id'] == self.id
            assert frame['seq'] == self.seen + 1, f'hole after {self.seen}: {frame["seq"]}'
            self.seen += 1
        self.frames.append(frame)
        if name in ('DELIVER', 'PONG'):
            self.stable_rev = frame['arg']
            self.stable_event = body['stable_event']
        if name == 'DELIVER':
            assert size <= 65536, size
            self.spent += max(1024, size)
            assert self.spent <= self.granted, 'more than was credited'
            self.delivered.extend(body['records'])
            if self.auto_credit:
                self.grant()
        if name in ('ACK', 'NACK'):
            assert frame['arg'] >= self.cumulative, 'the cumulative value runs backwards'
            self.cumulative = frame['arg']
            for run in body['runs']:
                for index in range(run['count']):
                    rev = run['rev'] + index if run['rev'] else 0
                    self.results[run['first'] + index] = (run['status'], rev)

    def grant(self, window=262144):
        self.granted = self.spent + window
        self.send('CREDIT', arg=self.granted)


def put(key, payload=b'', **more):
    kind = next(number for number, name in wire.KINDS.items() if name == key.split('/')[0])
    return {'kind': kind, 'op': wire.PUT, 'key': key, 'payload': payload.hex(), 'schema': 1,
            **more}


def delete(key, **more):
    return {**put(key), 'op': wire.DELETE, 'schema': 0, **more}


def append(key, payload=b'', **more):
    return {**put(key, payload), 'op': wire.APPEND, **more}


class HubCase(unittest.TestCase):
    """A hub for the tests of a class; sessions close themselves."""

    @classmethod
    def setUpClass(cls):
        require()
        cls.hub = Hub()

    @classmethod
    def tearDownClass(cls):
        code = cls.hub.stop()
        assert code == 0, f'the hub ended with {code}'

    def dial(self, principal, **hello):
        """A link that has not said HELLO yet."""
        session = Session(self.hub, principal, **hello)
        self.addCleanup(session.close)
        return session

    def session(self, principal, **hello):
        return self.dial(principal, **hello).open()
