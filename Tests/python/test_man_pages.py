"""The manual pages say everything the header says: read here with plain searches, not with the
parser of docs/man."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
HEADER = (ROOT / "include/floorbus.h").read_text(encoding="utf-8")


def plain(roff):
    """A page's text, without fonts and escapes."""
    text = re.sub(r"\\f[BIPR]", "", roff)
    for escape, meaning in {r"\-": "-", r"\(aq": "'", r"\(dq": '"', r"\&": ""}.items():
        text = text.replace(escape, meaning)
    return text


class ManPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        out = pathlib.Path(cls.folder.name) / "man"
        subprocess.run(
            [sys.executable, "-B", ROOT / "docs/man/pages.py", out, "1.2.3", "86400"], check=True)
        cls.pages = {
            str(path.relative_to(out)): path.read_text(encoding="utf-8")
            for path in out.glob("man*/*")
        }
        cls.overview = plain(cls.pages["man7/floorbus.7"])

    def test_every_function_has_its_page_with_its_declaration_and_what_it_returns(self):
        functions = (ROOT / "include/floorbus.symbols").read_text(encoding="utf-8").split()
        self.assertGreater(len(functions), 10)
        for function in functions:
            page = self.pages[f"man3/{function}.3"]
            link = re.fullmatch(r"\.so (man3/floorbus_\w+\.3)\n", page)
            page = plain(self.pages[link[1]] if link else page)
            self.assertRegex(page, rf'\n\.B "[^"]*\b{function}\(')
            self.assertIn(f"{function}()\n", page.partition('.SH "RETURN VALUE"')[2])

    def test_every_number_and_every_member_is_in_the_overview(self):
        numbers = re.findall(r"\b(FLOORBUS_[A-Z_]+ = -?\d+)", HEADER)
        members = re.findall(r"^    \w[\w ]+[ *](\w+);", HEADER, flags=re.M)
        self.assertGreater(len(numbers), 100)
        self.assertGreater(len(members), 50)
        for number in numbers:
            self.assertIn(f".TP\n{number}\n", self.overview)
        for member in members:
            if member != "result":  # also a variable in floorbus_cstr
                self.assertRegex(self.overview, rf"\n\.TP\n[^\n]*\b{member}\n")

    def test_every_rule_is_in_the_overview_as_the_header_says_it(self):
        rules = re.findall(r"^ \*  (R\d+)  (\S+ \S+ \S+)", HEADER, flags=re.M)
        self.assertGreaterEqual(len(rules), 7)
        for name, words in rules:
            self.assertIn(f".TP\n{name}\n{words}", self.overview)

    def test_no_word_of_a_function_s_comment_is_lost(self):
        for comment, name in re.findall(
                r"/\*((?:(?!\*/).)*)\*/\nFLOORBUS_API[^(]*?(\w+)\(", HEADER, flags=re.S):
            page = self.pages[f"man3/{name}.3"]
            link = re.match(r"\.so (\S+)", page)
            words = set(re.findall(r"[\w']+", plain(self.pages[link[1]] if link else page)))
            for word in re.findall(r"[\w']+", comment):
                self.assertTrue({word, "FLOORBUS_" + word} & words, f"{word} of {name}")

    def test_the_date_and_the_version_are_those_it_was_given(self):
        for place, page in self.pages.items():
            if not page.startswith(".so "):
                self.assertIn(' 1970-01-02 "FloorBus 1.2.3" "FloorBus"\n', page, place)


if __name__ == "__main__":
    unittest.main()
