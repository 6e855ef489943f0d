"""Which toxicities of a study's definition one participant has had, and which cannot be told yet."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from trialwright.cells.seen import Seen
from trialwright.ledger.trial import Casebook, Trial
from trialwright.safety.events import adverse_events
from trialwright.safety.stopping.by_event import as_judged, by_ctcae
from trialwright.safety.stopping.by_scale import by_scale
from trialwright.safety.stopping.found import Asked, Found, grade_range
from trialwright.safety.stopping.recovery import recovery_delays
from trialwright.safety.stopping.window import ONE_DAY, Window
from trialwright.study.model import Study
from trialwright.study.safety import Toxicity

__all__ = ["Asked", "Found", "grade_range", "toxicities"]


def toxicities(study: Study, trial: Trial, book: Casebook, window: Window, on: date, seen: Seen) -> tuple[Found, ...]:
    """Every item of the definition that was met in the window up to a day, or may have been; by date.

    book  as it is seen; what is not known counts: a grade that may be high enough, a cause that nobody judged.
    on    by the calendar of whoever asks: at another site it may be a day later already.
    """
    if study.safety.dlt is None:
        return ()
    asked = Asked(trial, book, window, on, adverse_events(trial, book, seen))
    found = [one for item in study.safety.dlt.items for one in _BY_SCALE[item.scale](item, asked)]
    found += as_judged(asked)
    past = [one for one in found if one.on.earliest <= on + ONE_DAY]
    once = {(one.entries or (one.sentence,), one.counts): one for one in reversed(past)}
    return tuple(sorted(once.values(), key=lambda one: (one.on.earliest, one.item)))


def _by_recovery(item: Toxicity, asked: Asked) -> Iterator[Found]:
    began = asked.window.cycle_began
    if item.recovery is None or began is None:
        return
    for delay in recovery_delays(item.recovery, asked.trial, asked.book, began, asked.window.start, asked.on):
        if asked.window.until is None or asked.window.last >= delay.on.earliest:
            said = f"{delay.sentence} ({item.text})" if delay.counts else delay.sentence
            yield Found(item.id, delay.on, said, (), delay.counts)


_BY_SCALE: Mapping[str, Callable[[Toxicity, Asked], Iterator[Found]]] = {
    "CTCAE": by_ctcae,
    "CRS": by_scale,
    "ICANS": by_scale,
    "acute GVHD": by_scale,
    "count recovery": _by_recovery,
}
