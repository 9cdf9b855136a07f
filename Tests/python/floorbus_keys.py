"""Keys and filters, from docs/wire-protocol.md, section 7."""

from floorbus_wire import KINDS, MAX_KEY, MAX_SEGMENT, WireError, text


class KeyRuleError(WireError):
    """A key or filter that breaks a rule; str() is the rule's name."""


def must_escape(byte, first):
    return byte < 0x20 or byte in b'\x7f/%' or (first and byte in b'!~$+')


def check_segment(segment):
    if not segment:
        raise KeyRuleError('emptySegment')
    if len(segment) > MAX_SEGMENT:
        raise KeyRuleError('segmentTooLong')
    at = 0
    while at < len(segment):
        if segment[at] == 0x25:
            digits = segment[at + 1:at + 3]
            if len(digits) != 2 or any(digit not in b'0123456789ABCDEF' for digit in digits) \
                    or not must_escape(int(digits, 16), at == 0):
                raise KeyRuleError('badEscape')
            at += 3
        elif must_escape(segment[at], at == 0):
            raise KeyRuleError('mustBeEncoded')
        else:
            at += 1
    try:
        segment.decode('utf-8')
    except UnicodeDecodeError as error:
        raise KeyRuleError('notUTF8') from error


def check_segments(data, wildcards):
    if not data:
        raise KeyRuleError('empty')
    if len(data) > MAX_KEY:
        raise KeyRuleError('tooLong')
    if data[-1:] != b'/':
        raise KeyRuleError('noFinalSlash')
    segments = data[:-1].split(b'/')
    for index, segment in enumerate(segments):
        if index == 4:
            raise KeyRuleError('segmentCount')
        if not (wildcards and segment == b'+'):
            check_segment(segment)
    return segments


def check_key(data):
    """The kind's number."""
    segments = check_segments(data, False)
    if len(segments) != 4:
        raise KeyRuleError('segmentCount')
    for number, name in KINDS.items():
        if segments[0] == name.encode():
            return number
    raise KeyRuleError('unknownClass')


def check_filter(data):
    segments = check_segments(data, True)
    if segments[0] != b'+' and segments[0].decode() not in KINDS.values():
        raise KeyRuleError('unknownClass')


def matches(filter_text, key):
    wanted, have = filter_text[:-1].split('/'), key[:-1].split('/')
    return len(wanted) <= len(have) and all(w in ('+', h) for w, h in zip(wanted, have))


def segment(name):
    """Any text as one segment."""
    return b''.join(b'%%%02X' % byte if must_escape(byte, index == 0) else bytes([byte])
                    for index, byte in enumerate(name.encode())).decode()
