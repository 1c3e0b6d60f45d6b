"""The page of a foreign service: a newcomer types it, and its flow runs on real services."""

import base64
import hashlib
import re
import shutil

import pytest
from lxml import etree

from tests.city import City
from tests.docs.pages import DOCS
from tests.docs.test_tutorial import Newcomer, actions

PAGES = {
    "en": (DOCS / "any-service.md").read_text(encoding="utf-8"),
    "fr": (DOCS / "fr" / "any-service.md").read_text(encoding="utf-8"),
}
SESSION = "d41d8cd98f00b204"
CRM, VAT = "urn:example:crm", "urn:example:vat"


class Services(City):
    """Both services of the page, strict about the session and about who logs in."""

    def __init__(self):
        super().__init__()
        self.calls = []
        self.refuses = ""  # an operation
        self.next = ""  # the address that a login returns

    def answer(self, method, address, headers, body):
        if method != "POST":
            return 200, {}
        envelope = etree.fromstring(body)
        (request,) = envelope.find("{*}Body")
        name = etree.QName(request)
        said = {etree.QName(one).localname: one.text for one in request}
        self.calls.append((address, name.localname, *said.values()))
        if name.localname == self.refuses:
            return 500, _envelope("<s:Fault><faultcode>s:Client</faultcode></s:Fault>")
        if name.namespace == CRM and name.localname != "login":
            assert envelope.findtext(f"{{*}}Header/{{{CRM}}}Session/{{*}}key") == SESSION
        if name.namespace == VAT:
            parts = (
                envelope.findtext(f".//{{*}}{one}") for one in ("Nonce", "Created", "Password")
            )
            nonce, created, digest = parts
            sent = base64.b64decode(nonce) + f"{created}secret".encode()
            assert digest == base64.b64encode(hashlib.sha1(sent).digest()).decode()
        return 200, _envelope(
            f'<{name.localname}Response xmlns="{name.namespace}">{self._content(**said)}'
            f"</{name.localname}Response>"
        )

    def _content(self, user="", cursor="", country="", vatNumber="", **_):  # noqa: N803
        if user:
            return f"<key>{SESSION}</key><server>{self.next}</server>"
        if country or cursor:
            company = cursor or "page-1"
            more = "" if cursor else "<cursor>page-2</cursor>"
            record = f"<company>{company}</company><vat>{len(more)}</vat>"
            return f"<record>{record}</record>{more}"
        if vatNumber:
            valid = "false" if vatNumber == "0" else "true"
            return (
                f"<countryCode>FR</countryCode><vatNumber>{vatNumber}</vatNumber>"
                f"<requestDate>2026-01-15</requestDate><valid>{valid}</valid>"
            )
        return ""


def _envelope(content):
    start = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    return f"{start}{content}</s:Body></s:Envelope>".encode()


def follow(folder, language):
    """A newcomer who did all that the page says."""
    newcomer = Newcomer(folder, language)
    shutil.copytree(DOCS / "any-service", folder / "services")
    for action in actions(PAGES[language]):
        newcomer.do(action)
    return newcomer


@pytest.mark.parametrize("language", PAGES)
def test_a_newcomer_who_does_what_the_page_says_sees_what_it_says(tmp_path, language):
    newcomer = follow(tmp_path, language)
    assert newcomer.folder == tmp_path / "services"
    fences = re.findall(r"^```\w", PAGES[language], re.MULTILINE)
    assert len(list(actions(PAGES[language]))) == len(fences)
    if language == "en":
        runs_on_real_services(newcomer)


def runs_on_real_services(newcomer):
    server, listed = Services(), Services()
    server.next = f"{listed.url}/org/7"
    environment = newcomer.folder / "environments" / "ours.yaml"
    text = environment.read_text()
    text = text.replace("eu7.crm.example.org", listed.url.removeprefix("http://"))
    environment.write_text(re.sub(r"https://\w+\.example\.org", server.url, text))
    run = ["sgeflow", "run", "check-companies", "country=FR", "--env", "ours"]
    code, said = newcomer.run([*run, "--output", "json"])
    assert code == 0, said
    assert '"invalid": 1' in said
    assert SESSION not in said
    crm, vat = "/soap", "/services/vat"
    assert server.calls == [
        (crm, "login", "somebody", "secret"),
        (crm, "queryMore", "page-2"),
        (vat, "checkVat", "FR", "23"),
        (vat, "checkVat", "FR", "0"),
        (crm, "logout"),
    ]
    assert listed.calls == [("/org/7", "queryCompanies", "FR")]
    server.calls.clear()
    server.refuses = "checkVat"
    code, said = newcomer.run(run)
    assert code != 0
    assert [call[1] for call in server.calls][-2:] == ["checkVat", "logout"], said
    server.close()
    listed.close()


@pytest.mark.parametrize("language", PAGES)
def test_a_quarter_of_an_hour_is_enough(language):
    page = PAGES[language]
    words = len(re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL).split())
    written = sum(len(action.text.split()) for action in actions(page))
    assert words / 200 + written / 60 < 15
