"""Answers of the simulator before they become bytes on a socket."""

import json
from html import escape
from http import HTTPStatus
from typing import Any

from msgspec import Struct

XML = "text/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Reply(Struct, frozen=True):
    """One HTTP answer; `outcome` is its entry in the log of requests."""

    status: int
    body: bytes
    content_type: str
    outcome: str = "ok"
    retry_after: int | str | None = None  # seconds, or an HTTP date
    date: str = ""  # the server's clock, as an HTTP date
    headers: tuple[tuple[str, str], ...] = ()  # further headers


def json_reply(status: int, content: Any, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """An answer in JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    outcome = "ok" if status < HTTPStatus.BAD_REQUEST else f"HTTP{status}"
    return Reply(status, body, JSON, outcome, headers=headers)


def page(status: int, title: str, text: str) -> Reply:
    """An HTML page, as a web server in front of a service would answer."""
    html = (
        f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>\n"
    )
    return Reply(status, html.encode(), HTML, f"HTTP{status}")
