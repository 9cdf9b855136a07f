"""`floorbus report`, recomputed from the journal by docs/journal-schema.md and docs/reports.md."""

import json
import pathlib
import signal
import sqlite3
import struct
import subprocess
import tempfile
import unittest

import peer
from peer import BINARY, PATIENCE

PRIVATE = 9  # docs/wire-protocol.md, 9.2, 9.3 and 9.5
(RAISE, SEEN, CLAIM, ENGAGE, RELEASE, REJECT, ANSWER, CLOSE, REOPEN, CANCEL, MERGE, ESCALATE,
 LEASE_LOST, EXPIRE, RATE, VERDICT) = range(16, 32)
CLOSED, CANCELLED, MERGED, UNANSWERED, ANSWERED = 6, 7, 8, 9, 5
PERSON, CALL_ENDED, NEVER_ENGAGED, INCIDENT = 1, 3, 5, 6
STAMPS = ('raised', 'seen', 'claimed', 'engaged', 'answered', 'ended', 'escalated', 'reopened')


def flag(payload):
    """A flag as docs/wire-protocol.md, 7.8, lays it out."""
    fields = struct.unpack_from('<8BIHHHHI', payload, 0)
    names = ('status', 'kind', 'wanted', 'channel', 'outcome', 'cause', 'star', 'escalation',
             'claim_gen', 'claims', 'reopens', 'viewers', 'eligible', 'merged')
    found = dict(zip(names, fields), **dict(zip(STAMPS, struct.unpack_from('<8q', payload, 24))))
    found['rating'], found['verdict'] = payload[104], payload[105]
    texts, at = {}, 128
    while at < len(payload):
        tag, length = struct.unpack_from('<HH', payload, at)
        texts[tag] = payload[at + 4:at + 4 + length].decode()
        at += 4 + length
    found['category'], found['owner'], found['team'] = (texts.get(tag, '') for tag in (1, 2, 3))
    found['agent'] = texts.get(16, '')
    return found


def stories(directory):
    """Each flag's records in order, as (operation, flag); and the site, by the flag's id."""
    path = pathlib.Path(directory) / 'journal.sqlite'
    journal = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    try:
        assert journal.execute('PRAGMA user_version').fetchone()[0] == 4
        found = {}
        for key, record in journal.execute(
                'SELECT key, record FROM events WHERE kind = ? ORDER BY rev', (PRIVATE,)):
            key_length, schema, size = struct.unpack_from('<HHI', record, 68)
            if schema != 1:
                continue  # a note, a denial
            start = 80 + (key_length + 7) // 8 * 8
            _, site, _, number, _ = key.split('/')
            steps = found.setdefault((site, number), [])
            steps.append((record[5], flag(record[start:start + size])))
        return found
    finally:
        journal.close()


def half_up(part, whole):
    return (2 * part + whole) // (2 * whole)


def spread(name, values):
    """The five columns of a distribution of microseconds."""
    ordered = sorted(values)
    n = len(ordered)
    rank = lambda hundredths: half_up(ordered[max(1, -(-n * hundredths // 100)) - 1], 1000)
    return {
        f'{name}_n': n,
        f'{name}_mean_ms': half_up(sum(ordered), 1000 * n) if n else None,
        f'{name}_p50_ms': rank(50) if n else None,
        f'{name}_p90_ms': rank(90) if n else None,
        f'{name}_max_ms': half_up(ordered[-1], 1000) if n else None,
    }


def ratings(values):
    n = len(values)
    return {'rating_n': n, 'rating_mean_hundredths': half_up(100 * sum(values), n) if n else None}


def verdicts(values):
    names = ('verdict_correct', 'verdict_partly', 'verdict_wrong')
    return {name: values.count(number) for number, name in enumerate(names, 1)}


def flags_report(found):
    """docs/reports.md, "flags", by site, team and category."""
    groups = {}
    for (site, _), steps in found.items():
        last = steps[-1][1]
        groups.setdefault((site, last['team'], last['category']), []).append(steps)
    report = []
    for (site, team, category), members in groups.items():
        lasts = [steps[-1][1] for steps in members]
        first = lambda steps, stage: next((f[stage] for _, f in steps if f[stage]), 0)
        times = lambda stage: [first(steps, stage) - steps[0][1]['raised'] for steps in members
                               if first(steps, stage)]
        answered = sum(bool(first(steps, 'answered')) for steps in members)
        reopened = sum(last['reopens'] > 0 for last in lasts)
        ended = lambda status: [last for last in lasts if last['status'] == status]
        report.append({
            'site': site, 'team': team, 'category': category, 'raised': len(members),
            'answered': answered, 'unanswered': len(ended(UNANSWERED)),
            'closed_without_answer': sum(
                steps[-1][1]['status'] == CLOSED and not first(steps, 'answered')
                for steps in members),
            'cancelled': len(ended(CANCELLED)),
            'cancelled_call_ended': sum(
                last['cause'] == CALL_ENDED for last in ended(CANCELLED)),
            'merged': sum(any(f['status'] == MERGED for _, f in steps) for steps in members),
            'reopened': reopened,
            'reopened_permille': half_up(1000 * reopened, answered) if answered else None,
            'escalations': sum(op == ESCALATE for steps in members for op, _ in steps),
            'open': sum(last['status'] not in (ANSWERED, CLOSED, CANCELLED, UNANSWERED)
                        for last in lasts),
            **verdicts([last['verdict'] for last in lasts]),
            **ratings([last['rating'] for last in lasts if last['rating']]),
            **spread('seen', times('seen')), **spread('claim', times('claimed')),
            **spread('engage', times('engaged')), **spread('answer', times('answered')),
        })
    return report


def supporters_report(found):
    """docs/reports.md, "supporters"."""
    people = {}

    def person(site, name):
        return people.setdefault((site, name), dict(
            counts={}, ratings=[], verdicts=[], claim=[], engage=[], answer=[]))

    def count(site, name, column):
        counts = person(site, name)['counts']
        counts[column] = counts.get(column, 0) + 1

    outcomes = {1: 'outcome_answered', 2: 'outcome_transferred', 3: 'outcome_taken_over',
                4: 'outcome_no_answer_known'}
    for (site, _), steps in found.items():
        before, owner, rated, judged = steps[0][1], '', '', ''
        for op, now in steps:
            owner = now['owner'] or owner
            if op == CLAIM:
                count(site, now['owner'], 'claims')
                wait = now['claimed'] - max(now['raised'], now['reopened'])
                person(site, now['owner'])['claim'].append(wait)
            elif op == ENGAGE and before['status'] != now['status']:
                person(site, now['owner'])['engage'].append(now['engaged'] - now['claimed'])
            elif op == LEASE_LOST or op == RELEASE and now['cause'] == NEVER_ENGAGED:
                count(site, before['owner'], 'lost')
            elif op == RELEASE and now['cause'] == PERSON:
                count(site, before['owner'], 'released')
            elif op == REJECT:
                count(site, before['owner'], 'rejected')
            elif op == ANSWER and now['cause'] == INCIDENT:
                count(site, now['owner'], 'incident_answers')
            elif op == ANSWER:
                count(site, now['owner'], 'answers')
                count(site, now['owner'], outcomes[now['outcome']])
                person(site, now['owner'])['answer'].append(now['answered'] - now['claimed'])
            elif op == REOPEN:
                count(site, before['owner'], 'reopened')
            elif op == RATE:
                rated = owner
            elif op == VERDICT:
                judged = owner
            before = now
        if before['rating'] and rated:
            person(site, rated)['ratings'].append(before['rating'])
        if before['verdict'] and judged:
            person(site, judged)['verdicts'].append(before['verdict'])
    columns = ('claims', 'lost', 'released', 'rejected', 'answers', 'incident_answers',
               'reopened', *outcomes.values())
    return [{
        'site': site, 'supporter': name,
        **{column: of['counts'].get(column, 0) for column in columns},
        **verdicts(of['verdicts']), **ratings(of['ratings']), **spread('claim', of['claim']),
        **spread('engage', of['engage']), **spread('answer', of['answer']),
    } for (site, name), of in people.items()]


class Reports(unittest.TestCase):
    def setUp(self):
        peer.require()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = str(pathlib.Path(folder.name) / 'data')
        self.endpoint = f'ipc://{folder.name}/hub'
        self.hub = subprocess.Popen(
            [str(BINARY), 'hub', '--listen', self.endpoint, '--no-tap', '--data', self.directory],
            stdout=subprocess.PIPE)
        self.addCleanup(self.end)
        self.assertIn(b'listening', self.hub.stdout.readline())

    def end(self):
        self.hub.kill()
        self.hub.wait()
        self.hub.stdout.close()

    def run_program(self, *arguments, code=0):
        done = subprocess.run([str(BINARY), *arguments], capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, (arguments, done.stderr.decode()))
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout else None

    def flag(self, operation, who, *arguments, code=0):
        return self.run_program('flag', operation, *arguments, '--as', who, '--json', '--connect',
                                self.endpoint, code=code)

    def raised(self, who, team, category, *more):
        return self.flag('raise', who, '--key', f'flag/bj/{team}/', '--category', category,
                         '--text', 'a question', *more)['flagId']

    def answered(self, who, number, *more):
        self.flag('answer', who, number, '--text', 'an answer', *more)

    def morning(self):
        """Every operation that a person can ask for, and two that happen by themselves."""
        one = self.raised('ana', 'sales', 'refund', '--call', 'c1')
        two = self.raised('ben', 'sales', 'refund')
        self.flag('seen', 'sun', one)
        self.flag('claim', 'sun', one)
        self.flag('claim', 'tom', one, code=4)
        self.flag('engage', 'sun', one, '--channel', 'desk')
        self.flag('engage', 'sun', one, '--channel', 'chat')
        self.answered('sun', one)
        self.flag('close', 'ana', one)
        self.flag('rate', 'ana', one, '--stars', '5')
        self.flag('escalate', 'ben', two)
        self.flag('claim', 'tom', two)
        self.flag('reject', 'tom', two, '--reason', 'not mine')
        self.flag('claim', 'tom', two)
        self.flag('release', 'tom', two)
        self.flag('claim', 'sun', two)
        self.answered('sun', two, '--outcome', 'noAnswerKnown')
        self.flag('rate', 'ben', two, '--stars', '1')
        self.flag('verdict', 'tom', two, 'wrong')
        self.flag('reopen', 'ben', two)
        self.flag('claim', 'tom', two)
        self.answered('tom', two, '--outcome', 'takenOver')
        self.flag('rate', 'ben', two, '--stars', '4')
        incident = self.raised('cat', 'tech', 'login')
        for name in ('dan', 'eva'):
            self.flag('merge', 'sun', self.raised(name, 'tech', 'login'), '--into', incident)
        self.flag('claim', 'sun', incident)
        self.flag('engage', 'sun', incident)
        self.answered('sun', incident, '--outcome', 'transferred')
        helped = self.raised('ana', 'tech', 'login')
        self.flag('claim', 'tom', helped)
        self.flag('engage', 'tom', helped)
        self.flag('close', 'ana', helped)
        self.flag('cancel', 'ana', self.raised('ana', 'sales', 'other'), '--reason', 'found it')
        self.raised('fay', 'sales', 'refund', '--call', 'c9')
        self.run_program('publish', 'agent', 'agent/bj/sales/fay/', '--state', 'ready', '--call',
                         'ended', '--call-ref', 'c9', '--as', 'fay', '--connect', self.endpoint,
                         '--json')
        self.raised('gus', 'sales', 'refund')

    def report(self, name):
        return self.run_program('report', name, '--data', self.directory, '--from', '1h',
                                '--format', 'json')['rows']

    def same(self, ours, theirs, *names):
        key = lambda row: [row[name] for name in names]
        ours, theirs = sorted(ours, key=key), sorted(theirs, key=key)
        self.assertEqual(list(map(key, ours)), list(map(key, theirs)))
        for mine, other in zip(ours, theirs):
            self.assertEqual(mine, other)

    def test_a_morning_of_flags_by_sqlite_alone(self):
        self.morning()
        self.same(self.report('flags'), flags_report(stories(self.directory)),
                  'site', 'team', 'category')
        self.hub.send_signal(signal.SIGTERM)
        self.assertEqual(self.hub.wait(PATIENCE), 0)
        found = stories(self.directory)
        flags, supporters = flags_report(found), supporters_report(found)
        # The morning did what it says, so that the comparison is not of nothing.
        total = lambda rows, column: sum(row[column] for row in rows)
        self.assertEqual(total(flags, 'raised'), 9)
        self.assertEqual(total(flags, 'answered'), 5)
        self.assertEqual(total(flags, 'merged'), 2)
        self.assertEqual(total(flags, 'cancelled'), 2)
        self.assertEqual(total(flags, 'cancelled_call_ended'), 1)
        self.assertEqual(total(flags, 'closed_without_answer'), 1)
        self.assertEqual(total(supporters, 'claims'), 7)
        self.assertEqual(total(supporters, 'incident_answers'), 2)
        self.assertEqual(total(supporters, 'rating_n'), 2)
        self.same(self.report('flags'), flags, 'site', 'team', 'category')
        self.same(self.report('supporters'), supporters, 'site', 'supporter')


if __name__ == '__main__':
    unittest.main()
