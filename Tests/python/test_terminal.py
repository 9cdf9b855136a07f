"""`floorbus demo` in a terminal: Ctrl-Z gives it back, NO_COLOR and TERM=dumb are heeded."""

import os
import pty
import re
import select
import signal
import subprocess
import unittest

import peer
from peer import BINARY

SCREEN, LEFT = b'\x1b[?1049h', b'\x1b[?1049l'  # the other screen, and back from it
COLOR = re.compile(rb'\x1b\[[0-9;]*3[0-9]m')


class Terminal:
    """The demo in a pseudo-terminal of its own."""

    def __init__(self, **environment):
        self.master, slave = pty.openpty()
        variables = {key: value for key, value in os.environ.items() if key != 'NO_COLOR'}
        self.process = subprocess.Popen(
            [str(BINARY), 'demo', '--agents', '20', '--queues', '2'], stdin=slave, stdout=slave,
            stderr=slave, start_new_session=True,
            env={**variables, 'TERM': 'xterm', **environment})
        os.close(slave)
        self.said = b''

    def read(self, wanted, start=0):
        """Reads until something has been said behind a place; its place."""
        deadline = peer.Deadline()
        while (found := wanted.search(self.said, start) if hasattr(wanted, 'search')
               else self.said.find(wanted, start)) in (None, -1):
            left = deadline.left(f'{wanted!r} from the demo, got {self.said[-300:]!r}')
            if select.select([self.master], [], [], min(left, 0.2))[0]:
                self.said += os.read(self.master, 65536)
        return found.end() if hasattr(found, 'end') else found

    def end(self):
        self.process.send_signal(signal.SIGINT)
        deadline = peer.Deadline()
        while self.process.poll() is None:
            deadline.left('the demo to end')
            # What nobody reads keeps it from ending.
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self.master, 65536)
                except OSError:  # EIO: the terminal's other side is closed
                    break
        return self.process.wait(peer.PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


class TerminalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        peer.require()

    def demo(self, **environment):
        terminal = Terminal(**environment)
        self.addCleanup(terminal.close)
        return terminal

    def test_suspended_and_back(self):
        """The terminal is given back before the program stops, and taken again."""
        demo = self.demo()
        demo.read(SCREEN)
        demo.read(COLOR)
        demo.process.send_signal(signal.SIGTSTP)
        left = demo.read(LEFT)
        _, status = os.waitpid(demo.process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        demo.process.send_signal(signal.SIGCONT)
        demo.read(SCREEN, left)
        self.assertEqual(demo.end(), 0)
        self.assertGreater(demo.said.rfind(LEFT), demo.said.rfind(SCREEN))

    def test_no_color(self):
        """The screen is there, and nothing on it has a colour."""
        demo = self.demo(NO_COLOR='1')
        demo.read(SCREEN)
        demo.read(re.compile(rb'waiting|agents'))
        self.assertEqual(demo.end(), 0)
        self.assertIsNone(COLOR.search(demo.said))

    def test_dumb_terminal(self):
        """A terminal that can only print lines gets lines."""
        demo = self.demo(TERM='dumb')
        demo.read(b'floor ')
        self.assertEqual(demo.end(), 0)
        self.assertNotIn(b'\x1b', demo.said)


if __name__ == '__main__':
    unittest.main()
