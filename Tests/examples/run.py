#!/usr/bin/env python3
"""One floor made of the examples: the embedded hub, a softphone, a support station, wallboards and
an old CTI server talk to each other, and what they print is compared with what they should.

    python3 Tests/examples/run.py BUILD      where scripts/test-examples has compiled them

Needs pyzmq (scripts/python). Waits for printed lines, with a deadline.
"""

import collections
import os
import pathlib
import queue
import signal
import socket
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60


class Failure(Exception):
    """What did not happen."""


class Program:
    """A running example; its lines are read as they come."""

    running = []

    def __init__(self, *command, **environment):
        self.name = pathlib.Path(command[0]).name
        self.lines, self.said = queue.Queue(), collections.deque(maxlen=40)
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding='utf-8',
            env={**os.environ, **environment})
        threading.Thread(target=self.read, daemon=True).start()
        self.running.append(self)

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip('\n'))
        self.lines.put(None)

    def fail(self, what):
        raise Failure('\n    '.join([f'{self.name}: {what}; it said last:', *self.said]))

    def until(self, *wanted):
        """Reads up to a line that has all the texts."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                self.fail(f'no line with {wanted}')
            if line is None:
                self.fail(f'ended without a line with {wanted}')
            self.said.append(line)
            if all(text in line for text in wanted):
                return line

    def type(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()

    def end(self, number=None):
        """By a signal, or by the end of its input; it has to end well."""
        if number is None:
            self.process.stdin.close()
        else:
            self.process.send_signal(number)
        self.ended()

    def ended(self):
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail('does not end')
        if code != 0:
            self.fail(f'ended with {code}')


def agent_at_work(phone, boards):
    phone.until('rate 1 to 5, quit')
    for command, shown in (('ready', 'ready'), ('busy', 'busy'), ('wrap-up', 'after call'),
                           ('break', 'not ready, short break')):
        phone.type(command)
        for program in (phone, *boards):
            program.until('agent/bj/sales/4711/ ' + shown)
    phone.type('dance')
    phone.until('ready, busy, break')


def asleep(phone, boards):
    """A desktop that stands still past its will's grace: it is shown logged off, and as it was once
    it goes on, though nobody has typed anything."""
    phone.type('busy')
    for board in boards:
        board.until('agent/bj/sales/4711/ busy')
    phone.process.send_signal(signal.SIGSTOP)
    for board in boards:
        board.until('agent/bj/sales/4711/ logged off')
    phone.process.send_signal(signal.SIGCONT)
    for board in boards:
        board.until('agent/bj/sales/4711/ busy')


def help_from_raise_to_rating(phone, station, boards):
    phone.type('rate 5')
    phone.until('you have not asked for help')
    phone.type('help refund may I give 30?')
    phone.until('help: raised; 1 may take it')
    phone.until('forgets')
    station.until('flag/bj/sales/', 'status 1 refund')
    station.until('claim ok')
    station.until('answer ok')
    phone.until('help: answer: up to 50 is yours to grant')
    boards[0].until('refund was answered by 3001')
    boards[1].until('refund answered 3001')
    phone.type('done')
    boards[0].until('flag/bj/sales/', 'gone')
    boards[1].until('refund closed')
    station.ended()
    phone.type('rate 5')
    phone.until('help: closed, rating 5')
    phone.type('cancel')
    phone.until('the hub refused', 'closed')
    phone.type('help outage is it down?')
    phone.until('help: raised')
    phone.type('cancel')
    phone.until('help: cancelled')


def old_server(build, hub, board):
    server = Program(build / 'legacy_poll_loop', hub, 'agent/bj/sales/', 0)
    port = int(server.until('lines on udp port').split()[-1])
    server.until('hub connected')
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.connect(('127.0.0.1', port))
    # 3 is another state in each of the two.
    for text, shown in (('6001 CSTA 3', 'busy'), ('6001 TSAPI 3', 'after call'),
                        ('6001 CSTA 2 0', 'ready'), ('6001 TSAPI 1', 'logged off')):
        line.send(text.encode() + b'\n')
        server.until('6001 published')
        board.until('agent/bj/sales/6001/ ' + shown)
    line.send(b'6001 CSTA 9\n')
    server.until('6001: ', '9')
    line.send(b'nonsense')
    server.until('not understood: nonsense')
    line.close()
    server.end(signal.SIGTERM)


def story(build):
    hub = Program(build / 'embedded_hub', 'tcp://127.0.0.1:0', 'tcp://127.0.0.1:0')
    hub.until('VOLATILE')
    clients = hub.until('clients on').split()[-1]
    tap = hub.until('tap on').split()[-1]
    plain = Program(sys.executable, ROOT / 'examples/wallboard.py', tap)
    plain.until('joined')
    board = Program(build / 'wallboard', clients)
    board.until('hub connected')
    board.until('queue/bj/sales/billing/', 'waiting', 'serviceLevel 1000 permille')
    plain.until('queue/bj/sales/billing/', 'waiting')
    station = Program(sys.executable, ROOT / 'examples/ctypes_client.py', clients, '3001',
                      '--flags', '1',
                      FLOORBUS_LIBRARY=str(ROOT / 'build/lib/libfloorbus.so.1'))
    station.until('on duty ok')
    phone = Program(build / 'softphone', clients, 'agent/bj/sales/4711/')
    dying = Program(build / 'softphone', clients, 'agent/bj/sales/4712/')
    agent_at_work(phone, (board, plain))
    asleep(phone, (board, plain))
    station.until('agent/bj/sales/4711/ session 2 state 2 short break')
    dying.until('rate 1 to 5, quit')
    dying.process.kill()
    help_from_raise_to_rating(phone, station, (board, plain))
    old_server(build, clients, board)
    phone.end()
    board.until('agent/bj/sales/4711/ logged off')
    plain.until('agent/bj/sales/4711/ logged off')
    late = Program(build / 'wallboard', clients, '--until', '10')
    if not late.until('agent/bj/sales/4711/').endswith(' logged off'):
        late.fail('an agent who said goodbye is in doubt')
    late.until('10 changes')
    late.ended()
    plain.end(signal.SIGTERM)
    other = Program(build / 'wallboard', clients)
    other.until('present values')
    other.end(signal.SIGTERM)
    board.until('agent/bj/sales/4712/ logged off (died)')
    hub.end(signal.SIGTERM)
    hub.until('stopped')
    another_life(build, clients, board)


def another_life(build, clients, board):
    """The hub comes back at the same place and knows nothing: so does the wall, in the end."""
    board.until('hub gone')
    hub = Program(build / 'embedded_hub', clients)
    board.until('hub in another life')
    board.until('agent/bj/sales/6001/ gone')
    phone = Program(build / 'softphone', clients, 'agent/bj/sales/4711/')
    phone.type('help refund once more?')
    phone.until('help: raised')
    board.until('flag/bj/sales/', 'refund waits for help')
    phone.type('quit')
    phone.ended()
    board.end()
    hub.end(signal.SIGTERM)


class Command:
    """`floorbus`, as people type it at a hub."""

    def __init__(self, program, endpoint):
        self.program, self.endpoint = program, endpoint

    def __call__(self, name, *words):
        """What it prints on stdout and stderr; its exit code is beside it."""
        done = subprocess.run(
            [self.program, *words, '--as', name], capture_output=True, text=True, timeout=PATIENCE,
            env={**os.environ, 'FLOORBUS_ENDPOINT': self.endpoint}, check=False)
        return done.returncode, done.stdout + done.stderr

    def does(self, name, *words):
        code, said = self(name, *words)
        if code != 0:
            raise Failure(f'floorbus {words} as {name} ended with {code}: {said}')
        return said


def roles(build, program):
    """The examples as people and programs of examples/roster.yaml: an agent's softphone, a
    supporter's station, the telephone system's bridge and a wall, beside the command line."""
    hub = Program(program, 'hub', '--listen', 'tcp://127.0.0.1:0', '--tap', 'tcp://127.0.0.1:0',
                  '--roster', ROOT / 'examples/roster.yaml')
    words = hub.until('listening').split()
    clients, tap = words[words.index('listening') + 1], words[words.index('tap') + 1]
    floorbus = Command(program, clients)
    plain = Program(sys.executable, ROOT / 'examples/wallboard.py', tap)
    plain.until('joined')
    station = Program(sys.executable, ROOT / 'examples/ctypes_client.py', clients, '3001',
                      '--site', 'bj', '--flags', '1',
                      FLOORBUS_LIBRARY=str(ROOT / 'build/lib/libfloorbus.so.1'))
    station.until('on duty ok')
    if 'supporter available' not in floorbus.does('4711', 'get', 'presence/-/-/3001/'):
        raise Failure('the supporter of ctypes_client.py is not there to help')
    phone = Program(build / 'softphone', clients, 'agent/bj/sales/4711/')
    phone.type('ready')
    for program in (phone, plain):
        program.until('agent/bj/sales/4711/ ready')
    station.until('agent/bj/sales/4711/ session 2 state 3')
    asked_and_helped(floorbus, station, phone, plain)
    bridge_and_wall(build, clients, floorbus)
    strangers(build, clients)
    phone.end()
    plain.end(signal.SIGTERM)
    hub.end(signal.SIGTERM)


def asked_and_helped(floorbus, station, phone, plain):
    """What the command line raises is seen, claimed and answered by the station."""
    said = floorbus.does('4711', 'flag', 'raise', '--key', 'flag/bj/sales/', '--category',
                         'refund', '--text', 'may I?')
    flag = said.split()[0]
    station.until(f'flag/bj/sales/{flag}/', 'status 1 refund')
    for step in ('claim', 'engage', 'answer'):
        station.until(step + ' ok')
    phone.until('help: answer: up to 50 is yours to grant')
    plain.until(f'flag/bj/sales/{flag}/', 'answered 3001')
    sheet = floorbus.does('4711', 'flag', 'show', flag)
    if 'up to 50 is yours to grant' not in sheet or 'owner      3001' not in sheet:
        raise Failure(f'the flag is not answered by 3001: {sheet}')
    code, said = floorbus('2001', 'get', 'private/bj/4711/')
    if code != 1 or 'no grant to read' not in said:
        raise Failure(f'the manager reads the words: {said}')
    if 'up to 50' in floorbus.does('2001', 'flag', 'show', flag):
        raise Failure('the manager reads the answer')
    floorbus.does('4711', 'flag', 'close', flag)
    station.ended()
    phone.type('rate 5')
    phone.until('help: closed, rating 5')
    phone.type('help refnd may I?')
    phone.until('the hub refused', 'no such category; did you mean refund?')
    code, said = floorbus('4712', 'flag', 'rate', flag, '--stars', '1')
    if code != 1:
        raise Failure(f'another agent rates the flag: {said}')


def bridge_and_wall(build, clients, floorbus):
    """The bridge speaks for each agent; the wall shows what walls may, and is told what not."""
    wall = Program(build / 'wallboard', clients, '--as', 'wall-1')
    wall.until('hub connected')
    # Of agents and of flags: this roster shows a wall neither.
    for _ in range(2):
        wall.until('may not read all')
    bridge = Program(build / 'legacy_poll_loop', clients, 'agent/bj/care/', 0, 'pbx')
    port = int(bridge.until('lines on udp port').split()[-1])
    bridge.until('hub connected')
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.connect(('127.0.0.1', port))
    line.send(b'4712 CSTA 3\n')
    bridge.until('4712 published')
    line.close()
    if 'busy' not in floorbus.does('2002', 'get', 'agent/bj/care/4712/'):
        raise Failure('the supervisor does not see what the bridge said')
    floorbus.does('pbx', 'publish', 'queue', 'queue/bj/care/billing/', '--waiting', '2')
    wall.until('queue/bj/care/billing/ 2 waiting')
    wall.end()
    bridge.end(signal.SIGTERM)


def strangers(build, clients):
    """Whoever is not in the roster is told so."""
    for command in ((build / 'wallboard', clients), (build / 'softphone', clients,
                                                     'agent/bj/sales/9999/')):
        stranger = Program(*command)
        stranger.until('hub gone')
        stranger.process.kill()
    station = Program(sys.executable, ROOT / 'examples/ctypes_client.py', clients, '4711',
                      '--site', 'bj',
                      FLOORBUS_LIBRARY=str(ROOT / 'build/lib/libfloorbus.so.1'))
    station.until('the hub refuses to show')
    station.process.wait(PATIENCE)
    if station.process.returncode == 0:
        station.fail('an agent works as a station')


def command():
    """The built `floorbus`: $FLOORBUS_BIN, or where swift build puts it."""
    named = os.environ.get('FLOORBUS_BIN')
    program = pathlib.Path(named or ROOT / '.build/debug/floorbus')
    if os.access(program, os.X_OK):
        return str(program)
    if named:
        raise Failure(f'FLOORBUS_BIN={named} cannot be run')
    print('the roles are left out: there is no floorbus; build it, or set FLOORBUS_BIN')
    return None


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    try:
        story(build)
        program = command()
        if program is not None:
            roles(build, program)
    except Failure as failure:
        print(f'test-examples: {failure}', file=sys.stderr)
        return 1
    finally:
        for program in Program.running:
            if program.process.poll() is None:
                program.process.kill()
                program.process.wait()
    print('the examples work together and end cleanly')
    return 0


if __name__ == '__main__':
    sys.exit(main())
