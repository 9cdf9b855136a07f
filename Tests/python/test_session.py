"""The session port, spoken from docs/wire-protocol.md alone to a real hub."""

import struct
import tempfile
import unittest

import floorbus_wire as wire
from peer import (BAD_KEY, CONFLICT, DENIED, EXISTS, FENCED, Hub, HubCase, INVALID,
                  NOT_FOUND, OK, UNSUPPORTED, append, delete, put, require)


def numbered(key, number, size=8):
    return put(key, struct.pack('<Q', number).ljust(size, b'.'))


def number(record):
    return struct.unpack_from('<Q', bytes.fromhex(record['payload']))[0]


ROSTER = """
teams:
  - { site: bj, team: sales }
  - { site: bj, team: care }
people:
  - { id: ana, roles: agent, site: bj, team: sales }
  - { id: lead, roles: supervisor, site: bj, team: sales }
  - { id: pbx, roles: system }
"""


class Parts(HubCase):
    """GET that is wider than the grants (10.8)."""

    @classmethod
    def setUpClass(cls):
        require()
        with tempfile.NamedTemporaryFile('w', suffix='.yaml') as roster:
            roster.write(ROSTER)
            roster.flush()
            cls.hub = Hub('--roster', roster.name)

    def ask(self, session, filter, flags):
        start = len(session.frames)
        records, end = session.get(filter, flags=flags)
        ending = [frame for frame in session.frames[start:] if frame['type'] == 'REPLY_END'][-1]
        return [record['key'] for record in records], end['status'], ending['flags']

    def test_the_flag_asks_for_what_may_be_read_and_the_answer_says_that_it_is_a_part(self):
        pbx, lead, ana = (self.session(name) for name in ('pbx', 'lead', 'ana'))
        keys = ['queue/bj/care/1/', 'queue/bj/sales/1/']
        pbx.publish(*(put(key, b'3') for key in keys))
        pbx.barrier()
        self.assertEqual(self.ask(pbx, 'queue/', 1), (keys, OK, 0))
        self.assertEqual(self.ask(lead, 'queue/', 1), (keys[1:], OK, 1))
        self.assertEqual(self.ask(lead, 'queue/bj/sales/', 1), (keys[1:], OK, 0))
        self.assertEqual(self.ask(lead, 'queue/', 0), ([], DENIED, 0))
        self.assertEqual(self.ask(ana, 'team/', 1), ([], DENIED, 0))


class Opening(HubCase):
    def test_welcome_says_what_the_client_needs(self):
        welcome = self.session('anna').welcome
        self.assertNotEqual(welcome['session_id'], 0)
        self.assertNotEqual(welcome['resume_secret'], wire.ZERO_ID)
        self.assertNotEqual(welcome['lineage'], wire.ZERO_ID)
        self.assertGreaterEqual(welcome['epoch'], 1)
        self.assertEqual(welcome['max_payload'], 16384)
        self.assertEqual((welcome['max_messages'], welcome['max_bytes']), (64, 1048576))
        self.assertEqual(welcome['heartbeat_ms'], 1500)
        self.assertEqual(welcome['last_applied'], 0)

    def test_heartbeats_are_clamped(self):
        for wanted, given in ((1, 50), (99999, 1500), (700, 700)):
            welcome = self.session('anna', heartbeat_ms=wanted).welcome
            self.assertEqual(welcome['heartbeat_ms'], given)

    def test_a_hello_that_cannot_be_is_rejected_with_a_sentence(self):
        cases = [({'version_min': 2, 'version_max': 9}, UNSUPPORTED),
                 ({'producer_id': wire.ZERO_ID}, INVALID),
                 ({'principal': ''}, INVALID),
                 ({'will': '00' * 88}, INVALID),
                 ({'first_unacked': 2 ** 64 - 1}, INVALID)]
        for change, status in cases:
            with self.subTest(change):
                session = self.dial('anna')
                session.send('HELLO', body={**session.hello, **change})
                frame = session.expect('REJECT')
                self.assertEqual((frame['session_id'], frame['seq']), (0, 0))
                self.assertEqual(frame['body']['status'], status)
                self.assertTrue(frame['body']['sentence'])

    def test_ping_echoes_and_tells_heads(self):
        session = self.session('anna')
        request = session.ask('PING', client_time_us=-12345)
        pong = session.expect('PONG', lambda body: body['request'] == request)['body']
        self.assertEqual(pong['t0_us'], -12345)
        self.assertLessEqual(pong['t1_us'], pong['t2_us'])
        self.assertGreater(pong['state_head'] >> 40, 0)

    def test_presence_is_seen(self):
        reader = self.session('reader')
        reader.subscribe(1, 'presence/')
        anna = self.session('anna/é')
        key = 'presence/-/-/anna%2Fé/'
        reader.until(lambda: any(r['key'] == key for r in reader.delivered), 'presence')
        record = [r for r in reader.delivered if r['key'] == key][-1]
        payload = wire.decode_payload('presence', bytes.fromhex(record['payload']))
        self.assertEqual(payload['sessions'], 1)
        anna.send('BYE')
        reader.until(lambda: wire.decode_payload('presence', bytes.fromhex(
            [r for r in reader.delivered if r['key'] == key][-1]['payload']))['sessions'] == 0,
            'absence')


class Publishing(HubCase):
    def test_each_record_has_its_own_result(self):
        session = self.session('anna')
        good = put('custom/bj/results/a/', b'1')
        [(status, rev)] = session.settle(good)
        self.assertEqual(status, OK)
        results = session.settle(
            good, put('custom/bj/results/'), put('presence/-/-/anna/'), put('flag/bj/x/f/'),
            {**good, 'kind': 1}, {**good, 'op': wire.APPEND}, {**good, 'kind': 77},
            {**good, 'prev_rev': rev}, delete('custom/bj/results/none/'),
            append('event/bj/results/e/'), append('note/bj/x/n/'))
        self.assertEqual([status for status, _ in results], [
            OK, BAD_KEY, INVALID, BAD_KEY, BAD_KEY, INVALID, INVALID, CONFLICT, NOT_FOUND, OK,
            BAD_KEY])
        self.assertEqual(results[0][1], rev + 1)
        self.assertEqual(results[7][1], results[0][1], 'a conflict tells the present revision')
        [(status, after)] = session.settle({**good, 'prev_rev': results[0][1]})
        self.assertEqual(status, OK)
        self.assertGreater(after, results[0][1])
        session.until(lambda: session.cumulative == session.next_seq - 1, 'the cumulative value')

    def test_a_skipped_number_is_told_and_nothing_applied(self):
        session = self.session('anna')
        session.settle(put('custom/bj/hole/a/', b'1'))
        session.next_seq = 5
        session.publish(put('custom/bj/hole/b/', b'2'))
        self.assertEqual(session.expect('NACK')['body'],
                         {'expected': 2, 'retry_after_ms': 0, 'runs': []})
        self.assertEqual(session.get('custom/bj/hole/b/')[0], [])

    def test_what_was_applied_is_not_applied_again_after_a_reconnect(self):
        first = self.session('anna')
        records = [numbered('custom/bj/again/a/', n) for n in range(3)]
        events = [append('event/bj/again/e/', b'x')]
        results = first.settle(*records, *events)
        first.close()
        second = self.session('anna', **{**first.resumed(), 'first_unacked': 1})
        self.assertEqual(second.welcome['last_applied'], 4)
        second.next_seq = 1
        self.assertEqual(second.settle(*records, *events), results)
        [record], _ = second.get('custom/bj/again/a/')
        self.assertEqual((record['rev'], number(record)), (results[2][1], 2))
        self.assertEqual(record['producer_id'], second.hello['producer_id'])
        self.assertEqual(record['producer_seq'], 3)
        found, _ = second.get('event/bj/again/', name='REPLAY', to_us=2 ** 62)
        self.assertEqual(len(found), 1)

    def test_the_secret_decides_who_takes_over(self):
        first = self.session('anna')
        thief = self.dial('anna', producer_id=first.hello['producer_id'])
        thief.send('HELLO', body=thief.hello)
        refused = thief.expect('REJECT')['body']
        self.assertEqual(refused['status'], EXISTS)
        self.assertGreater(refused['retry_after_ms'], 0)
        other = self.dial('bernd', **first.resumed())
        other.send('HELLO', body=other.hello)
        self.assertEqual(other.expect('REJECT')['body']['status'], DENIED)
        self.session('anna', **first.resumed())
        self.assertEqual(first.expect('GOAWAY')['body']['status'], FENCED)

    def test_leases_end_with_bye_but_unleased_values_stay_live(self):
        reader, owner = self.session('reader'), self.session('anna')
        reader.subscribe(1, 'custom/bj/lease/')
        owner.settle(put('custom/bj/lease/a/', b'1'),
                     put('custom/bj/lease/b/', b'2', flags=wire.UNLEASED))
        owner.send('BYE')
        reader.until(lambda: any(r['flags'] & wire.SUSPECT for r in reader.delivered), 'suspect')
        record = [r for r in reader.delivered if r['flags'] & wire.SUSPECT][0]
        self.assertEqual((record['op'], record['key'], record['payload']), (wire.FRESHNESS, '', ''))
        self.assertEqual(record['producer_id'], owner.hello['producer_id'])
        values = {v['key']: v for v in reader.get('custom/bj/lease/')[0]}
        self.assertEqual({k: v['flags'] & wire.SUSPECT for k, v in values.items()},
                         {'custom/bj/lease/a/': wire.SUSPECT, 'custom/bj/lease/b/': 0})
        leased = values['custom/bj/lease/a/']
        self.assertGreater(leased['rev'], leased['prev_rev'])
        self.assertEqual(leased['rev'], record['rev'])
        reader.barrier()
        unleased = [r for r in reader.delivered if r['key'] == 'custom/bj/lease/b/']
        self.assertEqual([r['flags'] & (wire.SUSPECT | wire.STALE) for r in unleased], [0])

    def test_a_will_runs_when_its_client_has_died(self):
        reader = self.session('reader')
        reader.subscribe(1, 'custom/bj/will/')
        will = wire.encode_record(put('custom/bj/will/a/', b'gone')).hex()
        self.session('carla', heartbeat_ms=50, will_grace_ms=1, will=will).close()
        reader.until(lambda: reader.delivered, 'the will')
        record = reader.delivered[0]
        self.assertEqual(bytes.fromhex(record['payload']), b'gone')
        self.assertTrue(record['flags'] & wire.WILL)


class Reading(HubCase):
    def test_a_snapshot_and_then_what_changes(self):
        owner, reader = self.session('anna'), self.session('reader')
        owner.settle(*(numbered(f'custom/bj/snap/{n}/', n) for n in range(3)),
                     numbered('custom/bj/snapper/0/', 9))
        begin, records, end = reader.snapshot(1, 'custom/bj/snap/')
        self.assertEqual((begin['mode'], end['mode'], end['count']), (1, 1, 3))
        self.assertEqual({r['key']: number(r) for r in records},
                         {f'custom/bj/snap/{n}/': n for n in range(3)})
        [(_, rev)] = owner.settle(numbered('custom/bj/snap/1/', 11))
        reader.until(lambda: len(reader.delivered) == 4, 'the change')
        change = reader.delivered[3]
        self.assertEqual((change['rev'], number(change)), (rev, 11))
        self.assertIn(change['prev_rev'], [r['rev'] for r in records])
        owner.settle(delete('custom/bj/snap/1/'))
        reader.until(lambda: len(reader.delivered) == 5, 'the deletion')
        gone = reader.delivered[4]
        self.assertEqual((gone['op'], gone['payload'], gone['prev_rev']), (wire.DELETE, '', rev))
        self.assertEqual(len(reader.get('custom/bj/snap/')[0]), 2)
        reader.barrier()
        self.assertEqual(len(reader.delivered), 5)

    def test_47_is_not_4711_and_plus_is_one_segment(self):
        owner, reader = self.session('anna'), self.session('reader')
        keys = ['agent/bj/alike/47/', 'agent/bj/alike/4711/', 'agent/sh/alike/47/',
                'agent/sh/alike2/47/']
        owner.settle(*(put(key, b'\0' * 16) for key in keys))
        _, records, _ = reader.snapshot(1, 'agent/bj/alike/47/')
        self.assertEqual([r['key'] for r in records], keys[:1])
        _, records, _ = reader.snapshot(2, 'agent/+/alike/47/')
        self.assertEqual({r['key'] for r in records}, {keys[0], keys[2]})

    def test_bad_subscriptions_are_told_and_disturb_nothing(self):
        session = self.session('reader')
        session.subscribe(1, 'custom/bj/none/')
        for sub, filter, status in ((2, 'custom/bj', BAD_KEY), (3, 'nothing/', BAD_KEY),
                                    (1, 'custom/', EXISTS)):
            session.ask('SUBSCRIBE', sub=sub, filter=filter)
            self.assertEqual(session.expect('SUBACK')['body']['status'], status)
        for sub, status in ((1, OK), (1, NOT_FOUND)):
            session.ask('UNSUBSCRIBE', sub=sub)
            answer = session.expect('SUBACK')['body']
            self.assertEqual((answer['status'], answer['ended']), (status, 1))
        session.barrier()

    def test_a_new_session_resumes_with_what_changed(self):
        owner, reader = self.session('anna'), self.session('reader')
        owner.settle(*(numbered(f'custom/bj/resume/{n}/', n) for n in range(50)))
        reader.snapshot(1, 'custom/bj/resume/')
        reader.barrier()
        reader.close()
        owner.settle(numbered('custom/bj/resume/7/', 77), delete('custom/bj/resume/8/'))
        again = self.session('reader', **reader.resumed())
        self.assertEqual(again.welcome['state_mode'], 1)
        begin, _, end = again.snapshot(1, 'custom/bj/resume/', state_token=reader.stable_rev)
        again.barrier()
        self.assertEqual((begin['mode'], end['mode'], end['count']), (2, 2, 2))
        self.assertEqual({(r['key'], r['op']) for r in again.delivered},
                         {('custom/bj/resume/7/', wire.PUT), ('custom/bj/resume/8/', wire.DELETE)})

    def test_events_come_all_and_in_order_and_are_resumed(self):
        owner, reader = self.session('anna'), self.session('reader')
        reader.subscribe(1, 'event/bj/order/')
        for start in range(0, 500, 50):
            owner.publish(*(append('event/bj/order/e/', struct.pack('<Q', n))
                            for n in range(start, start + 50)))
        reader.until(lambda: len(reader.delivered) >= 500, 'events')
        self.assertEqual([number(r) for r in reader.delivered], list(range(500)))
        revs = [r['rev'] for r in reader.delivered]
        self.assertEqual(revs, sorted(set(revs)))
        reader.barrier()
        self.assertEqual(reader.stable_event, revs[-1])
        self.assertFalse([frame for frame in reader.frames if frame['type'] == 'GAP'])
        reader.close()
        again = self.session('reader', **reader.resumed())
        again.subscribe(1, 'event/bj/order/', event_token=revs[399])
        again.until(lambda: len(again.delivered) >= 100, 'the last 100')
        again.barrier()
        self.assertEqual([r['rev'] for r in again.delivered], revs[400:])

    def test_a_slow_reader_gets_the_newest_state_once(self):
        owner, slow = self.session('anna'), self.session('slow', initial_credit=65536)
        slow.auto_credit = False
        slow.subscribe(1, 'custom/bj/slow/')
        keys = [f'custom/bj/slow/{n}/' for n in range(40)]
        for round in range(5):
            for key in keys:
                owner.publish(numbered(key, round, size=4096))
            owner.until(lambda: owner.cumulative == owner.next_seq - 1, 'results')
        slow.barrier()
        self.assertLessEqual(slow.spent, 65536)
        seen = len(slow.delivered)
        slow.auto_credit = True
        slow.grant()
        latest = {}

        def complete():
            latest.update({r['key']: number(r) for r in slow.delivered})
            return all(latest.get(key) == 4 for key in keys)
        slow.until(complete, 'the newest value of every key')
        slow.barrier()
        late = slow.delivered[seen:]
        self.assertGreater(sum(r['coalesced'] for r in late), 0)
        for record in late:
            self.assertEqual(bool(record['flags'] & wire.COALESCED), record['coalesced'] > 0)
        for key in keys:
            revs = [r['rev'] for r in slow.delivered if r['key'] == key]
            self.assertEqual(revs, sorted(set(revs)))

    def test_get_pages_show_each_key_once(self):
        owner = self.session('anna')
        keys = [f'custom/bj/page/{n}/' for n in range(60)]
        owner.settle(*(numbered(key, 1, size=700) for key in keys))
        found, pages, cursor, more = [], 0, 0, 1
        while more:
            records, end = owner.get('custom/bj/page/', cursor=cursor, max_bytes=17000)
            self.assertEqual((end['status'], end['count']), (OK, len(records)))
            found += [r['key'] for r in records]
            cursor, more, pages = end['cursor'], end['more'], pages + 1
            owner.settle(numbered(keys[pages], 2, size=700))
        self.assertEqual(sorted(found), sorted(keys))
        self.assertGreater(pages, 2)
        self.assertEqual(owner.get('custom')[1]['status'], BAD_KEY)

    def test_the_hub_counts(self):
        session = self.session('anna')
        [record], _ = session.get('team/-/hub/stats/')
        figures = wire.decode_payload('team', bytes.fromhex(record['payload']))['figures']
        values = {figure['name']: figure['value'] for figure in figures}
        self.assertGreaterEqual(values['sessions'], 1)


if __name__ == '__main__':
    unittest.main()
