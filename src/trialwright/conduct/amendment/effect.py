"""The dry run of an amendment: what a new version changes, whom and what it touches, and what speaks against it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from trialwright.conduct.amendment.limits import against_amendment, warnings_of
from trialwright.conduct.amendment.lines import Heading, PlanChange, plan_changes
from trialwright.conduct.amendment.people import (
    JudgedOtherwise,
    SeenOtherwise,
    asked_again,
    judged_otherwise,
    people_in,
    seen_otherwise,
)
from trialwright.conduct.amendment.renewal import RenewalNeeded
from trialwright.conduct.amendment.things import (
    EstimateOtherwise,
    LotOtherwise,
    PauseOtherwise,
    QuestionOtherwise,
    estimates_otherwise,
    lots_otherwise,
    pauses_otherwise,
    questions_otherwise,
)
from trialwright.conduct.outcome import Reason
from trialwright.ledger.trial import Trial
from trialwright.study import Study, StudyFile

MOVE_NO_NUMBER = frozenset({Heading.CRITERIA, Heading.VISITS, Heading.ADMINISTRATIVE})
"""Changes under these headings alone move no estimate and no pause."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an amendment would do on a day. Nobody is listed whose answers stay what they are.

    judgements   in screening: judged otherwise on the facts known
    windows      visits still to come: new, moved or gone
    questions    of forms: new, gone, or asking for another kind of answer
    lots         standing otherwise under the new release tests
    pauses       in force under one version only
    estimates    of endpoints defined otherwise, or coming out otherwise
    consents     who must consent again, and from when
    untouched    codes of everybody in the trial whom none of this names
    warnings     allowed; a person should look
    against      why it cannot be adopted at all
    """

    on: date
    changes: tuple[PlanChange, ...]
    judgements: tuple[JudgedOtherwise, ...] = ()
    windows: tuple[SeenOtherwise, ...] = ()
    questions: tuple[QuestionOtherwise, ...] = ()
    lots: tuple[LotOtherwise, ...] = ()
    pauses: tuple[PauseOtherwise, ...] = ()
    estimates: tuple[EstimateOtherwise, ...] = ()
    consents: tuple[RenewalNeeded, ...] = ()
    untouched: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    against: tuple[Reason, ...] = ()

    @property
    def touched(self) -> tuple[str, ...]:
        """Codes of everybody whom it names, in order."""
        return tuple(sorted({one.who for group in (self.judgements, self.windows, self.consents) for one in group}))

    def under(self, heading: Heading) -> tuple[PlanChange, ...]:
        """The changes under one heading."""
        return tuple(change for change in self.changes if change.heading is heading)

    @property
    def summary(self) -> dict[str, Any]:
        """The same in counts and codes, as the proposal keeps it."""
        lines = {heading.name.lower(): len(found) for heading in Heading if (found := self.under(heading))}
        return {
            "on": self.on.isoformat(),
            "changes": lines,
            "judged_otherwise": [one.who for one in self.judgements],
            "windows": list(dict.fromkeys(one.who for one in self.windows)),
            "questions": [one.item for one in self.questions],
            "lots": [one.lot for one in self.lots],
            "pauses": [one.rule for one in self.pauses],
            "endpoints": [one.id for one in self.estimates],
            "consent_again": [one.who for one in self.consents],
            "untouched": len(self.untouched),
        }


def amendment_effect(now: Study, new: StudyFile, trial: Trial, on: date) -> Effect:
    """What the new version of the study would change if it came into force on a day; nothing is written.

    now  the study in force, `trial` what was recorded; questions asked of the day are asked by what is known now.
    """
    study = new.study
    changes = plan_changes(now, study)
    against = tuple(dict.fromkeys(against_amendment(now, new, trial)))
    if not changes or study.id != now.id:
        return Effect(on, changes, against=against)
    counts = bool({change.heading for change in changes} - MOVE_NO_NUMBER)
    judgements = judged_otherwise(now, study, trial, on)
    windows = seen_otherwise(now, study, trial, on)
    consents = asked_again(now, study, trial, on)
    named = {one.who for group in (judgements, windows, consents) for one in group}
    return Effect(
        on,
        changes,
        judgements,
        windows,
        questions_otherwise(now, study, trial),
        lots_otherwise(now, study, trial, on),
        pauses_otherwise(now, study, trial, on) if counts else (),
        estimates_otherwise(now, study, trial, on) if counts else (),
        consents,
        tuple(book.code for book in people_in(now, trial, on) if book.code not in named),
        tuple(warnings_of(now, study, trial)),
        against,
    )
