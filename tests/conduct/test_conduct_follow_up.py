"""Follow-up and leaving: windows, answers, relapse, harm, withdrawal, loss, death. Each gate refuses and opens."""

import pytest
from conduct_story import Story, consents, enrolled, enrols, facts, infused, small_study

from trialwright.conduct import visit_windows
from trialwright.errors import FormatError
from trialwright.ledger.kinds import DeviationRecorded, Died, FactsRecorded, Visited


@pytest.fixture
def story() -> Story:
    return infused(Story())


AE = '2026-01-21 report_adverse_event S-001 term=Fever grade=2 serious=no related=\'{"nk_cells":"related"}\''


# --- visits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "off"), [("2026-01-26", 0), ("2026-01-27", 0), ("2026-01-28", 0), ("2026-01-25", -1), ("2026-01-30", 2)]
)
def test_a_visit_outside_its_window_is_a_minor_deviation_with_the_days(story: Story, on: str, off: int) -> None:
    visited, *deviations = story.do(f"{on} visit S-001 visit=d7")
    assert isinstance(visited.what, Visited)
    assert visited.what.days_off == off
    assert [(one.what.gate, one.what.importance) for one in deviations] == (
        [("visit.outside_window", "minor")] if off else []
    )


def test_of_several_anchors_the_nearest_counts(story: Story) -> None:
    windows = visit_windows(small_study(), story.trial.casebooks["S-001"], "d7")
    assert [str(window) for window in windows] == ["2026-01-26 to 2026-01-28"]


@pytest.mark.parametrize(
    ("visit", "window"),
    [
        ("c1", "2026-01-05 to 2026-01-08"),
        ("ch", "2026-01-18 to 2026-01-22"),
        ("f28", "2026-02-14 to 2026-02-20"),
        ("m6", "2026-06-26 to 2026-07-24"),
        ("r6", "2026-06-26 to 2026-07-24"),  # in remission at enrolment: the later of the two is enrolment
        ("rl", "2026-03-08 to 2026-03-22"),
    ],
)
def test_windows_are_counted_from_each_anchor(story: Story, visit: str, window: str) -> None:
    story.do("2026-03-01 relapse S-001 how=haematological")
    (found,) = visit_windows(small_study(), story.trial.casebooks["S-001"], visit)
    assert str(found) == window


def test_a_remission_reached_later_is_the_anchor_of_those_not_in_remission() -> None:
    story = Story()
    story.tell(f"{consents()}\n{facts('S-001')}")
    story.do("2026-01-08 enrol S-001 disease_status=refractory phase=induction")
    assert visit_windows(small_study(), story.trial.casebooks["S-001"], "r6") == ()
    assert visit_windows(small_study(), story.trial.casebooks["S-001"], "unscheduled") == ()
    story.do("2026-02-01 assess_response S-001 category=CRi")
    (window,) = visit_windows(small_study(), story.trial.casebooks["S-001"], "r6")
    assert str(window.anchor) == "2026-02-01"


def test_nobody_is_in_remission_before_enrolment() -> None:
    story = Story()
    story.do(consents())
    assert visit_windows(small_study(), story.trial.casebooks["S-001"], "r6") == ()


def test_a_visit_whose_anchor_has_not_come_has_no_window(story: Story) -> None:
    assert visit_windows(small_study(), story.trial.casebooks["S-001"], "rl") == ()
    (entry,) = story.do("2026-02-01 visit S-001 visit=rl")
    assert entry.what.days_off == 0


def test_a_visit_is_recorded_once_for_its_anchor(story: Story) -> None:
    story.do("2026-01-26 visit S-001 visit=d7 mode=missed")
    story.do("2026-01-27 visit S-001 visit=d7")
    assert story.codes("2026-01-28 visit S-001 visit=d7") == {"visit.already"}
    assert story.codes("2026-01-28 visit S-001 visit=unscheduled") == set()


def test_a_missed_visit_is_a_minor_deviation(story: Story) -> None:
    _, deviation = story.do("2026-01-27 visit S-001 visit=d7 mode=missed")
    assert (deviation.what.gate, deviation.what.importance) == ("visit.missed", "minor")


def test_answers_become_facts_in_the_unit_of_their_form(story: Story) -> None:
    answers = (
        '{"heart.lvef":"58","heart.infection":"no","heart.rhythm":"sinus","heart.mrd":"negative","heart.beats":""}'
    )
    _, recorded = story.do(f"2026-01-27 visit S-001 visit=d7 answers='{answers}'")
    assert isinstance(recorded.what, FactsRecorded)
    assert recorded.what.visit == "d7"
    assert recorded.what.facts == (
        {"concept": "lvef", "value": "58", "unit": "%", "on": recorded.occurred},
        {"valueset": "SevereInfection", "present": False, "on": recorded.occurred},
        {"concept": "mrd", "value": "negative", "on": recorded.occurred},
    )


def test_an_answer_with_its_own_unit_keeps_it(story: Story) -> None:
    _, recorded = story.do('2026-01-27 visit S-001 visit=d7 answers=\'{"heart.lvef":"0.58 1"}\'')
    assert recorded.what.facts[0]["unit"] == "1"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ('{"heart.lvf":"58"}', "Did you mean heart.lvef"),
        ('{"heart.lvef":"good"}', "is not a number"),
        ('{"heart.rhythm":"fast"}', "one of sinus, other was expected"),
        ('{"heart.pain":"maybe"}', "yes, no or unknown was expected"),
        ('{"heart.seen_on":"2026-13"}', "not a day of the calendar"),
        ('{"heart.beats":"-1"}', "is not a whole number"),
        ('{"heart.at":"2026-01-27T9:00"}', "is not a time with its zone"),
    ],
)
def test_answers_are_checked_against_the_forms(story: Story, answers: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        story.ask(f"2026-01-27 visit S-001 visit=d7 answers='{answers}'")


def test_a_visit_the_study_does_not_have_is_an_error_with_the_nearest(story: Story) -> None:
    with pytest.raises(FormatError, match="Did you mean d7"):
        story.ask("2026-01-27 visit S-001 visit=d_7")


# --- contact, response, relapse ---------------------------------------------------------------------------------------


def test_a_contact_says_that_the_person_was_alive(story: Story) -> None:
    assert story.codes("2026-02-01 contact S-001 how=telephone alive=no") == {"contact.not_alive"}
    assert story.codes("2026-02-01 contact S-001 how=telephone") == set()


def test_nobody_is_seen_after_death_but_late_results_come_in(story: Story) -> None:
    story.do("2026-02-01 record_death S-001 cause=infection how_known=ward")
    for line in (
        "2026-02-02 contact S-001 how=telephone",
        "2026-02-02 visit S-001 visit=unscheduled",
        "2026-02-02 assess_response S-001 category=CR",
        "2026-02-02 relapse S-001 how=haematological",
        "2026-02-02 other_therapy S-001 therapy=azacitidine",
        "2026-02-02 transplant S-001",
        "2026-02-02 stop_treatment S-001 reason=x",
        "2026-02-02 withdraw S-001 extent=visits",
        "2026-02-02 lose_to_follow_up S-001",
        "2026-02-02 transfer_follow_up S-001 to_site=XB",
        AE.replace("2026-01-21", "2026-02-02"),
    ):
        assert story.codes(line) == {"person.dead"}, line
    # What had occurred before and is learnt afterwards is recorded as any other.
    for line in (
        "2026-01-30 assess_response S-001 category=CR",
        "2026-01-30 relapse S-001 how=molecular",
        AE.replace("2026-01-21", "2026-01-31"),
        "2026-02-10 record_facts S-001 facts='[]'",
    ):
        assert story.codes(line) == set(), line


def test_a_death_known_to_the_month_leaves_the_order_open_and_says_so(story: Story) -> None:
    story.do("2026-02 record_death S-001 cause=unknown how_known=family")
    (entry,) = story.do("2026-02-14 contact S-001 how=telephone")
    assert entry.reason_code == "order_unknown"
    assert entry.why == "order unknown against the death of 2026-02"
    assert story.codes("2026-03-01 contact S-001 how=telephone") == {"person.dead"}


def test_a_relapse_needs_a_remission() -> None:
    story = Story()
    story.tell(f"{consents()}\n{facts('S-001')}")
    story.do("2026-01-08 enrol S-001 disease_status=refractory phase=induction")
    assert story.codes("2026-03-01 relapse S-001 how=haematological") == {"relapse.no_remission"}
    story.do("2026-02-01 assess_response S-001 category=CR")
    assert story.codes("2026-03-01 relapse S-001 how=haematological") == set()


# --- harm -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("serious=no", "serious=yes"), "adverse_event.why_serious"),
        (("grade=2", "grade=5"), "adverse_event.fatal_not_serious"),
        (("grade=2", "grade=2 resolved_on=2026-01-20"), "adverse_event.ends_before_onset"),
        (("2026-01-21", "2026-01-04"), "consent.later"),
    ],
)
def test_an_adverse_event_is_told_whole(story: Story, change: tuple[str, str], code: str) -> None:
    assert code in story.codes(AE.replace(*change))
    assert story.codes(AE) == set()


def test_other_treatment_outside_the_study_is_recorded(story: Story) -> None:
    (entry,) = story.do("2026-03-02 other_therapy S-001 therapy='venetoclax and azacitidine'")
    assert entry.what.therapy == "venetoclax and azacitidine"


def test_harm_is_reported_whatever_was_withdrawn(story: Story) -> None:
    story.do("2026-01-20 withdraw S-001 extent='all contact'")
    assert story.codes(AE) == set()


# --- leaving ----------------------------------------------------------------------------------------------------------


def test_stopping_treatment_keeps_follow_up(story: Story) -> None:
    story.do("2026-01-22 stop_treatment S-001 reason=toxicity")
    assert story.codes("2026-01-27 visit S-001 visit=d7") == set()
    assert story.codes("2026-01-27 premedicate S-001 cycle=2 agents='[]'") == {"treatment.stopped"}


@pytest.mark.parametrize(
    ("extent", "visit", "contact"), [("treatment", True, True), ("visits", False, True), ("all contact", False, False)]
)
def test_withdrawal_reaches_as_far_as_it_says(story: Story, extent: str, visit: bool, contact: bool) -> None:
    story.do(f"2026-01-22 withdraw S-001 extent='{extent}'")
    assert (story.codes("2026-01-27 visit S-001 visit=d7") == set()) is visit
    assert (story.codes("2026-01-27 contact S-001 how=telephone") == set()) is contact
    assert story.codes("2026-01-27 premedicate S-001 cycle=2 agents='[]'") == {"consent.withdrawn"}
    # A death is learnt from public sources, too.
    assert story.codes("2026-06-01 record_death S-001 cause=unknown how_known='death register'") == set()


def test_lost_and_found(story: Story) -> None:
    assert story.codes("2026-03-01 find_again S-001 how=telephone") == {"follow_up.not_lost"}
    story.do("2026-02-01 lose_to_follow_up S-001 attempts='five calls'")
    assert story.codes("2026-02-10 lose_to_follow_up S-001") == {"follow_up.lost_already"}
    story.do("2026-03-01 find_again S-001 how=telephone")
    assert story.codes("2026-03-02 find_again S-001 how=telephone") == {"follow_up.not_lost"}
    assert story.codes("2026-04-01 lose_to_follow_up S-001") == set()


def test_follow_up_moves_to_a_site_of_the_study(story: Story) -> None:
    assert story.codes("2026-03-01 transfer_follow_up S-001 to_site=XZ") == {"follow_up.unknown_site"}
    assert story.codes("2026-03-01 transfer_follow_up S-001 to_site=XB") == set()


def test_a_person_dies_once_and_a_retracted_death_never_was(story: Story) -> None:
    (death,) = story.do("2026-02-01 record_death S-001 cause=leukaemia how_known=telephone")
    assert story.codes("2026-02-02 record_death S-001 cause=unknown how_known=ward") == {"death.already"}
    story.do(f"2026-02-03 retract entry={death.id} reason_code='wrong person' why='namesake'")
    assert story.trial.casebooks["S-001"].death is None
    assert story.codes("2026-02-14 contact S-001 how=visit") == set()


def test_nobody_is_seen_alive_after_the_day_of_death(story: Story) -> None:
    story.do("2026-02-14 contact S-001 how=telephone")
    assert story.codes("2026-02-10 record_death S-001 cause=unknown how_known=family") == {"death.seen_later"}
    (entry,) = story.do("2026-02 record_death S-001 cause=unknown how_known=family")
    assert isinstance(entry.what, Died)


def test_a_deviation_concerns_a_person_or_the_trial(story: Story) -> None:
    line = "record_deviation description='wrong tube' importance=minor action=retrained reported_to=sponsor"
    (of_person,) = story.do(f"2026-02-01 {line.replace('record_deviation', 'record_deviation S-001')}")
    (of_trial,) = story.do(f"2026-02-01 {line}")
    assert (of_person.about, of_trial.about) == ("S-001", None)
    assert isinstance(of_trial.what, DeviationRecorded)


def test_follow_up_of_the_enrolled_is_for_the_enrolled() -> None:
    story = Story()
    story.tell(f"{consents()}\n{facts('S-001')}")
    for line in ("assess_response S-001 category=CR", "transplant S-001", "stop_treatment S-001 reason=x"):
        assert story.codes(f"2026-01-09 {line}") == {"enrolment.none"}
    story.do(enrols("S-001"))
    assert story.codes("2026-01-09 transplant S-001") == set()


def test_a_visit_before_enrolment_needs_only_consent() -> None:
    story = Story()
    story.do(consents())
    assert story.codes("2026-01-06 visit S-001 visit=c1") == set()
    enrolled(story, "S-002")
    assert story.codes("2026-01-09 visit S-002 visit=c1") == set()
