"""The frame of all acts: words as typed, roles, moods, what is an error and what a refusal."""

from dataclasses import MISSING, fields

import pytest
from conduct_story import FACTS, SMALL, TOLD, ZONE, Story, consents, enrolled, enrols, facts, infused, small_study

from trialwright.conduct import ACTS, Refusal, Role, cumulative_anthracycline, may, read_role, read_what
from trialwright.conduct.anthracyclines import days_count
from trialwright.conduct.person_facts import known_person
from trialwright.errors import FormatError, UsageError
from trialwright.facts import PartialDate, parse_occurred
from trialwright.facts.order import certainly_before, days_between, minutes_between, newest, spoken
from trialwright.ledger import Actor, Mood
from trialwright.ledger.kinds import DeviationRecorded, FactsRecorded, Infused

INV = Actor("inv", "investigator")
LABORATORYS = {
    "receive",
    "process",
    "make_lot",
    "take_sample",
    "record_release_test",
    "divide",
    "put_in_storage",
    "take_out_of_storage",
    "release",
    "reject_lot",
    "assign_lot",
    "reassign_lot",
    "recall",
    "issue",
}
"""Acts of the cell laboratory alone."""
SHARED = {
    "register_donor",
    "record_donor_consent",
    "withdraw_donor_consent",
    "decide_donor_eligibility",
    "assign_donor",
    "collect",
    "hand_over",
    "print_label",
    "void_label",
    "discard",
    "return_dose",
    "report_donor_event",
    "follow_adverse_event",
    "answer_alert",
}
"""Acts of site and laboratory both."""


@pytest.fixture
def story() -> Story:
    return Story()


# --- words ------------------------------------------------------------------------------------------------------------


def test_every_act_has_a_summary_a_form_and_roles() -> None:
    for name, act in ACTS.items():
        assert name == act.name
        assert act.summary.endswith("."), name
        assert len(act.summary) > 20
        assert act.roles, name
        assert all(part.name.isidentifier() for part in fields(act.fields))


def test_words_typed_at_a_shell_are_read_by_their_kind() -> None:
    what = read_what(
        ACTS["infuse"], {"cycle": "2", "lot": "L-1", "dose": 1, "weight-kg": "70.50", "verified_by": "n1, n2"}
    )
    assert (what.cycle, what.dose, what.weight_kg, what.verified_by) == (2, 1, "70.50", ("n1", "n2"))


def test_lists_and_tables_are_json_or_repeated_words() -> None:
    drugs = read_what(
        ACTS["give_chemotherapy"],
        {"cycle": "1", "regimen": "7+3", "ended_on": "2026-01-16", "drugs": '[{"drug":"cytarabine","dose":0.5}]'},
    ).drugs
    assert drugs == ({"drug": "cytarabine", "dose": "0.5"},)  # no float enters the ledger
    agents = read_what(
        ACTS["premedicate"], {"cycle": 1, "agents": {"drug": "x", "dose": 0.5, "parts": [1.5, 2]}}
    ).agents
    assert agents == ({"drug": "x", "dose": "0.5", "parts": ["1.5", 2]},)
    assert read_what(ACTS["infuse"], {"cycle": 1, "lot": "L-1", "weight_kg": 70}).weight_kg == "70"
    assert not ACTS["pause"].needs_who
    assert ACTS["infuse"].needs_who
    event = {"term": "Fever", "grade": "1", "serious": "no", "related": '{"nk_cells":"related"}'}
    assert read_what(ACTS["report_adverse_event"], event | {"seriousness": ["death", "disability"]}).seriousness == (
        "death",
        "disability",
    )
    assert read_what(ACTS["report_adverse_event"], event).related == {"nk_cells": "related"}


def test_a_whole_facts_file_may_stand_for_the_facts() -> None:
    what = read_what(ACTS["screen"], {"facts": f'{{"born":"1971-05","sex":"male","facts":{FACTS}}}'})
    assert (what.born, what.sex, len(what.facts)) == ("1971-05", "male", 3)


@pytest.mark.parametrize(
    ("act", "typed", "message"),
    [
        ("make_lot", {"collection": "C-1"}, "make_lot: expires_at missing"),
        ("infuse", {"cycle": "one", "lot": "L-1"}, "cycle: 'one' was given; a whole number was expected"),
        ("infuse", {"cycle": "1", "lott": "L-1"}, "'lott' is not a field. Did you mean lot"),
        ("infuse", {"cycle": "0", "lot": "L-1"}, "0 was given; 1 or more was expected"),
        ("infuse", {"cycle": "1", "lot": "L-1", "weight_kg": "heavy"}, "weight_kg: 'heavy' is not a number"),
        ("infuse", {"cycle": "1", "lot": "L-1", "ended_at": "noon"}, "ended_at: 'noon' is not a date"),
        ("infuse", {"cycle": "1", "lot": ["L-1"]}, "text was expected"),
        ("contact", {"how": "telephone", "alive": "maybe"}, "yes or no was expected"),
        ("withdraw", {"extent": "visit"}, "Did you mean visits"),
        ("premedicate", {"cycle": "1", "agents": "[1]"}, "names with values were expected"),
        ("premedicate", {"cycle": "1", "agents": '{"drug":'}, "cannot be read as JSON"),
        ("premedicate", {"cycle": "1", "agents": '[{"dose":NaN}]'}, "NaN is not a number"),
        ("premedicate", {"cycle": "1", "agents": 7}, "a list was expected"),
        ("record_facts", {"facts": '[{"concpt":"alt"}]'}, "expected one of concept"),
        ("record_facts", {"facts": "[]", "born": "May 1971"}, "born"),
        ("report_adverse_event", {"term": "x", "grade": 6, "serious": False, "related": {}}, "1 to 5 was expected"),
        (
            "report_adverse_event",
            {"term": "x", "grade": 1, "serious": True, "related": {"nk_cells": "perhaps"}},
            "'perhaps' is not known",
        ),
        ("assess_response", {"category": "CRC"}, "One of: CR, CRh, CRi"),
        ("record_history", {"code": "p", "enrolled_on": "2000-13-01", "disease_status": "CR1"}, "enrolled_on"),
    ],
)
def test_words_that_cannot_be_read_are_named_with_what_was_expected(
    act: str, typed: dict[str, object], message: str
) -> None:
    with pytest.raises(FormatError, match=message.replace("(", r"\(").replace(".", r"\.")):
        read_what(ACTS[act], typed)


def test_an_act_takes_its_own_words_and_a_date(story: Story) -> None:
    story.do(consents())
    with pytest.raises(UsageError, match="contact takes a Contacted"):
        ACTS["contact"](story.study, story.trial, INV, "S-001", "telephone", "2026-01-06")
    what = read_what(ACTS["contact"], {"how": "telephone"})
    with pytest.raises(UsageError, match="say when it happened"):
        ACTS["contact"](story.study, story.trial, INV, "S-001", what, None)
    with pytest.raises(FormatError, match="contact: on: 'yesterday' is not a date"):
        ACTS["contact"](story.study, story.trial, INV, "S-001", what, "yesterday")
    with pytest.raises(UsageError, match="say of whom"):
        ACTS["contact"](story.study, story.trial, INV, None, what, "2026-01-06")


@pytest.mark.parametrize("who", ["", "1", "S-001", "C-1", "L-"])
def test_a_lot_is_named_as_a_lot(story: Story, who: str) -> None:
    with pytest.raises(UsageError, match="is no code of a lot"):
        story.ask(f"2026-01-20 reject_lot '{who}' reason=x by lab:cell_laboratory")


def test_forms_mark_what_is_needed() -> None:
    needed = [
        part.name
        for part in fields(ACTS["enrol"].fields)
        if part.default is MISSING and part.default_factory is MISSING
    ]
    assert needed == ["disease_status", "phase"]


# --- roles ------------------------------------------------------------------------------------------------------------


QUERIES = {"raise_query", "close_query", "reopen_query"}
LOCKS = {"freeze_casebook", "unfreeze_casebook", "end_study", "lock_study", "unlock_study"}
APPROVES = {"approve_amendment", "reject_amendment"}


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.MONITOR, QUERIES | {"verify_source", "retract", "correct"}),
        (Role.STATISTICIAN, set()),
        (Role.ADMINISTRATOR, APPROVES),
        (Role.AUDITOR, set()),
        (Role.SAFETY_BOARD, APPROVES | {"pause", "resume", "answer_alert", "retract", "correct"}),
        (
            Role.DATA_MANAGER,
            {"propose_amendment", "record_deviation", "record_history", "retract", "correct"}
            | APPROVES
            | QUERIES
            | LOCKS,
        ),
        (Role.CELL_LABORATORY, LABORATORYS | SHARED | {"retract", "correct"}),
    ],
)
def test_roles_that_do_no_clinical_work_write_nothing_clinical(role: Role, acts: set[str]) -> None:
    assert {name for name, act in ACTS.items() if may(Actor("x", role.value), act)} == acts


def test_the_site_writes_everything_but_the_laboratorys_acts_and_the_coordinator_decides_no_pause() -> None:
    others = LABORATORYS | {"verify_source", "close_query", "reopen_query"} | (LOCKS - {"end_study"})
    assert {name for name, act in ACTS.items() if may(INV, act)} == set(ACTS) - others
    coordinator = Actor("c", "coordinator")
    investigators = {"pause", "resume", "sign", "raise_query", "end_study", "propose_amendment"} | APPROVES
    assert {name for name, act in ACTS.items() if may(coordinator, act)} == set(ACTS) - others - investigators


def test_a_role_that_may_not_write_is_refused_after_the_deed_too(story: Story) -> None:
    outcome = story.ask(f"{consents()} by m:monitor told")
    assert isinstance(outcome, Refusal)


def test_roles_are_read_as_people_type_them() -> None:
    assert read_role("cell-laboratory") is read_role("Cell_Laboratory") is Role.CELL_LABORATORY
    with pytest.raises(UsageError, match="Did you mean investigator"):
        read_role("investigater")


def test_amendments_by_role(story: Story) -> None:
    enrolled(story)
    line = "- retract entry=a3 reason_code='wrong person' why=namesake"
    assert story.codes(f"{line} by c:coordinator") == set()
    for role in ("data-manager", "cell-laboratory", "safety-board"):
        assert story.codes(f"{line} by x:{role}") == {"role.not_allowed"}
    (pause,) = story.do("2026-01-09 pause by_rule=r reason=x")
    (deviation,) = story.do("2026-01-09 record_deviation description=x")
    amend = "- retract entry={} reason_code=other why=x by x:{}"
    assert story.codes(amend.format(pause.id, "safety-board")) == set()
    assert story.codes(amend.format(pause.id, "coordinator")) == {"role.not_allowed"}
    assert story.codes(amend.format(deviation.id, "data-manager")) == set()


# --- moods ------------------------------------------------------------------------------------------------------------


def test_told_after_the_deed_carries_who_said_so_and_why_it_comes_late(story: Story) -> None:
    (entry,) = story.do(f"{consents()} told")
    assert (entry.mood, entry.told) == (Mood.HAPPENED, TOLD)


def test_told_of_somebody_without_consent_opens_a_casebook_and_says_so(story: Story) -> None:
    recorded, judged, deviation = story.do(
        facts("new").replace("record_facts", "screen").replace("2026-01-06 ", "2026-01-07 ", 1) + " told"
    )
    assert (recorded.about, judged.about) == ("S-001", "S-001")
    assert isinstance(deviation.what, DeviationRecorded)
    assert (deviation.what.gate, deviation.what.importance) == ("consent.none", "important")


def test_a_deed_told_to_have_gone_to_the_wrong_person_is_important(story: Story) -> None:
    infused(story)
    story.tell(f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}")
    line = "2026-01-20T16:00 infuse S-002 cycle=1 lot=L-1 weight_kg=70 by nurse with inv:investigator told"
    entries = story.do(line)
    assert isinstance(entries[0].what, Infused)
    found = {e.what.gate: e.what.importance for e in entries if isinstance(e.what, DeviationRecorded)}
    assert found["lot.wrong_recipient"] == found["lot.dose_given"] == "important"
    assert found["infusion.no_premedication"] == "not classified"


def test_told_enrolments_go_beyond_the_target_but_never_give_a_second_number(story: Story) -> None:
    for number in range(1, 5):
        story.tell(f"{consents()}\n{facts(f'S-00{number}')}")
        _, entry, *deviations = story.do(enrols(f"S-00{number}", more="told"))
        assert entry.what.number == number
    assert [one.what.gate for one in deviations] == ["enrolment.target_reached"]
    _, again, *deviations = story.do(enrols("S-002", "2026-01-09", more="told"))
    assert again.what.number == 2
    assert "enrolment.already" in {one.what.gate for one in deviations}


def test_every_entry_of_an_act_stands_about_the_same_person_on_the_same_day(story: Story) -> None:
    enrolled(story)
    entries = story.do('2026-03-01 visit S-001 visit=m6 answers=\'{"heart.lvef":"58"}\'')
    assert len(entries) == 3
    assert {(entry.about, entry.occurred) for entry in entries} == {("S-001", "2026-03-01")}


def test_a_number_stands_for_the_casebook(story: Story) -> None:
    enrolled(story)
    (entry,) = story.do("2026-03-01 contact 1 how=telephone")
    assert entry.about == "S-001"


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        ("2026-02-01", False),
        ("2026-02-02", True),
        ("2026-02", False),
        ("2026-03", True),
        ("2026-02-01T17:59", False),
        ("2026-02-01T18:01", True),
    ],
)
def test_nothing_has_happened_that_lies_ahead_of_the_sites_clock(story: Story, on: str, refused: bool) -> None:
    """Asked at 10:00 UTC, which is 18:00 in Shanghai."""
    story.do(consents())
    line = f"{on} contact S-001 how=telephone at 2026-02-01T10:00:00.000Z"
    assert (story.codes(line) == {"occurred.in_future"}) is refused


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("2026-01-06T09:00+00:00[UTC]", "is on the clock of UTC; the site's is Asia/Shanghai"),
        ("2026-01-06T09:00+09:00[Asia/Shanghai]", "the clock of Asia/Shanghai shows 08:00. Check the offset"),
    ],
)
def test_moments_are_told_on_the_sites_clock(story: Story, moment: str, message: str) -> None:
    story.do(consents())
    what = read_what(ACTS["contact"], {"how": "telephone"})
    with pytest.raises(FormatError, match=message):
        ACTS["contact"](story.study, story.trial, INV, "S-001", what, moment)


def test_a_refusal_without_a_reason_is_a_broken_promise() -> None:
    with pytest.raises(ValueError, match="a refusal needs a reason"):
        Refusal("enrol", "S-001", ())


def test_a_second_person_may_have_no_role_of_ours(story: Story) -> None:
    story.tell(f"{consents()}\n{facts('S-001')}")
    outcome = ACTS["enrol"](
        story.study,
        story.trial,
        Actor("c", "coordinator"),
        "S-001",
        read_what(ACTS["enrol"], {"disease_status": "CR1", "phase": "induction"}),
        "2026-01-08",
        second=Actor("n", "second person"),
    )
    assert isinstance(outcome, Refusal)
    assert [reason.code for reason in outcome.reasons] == ["signature.none"]


def test_an_adverse_event_is_graded_by_the_studys_version_unless_another_is_named(story: Story) -> None:
    story.do(consents())
    line = "2026-01-21 report_adverse_event S-001 term=Fever grade=2 serious=no related='{}'"
    (entry,) = story.do(line)
    (other,) = story.do(f"{line} ctcae=6.0")
    assert (entry.what.ctcae, other.what.ctcae) == (story.study.safety.ctcae, "6.0")


def test_a_deviation_may_concern_a_lot(story: Story) -> None:
    (entry,) = story.do("2026-01-21 record_deviation L-1 description='label smeared'")
    assert entry.about == "L-1"


def test_the_sites_day_begins_before_greenwichs(story: Story) -> None:
    story.do(consents())
    line = "2026-02-02 contact S-001 how=telephone at 2026-02-01T16:30:00.000Z"
    assert story.codes(line) == set()


# --- order ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "certain"),
    [
        ("2026-01-05", "2026-01-06", True),
        ("2026-01-05", "2026-01-05", False),
        ("2026-01", "2026-01-31", False),
        ("2026-01", "2026-02-01", True),
        ("2025", "2026", True),
        (f"2026-01-05T09:00{ZONE}", f"2026-01-05T09:01{ZONE}", True),
        (f"2026-01-05T09:00{ZONE}", "2026-01-05", False),
        (f"2026-01-05T09:00{ZONE}", "2026-01-05T02:00+00:00[UTC]", True),  # 09:00 in Shanghai is 01:00 UTC
        ("2026-01-05T00:30+00:00[UTC]", f"2026-01-05T09:00{ZONE}", True),
    ],
)
def test_order_is_certain_or_it_is_not(first: str, second: str, certain: bool) -> None:
    assert certainly_before(parse_occurred(first), parse_occurred(second)) is certain
    assert not certainly_before(parse_occurred(second), parse_occurred(first)) or not certain


def test_days_between_partial_dates_are_an_interval() -> None:
    assert days_between(parse_occurred("2026-01"), parse_occurred("2026-02-01")) == (1, 31)
    assert (spoken(None), spoken("2026-01")) == ("an unknown day", "2026-01")
    assert minutes_between(parse_occurred("2026-01-05"), parse_occurred(f"2026-01-05T09:00{ZONE}")) is None


@pytest.mark.parametrize(("days", "count"), [("1-3", 3), ("1,3,5", 3), ("1-3,2-4", 4), ("2-2", 1), (7, 7)])
def test_the_days_of_a_drug_are_counted(days: str | int, count: int) -> None:
    assert days_count(days) == count


@pytest.mark.parametrize("days", ["3", "3-1", "", "daily", 0])
def test_days_that_may_mean_two_things_are_refused(days: str | int) -> None:
    with pytest.raises(FormatError):
        days_count(days)


def test_cumulative_anthracycline_is_the_sum_of_the_cycles(story: Story) -> None:
    infused(story)
    assert cumulative_anthracycline(story.study, story.trial.casebooks["S-001"]) == 180


# --- privacy ----------------------------------------------------------------------------------------------------------


def test_the_birthday_never_enters_the_ledger(story: Story) -> None:
    story.do(consents())
    recorded, _ = story.do("2026-01-07 screen S-001 born=1945-03-15 sex=male")
    assert isinstance(recorded.what, FactsRecorded)
    assert (recorded.what.born, recorded.what.completed_years) == ("1945", 80)
    (corrected,) = story.do(
        f"- correct entry={recorded.id} reason_code='typing error' why=passport content='{{\"born\":\"1946-03-15\"}}'"
    )
    assert corrected.what.born == "1946"


@pytest.mark.parametrize(
    ("born", "screened", "asked", "answer"),
    [
        ("1945-03-15", "2026-03-01", "2026-03-01", "1945-12-31"),  # 80, birthday ahead: counts as 80 on that day
        ("1945-03-15", "2026-03-01", "2026-03-10", "1945"),  # may have had it since
        ("1945-02-15", "2026-03-01", "2026-03-10", "1945-01-01"),  # had it: 81 for the rest of the year
        ("1945-02-15", "2026-03-01", "2027-03-10", "1945"),
        ("1945", "2026-03-01", "2026-03-01", "1945"),
    ],
)
def test_completed_years_narrow_the_year_of_birth(
    story: Story, born: str, screened: str, asked: str, answer: str
) -> None:
    story.do(consents())
    story.do(f"{screened} record_facts S-001 facts='[]' born={born}")
    person = known_person(story.trial.casebooks["S-001"], PartialDate.of(parse_occurred(asked).latest).latest)
    assert str(person.born) == answer


def test_the_small_study_has_no_fault() -> None:
    from trialwright.study import check_study, read_study

    file = read_study(SMALL.read_text(encoding="utf-8"), SMALL.name)
    assert file.study == small_study()
    assert [found for found in check_study(file) if found.level == "error" and "eligib" in found.code] == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-11-23T08:00+08:00[Asia/Shanghai]", "2026-11-22T23:30-08:00[America/Los_Angeles]"),  # 00:00 and 07:30 UTC
        ("2026-11-22", "2026-11-22T00:30+08:00[Asia/Shanghai]"),
        ("2026-11-22", "2026-11"),  # the month may mean its last day
        (None, "1999"),
    ],
)
def test_the_newest_is_found_by_the_moment_not_by_the_letters(older: str | None, newer: str) -> None:
    assert newest(older, "Asia/Shanghai") < newest(newer, "Asia/Shanghai")
