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


def main():
    try:
        story(pathlib.Path(sys.argv[1]).resolve())
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
