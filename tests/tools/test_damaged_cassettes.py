"""A cassette that is damaged in any way is told as one: none of it is a bug of sgeflow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgeflow.cli.main import run
from sgeflow.errors import Exit

WHOLE = Path(__file__).parents[1] / "cassettes" / "check-identity-household.yaml"
TEXT = WHOLE.read_text("utf-8")
ODD = (
    *(None, True, 3, -1, 10**30, 2.5, float("nan"), "", "\x00", "x" * 70_000, [], [[]], {}),
    *({"a": 1}, "2025-13-45", b"\xff\xfe", ["a", 3], "é", "null", "!!binary"),
)
SIGNS = (b":", b" - ", b"'", b'"', b"&a", b"*a", b"!!x", b"\t", b"#", b"{", b"]", b"|")
BYTES = (b"\x00", b"\xff", b"\xed\xa0\x80", b"9" * 30, b"[" * 1_800, "\u202e".encode(), b"---\n")
NAMES = ("x", "body", "status", "headers", 3, None)


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for name, value in pairs:
        yield (*path, name)
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))


def damage_tree(chance: random.Random) -> bytes:
    """The cassette as YAML in which one thing lacks, is called otherwise, or is something odd."""
    tree = yaml.safe_load(TEXT)
    *way, name = chance.choice(list(places(tree)))
    inner = tree
    for step in way:
        inner = inner[step]
    kind = chance.randrange(4)
    if kind == 0:
        del inner[name]
    elif kind == 1 and isinstance(inner, dict):
        inner[chance.choice(NAMES)] = inner.pop(name)
    elif kind == 2 and isinstance(inner, list):
        inner.insert(0, inner[name])
    else:
        inner[name] = chance.choice(ODD)
    return yaml.safe_dump(tree, allow_unicode=True).encode()


def damage_bytes(chance: random.Random) -> bytes:
    """Its bytes with some of them lost, changed or added."""
    content = bytearray(TEXT.encode())
    at = chance.randrange(len(content))
    kind = chance.randrange(3)
    if kind == 0:
        del content[at : at + chance.choice((1, 2, 50, len(content)))]
    elif kind == 1:
        for _ in range(chance.choice((1, 3, 30))):
            content[chance.randrange(len(content))] = chance.randrange(256)
    else:
        content[at:at] = chance.choice(BYTES)
    return bytes(content)


def damage_lines(chance: random.Random) -> bytes:
    """Its lines with two of them changed about, or one that begins or ends otherwise."""
    lines = TEXT.encode().split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    if chance.randrange(2):
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines[one] = lines[one][chance.randrange(3) :] + chance.choice(SIGNS)
    return b"\n".join(lines)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the damaged cassette lies, and the state of the runs that replay it."""
    return tmp_path_factory.mktemp("damaged") / "cassette.yaml"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_no_damage_of_a_cassette_is_a_bug_of_sgeflow(seed, place, capsys):
    chance = random.Random(seed)
    damage = chance.choice((damage_tree, damage_tree, damage_lines, damage_bytes))
    place.write_bytes(damage(chance))
    replay = ("--env", "simulator", "--today", "2025-06-15", "--state", str(place.parent / "state"))
    words = chance.choice(
        (
            ("run", "check-identity", *replay, "--replay", str(place)),
            ("cassette", "check", str(place)),
            ("cassette", "audit", str(place)),
            ("cassette", "diff", str(place), str(WHOLE)),
        )
    )
    code = run(words)
    told = capsys.readouterr()
    assert code in tuple(Exit), told.err
    assert code is not Exit.BUG, f"{words[:2]}: {told.out}{told.err}"
    assert code == Exit.OK or told.out + told.err
