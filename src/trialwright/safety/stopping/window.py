"""The days in which a toxicity counts against the dose."""

from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.facts import Occurred, parse_occurred
from trialwright.facts.order import certainly_before
from trialwright.ledger.entry import AnyEntry, Entry
from trialwright.ledger.kinds import Infused, Transplanted
from trialwright.ledger.trial import Casebook
from trialwright.safety.moments import in_order
from trialwright.study.model import Study

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which a toxicity counts: from the start of the first infusion, its last day included."""

    start: Occurred
    end: date
    until: AnyEntry | None = None  # the transplant that ended it
    cycle_began: Occurred | None = None  # the first day of the chemotherapy before that infusion

    @property
    def last(self) -> date:
        """The last day on which something can still count."""
        ended = parse_occurred(self.until.occurred) if self.until and self.until.occurred else None
        return min(self.end, ended.latest) if ended else self.end

    def holds(self, moment: Occurred) -> bool:
        """Whether something of that moment may lie in the window."""
        return not certainly_before(moment, self.start) and moment.earliest <= self.last


def dlt_window(study: Study, book: Casebook) -> Window | None:
    """The window of a participant: from the first infusion to the later of its two days; None before an infusion.

    Raises ValueError if the study defines no dose-limiting toxicity.
    """
    rule = study.safety.dlt
    if rule is None:
        raise ValueError("the study defines no dose-limiting toxicity")
    started = [parse_occurred(entry.occurred) for entry in book.infusions if entry.occurred]
    if not started:
        return None
    start = min(started, key=in_order)
    end = start.latest + rule.days_after_first_infusion * ONE_DAY
    began = _cycle_began(book)
    if rule.days_after_chemotherapy_start is not None and began is not None:
        end = max(end, began.latest + rule.days_after_chemotherapy_start * ONE_DAY)
    return Window(start, end, _first_transplant_after(book, start), began)


def _first_transplant_after(book: Casebook, start: Occurred) -> Entry[Transplanted] | None:
    """The transplant that ends the window: one certainly before the cells were given ended nothing."""
    dated = [(parse_occurred(entry.occurred), entry) for entry in book.all(Transplanted) if entry.occurred]
    ending = [(when.latest, entry.order, entry) for when, entry in dated if not certainly_before(when, start)]
    return min(ending)[2] if ending else None


def _cycle_began(book: Casebook) -> Occurred | None:
    """The first day of the chemotherapy cycle that the first infusion belongs to."""
    first = first_infusion(book)
    cycles = [entry for entry in book.cycles if entry.what.cycle == first.what.cycle and entry.occurred]
    return parse_occurred(cycles[-1].occurred or "") if cycles else None


def first_infusion(book: Casebook) -> Entry[Infused]:
    """The first infusion by its date. Raises ValueError where there is none."""
    return min(
        (entry for entry in book.infusions if entry.occurred),
        key=lambda entry: (*in_order(parse_occurred(entry.occurred or "")), entry.order),
    )
