"""The documented `--finally` flow mails a fleet's report through a real relay, and names nobody."""

import re
from pathlib import Path

import pytest
import yaml

from tests.relay import Relay
from tests.tools.fleet.conftest import energy, point, small

PAGE = Path(__file__).parents[3] / "docs" / "fleets.md"
FLOW = re.compile(r"^```yaml flow\n(flow: night-mail\n.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def relay():
    server = Relay()
    yield server
    server.close()


def test_the_flow_of_the_documentation_mails_counts_and_the_work_list_once(fleet, relay):
    here = fleet(2)
    small(here.folder, [1, 2]).write_text(f"pointId,days\n{point(1)},1\n{point(9)},1\n")
    (here.folder / "flows" / "night-mail.yaml").write_text(FLOW.search(PAGE.read_text())[1])
    for file in here.folder.glob("environments/*.yaml"):
        document = yaml.safe_load(file.read_text())
        sender = {"host": "127.0.0.1", "port": relay.port, "tls": "none", "from": "s@example.org"}
        file.write_text(yaml.safe_dump({**document, "relays": {"operators": sender}}))
    code, out, err = here.run(*energy("--finally", "night-mail"))
    assert code == 7, err
    (mail,) = relay.mails
    text = mail.get_content().replace("\r\n", "\n")
    assert mail["To"] == "night-watch@example.org"
    assert re.fullmatch(r"\S+ partial: 1 of 2 rows", mail["Subject"])
    assert text.startswith("1 failed, 0 wait for a person, 0 did not begin.\n\nCodes\n")
    assert re.search(r"^SGT\w+ x 1$", text, re.MULTILINE)
    assert re.search(r"^sgeflow run .*--only-failed", text, re.MULTILINE)
    assert point(9) not in text
    assert point(9) not in mail["Subject"]
    assert "night-watch" not in out + err
