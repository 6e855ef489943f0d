"""Which reports are owed, to whom and by when: an event as it was told, and the list.

Written from DOMAIN.md, section 7 (reporting clocks: day 0 is the day of awareness; a case that turns fatal starts a
clock of its own; unknown relatedness counts as related; causes are asked apart, of a donor the collection). The
regimes are the reference study's: the site's of every serious event (24 hours), China's for investigator-initiated
research (7 and 15 days), and that of pregnancies. The clocks themselves are held to account in test_safety_clocks.py.
"""

from dataclasses import replace

import pytest
from cell_story import DONOR, donor
from conduct_story import ZONE, Story
from harm_story import (
    RELATED,
    UNRELATED,
    at,
    event,
    follows,
    harm_cell_study,
    harm_study,
    put,
    reported,
    tell,
    tell_on,
    treated,
)

from trialwright.facts import LocalTime
from trialwright.ledger.kinds import Adopted
from trialwright.safety.reporting.due import ReportOwed, at_clock, reports_owed
from trialwright.safety.reporting.standing import Stands
from trialwright.study.reporting import ReferenceInformation

NOW = at("2026-01-26T12:00")
KNOWN = f"aware_at=2026-01-26T09:00{ZONE}"
HOSPITAL, DANGER = "serious=yes seriousness=hospitalisation", "serious=yes seriousness=life-threatening"
IIT_TO = ("ethics committee", "health authority", "institution")


def owed(story: Story, now: LocalTime = NOW) -> tuple[ReportOwed, ...]:
    return reports_owed(story.study, story.trial, now)


def told(found: tuple[ReportOwed, ...]) -> list[tuple[str, str, str]]:
    """Regime, what and by when, each once: the recipients are asked apart."""
    lines = [(one.stands.duty.regime, str(one.stands.duty.what), str(one.stands.duty.due)[:16]) for one in found]
    return list(dict.fromkeys(lines))


def knew(on: str) -> str:
    return f"aware_at={on}T09:00{ZONE}"


SITE_REPORT = ("site", "first report", "2026-01-27T09:00")
SLOW, FAST = ("CN_IIT", "first report", "2026-02-10"), ("CN_IIT", "first report", "2026-02-02")
COMPLETE = ("CN_IIT", "complete report", "2026-02-10")


@pytest.mark.parametrize(
    ("rule", "line", "reports"),
    [
        ("not serious", event(grade=3, more=f"serious=no {KNOWN}"), []),
        ("serious", event(grade=3, more=f"{HOSPITAL} {KNOWN}"), [SITE_REPORT, SLOW]),
        ("life-threatening", event(more=f"{DANGER} {KNOWN}"), [SITE_REPORT, FAST, COMPLETE]),
        ("fatal by its outcome alone", event(more=f"{HOSPITAL} outcome=fatal {KNOWN}"), [SITE_REPORT, FAST, COMPLETE]),
        ("related to nothing of the study", event(related=UNRELATED, more=f"{HOSPITAL} {KNOWN}"), [SITE_REPORT]),
        ("to chemotherapy only", event(related=UNRELATED.replace('y":"not ', 'y":"'), more=KNOWN), [SITE_REPORT, SLOW]),
        (
            "one cause not judged",
            event(related='{"nk_cells":"not related"}', more=f"{HOSPITAL} {KNOWN}"),
            [SITE_REPORT, SLOW],
        ),
        ("judged expected", event(more=f"{HOSPITAL} expected=yes {KNOWN}"), [SITE_REPORT]),
        ("judged unexpected", event(more=f"{HOSPITAL} expected=no {KNOWN}"), [SITE_REPORT, SLOW]),
    ],
)
def test_what_is_owed_follows_from_what_is_known(rule: str, line: str, reports: list[tuple[str, str, str]]) -> None:
    assert told(owed(tell(treated(), line))) == reports, rule


def test_each_recipient_is_owed_a_report_of_their_own() -> None:
    found = owed(tell(treated(), event(more=f"{HOSPITAL} {KNOWN}")))
    assert [(one.stands.duty.regime, one.to) for one in found] == [
        ("site", "ethics committee"),
        ("site", "institution"),
        *(("CN_IIT", to) for to in IIT_TO),
    ]
    assert {(one.about, one.subject) for one in found} == {("S-001", "Hypotension, grade 4")}


def test_a_report_to_one_is_none_to_another() -> None:
    story = tell(treated(), event(more=f"{HOSPITAL} {KNOWN}"))
    line = f"2026-01-26T16:00 send_report entry={reported(story)[0]} regime=site what='first report' to='institution'"
    story.do(line)
    found = {one.to: one.stands for one in owed(story, at("2026-01-27T12:00")) if one.stands.duty.regime == "site"}
    assert (found["institution"].stands, found["institution"].says) == (Stands.SENT, "sent on day 0, in time")
    assert found["ethics committee"].stands is Stands.OVERDUE
    assert all(one.stands.stands is Stands.DUE for one in owed(story) if one.stands.duty.regime == "CN_IIT")


def test_where_nobody_says_when_the_site_knew_it_knew_when_it_was_recorded() -> None:
    """Entries of a story are recorded at midnight of 2030-01-01, UTC: eight in the morning in Shanghai."""
    story = tell(treated(), event(more=HOSPITAL))
    (id,) = reported(story)
    assert told(owed(story))[0] == ("site", "first report", "2030-01-02T08:00")
    story.do(f"- correct entry={id} reason_code='source corrected' why='read again' content='{{\"grade\":\"3\"}}'")
    assert told(owed(story))[0] == ("site", "first report", "2030-01-02T08:00")
    assert owed(story)[0].entry == id
    assert owed(story)[0].subject == "Hypotension, grade 3"


# --- what follows -----------------------------------------------------------------------------------------------------


def test_an_event_that_turns_serious_is_owed_from_when_that_was_known() -> None:
    story = tell(treated(), event(grade=3, more=f"serious=no {KNOWN}"))
    tell_on(story, follows(f"{HOSPITAL} {knew('2026-02-03')}", "2026-02-01"))
    assert told(owed(story)) == [("site", "first report", "2026-02-04T09:00"), ("CN_IIT", "first report", "2026-02-18")]


def test_a_case_that_turns_fatal_begins_a_clock_of_its_own_and_the_first_stands_besides() -> None:
    story = tell(treated(), event(more=f"{HOSPITAL} {KNOWN}"))
    tell_on(story, follows(f"outcome=fatal {knew('2026-01-30')}", "2026-01-29"))
    duties = [one.stands.duty for one in owed(story) if one.to == "institution"]
    assert [(duty.regime, duty.what.value, str(duty.due)[:16], duty.fatal) for duty in duties] == [
        (*SITE_REPORT, False),
        ("site", "first report", "2026-01-31T09:00", True),
        ("CN_IIT", "first report", "2026-02-06", True),
        (*SLOW, False),
        ("CN_IIT", "complete report", "2026-02-14", True),
    ]


def test_a_cause_judged_later_withdraws_what_was_not_yet_due() -> None:
    story = tell(treated(), event(related="{}", more=f"{HOSPITAL} {KNOWN}"))
    tell_on(story, follows(f"related='{UNRELATED}' {knew('2026-02-03')}", "2026-02-03"))
    stands = {one.stands.stands for one in owed(story, at("2026-02-04T12:00")) if one.stands.duty.regime == "CN_IIT"}
    assert stands == {Stands.WITHDRAWN}


def test_follow_ups_count_in_the_order_in_which_they_became_known() -> None:
    """What happened first was learned last: that it was life-threatening on the 28th, that it was judged unrelated."""
    story = tell(treated(), event(more=f"{HOSPITAL} {KNOWN}"))
    tell_on(
        story,
        follows(f"related='{UNRELATED}' {knew('2026-01-30')}", "2026-01-30"),
        follows(f"seriousness=life-threatening {knew('2026-02-05')}", "2026-01-28"),
    )
    assert ("CN_IIT", "first report", "2026-02-12") not in told(owed(story))  # unrelated by then
    assert ("site", "first report", "2026-02-06T09:00") in told(owed(story))


# --- what was expected ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "line", "reports"),
    [
        ("listed", event(grade=3, more=f"{HOSPITAL} {KNOWN}"), [SITE_REPORT]),
        ("listed, but not as life-threatening", event(more=f"{DANGER} {KNOWN}"), [SITE_REPORT, FAST, COMPLETE]),
        ("not listed", event("Sepsis", 3, more=f"{HOSPITAL} {KNOWN}"), [SITE_REPORT, SLOW]),
        ("listed, but judged unexpected", event(grade=3, more=f"{HOSPITAL} expected=no {KNOWN}"), [SITE_REPORT, SLOW]),
        ("begun before any version", event(grade=3, on="2026-01-12", more=f"{HOSPITAL} {KNOWN}"), [SITE_REPORT, SLOW]),
    ],
)
def test_without_a_judgement_the_reference_information_at_onset_decides(
    rule: str, line: str, reports: list[tuple[str, str, str]]
) -> None:
    study = harm_study()
    reporting = study.safety.reporting
    assert reporting is not None
    known = ReferenceInformation(version="1", valid_from="2026-01-20", expected=("Hypotension",))
    reporting = replace(reporting, reference_information=(known,))
    study = replace(study, safety=replace(study.safety, reporting=reporting))
    assert told(owed(tell(treated(), line, study=study))) == reports, rule


# --- donors and pregnancies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judged", "reports"),
    [
        ('{"collection":"related"}', [SITE_REPORT, SLOW]),
        ('{"collection":"unknown"}', [SITE_REPORT, SLOW]),
        ("{}", [SITE_REPORT, SLOW]),
        ('{"collection":"not related"}', [SITE_REPORT]),  # nobody gave the donor cells or chemotherapy
    ],
)
def test_of_a_donor_the_collection_is_asked(judged: str, reports: list[tuple[str, str, str]]) -> None:
    line = f"2026-01-25 report_donor_event {DONOR} term=Hypotension grade=3 {HOSPITAL} related='{judged}' {KNOWN}"
    found = owed(tell(donor(), line, study=harm_cell_study()))
    assert (told(found), {one.about for one in found}) == (reports, {DONOR})


@pytest.mark.parametrize("whose", ["participant", "partner"])
def test_a_pregnancy_is_owed_within_the_day_to_institution_and_ethics_committee(whose: str) -> None:
    story = tell(treated(), f"2026-01-25 report_pregnancy S-001 of={whose} {KNOWN}")
    found = owed(story)
    assert told(found) == [("pregnancy", "first report", "2026-01-27T09:00")]
    assert [(one.to, one.subject, one.entry) for one in found] == [
        (to, f"pregnancy of the {whose}", reported(story)[0]) for to in ("ethics committee", "institution")
    ]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_stands_by_the_day_each_is_due() -> None:
    story = tell(treated(), treated("S-002"), event(who="S-002", more=f"{HOSPITAL} {knew('2026-01-28')}"))
    tell_on(story, event(on="2026-01-20T15:00", related=RELATED, more=f"{DANGER} {KNOWN}"))
    found = owed(story)
    days = [one.stands.duty.due_day for one in found]
    assert days == sorted(days)
    assert [one.about for one in found[:4]] == ["S-001", "S-001", "S-002", "S-002"]


def test_where_the_study_says_nothing_of_reporting_nothing_is_owed() -> None:
    study = replace(harm_study(), safety=replace(harm_study().safety, reporting=None))
    assert owed(tell(treated(), event(more=f"{HOSPITAL} {KNOWN}"), study=study)) == ()


def test_an_instant_stands_as_the_clock_there_showed_it() -> None:
    summer = at_clock("2026-07-01T03:30:59.000Z", "America/New_York")
    assert (str(summer.wall), summer.offset_minutes) == ("2026-06-30 23:30:00", -240)


def test_a_site_whose_zone_nobody_knows_counts_in_utc() -> None:
    story = tell(treated(), event(more=HOSPITAL))
    put(story, Adopted("text", "harm-2", "1.1", True, 3, {}), None, None)
    assert str(owed(story)[0].stands.duty.due)[:16] == "2030-01-02T00:00"
