"""Gates about the person: consent, withdrawal, death, and whether a place is held."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import (
    Consented,
    Died,
    Enrolled,
    PregnancyFollowed,
    PregnancyReported,
    TreatmentStopped,
    Withdrew,
)
from trialwright.safety.events import first_id


def consented(deed: Deed[Any]) -> Iterable[Reason]:
    """Informed consent is in force on the day. A table of the past carries no consents of its own."""
    if deed.study.historical or deed.earlier(Consented):
        return
    later = deed.all(Consented)
    if later:
        yield Reason(
            "consent.later",
            f"{deed.number} consented on {spoken(later[0].occurred)}; {deed.act} is dated {deed.dated}, before it.",
            "Check the date. What was done before consent cannot be done for the study.",
        )
    else:
        yield Reason(
            "consent.none",
            f"No informed consent of {deed.number} is recorded.",
            "Record the signed consent first (act consent), or correct the code.",
        )


def alive(deed: Deed[Any]) -> Iterable[Reason]:
    """Nothing is done to a person after death. What is found out later is dated when it occurred, so it passes."""
    for death in deed.all(Died):
        if deed.follows(death):
            yield _dead(deed, death.occurred)


def not_known_dead(deed: Deed[Any]) -> Iterable[Reason]:
    """As `alive`, for treatment: a death already recorded holds it back even where the hours are not known."""
    for death in deed.standing(Died):
        yield _dead(deed, death.occurred)


def _dead(deed: Deed[Any], died_on: str | None) -> Reason:
    return Reason(
        "person.dead",
        f"{deed.number} died on {died_on}; {deed.act} is dated {deed.dated}.",
        "Check the person and the date; if the death was recorded in error, retract it (act retract).",
    )


def treatment_not_withdrawn(deed: Deed[Any]) -> Iterable[Reason]:
    """Consent to treatment stands: any withdrawal ends treatment."""
    yield from _withdrawn(deed, ("treatment", "visits", "all contact"))


def visits_not_withdrawn(deed: Deed[Any]) -> Iterable[Reason]:
    """The person still agrees to visits and samples."""
    yield from _withdrawn(deed, ("visits", "all contact"))


def contact_not_withdrawn(deed: Deed[Any]) -> Iterable[Reason]:
    """The person still agrees to be contacted."""
    yield from _withdrawn(deed, ("all contact",))


def _withdrawn(deed: Deed[Any], extents: tuple[str, ...]) -> Iterable[Reason]:
    for withdrawal in deed.standing(Withdrew):
        if withdrawal.what.extent not in extents or _consented_again(deed, withdrawal.seq):
            continue
        yield Reason(
            "consent.withdrawn",
            f"{deed.number} withdrew from {withdrawal.what.extent} on {spoken(withdrawal.occurred)}.",
            "Respect it. If the person has changed their mind, record a new consent first.",
        )


def _consented_again(deed: Deed[Any], seq: int) -> bool:
    return any(consent.seq > seq for consent in deed.earlier(Consented))


def enrolled(deed: Deed[Any]) -> Iterable[Reason]:
    """The person holds a place in the trial on the day."""
    if deed.earlier(Enrolled):
        return
    later = deed.all(Enrolled)
    if later:
        yield Reason(
            "enrolment.later",
            f"{deed.number} was enrolled on {spoken(later[0].occurred)}; {deed.act} is dated {deed.dated}, before it.",
            "Check the date. Study treatment begins with enrolment.",
        )
    else:
        yield Reason(
            "enrolment.none",
            f"{deed.number} is not enrolled.",
            "Enrol the person first (act enrol); treatment outside the study is recorded as a fact.",
        )


def not_enrolled(deed: Deed[Any]) -> Iterable[Reason]:
    """The person does not hold a place already."""
    for enrolment in deed.all(Enrolled):
        yield Reason(
            "enrolment.already",
            f"{deed.who} is participant {enrolment.what.number} since {spoken(enrolment.occurred)}.",
            "Nothing to do; if that enrolment is wrong, correct or retract it.",
        )


def treatment_not_stopped(deed: Deed[Any]) -> Iterable[Reason]:
    """Study treatment goes on for this person."""
    for stop in deed.standing(TreatmentStopped):
        yield Reason(
            "treatment.stopped",
            f"Study treatment of {deed.number} was stopped on {spoken(stop.occurred)}: {stop.what.reason}.",
            "Follow-up goes on. If stopping was recorded in error, retract it (act retract).",
        )


def no_pregnancy(deed: Deed[Any]) -> Iterable[Reason]:
    """No infusion after a pregnancy of those whom the study names, unless it turned out to be none."""
    rule = deed.study.safety.pregnancy
    for reported in deed.standing(PregnancyReported) if rule else ():
        if rule is None or reported.what.of not in rule.no_infusion_after:
            continue
        id = first_id(deed.trial, reported.id)
        outcomes = [e for e in deed.standing(PregnancyFollowed) if first_id(deed.trial, e.what.pregnancy) == id]
        if outcomes and outcomes[-1].what.outcome == "not pregnant":
            continue
        whose = deed.number if reported.what.of == "participant" else f"the partner of {deed.number}"
        yield Reason(
            "person.pregnant",
            f"A pregnancy of {whose} is recorded on {spoken(reported.occurred)}.",
            "No further infusion is given. Follow the pregnancy to its outcome (act follow_pregnancy); where it turned "
            "out to be none, record that there (outcome: not pregnant).",
        )
