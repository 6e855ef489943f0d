"""The reference study's own rule, driven across its bound through the acts, fifteen participants one after the other.

At every step the answer is compared with stopping_boundaries_n15.csv (tests/data/reference/celltherapy), a table that
nobody here made: the row of the reference study's design. Before the first look its bound holds (DOMAIN.md, section 7).
"""

import csv
from datetime import date
from pathlib import Path

import pytest
from conduct_story import Story, consents, enrols
from harm_story import LATER, decides, event, reference_study, reported, tell, tell_on, unharmed

from trialwright.safety.stopping.boundary import Boundary, boundary
from trialwright.safety.stopping.pauses import pauses

TABLE = Path(__file__).parents[1] / "data" / "reference" / "celltherapy" / "stopping_boundaries_n15.csv"
DESIGN = "Beta(0.6,1.4) p0=0.30 cut>0.80 nmin=3"
FIRST_LOOK, PLACES = 3, 15


def published() -> dict[int, int]:
    """Evaluable participants -> the fewest events that stop, of the reference study's design."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        (row,) = (row for row in csv.DictReader(file) if row["design"] == DESIGN)
    words = row["stop_if_events_at_least_n1_to_n15"].split()
    assert (len(words), words[:2]) == (PLACES, ["-", "-"])
    bounds = {n: int(word) for n, word in enumerate(words, 1) if word != "-"}
    return {n: bounds[max(n, FIRST_LOOK)] for n in range(1, PLACES + 1)}


BOUNDS = published()


def code(number: int) -> str:
    return f"S-{number:03d}"


def stands(story: Story, on: date = LATER) -> Boundary:
    found = boundary(story.study, story.trial, on)
    assert found is not None
    return found


def paused(story: Story) -> bool:
    return any(pause.rule == "stopping rule" for pause in pauses(story.study, story.trial, LATER))


def toxicity(who: str) -> str:
    return event(who=who, on="2026-02-01")


def compared(story: Story, events: int, evaluable: int) -> None:
    found = stands(story)
    reachable = BOUNDS[evaluable] if BOUNDS[evaluable] <= evaluable else None
    assert (found.events, found.evaluable, found.pauses_at) == (events, evaluable, reachable)
    assert found.crossed is (events >= BOUNDS[evaluable]), (events, evaluable)


def test_the_table_is_of_the_reference_studys_own_rule() -> None:
    rule = reference_study().safety.stopping_rule
    assert rule is not None
    assert rule.prior is not None
    said = f"Beta({rule.prior.a},{rule.prior.b}) p0={rule.p0} cut>{rule.cut} nmin={rule.first_look}"
    assert said == DESIGN
    assert reference_study().enrolment.target == PLACES


def test_one_event_below_the_bound_the_trial_goes_on_and_one_more_pauses_it_at_every_number() -> None:
    story, events = tell(), 0
    for number in range(1, PLACES + 1):
        tell_on(story, unharmed(code(number)))
        compared(story, events, number)
        while events + 1 < BOUNDS[number]:  # as many as the rule bears
            tell_on(story, toxicity(stands(story).without[-1]))
            events += 1
        compared(story, events, number)
        assert not paused(story), (events, number)
        if without := stands(story).without:  # the first participant alone cannot pause the trial
            one_more_and_taken_back(story, without[0], events, number)
    assert (stands(story).evaluable, stands(story).events) == (PLACES, BOUNDS[PLACES] - 1)


def one_more_and_taken_back(story: Story, who: str, events: int, number: int) -> None:
    tell_on(story, toxicity(who))
    compared(story, events + 1, number)
    assert paused(story), (events + 1, number)
    story.do(f"- retract entry={reported(story)[-1]} reason_code=duplicate why='of another person'")
    compared(story, events, number)
    assert not paused(story), "what was taken back pauses nothing"


@pytest.mark.parametrize(
    ("toxic", "pauses_at"),
    [
        ((1, 2), [2]),  # before the first look
        ((1, 3), [3]),
        ((2, 5, 6), [6]),
        ((1, 6, 9, 10), []),
        ((1, 4, 5, 7, 8, 12), [5, 7, 8, 12]),  # 3 of 6 was decided upon as 3 of 5
        ((2, 5, 9, 12, 14), []),
        ((), []),
    ],
)
def test_participant_by_participant_the_trial_pauses_where_the_table_says_and_goes_on_as_decided(
    toxic: tuple[int, ...], pauses_at: list[int]
) -> None:
    story, events, found = tell(), 0, []
    for number in range(1, PLACES + 1):
        tell_on(story, unharmed(code(number)))
        if number in toxic:
            tell_on(story, toxicity(code(number)))
            events += 1
        compared(story, events, number)
        if paused(story):
            found.append(number)
            refused_until_decided(story, number)
    assert found == pauses_at
    way = stands(story).path
    assert [one.evaluable for one in way] == list(range(1, PLACES + 1))
    assert way[-1].events == len(toxic)


def refused_until_decided(story: Story, number: int) -> None:
    """The next participant is not enrolled, the board decides, and the trial goes on."""
    if number == PLACES:
        return
    tell_on(story, consents())
    line = enrols(code(number + 1), "2026-03-15")
    assert "trial.paused" in story.codes(line)
    tell_on(story, decides("2026-03-15"))
    assert "trial.paused" not in story.codes(line)
    assert not paused(story)
    assert stands(story).crossed, "a decision changes no count"
