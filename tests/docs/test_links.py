"""Every link of every page leads somewhere, and the build of the site says which does not."""

import re

import pytest

from docs.generate import links as checked
from docs.generate import site
from docs.generate.languages import anchors, prose
from docs.generate.links import links, lost_links, lost_on_site, written_pages, wrong
from tests.docs.pages import DOCS


def test_every_link_of_every_page_leads_somewhere():
    assert lost_links() == []
    other = re.compile(r"^\[[^\]]+\]: ", re.MULTILINE)
    texts = {page: page.read_text("utf-8") for page in written_pages()}
    assert [page.name for page, text in texts.items() if other.search(prose(text))] == []


def test_a_link_that_leads_nowhere_ends_the_build_with_its_page_and_line(
    tmp_path, monkeypatch, capsys
):
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("# Page\n\n```sh\n[a](b)\n```\n\n[flows](flow.md), [top](#page)\n", "utf-8")
    for name, value in (("ROOT", tmp_path), ("DOCS", page.parent), ("BESIDE", ())):
        monkeypatch.setattr(checked, name, value)
    monkeypatch.setattr(site, "BUILD", tmp_path / "build")
    assert site.main() == 1
    assert capsys.readouterr().err == "docs/page.md:7: flow.md: no file\n"


def test_what_the_site_itself_leads_to_is_looked_at_too(tmp_path):
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "index.html").write_text('<h1 id="é">É</h1>', "utf-8")
    (tmp_path / "index.html").write_text(
        '<a href="fr/">f</a> <a href="fr/#%C3%A9">é</a> <a href="https://example.org">o</a>'
        '<a href="fr/#e">e</a> <a href="none.html">n</a> <img src="none.png">',
        "utf-8",
    )
    assert lost_on_site(tmp_path) == [
        "index.html: fr/#e",
        "index.html: none.html",
        "index.html: none.png",
    ]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("", "no file"),
        ("nowhere.md", "no file"),
        ("../../../etc/hosts", "no file"),
        ("flows.md#nothing", "no heading"),
        ("konnector.svg#konnector", "no heading"),
        ("#nothing", "no heading"),
        ("http://example.org/", "no address of the web"),
        ("https://localhost/x", "no address of the web"),
        ("mailto:somebody@example.org", "no address of the web"),
        ("https://www.enedis.fr/x#y", ""),
        ("adr", ""),
        ("verbs.md#call", ""),
        ("fr/../running.md#exit-codes", ""),
    ],
)
def test_a_link_that_leads_nowhere_is_noticed(target, problem):
    assert wrong(target, DOCS / "operations.md") == problem


def test_the_headings_of_a_page_are_found_past_its_blocks():
    text = (
        "# A `b` & c's [d](e)\n\n```yaml\n# none\n```\n\n## Où l'on élève ?\n### `x_y`\n### `x_y`\n"
    )
    assert anchors(text) == ["a-b--cs-d", "où-lon-élève-", "x_y", "x_y"]
    assert links("[a](b) `[c](d)` ![e](f)\n\n```\n[g](h)\n```\n[`i`](j)") == ["b", "f", "j"]
