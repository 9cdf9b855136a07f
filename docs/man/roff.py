"""A manual page as lines of roff, in the macros of man(7)."""
import re
import textwrap

ESCAPES = {
    "\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti",
    '"': r"\(dq",
}


def escaped(text):
    """Text that roff shows as it stands, also at the start of a line and in an argument."""
    text = "".join(ESCAPES.get(c, c if c.isascii() else rf"\[u{ord(c):04X}]") for c in text)
    return r"\&" + text if text.startswith(".") else text


def marked(text):
    """Prose: names of functions, types and constants are bold."""
    pieces = re.split(r"(\b(?:floorbus|FLOORBUS)_\w+\*?)", text)
    return "".join(
        rf"\fB{escaped(piece)}\fP" if index % 2 else escaped(piece)
        for index, piece in enumerate(pieces)
    )


class Page:
    """Collects a page. NAME is written at once; the rest in the order it is called."""

    def __init__(self, title, section, date, version, names, summary):
        self.lines = [
            '.\\" Made by scripts/man-pages; change what it is made from.',
            f'.TH {escaped(title.upper())} {section} {date} "FloorBus {version}" "FloorBus"',
            # No hyphens of groff's own: a reader searches names and copies them.
            ".nr HY 0",
            ".ad l",
            ".SH NAME",
            f"{', '.join(escaped(name) for name in names)} \\- {escaped(summary)}",
        ]

    def heading(self, text):
        self.lines.append(f'.SH "{escaped(text)}"')

    def subheading(self, text):
        self.lines.append(f'.SS "{escaped(text)}"')

    def paragraph(self, text):
        """Prose, filled anew; sentences of roff begin on a line of their own."""
        self.lines += [".PP", *self.prose(text)]

    def code(self, lines):
        """Lines as they stand, indented."""
        self.lines += [".PP", ".RS 4", ".EX", *map(escaped, lines), ".EE", ".RE"]

    def tagged(self, tag, text):
        """An entry of a list; tag is roff already."""
        self.lines += [".TP", tag, *(self.prose(text) or [r"\&"])]

    def raw(self, *lines):
        self.lines += lines

    def text(self, lines):
        """Paragraphs parted by blank lines, with code where lines are indented by two or more."""
        for kind, block in blocks(lines):
            if kind == "code":
                self.code(block)
            else:
                self.paragraph(" ".join(block))

    @staticmethod
    def prose(text):
        sentences = re.split(r"(?<=[.!?]) (?=[A-Z0-9])", " ".join(text.split()))
        return [marked(sentence) for sentence in sentences if sentence]

    def __str__(self):
        return "\n".join(self.lines) + "\n"


def blocks(lines):
    """Splits text into ("prose", lines) and ("code", lines); code is indented by two or more."""
    found = []
    for line in lines:
        if not line.strip():
            found.append((None, []))
            continue
        kind = "code" if line.startswith("  ") else "prose"
        if not found or found[-1][0] != kind:
            found.append((kind, []))
        found[-1][1].append(line)
    return [
        (kind, textwrap.dedent("\n".join(block)).split("\n")) for kind, block in found if kind
    ]
