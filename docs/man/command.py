"""The pages of the command: floorbus(1), and floorbus-SUB(1) for every subcommand, from what
`floorbus --experimental-dump-help` says (swift-argument-parser's description of itself)."""
import json
import subprocess

from library import see_also
from roff import escaped


def describe(program):
    """The command's own description of itself, as the root command."""
    result = subprocess.run(
        [program, "--experimental-dump-help"], capture_output=True, text=True, check=False)
    if result.returncode != 0 or not result.stdout.startswith("{"):
        raise SystemExit(f"man-pages: {program} --experimental-dump-help failed: {result.stderr}")
    return json.loads(result.stdout)["command"]


def shown(things):
    return [thing for thing in things or [] if thing.get("shouldDisplay", True)]


def subcommands(command):
    return [sub for sub in shown(command.get("subcommands")) if sub["commandName"] != "help"]


def arguments(command):
    """The arguments but those that every command has."""
    return [
        argument for argument in shown(command.get("arguments"))
        if argument.get("valueName") not in ("help", "version")
    ]


def option(argument):
    """How an argument is written: its names and value, in roff."""
    value = rf"\fI{escaped(argument.get('valueName', ''))}\fP"
    if argument["kind"] == "positional":
        return value
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    names = ", ".join(
        rf"\fB{escaped(dashes[name['kind']] + name['name'])}\fP" for name in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} {value}"


def synopsis(path, command):
    """The usage: what must be said, and that there is more."""
    words = [rf"\fB{escaped(path)}\fP"]
    listed = arguments(command)
    if subcommands(command):
        words.append(r"\fIcommand\fP")
    if path == "floorbus" or any(a["kind"] != "positional" and a["isOptional"] for a in listed):
        words.append(r"[\fIoptions\fP]")
    words += [option(a) for a in listed if a["kind"] != "positional" and not a["isOptional"]]
    for argument in (a for a in listed if a["kind"] == "positional"):
        word = option(argument) + ("..." if argument["isRepeating"] else "")
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def explain(page, command):
    """What a command does and its arguments; its subcommands not."""
    page.paragraph(command["abstract"])
    page.text(command.get("discussion", "").split("\n"))
    title = None
    for argument in arguments(command):
        if argument.get("sectionTitle") != title:
            title = argument.get("sectionTitle")
            page.paragraph(f"{title}:" if title else "Other options:")
        text = argument.get("abstract", "")
        if argument.get("allValues"):
            text += f" One of: {', '.join(argument['allValues'])}."
        if argument.get("defaultValue") not in (None, ""):
            text += f" The default is {argument['defaultValue']}."
        page.tagged(option(argument), text)


def command_page(path, command, make, also):
    name = path.replace(" ", "-")
    page = make(name, 1, [name], command["abstract"].rstrip("."))
    page.heading("SYNOPSIS")
    subs = subcommands(command)
    for sub in subs if path != "floorbus" else []:
        page.raw(synopsis(f"{path} {sub['commandName']}", sub), ".br")
    if path == "floorbus" or not subs:
        page.raw(synopsis(path, command))
    page.heading("DESCRIPTION")
    explain(page, command)
    if subs:
        page.heading("COMMANDS")
    for sub in subs:
        if path == "floorbus":
            page.tagged(rf"\fB{escaped(name)}\-{escaped(sub['commandName'])}\fP(1)",
                        sub["abstract"])
        else:
            page.subheading(f"{path} {sub['commandName']}")
            explain(page, sub)
    see_also(page, also)
    return page


def pages(program, make):
    """All pages: {"man1/floorbus-hub.1": text}."""
    root = describe(program)
    subs = subcommands(root)
    below = [(f"floorbus-{sub['commandName']}", 1) for sub in subs]
    found = {"man1/floorbus.1": command_page("floorbus", root, make, below + [("floorbus", 7)])}
    for sub in subs:
        path = f"floorbus {sub['commandName']}"
        found[f"man1/floorbus-{sub['commandName']}.1"] = command_page(
            path, sub, make, [("floorbus", 1)])
    return {place: str(page) for place, page in found.items()}
