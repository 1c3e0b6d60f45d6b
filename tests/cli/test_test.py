"""`sgeflow test`: what a person and a build server see of flow tests."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import ROOT, same_every_time

GOOD = """\
    title: The identity is right
    expect: {outputs: {verified: true, inseeCode: "69383"}}
"""
BAD = """\
    title: Three things are otherwise
    expect:
      outputs: {inseeCode: "69384"}
      never: [GET communes]
      check: length(calls) < 2
"""
UNLIKE = """\
    title: A structure is otherwise
    flow: delete-account
    scenario: settled
    expect: {outputs: {'@': {stopped: true, consentDeleted: false, measuresDeleted: 0}}}
"""


@pytest.fixture
def folder(tmp_path):
    """A project of its own: made by `folder(name="cases")`, files beside each other in tests/."""
    (tmp_path / "environments").mkdir()
    text = (ROOT / "environments" / "simulator.yaml").read_text("utf-8")
    (tmp_path / "environments" / "simulator.yaml").write_text(text)
    (tmp_path / "tests").mkdir()

    def make(**cases):
        for name, text in cases.items():
            head = f"test: {name}\ntitle: x\nflow: check-identity\ntoday: 2025-06-15\ncases:\n"
            path = tmp_path / "tests" / f"{name}.test.yaml"
            path.write_text(head + text, encoding="utf-8")
        return tmp_path

    return make


def test_tests_that_pass_end_with_0_and_a_line_each(sgeflow, folder):
    folder(one=f"  right:\n{GOOD}  again:\n{GOOD}", two=f"  right:\n{GOOD}")
    done = sgeflow("test")
    assert done.code == 0
    lines = same_every_time(done.out).splitlines()
    assert lines[0] == "tests/one.test.yaml"
    assert lines[1].startswith("  ✓ right  The identity is right   ")
    assert lines[3] == "tests/two.test.yaml"
    assert lines[-1] == "✓ 3 of 3 passed in 0.0 s"
    assert done.err == ""


def test_what_failed_is_told_with_what_was_expected_and_seen(sgeflow, folder, golden):
    folder(main=f"  good:\n{GOOD}  bad:\n{BAD}  unlike:\n{UNLIKE}")
    done = sgeflow("test")
    assert done.code == 1
    golden("test-failed.out.txt", same_every_time(done.out))


def test_a_narrow_terminal_still_shows_it(sgeflow, folder, golden, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder(main=f"  bad:\n{BAD}  unlike:\n{UNLIKE}")
    golden("test-failed-80.out.txt", same_every_time(sgeflow("test").out))


def test_colours_mark_what_was_expected_and_seen(sgeflow, folder, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    folder(main=f"  unlike:\n{UNLIKE}")
    out = sgeflow("test").out
    assert '\x1b[31m-  "consentDeleted": false' in out
    assert '\x1b[32m+  "consentDeleted": true' in out


def test_side_by_side_is_told_in_the_same_order(process, folder):
    cases = "".join(f"  case{n}:\n{GOOD}" for n in range(5))
    folder(main=cases)
    done = process("test", "--jobs", "3")
    assert done.code == 0, done.err
    names = [line.split()[1] for line in done.out.splitlines() if "✓ case" in line]
    assert names == [f"case{n}" for n in range(5)]


def test_words_choose_cases_by_file_name_and_title(sgeflow, folder):
    folder(one=f"  good:\n{GOOD}  bad:\n{BAD}", two=f"  good:\n{GOOD}")
    assert "1 of 1" in sgeflow("test", "-k", "one good").out
    assert "2 of 2" in sgeflow("test", "--filter", "identity").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-k", "nowhere"), 'no case has "nowhere" in its file, name or title'),
        (("--record",), "no case that was chosen names a cassette"),
        (("empty",), "there is no flow test in empty"),
        (("nowhere",), "there is no file or folder nowhere"),
        (("--jobs", "0"), "--jobs 0: one at least"),
    ],
)
def test_no_test_is_a_wrong_command_line(sgeflow, folder, words, message):
    (folder(main=f"  good:\n{GOOD}") / "empty").mkdir()
    done = sgeflow("test", *words)
    assert (done.code, done.out) == (2 if "nowhere" not in words[:1] else done.code, "")
    assert message in done.err


def test_a_mistake_in_a_test_ends_with_3_before_anything_runs(sgeflow, folder):
    folder(
        good=f"  good:\n{GOOD}", bad="  a: {expct: {}}\n  b: {expect: {outputs: {verfied: true}}}\n"
    )
    done = sgeflow("test")
    assert (done.code, done.out) == (3, "")
    assert 'unknown key "expct"' in done.err
    assert "tests/bad.test.yaml:6:7" in done.err


def test_validate_checks_flow_tests_too(sgeflow, folder):
    folder(good=f"  good:\n{GOOD}", bad="  b: {expect: {outputs: {verfied: true}}}\n")
    done = sgeflow("validate")
    assert done.code == 3
    assert 'unknown name "verfied"' in done.out
    assert sgeflow("validate", "tests/good.test.yaml").code == 0
    assert sgeflow("validate", "tests").code == 3


def test_a_cassette_that_is_missing_or_does_not_fit_ends_with_9(sgeflow, folder):
    case = "  one: {cassette: made.yaml, expect: {}}\n"
    folder(main=case)
    done = sgeflow("test")
    assert done.code == 9
    assert "sgeflow test tests/main.test.yaml --record" in done.out
    assert "did you mean" not in done.out
    recorded = sgeflow("test", "--record")
    assert recorded.code == 0
    assert "1 cassette recorded" in recorded.out
    assert sgeflow("test").code == 0
    folder(main=case.replace("expect", "inputs: {postalCode: '69100'}, expect"))
    done = sgeflow("test")
    assert done.code == 9
    assert "SGE601" in done.out


def test_a_failure_and_a_cassette_that_does_not_fit_end_with_1(sgeflow, folder):
    folder(main="  one: {cassette: made.yaml, expect: {}}\n")
    sgeflow("test", "--record")
    folder(
        main="  one: {cassette: made.yaml, inputs: {postalCode: '69100'}, expect: {}}\n"
        f"  bad:\n{BAD}"
    )
    assert sgeflow("test").code == 1


def test_programs_read_the_same(sgeflow, folder):
    folder(main=f"  good:\n{GOOD}  bad:\n{BAD}")
    done = sgeflow("test", "--output", "json")
    told = json.loads(done.out)
    assert (told["exit"], told["cases"], told["passed"], told["failed"]) == (1, 2, 1, 1)
    good, bad = told["results"]
    assert good["passed"] is True
    assert "problems" not in good
    assert bad["file"] == "tests/main.test.yaml"
    first = bad["problems"][0]
    assert (first["id"], first["file"], first["line"]) == ("SGE104", "tests/main.test.yaml", 12)
    assert {"label": "expected", "text": '"69384"'} in first["details"]


def test_a_build_server_reads_a_junit_file(sgeflow, folder):
    root = folder(main=f"  good:\n{GOOD}  bad:\n{BAD}", other=f"  good:\n{GOOD}")
    assert sgeflow("test", "--junit", "out/junit.xml", "-q").code == 1
    suites = ET.parse(root / "out" / "junit.xml").getroot()
    assert suites.attrib["tests"] == "3"
    assert suites.attrib["failures"] == "1"
    assert [suite.attrib["name"] for suite in suites] == [
        "tests/main.test.yaml",
        "tests/other.test.yaml",
    ]
    (failure,) = suites.iter("failure")
    assert "inseeCode differs" in failure.attrib["message"]
    assert 'expected  "69384"' in failure.text


def test_quiet_says_nothing_of_what_passes(sgeflow, folder):
    folder(main=f"  good:\n{GOOD}")
    done = sgeflow("test", "-q")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_the_tests_of_another_folder_are_about_its_own_project(sgeflow, folder, monkeypatch):
    root = folder(main=f"  good:\n{GOOD}")
    monkeypatch.chdir(Path("/"))
    assert sgeflow("test", str(root / "tests")).code == 0
    assert sgeflow("test", str(root), "--project", str(root)).code == 0


def test_a_folder_of_tests_holds_no_flows(sgeflow, folder):
    root = folder()
    (root / "tests" / "flows").mkdir()
    (root / "tests" / "flows" / "x.test.yaml").write_text(
        f"test: x\ntitle: x\nflow: check-identity\ntoday: 2025-06-15\ncases:\n  good:\n{GOOD}"
    )
    assert sgeflow("test", "tests/flows").code == 0
    assert sgeflow("validate", "--project", ".").code == 0


def test_a_cassette_that_is_missing_keeps_no_other_case_from_being_tried(sgeflow, folder):
    folder(main=f"  one: {{cassette: made.yaml, expect: {{}}}}\n  good:\n{GOOD}")
    done = sgeflow("test", "--junit", "junit.xml")
    assert done.code == 9
    assert "✓ good" in done.out
    assert "tests/main.test.yaml:6:19" in done.out
    assert ET.parse("junit.xml").getroot().attrib["failures"] == "1"
    assert sgeflow("test", "-k", "good").code == 0


def test_a_recording_takes_the_place_of_no_other_file(sgeflow, folder):
    made = folder(main="  one: {cassette: main.test.yaml, expect: {}}\n")
    written = (made / "tests" / "main.test.yaml").read_text("utf-8")
    done = sgeflow("test", "--record")
    assert done.code == 1
    assert "tests/main.test.yaml is not a cassette: it is not overwritten" in done.out
    assert (made / "tests" / "main.test.yaml").read_text("utf-8") == written
    ran = sgeflow("run", "check-identity", "--record", "environments/simulator.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert "is not a cassette" in ran.err


def test_a_test_that_cannot_be_read_stops_no_case_that_was_chosen_elsewhere(sgeflow, folder):
    path = folder(one=f"  right:\n{GOOD}", two=f"  wrong:\n{BAD}")
    (path / "tests" / "old.test.yaml").write_bytes(b"test: old\ntitle: \xe9t\xe9\n")
    (path / "tests" / "slip.test.yaml").write_text("test: slip\ntitle: [\n")
    chosen = sgeflow("test", "-k", "right", "--junit", "junit.xml")
    assert chosen.code == 3  # nobody knows what is in the others
    assert "✓ 1 of 1 passed" in chosen.out
    assert "old.test.yaml" in chosen.err
    assert "slip.test.yaml" in chosen.err
    assert Path("junit.xml").exists()
    as_json = sgeflow("test", "-k", "wrong", "-O", "json")
    document = json.loads(as_json.out)
    assert (as_json.code, document["exit"], document["failed"]) == (3, 3, 1)
    for words in ((), ("-k", "nothing")):
        refused = sgeflow("test", *words)
        assert (refused.code, refused.out) == (3, "")
        assert "old.test.yaml" in refused.err
    (path / "tests" / "old.test.yaml").unlink()
    (path / "tests" / "slip.test.yaml").unlink()
    assert sgeflow("test", "-k", "right").code == 0


def test_a_mistake_in_a_flow_is_told_once_and_not_again_by_its_tests(sgeflow, folder):
    made = folder(main="  a: {flow: own, expect: {skipped: [asked], measures: {load_curve: 1}}}\n")
    (made / "flows").mkdir()
    flow = made / "flows" / "own.yaml"
    flow.write_text(
        "flow: own\ntitle: x\nsteps:\n"
        "  - {id: askd, when: run.todya == 'x', http: {service: communes, path: /x}}\n"
    )
    done = sgeflow("validate")
    assert done.code == 3
    assert [line[:6] for line in done.out.splitlines() if line.startswith("SGE")] == ["SGE031"]
    flow.write_text(flow.read_text().replace("todya", "today"))
    assert "own has no step" in sgeflow("validate").out


def test_a_mistake_in_a_flow_is_told_once_for_all_cases_that_run_it(sgeflow, folder):
    expected = "flow: own, expect: {outcome: done}"
    made = folder(main=f"  a: {{{expected}}}\n  b: {{{expected}}}\n")
    (made / "flows").mkdir()
    (made / "flows" / "own.yaml").write_text(
        'flow: own\ntitle: x\nsteps:\n  - {id: a, set: {x: "${run.todya}"}}\n'
    )
    done = sgeflow("test")
    assert (done.code, done.out.count("SGE031")) == (1, 1)
    assert "✗ tests/main.test.yaml · a\n✗ tests/main.test.yaml · b\n\nSGE031" in done.out
    assert "2 failed" in done.out


def test_a_recording_without_an_exchange_leaves_the_one_that_is_there(sgeflow, folder):
    made = folder()
    assert sgeflow("run", "check-identity", "--record", "kept.yaml").code == 0
    kept = (made / "kept.yaml").read_bytes()
    for words in (("--scenario", "nonesuch"), ("postalCode=x",)):
        for file in ("kept.yaml", "new.yaml"):
            assert sgeflow("run", "check-identity", *words, "--record", file).code != 0
    assert (made / "kept.yaml").read_bytes() == kept


def test_what_another_program_recorded_is_not_overwritten(sgeflow, folder):
    made = folder()
    for text in ("interactions:\n- a\nversion: 1\n", "metadata:\n  other: 1\ninteractions: []\n"):
        (made / "theirs.yaml").write_text(text)
        ran = sgeflow("run", "check-identity", "--record", "theirs.yaml")
        assert (ran.code, ran.out) == (2, "")
        assert "theirs.yaml is not a cassette: it is not overwritten" in ran.err
        assert (made / "theirs.yaml").read_text() == text


def test_a_page_is_written_with_the_flows_beside_it_and_of_tests_that_cannot_be_read(
    sgeflow, folder
):
    folder(one=f"  good:\n{GOOD}  bad:\n{BAD}", other="  a: {expct: {}}\n")
    done = sgeflow("test", "-k", "one", "--html", "report.html")
    assert (done.code, "→ report.html" in done.err) == (3, True)
    page = Path("report.html").read_text("utf-8")
    assert "unknown key" in page.lower()
    assert page.count('href="report.check-identity.html"') == 3
    assert "Check" in Path("report.check-identity.html").read_text("utf-8")
