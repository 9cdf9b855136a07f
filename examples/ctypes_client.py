#!/usr/bin/env python3
"""A support station in Python, with the C library through ctypes and nothing else.

    ./ctypes_client.py tcp://127.0.0.1:7410 NAME [--site SITE] [--flags N]

NAME goes on duty, takes every help flag of a site (without --site of all of them, which a hub with
a roster refuses a supporter of one), answers it and shows what becomes of it; with --flags N it
ends when N have been closed. FLOORBUS_LIBRARY names the library when the loader does not find it.
The structs are those of floorbus.h, member by member.
"""

import argparse
import ctypes as c
import os
import signal
import sys

OK, E_TIMEOUT = 0, -3
AGENT, FLAG, LINK, RESULT, REFUSED = 1, 2, 64, 65, 68
PUT, CLAIM, ENGAGE, ANSWER, DELETE = 1, 18, 19, 22, 2
RAISED, PENDING, CLOSED = 1, 2, 6
AVAILABLE, DESK, ANSWERED, RESULT_EVENTS = 2, 1, 1, 1
u8, u16, u32, u64, i32, i64 = c.c_uint8, c.c_uint16, c.c_uint32, c.c_uint64, c.c_int32, c.c_int64


class Str(c.Structure):
    _fields_ = [('ptr', c.c_void_p), ('len', c.c_size_t)]

    @classmethod
    def of(cls, text):
        """Points into what it keeps: the library copies within the call."""
        data = text.encode()
        made = cls(c.cast(c.c_char_p(data), c.c_void_p), len(data))
        made.data = data
        return made

    def __str__(self):
        return c.string_at(self.ptr, self.len).decode() if self.len else ''


class Sized(c.Structure):
    """A struct whose first member is its size."""

    def __init__(self, **values):
        super().__init__(struct_size=c.sizeof(self), **values)


class ClientOptions(Sized):
    _fields_ = [('struct_size', u32), ('flags', u32), ('endpoints', c.c_char_p),
                ('principal', c.c_char_p), ('app_name', c.c_char_p), ('outbox_path', c.c_char_p),
                ('host_encoding', c.c_char_p), ('will_key', c.c_char_p), ('will_state', c.c_void_p),
                ('will_grace_ms', u32), ('heartbeat_ms', u32), ('reconnect_min_ms', u32),
                ('reconnect_max_ms', u32), ('outbox_limit', u32), ('window_bytes', u32)]


class EventInfo(Sized):
    _fields_ = [('struct_size', u32), ('kind', u8), ('op', u8), ('flags', u16),
                ('subscription', u32), ('coalesced', u32), ('rev', u64), ('prev_rev', u64),
                ('hub_time_us', i64), ('src_time_us', i64), ('count', u64), ('key', Str),
                ('payload', Str), ('schema', u16), ('link', u8), ('freshness', u8),
                ('epoch', u32), ('result', i32), ('claim_gen', u32), ('ticket', u64),
                ('owner', Str), ('result_flags', u32), ('reserved0', u32)]


class AgentState(Sized):
    _fields_ = [('struct_size', u32), *((name, u8) for name in (
        'session', 'out_of_service', 'state', 'pending', 'call', 'overlays', 'cause',
        'reason_class')), ('reason_code', u16), ('customer_star', u8), ('freshness', u8),
        ('reason', Str), ('extension', Str), ('seat', Str), ('call_ref', Str)]


class FlagRequest(Sized):
    _fields_ = [('struct_size', u32), ('claim_gen', u32), *((name, u8) for name in (
        'kind', 'channel', 'outcome', 'customer_star', 'rating', 'verdict')), ('reserved0', u16),
        ('incident', u8 * 16), ('text', Str), ('knowledge', Str), ('category', Str),
        ('call_ref', Str), ('seat', Str), ('agent', Str)]


class Flag(Sized):
    _fields_ = [('struct_size', u32), ('claim_gen', u32), *((name, u8) for name in (
        'status', 'kind', 'channel_wanted', 'channel', 'outcome', 'cause', 'customer_star',
        'escalation')), ('claims', u16), ('reopens', u16), ('viewers', u16), ('eligible', u16),
        ('merged', u32), ('has_words', u8), ('rating', u8), ('verdict', u8), ('reserved0', u8),
        *((name + '_us', i64) for name in (
            'raised', 'seen', 'claimed', 'engaged', 'answered', 'ended', 'escalated', 'reopened',
            'rated', 'verdict')), ('flag_id', u8 * 16), ('merged_into', u8 * 16),
        *((name, Str) for name in (
            'category', 'owner', 'team', 'agent', 'seat', 'call_ref', 'text', 'answer',
            'knowledge', 'reason', 'comment', 'verdict_by'))]


def load():
    """The library; without types ctypes would take handles for 32-bit numbers."""
    library = c.CDLL(os.environ.get('FLOORBUS_LIBRARY', 'libfloorbus.so.1'))
    handle, ticket = c.c_void_p, c.POINTER(u64)
    signatures = {
        'check_abi': [u32], 'last_error': [c.c_char_p, c.c_size_t],
        'client_open': [c.POINTER(ClientOptions), c.POINTER(handle)],
        'client_close': [handle, i32], 'event_release': [handle],
        'subscribe': [handle, Str, c.c_void_p, c.POINTER(u32)],
        'publish_state': [handle, Str, c.POINTER(AgentState), c.c_void_p, ticket],
        'set_duty': [handle, u8, ticket],
        'flag_change': [handle, Str, u8, c.POINTER(FlagRequest), ticket],
        'recv': [handle, c.POINTER(handle), i32],
        'event_get': [handle, c.POINTER(EventInfo)],
        'event_decode_state': [handle, c.POINTER(AgentState)],
        'event_decode_flag': [handle, c.POINTER(Flag)],
    }
    for name, types in signatures.items():
        function = getattr(library, 'floorbus_' + name)
        function.argtypes = types
        function.restype = {'last_error': c.c_size_t, 'event_release': None}.get(name, i32)
    return library


floorbus = load()


def check(status):
    if status != OK:
        sentence = c.create_string_buffer(512)
        floorbus.floorbus_last_error(sentence, 512)
        sys.exit(f'ctypes_client.py: {sentence.value.decode()} ({status})')


class Station:
    def __init__(self, endpoint, name, site):
        options = ClientOptions(flags=RESULT_EVENTS, endpoints=endpoint.encode(),
                                principal=name.encode(), app_name=b'ctypes_client.py')
        self.client, self.asked, self.closed = c.c_void_p(), [], 0
        check(floorbus.floorbus_check_abi(1))
        check(floorbus.floorbus_client_open(options, self.client))
        self.places = {}
        for place in ('agent/', 'flag/'):
            place, number = place + (site + '/' if site else ''), u32()
            check(floorbus.floorbus_subscribe(self.client, Str.of(place), None, number))
            self.places[number.value] = place
        check(floorbus.floorbus_set_duty(self.client, AVAILABLE, self.expect('on duty')))

    def expect(self, what, key=None):
        """Where a publication's ticket goes; its answer comes as an event."""
        ticket = u64()
        self.asked.append((ticket, what, key))
        return ticket

    def change(self, key, operation, what, **values):
        values['text'] = Str.of(values.get('text', ''))
        check(floorbus.floorbus_flag_change(
            self.client, Str.of(key), operation, FlagRequest(**values), self.expect(what, key)))

    def result(self, info):
        entry = next(entry for entry in self.asked if entry[0].value == info.ticket)
        self.asked.remove(entry)
        _, what, key = entry
        print(what, 'ok' if info.result == OK else f'refused {info.result} {info.owner}',
              flush=True)
        if what == 'claim' and info.result == OK:  # claim_gen is the token for what comes next
            self.change(key, ENGAGE, 'engage', claim_gen=info.claim_gen, channel=DESK)
            self.change(key, ANSWER, 'answer', claim_gen=info.claim_gen, outcome=ANSWERED,
                        text='up to 50 is yours to grant')

    def take(self, event, info):
        if info.kind == LINK:
            print('hub', 'connected' if info.link else 'gone', flush=True)
        elif info.kind == RESULT:
            self.result(info)
        elif info.kind == REFUSED:
            place = self.places[info.subscription]
            sys.exit(f'ctypes_client.py: the hub refuses to show {place} ({info.result}); '
                     'is --site missing?')
        elif info.kind == AGENT and info.op == PUT:
            state = AgentState()
            check(floorbus.floorbus_event_decode_state(event, state))
            print(info.key, f'session {state.session} state {state.state} {state.reason}'.strip(),
                  flush=True)
        elif info.kind == FLAG and info.op != DELETE:
            flag = Flag()
            check(floorbus.floorbus_event_decode_flag(event, flag))
            print(info.key, f'status {flag.status} {flag.category} {flag.owner}'.strip(),
                  flush=True)
            if flag.status in (RAISED, PENDING):
                self.change(str(info.key), CLAIM, 'claim')
            self.closed += flag.status == CLOSED

    def run(self, flags):
        event = c.c_void_p()
        while flags == 0 or self.closed < flags:
            status = floorbus.floorbus_recv(self.client, event, 200)  # short: signals are seen
            if status == E_TIMEOUT:
                continue
            check(status)
            info = EventInfo()
            check(floorbus.floorbus_event_get(event, info))
            self.take(event, info)
            floorbus.floorbus_event_release(event)


def main():
    words = argparse.ArgumentParser(description='A support station.')
    words.add_argument('endpoint')
    words.add_argument('name')
    words.add_argument('--site', default='')
    words.add_argument('--flags', type=int, default=0)
    words = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    station = Station(words.endpoint, words.name, words.site)
    try:
        station.run(words.flags)
    finally:
        floorbus.floorbus_client_close(station.client, 2000)


if __name__ == '__main__':
    main()
