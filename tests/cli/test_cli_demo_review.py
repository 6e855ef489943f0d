"""What the demonstration shows of a record that is looked after."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from trialwright.cli.demo import UNTIL, play
from trialwright.conduct.at_rest import freeze_in_force
from trialwright.conduct.review.queries import queries
from trialwright.conduct.review.readiness import lock_readiness
from trialwright.conduct.review.signatures import signatures, to_sign
from trialwright.conduct.review.verifying import verification
from trialwright.ledger.trial import Trial
from trialwright.safety.laboratory.values import laboratory
from trialwright.safety.laboratory.waiting import waiting_values
from trialwright.store.directory import open_trial
from trialwright.study.model import Study


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Trial]:
    directory: Path = tmp_path_factory.mktemp("demo")
    play(directory, 1)
    with open_trial(directory, read_only=True) as opened:
        return opened.study_file.study, opened.trial()


def test_the_record_asks_little_of_an_honest_story_and_all_states_are_there(demo: tuple[Study, Trial]):
    rows = queries(*demo, UNTIL)
    assert Counter((row.by, row.state) for row in rows) == {
        ("automatic", "open"): 3,
        ("automatic", "closed"): 16,
        ("person", "open"): 1,
        ("person", "answered"): 1,
        ("person", "closed"): 3,
    }
    assert {row.item or row.field for row in rows if row.by == "automatic"} == {"heart", "marrow"}


def test_some_is_signed_some_signed_then_changed_and_some_waits(demo: tuple[Study, Trial]):
    stands = Counter((one.meaning, one.holds) for one in signatures(demo[1]))
    assert stands == {("eligibility", True): 4, ("casebook", True): 3, ("casebook", False): 1}
    waits = Counter(one.meaning for one in to_sign(*demo))
    assert waits == {"value review": 27, "casebook": 11, "eligibility": 1}


def test_what_waits_for_a_mark_is_what_the_laboratory_says_waits(demo: tuple[Study, Trial]):
    study, trial = demo
    for book in trial.casebooks.values():
        waiting = [one.measured.id for one in waiting_values(study, trial, book)]
        assert waiting == [one.measured.id for one in laboratory(study, trial, book) if one.waits]


def test_entries_were_compared_one_was_changed_since_and_one_casebook_is_frozen(demo: tuple[Study, Trial]):
    books = demo[1].casebooks.values()
    stands = Counter(one.stands for book in books for one in verification(demo[1], book))
    assert stands["verified"] > 60
    assert stands["verified, then changed"] == 1
    assert sum(freeze_in_force(book) is not None for book in books) == 1


def test_the_lock_is_far_and_every_hindrance_has_a_key_of_its_own(demo: tuple[Study, Trial]):
    rows = lock_readiness(*demo, date(2026, 6, 30))
    assert len({row.key for row in rows}) == len(rows)
    assert {row.sort for row in rows} >= {"query", "signature"}
