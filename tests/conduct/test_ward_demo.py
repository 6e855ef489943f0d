"""Over the whole demonstration: what the next steps call open is done, and what is done was never called closed."""

from collections import Counter
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from trialwright.cli.demo import UNTIL
from trialwright.conduct import ACTS, NEW, read_what
from trialwright.conduct.next_steps import ACTS_OF, NextStep, next_step, stage_of
from trialwright.facts import LocalTime, parse_occurred
from trialwright.simulate.step import COORDINATOR, Desk, Step
from trialwright.simulate.story import story
from trialwright.store import Kept
from trialwright.store.directory import STUDY_NAME, begin_trial, open_trial, read_study_file
from trialwright.study import read_study  # noqa: F401
from importlib.resources import files
from datetime import timedelta


class Met(NamedTuple):
    """A step of the demonstration beside what was said of it just before."""

    step: Step
    said: NextStep
    codes: tuple[str, ...]  # why it was refused; empty if it was done


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> list[Met]:
    directory = tmp_path_factory.mktemp("ward")
    source = files("trialwright") / "studies" / "nct05333705" / "study.yaml"
    (directory / STUDY_NAME).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    study_file = read_study_file(directory / STUDY_NAME)
    study = study_file.study
    steps = story(study, np.random.default_rng(1), until=UNTIL)
    desk = Desk(study.sites[0].time_zone)
    begun = desk.at((steps[0].at - timedelta(days=3)).date(), 9)
    begin_trial(directory, study_file, actor=COORDINATOR, simulated=True, at=begun.astimezone(UTC), seed=1)
    found = []
    with open_trial(directory) as opened, opened.store.batch():
        for place, step in enumerate(steps, 1):
            said = None
            trial = opened.trial()
            book = trial.casebook(step.who or "")
            listed = ACTS_OF[stage_of(study, book)]
            if step.act in listed and (book is not None or step.who == NEW) and step.told is None:
                moment = step.on if "T" in step.on else desk.moment(step.at)
                at = parse_occurred(moment)
                assert isinstance(at, LocalTime)
                said = next_step(study, trial, book, at, step.act)
            outcome = opened.perform(
                ACTS[step.act],
                actor=step.by,
                who=step.who,
                what=read_what(ACTS[step.act], step.words),
                on=step.on,
                site=opened.site(None),
                id=step.id or f"step-{place:05d}",
                at=step.at.astimezone(UTC),
                second=step.second,
                told=step.told,
            )
            codes = () if isinstance(outcome, Kept) else tuple(reason.code for reason in outcome.reasons)
            if said is not None:
                found.append(Met(step, said, codes))
    return found


def test_what_is_done_was_never_called_closed(met: list[Met]) -> None:
    wrong = [(one.step.act, one.step.who, one.step.on, [r.code for r in one.said.reasons]) for one in met if not one.codes and not one.said.open]
    assert wrong == []


def test_most_steps(met: list[Met]) -> None:
    print(len(met), Counter(one.step.act for one in met))
    print([(one.step.act, one.codes, one.said.open, one.said.asks, [r.code for r in one.said.reasons]) for one in met if one.codes])
    assert 0
