"""Mistakes in `rest` of an operation: each at its place, with what is allowed and what was meant."""

from textwrap import dedent

import pytest

from tests.conftest import BASE, build
from tests.core.checking.test_documents import words

READ, ORDER = "operations/readThing.yaml", "operations/orderThing.yaml"
ALONE = """\
operation: readThing
title: Reads a thing
service: Thing
version: "1.0"
kind: read
parameters:
  pointId: {$ref: "types.yaml#/pointId"}
response: {paths: {name: name, rows: "rows[].{date: d}"}}
rest:
  endpoint: office
  path: /things/${pointId}
"""


def told(texts):
    return [words(one) for one in build(texts, {**BASE, ORDER: ""} if READ in texts else BASE)[1]]


def beside(rest, file=READ):
    return {file: dedent(BASE[file]) + dedent(rest)}


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (
            "rest: {endpoint: office, path: '/things/${pointld}'}\n",
            [f'SGE031 {READ}:20:43 unknown name "pointld" → pointId'],
        ),
        (
            "rest: {endpoint: office, path: /x, paths: {nam: id}}\n",
            [
                f'SGE031 {READ}:20:44 readThing has no output "nam" → name (both wires give the same)'
            ],
        ),
        (
            "rest: {endpoint: office, path: /x, echo: {pointId: id}}\n",
            [f'SGE031 {READ}:20:43 readThing has no echo "pointId" (both wires give the same)'],
        ),
        (
            "rest: {endpoint: office, path: /x, body: {a: 1}}\n",
            [f"SGE042 {READ}:20:36 a GET has no body (name a method, as POST)"],
        ),
        (
            "rest: {endpoint: office, path: /x, paths: {name: 'id['}}\n",
            None,
        ),
    ],
)
def test_a_mistake_beside_an_envelope(rest, expected):
    found = [one for one in told(beside(rest)) if ORDER not in one]
    if expected is None:
        assert len(found) == 1
        assert f"{READ}:20" in found[0]
    else:
        assert [one.partition(" ")[2] for one in found] == [
            one.partition(" ")[2] for one in expected
        ]


def test_an_order_by_rest_is_no_get_and_says_what_the_same_order_is():
    rest = "rest: {endpoint: office, path: '/orders/${pointId}'}\n"
    found = [one.partition(" ")[2] for one in told(beside(rest, ORDER))]
    assert found == [
        f"{ORDER}:20:1 an order is no GET: caches and proxies repeat them (name a method, as POST)",
        (
            f"{ORDER}:20:1 an order on two wires needs `same`: an order lost on one bars the other"
            " (say by `same` what is ordered, on which terms)"
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "words_"),
    [
        ("", "", None),
        ("endpoint: office", "endpoint: ofice", 'no environment has a service "ofice"'),
        ("  path: /things/${pointId}", "  path: /things", 'does not use the parameter "pointId"'),
        ("rest:", "route: {soap_action: x}\nrest:", 'the key "envelope" is missing'),
        ("  path:", "  methode: GET\n  path:", 'unknown key "methode" → method'),
        ("path: /things", "path: https://h/things", "a path behind the service's address"),
        ("  path:", "  headers: {Host: h}\n  path:", "HTTP sets the header Host itself"),
    ],
)
def test_an_operation_without_soap(old, new, words_):
    found = [one for one in told({READ: ALONE.replace(old, new, 1)}) if ORDER not in one]
    if words_ is None:
        assert found == []
    else:
        assert words_ in found[0], found


@pytest.mark.parametrize(
    ("_", "text"),
    [
        ("path", "path: '/things/${pointId}/${name}'"),
        ("headers", "path: '/things/${pointId}'\n  headers: {X-Name: '${name}'}"),
        ("body", "path: '/things/${pointId}'\n  method: POST\n  body: ['${name}']"),
        ("all", "path: '/things/${pointId}'\n  method: POST\n  body: '${[name]}'"),
    ],
)
def test_a_person_is_named_only_where_recordings_hide_it(_, text):
    personal = "  name: {type: string, personal: true}\nresponse:"
    alone = ALONE.replace("response:", personal, 1).replace("path: /things/${pointId}", text)
    found = [one for one in told({READ: alone}) if ORDER not in one]
    assert any("the personal parameter name can be hidden only in a member" in one for one in found)
    assert READ in found[0]


def test_an_environment_says_what_its_services_need():
    here = "environments/here.yaml"
    text = "\n".join(
        line for line in dedent(BASE[here]).splitlines() if not line.startswith(("login", "contr"))
    )
    services = "sge: {owner: Enedis, needs: [generation, login]}\n"
    texts = {here: text, "operations/services.yaml": services}
    assert [words(one) for one in build(texts)[1]] == [
        f'SGE013 {here}:5:3 the key "login" is missing (operations of sge read it)'
    ]
    alone = text.replace('  sge: {base_url: "https://sge.example.org", route: direct}\n', "")
    told_ = build({**texts, here: alone, ORDER: "", READ: ALONE})[1]
    assert [words(one) for one in told_ if ORDER not in words(one)] == []
