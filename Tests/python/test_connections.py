"""Who connects and says nothing, and who takes every descriptor: section 10.1 of
docs/wire-protocol.md, against a real hub."""

import os
import resource
import select
import socket
import tempfile
import unittest

try:
    import zmq
except ImportError:
    zmq = None  # `require` skips

from peer import Deadline, Hub, Session, put, require

LIMIT, RESERVE = 256, 128  # descriptors of the hub, and those it keeps for itself


class ConnectionTest(unittest.TestCase):
    def setUp(self):
        require()
        self.log = tempfile.NamedTemporaryFile('a')
        self.addCleanup(self.log.close)

    def hub(self, **process):
        hub = Hub(stderr=self.log, **process)
        self.addCleanup(hub.stop)
        return hub

    def session(self, hub, name):
        session = Session(hub, name)
        self.addCleanup(session.close)
        return session.open()

    def dial(self, hub):
        """A bare connection that says nothing; the kernel may take it before the hub does."""
        host, port = hub.endpoint.removeprefix('tcp://').rsplit(':', 1)
        connection = socket.create_connection((host, int(port)))
        self.addCleanup(connection.close)
        connection.setblocking(False)
        return connection

    def wait_closed(self, connections, others):
        """Until the hub has ended all of them; meanwhile the others keep their sessions."""
        deadline = Deadline()
        left = set(connections)
        while left:
            deadline.left(f'the end of {len(left)} connections')
            for session in others:
                session.barrier()
            for connection in select.select(left, [], [], 0.1)[0]:
                try:
                    if not connection.recv(4096):
                        left.discard(connection)
                except ConnectionResetError:
                    left.discard(connection)

    def told(self):
        with open(self.log.name) as log:
            return log.read()

    def wait_told(self, code, session):
        deadline = Deadline()
        while code not in self.told():
            deadline.left(code)
            session.barrier()

    @staticmethod
    def used(hub):
        return len(os.listdir(f'/proc/{hub.process.pid}/fd'))

    def test_who_says_no_hello_is_closed_and_nobody_else(self):
        hub = self.hub()
        anna = self.session(hub, 'anna')
        # By libzmq, whose handshake they do not end either, or by the hub.
        self.wait_closed([self.dial(hub) for _ in range(20)], [anna])
        anna.settle(put('custom/bj/c/a/', b'1'))

    def test_a_link_that_stays_without_a_session_is_closed(self):
        """ZeroMQ's handshake alone is no HELLO."""
        hub = self.hub()
        anna = self.session(hub, 'anna')
        mute = Session(hub, 'mute')
        self.addCleanup(mute.close)
        monitor = mute.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.addCleanup(monitor.close, 0)
        deadline = Deadline()
        while True:
            deadline.left('the end of the mute link')
            anna.barrier()
            if monitor.poll(100):
                break
        self.wait_told('connections-silent', anna)

    def test_without_descriptors_new_connections_are_closed_and_sessions_work(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))

        hub = self.hub(preexec_fn=few)
        anna = self.session(hub, 'anna')
        crowd = [self.dial(hub) for _ in range(LIMIT + 100)]
        self.wait_told('connections-refused', anna)
        self.assertLess(self.used(hub), LIMIT)
        anna.settle(put('custom/bj/c/a/', b'1'))
        for connection in crowd:
            connection.close()
        deadline = Deadline()
        while self.used(hub) > LIMIT - RESERVE - 10:
            deadline.left('descriptors to be free again')
            anna.barrier()
        # There is room again: whoever comes now is served.
        self.session(hub, 'bernd').settle(put('custom/bj/c/b/', b'2'))


if __name__ == '__main__':
    unittest.main()
