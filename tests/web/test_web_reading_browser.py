"""The pages that read, in a real browser: no barrier found, nothing sideways, a value's history by keyboard."""

from typing import Any

import pytest
from site_desk import PASSWORD, trial

PAGES = ("/participants/", "/participants/S-016/", "/participants/S-020/", "/audit/?only=corrections", "/study/")


def opened(browser: Any, served: Any, width: int, theme: str) -> Any:
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme).new_page()
    page.goto(f"{served.url}/log-in/")
    page.fill("[name=username]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{served.url}/")
    return page


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")])
def test_no_barrier_is_found_on_a_page_that_reads(browser: Any, served: Any, width: int, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, served, width, theme)
    faults: list[str] = []
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    corrected = next(one for one in trial(served.directory).by_id.values() if one.corrects)
    for address in (*PAGES, f"/entries/{corrected.id}/", f"/entries/{corrected.id}/correct/"):
        page.goto(served.url + address)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page).response["violations"]]
        assert not found, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert not faults  # also what the content security policy refused


def test_the_history_of_a_value_comes_with_the_focus_and_goes_with_escape(browser: Any, served: Any) -> None:
    page = opened(browser, served, 1280, "light")
    page.goto(f"{served.url}/participants/S-016/")
    page.wait_for_load_state("networkidle")
    link = page.locator(".lab a.hist").first
    link.focus()
    page.wait_for_selector("[role=tooltip]")
    assert "#" in page.inner_text("[role=tooltip]")
    assert link.get_attribute("aria-describedby") == "brief"
    page.keyboard.press("Escape")
    assert page.locator("[role=tooltip]").count() == 0
    assert "possible on what is known" in page.inner_text("[aria-labelledby=h-d]")  # asked for after the page


def test_an_entry_is_corrected_in_a_browser_and_nothing_else_of_it_changes(browser: Any, served: Any) -> None:
    page = opened(browser, served, 1280, "light")
    event = trial(served.directory).casebooks["S-016"].adverse_events[0]
    page.goto(f"{served.url}/entries/{event.id}/")
    page.click("text=Correct this entry")
    page.fill("[name='c.treatment']", "antipyretic")
    page.check("[name=reason_code][value='newly known']")
    page.fill("[name=why]", "the chart was found")
    page.click("text=Record the correction")
    page.wait_for_selector("text=This entry has 2 versions")
    newest = list(trial(served.directory).by_id.values())[-1]
    assert newest.what.treatment == "antipyretic"
    for name in ("term", "grade", "serious", "seriousness", "related", "expected", "outcome", "aware_at", "narrative"):
        assert getattr(newest.what, name) == getattr(event.what, name), name
