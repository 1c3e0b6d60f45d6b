"""What an answer without a code quotes: the status or code of another attempt than this one.

A status proves something where nobody says otherwise. A page with 401 about a 504 was made by
somebody who had tried already, and nobody knows how often.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sgeflow.core.soap.xml import Element, local_name
from sgeflow.patterns import regex

_NUMBER = regex(r"(?<![\w.,:/#-])[1-5][0-9]{2}(?![\w%]|[.,:][0-9])")
CODE = regex(r"(?<!\w)(?:SGT[0-9][0-9A-Z]{2,3}|1015[0-9]{2}|30[0-9]{4}|90[0-9]{4})(?!\w)")
"""The form of SGE's codes, and of WSO2's numbers."""
_TAG = regex(r"<[^<>]*>")
_BARE = regex(r"[^a-z]+")
_UNSHOWN = ("style", "script")  # of a page, what no reader sees
_WORDS = ("timeout", "timedout", "etimedout")  # besides the statuses' own phrases


_PHRASES = {  # what pages say in place of a number; a time-out is among the words
    "badrequest": 400,
    "unauthorized": 401,
    "methodnotallowed": 405,
    "preconditionfailed": 412,
    "toomanyrequests": 429,
    "clientclosedrequest": 499,
    "internalservererror": 500,
    "notimplemented": 501,
    "badgateway": 502,
    "serviceunavailable": 503,
    "temporarilyunavailable": 503,
}


def quotes_another(text: str, status: int) -> bool:
    """Whether a text names another status than the one that it came with, or any code."""
    if CODE.search(text) or any(int(one) != status for one in _NUMBER.findall(text)):
        return True
    words = _BARE.sub("", text.lower())
    return any(word in words for word in _WORDS) or any(
        phrase in words for phrase, other in _PHRASES.items() if other != status
    )


def page_text(body: bytes) -> str:
    """What a page, or plain words, says to its reader."""
    import html

    text = body.decode("utf-8", "replace")
    for name in _UNSHOWN:
        text = "".join(_outside(text, name))
    return html.unescape(_TAG.sub(" ", text))


def tree_text(root: Element) -> str:
    """What an XML document says to its reader."""
    parts = [
        part
        for node in root.iter("*")
        for part in (node.tail, None if local_name(node).lower() in _UNSHOWN else node.text)
    ]
    return " ".join(part for part in parts if part)


def json_text(document: Any) -> str:
    """All texts and numbers of a JSON document."""
    return " ".join(map(str, _leaves(document)))


def _outside(text: str, name: str) -> Iterator[str]:
    """The parts of a page outside of an element; one without an end is no element."""
    lower, begun = text.lower(), 0
    while (start := lower.find(f"<{name}", begun)) >= 0:
        end = lower.find(f"</{name}", start)
        if end < 0:
            break
        yield text[begun:start]
        begun = end
    yield text[begun:]


def _leaves(document: Any) -> Iterator[Any]:
    waiting = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            yield one
