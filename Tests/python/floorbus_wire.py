"""FBP/1 in Python, written from docs/wire-protocol.md alone; needs nothing but Python 3.8.

decode_frame(bytes) -> dict and encode_frame(dict) -> bytes; the names of the fields are those of
the document's byte tables, identities are hex texts, payloads hex, keys text. Anything that is
not as the document says raises WireError.
"""

import struct

UP = {1: 'HELLO', 2: 'SUBSCRIBE', 3: 'UNSUBSCRIBE', 4: 'CREDIT', 5: 'PUB', 6: 'PING', 7: 'GET',
      8: 'REPLAY', 9: 'BYE'}
DOWN = {0x81: 'WELCOME', 0x82: 'REJECT', 0x83: 'DELIVER', 0x84: 'ACK', 0x85: 'PONG',
        0x86: 'SUBACK', 0x87: 'SNAP_BEGIN', 0x88: 'SNAP_END', 0x89: 'GAP', 0x8A: 'GOAWAY',
        0x8B: 'REPLY_END', 0x8C: 'REPLY', 0x8D: 'NACK'}
TYPES = {**UP, **DOWN}
NUMBERS = {name: number for number, name in TYPES.items()}
KINDS = {1: 'agent', 2: 'flag', 3: 'queue', 4: 'presence', 5: 'custom', 6: 'event', 7: 'team',
         8: 'note', 9: 'private', 10: 'personal', 11: 'catalogue'}
STATUS = {0: 'ok', -1: 'invalid', -2: 'noMemory', -3: 'timedOut', -4: 'again', -5: 'closed',
          -6: 'wrongState', -7: 'badHandle', -8: 'forked', -9: 'wrongABI', -10: 'offline',
          -11: 'notAuthenticated', -12: 'denied', -13: 'conflict', -14: 'notFound', -15: 'exists',
          -16: 'expired', -17: 'tooBig', -18: 'limit', -19: 'badKey', -20: 'fenced',
          -21: 'storage', -22: 'protocolError', -23: 'truncated', -24: 'unsupported',
          -99: 'internal'}
PUT, DELETE, APPEND, BEACON, SYNC, FRESHNESS = 1, 2, 3, 4, 5, 6
SNAPSHOT, COALESCED, REPLAYED, WILL, SUSPECT, STALE, UNLEASED = 1, 2, 4, 8, 16, 32, 64
MAX_FRAME, MAX_KEY, MAX_SEGMENT, MAX_PAYLOAD, MAX_NAME = 65536, 200, 64, 16384, 64
HEADER = struct.Struct('<4sBBHIIQQ')
RECORD = struct.Struct('<IBBHQQqq16sQIHHII')
RECORD_FIELDS = ('kind', 'op', 'flags', 'rev', 'prev_rev', 'hub_time_us', 'source_time_us',
                 'producer_id', 'producer_seq', 'coalesced')
ZERO_ID = '0' * 32


class WireError(ValueError):
    """Bytes that are not as the document says."""


def need(condition, what):
    if not condition:
        raise WireError(what)


def up8(count):
    return (count + 7) & ~7


def pad8(data):
    return data + bytes(-len(data) % 8)


def text(data):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError as error:
        raise WireError('a text is not UTF-8') from error


# --- records ------------------------------------------------------------------------------------

def encode_record(record):
    key, payload = record['key'].encode(), bytes.fromhex(record.get('payload', ''))
    values = [record.get(name, 0) for name in RECORD_FIELDS]
    values[7] = bytes.fromhex(record.get('producer_id', ZERO_ID))
    body = pad8(key) + pad8(payload)
    return RECORD.pack(80 + len(body), *values, len(key), record.get('schema', 0), len(payload),
                       0) + body


def decode_record(data, at=0):
    """The record at an offset, and the offset behind it."""
    need(len(data) - at >= 80, 'truncated record')
    length, *values, key_len, schema, payload_len, zero = RECORD.unpack_from(data, at)
    need(key_len <= MAX_KEY and payload_len <= MAX_PAYLOAD and zero == 0, 'bad record')
    start = at + 80 + up8(key_len)
    end = start + up8(payload_len)
    need(length == end - at and end <= len(data), 'bad record length')
    need(not any(data[at + 80 + key_len:start]) and not any(data[start + payload_len:end]),
         'padding is not zero')
    record = dict(zip(RECORD_FIELDS, values))
    record['producer_id'] = record['producer_id'].hex()
    record['schema'] = schema
    record['key'] = text(data[at + 80:at + 80 + key_len])
    record['payload'] = data[start:start + payload_len].hex()
    return record, end


def encode_records(lead, records):
    return struct.pack('<QII', lead, len(records), 0) + b''.join(map(encode_record, records))


def decode_records(body):
    need(len(body) >= 16, 'too short')
    lead, count, zero = struct.unpack_from('<QII', body)
    need(zero == 0, 'reserved')
    records, at = [], 16
    while at < len(body):
        record, at = decode_record(body, at)
        records.append(record)
    need(len(records) == count, 'count')
    return lead, records


# --- bodies of fixed layout ---------------------------------------------------------------------

class Layout:
    """A body of fixed fields; a name of the form '0' is reserved and checked, '_' is ignored,
    and one that ends in '#' is an identity."""

    def __init__(self, form, names):
        self.form, self.names = struct.Struct('<' + form), names.split()

    def encode(self, values):
        out = []
        for name in self.names:
            if name in '0_':
                out.append(0)
            elif name.endswith('#'):
                out.append(bytes.fromhex(values.get(name[:-1], ZERO_ID)))
            else:
                out.append(values.get(name, 0))
        return self.form.pack(*out)

    def decode(self, body, exact=True):
        need(len(body) == self.form.size if exact else len(body) >= self.form.size, 'length')
        values = {}
        for name, value in zip(self.names, self.form.unpack_from(body)):
            if name == '0':
                need(value == 0, 'reserved')
            elif name.endswith('#'):
                values[name[:-1]] = value.hex()
            elif name != '_':
                values[name] = value
        return values


HELLO = Layout('HHI16s16sQ16sQQQIIQHHI',
               'version_min version_max 0 producer_id# resume_secret# incarnation lineage#'
               ' state_token event_token first_unacked heartbeat_ms will_grace_ms initial_credit'
               ' principal_len application_len will_len')
SUBSCRIBE = Layout('IHHQQII', 'sub filter_len flags state_token event_token min_interval_ms 0')
REQUEST = Layout('HHIQqqQ', 'filter_len 0 max_bytes cursor from_us to_us 0')
REFUSAL = Layout('iIQHHI', 'status retry_after_ms refused_seq sentence_len _ _')
RUN = Layout('QIiQIHH', 'first count status rev claim_gen owner_len 0')
SNAP = Layout('IIQQ', 'sub mode count rev')
FIXED = {
    'UNSUBSCRIBE': Layout('II', 'sub 0'),
    'PING': Layout('q', 'client_time_us'),
    'WELCOME': Layout('16sII16sqIIQIIBBBBIIIBBHI',
                      'lineage# epoch session_id resume_secret# hub_time_us heartbeat_ms'
                      ' max_payload last_applied max_messages max_bytes state_mode event_mode'
                      ' numbers journal roles suspect_ms stale_ms own_values _ _ _'),
    'PONG': Layout('qqqQQQQ', 't0_us t1_us t2_us state_head event_head stable_event request'),
    'SUBACK': Layout('IiIIQQ', 'sub status ended _ state_head event_start'),
    'SNAP_BEGIN': SNAP,
    'SNAP_END': SNAP,
    'GAP': Layout('QQQ', 'from to count'),
    'REPLY_END': Layout('QiIQQ', 'request status more cursor count'),
}
LEADS = {'PUB': '', 'DELIVER': 'stable_event', 'REPLY': 'request'}


def with_filter(layout, body):
    values = layout.decode(body, exact=False)
    need(len(body) == layout.form.size + values.pop('filter_len'), 'length')
    values['filter'] = text(body[layout.form.size:])
    return values


def decode_hello(body):
    values = HELLO.decode(body, exact=False)
    need(values['version_min'] <= values['version_max'], 'versions')
    first, second = values.pop('principal_len'), values.pop('application_len')
    need(first <= MAX_NAME and second <= MAX_NAME, 'name too long')
    end = 112 + first + second
    need(len(body) == up8(end) + values.pop('will_len'), 'length')
    need(not any(body[end:up8(end)]), 'padding is not zero')
    values['principal'] = text(body[112:112 + first])
    values['application'] = text(body[112 + first:end])
    values['will'] = body[up8(end):].hex()
    return values


def encode_hello(values):
    first, second = values['principal'].encode(), values['application'].encode()
    will = bytes.fromhex(values.get('will', ''))
    fixed = HELLO.encode({**values, 'principal_len': len(first), 'application_len': len(second),
                          'will_len': len(will)})
    return pad8(fixed + first + second) + will


def decode_results(body):
    need(len(body) >= 16, 'too short')
    expected, retry, count = struct.unpack_from('<QII', body)
    need(count <= 256, 'too many runs')
    runs, at = [], 16
    for _ in range(count):
        run = RUN.decode(body[at:at + 32])
        length = run.pop('owner_len')
        end = at + 32 + up8(length)
        need(length <= MAX_NAME and end <= len(body) and run['first'] and run['count'], 'run')
        need(not any(body[at + 32 + length:end]), 'padding is not zero')
        run['owner'] = text(body[at + 32:at + 32 + length])
        runs.append(run)
        at = end
    need(at == len(body), 'length')
    return {'expected': expected, 'retry_after_ms': retry, 'runs': runs}


def encode_results(values):
    out = struct.pack('<QII', values['expected'], values['retry_after_ms'], len(values['runs']))
    for run in values['runs']:
        owner = run['owner'].encode()
        out += RUN.encode({**run, 'owner_len': len(owner)}) + pad8(owner)
    return out


def decode_body(name, body):
    if name in FIXED:
        values = FIXED[name].decode(body)
        need(name not in ('SNAP_BEGIN', 'SNAP_END') or values['mode'] in (1, 2), 'mode')
        need(name != 'WELCOME' or values['session_id'] and values['heartbeat_ms'], 'zero')
    elif name in LEADS:
        lead, records = decode_records(body)
        values = {'records': records}
        if LEADS[name]:
            values[LEADS[name]] = lead
    elif name == 'HELLO':
        values = decode_hello(body)
    elif name == 'SUBSCRIBE':
        values = with_filter(SUBSCRIBE, body)
        need(values['flags'] <= 1, 'flags')
    elif name in ('GET', 'REPLAY'):
        values = with_filter(REQUEST, body)
    elif name in ('REJECT', 'GOAWAY'):
        values = REFUSAL.decode(body, exact=False)
        need(len(body) == 24 + values.pop('sentence_len') <= 24 + 256, 'length')
        values['sentence'] = text(body[24:])
    elif name in ('ACK', 'NACK'):
        values = decode_results(body)
    else:
        need(len(body) == 0, 'a body where none is')
        values = {}
    statuses = [run['status'] for run in values.get('runs', [])] + [values.get('status', 0)]
    need(all(status in STATUS for status in statuses), 'status')
    return values


def encode_body(name, values):
    if name in FIXED:
        return FIXED[name].encode(values)
    if name in LEADS:
        return encode_records(values.get(LEADS[name], 0), values['records'])
    if name == 'HELLO':
        return encode_hello(values)
    if name in ('SUBSCRIBE', 'GET', 'REPLAY'):
        written = values['filter'].encode()
        layout = SUBSCRIBE if name == 'SUBSCRIBE' else REQUEST
        return layout.encode({**values, 'filter_len': len(written)}) + written
    if name in ('REJECT', 'GOAWAY'):
        sentence = values['sentence'].encode()
        return REFUSAL.encode({**values, 'sentence_len': len(sentence)}) + sentence
    if name in ('ACK', 'NACK'):
        return encode_results(values)
    return b''


# --- frames -------------------------------------------------------------------------------------

def encode_frame(frame):
    body = encode_body(frame['type'], frame.get('body', {}))
    return HEADER.pack(b'FLB1', 1, NUMBERS[frame['type']], frame.get('flags', 0),
                       frame.get('session_id', 0), len(body), frame.get('seq', 0),
                       frame.get('arg', 0)) + body


def decode_frame(data):
    need(32 <= len(data) <= MAX_FRAME, 'message size')
    magic, version, number, flags, session, length, seq, arg = HEADER.unpack_from(data)
    need(magic == b'FLB1', 'magic')
    need(version == 1, 'version')
    need(number in TYPES, 'type')
    need(length == len(data) - 32, 'body_len')
    name = TYPES[number]
    return {'type': name, 'flags': flags, 'session_id': session, 'seq': seq, 'arg': arg,
            'body': decode_body(name, data[32:])}


# --- payloads -----------------------------------------------------------------------------------

AGENT = Layout('BBBBBBBBHBBI', 'session device_in_service activity pending call overlays cause'
               ' reason_class reason_code customer_star _ _')
AGENT_TEXTS = {1: ('reason', 128), 2: ('device_extension', 64), 3: ('seat', 64),
               4: ('call_reference', 64)}
QUEUE = Layout('qIBBH8I9II', 'oldest_enqueued_at_us waiting window _ _ offered answered abandoned'
               ' abandoned_short overflowed timed_out exited_by_key callback_taken logged_on ready'
               ' reserved_agents busy_inbound busy_outbound busy_internal after_call not_ready'
               ' busy_other _')
TEAM = Layout('Q', '_')
PRESENCE = Layout('qIBBH', 'since_us sessions supporter _ flags')
FLAG = Layout('8BIHHHHI8q16sBBHIqq', 'status kind channel_wanted channel outcome cause'
              ' customer_star escalation claim_gen claims reopens viewers eligible merged raised_us'
              ' seen_us claimed_us engaged_us answered_us ended_us escalated_us reopened_us'
              ' incident# rating verdict had_standard_answer _ rated_us verdict_us')
FLAG_TEXTS = {1: ('category', 64), 2: ('owner', 64), 3: ('team', 64), 16: ('agent', 64),
              17: ('seat', 64), 18: ('call_reference', 64), 19: ('note', 1024),
              20: ('answer', 4096), 21: ('knowledge', 256), 22: ('reason', 256),
              23: ('comment', 1024), 24: ('verdict_by', 64)}
FLAG_VIEWER = 25
FLAG_REQUEST = Layout('I6BHI16s', 'claim_gen kind channel outcome customer_star rating verdict'
                      ' _ _ incident#')
FLAG_REQUEST_TEXTS = {1: ('text', 4096), 2: ('knowledge', 256), 3: ('category', 64),
                      4: ('call_reference', 64), 5: ('seat', 64), 6: ('agent', 64)}
CATALOGUE = Layout('BBHI', 'subject reason_class _ _')
CATALOGUE_TEXTS = {1: ('label', 128), 2: ('parent', 32), 3: ('answer', 4096), 4: ('site', 64),
                   5: ('team', 64)}
WITH_TEXTS = {'agent': (AGENT, AGENT_TEXTS), 'flag': (FLAG, FLAG_TEXTS),
              'flag_request': (FLAG_REQUEST, FLAG_REQUEST_TEXTS),
              'catalogue': (CATALOGUE, CATALOGUE_TEXTS)}
TAP = {'beacon': Layout('QQQII', 'count first_rev uncounted interval_ms last'),
       'sync': Layout('QQ16sQII',
                      'state_head event_head lineage# uncounted partitions interval_ms')}
FIGURE = Layout('qqIIBBBBhH', 'value as_of_us n threshold_ms unit formula window _ zone_minutes _')


def tlvs(data, at):
    while at < len(data):
        need(len(data) - at >= 4, 'truncated TLV')
        tag, length = struct.unpack_from('<HH', data, at)
        need(len(data) - at - 4 >= length, 'TLV runs over the end')
        yield tag, data[at + 4:at + 4 + length]
        at += 4 + length


def figures(data, at):
    out = []
    for tag, value in tlvs(data, at):
        if tag == 16:
            need(33 <= len(value) <= 64 and len(out) < 64, 'figure')
            out.append({**FIGURE.decode(value, exact=False), 'name': text(value[32:])})
    return out


def decode_texts(layout, texts, data):
    """A fixed part and texts behind it, each at most once and up to its limit in bytes."""
    values = layout.decode(data, exact=False)
    need(values.get('customer_star', 0) <= 5 and values.get('rating', 0) <= 5, 'stars')
    values.update({name: '' for name, _ in texts.values()})
    for tag, value in tlvs(data, layout.form.size):
        if tag in texts:
            name, limit = texts[tag]
            need(len(value) <= limit, name)
            values[name] = text(value)
    return values


def decode_payload(kind, data):
    """kind: one of the state lane's or 'flag', 'flag_request' of a flag operation in PUB, or the
    op 'beacon' or 'sync'; schema 1."""
    if kind in TAP:
        values = TAP[kind].decode(data, exact=False)
        if kind == 'beacon':
            values['last'] &= 1
        return values
    if kind in WITH_TEXTS:
        values = decode_texts(*WITH_TEXTS[kind], data)
        need(1 <= values.get('subject', 1) <= 3, 'subject')
        if kind != 'flag':
            return values
        values['viewer'] = [text(value) for tag, value in tlvs(data, FLAG.form.size)
                            if tag == FLAG_VIEWER]
        need(len(values['viewer']) <= 8 and all(len(name.encode()) <= 64
                                                for name in values['viewer']), 'viewer')
        return values
    if kind == 'presence':
        return PRESENCE.decode(data, exact=False)
    layout = {'queue': QUEUE, 'team': TEAM}[kind]
    return {**layout.decode(data, exact=False), 'figures': figures(data, layout.form.size)}


def encode_payload(kind, values):
    def tlv(tag, value):
        return struct.pack('<HH', tag, len(value)) + value
    if kind in WITH_TEXTS:
        layout, texts = WITH_TEXTS[kind]
        viewers = b''.join(tlv(FLAG_VIEWER, name.encode()) for name in values.get('viewer', []))
        return layout.encode(values) + b''.join(
            tlv(tag, values[name].encode()) for tag, (name, _) in texts.items()
            if values.get(name)) + viewers
    if kind == 'presence':
        return PRESENCE.encode(values)
    if kind in TAP:
        return TAP[kind].encode(values)
    layout = {'queue': QUEUE, 'team': TEAM}[kind]
    return layout.encode(values) + b''.join(
        tlv(16, FIGURE.encode(figure) + figure['name'].encode()) for figure in values['figures'])


# --- keys and filters ---------------------------------------------------------------------------
