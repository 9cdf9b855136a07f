"""Writes the manual pages into a folder: pages.py OUT VERSION EPOCH [COMMAND]. scripts/man-pages
calls it."""
import datetime
import pathlib
import sys

import command
import header
import library
from roff import Page


def main(out, version, epoch, program=None):
    date = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date().isoformat()

    def make(title, section, names, summary):
        return Page(title, section, date, version, names, summary)

    root = pathlib.Path(__file__).parents[2]
    found = library.pages(header.read(root / "include/floorbus.h"), make)
    if program:
        found |= command.pages(program, make)
    for place, text in found.items():
        path = pathlib.Path(out) / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


main(*sys.argv[1:])
