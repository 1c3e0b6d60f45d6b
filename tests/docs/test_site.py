"""The documentation as a site: pages made ready for it; and each page says whom it is for."""

import re

import pytest
import yaml

import sgeflow
from docs.generate import site
from docs.generate.languages import READMES, SWITCH, anchors, translated
from docs.generate.links import links
from docs.generate.reference import made_in_french, made_pages
from docs.generate.search import find_any_form, speak
from tests.browser import check_looks, looked_at
from tests.docs.pages import BOTH, DOCS, ROOT, pages_of


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """The pages of both editions, made ready, by language."""
    folder = tmp_path_factory.mktemp("build")
    for language in site.LANGUAGES:
        site.prepare(folder / language / "docs", language)
    return {language: folder / language / "docs" for language in site.LANGUAGES}


@pytest.fixture(scope="module")
def prepared(editions):
    return editions["en"]


PICTURES = {"only-light", "only-dark"}
"""The marks after the name of a picture that has a light and a dark form."""


def headings(text):
    """The headings of a page as a generator sees them: a block begins with a language alone."""
    plain = re.sub(r"^ *(```+)\w*\n.*?^ *\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#{1,4} .*$", plain, re.MULTILINE)


def bare(one):
    """A heading without where its links lead, and with plain spaces."""
    return re.sub(r"\]\([^)]*\)", "]", re.sub("[\u00a0\u202f]", " ", one))


@pytest.mark.parametrize("language", site.LANGUAGES)
def test_no_chapter_of_a_page_is_lost_to_a_block_of_yaml(editions, language):
    shown = {name: source for source, name in site.pages(language).items()}
    assert len(shown) > 60
    for name, source in shown.items():
        text = (editions[language] / name).read_text("utf-8")
        assert not re.search(r"^ *```\w+ +\S", text, re.MULTILINE), name
        kept = made_pages(language).get(name) or source.read_text("utf-8")
        written = re.sub(r"^( *```+\w+) [^\n]*$", r"\1", kept, flags=re.MULTILINE)
        assert [bare(one) for one in headings(text)] == [bare(one) for one in headings(written)], (
            name
        )


@pytest.mark.parametrize("language", site.LANGUAGES)
def test_every_link_of_a_page_leads_to_a_heading_of_the_site(editions, language):
    folder = editions[language].resolve()
    known = {page: anchors(page.read_text("utf-8")) for page in folder.rglob("*.md")}
    lost = []
    for page in known:
        for target, _, anchor in (one.partition("#") for one in links(page.read_text("utf-8"))):
            place = (page.parent / target).resolve() if target else page
            found = place.exists() and place.is_relative_to(folder)
            found = found and (not anchor or anchor in known.get(place, PICTURES))
            lost += [(page.name, target, anchor)] * (":" not in target and not found)
    assert lost == []


@pytest.mark.parametrize("language", site.LANGUAGES)
def test_every_page_has_its_place_in_the_navigation(editions, language):
    text = (editions[language].parent / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    named = re.findall(r"[\w./-]+\.md", text)
    assert sorted(named) == sorted({*site.pages(language).values()})
    assert ("../api.html" in text) is (language == "fr")


def test_a_page_of_the_french_edition_is_french_or_says_so_and_gives_its_subject_in_french(
    editions,
):
    english, french = (
        {
            page.relative_to(folder).as_posix(): page.read_text("utf-8")
            for page in folder.rglob("*.md")
        }
        for folder in editions.values()
    )
    assert english.keys() == {"api.md", *french}
    names = made_in_french() | {site.pages()[page] for page in translated()}
    subjects = site.french_subjects()
    assert sorted([*names, *subjects]) == sorted(french)
    for name, text in french.items():
        assert (site.NOT_TRANSLATED in text) is (name in subjects), name
    words = re.compile(r"\]\([^)]*\)")  # a link of an English page may lead to a French heading
    for name, text in french.items():
        plain = re.sub(r"\n\n.*\n\{: \.untranslated .*\}", "", text, count=1)
        is_english = words.sub("]", plain) == words.sub("]", english[name])
        assert is_english is (name in subjects), name
    assert "\u202f; " in french["tutorial.md"]  # a space that does not break
    assert not any(SWITCH.search(text) for text in [*english.values(), *french.values()])


def test_a_page_that_is_english_there_leads_to_the_same_chapter_in_french(editions):
    to = re.compile(r"\(\.\./operating\.md#([^)]+)\)")
    led = {
        name: to.findall((folder / "adr/0024-measures-in-chunks.md").read_text("utf-8"))
        for name, folder in editions.items()
    }
    pages = (DOCS / "operating.md", DOCS / "fr/operating.md")
    titles = [anchors(page.read_text("utf-8")) for page in pages]
    assert len(led["en"]) == 2
    assert led["fr"] == [titles[1][titles[0].index(one)] for one in led["en"]]


def test_the_navigation_is_french_and_says_which_pages_are_not(editions):
    words = yaml.safe_load((DOCS / "fr" / "site.yml").read_text("utf-8"))
    head, _, nav = (DOCS / "site.yml").read_text("utf-8").partition("\nnav:\n")
    assert [one for one in words["settings"] if one not in head] == []
    assert [one for one in words["titles"] if f"- {one}:" not in nav] == []
    settings = (editions["fr"].parent / "mkdocs.yml").read_text("utf-8")
    titles = ("Tutoriel: tutorial.md", "Guides pratiques:", "Opérations (en): operations.md")
    for title in (*titles, "L'API (en): ../api.html", "language: fr"):
        assert title in settings


def test_the_first_words_of_a_page_say_whom_it_is_for():
    silent = []
    beside = (*READMES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")
    texts = {page.name: page.read_text("utf-8") for page in (*pages_of(*BOTH), *beside)}
    texts |= {name: text for name, text in made_pages().items() if name != "api.md"}
    for name, text in texts.items():
        first = SWITCH.sub("", text.split("\n", 1)[1], count=1).strip()
        silent += [name] * (not first.startswith(("For ", "Pour ")))
    assert silent == []


def test_the_first_page_has_a_sentence_for_each_page_of_the_navigation_in_its_order():
    nav = yaml.safe_load((DOCS / "site.yml").read_text("utf-8").partition("\nnav:\n")[2])
    places = [value for entry in nav for one in entry.values() for value in listed(one)]
    first = (DOCS / "README.md").read_text("utf-8")
    said = re.findall(r"^- \[.*?\]\((.*?)\): \w.*\.$", first, re.MULTILINE)
    shown = [site.pages().get((DOCS / one).resolve(), f"{one}/") for one in said]
    beside = {"index.md", *made_pages(), "operations/", "steps/"}  # itself, and made pages
    assert shown == [one for one in places if one not in beside]


def listed(one):
    """The pages of an entry of the navigation."""
    return [one] if isinstance(one, str) else [page for item in one for page in item.values()]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site, built as `make docs` builds it: strictly."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(site, "BUILD", folder)
        assert site.main() == 0
    return folder / "site"


def test_the_site_is_built_without_a_warning_and_no_heading_is_lost(built, editions):
    page = (built / "flows.html").read_text("utf-8")
    for language, folder in (("en", built), ("fr", built / "fr")):
        for name in {*site.pages(language).values()} - {"api.md"}:
            text = (editions[language] / name).read_text("utf-8")
            place = folder / name.replace("README.md", "index.md")
            shown = place.with_suffix(".html").read_text("utf-8")
            assert re.findall(r'<h[1-6] id="([^"]*)"', shown) == anchors(text), name
    api = (built / "api.html").read_text("utf-8")
    named = {*re.findall(r'<h3 id="sgeflow\.(\w+)"', api)}
    assert named == {*sgeflow.__all__} - {"__version__"}
    assert "the warnings, which stopped nothing" in api  # a field of a report
    shown = {
        name: (built / "fr" / f"{name}.html").read_text("utf-8")
        for name in ("tutorial", "steps/call", "simulator", "operations/index")
    }
    for text in (page, *shown.values()):
        assert re.findall(r'src="(https?:[^"]+)"', text) == []
    assert all('<html lang="fr"' in text for text in shown.values())
    notes = [
        re.findall(r'<p class="untranslated" lang="fr">(.*)</p>', one) for one in shown.values()
    ]
    assert [len(one) for one in notes] == [0, 0, 1, 1]
    assert "un SGE sur votre machine" in notes[2][0]
    assert [text.count('<article lang="en"') for text in shown.values()] == [0, 0, 1, 1]


def test_the_switch_of_languages_leads_to_the_same_page(built):
    for place in ("flows", "fr/tutorial", "fr/steps/call"):
        there = built / f"{place}.html"
        switched = dict(re.findall(r'href="(\S+)" hreflang="(\w+)"', there.read_text("utf-8")))
        name = there.relative_to(built / "fr" if place.startswith("fr/") else built)
        led = {(there.parent / to).resolve(): language for to, language in switched.items()}
        assert led == {built.resolve() / name: "en", built.resolve() / "fr" / name: "fr"}


def test_the_french_search_finds_pages_by_french_words_of_any_form_and_asks_nobody(built, browser):
    from playwright.sync_api import expect

    with looked_at(browser, built / "fr" / "flows.html") as seen:
        seen.page.locator(".md-search__button").click()
        forms = {"enchainements livre": "enchaîn", "execut": "exécut", "abonnés": "abonne"}
        for words, begin in {**forms, "puissances souscrites": "puissance"}.items():
            seen.page.get_by_role("combobox").fill(words)
            shown = re.compile(f"^{begin}", re.IGNORECASE)
            seen.page.get_by_role("listbox").locator("mark", has_text=shown).first.wait_for()
        pages = {
            "appeler une opération": "steps/call.html",
            "complétion pendant la frappe": "editing.html",
            "trouver un point par adresse": "operations/rechercherPoint.html",
            "preuves commande acceptée": "adr/0012-proof-of-refusal.html",
        }
        for words, name in pages.items():
            seen.page.get_by_role("combobox").fill(words)
            first = seen.page.get_by_role("listbox").locator("a").first
            expect(first).to_have_attribute("href", re.compile(re.escape(name)))
        seen.page.get_by_role("combobox", name="Recherche").fill("zzzz")
        seen.page.get_by_role("status").filter(has_text="Aucun résultat").wait_for()
        assert all(one.startswith(("file:", "blob:")) for one in seen.asked)
        assert seen.errors == []


def test_a_page_that_is_not_there_leads_to_the_first_one_wherever_the_site_lives(built, browser):
    def serve(route):
        asked = route.request.url.removeprefix("http://sge.test/some/place/")
        if (built / asked).is_file():
            return route.fulfill(path=built / asked)
        return route.fulfill(status=404, path=built / site.LOST)

    with browser.tab(script=True) as page:
        page.route("http://sge.test/**", serve)
        for lost in ("gone.html", "fr/steps/gone.html"):
            page.goto(f"http://sge.test/some/place/{lost}")
            place = "http://sge.test/some/place"
            for language, first in (("en", "index.html"), ("fr", "fr/index.html")):
                page.locator(f"a#{language}[href='{place}/{first}']").wait_for()
        page.get_by_role("link", name="Toutes les pages").click()
        page.get_by_role("heading", name="sgeflow, la documentation").wait_for()
        page.wait_for_load_state("networkidle")  # nothing is asked any more
        page.unroute_all(behavior="ignoreErrors")
    check_looks(browser, built / site.LOST)


def test_a_search_that_is_not_the_known_one_is_not_left_as_it_is(tmp_path):
    worker = tmp_path / "assets/javascripts/workers/search.1.min.js"
    worker.parent.mkdir(parents=True)
    worker.write_text("function a(t){return t.toLowerCase()}", "utf-8")
    with pytest.raises(ValueError, match="is not known"):
        find_any_form(tmp_path)
    (tmp_path / "assets/javascripts/bundle.1.min.js").write_text('a="Nothing"', "utf-8")
    with pytest.raises(ValueError, match='does not say "No results"'):
        speak(tmp_path, {'"No results"': '"Aucun résultat"'})


def test_the_settings_are_those_of_a_site_that_asks_nobody(prepared):
    head = (prepared.parent / "mkdocs.yml").read_text("utf-8")
    plain = yaml.safe_load(re.sub(r"!!python\S+", "", head.partition("\nnav:\n")[0]))
    assert plain["theme"]["font"] is False
    assert plain["validation"] == {"invalid_links": True, "invalid_link_anchors": True}
