"""`trialwright safety` at the shell: a serious event reported, due, sent; the stopping rule crossed, and resumed."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cell_story import DONOR, FILE, LOT, donor
from conduct_story import ZONE, chemotherapy, consents, enrols, facts
from errors_told import run
from shell import trialwright

from trialwright import report

BY = "wang:investigator"
BOARD = "li:safety_board"
ENDPOINT = """
endpoints:
  - {id: os, label: Overall survival, role: primary, kind: survival, population: enrolled, origin: enrolment,
     events: [death], censor_at: last_known_alive, horizon_days: 730.5, source: assumption, basis: for the tests}
"""
SAFETY = """
safety:
  ctcae: "5.0"
  source: assumption
  basis: for the tests
  collection: {days_after_last_infusion: 100, source: assumption, basis: for the tests}
  pregnancy: {no_infusion_after: [participant], source: assumption, basis: for the tests}
  dlt:
    days_after_first_infusion: 28
    source: assumption
    basis: for the tests
    items:
      - {id: organ, text: any event of grade 4 or more, scale: CTCAE, grade_at_least: 4}
  stopping_rule: {prior: {a: 0.6, b: 1.4}, p0: 0.30, cut: 0.80, first_look: 3, source: assumption, basis: for the tests}
  triggers:
    - {id: treatment-death, text: a death due to treatment, happens: death, due_to: [nk_cells],
       source: assumption, basis: for the tests}
  reporting: {initiated_by: investigator, regimes: [site, pregnancy], source: assumption, basis: for the tests}
"""
RELATED = """related='{"nk_cells":"related","chemotherapy":"not related","premedication":"not related"}'"""
LIVER = [{"concept": "alt", "value": "310", "unit": "U/L", "on": "2026-01-23", "range": {"high": "50", "unit": "U/L"}}]


def study_text() -> str:
    """The study of the cells' whole way, with an endpoint."""
    text = FILE.read_text(encoding="utf-8").replace("concept: mrd, ", "")
    return text.replace("feeds: [eligibility]", "feeds: [eligibility, survival]") + ENDPOINT


def made(path: Path) -> Path:
    """The directory of that study, with what safety needs and room for six."""
    text = study_text().replace("target: 3", "target: 6") + SAFETY
    (path / "study.yaml").write_text(text, encoding="utf-8")
    said("init", "--from", path / "study.yaml", "--dir", path / "T")
    return path / "T"


def ran(*words: object, by: str = BY) -> tuple[int, str, str]:
    return run(tuple(map(str, words)), by)


def said(*words: object, by: str = BY) -> str:
    """What a command prints for people; it must succeed."""
    code, out, err = ran(*words, by=by)
    assert (code, err) == (0, ""), out + err
    return out


def told(*words: object) -> Any:
    """What a command prints for machines: one JSON document and nothing else."""
    return json.loads(said(*words, "--json"))


def words_of(directory: Path, line: str) -> Iterator[object]:
    """A story's line as it is typed at the shell; facts go through a file."""
    on, act, *words = shlex.split(line)
    yield from ("act", directory, act)
    document: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word in ("by", "with"):
            code, _, role = words.pop(0).partition(":")
            yield from (f"--{word}", f"{code}:{role or 'coordinator'}")
        elif word == "told":
            yield from ("--happened", "--source", "ward", "--who-said", "nurse", "--why-late", "at night")
        elif act == "record_facts" and equals:
            document[name] = json.loads(value) if name == "facts" else value
        elif equals:
            yield from (f"--{name.replace('_', '-')}", value)
        else:
            yield word
    if document:
        path = directory.parent / "facts.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        yield from ("--facts", path)
    yield from ("--on", on, "--site", "XA")


def act(directory: Path, story: str) -> None:
    """Every line of a story, typed at the shell; none may be refused."""
    for line in story.splitlines():
        if line.strip():
            code, out, err = ran(*words_of(directory, line))
            assert code == 0, f"{line}\n{out}{err}"  # what is told after the deed prints its deviations, too


def treated(who: str, month: str) -> str:
    """Chemotherapy from the 10th to the 16th of a month, cells on the 20th: told after the deed, without a chain."""
    cells = f"{month}-20T14:00 infuse {who} cycle=1 lot={LOT} weight_kg=70 told"
    return f"{chemotherapy(who, f'{month}-10', f'{month}-16')}\n{cells}"


def enters(who: str, month: str) -> str:
    """Consent, facts and screening of somebody, early in a month."""
    return f"""
        {consents("new", f"{month}-05T09:00")}
        {facts(who, f"{month}-06")}
        {month}-07 screen {who}
    """


def toxic(who: str, on: str, id: str) -> str:
    reasons = "serious=yes seriousness=life-threatening"
    return f"{on} report_adverse_event {who} id={id} term=Sepsis grade=4 {reasons} {RELATED} aware_at={on}T09:00{ZONE}"


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """One participant, infused on 2026-01-20, without any harm."""
    directory = made(tmp_path)
    act(directory, f"{enters('S-001', '2026-01')}\n{enrols('S-001')}\n{treated('S-001', '2026-01')}")
    return directory


# --- reports ----------------------------------------------------------------------------------------------------------


def test_a_serious_event_is_due_overdue_and_sent(trial: Path) -> None:
    calm = said("safety", trial, "--at", "2026-01-21")
    assert "Not paused" in calm
    assert "No report is due." in calm
    act(trial, toxic("S-001", "2026-01-22", "ae1"))
    due = said("safety", trial, "--at", "2026-01-22T10:00")
    to = "first report to ethics committee and institution, site"
    about = "  S-001, Sepsis, grade 4 (ae1)\n"
    assert f"IN THE NEXT 15 DAYS:\n{about}      {to}: due in 23 hours (due 2026-01-23 09:00)\n" in due
    assert "OVERDUE REPORTS" not in due
    late = said("safety", trial, "--at", "2026-01-23T12:00")
    assert f"OVERDUE REPORTS:\n{about}    ! {to}: overdue since 3 hours (due 2026-01-23 09:00)\n" in late
    act(trial, "2026-01-23T12:30 send_report S-001 entry=ae1 regime=site what='first report' to=institution")
    half = told("safety", trial, "--at", "2026-01-23T13:00")
    assert [(one["to"], one["stands"]) for one in half["overdue"]] == [("ethics committee", "overdue")]
    one_more = "entry=ae1 regime=site what='first report' to='ethics committee'"
    act(trial, f"2026-01-23T13:30 send_report S-001 {one_more}")
    assert "No report is due." in said("safety", trial, "--at", "2026-01-23T14:00")
    sent = told("safety", trial, "S-001", "--at", "2026-01-23T14:00")["reports"]
    assert [(one["to"], one["stands"], one["in_time"]) for one in sent] == [
        ("ethics committee", "sent", "no"),
        ("institution", "sent", "no"),
    ]
    assert "sent on day 1, late by 3 hours" in said("safety", trial, "S-001", "--at", "2026-01-23T14:00")


def test_what_the_steps_say_can_be_typed_as_it_stands(trial: Path) -> None:
    act(trial, toxic("S-001", "2026-01-22", "ae1"))
    text = said("safety", trial, "S-001", "--at", "2026-01-22T10:00")
    typed = [shlex.split(line.strip()) for line in text.splitlines() if line.startswith("      act send_report")]
    assert len(typed) == 2
    for words in typed:
        said("act", trial, *words[1:], "--on", "2026-01-22T11:00", "--site", "XA")
    assert told("safety", trial, "--at", "2026-01-22T12:00")["due"] == []


# --- one person -------------------------------------------------------------------------------------------------------


def test_a_value_waits_with_its_grade_and_rule_until_it_is_marked(trial: Path) -> None:
    path = trial.parent / "liver.json"
    path.write_text(json.dumps({"facts": LIVER}), encoding="utf-8")
    said("act", trial, "record_facts", "S-001", "--facts", path, "--on", "2026-01-23", "--site", "XA", "--id", "lab1")
    text = said("safety", trial, "S-001", "--at", "2026-01-23T12:00")
    assert "lab1#1: alt 310 U/L of 2026-01-23: above 50 U/L" in text
    assert "Alanine aminotransferase increased: grade 3, > 5 - 20 x ULN (baseline normal)" in text
    assert "from value 310 U/L, ULN 50 U/L, no baseline, compared in U/L" in text
    whole = told("safety", trial, "--at", "2026-01-23T12:00")
    assert [value["id"] for one in whole["waiting"] for value in one["values"]] == ["lab1#1"]
    marked = ("--significant", "yes", "--related", '{"nk_cells":"unknown"}', "--id", "m1")
    said("act", trial, "mark_value", "S-001", "--fact", "lab1#1", *marked, "--site", "XA")
    after = told("safety", trial, "S-001")
    assert [(one["stands"], one["mark"]["by"]) for one in after["values"] if one["id"] == "lab1#1"] == [
        ("marked", "wang")
    ]
    (event,) = after["events"]
    assert (event["term"], event["grade"]) == ("Alanine aminotransferase increased", 3)
    assert [(one["which"], one["number"], one["before"], one["since"]) for one in event["against"]] == [
        ("treatment", 0, 0, 3),
        ("infusion", 1, 0, 3),
    ]
    assert told("safety", trial)["waiting"] == []
    marked = said("safety", trial, "S-001")
    assert "Values marked significant:\n  lab1#1: alt 310 U/L of 2026-01-23: by wang, Alanine" in marked
    assert "1 value with nothing to do: --json lists them with their ids." in marked


def test_a_participant_is_named_by_number_and_has_everything(trial: Path) -> None:
    act(
        trial,
        f"""
        {toxic("S-001", "2026-01-22", "ae1")}
        2026-01-24 follow_adverse_event S-001 event=ae1 grade=3 outcome=resolving
        2026-01-25 assess_acute_gvhd S-001 skin=2 liver=0 upper_gi=0 lower_gi=0
        2026-01-25 report_pregnancy S-001 of=partner id=p1 aware_at=2026-01-25T09:00{ZONE}
        """,
    )
    text = said("safety", trial, "1", "--at", "2026-01-26T12:00")
    assert text.startswith("S-001 (participant 1), safety as of 2026-01-26 12:00\n")
    assert "Dose-limiting toxicity: yes (window 2026-01-20 14:00 to 2026-02-17)" in text
    assert "ae1: Sepsis (CTCAE 5.0): grade 4 from 2026-01-22, 3 from 2026-01-24; resolving" in text
    assert "before treatment (2026-01-10): grade 0, since 4: worse" in text
    assert "2026-01-25: acute GVHD grade I (MAGIC 2016)" in text
    assert "S-001, pregnancy of the partner (p1), 2026-01-25: no outcome yet" in text
    assert "act follow_pregnancy S-001 --pregnancy p1 --outcome ..." in text
    assert text.index("TO DO NEXT:") < text.index("Dose-limiting toxicity") < text.index("Events:")
    whole = said("safety", trial, "--at", "2026-01-26T12:00")
    assert "PREGNANCIES FOLLOWED:\n  S-001, pregnancy of the partner (p1)" in whole
    assert "SERIOUS EVENTS NOT RESOLVED:\n  S-001, Sepsis, grade 3 (ae1), since 2026-01-22, life-threatening" in whole


def test_somebody_without_anything_says_so(trial: Path) -> None:
    act(trial, consents("new", "2026-02-05T09:00"))
    assert "Nothing is recorded of events, values or reports." in said("safety", trial, "S-002", "--at", "2026-02-06")


def test_donor_and_participant_are_kept_apart(trial: Path) -> None:
    act(trial, donor())
    related = 'related=\'{"collection":"related"}\''
    reasons = "serious=yes seriousness=hospitalisation"
    gave, received = "narrative='gave for S-001, participant 1'", f"narrative='after cells of {DONOR}'"
    act(
        trial,
        f"""
        2026-01-20T08:00 report_donor_event {DONOR} id=d1 term=Syncope grade=3 {reasons} {related} {gave}
        2026-01-22 report_adverse_event S-001 id=ae1 term=Fever grade=1 serious=no {RELATED} {received}
        """,
    )
    giver, person = said("safety", trial, DONOR), said("safety", trial, "S-001")
    assert "Syncope" in giver
    assert "gave for a participant, a participant" in giver
    assert not re.search(r"S-0|participant [0-9]", giver)
    assert "after cells of the donor" in person
    assert DONOR not in person
    assert "Syncope" not in person
    whole = told("safety", trial)
    assert {one["about"] for one in whole["overdue"] + whole["due"]} == {DONOR}
    assert "after cells of the donor" in json.dumps(whole)


# --- the stopping rule ------------------------------------------------------------------------------------------------


BOARD_TOLD = "by li:safety_board told"


def test_the_boundary_is_crossed_enrolment_refused_resumed_and_crossed_again(trial: Path) -> None:
    act(trial, toxic("S-001", "2026-01-22", "t1"))
    act(trial, f"{enters('S-002', '2026-03')}\n{enrols('S-002', '2026-03-08')}")
    act(trial, treated("S-002", "2026-03"))
    one = told("safety", trial, "--at", "2026-03-21")["rule"]
    assert (one["events"], one["evaluable"], one["crossed"]) == (1, 1, False)
    assert one["pending"] == [
        {"code": "S-002", "number": 2, "waits_for": ["watched until 2026-04-17"], "until": "2026-04-17"}
    ]
    act(trial, f"{toxic('S-002', '2026-03-22', 't2')}\n{enters('S-003', '2026-04')}")
    paused = said("safety", trial, "--at", "2026-04-08")
    numbers = "2 of 2 evaluable participants (S-001, S-002) had a dose-limiting toxicity; the rule pauses at 2 of 2"
    assert f"PAUSED: enrolment and infusion stand still.\n  ! stopping rule, since 2026-03-22: {numbers}" in paused
    assert "the safety board decides" in paused
    enrolment = tuple(words_of(trial, enrols("S-003", "2026-04-08")))
    code, out, _ = ran(*enrolment)
    assert code == 1
    assert numbers in out

    act(trial, f"2026-04-09 resume decided_by=board decision='go on, lower dose' {BOARD_TOLD} dealt_with=S-001,S-002")
    resumed = said("safety", trial, "--at", "2026-04-09")
    assert "Not paused" in resumed
    assert "DECISIONS:\n  2026-04-09, board on stopping rule: go on, lower dose (trial)" in resumed
    act(trial, enrols("S-003", "2026-04-10"))
    act(trial, treated("S-003", "2026-05"))
    act(trial, f"{toxic('S-003', '2026-05-22', 't3')}\n{enters('S-004', '2026-06')}")
    again = told("safety", trial, "--at", "2026-06-08")
    assert [one["rule"] for one in again["pauses"]] == ["stopping rule"]
    assert [(one["code"], one["evaluable"], one["events"]) for one in again["rule"]["path"]] == [
        ("S-001", 1, 1),
        ("S-002", 2, 2),
        ("S-003", 3, 3),
    ]
    code, out, _ = ran(*words_of(trial, enrols("S-004", "2026-06-08")))
    assert (code, "3 of 3 evaluable participants (S-001, S-002, S-003)" in out) == (1, True)
    act(trial, f"2026-06-09 resume decided_by=board decision='go on' {BOARD_TOLD} dealt_with=S-001,S-002,S-003")
    act(trial, enrols("S-004", "2026-06-10"))


def test_a_trigger_fires_and_only_those_named_decide(trial: Path) -> None:
    reasons = "serious=yes seriousness=death outcome=fatal"
    act(trial, f"2026-01-25 report_adverse_event S-001 id=ae1 term=Sepsis grade=5 {reasons} {RELATED}")
    act(trial, "2026-01-25 record_death S-001 cause=treatment how_known=ward")
    text = said("safety", trial, "--at", "2026-01-26")
    assert "TRIGGERS:\n  treatment-death, a death due to treatment: FIRED\n    Sepsis of S-001 was fatal" in text
    assert "! treatment-death, since 2026-01-25: a death due to treatment: Sepsis of S-001 was fatal" in text
    assert "SERIOUS EVENTS NOT RESOLVED" not in text
    decision = ("--decided-by", "board", "--decision", "go on", "--on", "2026-01-27", "--site", "XA")
    code, out, _ = ran("act", trial, "resume", *decision)
    assert (code, "the safety board decides" in out) == (1, True)
    code, out, _ = ran("act", trial, "resume", *decision, by=BOARD)
    assert (code, "was written down after 2026-01-27" in out) == (1, True)
    minutes = (
        "--dealt-with",
        "S-001",
        "--happened",
        "--source",
        "minutes of the board",
        "--who-said",
        "chair",
        "--why-late",
        "entered later",
    )
    said("act", trial, "resume", *decision, *minutes, by=BOARD)
    view = told("safety", trial, "--at", "2026-01-27")
    assert (view["pauses"], [one["decided"] for one in view["triggers"]]) == ([], [True])


# --- the written report, and the command itself -----------------------------------------------------------------------


def test_the_report_is_written_at_a_cut_off_with_the_moment_that_decides_what_is_due(
    trial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def model(study_file: Any, whole: Any, cut_off: Any, *, then: Any = None, now: Any = None) -> str:
        asked.update(cut_off=str(cut_off), then=then.size, now=str(now), whole=whole.size)
        return "model"

    def write(model: str, out: Path, *, lang: str) -> tuple[Path, ...]:
        asked.update(lang=lang)
        return (out / "safety.html", out / "safety.pdf")

    monkeypatch.setattr(report, "safety_model", model, raising=False)
    monkeypatch.setattr(report, "safety_json", lambda model: {"model": model}, raising=False)
    monkeypatch.setattr(report, "write_safety_report", write, raising=False)
    out = trial.parent / "O"
    words = ("--out", out, "--as-of", "2026-01-16", "--known-at", "8", "--at", "2026-01-17T08:00", "--lang", "zh")
    assert said("safety", trial, *words) == f"{out / 'safety.html'}\n{out / 'safety.pdf'}\n"
    assert asked["cut_off"] == "2026-01-16"
    assert asked["now"] == f"2026-01-17T08:00{ZONE}"
    assert asked["lang"] == "zh"
    assert asked["whole"] == 9  # entries 0 to 8
    assert told("safety", trial, "--out", out) == {"model": "model"}
    assert asked["now"].endswith(ZONE)  # today's report reads the clocks now
    assert told("safety", trial, "--out", out, "--as-of", "2026-01-16") == {"model": "model"}
    assert asked["now"] == "None"  # and an earlier one at the end of its day
    assert asked["lang"] == "en"


def test_the_report_for_the_board_is_a_page_and_a_pdf_with_its_numbers_as_json(trial: Path) -> None:
    act(trial, toxic("S-001", "2026-01-22", "ae1"))
    out = trial.parent / "O"
    document = told("safety", trial, "--out", out, "--as-of", "2026-01-31")
    assert document["study"]["id"] == "cells"
    assert "Sepsis" in (out / "safety.html").read_text(encoding="utf-8")
    assert (out / "safety.pdf").read_bytes().startswith(b"%PDF-")


def test_the_screen_tells_the_worst_values_and_counts_the_rest(trial: Path) -> None:
    facts_of_days = [LIVER[0] | {"value": str(60 + 100 * day), "on": f"2026-01-2{day}"} for day in range(1, 8)]
    path = trial.parent / "liver.json"
    path.write_text(json.dumps({"facts": facts_of_days}), encoding="utf-8")
    said("act", trial, "record_facts", "S-001", "--facts", path, "--on", "2026-01-28", "--site", "XA", "--id", "lab1")
    text = said("safety", trial, "--at", "2026-01-29")
    listed = text[text.index("VALUES OUTSIDE THEIR RANGE") :].splitlines()[1:7]
    assert [line.rpartition(" (")[2] for line in listed[:5]] == [f"lab1#{place})" for place in (2, 3, 4, 5, 6)]
    assert listed[5] == "  7 in all: S-001 7"


def test_reading_writes_nothing_and_an_edited_copy_is_named(trial: Path) -> None:
    before = (trial / "ledger.db").read_bytes()
    said("safety", trial)
    assert (trial / "ledger.db").read_bytes() == before
    copy = trial / "study.yaml"
    copy.write_text(copy.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    code, _, err = ran("safety", trial, "S-001")
    assert code == 0
    assert "The adopted study counts here." in err


def test_a_trial_without_harm_or_rules_says_so(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(study_text(), encoding="utf-8")
    said("init", "--from", tmp_path / "study.yaml", "--dir", tmp_path / "T")
    shown = trialwright("safety", tmp_path / "T", by=BY)
    assert (shown.code, shown.err) == (0, "")
    assert "The study has no stopping rule." in shown.out
    assert trialwright("safety", tmp_path / "T", "--json", by=BY).json["rule"] is None
