"""The golden vectors, read by the decoder that was written from the document alone."""

import json
import pathlib
import re
import unittest

import floorbus_keys as keys
import floorbus_wire as wire

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VECTORS = ROOT / 'Tests' / 'vectors'
DOCUMENT = (ROOT / 'docs' / 'wire-protocol.md').read_text(encoding='utf-8')


def load(name):
    return json.loads((VECTORS / name).read_text(encoding='utf-8'))




class Frames(unittest.TestCase):
    def test_bytes_give_the_values_and_values_the_bytes(self):
        for vector in load('frames.json'):
            with self.subTest(vector['name']):
                data = bytes.fromhex(vector['hex'])
                self.assertEqual(wire.decode_frame(data), vector['values'])
                self.assertEqual(wire.encode_frame(vector['values']).hex(), vector['hex'])

    def test_every_type_has_a_vector(self):
        types = {vector['values']['type'] for vector in load('frames.json')}
        self.assertEqual(types, set(wire.NUMBERS))

    def test_bad_frames_are_refused(self):
        for vector in load('bad-frames.json'):
            with self.subTest(vector['name']), self.assertRaises(wire.WireError):
                wire.decode_frame(bytes.fromhex(vector['hex']))

    def test_every_cut_is_refused(self):
        for vector in load('frames.json'):
            data = bytes.fromhex(vector['hex'])
            for length in range(len(data)):
                with self.assertRaises(wire.WireError):
                    wire.decode_frame(data[:length])


class Records(unittest.TestCase):
    def test_bytes_give_the_values_and_values_the_bytes(self):
        for vector in load('records.json'):
            with self.subTest(vector['name']):
                data = bytes.fromhex(vector['hex'])
                self.assertEqual(wire.decode_record(data), (vector['values'], len(data)))
                self.assertEqual(wire.encode_record(vector['values']).hex(), vector['hex'])

    def test_bad_records_are_refused(self):
        for vector in load('bad-records.json'):
            with self.subTest(vector['name']), self.assertRaises(wire.WireError):
                wire.decode_record(bytes.fromhex(vector['hex']))


class Payloads(unittest.TestCase):
    def test_bytes_give_the_values_and_values_the_bytes(self):
        for vector in load('payloads.json'):
            with self.subTest(vector['name']):
                data = bytes.fromhex(vector['hex'])
                self.assertEqual(wire.decode_payload(vector['kind'], data), vector['values'])
                self.assertEqual(
                    wire.encode_payload(vector['kind'], vector['values']).hex(), vector['hex'])

    def test_bad_payloads_are_refused(self):
        for vector in load('bad-payloads.json'):
            with self.subTest(vector['name']), self.assertRaises(wire.WireError):
                wire.decode_payload(vector['kind'], bytes.fromhex(vector['hex']))


class Keys(unittest.TestCase):
    vectors = load('keys.json')

    def test_good_keys(self):
        for vector in self.vectors['good']:
            with self.subTest(vector['text']):
                self.assertEqual(keys.check_key(vector['text'].encode()), vector['kind'])
                written = '/'.join(map(keys.segment, vector['segments'])) + '/'
                self.assertEqual(written.encode(), vector['text'].encode())

    def test_bad_keys_break_the_rule_that_is_named(self):
        for name, check in (('badKeys', keys.check_key), ('badFilters', keys.check_filter)):
            for vector in self.vectors[name]:
                with self.subTest(vector['hex']), self.assertRaises(keys.KeyRuleError) as caught:
                    check(bytes.fromhex(vector['hex']))
                self.assertEqual(str(caught.exception), vector['rule'], vector['hex'])

    def test_filters(self):
        for vector in self.vectors['filters']:
            keys.check_filter(vector['filter'].encode())
            for key in vector['matches']:
                self.assertTrue(keys.matches(vector['filter'], key), (vector['filter'], key))
            for key in vector['others']:
                self.assertFalse(keys.matches(vector['filter'], key), (vector['filter'], key))


class Document(unittest.TestCase):
    """What docs/wire-protocol.md shows is what the vectors say."""

    def test_the_worked_example_is_the_first_vector(self):
        block = re.search(r'```hex\n(.*?)```', DOCUMENT, re.S).group(1)
        digits = ''.join(line[6:53].replace(' ', '') for line in block.splitlines())
        self.assertEqual(digits.lower(), load('frames.json')[0]['hex'])

    def test_the_record_decoder_in_the_document_reads_every_record(self):
        scope = {}
        exec(re.search(r'```python\n(.*?)```', DOCUMENT, re.S).group(1), scope)
        vectors = load('records.json')
        data = b''.join(bytes.fromhex(vector['hex']) for vector in vectors)
        found = list(scope['records'](data))
        names = ('kind', 'op', 'rev', 'prev_rev', 'key', 'schema')
        wanted = [tuple(vector['values'][name] for name in names)
                  + (bytes.fromhex(vector['values']['payload']),) for vector in vectors]
        self.assertEqual(found, wanted)
        for vector in load('bad-records.json')[1:]:
            with self.subTest(vector['name']):
                if 'padding' not in vector['name']:
                    with self.assertRaises(ValueError):
                        list(scope['records'](bytes.fromhex(vector['hex'])))

    def test_the_status_table_is_complete(self):
        table = DOCUMENT.split('### 9.1')[1].split('### 9.2')[0]
        pairs = re.findall(r'\| (−?\d+) \| (\w+)', table)
        self.assertEqual({int(n.replace('−', '-')): name for n, name in pairs}, wire.STATUS)


if __name__ == '__main__':
    unittest.main()
