"""Reads include/floorbus.h: its opening comment, its sections, and what they declare, each with the
comment above it. It knows the header's own habits, not C: see read()."""
import re
from dataclasses import dataclass, field


@dataclass
class Item:
    """One declaration or macro. kind: function, struct, enum, typedef or define."""

    kind: str
    name: str
    code: str  # one line, without comments and attributes
    comment: list  # lines
    members: list = field(default_factory=list)  # of a struct or enum: (declaration, comment lines)


@dataclass
class Section:
    """What follows a /* ---- name ---- */ line."""

    name: str
    items: list = field(default_factory=list)
    remarks: list = field(default_factory=list)  # comments that stand before all declarations

    def functions(self):
        return [item for item in self.items if item.kind == "function"]


@dataclass
class Header:
    opening: list  # lines
    sections: list

    def functions(self):
        return [item for section in self.sections for item in section.functions()]

    def enumerators(self):
        return {
            declaration.split(" ")[0]
            for section in self.sections
            for item in section.items if item.kind == "enum"
            for declaration, _ in item.members
        }


def comment_lines(text):
    """A comment's lines without its marks; spaces beyond the first one after the star stay."""
    text = text.removeprefix("/*").removesuffix("*/").rstrip()
    lines = [re.sub(r"^\s*\*( |$)", "", line) for line in text.split("\n")]
    return [line.rstrip() for line in [lines[0].lstrip(), *lines[1:]]]


def one_line(code):
    """Code on one line, without comments and without what only compilers read."""
    code = re.sub(r"/\*.*?\*/", " ", code, flags=re.S)
    code = re.sub(r"\bFLOORBUS_(API|INLINE|WARN_UNUSED)\b", " ", code)
    code = re.sub(r"\s+", " ", code).strip()
    return code.replace("( ", "(").replace(" )", ")").replace(" ;", ";")


def members(body, separator):
    """The members of a struct (;) or enum (,): each with the comment after it, or above it."""
    found, above = [], []
    for match in re.finditer(rf"/\*.*?\*/|[^/{separator}]+{separator}?", body, flags=re.S):
        code = re.sub(r"\s+", " ", match[0]).strip(f" {separator}")
        if match[0].startswith("/*"):
            own_line = body[:match.start()].rpartition("\n")[2].strip() == ""
            if own_line or not found:
                above = comment_lines(match[0])
            else:
                found[-1][1].extend(comment_lines(match[0]))
        elif code:
            found.append((code, above))
            above = []
    return found


def item(code, comment):
    """What a declaration is; code as it stands in the file."""
    text = one_line(code)
    if code.startswith("#"):
        text = one_line(code.replace("\\\n", " "))
        return Item("define", re.match(r"#define (\w+)", text)[1], text, comment)
    if code.startswith(("FLOORBUS_API", "FLOORBUS_INLINE")):
        prototype = text.split("{")[0].strip().rstrip(";") + ";"
        name = re.search(r"(\w+)\(", prototype)[1]
        return Item("function", name, prototype, comment)
    body = re.search(r"\{(.*)\}", code, flags=re.S)
    if text.startswith("enum {"):
        found = members(body[1], ",")
        return Item("enum", found[0][0].split(" ")[0], text, comment, found)
    if text.startswith("typedef struct {"):
        name = re.search(r"\} (\w+);$", text)[1]
        return Item("struct", name, text, comment, members(body[1], ";"))
    name = re.search(r"\(\*(\w+)\)\(|(\w+);$", text)
    return Item("typedef", name[1] or name[2], text, comment)


def end_of_declaration(text, start):
    """Where the declaration that starts here ends: after ; or after an inline function's }."""
    depth = 0
    for match in re.compile(r"/\*.*?\*/|[{};]", re.S).finditer(text, start):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0 and text.startswith("FLOORBUS_INLINE", start):
                return match.end()
        elif match[0] == ";" and depth == 0:
            return match.end()
    raise ValueError(f"a declaration does not end: {text[start:start + 60]!r}")


def read(path):
    """The header: comments belong to the declaration below them, or to the one they follow on its
    line. With a blank line between they are remarks: the section's at its beginning, else left
    out."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    opening = text.index("*/") + 2
    header = Header(comment_lines(text[:opening]), [])
    comment, place = [], opening
    piece = re.compile(r"\s+|/\*.*?\*/|#(?:[^\\\n]|\\\n|\\)*|extern \"C\" \{|\}", re.S)
    while place < len(text):
        match = piece.match(text, place)
        code = match[0] if match else text[place:end_of_declaration(text, place)]
        own_line = text[:place].rpartition("\n")[2].strip() == ""
        place += len(code)
        items = header.sections[-1].items if header.sections else None
        if code.isspace():
            if code.count("\n") > 1:
                if items == [] and comment:
                    header.sections[-1].remarks += [*comment, ""]
                comment = []
        elif code.startswith("/*"):
            section = re.match(r"/\* -{4} (.*?) -+ \*/", code)
            if section:
                header.sections.append(Section(section[1]))
            elif own_line:
                comment = comment_lines(code)
            elif items:
                items[-1].comment += comment_lines(code)
        elif code.startswith("#ifdef FLOORBUS_NO_INLINE"):
            # The same functions once more, without what is said of them.
            place = text.index("#else", place)
        else:
            if items is not None and (not match or code.startswith("#define")):
                items.append(item(code, comment))
            comment = []
    return header
