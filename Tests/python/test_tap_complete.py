"""The tap's beacons and barriers (T2, T3): a reader that can tell complete from incomplete."""

import secrets
import threading
import unittest

import floorbus_wire as wire
from floorbus_tap import TapReader, topics
from peer import Deadline, Hub, HubCase, append, delete, put, zmq


class Thief(threading.Thread):
    """A proxy between the hub's tap and a reader that drops the messages it is told to."""

    def __init__(self, context, tap, condition):
        super().__init__(daemon=True)
        self.condition, self.stolen = condition, []
        self.front, self.back = context.socket(zmq.XSUB), context.socket(zmq.XPUB)
        self.stop_reader, self.stop_writer = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
        self.stop_reader.bind(f'inproc://stop-{id(self)}')
        self.stop_writer.connect(f'inproc://stop-{id(self)}')
        self.back.setsockopt(zmq.XPUB_VERBOSE, 1)
        for socket in (self.front, self.back):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.SNDHWM, 0)
        self.front.connect(tap)
        port = self.back.bind_to_random_port('tcp://127.0.0.1')
        self.endpoint = f'tcp://127.0.0.1:{port}'
        self.start()

    def run(self):
        poller = zmq.Poller()
        for socket in (self.front, self.back, self.stop_reader):
            poller.register(socket, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            if self.stop_reader in ready:
                break
            if self.back in ready:
                self.front.send(self.back.recv())
            if self.front in ready:
                parts = self.front.recv_multipart()
                record, _ = wire.decode_record(parts[1])
                if record['op'] <= wire.APPEND and self.condition(record):
                    self.stolen.append(record)
                else:
                    self.back.send_multipart(parts)
        for socket in (self.front, self.back, self.stop_reader):
            socket.close(0)

    def stop(self):
        self.stop_writer.send(b'')
        self.join()
        self.stop_writer.close(0)


class Joined:
    """A SUB socket and the reader it feeds."""

    def __init__(self, case, prefixes, endpoint=None, **options):
        self.case, self.prefixes, self.nonce = case, prefixes, secrets.token_hex(8)
        self.reader, self.last = TapReader(self.nonce), None
        self.socket = case.hub.context.socket(zmq.SUB)
        case.addCleanup(self.socket.close, 0)
        for name, value in {'LINGER': 0, 'SNDHWM': 0, 'MAXMSGSIZE': 65536, **options}.items():
            self.socket.setsockopt(getattr(zmq, name), value)
        for topic in topics(prefixes, self.nonce):
            self.socket.setsockopt(zmq.SUBSCRIBE, topic.encode())
        self.socket.connect(endpoint or case.hub.tap)

    def rejoin(self):
        self.socket.setsockopt(zmq.UNSUBSCRIBE, f'~sync/{self.nonce}/'.encode())
        self.nonce = secrets.token_hex(8)
        self.reader.rejoin(self.nonce)
        self.socket.setsockopt(zmq.SUBSCRIBE, f'~sync/{self.nonce}/'.encode())

    def until(self, condition, what):
        deadline = Deadline()
        while not condition():
            if not self.socket.poll(int(min(deadline.left(what), 0.2) * 1000) + 1):
                continue
            key, record = self.socket.recv_multipart()
            self.last = self.reader.take(record)
            self.case.assertEqual(self.last['key'].encode(), key)
            if self.reader.needs_snapshot:
                self.reader.snapshot(self.hub_records())

    def hub_records(self):
        session = self.case.session('wallboard')
        records = []
        for prefix in self.prefixes:
            cursor, more = 0, 1
            while more:
                page, end = session.get(prefix, cursor=cursor)
                records, cursor, more = records + page, end['cursor'], end['more']
        session.send('BYE')
        return records

    def join(self):
        self.until(lambda: self.reader.verdict == 'complete', 'the answer to the barrier')
        return self

    def check(self):
        """Reads up to a barrier of its own, before which every partition has a beacon."""
        mark = f'~sync/{secrets.token_hex(8)}/'
        self.socket.setsockopt(zmq.SUBSCRIBE, mark.encode())
        self.until(lambda: self.last and self.last['key'] == mark, 'a round of beacons')
        return self.reader.verdict

    def hub_values(self):
        return {record['key']: record['payload'] for record in self.hub_records()}


class Complete(HubCase):
    def thief(self, condition):
        thief = Thief(self.hub.context, self.hub.tap, condition)
        self.addCleanup(thief.stop)
        return thief

    def test_a_reader_that_loses_nothing_is_complete(self):
        anna = self.session('anna')
        anna.settle(*(put(f'custom/calm/u{n % 3}/{n}/') for n in range(30)))
        tap = Joined(self, ['custom/calm/', 'event/calm/u1/']).join()
        anna.settle(*(put(f'custom/calm/u{n % 5}/{n % 7}/', bytes([n])) for n in range(100)),
                    *(append('event/calm/u1/x/', bytes([n])) for n in range(100)),
                    *(append('event/calm/u2/x/', bytes([n])) for n in range(10)),
                    delete('custom/calm/u0/0/'))
        self.assertEqual(tap.check(), 'complete', tap.reader.why)
        self.assertEqual(tap.reader.values, tap.hub_values())
        self.assertEqual(len(tap.reader.anchors), 6)
        self.assertEqual(tap.check(), 'complete', tap.reader.why)

    def test_the_answer_names_the_hub_whose_session_port_has_the_snapshot(self):
        tap = Joined(self, ['custom/named/']).join()
        joined, session = tap.reader.joined, self.session('wallboard')
        self.assertEqual(joined['lineage'], session.welcome['lineage'])
        self.assertEqual(joined['state_head'] >> 40, session.welcome['epoch'])
        self.assertEqual(joined['uncounted'], 0)
        self.assertEqual(joined['interval_ms'], 1000)

    def test_the_last_message_lost_and_then_silence(self):
        anna = self.session('anna')
        thief = self.thief(lambda record: record['payload'] == b'the last'.hex())
        tap = Joined(self, ['custom/silence/'], thief.endpoint).join()
        anna.settle(put('custom/silence/u/a/', b'first'), put('custom/silence/u/a/', b'the last'))
        tap.until(lambda: tap.reader.why, 'the next beacon')
        self.assertIn('was sent 2, has 1', tap.reader.why)
        self.assertEqual(len(thief.stolen), 1)
        tap.rejoin()
        tap.join()
        self.assertEqual(tap.reader.values, {'custom/silence/u/a/': b'the last'.hex()})
        self.assertEqual(tap.check(), 'complete', tap.reader.why)

    def test_one_message_in_the_middle_lost_of_a_key_that_never_changes_again(self):
        anna = self.session('anna')
        for key, take in (('custom/middle/u/', put), ('event/middle/u/', append)):
            with self.subTest(key):
                thief = self.thief(lambda record: record['key'] == key + 'lost/')
                tap = Joined(self, [key], thief.endpoint).join()
                anna.settle(take(key + 'a/'), take(key + 'lost/'), take(key + 'a/'))
                self.assertEqual(tap.check(), 'incomplete')
                self.assertEqual(len(thief.stolen), 1)

    def test_a_lost_deletion_and_a_lost_change_of_freshness(self):
        for name, stolen in (('deletion', lambda record: record['op'] == wire.DELETE),
                             ('freshness', lambda record: record['flags'] & wire.SUSPECT)):
            with self.subTest(name):
                anna, prefix = self.session('anna'), f'custom/{name}/'
                thief = self.thief(stolen)
                tap = Joined(self, [prefix], thief.endpoint).join()
                anna.settle(put(prefix + 'u/a/'), put(prefix + 'u/b/'), delete(prefix + 'u/b/'))
                if name == 'deletion':
                    self.assertEqual(tap.check(), 'incomplete')
                else:
                    self.assertEqual(tap.check(), 'complete', tap.reader.why)
                    anna.send('BYE')
                    tap.until(lambda: tap.reader.why, 'the reader to know of its loss')
                self.assertEqual(len(thief.stolen), 1)

    def test_a_reader_that_did_not_read_in_time_knows_it_and_joins_again(self):
        anna = self.session('anna')
        tap = Joined(self, ['custom/flood/'], RCVHWM=1, RCVBUF=4096).join()
        for n in range(200):
            anna.settle(*(put(f'custom/flood/u{part}/{n}/', bytes(4000)) for part in range(15)))
        tap.until(lambda: tap.reader.why, 'the reader to know of its loss')
        self.assertIn('was sent', tap.reader.why)
        tap.rejoin()
        tap.join()
        self.assertEqual(tap.check(), 'complete', tap.reader.why)
        self.assertEqual(tap.reader.values, tap.hub_values())

    def test_joining_while_publishers_run(self):
        stop, failed = threading.Event(), []

        def publish(name):
            try:
                session, n = self.dial(name).open(), 0
                while not stop.is_set():
                    n += 1
                    key = f'custom/busy/u{n % 4}/{name}{n % 50}/'
                    session.settle(*(put(key, n.to_bytes(4, 'little')) for _ in range(3)),
                                   delete(f'custom/busy/u{n % 3}/{name}{n % 30}/'))
            except BaseException as error:
                failed.append(error)
                raise
        threads = [threading.Thread(target=publish, args=(name,)) for name in ('anna', 'bert')]
        for thread in threads:
            thread.start()
        try:
            taps = []
            for _ in range(4):
                taps.append(Joined(self, ['custom/busy/']).join())
                self.assertEqual(taps[-1].check(), 'complete', taps[-1].reader.why)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertFalse(failed)
        for tap in taps:
            self.assertEqual(tap.check(), 'complete', tap.reader.why)
            self.assertEqual(tap.reader.values, tap.hub_values())

    def test_no_answer_means_not_joined_and_what_is_no_barrier_gets_none(self):
        tap = self.hub.context.socket(zmq.SUB)
        self.addCleanup(tap.close, 0)
        for topic in ('~sync/', '~sync/a', '~sync//', '~sync/a/b/', '~sync/%/', '~syncx/'):
            tap.setsockopt(zmq.SUBSCRIBE, topic.encode())
        tap.connect(self.hub.tap)
        proper = Joined(self, ['custom/none/']).join()
        proper.check()
        # The first filter is a prefix of every answer, so those of others do come.
        while tap.poll(0):
            key, _ = tap.recv_multipart()
            self.assertIn(key.decode(), (proper.reader.barrier, proper.last['key']))


class HubRestart(HubCase):
    def test_a_reader_of_a_new_life_of_the_hub_is_told_by_its_own_barrier(self):
        port = self.hub.tap.rsplit(':', 1)[1]
        anna = self.session('anna')
        anna.settle(put('custom/life/u/old/'), put('custom/life/u/both/', b'1'))
        tap = Joined(self, ['custom/life/']).join()
        self.assertEqual(set(tap.reader.values), {'custom/life/u/old/', 'custom/life/u/both/'})
        old = tap.reader.joined['lineage']
        context, self.hub.context = self.hub.context, zmq.Context()
        self.addCleanup(context.destroy, 0)
        self.assertEqual(self.hub.stop(), 0)
        type(self).hub = Hub('--tap', f'tcp://127.0.0.1:{port}')
        anna = self.session('anna')
        anna.settle(put('custom/life/u/both/', b'2'))
        tap.until(lambda: (tap.reader.joined or {}).get('lineage') not in (None, old),
                  'the answer of the new life')
        self.assertEqual(tap.check(), 'complete', tap.reader.why)
        self.assertEqual(tap.reader.values, {'custom/life/u/both/': b'2'.hex()})


if __name__ == '__main__':
    unittest.main()
