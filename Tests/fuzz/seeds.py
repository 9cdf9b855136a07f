"""Writes a corpus for a fuzz target from the golden vectors: seeds.py TARGET FOLDER."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The order of PayloadsTarget.codecs.
CODECS = (
    "agent queue team presence flag flagRequest note topAskers denial beacon sync HELLO WELCOME "
    "REJECT PING PONG SUBSCRIBE SUBACK UNSUBSCRIBE SNAP GAP GET REPLY_END ACK message"
).split()
ALIASES = {
    "flag_request": "flagRequest", "top_askers": "topAskers", "GOAWAY": "REJECT", "NACK": "ACK",
    "REPLAY": "GET", "SNAP_BEGIN": "SNAP", "SNAP_END": "SNAP",
}
FRAME_HEADER = 32


def vectors(name):
    """The entries of a file of vectors, each with its bytes."""
    entries = json.loads((ROOT / "Tests/vectors" / name).read_text(encoding="utf-8"))
    return [(entry, bytes.fromhex(entry["hex"])) for entry in entries if "hex" in entry]


def frames():
    """Each frame as the session's own, then a turn; and all of them, one after the other."""
    found = []
    for name in ("frames.json", "bad-frames.json"):
        for _, data in vectors(name):
            found.append(b"\x00" + len(data).to_bytes(2, "little") + data + b"\x05\x07\x04\x05")
    for kind in range(16):
        yield bytes([kind]) + b"".join(found)
        yield bytes([kind]) + found[kind % len(found)]


def payloads():
    """Each payload behind the number of its codec, and each message by its body and whole."""
    for name in ("payloads.json", "bad-payloads.json"):
        for entry, data in vectors(name):
            yield bytes([CODECS.index(ALIASES.get(entry["kind"], entry["kind"]))]) + data
    for entry, data in vectors("frames.json"):
        kind = entry["values"]["type"]
        kind = ALIASES.get(kind, kind)
        if kind in CODECS:
            yield bytes([CODECS.index(kind)]) + data[FRAME_HEADER:]
        yield bytes([CODECS.index("message")]) + data
    yield from programs(first=0xFF)


def programs(first=None):
    """Bytes for targets whose inputs are no vectors: every step with all kinds of numbers."""
    for seed in range(24):
        data = bytes((place * place * (2 * seed + 1) + place * seed) & 0xFF for place in range(400))
        yield (b"" if first is None else bytes([first])) + data


def roster():
    """The example, and the pieces of the documents."""
    yield (ROOT / "examples/roster.yaml").read_bytes()
    parts = (ROOT / "docs/roster.md").read_text(encoding="utf-8").split("```yaml\n")[1:]
    for part in parts:
        yield part.split("```")[0].encode()


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    makers = {"frames": frames, "payloads": payloads, "roster": roster}
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(makers.get(target, programs)()):
        (folder / f"seed-{number:03}").write_bytes(data)


if __name__ == "__main__":
    main()
