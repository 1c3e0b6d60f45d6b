"""A page and its French one say the same: section by section, what has no language is equal.

The words are free. Headings, examples, commands, rows of tables, items of lists, what stands
between backticks, links and figures are not, so a page that says something new is noticed here.
"""

import os
import re
from dataclasses import asdict, dataclass
from itertools import zip_longest

import pytest
import yaml

from docs.generate.languages import READMES, SWITCH, anchors, headings, pieces, prose, translated
from tests.docs.pages import DOCS, ROOT, blocks_of

PAIRS = {
    french.relative_to(ROOT).as_posix(): (english, french)
    for english, french in translated().items()
}
WORDS = ("title", "description", "message", "hint")  # keys of documents whose texts have a language
_SECTION = re.compile(r"^(?=#{1,6} )", re.MULTILINE)
_BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Facts:
    """The content of a section that is equal in every language."""

    depth: int
    blocks: list[str]
    rows: int
    items: int
    code: list[str]
    links: list[str]
    figures: list[str]


def sections(text):
    """The sections of a page; a block is no section, whatever signs its lines begin with."""
    own = SWITCH.sub("", text, count=1)
    hidden = _BLOCK.sub(lambda found: found[0].replace("#", "\0"), own)
    return [one.replace("\0", "#") for one in _SECTION.split(hidden) if one.strip()]


def facts(section, page):
    text = prose(section)
    links = {place(link, page) for link in re.findall(r"\]\(([^)\s]+)\)", text)}
    cut = list(pieces(re.sub(r"\]\([^)]*\)", "]", text)))
    return Facts(
        depth=max((depth for depth, _ in headings(section)), default=0),
        blocks=[bare(block) for block in blocks_of(section)],
        rows=len(re.findall(r"^\|", text, re.MULTILINE)),
        items=len(re.findall(r"^ *(?:-|\d+\.) ", text, re.MULTILINE)),
        code=sorted({piece for is_code, piece in cut if is_code}),
        links=sorted(links),
        figures=sorted(set(figures(" ".join(piece for is_code, piece in cut if not is_code)))),
    )


def figures(text):
    """Numbers of two digits and more, without the signs between their digits."""
    joined = re.sub(r"(?<=\d)[\s\u202f\u00a0](?=\d{3}\b)", "", text)
    found = re.findall(r"(?<![\w.])\d+(?:[.,]\d+)*", joined)
    return [digits for one in found if len(digits := re.sub(r"[.,]", "", one)) > 1]


def place(link, page):
    """The target of a link: an English page, with the heading's number if it has a French one."""
    file, _, anchor = link.partition("#")
    if ":" in file:
        return link
    path = (page.parent / file).resolve() if file else page
    english = next((e for e, f in translated().items() if f == path), path)
    if anchor and english in translated() and english not in READMES:
        titles = anchors(path.read_text("utf-8"))
        anchor = str(titles.index(anchor)) if anchor in titles else anchor
    name = english.relative_to(ROOT).as_posix().replace(".fr.", ".en.")
    return name if english in READMES else f"{name}#{anchor}"


def bare(block):
    """A block without what has a language: a program's output, titles, comments."""
    marks = " ".join((block.language, *block.marks))
    if block.language == "console":
        return f"{marks}\n" + "\n".join(commands(block.text))
    if block.language == "diff":
        shown = re.sub(
            rf"^(.)( *(?:{'|'.join(WORDS)}):).*$", r"\1\2", block.text, flags=re.MULTILINE
        )
        return f"{marks}\n{shown}"
    if block.language == "yaml":
        return f"{marks}\n{yaml.safe_dump(silent(yaml.safe_load(block.text)))}"
    lines = (re.sub(r"\s*(?:#|--|//) .*$", "", line) for line in block.text.splitlines())
    return f"{marks}\n" + "\n".join(line for line in lines if line)


def commands(text):
    """The typed commands, without comments."""
    joined = text.replace("\\\n", "")
    return [re.sub(r" +# .*$", "", line) for line in joined.splitlines() if line.startswith("$ ")]


def silent(value):
    """A document without its texts; a key that stands for nothing but one is there still."""
    if isinstance(value, dict):
        return {
            k: "…" if k in WORDS and isinstance(v, str | dict) else silent(v)
            for k, v in value.items()
        }
    return [silent(one) for one in value] if isinstance(value, list) else value


def differences(english, french, here, there):
    """The differences of two texts, each with the title of its section."""
    for one, other in zip_longest(sections(english), sections(french), fillvalue=""):
        title = one.partition("\n")[0] or other.partition("\n")[0]
        first, second = asdict(facts(one, here)), asdict(facts(other, there))
        for name, value in first.items():
            if value != second[name]:
                yield title, name, only(value, second[name])


def only(value, other):
    """The items that only one of two lists has; both values if they are not lists."""
    if isinstance(value, list):
        left = [one for one in value if one not in other]
        right = [one for one in other if one not in value]
        return (left, right) if left or right else (value, other)
    return value, other


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_a_page_and_its_french_one_say_the_same(name):
    pair = PAIRS[name]
    found = list(differences(*(page.read_text("utf-8") for page in pair), *pair))
    assert found == []


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_each_leads_to_the_other_under_its_title(name):
    english, french = PAIRS[name]
    for page, other, words in ((english, french, "En français"), (french, english, "In English")):
        target = os.path.relpath(other, page.parent)
        assert f"\n\n*[{words}]({target})*\n\n" in page.read_text("utf-8").split("\n## ")[0]


def test_every_french_page_has_an_english_one_and_stands_in_bold_on_the_first_page():
    first = DOCS / "fr" / "README.md"
    text = first.read_text("utf-8")
    inside = [french for _, french in PAIRS.values() if french not in (*READMES, first)]
    assert [page.name for page in inside if not (DOCS / page.name).is_file()] == []
    bold = {(first.parent / one).resolve() for one in re.findall(r"\]\((\S+)\)\*\*", text)}
    assert bold == {*inside, READMES[1]}


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_a_french_page_leads_to_french_ones_where_there_are_any(name):
    _, french = PAIRS[name]
    text = prose(SWITCH.sub("", french.read_text("utf-8"), count=1))
    places = {
        link: (french.parent / link).resolve() for link in re.findall(r"\]\(([^)\s#:]+)", text)
    }
    assert [link for link, path in places.items() if path in translated()] == []


PAGE = """# Page

For all.

## One

See `this` and [that](flows.md): 1,000 of 12.5.

| a | b |
| --- | --- |
| 1 | 2 |

```console
$ sgeflow show # all
operations
```

```yaml
title: A text
flow: mine
```
"""


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("## One", "### One", ["depth"]),
        ("`this`", "`those`", ["code"]),
        ("flows.md", "errors.md", ["links"]),
        ("1,000", "2,000", ["figures"]),
        ("| 1 | 2 |", "| 1 | 2 |\n| 3 | 4 |", ["rows"]),
        ("sgeflow show", "sgeflow runs", ["blocks"]),
        ("flow: mine", "flow: other", ["blocks"]),
        ("## One", "- an item\n\n## One", ["items"]),
        ("title: A text\n", "", ["blocks"]),
        ("For all", "For everybody", []),
    ],
)
def test_what_a_page_says_alone_is_noticed(before, after, what):
    words = {"For all": "Pour tous", "One": "Un", "and": "et", "1,000": "1 000", "12.5": "12,5"}
    words |= {"# all": "# tout", "operations": "opérations", "A text": "Un texte"}
    french = PAGE.replace(before, after)
    for english, word in words.items():
        french = french.replace(english, word)
    assert before in PAGE
    found = [name for _, name, _ in differences(PAGE, french, DOCS / "one.md", DOCS / "one.md")]
    assert found == what


def test_a_section_that_one_page_has_alone_is_noticed():
    page = DOCS / "one.md"
    assert list(differences(f"{PAGE}\n## Two\n\nMore.\n", PAGE, page, page)) == [
        ("## Two", "depth", (2, 0))
    ]
    assert list(differences(PAGE, f"{PAGE}\n## Deux\n", page, page)) == [
        ("## Deux", "depth", (0, 2))
    ]
