"""A reader of the tap that knows whether it has everything: T2 and T3 of docs/wire-protocol.md,
section 14, on bytes alone; the socket and GET are its owner's."""

import floorbus_wire as wire

EVENT_LANE = {number for number, name in wire.KINDS.items()
              if name in ('flag', 'note', 'event', 'private', 'personal')}


def topics(prefixes, nonce):
    """What to subscribe to, in this order; prefixes are whole partitions or wider."""
    return [*prefixes, *('!beacon/' + prefix for prefix in prefixes), f'~sync/{nonce}/']


def partition(key):
    return '/'.join(key.split('/')[:3]) + '/'


class TapReader:
    def __init__(self, nonce):
        self.barrier = f'~sync/{nonce}/'
        self.joined, self.needs_snapshot, self.why = None, False, ''
        self.anchors, self.seen = {}, {}
        self.keys = {}      # key → (rev, record), record None where it was deleted
        self.heard_at = 0   # hub time of the last beacon or answer: later losses are not known

    def rejoin(self, nonce):
        """The owner subscribes to this barrier instead of the old one."""
        self.barrier, self.joined, self.why = f'~sync/{nonce}/', None, ''

    @property
    def verdict(self):
        if self.why:
            return 'incomplete'
        return 'complete' if self.joined and not self.needs_snapshot else 'joining'

    @property
    def values(self):
        return {key: record['payload'] for key, (_, record) in self.keys.items() if record}

    def take(self, data):
        """One message's frame 1; returns the record."""
        record, end = wire.decode_record(data)
        assert end == len(data), 'exactly one record'
        if record['op'] == wire.SYNC:
            if record['key'] == self.barrier:
                self.joined = wire.decode_payload('sync', bytes.fromhex(record['payload']))
                self.heard_at = record['hub_time_us']
                self.needs_snapshot, self.why, self.keys = True, '', {}
        elif record['op'] == wire.BEACON:
            self.heard_at = record['hub_time_us']
            self.check(record, wire.decode_payload('beacon', bytes.fromhex(record['payload'])))
        else:
            part = partition(record['key'])
            self.seen[part] = self.seen.get(part, 0) + 1
            self.apply(record)
        return record

    def snapshot(self, records):
        """GET's answer, asked for after needs_snapshot became true."""
        self.needs_snapshot = False
        for record in records:
            self.apply(record)

    def apply(self, record):
        old = self.keys.get(record['key'], (0, None))
        if record['kind'] not in EVENT_LANE and record['rev'] > old[0]:
            gone = record['op'] == wire.DELETE
            self.keys[record['key']] = (record['rev'], None if gone else record)

    def check(self, record, beacon):
        part = record['key'][len('!beacon/'):]
        anchor, seen = self.anchors.pop(part, None), self.seen.pop(part, 0)
        lane = 'event_head' if record['kind'] in EVENT_LANE else 'state_head'
        sent = None
        if anchor and anchor['first_rev'] == beacon['first_rev']:
            sent = beacon['count'] - anchor['count']
        elif self.joined and beacon['first_rev'] > self.joined[lane]:
            sent = beacon['count']
        if self.joined and not self.why:
            if sent != seen:
                self.why = f'{part} was sent {sent}, has {seen}'
            elif beacon['uncounted'] != self.joined['uncounted']:
                self.why = 'records that no beacon counts'
            elif record['rev'] >> 40 != self.joined['state_head'] >> 40:
                self.why = 'another life of the hub'
        if not beacon['last']:
            self.anchors[part] = beacon
