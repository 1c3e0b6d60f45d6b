"""A self-contained HTML page: totals of each service, and one row for each case."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.pages.render import breakable, render
from sgeflow.adapters.reports import count_verdicts
from sgeflow.locale.translate import translate
from sgeflow.messages import say, sentences

_WORDS = {
    "pass": say("as expected"),
    "fail": say("otherwise"),
    "stale": say("stale data"),
    "skipped": say("not tried"),
}
_HEAD = (
    say("case"),
    say("summary of the case"),
    say("time"),
    say("expected"),
    say("received"),
    say("verdict"),
    say("affaire"),
    say("service"),
)


def write(path: Path, document: Mapping[str, Any]) -> dict[str, int]:
    """Write the page."""
    with replace_file(path) as part:
        part.write_text(page(document), encoding="utf-8")
    return count_verdicts(document)


def page(document: Mapping[str, Any]) -> str:
    """The page as text, without scripts, loading nothing."""
    notes = []
    if document["simulated"]:
        notes.append(say("A rehearsal on simulated services: nothing of it came from Enedis."))
    if document["stopped"]:
        notes.append(
            say(
                "Not whole: stopped for {code}. Cases not tried: {count}; go on from {case}.",
                code=str(document["stopped"]),
                count=document["left"],
                case=str(document["next"]),
            )
        )
    content = (
        *(f'<p class="notice">{_as_html(words)}</p>' for words in notes),
        _facts(document),
        _counts(document),
        _services(document),
        *_cases(document),
    )
    return render(
        "homologation.html.j2",
        {},
        sheet="homologation.css",
        title=document["title"],
        content=Markup("\n".join(content)),  # noqa: S704 - escaped below
    )


def _facts(document: Mapping[str, Any]) -> str:
    times = [row["time"] for row in document["rows"]]
    facts = {
        say("release"): f"SGE {document['release']}",
        say(
            "environment"
        ): f"{document['environment']} · {translate(document['environmentTitle'])}",
        say("login"): document["login"],
        say("contract"): document["contractId"],
        say("first case"): _moment(min(times, default="")),
        say("last case"): _moment(max(times, default="")),
        say("run"): document["run"],
    }
    pairs = "".join(
        f"<dt>{_as_html(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items()
    )
    return f"<dl>{pairs}</dl>"


def _counts(document: Mapping[str, Any]) -> str:
    numbers = count_verdicts(document)
    items = [f"<li><b>{numbers['cases']}</b>{_as_html(say('cases'))}</li>"]
    items += [
        f'<li class="{name if numbers[name] else ""}"><b>{numbers[name]}</b>{_as_html(words)}</li>'
        for name, words in _WORDS.items()
    ]
    return f'<ul class="counts">{"".join(items)}</ul>'


def _services(document: Mapping[str, Any]) -> str:
    heads = [say("cases"), *_WORDS.values()]
    head = "".join(f'<th class="number">{_as_html(name)}</th>' for name in heads)
    rows = []
    for one in document["services"]:
        name = f"{breakable(one['service'])} {escape(one['version'])}"
        cells = "".join(_number(word, one[word]) for word in ("cases", *_WORDS))
        rows.append(f'<tr><td><a href="#{_anchor(one)}">{name}</a></td>{cells}</tr>')
    return (
        f"<h2>{_as_html(say('Services'))}</h2>"
        f'<div class="scroll" tabindex="0" role="group" aria-label="{_as_html(say("Services"))}">'
        f'<table class="services"><thead><tr><th>{_as_html(say("service"))}</th>{head}'
        "</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _number(word: str, count: int) -> str:
    colour = f" {word}" if word in _WORDS and count else ""
    return f'<td class="number{colour}">{count or "–"}</td>'  # noqa: RUF001 - a dash on purpose


def _cases(document: Mapping[str, Any]) -> Iterator[str]:
    head = "".join(f"<th>{_as_html(name)}</th>" for name in _HEAD)
    for one in document["services"]:
        key = (one["service"], one["version"])
        rows = [r for r in document["rows"] if (r["service"], r["version"]) == key]
        operation = f'<span class="soft">{breakable(rows[0]["operation"])}</span>'
        yield (
            f'<h2 id="{_anchor(one)}">{breakable(key[0])} {escape(key[1])} {operation}</h2>'
            f'<div class="cases" tabindex="0" role="group" aria-label="{escape(" ".join(key))}">'
            f"<table><thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(map(_case, rows))}</tbody></table></div>"
        )


def _case(row: Mapping[str, Any]) -> str:
    notes = [_as_html(row["message"])] if row["message"] else []
    if row["ends"]:
        notes.append(
            _as_html(say("Enedis planned to end this service in {month}", month=row["ends"]))
        )
    if row["stale"]:
        passed = row["verdict"] == "pass"
        lead = say("may come out otherwise") if passed else say("known")
        notes.append(_as_html(sentences(lead, row["stale"], between=": ")))
    remarks = "".join(f"<small>{note}</small>" for note in notes)
    cells = (
        ("case", escape(row["case"])),
        ("", _as_html(row["title"]) + remarks),
        ("time", _moment(row["time"])),
        ("", escape(row["expected"])),
        ("", escape(row["received"] or "–")),  # noqa: RUF001
        (f"verdict {row['verdict']}", _as_html(_WORDS[row["verdict"]])),
        ("", escape(row["affaireId"] or "")),
        ("", escape(row["serviceSouscritId"] or "")),
    )
    named = zip(_HEAD, cells, strict=True)
    row_html = "".join(
        f'<td class="{kind}" data-name="{_as_html(name)}">{text}</td>'
        for name, (kind, text) in named
    )
    return f'<tr class="{row["verdict"]}">{row_html}</tr>'.replace(' class=""', "")


def _anchor(service: Mapping[str, Any]) -> str:
    return escape(f"{service['service']}-{service['version']}")


def _as_html(words: str) -> str:
    """Text in the reader's language as HTML."""
    return escape(translate(words))


def _moment(text: str) -> str:
    """`2026-03-02T10:15:30+01:00` in a readable form, with its date and time unchanged."""
    day, _, clock = text.partition("T")
    return f"{day} {clock[:8]}".strip()
