"""At the end of a random trial of cells: the books of the watch against what the package reads off the entries."""

from collections import defaultdict
from datetime import datetime

from cells_watch import DONOR_CODE, PERSONS_CODE, Watch

from trialwright.cells.custody import whereabouts
from trialwright.cells.descent import donor_of, recipient_of
from trialwright.cells.labels import valid_label
from trialwright.cells.states import MAY_BE_GIVEN, lot_state
from trialwright.cells.trace import Key, backwards, forwards, lineage
from trialwright.cells.views import donor_view, participant_view
from trialwright.cells.volumes import left_of
from trialwright.conduct.possible import PossibleDeviation, possible_deviations
from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger import Trial
from trialwright.study import Study

WAY = ("donor", "collection", "lot", "dose", "infusion", "participant")


def settle(study: Study, trial: Trial, watch: Watch, now: str) -> None:
    """Every comparison, and past acts asked again; `now` is a moment of the only zone in these stories."""
    moment = parse_occurred(now)
    assert isinstance(moment, LocalTime)
    places_and_volumes(study, trial, watch, datetime.fromisoformat(now[:16]))
    traces(trial, watch)
    views(study, trial, moment)
    listed = [one for one in possible_deviations(study, trial) if not newly_found(trial, one)]
    said = [f"{one.entry.what.kind} {one.entry.about} {one.entry.occurred}: {one.reason}" for one in listed]
    assert not said, "\n".join(said)


def views(study: Study, trial: Trial, now: LocalTime) -> None:
    """What a participant's side sees names no donor, and what a donor's side sees no participant."""
    for who in trial.casebooks:
        seen = participant_view(study, trial, who, now)
        assert seen is not None
        assert not DONOR_CODE.search(repr(seen)), seen
    for donor in trial.donors:
        side = donor_view(study, trial, donor, now)
        assert side is None or not PERSONS_CODE.search(repr(side)), side


def newly_found(trial: Trial, listed: PossibleDeviation) -> bool:
    """Whether something was recorded after the act that is listed, and happened no later: nobody knew it then."""
    later = (entry for entry in trial.by_id.values() if entry.seq > listed.entry.seq and entry.occurred)
    stem = listed.entry.id.partition(".")[0]
    return any(
        entry.occurred[:16] <= listed.entry.occurred[:16] for entry in later if entry.id.partition(".")[0] != stem
    )


def places_and_volumes(study: Study, trial: Trial, watch: Watch, now: datetime) -> None:
    for code, unit in watch.units.items():
        where = whereabouts(trial, code)
        assert where is not None
        assert (where.holder, where.issued and where.gone is None, where.gone) == (
            unit.holder,
            unit.out and unit.gone is None,
            unit.gone,
        ), code
        assert where.stored == (unit.stored is not None) or unit.gone
        assert left_of(trial, code) == watch.left(code), code
        assert valid_label(trial, code) == watch.label(code), code
    for code, lot in trial.lots.items():
        if code in watch.lots:
            assert recipient_of(lot) == watch.recipient(code, now)
            assert donor_of(trial, lot) == watch.donor(code)
            state = lot_state(study, trial, lot).state
            if state in MAY_BE_GIVEN:
                assert watch.of["released", code]
                assert not watch.of["rejected", code]
                assert not watch.of["recalled", code]


# --- where cells came from and where they went ------------------------------------------------------------------------


def traces(trial: Trial, watch: Watch) -> None:
    """Forwards and backwards are inverses, and both are what a walk over the books finds."""
    found = lineage(trial)
    down = {key: {thing.key for thing in forwards(found, key)} for key in found.things}
    up = {key: {thing.key for thing in backwards(found, key)} for key in found.things}
    assert {(above, below) for above, keys in down.items() for below in keys} == {
        (above, below) for below, keys in up.items() for above in keys
    }
    children, parents = defaultdict(set), defaultdict(set)
    for parent, child in watch.edges:
        children[parent].add(child)
        parents[child].add(parent)
    for key in found.things:
        if key.sort in WAY:
            assert on_the_way(down[key]) == walked(children, key.code), key
            assert on_the_way(up[key]) == walked(parents, key.code), key
    for dose in watch.doses:
        above = [key for key in up[Key("dose", dose)] if key.sort in ("donor", "collection", "lot")]
        assert sorted(key.sort for key in above) == ["collection", "donor", "lot"], above
    assert {code for edge in watch.edges for code in edge} <= {key.code for key in found.things}


def on_the_way(keys: set[Key]) -> set[str]:
    return {key.code for key in keys if key.sort in WAY}


def walked(step: dict[str, set[str]], start: str) -> set[str]:
    """Everything reached from a code, itself left out."""
    reached: set[str] = set()
    to_do = [start]
    while to_do:
        for code in step.get(to_do.pop(), ()):
            if code not in reached:
                reached.add(code)
                to_do.append(code)
    return reached
