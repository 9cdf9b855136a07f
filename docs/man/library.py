"""The pages of the C library: floorbus(7), one page in section 3 for each group of functions, and
for every function a link to its group's page."""
import re

from roff import escaped

USAGE = "cc program.c $(pkg-config --cflags --libs floorbus)"


# What apropos(1) shows and searches, for each group of functions.
SUMMARIES = {
    "floorbus_library": "version, statuses, errors and ids of the FloorBus event bus",
    "floorbus_log": "be told what a FloorBus client or hub has for its operator",
    "floorbus_client": "open, close and watch a client of a FloorBus event bus",
    "floorbus_publish": "publish agent states, queues and figures of a call centre",
    "floorbus_help": "ask for help on a call-centre floor, claim it and answer",
    "floorbus_notes": "send, read and withdraw announcements and alerts of a call centre",
    "floorbus_answers": "wait for the hub's answer to a FloorBus publication",
    "floorbus_subscribe": "subscribe to agents, queues and events of a call centre, receive them",
    "floorbus_callbacks": "have a function called for each event of a FloorBus client",
    "floorbus_snapshot": "ask for present values, past events and who is there",
    "floorbus_embedded": "run a FloorBus hub inside a process",
    "floorbus_converters": "convert agent states of CSTA, TSAPI, TAPI, Finesse, Asterisk and "
                           "FreeSWITCH",
    "floorbus_conveniences": "short forms of FloorBus calls for help flags and texts",
}


def page_name(section):
    """The page of a group: floorbus_ and the first word of the group's name."""
    return "floorbus_" + re.match(r"\w+", section.name)[0]


def whole_names(lines, constants):
    """The header says E_AGAIN for FLOORBUS_E_AGAIN to save space; a page has space."""
    def whole(match):
        name = "FLOORBUS_" + match[0]
        return name if name in constants else match[0]
    return [re.sub(r"(?<!\w)E_[A-Z]+\b", whole, line) for line in lines]


def parameters(function):
    """The names of a function's parameters."""
    inside = function.code[function.code.index("(") + 1:function.code.rindex(")")]
    return [re.search(r"(\w+)\W*$", part)[1] for part in inside.split(",")]


def prototype(function):
    """The declaration in lines of at most 76 columns, parameters in italics."""
    head, _, rest = function.code.partition("(")
    parts = rest.removesuffix(");").split(", ")
    lines = [f"{head}({', '.join(parts)});"]
    if len(lines[0]) > 76:
        lines = [f"{head}("]
        for index, part in enumerate(parts):
            part += ");" if index == len(parts) - 1 else ","
            if index == 0 or len(lines[-1]) + len(part) > 75:
                lines.append("    " + part)
            else:
                lines[-1] += " " + part
    names = "|".join(map(re.escape, parameters(function)))
    italic = re.compile(rf"\b({names})(?=[,)\[])")
    italic_lines = [italic.sub(r"\\fI\1\\fB", escaped(line)) for line in lines]
    return [f'.B "{line}"' for line in italic_lines]


def parts(function):
    """A function's comment as (description, [(parameter, text)], what it returns)."""
    names = parameters(function)
    description, listed, rest = [], [], []
    for line in function.comment:
        entry = re.match(r"(\w+)  +(\S.*)$", line)
        if entry and entry[1] in names and not rest:
            listed.append([entry[1], entry[2]])
        elif listed and not rest and line.startswith("  "):
            listed[-1][1] += " " + line.strip()
        elif listed or rest:
            rest.append(line)
        else:
            description.append(line)
    if not listed:
        # Without a list of parameters the last sentences are told apart by their first words.
        whole = "\n".join(description)
        place = re.search(r"(?:^|(?<=\. ))(?:Any thread|Returns )", whole, flags=re.M)
        if place:
            description, rest = whole[:place.start()].split("\n"), [whole[place.start():]]
    rest = " ".join(" ".join(rest).split())
    before, returns, after = rest.partition("Returns ")
    return description, listed, before.strip(), (returns + after).strip()


def group_page(section, header, make, also):
    functions = section.functions()
    constants = header.enumerators()
    page = make(page_name(section), 3, [f.name for f in functions],
                SUMMARIES[page_name(section)])
    page.heading("SYNOPSIS")
    page.raw(".nf", ".B #include <floorbus.h>")
    for function in functions:
        page.raw(".PP", *prototype(function))
    page.raw(".fi")
    page.code([USAGE])
    page.heading("DESCRIPTION")
    if section.remarks:
        page.text(whole_names(section.remarks, constants))
    returned = []
    for function in functions:
        function.comment = whole_names(function.comment, constants)
        description, listed, threads, returns = parts(function)
        page.subheading(function.name + "()")
        page.text(description)
        for name, text in listed:
            page.tagged(rf"\fI{escaped(name)}\fP", text)
        if threads:
            page.paragraph(threads)
        if function.code.startswith("void "):
            returns = returns or "Nothing."
        returned.append((function.name, returns or description[0]))
    page.heading("RETURN VALUE")
    for name, text in returned:
        page.tagged(rf"\fB{escaped(name)}\fP()", text)
    see_also(page, also)
    return page


def see_also(page, names):
    page.heading("SEE ALSO")
    listed = [rf".BR {escaped(name)} ({section})" for name, section in names]
    page.raw(*[line + " ," if line != listed[-1] else line for line in listed])


def overview(header, make, also):
    """floorbus(7): the header's opening comment, its groups, its types and its numbers."""
    summary = header.opening[0].partition(" - ")[2].rstrip(".")
    page = make("floorbus", 7, ["floorbus"], summary)
    page.heading("SYNOPSIS")
    page.raw(".B #include <floorbus.h>")
    page.code([USAGE])
    page.heading("DESCRIPTION")
    rules, prose, in_prose = [], [], False
    for line in header.opening[2:]:
        begins = re.match(r" ?(R\d+)  (.*)", line)
        heading = re.match(r"(RULES)(?:, (.*))?$", line)
        if heading:
            page.text(prose)
            prose = []
            page.heading(heading[1])
            page.paragraph(f"These hold {heading[2]}." if heading[2] else "These hold always.")
        elif begins:
            rules.append([begins[1], begins[2]])
        elif rules and not in_prose and line.strip():
            rules[-1][1] += " " + line.strip()
        else:
            in_prose = bool(rules)
            prose.append(line)
    for name, text in rules:
        page.tagged(rf"\fB{name}\fP", text)
    if any(line.strip() for line in prose):
        page.heading("CONVENTIONS")
        page.text(prose)
    page.heading("FUNCTIONS")
    for section in filter(lambda section: section.functions(), header.sections):
        names = ", ".join(function.name for function in section.functions())
        page.tagged(rf"\fB{escaped(page_name(section))}\fP(3)", f"{section.name}: {names}")
    for section in header.sections:
        items = [item for item in section.items if item.kind != "function"]
        if items:
            page.heading(section.name.upper())
            for item in items:
                declaration(page, item, header.enumerators())
    see_also(page, also)
    return page


def declaration(page, item, constants):
    """A type or macro with its comment, and each of its members."""
    comment = whole_names(item.comment, constants)
    if item.kind in ("typedef", "define"):
        code = item.code.removeprefix("#define ")
        # An initialiser's braces say nothing to a reader.
        code = re.sub(r" ?\{.*", "", code)
        page.tagged(rf"\fB{escaped(code)}\fP", " ".join(comment))
        return
    page.subheading(item.name if item.kind == "struct" else common_name(item))
    page.text(comment)
    for code, text in item.members:
        page.tagged(rf"\fB{escaped(code)}\fP", " ".join(whole_names(text, constants)))


def common_name(item):
    """What the names of an enumeration begin with, as FLOORBUS_KIND_*."""
    if item.name == "FLOORBUS_OK":
        return "FLOORBUS_OK and FLOORBUS_E_*"
    return item.name[:item.name.index("_", len("FLOORBUS_")) + 1] + "*"


def pages(header, make):
    """All pages: {"man3/floorbus_wait.3": text}."""
    groups = [section for section in header.sections if section.functions()]
    names = [(page_name(section), 3) for section in groups]
    found = {"man7/floorbus.7": str(overview(header, make, [("floorbus", 1)] + names))}
    for section in groups:
        own = page_name(section)
        if f"man3/{own}.3" in found:
            raise SystemExit(f"man-pages: two groups of floorbus.h begin alike: {section.name}")
        also = [name for name in names if name[0] != own] + [("floorbus", 7)]
        found[f"man3/{own}.3"] = str(group_page(section, header, make, also))
    for section in groups:
        for function in section.functions():
            page = f"man3/{function.name}.3"
            if page in found and function.name != page_name(section):
                raise SystemExit(f"man-pages: {function.name} is the name of another group's page")
            found.setdefault(page, f".so man3/{page_name(section)}.3\n")
    return found
