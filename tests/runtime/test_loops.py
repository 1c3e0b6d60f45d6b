"""A step that is repeated with a cursor: each turn has what the last one gave, up to a limit."""

import json
import os
import re
import signal
from threading import Event

import pytest

from tests.clocks import TODAY
from tests.crm import NAMES, OPERATIONS, Crm
from tests.crm import PAGES as BY_PAGE
from tests.here import run_here
from tests.processes import ROOT, start

ENVIRONMENT = """
environment: real
title: A CRM
services:
  city: {{base_url: {url}}}
  crm: {{base_url: {url}}}
  api: {{base_url: {url}/api}}
"""
PAGES = """
  - id: pages
    repeat: {with: {page: 1}, next: {page: "${sum([turn.page, 1])}"}, until: empty(this.body)}
    http: {service: city, path: /names, query: {page: "${turn.page}"}}
"""
LINKS = """
  - id: pages
    repeat: {next: {address: "${this.body.next}"}, until: "!present(this.body.next)"}
    http: {service: api, path: /links, query: {from: 1}, link: "${turn.address}"}
"""
ORDERS = """
  - id: pages
    repeat:
      with: {page: 1}
      next: {page: "${sum([turn.page, 1])}"}
      until: length(this.names.body) < 2
    steps:
      - {id: names, http: {service: city, path: /names, query: {page: "${turn.page}"}}}
      - id: add
        http: {service: city, method: POST, path: /names, body: {first: "${steps.names.body[0]}"}}
"""
CURSOR = """
  - {id: login, call: login, with: {user: agent}}
  - id: pages
    repeat: {next: {cursor: "${this.cursor}"}, until: "!present(this.cursor)"}
    choose:
      - id: first
        when: turn.cursor == null
        call: query
        with: {session: "${steps.login.session}"}
      - id: more
        call: queryMore
        with: {session: "${steps.login.session}", cursor: "${turn.cursor}"}
  - {id: logout, call: logout, with: {session: "${steps.login.session}"}}
"""


class Names(Crm):
    """The CRM, which also gives the pages of its names by REST, and takes orders."""

    def __init__(self):
        super().__init__()
        self.waits = None  # an event; the third page, or the order of the second, waits for it
        self.waits_at_order = False
        self.reached = Event()
        self.routes["GET", "/names"] = self._numbered
        self.link = "{url}/api/links?from={number}"  # to a page
        self.routes["GET", "/api/links"] = self._linked
        self.routes["POST", "/names"] = self._take

    def answer(self, method, address, headers, body):
        base = super() if body.startswith(b"<") else super(Crm, self)
        return base.answer(method, address, headers, body)

    def _take(self, _, body):
        if body["first"] == "Cy" and self.waits_at_order:
            self.reached.set()
            self.waits.wait()
        return 201, body

    def _linked(self, query, _):
        number = int(query["from"])
        link = self.link.format(url=self.url, number=number + 1)
        return 200, {
            "names": BY_PAGE[number - 1],
            "next": link if number < len(BY_PAGE) else None,
        }

    def _numbered(self, query, _):
        number = int(query["page"])
        if number == 3 and self.waits and not self.waits_at_order:
            self.reached.set()
            self.waits.wait()
        return 200, BY_PAGE[number - 1] if number <= len(BY_PAGE) else []


class Place:
    def __init__(self, folder, crm):
        self.folder, self.crm = folder, crm
        (folder / "environments").mkdir()
        (folder / "flows").mkdir()
        (folder / "operations").mkdir()
        (folder / "environments" / "real.yaml").write_text(ENVIRONMENT.format(url=crm.url))
        for name, text in OPERATIONS.items():
            (folder / "operations" / f"{name}.yaml").write_text(text)
        own = {"COLUMNS": "200", "SGEFLOW_STATE": str(folder / "state")}
        self.known = {**os.environ, "PYTHONPATH": str(ROOT), **own}

    def write(self, steps, outputs="pages: steps.pages"):
        text = f"flow: all\ntitle: All names\nsteps:{steps}outputs:\n  {outputs}\n"
        (self.folder / "flows" / "all.yaml").write_text(text)

    def run(self, *words, **known):
        return run_here(self.folder, words, {**self.known, **known})

    def flow(self, *words, **known):
        fixed = ("--env", "real", "--today", TODAY, "--run", "one", "--output", "json")
        return self.run("run", "all", *fixed, *words, **known)

    def kill(self):
        """Kill a run at the wait of the service, which then goes on."""
        self.crm.waits = Event()
        words = ("run", "all", "--env", "real", "--today", TODAY, "--run", "one")
        process = start("sgeflow", words, self.folder, self.known)
        assert self.crm.reached.wait(60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.crm.waits.set()

    def ordered(self):
        return [json.loads(body)["first"] for body in self.crm.bodies if body]

    def numbers(self):
        return [int(query["page"]) for _, _, query in self.crm.asked]


@pytest.fixture
def place(tmp_path):
    crm = Names()
    yield Place(tmp_path, crm)
    crm.close()


def test_a_cursor_of_soap_leads_through_all_pages(place):
    place.write(CURSOR, "names: steps.pages[].names[]")
    code, out, err = place.flow()
    assert code == 0, out + err
    assert json.loads(out)["outputs"]["names"] == NAMES
    assert place.crm.cursors == ["", "page-2", "page-3"]
    assert place.crm.names == ["login", "query", "queryMore", "queryMore", "logout"]


def test_a_page_number_counts_up_to_the_empty_page(place):
    place.write(PAGES, "names: steps.pages[].body[]")
    code, out, err = place.flow()
    assert code == 0, out + err
    assert json.loads(out)["outputs"]["names"] == NAMES
    assert place.numbers() == [1, 2, 3, 4]


LINK_FORMS = ["{url}/api/links?from={number}", "/api/links?from={number}", "?from={number}"]


@pytest.mark.parametrize("link", [*LINK_FORMS, "links?from={number}&é={number}#there"])
def test_a_link_leads_to_the_next_page(place, link):
    place.crm.link = link
    place.write(LINKS, "names: steps.pages[].body.names[]")
    code, out, err = place.flow()
    assert code == 0, out + err
    assert json.loads(out)["outputs"]["names"] == NAMES
    assert [query["from"] for _, _, query in place.crm.asked] == ["1", "2", "3"]


FOREIGN = [
    "https://crm.example/api/links?from={number}",
    "//crm.example/api/links",
    "{url}.example/api/links",
    "{url}/apis/links",
    "{url}/names?page={number}",
    "/names",
    "../names",
    "{url}/api/../names",
    "{url}/api/%2e%2E/names",
    "{url}/api/.\n./names",
    "http://[crm/api",
    "mailto:crm",
    "",
]


@pytest.mark.parametrize("link", FOREIGN)
def test_a_link_that_leaves_the_service_is_refused_before_anything_is_sent(place, link):
    place.crm.link = link
    place.write(LINKS)
    words = ("run", "all", "--env", "real", "--today", TODAY)
    code, _, err = place.run(*words)
    assert (code, len(place.crm.asked)) == (3, 1), err
    assert re.search(r"the link leads to .+, and not to an address of service api", err)
    assert f"an address within {place.crm.url}/api" in err
    assert "flows/all.yaml:6:" in err


def test_a_group_is_repeated_as_a_whole_and_a_list_once_for_each_item(place):
    place.write(
        """
  - id: pages
    foreach: [1, 2]
    as: first
    repeat:
      with: {page: "${first}"}
      next: {page: "${sum([turn.page, 1])}", last: "${this.names.body[-1]}"}
      until: length(this.names.body) < 2
    steps:
      - {id: names, http: {service: city, path: /names, query: {page: "${turn.page}"}}}
      - {id: seen, set: {last: "${turn.last}"}}
""",
        "lasts: steps.pages[].seen.last",
    )
    code, out, err = place.flow()
    assert code == 0, out + err
    assert place.numbers() == [1, 2, 3, 2, 3]
    assert json.loads(out)["outputs"]["lasts"] == ["Bo", "Di", "Di"]


@pytest.mark.parametrize("limit", [2, 3])
def test_a_loop_that_reaches_its_limit_fails_and_says_why(place, limit):
    place.write(PAGES.replace("until:", f"limit: {limit}, until:"))
    words = ("run", "all", "--env", "real", "--today", TODAY)
    code, _, err = place.run(*words)
    assert (code, place.numbers()) == (5, list(range(1, limit + 1)))
    assert "the loop did not end within its limit" in err
    assert f"{limit} turns" in err
    assert "empty(this.body)" in err
    _, _, err = place.run(*words, SGEFLOW_LANG="fr")
    assert "la boucle n'a pas pris fin dans sa limite" in err
    assert f"{limit} tours" in err


def test_a_loop_that_ends_in_the_last_turn_of_its_limit_is_done(place):
    place.write(PAGES.replace("until:", "limit: 4, until:"))
    assert place.flow()[0] == 0


def test_a_cursor_that_comes_again_ends_the_loop_with_an_error(place):
    place.crm.is_endless = True
    place.write(CURSOR)
    words = ("run", "all", "--env", "real", "--today", TODAY)
    code, _, err = place.run(*words)
    assert (code, place.crm.cursors) == (5, ["", "page-2", "page-3"])
    assert "the loop came back to an earlier turn" in err
    assert "4, with the values of turn 3" in err
    assert "page-3" not in err
    _, _, err = place.run(*words, SGEFLOW_LANG="fr")
    assert "4, avec les valeurs du tour 3" in err


def test_a_killed_loop_goes_on_at_the_turn_where_it_was(place):
    place.write(PAGES, "names: steps.pages[].body[]")
    place.kill()
    code, out, err = place.run("resume", "one", "--output", "json")
    assert code == 0, out + err
    assert json.loads(out)["outputs"]["names"] == NAMES
    assert place.numbers() == [1, 2, 3, 3, 4]


def test_an_order_leaves_once_in_each_turn_of_a_killed_loop(place):
    place.write(ORDERS)
    place.kill()
    assert place.ordered() == ["Ada", "Cy"]
    code, out, err = place.run("resume", "one")
    assert code == 0, out + err
    assert place.ordered() == ["Ada", "Cy", "Eve"]


def test_an_order_that_was_under_way_when_its_loop_was_killed_is_not_sent_again(place):
    place.write(ORDERS)
    place.crm.waits_at_order = True
    place.kill()
    for _ in range(2):
        assert place.run("resume", "one")[0] == 8
    assert place.ordered() == ["Ada", "Cy"]


def test_each_row_of_a_fleet_has_turns_of_its_own(place):
    place.write(PAGES.replace("{page: 1}", '{page: "${inputs.first}"}'))
    flow = place.folder / "flows" / "all.yaml"
    flow.write_text(
        flow.read_text().replace("steps:", "inputs: {first: {type: integer}}\nsteps:", 1)
    )
    (place.folder / "rows.csv").write_text("first\n1\n3\n")
    words = ("run", "all", "--env", "real", "--today", TODAY, "--each", "rows.csv")
    code, out, err = place.run(*words, "--jobs", "1")
    assert code == 0, out + err
    assert place.numbers() == [1, 2, 3, 4, 3, 4]


def test_a_flow_test_gives_each_turn_a_stub(place):
    place.write(PAGES, "names: steps.pages[].body[]")
    services = "services: {city: {base_url: https://city.example, stubs: {}}}\n"
    simulated = f"environment: stubs\ntitle: Stubs\nsimulated: true\n{services}"
    (place.folder / "environments" / "stubs.yaml").write_text(simulated)
    (place.folder / "tests").mkdir()
    (place.folder / "tests" / "all.test.yaml").write_text(
        """
test: all
title: All pages
flow: all
environment: stubs
today: 2025-06-15
cases:
  two:
    stubs: {city: {GET /names?page=1: {body: [A]}, GET /names?page=2: {body: []}}}
    expect: {outputs: {names: [A]}, times: {GET city/names: 2}}
"""
    )
    code, out, err = place.run("test")
    assert code == 0, out + err
    assert place.crm.asked == []


def test_the_pages_of_the_flow_and_of_the_run_show_its_turns(place):
    place.write(PAGES)
    assert place.flow()[0] == 0
    code, page, err = place.run("page", "flow", "all", "-o", "-")
    assert code == 0, err
    assert "repeat until empty(this.body)" in page
    assert place.run("page", "run", "one", "-o", "run.html")[0] == 0
    page = (place.folder / "run.html").read_text()
    assert all(f"pages, {number}" in page for number in (1, 2, 3, 4))


@pytest.mark.parametrize("steps", [CURSOR, PAGES, LINKS])
def test_a_recording_of_all_turns_replays(place, steps):
    place.write(steps)
    first = place.flow("--record", "said.yaml")
    place.crm.asked.clear()
    place.crm.cursors.clear()
    words = ("run", "all", "--env", "real", "--today", TODAY, "--output", "json")
    code, out, err = place.run(*words, "--replay", "said.yaml", "--state", "other")
    assert code == 0, out + err
    assert json.loads(out)["outputs"] == json.loads(first[1])["outputs"]
    assert (place.crm.asked, place.crm.cursors) == ([], [])


def test_a_dry_run_shows_the_first_turn(place):
    place.write(PAGES)
    code, out, err = place.flow("--dry-run")
    assert code == 0, out + err
    assert "/names?page=1" in out
    assert place.crm.asked == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('turn.page}"}}', 'turn.pge}"}}', "turn.page"),
        ("until:", "untill:", "until"),
        ("next:", "nxt:", "next"),
        ("until: empty(this.body)", "until: empty(this.bdy)", "body"),
        ("until: empty(this.body)", "until: length(this.body)", "true or false"),
        ("until:", "limit: 0, until:", "limit"),
        ("sum([turn.page, 1])", "sum([trun.page, 1])", "turn"),
        ("{page: 1}", '{page: "${this.body}"}', "only until, repeat, poll and undo can read this"),
        ("repeat:", "on_item_error: keep\n    repeat:", "on_item_error needs a foreach"),
    ],
)
def test_wrong_words_are_found_before_anything_is_sent(place, old, new, word):
    assert old in PAGES
    place.write(PAGES.replace(old, new))
    code, out, err = place.run("validate")
    assert code == 3
    assert word in out + err
    assert re.search(r"flows/all\.yaml:[567]\.?[:.]", out + err)


def test_turn_belongs_to_the_step_with_repeat(place):
    place.write(PAGES + '  - {id: after, set: {x: "${turn.page}"}}\n')
    code, out, err = place.run("validate", SGEFLOW_LANG="fr")
    assert code == 3
    assert "seule une étape avec repeat peut lire turn" in out + err


def test_a_value_of_a_turn_has_the_type_that_the_parameter_takes(place):
    values = "{with: {cursor: [1]}, next: {cursor: [2]}"
    place.write(CURSOR.replace('{next: {cursor: "${this.cursor}"}', values))
    code, out, err = place.run("validate")
    assert code == 3
    assert "cursor cannot be a list" in out + err


def test_show_leads_from_a_turn_to_its_values(place):
    place.write(PAGES)
    code, out, err = place.run("show", "all", "turn.page")
    assert code == 0, out + err
    assert "a turn of step pages" in out
