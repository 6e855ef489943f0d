"""Calling people: what an act writes beside its own entry when somebody must look at once, and their answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from trialwright.cells.alerts import open_alerts
from trialwright.cells.descent import donor_of, recipients_of
from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.alerts import alert_open
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import ANYONE_AT_SITE, Role
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import AlertAnswered, AlertRaised
from trialwright.ledger.trial import Casebook, Lot

Entries = tuple[NewEntry, ...]
ASKS = "See the participant, assess safety, report it as a serious event where it is one."
LABORATORY, INVESTIGATOR, BOARD = Role.CELL_LABORATORY.value, Role.INVESTIGATOR.value, Role.SAFETY_BOARD.value


@act(AlertAnswered, by=ANYONE_AT_SITE | {Role.SAFETY_BOARD}, subject="anybody", gates=(alert_open,))
def answer_alert(deed: Deed[AlertAnswered]) -> Entries:
    """What was found and done about an alert; with `holds_on` the cells stay held back."""
    raised = deed.trial.by_id.get(deed.what.alert)
    return (deed.entry(deed.what, about=raised.about if raised else None),)


_WHEN = {"receive": "on receipt", "put_in_storage": "put into storage", "return_dose": "on its return"}


def excursion(deed: Deed[Any], said: str | None) -> Iterable[NewEntry]:
    """Cells that were too warm, too cold or opened: held until the laboratory says whether they may be used."""
    if said is not None:
        yield deed.entry(
            AlertRaised(
                f"{_WHEN.get(deed.act, 'on the way')}: {said}",
                (LABORATORY,),
                "Decide whether the cells may still be used, or reject them.",
                holds=True,
                cells=(deed.who or "",),
            )
        )


def given_against_gates(deed: Deed[Any], lot: Lot | None, reasons: Iterable[Reason]) -> Iterable[NewEntry]:
    """Cells that were given although gates about them were closed: the participant is seen now."""
    about_cells = ("lot", "dose", "donor", "bedside")
    codes = sorted({reason.code for reason in reasons if reason.code.split(".")[0] in about_cells})
    if codes:
        yield deed.entry(
            AlertRaised(
                f"cells were given against {', '.join(codes)}",
                (INVESTIGATOR, BOARD),
                ASKS,
                cells=(lot.code,) if lot else (),
            )
        )


def released_against_gates(deed: Deed[Any], reasons: Iterable[Reason]) -> Iterable[NewEntry]:
    """A release told after the deed that the gates would have refused: the lot is held until it is decided anew."""
    codes = sorted({reason.code for reason in reasons})
    if codes:
        yield deed.entry(
            AlertRaised(
                f"released against {', '.join(codes)}",
                (LABORATORY, INVESTIGATOR),
                "Decide, quality assurance and investigator, whether the lot stays released; else reject it.",
                holds=True,
                cells=(deed.who or "",),
            )
        )


def failed_after_infusion(deed: Deed[Any], lot: Lot, what: str) -> Iterable[NewEntry]:
    """Cells that turned out wrong after they were given: everybody who received them is looked at now."""
    for who in recipients_of(lot):
        book = deed.trial.casebooks.get(who)
        if book is None or _called_already(book, lot):
            continue
        yield deed.entry(
            AlertRaised(
                f"lot {lot.code}, given to this participant: {what}",
                (INVESTIGATOR, BOARD),
                ASKS,
                cells=(lot.code,),
            ),
            about=who,
        )


def _called_already(book: Casebook, lot: Lot) -> bool:
    """Whether this participant is already being looked at because of this lot: one alert, however many say so."""
    return any(lot.code in alert.what.cells and alert.what.asks == ASKS for alert in open_alerts(book))


DECIDE = "Decide together at once what the participant is given; nothing more is collected from this donor."
ANOTHER = "Do not begin conditioning for cells of this donor: none are collected or used. Look for another donor."


def donor_left(deed: Deed[Any], people: Mapping[str, bool]) -> Iterable[NewEntry]:
    """A donor who withdraws: everybody who was to receive the cells is looked at; without one, the cells themselves.

    No donor is named, and nothing that the donor said is repeated.

    people  who was to receive them -> whether their conditioning had begun, and with it a need for the cells
    """
    lots = tuple(lot.code for lot in deed.trial.lots.values() if donor_of(deed.trial, lot) == deed.who)
    for who, conditioned in people.items():
        when = "after conditioning had begun" if conditioned else "before conditioning"
        yield deed.entry(
            AlertRaised(
                f"the donor of this participant withdrew consent, {when}",
                (INVESTIGATOR, LABORATORY),
                DECIDE if conditioned else ANOTHER,
                cells=lots,
            ),
            about=who,
        )
    for code, collection in deed.trial.collections.items():
        if not people and collection.what.donor == deed.who:
            what = "the donor withdrew consent before anybody was conditioned for these cells"
            asks = "Stop making. Nothing of it is used; discard it before a witness."
            yield deed.entry(AlertRaised(what, (LABORATORY,), asks, cells=(code, *lots)), about=code)


def recalled(deed: Deed[Any], lot: Lot, issued: Iterable[str], reason: str) -> Iterable[NewEntry]:
    """A recall reaches whoever received the cells, and whoever has them on the ward."""
    yield from failed_after_infusion(deed, lot, f"recalled: {reason}")
    for dose in issued:
        yield deed.entry(
            AlertRaised(
                f"dose {dose} is recalled: {reason}",
                (INVESTIGATOR,),
                "Do not give it. Bring it back to the cell laboratory.",
                cells=(dose,),
            ),
            about=dose,
        )
