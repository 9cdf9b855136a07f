"""The tap: any SUB socket, two frames, a chain of revisions per key (T1)."""

import unittest

import floorbus_wire as wire
from peer import Deadline, HubCase, append, delete, put, zmq


class Tap(HubCase):
    def tap(self, *prefixes):
        socket = self.hub.context.socket(zmq.SUB)
        self.addCleanup(socket.close, 0)
        for option, value in ((zmq.LINGER, 0), (zmq.SNDHWM, 0), (zmq.MAXMSGSIZE, 65536)):
            socket.setsockopt(option, value)
        for prefix in (*prefixes, 'custom/tap/join/'):
            socket.setsockopt(zmq.SUBSCRIBE, prefix.encode())
        socket.connect(self.hub.tap)
        return socket

    def join(self, socket, session):
        """Publishes until the tap shows it: then the subscriptions stand."""
        deadline = Deadline()
        while True:
            deadline.left('the first message of the tap')
            session.settle(put('custom/tap/join/x/'))
            if socket.poll(20):
                return

    def receive(self, socket, count):
        """The next records but those of joining."""
        deadline, out = Deadline(), []
        while len(out) < count:
            if not socket.poll(int(min(deadline.left('the tap'), 0.2) * 1000) + 1):
                continue
            parts = socket.recv_multipart()
            self.assertEqual(len(parts), 2, 'two frames: key and record')
            record, end = wire.decode_record(parts[1])
            self.assertEqual(end, len(parts[1]), 'exactly one record')
            self.assertEqual(record['key'].encode(), parts[0])
            if not record['key'].startswith('custom/tap/join/'):
                out.append(record)
        return out

    def test_each_key_is_a_chain(self):
        session, tap = self.session('anna'), self.tap('custom/bj/chain/', 'event/bj/chain/')
        self.join(tap, session)
        results = session.settle(
            *(put(f'custom/bj/chain/{n % 2}/', bytes([n])) for n in range(6)),
            put('custom/bj/chainsaw/0/'), delete('custom/bj/chain/0/'))
        last = {}
        records = self.receive(tap, 7)
        for record in records:
            self.assertEqual(record['prev_rev'], last.get(record['key'], 0))
            last[record['key']] = record['rev']
            self.assertEqual(record['coalesced'], 0)
        self.assertEqual([r['rev'] for r in records], [rev for _, rev in results[:6]]
                         + [results[7][1]])
        self.assertEqual(records[6]['op'], wire.DELETE)
        session.settle(put('custom/bj/chain/0/', b'again'))
        [record] = self.receive(tap, 1)
        self.assertEqual(record['prev_rev'], last[record['key']], 'the chain goes over a deletion')

    def test_events_appear_when_committed(self):
        session, tap = self.session('anna'), self.tap('event/bj/tapped/')
        self.join(tap, session)
        results = session.settle(*(append('event/bj/tapped/e/', bytes([n])) for n in range(20)))
        records = self.receive(tap, 20)
        self.assertEqual([r['rev'] for r in records], [rev for _, rev in results])
        self.assertEqual([r['payload'] for r in records], [f'{n:02x}' for n in range(20)])

    def test_a_change_of_freshness_is_a_link_of_the_chain(self):
        session, tap = self.session('anna'), self.tap('custom/bj/fresh/')
        self.join(tap, session)
        session.settle(put('custom/bj/fresh/a/', b'1'))
        session.send('BYE')
        first, second = self.receive(tap, 2)
        self.assertEqual(second['prev_rev'], first['rev'])
        self.assertEqual(second['payload'], first['payload'])
        self.assertTrue(second['flags'] & wire.SUSPECT)


if __name__ == '__main__':
    unittest.main()
