"""What an amendment may never change, and what a person should look at before approving it."""

import re
from collections.abc import Iterable, Iterator

from trialwright.conduct.outcome import Reason
from trialwright.criteria.language import Asked, SignedDocument, walk
from trialwright.criteria.parse import parse_rule
from trialwright.ledger.kinds import Consented, Enrolled, FollowUpTransferred, Visited
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study import Study, StudyFile, check_study, study_changes
from trialwright.study.checks.names import names_in
from trialwright.study.eligibility import CriterionLine

NUMBERS = re.compile(r"[0-9]+")


def against_amendment(now: Study, new: StudyFile, trial: Trial) -> Iterator[Reason]:
    """Every reason for which a new version of the study file cannot be adopted in this trial."""
    yield from _lint(new)
    yield from _identity(now, new.study, trial)
    yield from _sites(now, new.study, trial)
    yield from _places(new.study, trial)
    yield from _codes(now, new.study, trial)


def _lint(new: StudyFile) -> Iterator[Reason]:
    for found in check_study(new):
        if found.level == "error":
            yield Reason("amendment.lint", f"{found.place}: {found.code}: {found.meaning}", found.what_to_do)


def _identity(now: Study, new: Study, trial: Trial) -> Iterator[Reason]:
    if new.id != now.id:
        yield Reason(
            "amendment.other_study",
            f"The new file is the study {new.id}; this trial runs {now.id}.",
            "A study keeps its id for ever. Check that this is the right file.",
        )
    if new.historical != now.historical:
        yield Reason(
            "amendment.historical",
            "The new file says otherwise whether this is a table of the past.",
            "A trial is one or the other from its first entry on: leave `historical` as it is.",
        )
    if not study_changes(now, new):
        yield Reason(
            "amendment.nothing_changes",
            f"The new file says what version {now.version} says.",
            "Nothing to adopt. Comments and the order of lines change no plan.",
        )
        return
    used = [adoption.what.version_label for adoption in trial.adoptions]
    if new.version in used or not _later(new.version, used[-1] if used else now.version):
        yield Reason(
            "amendment.older_version",
            f"The new file calls itself version {new.version}; version {now.version} is in force, and this ledger has "
            f"adopted {', '.join(used)}.",
            "Give it a version that no file of this trial had, counted on from the one in force.",
        )


def _later(new: str, old: str) -> bool:
    """Whether one label counts on from another, number by number. Labels without numbers need only differ."""
    a, b = [[int(part) for part in NUMBERS.findall(label)] for label in (new, old)]
    return a > b if a and b else new != old


def _sites(now: Study, new: Study, trial: Trial) -> Iterator[Reason]:
    kept = {site.code for site in new.sites}
    for site in now.sites:
        people = sorted(book.code for book in trial.casebooks.values() if site.code in sites_of(book))
        if site.code not in kept and people:
            yield Reason(
                "amendment.site_in_use",
                f"The site {site.code} is not in the new file, and {_some(people)} "
                f"{'has a casebook' if len(people) == 1 else 'have casebooks'} there.",
                "Keep the site. Follow-up may move to another one (act transfer_follow_up); what was recorded stays.",
            )


def sites_of(book: Casebook) -> frozenset[str]:
    """The sites of a person: of the first entry, and those that took over the follow-up."""
    moved = {entry.what.to_site for entry in book.all(FollowUpTransferred)}
    return frozenset(moved | {entry.site for entry in book.entries[:1]})


def _places(new: Study, trial: Trial) -> Iterator[Reason]:
    held, target = len(trial.enrolled), new.enrolment.target
    if target is not None and target < held:
        yield Reason(
            "amendment.target_below_enrolled",
            f"The new file has {target} places, and {held} are held.",
            f"The target is {held} or more; to stop enrolling, set it to {held}.",
        )


def _codes(now: Study, new: Study, trial: Trial) -> Iterator[Reason]:
    if now.asks_codes != new.asks_codes and (trial.collections or trial.lots or trial.donors):
        yield Reason(
            "amendment.codes_changed",
            "The new file says otherwise whether codes of cells carry a check character, and there are cells.",
            "Leave `codes` of the product as it is: the labels printed so far could not be read any more.",
        )


# --- what to look at --------------------------------------------------------------------------------------------------


def warnings_of(now: Study, new: Study, trial: Trial) -> Iterator[str]:
    """What is allowed and should be looked at: sentences, each with what to do."""
    yield from _reused_ids(now.eligibility.criteria, new.eligibility.criteria)
    yield from _lost_words(now, new, trial)
    yield from _moved_zones(now, new, trial)


def _reused_ids(old: Iterable[CriterionLine], new: Iterable[CriterionLine]) -> Iterator[str]:
    before = {line.id: line for line in old}
    for line in new:
        was = before.get(line.id)
        if was is None or (was.kind, was.rule) == (line.kind, line.rule):
            continue
        old_names, new_names = _asks(was.rule), _asks(line.rule)
        if was.kind != line.kind or (old_names and new_names and old_names.isdisjoint(new_names)):
            yield (
                f"The criterion {line.id} asked for something else before ({was.kind}: {was.rule}). Judgements made so "
                "far stand under its id: give the new rule an id of its own."
            )


def _asks(rule: str) -> frozenset[str]:
    """What a rule asks for: concepts, value sets, documents, opinions; nothing for what no fact is named for."""
    parsed = parse_rule(rule)
    named = {name for _, name, _ in names_in(parsed)}
    named |= {part.question for part in walk(parsed) if isinstance(part, Asked)}
    return frozenset(named | {part.document for part in walk(parsed) if isinstance(part, SignedDocument)})


def _lost_words(now: Study, new: Study, trial: Trial) -> Iterator[str]:
    """Words of the study in force that people were recorded with, and that the new file does not have."""
    books = trial.casebooks.values()
    statuses = {entry.what.disease_status for book in books for entry in book.all(Enrolled)}
    phases = {entry.what.phase for book in books for entry in book.all(Enrolled)}
    visits = {entry.what.visit for book in books for entry in book.all(Visited)}
    consents = {f"{e.what.document} {e.what.document_version}" for book in books for e in book.all(Consented)}
    rows = (
        ("disease status", {one.id for one in now.disease_status}, {one.id for one in new.disease_status}, statuses),
        ("phase", {one.id for one in now.phases}, {one.id for one in new.phases}, phases),
        ("visit", {one.id for one in now.visits}, {one.id for one in new.visits}, visits),
        ("consent form", _forms(now), _forms(new), consents),
    )
    for word, old, kept, used in rows:
        for lost in sorted((old - kept) & used):
            yield (
                f"The {word} {lost} is not in the new file, and was recorded. What was recorded stays; nothing more is "
                "computed with it. Keep the line unless that is meant."
            )


def _forms(study: Study) -> set[str]:
    return {f"{one.id} {one.version}" for one in study.consent}


def _moved_zones(now: Study, new: Study, trial: Trial) -> Iterator[str]:
    zones = {site.code: site.time_zone for site in new.sites}
    for site in now.sites:
        if zones.get(site.code, site.time_zone) != site.time_zone and trial.casebooks:
            yield (
                f"The site {site.code} moves from the time zone {site.time_zone} to {zones[site.code]}: days of acts "
                "recorded without an hour are read in the new one."
            )


def _some(codes: list[str]) -> str:
    if len(codes) > 4:
        return f"{len(codes)} people ({codes[0]}, {codes[1]} …)"
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}"
