"""Gates of decisions about the trial as a whole."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.pauses import pause_in_force
from trialwright.conduct.outcome import Reason


def something_to_resume(deed: Deed[Any]) -> Iterable[Reason]:
    """The trial is paused. An exemption from the stagger needs no pause."""
    if deed.what.scope != "stagger" and pause_in_force(deed) is None:
        yield Reason(
            "trial.not_paused",
            f"The trial is not paused on {deed.dated}.",
            "Nothing to resume; for the stagger give scope stagger and the participants exempt.",
        )


def exempt_named(deed: Deed[Any]) -> Iterable[Reason]:
    """An exemption names its participants; resuming the whole trial names none."""
    if deed.what.scope == "trial" and deed.what.exempt:
        yield Reason(
            "resume.exempt_whole_trial",
            f"The trial as a whole resumes, yet {', '.join(deed.what.exempt)} are named as exempt.",
            "Leave the names out, or give scope participants.",
        )
    if deed.what.scope != "trial" and not deed.what.exempt:
        yield Reason(
            "resume.nobody_exempt",
            f"An exemption from the {'stagger' if deed.what.scope == 'stagger' else 'pause'} names nobody.",
            "Name the participants (exempt).",
        )
