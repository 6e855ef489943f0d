"""The ward's pages without script: the way in, visits, adverse events, laboratory values, treatment."""

import re
from html import unescape
from pathlib import Path
from typing import Any

from django.test import Client
from site_desk import PASSWORD, last, logged_in, trial

from trialwright.ledger.kinds import Visited

ALL_MET = {
    "a.eligibility.born": "1980-05-06",
    "a.eligibility.sex": "female",
    "a.eligibility.diagnosis": "C92.000",
    "a.eligibility.status": "refractory",
    "a.eligibility.phase": "induction",
    "a.eligibility.severe_infection": "no",
    "a.eligibility.other_malignancy": "no",
    "a.eligibility.pregnancy": "no",
    "a.eligibility.lactation": "no",
    "a.laboratory.alt": "31",
    "a.laboratory.ast": "28",
    "a.laboratory.bilirubin": "14",
    "a.laboratory.creatinine": "80",
    "a.heart.lvef": "61",
}
OPINIONS = {"a.eligibility.status_fits": "yes", "a.eligibility.unsuitable": "no"}


def fields(page: str, with_value: str = "") -> dict[str, str]:
    """The hidden inputs of the page's form that has a button of this value, or of its first form of its own."""
    forms = re.findall(r"<form method=\"post\".*?</form>", page[page.index("<main") :], re.DOTALL)
    form = next(one for one in forms if not with_value or f'value="{with_value}"' in one)
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    found += re.findall(r'name="(on|time)" value="([^"]*)"', form)  # the day and minute that the page proposes
    return {name: unescape(value) for name, value in found}


def sent(client: Client, address: str, do: str = "", **more: Any) -> Any:
    """Open a page, fill in and press the button `do`."""
    page = client.get(address)
    assert page.status_code == 200, (page.status_code, address)
    typed = fields(page.content.decode(), do) | ({"do": do} if do else {}) | more.pop("typed", {}) | more
    return client.post(address.partition("?")[0], typed)


def practising(code: str) -> Client:
    client = logged_in(code)
    client.post("/trial/", {"trial": "practice"})
    return client


def consented(client: Client) -> str:
    page = client.get("/participants/new/").content.decode()
    typed = fields(page) | {
        "document": "consent|1.0",
        "language": "zh",
        "signer": "participant",
        "explained_by": "wang",
        "on": re.search(r'name="on" value="([^"]+)"', page)[1],  # type: ignore[index]
        "time": "00:01",
    }
    answer = client.post("/participants/new/", typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer.headers["Location"])


def title(page: Any) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.content.decode(), re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


# --- the way in -------------------------------------------------------------------------------------------------------


def test_a_consent_opens_a_casebook_and_leads_to_its_screening(site: Path) -> None:
    client = practising("li")
    assert consented(client) == "/participants/S-001/path/"
    assert last(site / "practice").what.kind == "consented"
    assert title(client.get("/participants/S-001/path/")) == "S-001: 12 criteria are undecided"


def test_a_consent_with_nothing_answered_says_so_at_every_question(site: Path) -> None:
    answer = sent(practising("li"), "/participants/new/", document="consent|1.0")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("An answer is needed here.") == 3  # language, who signed, who explained


def test_every_fault_of_the_screening_stands_at_its_question_and_what_was_typed_is_kept(site: Path) -> None:
    client = practising("li")
    path = consented(client)
    size = trial(site / "practice").size
    answer = sent(
        client, path, "save", typed={"a.laboratory.alt": "3x", "a.heart.lvef": "sixty", "a.laboratory.ast": "28"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 answers need a look" in page
    assert 'value="3x"' in page
    assert 'value="sixty"' in page
    assert 'value="28"' in page
    assert trial(site / "practice").size == size


def test_the_coordinator_answers_all_but_the_opinions_and_the_investigator_those(site: Path) -> None:
    coordinator, investigator = practising("li"), practising("wang")
    path = consented(coordinator)
    page = coordinator.get(path).content.decode()
    assert "Only the investigator answers this, in their own name." in page
    assert 'name="a.eligibility.unsuitable"' not in page
    assert sent(coordinator, path, "save", typed=ALL_MET).status_code == 302
    assert title(coordinator.get(path)) == "S-001: 2 criteria are undecided"
    assert sent(investigator, path, "save", typed=OPINIONS).status_code == 302
    assert title(investigator.get(path)) == "S-001: eligible on what is known"
    answers = trial(site / "practice").casebook("S-001").all(Visited)[-1].what.answers  # type: ignore[union-attr]
    assert answers["eligibility.unsuitable"] == "no"  # the visit's own entry has them all
    assert answers["heart.lvef"] == "61"


def test_what_is_missing_is_named_beside_its_criterion_with_a_way_to_its_question(site: Path) -> None:
    client = practising("wang")
    path = consented(client)
    known = {name: value for name, value in (ALL_MET | OPINIONS).items() if "creatinine" not in name}
    sent(client, path, "save", typed=known)
    page = client.get(path)
    assert title(page) == "S-001: 1 criterion is undecided"
    assert '<a href="#f-laboratory-creatinine">Creatinine</a>' in page.content.decode()
    assert 'id="f-laboratory-creatinine"' in page.content.decode()
    sent(client, path, "save", typed={"a.laboratory.creatinine": "0.9", "u.laboratory.creatinine": "mg/dL"})
    assert title(client.get(path)) == "S-001: eligible on what is known"


def test_a_range_on_the_laboratorys_sheet_counts_before_the_sites(site: Path) -> None:
    client = practising("wang")
    path = consented(client)
    above = ALL_MET | OPINIONS | {"a.laboratory.alt": "120", "r.laboratory.alt": "9-45"}
    sent(client, path, "save", typed=above)
    assert title(client.get(path)) == "S-001: 1 criterion bars"  # 2.5 x 45 is 112.5; 2.5 x 50 would have let it pass


def eligible(site: Path) -> tuple[Client, str]:
    client = practising("wang")
    path = consented(client)
    assert sent(client, path, "save", typed=ALL_MET | OPINIONS).status_code == 302
    return client, path


def test_the_screening_is_signed_with_the_password_alone(site: Path) -> None:
    client, path = eligible(site)
    assert sent(client, path, "sign", password="wrong").status_code == 422
    assert last(site / "practice").what.kind != "judged"
    assert sent(client, path, "sign", password=PASSWORD).status_code == 302
    judged = last(site / "practice").what
    assert (judged.kind, judged.eligible) == ("judged", "yes")


def test_enrolment_takes_over_what_screening_answered_and_gives_the_place(site: Path) -> None:
    client, path = eligible(site)
    page = client.get(path).content.decode()
    assert '<option value="refractory" selected>' in page
    assert '<option value="induction" selected>' in page
    assert "What still stands against it" not in page
    assert (
        sent(client, path, "enrol", password=PASSWORD, disease_status="refractory", phase="induction").status_code
        == 302
    )
    assert title(client.get(path)) == "S-001: enrolled, place 1"


def test_everything_that_stands_against_enrolment_stands_beside_the_button(site: Path) -> None:
    client = practising("wang")
    path = consented(client)
    page = client.get(path).content.decode()
    assert "What still stands against it" in page
    assert "Disease status, Phase of treatment" in page
    answer = sent(client, path, "enrol", password=PASSWORD, disease_status="CR1", phase="consolidation")
    assert answer.status_code == 422
    assert answer.content.decode().count("is undecided for S-001") == 12


def test_a_failed_screening_names_its_criteria_and_can_be_begun_again(site: Path) -> None:
    client = practising("wang")
    path = consented(client)
    sent(client, path, "save", typed=ALL_MET | OPINIONS | {"a.heart.lvef": "40"})
    sent(client, path, "sign", password=PASSWORD)
    assert sent(client, path, "end", outcome="failed").status_code == 302
    page = client.get(path)
    assert title(page) == "S-001: the screening has ended"
    assert "inc-2-lvef" in page.content.decode()
    assert sent(client, path, "again", reason="echocardiogram repeated").status_code == 302
    assert "criterion bars" in title(client.get(path))


def test_a_draft_is_offered_again_to_whoever_kept_it_and_to_nobody_else(site: Path) -> None:
    client, other = practising("li"), practising("wang")
    path = consented(client)
    size = trial(site / "practice").size
    sent(client, path, "keep", typed={"a.laboratory.alt": "31"})
    assert trial(site / "practice").size == size
    assert "A draft of yours was kept" in client.get(path).content.decode()
    assert 'value="31"' in client.get(f"{path}?draft=1").content.decode()
    assert "A draft of yours" not in other.get(path).content.decode()
    client.post("/log-out/")
    again = practising("li")
    assert 'value="31"' in again.get(f"{path}?draft=1").content.decode()
    sent(again, path, "drop")
    assert "A draft of yours" not in again.get(path).content.decode()


# --- visits -----------------------------------------------------------------------------------------------------------


def test_the_visits_of_a_person_stand_with_their_windows(site: Path) -> None:
    page = logged_in("li").get("/participants/S-018/visits/").content.decode()
    assert "Day 28" in page
    assert "done" in page


def test_a_visit_outside_its_window_says_so_before_it_is_recorded(site: Path) -> None:
    client = logged_in("li")
    address = "/participants/S-018/visits/screening/"
    size = trial(site).size
    typed = {"on": "2026-06-26", "mode": "on site", "a.laboratory.alt": "31"}
    first = sent(client, address, "save", typed=typed)
    page = first.content.decode()
    assert first.status_code == 422
    assert "after the window of" in page
    assert "Needed, and not answered:" in page
    assert trial(site).size == size
    again = client.post(address, fields(page, "save") | typed | {"do": "save", "sure": "yes"})
    assert again.status_code == 302, again.content.decode()[-3000:]
    kinds = [entry.what.kind for entry in list(trial(site).by_id.values())[size:]]
    assert kinds == ["visited", "facts_recorded", "deviation_recorded"]


def test_a_missed_visit_asks_for_no_answers(site: Path) -> None:
    client = logged_in("li")
    address = "/participants/S-018/visits/screening/"
    answer = sent(client, address, "save", typed={"on": "2026-06-26", "mode": "missed", "sure": "yes"})
    assert answer.status_code == 302
    found = [entry for entry in trial(site).by_id.values() if entry.what.kind == "visited"][-1]
    assert (found.what.mode, found.what.answers) == ("missed", {})


def test_a_visit_written_on_paper_is_told_with_its_delay(site: Path) -> None:
    client = logged_in("li")
    address = "/participants/S-018/visits/unscheduled/?form=vitals"
    page = client.get(address).content.decode()
    vitals = {"a.vitals.temperature": "36.8", "a.vitals.spo2": "97", "a.vitals.weight": "66"}
    told = {"happened": "yes", "told_source": "paper sheet", "told_who": "li", "told_why": "the network was down"}
    typed = (
        fields(page, "save") | {"do": "save", "form": "vitals", "on": "2026-06-20", "mode": "on site"} | vitals | told
    )
    answer = client.post("/participants/S-018/visits/unscheduled/", typed)
    assert answer.status_code == 302, answer.content.decode()[-2500:]
    assert re.search(
        r"recorded \d+ days later: the network was down", client.get("/participants/S-018/visits/").content.decode()
    )


# --- adverse events ---------------------------------------------------------------------------------------------------


def test_a_term_is_found_in_everyday_and_in_chinese_words_without_script(site: Path) -> None:
    client = logged_in("li")
    assert (
        "?term=Platelet%20count%20decreased"
        in client.get("/participants/S-018/events/new/?q=low+platelets").content.decode()
    )
    assert "?term=Fever" in client.get("/participants/S-018/events/terms/?q=发热").content.decode()


def test_only_the_grades_that_a_term_has_can_be_chosen(site: Path) -> None:
    page = logged_in("li").get("/participants/S-018/events/new/?term=Alopecia").content.decode()
    assert re.findall(r'name="grade" value="(\d)"', page) == ["1", "2"]
    assert "Hair loss" in page


def reported(client: Client, **more: Any) -> Any:
    causes = ("nk_cells", "chemotherapy", "premedication", "leukaemia")
    typed = {f"related.{cause}": "not related" for cause in causes} | {
        "on": "2026-06-26",
        "grade": "3",
        "serious": "no",
    }
    address = "/participants/S-018/events/new/?term=Fever"
    page = client.get(address).content.decode()
    return client.post(address.partition("?")[0], fields(page) | typed | more)


def test_an_event_leads_to_the_page_that_says_what_follows(site: Path) -> None:
    client = logged_in("wang")
    answer = reported(
        client,
        **{
            "serious": "yes",
            "seriousness": ["hospitalisation"],
            "related.nk_cells": "related",
            "aware_on": "2026-06-26",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = client.get(answer.headers["Location"]).content.decode()
    assert "What follows" in page
    assert "Record as sent" in page
    assert "due in" in page


def test_an_event_that_is_not_serious_says_that_nobody_has_to_be_told(site: Path) -> None:
    client = logged_in("wang")
    page = client.get(reported(client).headers["Location"]).content.decode()
    assert "Nobody has to be told, and nothing pauses" in page


def test_what_an_event_lacks_is_said_all_at_once(site: Path) -> None:
    client = logged_in("wang")
    answer = reported(client, grade="", serious="", resolved_on="2026-14-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "3 answers need a look" in page


def test_what_is_new_about_an_event_is_recorded_on_its_page(site: Path) -> None:
    client = logged_in("wang")
    address = reported(client).headers["Location"]
    answer = sent(client, address, on="2026-06-27", grade="1", outcome="resolving")
    assert answer.status_code == 302
    assert title(client.get(address)) == "S-018: Fever, grade 1"


def test_a_scale_shows_its_grade_before_and_after_it_is_recorded(site: Path) -> None:
    client = logged_in("wang")
    address = "/about/S-018/acts/assess_crs/"
    words = {"w.temperature_c": "39.1", "w.oxygen": "none", "w.vasopressors": "0", "on": "2026-06-26"}
    words |= {f"w.{name}": "no" for name in ("fever_explained", "masked", "hypotension", "vasopressin")}
    size = trial(site).size
    before = sent(client, address, "preview", typed=words)
    assert "Grade 1 (ASTCT 2019 CRS)" in before.content.decode()
    assert trial(site).size == size
    after = client.post(address, fields(before.content.decode(), "preview") | words, follow=True)
    assert "Grade 1 (ASTCT 2019 CRS)" in after.content.decode()
    assert trial(site).size == size + 1


def test_the_category_of_a_response_is_shown_before_it_is_recorded(site: Path) -> None:
    client = logged_in("wang")
    words = {
        "on": "2026-06-26",
        "w.marrow_adequate": "yes",
        "w.blasts_percent": "35",
        "w.circulating_blasts": "yes",
        "w.extramedullary": "no",
    }
    page = sent(client, "/about/S-018/acts/assess_response/", "preview", typed=words).content.decode()
    assert "the rules make of the findings" in page or "Give it, or what is missing" in page


# --- laboratory values ------------------------------------------------------------------------------------------------


def waiting(client: Client, code: str) -> list[str]:
    page = client.get(f"/participants/{code}/values/").content.decode()
    return list(dict.fromkeys(unescape(one) for one in re.findall(r'name="v\.([^"]+)"', page)))


def test_values_are_looked_at_and_signed_in_one_go(site: Path) -> None:
    client = logged_in("wang")
    found = waiting(client, "S-015")
    assert len(found) >= 2
    answer = sent(
        client, "/participants/S-015/values/", typed={f"v.{one}": "no" for one in found[:2]} | {"password": PASSWORD}
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert waiting(client, "S-015") == found[2:]


def test_a_significant_value_without_a_cause_says_so_at_the_value(site: Path) -> None:
    client = logged_in("wang")
    found = waiting(client, "S-015")
    answer = sent(client, "/participants/S-015/values/", typed={f"v.{found[-1]}": "yes", "password": PASSWORD})
    assert answer.status_code == 422
    assert "nobody judged its cause" in answer.content.decode()


# --- treatment --------------------------------------------------------------------------------------------------------


def test_chemotherapy_is_recorded_with_the_drugs_of_the_regimen(site: Path) -> None:
    client, path = eligible(site)
    sent(client, path, "enrol", password=PASSWORD, disease_status="refractory", phase="induction")
    address = "/participants/S-001/treatment/chemotherapy/?regimen=7%2B3+daunorubicin"
    page = client.get(address).content.decode()
    day = re.search(r'name="on" value="([^"]+)"', page)[1]  # type: ignore[index]
    prefilled = dict(re.findall(r'name="(drug\.\d\.\w+)" value="([^"]+)"', page))
    typed = fields(page) | prefilled | {"on": day, "cycle": "1", "ended_on": day, "drug.0.dose": "100"}
    missing = client.post("/participants/S-001/treatment/chemotherapy/", typed)
    assert missing.status_code == 422  # daunorubicin without a dose
    answer = client.post("/participants/S-001/treatment/chemotherapy/", typed | {"drug.1.dose": "60"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert "180 of at most 550" in client.get("/participants/S-001/treatment/").content.decode()


def test_the_go_is_refused_with_its_reasons_while_a_check_is_open(site: Path) -> None:
    client, path = eligible(site)
    sent(client, path, "enrol", password=PASSWORD, disease_status="refractory", phase="induction")
    address = "/participants/S-001/treatment/go/"
    page = client.get(address).content.decode()
    day = re.search(r'name="on" value="([^"]+)"', page)[1]  # type: ignore[index]
    answer = sent(client, address, on=day, cycle="1", decision="go", password=PASSWORD)
    assert answer.status_code == 422
    assert "Refused" in answer.content.decode()


def test_premedication_names_a_drug_of_each_group(site: Path) -> None:
    client, path = eligible(site)
    sent(client, path, "enrol", password=PASSWORD, disease_status="refractory", phase="induction")
    address = "/participants/S-001/treatment/premedicate/"
    page = client.get(address).content.decode()
    hidden = fields(page)
    assert (hidden["agent.0.group"], hidden["agent.1.group"]) == ("antihistamine", "antipyretic")
    day = re.search(r'name="on" value="([^"]+)"', page)[1]  # type: ignore[index]
    drugs = {
        "agent.0.drug": "chlorphenamine",
        "agent.0.dose": "10",
        "agent.1.drug": "paracetamol",
        "agent.1.dose": "500",
    }
    answer = client.post(address, hidden | drugs | {"on": day, "cycle": "1"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert [one["group"] for one in last(site / "practice").what.agents] == ["antihistamine", "antipyretic"]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_monitor_reads_the_pages_and_writes_on_none(site: Path) -> None:
    client = logged_in("ma")
    for page in ("path", "visits", "events", "values", "treatment"):
        answer = client.get(f"/participants/S-018/{page}/")
        assert answer.status_code == 200, page
        primary = re.findall(r'class="btn primary"[^>]*>([^<]*)', answer.content.decode())
        assert primary == ["Stay logged in"], page
    assert client.get("/participants/new/").status_code == 403
    assert client.get("/participants/S-018/events/new/").status_code == 403
    assert client.get("/participants/S-018/treatment/go/").status_code == 403
