"""What a casebook, a lot and a trial answer, told as stories."""

import doctest
import importlib

import pytest
from ledger_story import entries_of

from trialwright.ledger import trial_so_far
from trialwright.ledger.instants import format_instant, parse_instant
from trialwright.ledger.trial import Casebook, Trial

START = "a1 - adopted\nc1 S-001 consented 2026-01-02\n"


def book(story: str) -> Casebook:
    return trial_of(story).casebooks["S-001"]


def trial_of(story: str) -> Trial:
    return trial_so_far(entries_of(START + story))


def test_a_new_screening_episode_leaves_the_old_end_behind() -> None:
    failed = "j1 S-001 judged\ns1 S-001 screening_ended 2026-01-05\n"
    first = book(failed)
    assert (first.episode, first.screening_end is not None, first.judgement is not None) == (1, True, True)
    again = book(failed + "s2 S-001 rescreened 2026-02-01 episode=2\n")
    assert (again.episode, again.screening_end) == (2, None)
    assert (
        book(failed + "s2 S-001 rescreened - episode=2\ns3 S-001 screening_ended - episode=2").screening_end is not None
    )


def test_birth_year_and_sex_are_the_newest_that_were_recorded() -> None:
    person = book(
        """
        f1  S-001  facts_recorded  -  born="1970"
        f2  S-001  facts_recorded  -  born="1971" sex=male
        f3  S-001  facts_recorded  -  born=None sex=None
        """
    )
    assert (person.born, person.sex) == ("1971", "male")
    assert (book("").born, book("").sex) == (None, None)


def test_a_casebook_tells_what_was_given_and_what_never_will_be() -> None:
    treated = book(
        """
        e1  S-001  enrolled               2026-01-10
        k1  S-001  chemotherapy_given     2026-01-12
        i1  S-001  infused                2026-01-20
        n1  S-001  not_infused            2026-02-20  cycle=2
        h1  S-001  adverse_event_reported 2026-01-21
        v1  S-001  deviation_recorded     2026-01-21
        w1  S-001  withdrew               2026-03-01
        """
    )
    ids = {name: [entry.id for entry in getattr(treated, name)] for name in ("cycles", "infusions", "adverse_events")}
    assert ids == {"cycles": ["k1"], "infusions": ["i1"], "adverse_events": ["h1"]}
    assert [entry.id for entry in treated.deviations] == ["v1"]
    assert treated.withdrawal is not None
    assert treated.never_to_be_infused is None
    never = book("n1 S-001 not_infused 2026-02-20 cycle=None").never_to_be_infused
    assert never is not None


def test_a_rejected_lot_is_released_no_more() -> None:
    made = "l1 L-01 lot_made 2026-01-12\nt1 L-01 release_tested 2026-01-13\nl2 L-01 released 2026-01-14\n"
    lot = trial_of(made).lots["L-01"]
    assert lot.made is not None
    assert lot.release is not None
    assert [entry.id for entry in lot.tests] == ["t1"]
    rejected = trial_of(made + "l3 L-01 rejected 2026-01-20").lots["L-01"]
    assert rejected.release is None
    assert rejected.rejection is not None


def test_a_casebook_is_found_by_its_code_or_number() -> None:
    trial = trial_of("c2 S-002 consented 2026-01-03\ne1 S-002 enrolled 2026-01-10 number=1")
    assert trial.casebook("S-001") is trial.casebooks["S-001"]
    assert trial.casebook("1") is trial.casebooks["S-002"]
    assert trial.casebook("2") is None
    assert [each.code for each in trial.enrolled] == ["S-002"]


def test_an_instant_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        format_instant(parse_instant("2026-11-22T08:30:00Z").replace(tzinfo=None))


@pytest.mark.parametrize("module", ["canon", "instants"])
def test_the_examples_in_the_words_run(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"trialwright.ledger.{module}"))
    assert found.attempted > 0
    assert found.failed == 0
