"""The shell of a page: nothing is asked for, nothing but its own script runs, texts stay texts."""

from sgeflow.adapters.pages.render import render
from tests.browser import looked_at


def test_a_page_is_in_the_language_of_its_reader_and_the_same_each_time(monkeypatch):
    english = render("base.html.j2", {})
    assert '<html lang="en">' in english
    assert "Skip to the figures" in english
    monkeypatch.setenv("SGEFLOW_LANG", "fr")
    french = render("base.html.j2", {})
    assert '<html lang="fr">' in french
    assert "Aller aux chiffres" in french
    assert french == render("base.html.j2", {})


def test_no_text_of_the_data_ends_its_element_or_runs(browser):
    trap = "</script><script>document.title = 'caught'</script><img src=x onerror=alert(1)>"
    with looked_at(browser, render("base.html.j2", {}, data={"trap": trap})) as seen:
        kept = seen.page.evaluate("JSON.parse(document.getElementById('data').textContent).trap")
        assert (kept, seen.page.title()) == (trap, "")
        assert (seen.asked, seen.errors) == ([], [])


def test_what_is_put_into_a_page_later_neither_runs_nor_asks_anybody(browser):
    with looked_at(browser, render("base.html.j2", {})) as seen:
        added = """() => {
            const code = document.createElement('script');
            code.textContent = "document.title = 'ran'";
            const image = document.createElement('img');
            image.alt = '', image.src = 'http://127.0.0.1:9/x.png';
            document.body.append(code, image);
        }"""
        seen.page.evaluate(added)
        assert seen.page.title() == ""
        assert sum("Content Security Policy" in error for error in seen.errors) == 2
