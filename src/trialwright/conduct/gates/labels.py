"""Gates of labels and of the check at the bedside: one valid label a code, two scans, two people."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.codes import read_label
from trialwright.cells.labels import labels_printed, valid_label
from trialwright.conduct.bags import bags_of
from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import different_people
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred
from trialwright.facts.order import minutes_between, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import BedsideChecked, Issued


def something_to_label(deed: Deed[Any]) -> Iterable[Reason]:
    """What is labelled is recorded."""
    chapter = deed.trial.chapter(deed.who or "")
    if chapter is None or not chapter.entries:
        yield Reason(
            "label.nothing",
            f"Nothing is recorded under {deed.who}.",
            "Check the code; record what it names first.",
        )


def reprint_explained(deed: Deed[Any]) -> Iterable[Reason]:
    """A second label says why: the first is void from then on."""
    now, first = valid_label(deed.trial, deed.who or "", deed.was_before), deed.what.reason == "first"
    if first and labels_printed(deed.trial, deed.who or ""):
        yield Reason(
            "label.not_first",
            f"{deed.who} has had a label{f', and number {now} is valid' if now else ''}.",
            "Say why another is printed (reason: reprint, new recipient, new content); the old one is void then.",
        )


def label_there(deed: Deed[Any]) -> Iterable[Reason]:
    """The label to be voided is the valid one."""
    now = valid_label(deed.trial, deed.who or "", deed.was_before)
    if now != deed.what.label:
        yield Reason(
            "label.not_valid",
            f"Label {deed.what.label} of {deed.who} is not valid; "
            f"{f'number {now} is' if now else 'no label of it is'}.",
            "Check the number on the label.",
        )


def labelled(deed: Deed[Any]) -> Iterable[Reason]:
    """A dose leaves the laboratory only with a valid label, where the study says what a label says."""
    if deed.study.product is None or deed.study.product.labels is None:
        return
    for bag in bags_of(deed):
        if bag.made is not None and valid_label(deed.trial, bag.code, deed.was_before) is None:
            yield Reason(
                "label.none",
                f"Dose {bag.code} has no valid label.",
                "Print one (trialwright label, or act print_label) and put it on the bag.",
            )


# --- the bedside ------------------------------------------------------------------------------------------------------


def two_scans_read(deed: Deed[Any]) -> Iterable[Reason]:
    """Wristband and bag were both scanned, each once, each whole."""
    what = deed.what
    if what.wristband.strip() == what.dose_label.strip():
        yield Reason(
            "bedside.same_code",
            f"The same code was scanned twice: {what.dose_label[:40]}.",
            "Scan the wristband, then the bag.",
        )
        return
    for scanned, of in ((what.wristband, "wristband"), (what.dose_label, "bag")):
        try:
            read_label(scanned)
        except FormatError as fault:
            yield Reason(
                "bedside.unreadable",
                f"The code of the {of}: {fault.message}",
                f"If the {of} cannot be scanned, print a new label for it (act print_label, reason: reprint).",
            )


def scans_in_order(deed: Deed[Any]) -> Iterable[Reason]:
    """The wristband is a participant's, the bag a dose's."""
    if deed.what.wristband.strip() == deed.what.dose_label.strip():
        return  # one code scanned twice: another gate says so
    wristband, bag = read_scan(deed.what.wristband), read_scan(deed.what.dose_label)
    if wristband is not None and wristband[0] not in deed.trial.casebooks:
        sort = "a dose" if wristband[0].startswith("B-") else "nobody's wristband"
        yield Reason(
            "bedside.swapped",
            f"Where the wristband was to be scanned, {wristband[0]} was: {sort}.",
            "Scan the wristband first, then the bag.",
        )
    if bag is not None and not bag[0].startswith("B-"):
        yield Reason(
            "bedside.no_dose",
            f"Where the bag was to be scanned, {bag[0]} was, which is no dose.",
            "Scan the label of the bag.",
        )


def scans_of_this_person(deed: Deed[Any]) -> Iterable[Reason]:
    """The wristband is of the person the check is recorded for."""
    wristband = read_scan(deed.what.wristband)
    if wristband is not None and wristband[0] in deed.trial.casebooks and wristband[0] != deed.who:
        yield Reason(
            "bedside.wrong_person",
            f"The wristband is of {wristband[0]}; the check is for {deed.number}.",
            "Stop. Ask the person's name and find out whose wristband this is.",
        )


def labels_valid(deed: Deed[Any]) -> Iterable[Reason]:
    """Both labels are the valid ones: an old label may name an old recipient."""
    for scanned in (read_scan(deed.what.wristband), read_scan(deed.what.dose_label)):
        if scanned is None or deed.trial.chapter(scanned[0]) is None:
            continue
        now = valid_label(deed.trial, scanned[0], deed.was_before)
        if now != scanned[1]:
            yield Reason(
                "bedside.old_label",
                f"Label {scanned[1]} of {scanned[0]} is not valid; {f'number {now} is' if now else 'none of it is'}.",
                "Stop. An old label may name another recipient: find the valid one, or call the cell laboratory.",
            )


def not_checked_already(deed: Deed[Any]) -> Iterable[Reason]:
    """One dose, one check: a second within the study's minutes means that something was scanned twice."""
    minutes = check_minutes(deed)
    for check in _checks(deed, [bag.code for bag in bags_of(deed)]):
        if _labels_void_since(deed, check):
            continue  # a label was printed anew since: the check is made again with it
        ago = minutes_between(parse_occurred(check.occurred or ""), deed.when)
        if minutes is not None and ago is not None and ago <= minutes:
            yield Reason(
                "bedside.checked_already",
                f"{check.what.dose} was checked at {spoken(check.occurred)}, {ago} minutes before this.",
                "Start the infusion, or scan the next bag.",
            )


def two_at_bedside(deed: Deed[Any]) -> Iterable[Reason]:
    """Two different people look at wristband and bag."""
    people = different_people((deed.actor.id, deed.second.id if deed.second else None))
    needed = deed.study.treatment.infusion.verifiers if deed.study.treatment.infusion else 2
    if len(people) < needed:
        yield Reason(
            "bedside.one_person",
            f"Checked by {', '.join(people)}; {needed} different people must look.",
            "Let a second person look, and record it with you (--with CODE).",
        )


def checked_at_bedside(deed: Deed[Any]) -> Iterable[Reason]:
    """Every dose was checked at this person's bedside, shortly before the start."""
    minutes = check_minutes(deed)
    if minutes is None:
        return
    for bag in bags_of(deed):
        if bag.made is None:
            continue
        checks = _checks(deed, [bag.code])
        if not checks:
            yield Reason(
                "bedside.not_checked",
                f"Dose {bag.code} was not checked at the bedside of {deed.number}.",
                "Scan wristband and bag, two of you (act check_at_bedside).",
            )
            continue
        for code, label in _labels_void_since(deed, checks[-1]):
            yield Reason(
                "bedside.label_void",
                f"Label {label} of {code} was scanned at {spoken(checks[-1].occurred)} and is not valid any more.",
                "Scan the valid labels again (act check_at_bedside).",
            )
        ago = minutes_between(parse_occurred(checks[-1].occurred or ""), deed.when)
        if ago is not None and ago > minutes:
            yield Reason(
                "bedside.check_old",
                f"Dose {bag.code} was checked at {spoken(checks[-1].occurred)}, {ago} minutes before the "
                f"start; the study allows {minutes}.",
                "Scan wristband and bag again (act check_at_bedside).",
            )


def _labels_void_since(deed: Deed[Any], check: Entry[BedsideChecked]) -> list[tuple[str, int]]:
    """The labels of a check that are not valid now."""
    scans = [scan for scan in (read_scan(check.what.wristband), read_scan(check.what.dose_label)) if scan]
    return [(code, label) for code, label in scans if valid_label(deed.trial, code, deed.was_before) != label]


def check_minutes(deed: Deed[Any]) -> int | None:
    """How long before the start the check may lie; None where the study asks for none."""
    return deed.study.treatment.infusion.bedside_check_minutes if deed.study.treatment.infusion else None


def read_scan(scanned: str) -> tuple[str, int] | None:
    """Code and label number of a scan; None for what cannot be read, which another gate says."""
    try:
        return read_label(scanned)
    except FormatError:
        return None


def _checks(deed: Deed[Any], codes: list[str]) -> list[Entry[BedsideChecked]]:
    """Checks of these doses at this person's bedside since each was last issued, both scans right.

    One before a return does not count; nor does one told after the deed whose scans were of others, or not readable.
    """
    return [
        entry
        for entry in deed.earlier(BedsideChecked)
        if entry.what.dose in codes
        and deed.was_before(entry)
        and _scans_agree(deed, entry)
        and not _issued_since(deed, entry)
    ]


def _scans_agree(deed: Deed[Any], check: Entry[BedsideChecked]) -> bool:
    wristband, bag = read_scan(check.what.wristband), read_scan(check.what.dose_label)
    return wristband is not None and bag is not None and (wristband[0], bag[0]) == (deed.who, check.what.dose)


def _issued_since(deed: Deed[Any], check: Entry[BedsideChecked]) -> bool:
    dose = deed.trial.others.get(check.what.dose)
    issues = dose.all(Issued) if dose else ()
    return any(issue.order > check.order and deed.was_before(issue) for issue in issues)
