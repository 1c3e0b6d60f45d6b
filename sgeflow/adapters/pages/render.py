"""Fills a page template; style sheet and scripts are inside the page, allowed by their hashes."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sgeflow.locale.translate import language, translate
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.version import __version__

TEMPLATES = Path(__file__).parent / "templates"
SHEET = "page.css"
_APOSTROPHE = regex(r"(?<=[^\W\d_])&#39;(?=[^\W\d_])")  # an apostrophe in text
_BREAKS = regex(r"(?<=[._])|(?<=[a-z])(?=[A-Z])")
SHARED = {
    "skip": say("Skip to the figures"),
    "simulated": say("Simulated: made-up people, and nothing of it came from Enedis."),
    "simulated_tag": say("simulated"),
}
"""Texts that every page has."""


def render(
    template: str,
    words: Mapping[str, str],
    *,
    sheet: str = "",
    scripts: Sequence[str] = (),
    data: Any = None,
    **values: Any,
) -> str:
    """A page as text, in the reader's language; the same values give the same bytes.

    Args:
        template: a file of `templates/`, which extends `base.html.j2`.
        words: what stands in it whatever it shows, said; the template's `words.name`.
        sheet: a file of the same folder with rules behind those that all pages have.
        scripts: more files of it, in their order; the page allows no other code.
        data: plain data that the script finds, as JSON, in the element `data`.
        values: what the template names. Messages are told in the reader's language, all text is
            escaped; what is HTML or SVG already is `Markup`.
    """
    rules = _file(SHEET) + (_file(sheet) if sheet else "")
    code = "".join(map(_file, scripts))
    allowed_script = _hash(code) if code else "'none'"
    policy = (  # the page may show itself, with this style sheet and these scripts
        f"default-src 'none'; img-src data:; style-src {_hash(rules)}; "
        f"script-src {allowed_script}; base-uri 'none'; form-action 'none'"
    )
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    page = (
        _environment()
        .get_template(template)
        .render(
            words={**SHARED, **words},
            lang=language(),
            version=__version__,
            sheet=Markup(rules),
            script=Markup(code),
            policy=Markup(policy),
            # escaped, so that no text in the data can end the script element
            data=None if data is None else Markup(text.replace("<", "\\u003c")),
            breakable=breakable,
            command=_with_commands,
            **values,
        )
    )
    return _APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", page)


def breakable(code: str) -> Markup:
    """A name without spaces that may wrap between its words."""
    return Markup("<wbr>").join(_BREAKS.split(code))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_tell,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _tell(value: Any) -> Any:
    """A value for the reader: messages translated, HTML unchanged."""
    return translate(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _with_commands(text: str) -> Markup:
    """Text in the reader's language; parts between backticks become commands."""
    parts = escape(translate(text)).split("`")
    is_paired = len(parts) % 2
    marks = ("<code>", "</code>") if is_paired else ("`", "`")
    ends = (marks[place % 2] for place in range(len(parts) - 1))
    return Markup("").join(part + Markup(end) for part, end in zip(parts, [*ends, ""], strict=True))


@cache
def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
