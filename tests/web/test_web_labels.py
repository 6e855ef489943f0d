"""Acts and their fields in a person's words: every one of them has its own."""

from dataclasses import fields
from pathlib import Path

import pytest
from site_desk import logged_in

from trialwright.conduct import ACTS
from trialwright.web.acts.labels import ACTS_SAID, FIELDS_SAID, GROUPS, label_of, said_of

pytestmark = pytest.mark.usefixtures("played")  # words are translated by a Django that knows its settings


@pytest.mark.parametrize("act", list(ACTS))
def test_every_act_has_a_title_a_button_and_what_was_done(act: str) -> None:
    assert act in ACTS_SAID, f"{act} has no words yet: add them to web/acts/labels.py"
    said = said_of(act)
    assert all(str(words)[0].isupper() for words in (said.title, said.button, said.done))
    assert " " in str(said.button)  # a verb with its object


@pytest.mark.parametrize("act", list(ACTS))
def test_every_field_of_every_act_is_asked_in_words(act: str) -> None:
    names = {part.name for part in fields(ACTS[act].fields)}
    without = {name for name in names if name not in FIELDS_SAID and f"{name}@{act}" not in FIELDS_SAID}
    assert without == set(), f"{act}: {without} have no words yet: add them to web/acts/labels.py"
    assert not any("_" in str(label_of(act, name).text) for name in names)


def test_no_words_are_left_for_an_act_or_a_field_that_is_not_there() -> None:
    assert set(ACTS_SAID) <= set(ACTS)
    known = {part.name for act in ACTS.values() for part in fields(act.fields)}
    assert {name.partition("@")[0] for name in FIELDS_SAID} <= known


@pytest.mark.parametrize("act", list(GROUPS))
def test_a_grouped_form_asks_each_of_its_questions_once(act: str) -> None:
    grouped = [name for _title, names in GROUPS[act] for name in names]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == {part.name for part in fields(ACTS[act].fields)}


def test_the_button_of_a_form_says_what_it_does(site: Path) -> None:
    page = logged_in("wang").get("/about/S-018/acts/report_adverse_event/").content.decode()
    assert "Report the adverse event" in page
    assert "Record report adverse event" not in page
