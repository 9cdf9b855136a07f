"""The journal, read by docs/journal-schema.md alone: a log's totals through ten kills."""

import contextlib
import json
import pathlib
import signal
import sqlite3
import struct
import subprocess
import tempfile
import unittest

import peer
from peer import BINARY, PATIENCE, Deadline

DATA = pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'data'
BANK = DATA / 'anonymous-bank' / '1999-01.tsv.gz'
QUEUE_LOG = DATA / 'asterisk' / 'queue_log'
STEP = 1001  # docs/cli.md, replay


def events(directory):
    """Every event as (revision, key, schema, payload), each column checked against its record."""
    path = pathlib.Path(directory) / 'journal.sqlite'
    journal = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    try:
        pragma = lambda name: journal.execute(f'PRAGMA {name}').fetchone()[0]
        assert pragma('application_id') == 0x464C4231 and pragma('user_version') == 4
        before = journal.execute('SELECT floor FROM meta').fetchone()[0]
        seen = set()
        for rev, kind, key, at, producer, number, record in journal.execute(
                'SELECT rev, kind, key, hub_time, producer, producer_seq, record'
                ' FROM events ORDER BY rev'):
            length, r_kind, _, _, r_rev, _, r_at = struct.unpack_from('<IBBHQQq', record, 0)
            r_number, _, key_length, schema, size = struct.unpack_from('<QIHHI', record, 56)
            assert (length, r_kind, r_rev, r_at) == (len(record), kind, rev, at)
            assert (record[40:56], r_number) == (producer, number)
            assert record[80:80 + key_length].decode() == key
            assert rev == before + 1 or rev & (2**40 - 1) == 1, f'a hole before {rev}'
            assert (producer, number) not in seen, 'an operation is there twice'
            seen.add((producer, number))
            start = 80 + (key_length + 7) // 8 * 8
            before = rev
            yield rev, key, schema, bytes(record[start:start + size])
    finally:
        journal.close()


def totals(directory):
    """Queues and agents as the reference files count them."""
    queues, agents = {}, {}
    for _, _, schema, payload in events(directory):
        if schema != STEP:
            continue
        _, step, _, queue, agent, number = payload.decode().split('\t')
        one = queues.setdefault(queue, dict.fromkeys(
            ('offered', 'answered', 'abandoned', 'timed_out', 'phantom', 'answered_at_once',
             'wait_s'), 0))
        field = {'enqueued': 'offered'}.get(step, step.replace('-', '_'))
        if field in one:
            one[field] += 1
        if step in ('answered', 'abandoned', 'phantom'):
            one['wait_s'] += int(number)
        if step == 'talk-ended' and agent:
            mine = agents.setdefault(agent, {'calls': 0, 'talk_s': 0})
            mine['calls'] += 1
            mine['talk_s'] += int(number)
    return queues, agents


class Journal(unittest.TestCase):
    def setUp(self):
        peer.require()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = str(pathlib.Path(folder.name) / 'data')
        self.endpoint = f'ipc://{folder.name}/hub'
        self.hub = None

    def start(self):
        """A hub on the same directory and the same address as the one before."""
        self.hub = subprocess.Popen(
            [str(BINARY), 'hub', '--listen', self.endpoint, '--no-tap', '--data', self.directory],
            stdout=subprocess.PIPE)
        self.addCleanup(self.end, self.hub)
        self.assertIn(b'listening', self.hub.stdout.readline())

    def end(self, hub):
        hub.kill()
        hub.wait()
        hub.stdout.close()

    def kill(self):
        self.hub.send_signal(signal.SIGKILL)
        self.hub.wait()

    def stored(self):
        """How many events the journal has; reading disturbs nobody."""
        path = pathlib.Path(self.directory) / 'journal.sqlite'
        journal = sqlite3.connect(f'file:{path}?mode=ro', uri=True, timeout=5)
        try:
            return journal.execute('SELECT count(*) FROM events').fetchone()[0]
        finally:
            journal.close()

    def replay(self, log, form, kills, every):
        """Replays a log through a hub that is killed whenever so many more events are stored."""
        self.start()
        command = [str(BINARY), 'replay', str(log), '--format', form, '--speed', 'max', '--json',
                   '--connect', self.endpoint]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
            self.addCleanup(program.kill)
            for number in range(1, kills + 1):
                deadline = Deadline(60)
                while self.stored() < number * every:
                    deadline.left(f'kill {number}')
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        program.wait(0.002)
                        self.fail('the replay ended before the last kill')
                self.kill()
                self.start()
            output, errors = program.communicate(timeout=240)
        self.assertEqual(program.returncode, 0, errors.decode()[-2000:])
        self.hub.send_signal(signal.SIGTERM)
        self.assertEqual(self.hub.wait(PATIENCE), 0)
        return json.loads(output)

    def check(self, report, reference, names):
        """The replay's own subscriber, the journal and the reference agree."""
        self.assertEqual(report['subscriber']['gaps'], 0)
        self.assertTrue(report['complete'])
        queues, agents = totals(self.directory)
        for queue, expected in reference['queues'].items():
            for ours, theirs in names.items():
                self.assertEqual(queues[queue][ours], theirs(expected), (queue, ours))
                self.assertEqual(report['queues'][queue][ours], theirs(expected), (queue, ours))
        for queue in set(queues) - set(reference['queues']):
            self.assertFalse(any(queues[queue].values()), queue)  # nobody was ever queued there
        return agents

    @unittest.skipUnless(BANK.exists(), f'{BANK.name} is not there')
    def test_a_month_of_the_bank_with_ten_kills(self):
        reference = json.loads((BANK.parent / '1999-01.reference.json').read_text())
        report = self.replay(BANK, 'anonymous-bank', kills=10, every=6000)
        names = {name: (lambda entry, name=name: entry[name]) for name in (
            'offered', 'answered', 'abandoned', 'phantom', 'answered_at_once', 'wait_s')}
        agents = self.check(report, reference, names)
        self.assertEqual(agents, reference['agents'])
        self.assertEqual(report['agents'], reference['agents'])
        self.assertEqual(report['peak_waiting'], reference['peak_waiting']['count'])

    @unittest.skipUnless(QUEUE_LOG.exists(), f'{QUEUE_LOG.name} is not there')
    def test_a_queue_log_with_three_kills(self):
        reference = json.loads((QUEUE_LOG.parent / 'queue_log.reference.json').read_text())
        report = self.replay(QUEUE_LOG, 'asterisk-queue-log', kills=3, every=60)
        names = {
            'offered': lambda entry: entry['ENTERQUEUE'],
            'answered': lambda entry: entry['CONNECT'],
            'abandoned': lambda entry: entry.get('ABANDON', 0),
            'timed_out': lambda entry: entry.get('EXITWITHTIMEOUT', 0),
            'wait_s': lambda entry: entry['hold_s'] + entry.get('abandon_wait_s', 0),
        }
        agents = self.check(report, reference, names)
        for agent, expected in reference['agents'].items():
            if 'complete' in expected:
                self.assertEqual(agents[agent]['calls'], expected['complete'])
                self.assertEqual(agents[agent]['talk_s'], expected['talk_s'])


if __name__ == '__main__':
    unittest.main()
