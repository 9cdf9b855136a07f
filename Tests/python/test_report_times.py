"""`floorbus report` by intervals and the bulletin, recomputed by docs/reports.md.

The journal's rows are written here too: three days around a change of clocks."""

import csv
import datetime
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

import test_report
from journal_floor import (
    AFTER_CALL, ANSWER, BUSY, CLAIM, CONFERENCED, CONNECTED, CONSULTING, ENGAGE, HELD, LOGGED_OFF,
    LOGGED_ON, NOT_READY, PAUSED, PRIVATE, READY, RESERVED, SECOND, TEAMS, ZONE, Floor, midnight)
from peer import BINARY, PATIENCE
from test_report import half_up


def union(stretches):
    """The same time without overlaps."""
    result = []
    for start, end in sorted(stretches):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            result[-1][1] = max(end, result[-1][1])
        else:
            result.append([start, end])
    return result


def within(stretches, start, end):
    return union((max(one, start), min(other, end)) for one, other in stretches)


def length(stretches):
    return sum(end - start for start, end in stretches)


def shared(left, right):
    return sum(length(within(left, start, end)) for start, end in right)


def lives(floor):
    """When each life made its last change; the last one goes on."""
    ends = {}
    for rev, _, time, *_ in floor.changes:
        ends[rev >> 40] = time
    ends[max(ends)] = floor.end
    return ends


def states(floor):
    """By key: (start, end, state, unsure stretches), contacts' moments and missing changes."""
    ends, found = lives(floor), {}
    for rev, previous, time, key, state, is_live in floor.changes:
        found.setdefault(key, []).append((rev, previous, time, state, is_live))
    result = {}
    for key, changes in found.items():
        pieces, contacts, missing, before = [], [], [], None
        for place, (rev, previous, time, state, is_live) in enumerate(changes):
            stop = changes[place + 1][2] if place + 1 < len(changes) else floor.end
            if state:
                sure = min(stop, max(time, ends[rev >> 40])) if is_live else time
                pieces.append((time, stop, state, sure))
                if state[2] == CONNECTED and begins(state, before):
                    contacts.append(time)
            is_first = previous == 0 and before is None
            if place and changes[place - 1][0] >> 40 == rev >> 40 and not is_first \
                    and previous != changes[place - 1][0]:
                missing.append(time)
            before = state
        result[key] = pieces, contacts, missing
    return result


def begins(state, before):
    if before is None:
        return True
    if before[2] in (CONSULTING, CONFERENCED, PAUSED):
        return False
    if before[2] in (CONNECTED, HELD):
        return bool(state[3]) and bool(before[3]) and state[3] != before[3]
    return True


def asked(floor, start, end):
    """Of the flags raised in a stretch: by agent, (raised, is answered, asking, helping)."""
    found = {}
    steps = {}
    for _, kind, key, time, _, _, data in floor.events:
        if kind == PRIVATE:
            steps.setdefault(key, []).append((time, data[5]))
    for key, operations in steps.items():
        raised = operations[0][0]
        if not start <= raised < end:
            continue
        answer = next((time for time, op in operations if op == ANSWER), None)
        helping, since = [], None
        for time, op in operations:
            if since is None and op == ENGAGE:
                since = time
            elif since is not None and op in (CLAIM, ANSWER):
                helping.append((since, time))
                since = None
        if since is not None:
            helping.append((since, floor.end))
        number = int(key.split('/')[2][1:])
        agent = ('bj', TEAMS[number % 2], f'a{number:02}')
        found.setdefault(agent, []).append(
            (raised, answer is not None, (raised, answer or floor.end), helping))
    return found


def milliseconds(time):
    return half_up(time, 1000)


def share(part, whole, scale=1000):
    return half_up(part * scale, whole) if whole else None


def work(all_states, flags, key, start, end):
    """One agent's row of docs/reports.md, "agents", as microseconds; None = nothing is known."""
    pieces, contacts, missing = all_states.get(key, ((), (), ()))
    mine = [(max(a, start), min(b, end), state, sure) for a, b, state, sure in pieces
            if min(b, end) > max(a, start)]
    on = [piece for piece in mine if piece[2][0] != LOGGED_OFF]
    of = lambda *activities: [piece[:2] for piece in on if piece[2][1] in activities]
    handling = union(of(BUSY, AFTER_CALL))
    waiting = within([stretch for _, _, stretch, _ in flags], start, end)
    helped = within([part for *_, parts in flags for part in parts], start, end)
    counted = [flag for flag in flags if start <= flag[0] < end]
    return {
        'is_known': bool(pieces) and pieces[0][0] < end, 'is_there': bool(mine),
        'flags': len(counted), 'flags_answered': sum(flag[1] for flag in counted),
        'help': length(waiting), 'helped': length(helped), 'has_asked': bool(
            counted or waiting or helped),
        'logged_on': sum(b - a for a, b, state, _ in on if state[0] == LOGGED_ON),
        'not_ready': length(of(NOT_READY)), 'ready': length(of(READY)),
        'reserved': length(of(RESERVED)), 'busy': length(of(BUSY)),
        'after_call': length(of(AFTER_CALL)), 'on': sum(b - a for a, b, *_ in on),
        'handling': length(handling), 'help_in_handling': shared(handling, waiting),
        'contacts': sum(start <= time < end for time in contacts),
        'unsure': sum(max(0, b - max(a, sure)) for a, b, _, sure in mine),
        'missing': sum(start <= time < end for time in missing),
    }


def per_contact(sums, time):
    return half_up(time, 1000 * sums['contacts']) if sums['contacts'] else None


def means(sums):
    """AHT and occupancy, with and without what asking took."""
    idle = sums['ready'] + sums['reserved']
    return {
        'contacts': sums['contacts'], 'aht_ms': per_contact(sums, sums['handling']),
        'aht_less_help_ms': per_contact(sums, sums['handling'] - sums['help_in_handling']),
        'occupancy_permille': share(sums['handling'], sums['on']),
        'occupancy_available_permille': share(sums['handling'], sums['handling'] + idle),
        'unsure_ms': milliseconds(sums['unsure']),
    }


def row(sums):
    counts = {name: sums[name] for name in ('flags', 'flags_answered')}
    times = ('logged_on', 'not_ready', 'ready', 'reserved', 'busy', 'after_call', 'handling',
             'help_in_handling')
    found = counts | {f'{name}_ms': milliseconds(sums[name]) for name in ('help', 'helped')}
    found |= {f'{name}_ms': milliseconds(sums[name]) for name in times}
    found['handling_less_help_ms'] = milliseconds(sums['handling'] - sums['help_in_handling'])
    found |= means(sums) | {'unknown_ms': 0, 'missing_changes': sums['missing']}
    if not sums['is_known']:
        found = {name: value if name in (*counts, 'help_ms', 'helped_ms') else None
                 for name, value in found.items()}
    return found


def intervals(start, end, minutes):
    """Of Berlin, whose clocks are whole hours away from UTC."""
    step = minutes * 60 * SECOND
    while start < end:
        stop = min(end, start - start % step + step)
        yield start, stop, datetime.datetime.fromtimestamp(start // SECOND, ZONE).isoformat()
        start = stop


class Times(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.access(BINARY, os.X_OK):
            raise unittest.SkipTest(f'no program at {BINARY} (swift build, or set FLOORBUS_BIN)')
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.directory = str(pathlib.Path(folder.name) / 'data')
        hub = subprocess.Popen(
            [str(BINARY), 'hub', '--listen', f'ipc://{folder.name}/hub', '--no-tap', '--data',
             cls.directory], stdout=subprocess.PIPE)
        assert b'listening' in hub.stdout.readline()
        hub.send_signal(signal.SIGTERM)
        assert hub.wait(PATIENCE) == 0
        hub.stdout.close()
        # The day in the middle has 25 hours.
        cls.floor = Floor(midnight(2025, 10, 25), midnight(2025, 10, 28))
        cls.floor.store(cls.directory)
        cls.states = states(cls.floor)

    def run_report(self, *arguments):
        done = subprocess.run(
            [str(BINARY), 'report', *arguments, '--data', self.directory, '--zone',
             'Europe/Berlin'], capture_output=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, (arguments, done.stderr.decode()))
        return done.stdout.decode()

    def agents(self, start, end, parts, column):
        flags = asked(self.floor, start, end)
        keys = {('bj', *key.split('/')[2:4]) for key in self.states} | set(flags)
        for from_, to, label in parts:
            for site, team, name in sorted(keys):
                sums = work(self.states, flags.get((site, team, name), ()),
                            f'agent/{site}/{team}/{name}/', from_, to)
                if sums['is_there'] or sums['has_asked']:
                    yield {column: label, 'site': site, 'team': team, 'agent': name, **row(sums)}

    def same(self, found, expected):
        self.assertEqual(len(found), len(expected))
        for mine, theirs in zip(found, expected):
            self.assertEqual(mine, theirs)

    def test_agents_by_every_interval_and_across_the_change_of_clocks(self):
        start, end = midnight(2025, 10, 25) + 10 * 3600 * SECOND, midnight(2025, 10, 27)
        options = ('agents', '--json', '--from', str(start), '--until', str(end), '--every')
        for name, minutes in (('15min', 15), ('30min', 30), ('1h', 60)):
            parts = list(intervals(start, end, minutes))
            self.assertEqual(len(parts), 39 * 60 // minutes)
            found = json.loads(self.run_report(*options, name))['rows']
            expected = list(self.agents(start, end, parts, 'interval'))
            self.assertGreater(sum(row['contacts'] or 0 for row in expected), 100)
            self.assertGreater(sum(row['unsure_ms'] or 0 for row in expected), 0)
            self.assertGreater(sum(row['missing_changes'] or 0 for row in expected), 0)
            self.same(found, expected)
        days = [(start, midnight(2025, 10, 26), '2025-10-25'), (midnight(2025, 10, 26), end,
                                                               '2025-10-26')]
        found = json.loads(self.run_report(*options, '1d'))['rows']
        self.same(found, list(self.agents(start, end, days, 'day')))
        self.assertEqual(found, json.loads(self.run_report(*options[:-1], '--by-day'))['rows'])

    def test_flags_by_hours_are_those_raised_in_each(self):
        start, end = midnight(2025, 10, 26), midnight(2025, 10, 27)
        found = json.loads(self.run_report(
            'flags', '--by', 'team', '--from', '2025-10-26', '--to', '2025-10-27', '--every',
            '1h', '--format', 'json'))['rows']
        expected = {}
        for label_start, stop, label in intervals(start, end, 60):
            for agent, flags in asked(self.floor, label_start, stop).items():
                for flag in flags:
                    expected.setdefault((label, agent[1]), []).append(flag)
        self.assertEqual({(row['interval'], row['team']) for row in found}, set(expected))
        for line in found:
            flags = expected[line['interval'], line['team']]
            self.assertEqual(line['raised'], len(flags))
            answers = [stretch[1] - raised for raised, done, stretch, _ in flags if done]
            ours = {name: line[name] for name in line if name.startswith('answer_')}
            self.assertEqual(ours, test_report.spread('answer', answers))

    def test_the_bulletin_of_the_day_of_25_hours(self):
        start, end = midnight(2025, 10, 26), midnight(2025, 10, 27)
        self.assertEqual(end - start, 25 * 3600 * SECOND)
        options = ('bulletin', '--day', '2025-10-26')
        page = json.loads(self.run_report(*options, '--json'))
        self.assertEqual((page['from_us'], page['to_us']), (start, end))
        self.assertEqual((page['day'], page['zone']), ('2025-10-26', 'Europe/Berlin'))
        flags = asked(self.floor, start, end)
        for line in page['teams']:
            own = [flag for (_, team, _), some in flags.items() if team == line['team']
                   for flag in some]
            rows = [work(self.states, flags.get(('bj', *key.split('/')[2:4]), ()), key, start, end)
                    for key in self.states if key.split('/')[2] == line['team']]
            rows = [sums for sums in rows if sums['on']]
            total = {name: sum(sums[name] for sums in rows) for name in rows[0]}
            expected = {'site': 'bj', 'team': line['team'], 'raised': len(own),
                        'answered': sum(flag[1] for flag in own), 'agents': len(rows),
                        'help_ms': milliseconds(sum(length(within(
                            [flag[2] for flag in some], start, end))
                            for (_, team, _), some in flags.items() if team == line['team'])),
                        **means(total)}
            self.assertEqual({name: line[name] for name in expected}, expected)
        self.assertEqual([line['team'] for line in page['teams']], sorted(TEAMS))
        raised = sum(len(some) for some in flags.values())
        self.assertEqual([(line['category'], line['raised'], line['share_permille'])
                          for line in page['categories']], [('refund', raised, 1000)])
        steps = [step for time, step, _ in self.floor.steps if start <= time < end]
        waits = [int(wait) for time, step, wait in self.floor.steps
                 if start <= time < end and step == 'answered']
        queue = page['queues'][0]
        self.assertEqual((queue['queue'], queue['formula']), ('q1', 'SL.answered'))
        self.assertEqual(queue['offered'], steps.count('enqueued'))
        self.assertEqual(queue['service_level_permille'], share(
            sum(wait <= 20 for wait in waits), len(waits)))
        self.assertNotIn('a01', json.dumps(page))
        lines = list(csv.reader(self.run_report(*options, '--format', 'csv').splitlines()))
        self.assertEqual(lines[0], ['section', 'site', 'team', 'subject', 'label', 'formula',
                                    'figure', 'value'])
        for line in page['teams']:
            self.assertIn(['teams', 'bj', line['team'], '', '', '', 'aht_ms',
                           str(line['aht_ms'])], lines)
        text = self.run_report(*options, '--format', 'text', '--team', 'sales').splitlines()
        self.assertEqual(text[0], 'bulletin of 2025-10-26, sales, Europe/Berlin')
        self.assertIn('teams', text)


if __name__ == '__main__':
    unittest.main()
