"""Broken frames to a real hub: the sender is fenced with a reason, nobody else notices."""

import json
import random
import unittest

import floorbus_wire as wire
from peer import FENCED, OK, PROTOCOL, HubCase, put
from test_vectors import VECTORS


class Hostile(HubCase):
    def setUp(self):
        self.witness = self.session('witness')
        self.witness.subscribe(1, 'custom/bj/witness/')

    def tearDown(self):
        """The witness publishes, reads and was never disturbed."""
        before = len(self.witness.delivered)
        [(status, _)] = self.witness.settle(put('custom/bj/witness/a/', b'still here'))
        self.assertEqual(status, OK)
        self.witness.until(lambda: len(self.witness.delivered) > before, 'the witness')
        self.assertNotIn('GOAWAY', [frame['type'] for frame in self.witness.frames])

    def header(self, session, name, body=b'', **change):
        frame = wire.HEADER.pack(b'FLB1', 1, wire.NUMBERS[name], 0, session.id, len(body), 1, 0)
        frame = bytearray(frame + body)
        for at, value in change.get('bytes', {}).items():
            frame[at] = value
        return bytes(frame)

    def fenced(self, session, *frames, status=PROTOCOL):
        session.send_bytes(*frames)
        body = session.expect('GOAWAY')['body']
        self.assertEqual(body['status'], status)
        self.assertTrue(body['sentence'])

    def test_malformed_frames_fence_their_sender(self):
        cases = [
            ('empty', lambda s: b''),
            ('short', lambda s: b'FLB1'),
            ('magic', lambda s: self.header(s, 'CREDIT', bytes={0: 0})),
            ('version', lambda s: self.header(s, 'CREDIT', bytes={4: 2})),
            ('type', lambda s: self.header(s, 'CREDIT', bytes={5: 0x44})),
            ('downlink type', lambda s: self.header(s, 'WELCOME', bytes(96))),
            ('body_len', lambda s: self.header(s, 'CREDIT', bytes={12: 1})),
            ('PING body', lambda s: self.header(s, 'PING', bytes(7))),
            ('SUBSCRIBE body', lambda s: self.header(s, 'SUBSCRIBE', bytes(31))),
            ('SUBSCRIBE reserved', lambda s: self.header(s, 'SUBSCRIBE', b'\1' * 32)),
            ('UNSUBSCRIBE body', lambda s: self.header(s, 'UNSUBSCRIBE', bytes(9))),
            ('GET body', lambda s: self.header(s, 'GET', b'\xff' * 40)),
            ('REPLAY body', lambda s: self.header(s, 'REPLAY', bytes(39))),
            ('second HELLO', lambda s: wire.encode_frame({'type': 'HELLO', 'body': s.hello})),
        ]
        for name, make in cases:
            with self.subTest(name):
                session = self.session('mallory')
                self.fenced(session, make(session))

    def test_two_frames_fence_their_sender(self):
        session = self.session('mallory')
        good = self.header(session, 'CREDIT')
        self.fenced(session, good, good)

    def test_a_strange_session_number_is_told_to_start_anew(self):
        session = self.session('mallory')
        session.id ^= 1
        session.send('PING', seq=1, body={'client_time_us': 0})
        session.id ^= 1
        self.assertEqual(session.expect('GOAWAY')['body']['status'], FENCED)
        stranger = self.dial('nobody')
        stranger.send('PING', seq=1, body={'client_time_us': 0})
        frame = stranger.expect('GOAWAY')
        self.assertEqual((frame['session_id'], frame['body']['status']), (0, FENCED))

    def test_a_fenced_producer_comes_back_with_its_numbers(self):
        session = self.session('mallory')
        session.settle(put('custom/bj/back/a/', b'1'))
        self.fenced(session, b'junk')
        again = self.session('mallory', **session.resumed())
        self.assertEqual(again.welcome['last_applied'], 1)

    def test_a_malformed_pub_is_refused_whole_and_its_number_used_again(self):
        session = self.session('mallory')
        good = wire.encode_record(put('custom/bj/pub/a/', b'1'))
        broken = bytearray(good)
        broken[76] = 1
        for name, body in (('second record', (2, good + bytes(broken))), ('count', (3, good)),
                           ('cut', (1, good[:-8])), ('length', (1, bytes(8) + good[8:]))):
            with self.subTest(name):
                count, records = body
                data = self.header(session, 'PUB', bytes(8) + count.to_bytes(8, 'little') + records)
                session.send_bytes(data)
                refusal = session.expect('REJECT')['body']
                self.assertEqual((refusal['status'], refusal['refused_seq']), (PROTOCOL, 1))
        self.assertEqual(session.get('custom/bj/pub/')[0], [])
        [(status, _)] = session.settle(put('custom/bj/pub/a/', b'2'))
        self.assertEqual(status, OK)

    def test_extreme_numbers_are_only_numbers(self):
        most = 2 ** 64 - 1
        session = self.session('mallory')
        session.send('CREDIT', arg=most)
        session.send('PING', seq=most, arg=most, body={'client_time_us': -2 ** 63})
        session.expect('PONG')
        session.subscribe(1, 'event/', state_token=most, event_token=most)
        for name in ('GET', 'REPLAY'):
            for cursor in (most, 2 ** 63, (2 << 40) - 1, 9 << 40):
                records, end = session.get('event/', name=name, cursor=cursor, from_us=-2 ** 63,
                                           to_us=2 ** 63 - 1, max_bytes=2 ** 32 - 1)
                self.assertEqual((records, end['status']), ([], OK))
        session.next_seq = most
        session.publish(put('custom/bj/extreme/a/'))
        session.barrier()

    def test_a_producer_numbered_to_the_end_cannot_end_the_hub(self):
        hello = {'producer_id': 'ab' * 16, 'first_unacked': 2 ** 64 - 1}
        for _ in range(3):
            session = self.dial('mallory', **hello)
            session.send('HELLO', body=session.hello)
            session.expect('REJECT')

    def test_mutated_vectors_never_end_the_hub(self):
        seed = random.randrange(2 ** 32)
        chance = random.Random(seed)
        with self.subTest(seed=seed):
            vectors = json.loads((VECTORS / 'frames.json').read_text(encoding='utf-8'))
            for turn in range(40):
                session = self.session('mallory')
                for _ in range(20):
                    data = bytearray.fromhex(chance.choice(vectors)['hex'])
                    data[8:12] = session.id.to_bytes(4, 'little')
                    for _ in range(chance.randrange(4)):
                        data[chance.randrange(len(data))] = chance.randrange(256)
                    session.send_bytes(bytes(data))
                session.close()
                if turn % 10 == 0:
                    self.witness.barrier()
            self.witness.barrier()


if __name__ == '__main__':
    unittest.main()
