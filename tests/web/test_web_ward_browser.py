"""A newcomer at the ward, in a real browser on the trial for practice: from consent to follow-up by clicking alone."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from site_desk import PASSWORD, trial

MOST_SECONDS = 600
MOST_CLICKS = 120
DECIDED = {
    "a.eligibility.born": "1980-05-06",
    "a.eligibility.diagnosis": "C92.000",
    "a.eligibility.remission_on": "",
    "a.baseline.ecog": "1",
    "a.baseline.height": "172",
    "a.laboratory.alt": "31",
    "a.laboratory.ast": "28",
    "a.laboratory.bilirubin": "14",
    "a.laboratory.anc": "2.1",
    "a.laboratory.platelets": "180",
    "a.heart.lvef": "61",
    "a.vitals.temperature": "36.6",
    "a.vitals.spo2": "98",
    "a.vitals.weight": "70",
    "a.marrow.blasts": "32",
}
CHOSEN = {
    "a.eligibility.sex": "female",
    "a.eligibility.phase": "induction",
    "a.eligibility.status_fits": "yes",
    "a.eligibility.severe_infection": "no",
    "a.eligibility.other_malignancy": "no",
    "a.eligibility.pregnancy": "no",
    "a.eligibility.lactation": "no",
    "a.eligibility.unsuitable": "no",
    "a.marrow.adequate": "yes",
    "a.marrow.extramedullary": "no",
    "a.marrow.supported": "no",
    "a.marrow.mrd": "not done",
    "a.eligibility.status": "refractory",
}


@dataclass
class Newcomer:
    """Somebody at a screen: every press is counted."""

    page: Any
    url: str
    clicks: int = 0
    pages: list[str] = field(default_factory=list)

    def press(self, words: str, *, role: str = "button") -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=words).first.click()
        self.page.wait_for_load_state()
        assert self.page.locator("h1").first.inner_text() != "Something went wrong here", self.page.url

    def choose(self, name: str, word: str) -> None:
        self.clicks += 1
        where = self.page.locator(f'[name="{name}"]')
        if where.first.evaluate("one => one.tagName") == "SELECT":
            where.first.select_option(word)
        else:
            self.page.locator(f'[name="{name}"][value="{word}"]').first.check()

    def type(self, name: str, words: str) -> None:
        if words:
            self.clicks += 1
            self.page.locator(f'[name="{name}"]').first.fill(words)

    def logged_in(self, code: str) -> None:
        self.page.goto(f"{self.url}/log-in/")
        self.type("username", code)
        self.type("password", PASSWORD)
        self.press("Log in")

    def title(self) -> str:
        return str(self.page.locator("h1").inner_text())


def consented(who: Newcomer, minute: str) -> None:
    who.page.goto(f"{who.url}/participants/new/")
    who.choose("language", "zh")
    who.choose("signer", "participant")
    who.type("explained_by", "wang")
    who.type("time", minute)
    who.press("Record the consent")


def test_a_newcomer_enrols_treats_and_follows_up_one_participant_by_clicking(served: Served, browser: Any) -> None:
    began = time.monotonic()
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    who = Newcomer(page, served.url)
    who.logged_in("wang")
    who.press("Practise on an empty trial")
    consented(who, "00:01")
    assert "criteria are undecided" in who.title()
    # everything but the creatinine
    for name, words in DECIDED.items():
        who.type(name, words)
    for name, word in CHOSEN.items():
        who.choose(name, word)
    who.press("Save the answers")
    assert who.title().endswith("1 criterion is undecided")
    open_line = page.locator(".crit .open")
    assert "inc-2-creatinine" in open_line.inner_text()
    who.clicks += 1
    open_line.get_by_role("link", name="Creatinine").click()
    assert page.url.endswith("#f-laboratory-creatinine")
    who.type("a.laboratory.creatinine", "1.1")
    who.choose("u.laboratory.creatinine", "mg/dL")
    who.press("Save the answers")
    assert "eligible" in who.title()
    # the investigator signs twice
    who.clicks += 1
    page.locator("#pw-sign").fill(PASSWORD)
    who.press("Sign the screening")
    who.clicks += 1
    page.locator("#pw-enrolment").fill(PASSWORD)
    who.press("Enrol S-001 at place 1")
    assert who.title() == "S-001: enrolled, place 1"
    treated(who)
    harmed(who)
    followed_up(who)
    seconds = time.monotonic() - began
    print(f"{who.clicks} presses and answers, {seconds:.0f} seconds")
    assert seconds < MOST_SECONDS
    assert who.clicks < MOST_CLICKS
    practice = trial(served.directory / "practice")
    book = practice.casebook("S-001")
    assert book is not None
    assert (book.number, len(book.cycles), len(book.adverse_events)) == (1, 1, 1)
    assert {entry.what.kind for entry in book.entries} >= {"consented", "visited", "judged", "enrolled"}


def treated(who: Newcomer) -> None:
    page = who.page
    page.locator("main .panel").get_by_role("link", name="Treatment").click()
    who.clicks += 1
    who.press("Record chemotherapy", role="link")
    who.clicks += 1
    page.get_by_role("link", name="cytarabine and daunorubicin, 7 + 3").click()
    today = page.locator('[name="on"]').input_value()
    who.type("ended_on", today)
    who.type("drug.0.dose", "100")
    who.type("drug.1.dose", "60")
    who.press("Record the chemotherapy")
    assert "1 cycle of chemotherapy given" in who.title()
    assert "180 of at most 550" in page.locator(".head").inner_text()


def harmed(who: Newcomer) -> None:
    page = who.page
    page.goto(f"{who.url}/participants/S-001/events/")
    who.press("Report an adverse event", role="link")
    who.clicks += 1
    page.locator("#q").press_sequentially("low platelets", delay=5)
    found = page.locator("#terms").get_by_role("link", name="Platelet count decreased")
    found.wait_for()  # fetched as one types
    who.clicks += 1
    found.click()
    page.wait_for_load_state()
    texts = page.locator(".grade-line").all_inner_texts()
    assert len(texts) == 4  # the term has no grade 5
    who.choose("grade", "4")
    who.choose("serious", "yes")
    who.choose("seriousness", "life-threatening")
    for cause in ("nk_cells", "premedication", "leukaemia"):
        who.choose(f"related.{cause}", "not related")
    who.choose("related.chemotherapy", "related")
    who.press("Report the adverse event")
    assert "Platelet count decreased, grade 4" in who.title()
    assert page.get_by_role("link", name=re.compile("Record as sent")).count() >= 1


def followed_up(who: Newcomer) -> None:
    page = who.page
    who.press("a week")
    page.goto(f"{who.url}/participants/S-001/visits/unscheduled/")
    who.clicks += 1
    page.get_by_label("Laboratory").check()
    who.press("Show these forms")
    for name, words in {"alt": "44", "ast": "39", "bilirubin": "18", "creatinine": "88", "platelets": "21"}.items():
        who.type(f"a.laboratory.{name}", words)
    who.press("Record the visit")
    assert "Unscheduled" in page.locator("main").inner_text()
    page.goto(f"{who.url}/participants/S-001/values/")
    assert "wait" in who.title()


PAGES = (
    "/participants/new/",
    "/participants/S-001/path/",
    "/participants/S-001/treatment/chemotherapy/",
    "/participants/S-001/treatment/chemotherapy/?regimen=HAA",
    "/participants/S-001/treatment/go/",
    "/participants/S-001/treatment/premedicate/",
    "/participants/S-001/treatment/",
    "/participants/S-001/visits/",
    "/participants/S-001/visits/d28/",
    "/participants/S-001/visits/unscheduled/",
    "/participants/S-001/events/",
    "/participants/S-001/events/new/?q=fever",
    "/participants/S-001/events/new/?term=Fever",
    "/participants/S-001/values/",
    "/about/S-001/acts/assess_icans/",
    "/about/S-001/acts/assess_response/",
    "/about/S-001/acts/report_adverse_event/",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way_on_any_page_of_the_ward(served: Served, browser: Any, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is put into the page by the test
    page = context.new_page()
    who = Newcomer(page, served.url)
    who.logged_in("wang")
    who.press("Practise on an empty trial")
    consented(who, "00:01")
    who.type("a.laboratory.ast", "300")
    who.type("a.laboratory.alt", "3x")
    who.press("Save the answers")
    assert found_by_axe(page) == []  # the page with a fault
    who.type("a.laboratory.alt", "31")
    who.press("Save the answers")
    for address in PAGES:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{served.url}{address}")
            assert found_by_axe(page) == [], (address, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
    context.close()


def found_by_axe(page: Any) -> list[tuple[str, str]]:
    """What axe finds on a page: each rule with the first piece of the page that breaks it."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:150]) for one in found]
