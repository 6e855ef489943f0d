"""What would be refused today: past acts asked again, at their own dates, on what is known now.

A correction made this morning can close a gate that was open last year. Nothing is re-decided by itself: each such
act is listed until a person settles it with a deviation that names the entry (act record_deviation, `settles`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from trialwright.conduct.act import Act
from trialwright.conduct.amendment.versions import studies_of
from trialwright.conduct.arriving import consent
from trialwright.conduct.deed import Deed
from trialwright.conduct.donating import decide_donor_eligibility
from trialwright.conduct.enrolling import enrol
from trialwright.conduct.following import (
    assess_response,
    other_therapy,
    relapse,
    transplant,
    visit,
)
from trialwright.conduct.grading import (
    assess_acute_gvhd,
    assess_chronic_gvhd,
    assess_crs,
    assess_icans,
    assess_infusion_reaction,
)
from trialwright.conduct.infusing import infuse
from trialwright.conduct.issuing import check_at_bedside, issue
from trialwright.conduct.keeping_cells import hand_over
from trialwright.conduct.leaving import record_death, withdraw
from trialwright.conduct.making_cells import collect, make_lot, process, receive, release
from trialwright.conduct.outcome import Reason
from trialwright.conduct.reporting import (
    follow_adverse_event,
    record_condition,
    report_adverse_event,
    report_donor_event,
    report_pregnancy,
)
from trialwright.conduct.treating import decide_go, give_chemotherapy, give_gvhd_prophylaxis, premedicate
from trialwright.ledger.entry import Entry, Mood
from trialwright.ledger.kinds import DeviationRecorded, FactsRecorded, Judged, Retracted, What
from trialwright.ledger.trial import Casebook, Trial
from trialwright.study.model import Study

LOOKED_AT_AGAIN: Mapping[type[What], Act[Any]] = {
    act.writes: act
    for act in (
        consent,
        enrol,
        decide_donor_eligibility,
        collect,
        receive,
        process,
        make_lot,
        release,
        hand_over,
        issue,
        check_at_bedside,
        give_chemotherapy,
        premedicate,
        give_gvhd_prophylaxis,
        decide_go,
        infuse,
        visit,
        assess_response,
        relapse,
        record_condition,
        report_adverse_event,
        follow_adverse_event,
        assess_acute_gvhd,
        assess_chronic_gvhd,
        assess_crs,
        assess_icans,
        assess_infusion_reaction,
        report_pregnancy,
        other_therapy,
        transplant,
        withdraw,
        record_death,
    )
    if act.writes is not None
}
"""Kind of entry -> the act whose gates it is asked again."""


@dataclass(frozen=True, slots=True)
class PossibleDeviation:
    """A past act that would be refused on what is known now, and not yet settled by a person."""

    entry: Entry[Any]
    reason: Reason


@dataclass(frozen=True, slots=True)
class JudgementInQuestion:
    """A judgement made on facts that were corrected since: which facts' entries, and what they were about."""

    judgement: Entry[Judged]
    corrected: tuple[Entry[Any], ...]  # the corrections and retractions
    about: tuple[str, ...]


def possible_deviations(
    study: Study, trial: Trial, *, earlier: Mapping[str, Study] | None = None, about: str | None = None
) -> tuple[PossibleDeviation, ...]:
    """Every past act whose gates would not be open on what is known now, oldest first; settled ones left out.

    earlier  studies no longer in force, by the SHA-256 of their file: an act is asked by the rules under which it was
             first recorded, so that an amendment makes nobody's past act a deviation. By default they are read from
             the ledger. Acts under a file that is not at hand are not asked, and one line says so for each such file.
    about    only the acts about this participant, donor, lot or dose
    """
    return tuple(_possible(study, trial, dict(studies_of(trial) if earlier is None else earlier), about))


def _possible(study: Study, trial: Trial, earlier: dict[str, Study], about: str | None) -> Iterator[PossibleDeviation]:
    rules = earlier | {trial.adopted.what.sha256: study}
    settled = _settled(trial)
    missing: set[str] = set()
    for entry in _acts_in_force(trial):
        if about not in (None, entry.about):
            continue
        first = trial.originals[entry.id][0]
        if first.study_sha256 in rules:
            for reason in _asked_again(rules[first.study_sha256], trial, entry):
                if not settled.get(entry.id, frozenset()) & {reason.code, ""}:
                    yield PossibleDeviation(entry, reason)
        elif first.study_sha256 not in missing:
            missing.add(first.study_sha256)
            yield PossibleDeviation(entry, _file_missing(first))


def _file_missing(entry: Entry[Any]) -> Reason:
    return Reason(
        "study.not_at_hand",
        f"Acts from entry {entry.seq} on were done under study file {entry.study_sha256[:12]}, which is not at hand.",
        "Give the earlier study file; the ledger holds its text.",
    )


def _acts_in_force(trial: Trial) -> list[Entry[Any]]:
    """Every entry in force that an act with gates wrote; what was taken over from a table has no gates."""
    entries = [e for chapter in trial.chapters for kind in LOOKED_AT_AGAIN for e in chapter.all(kind)]
    return sorted((e for e in entries if e.mood is not Mood.HISTORICAL and e.occurred), key=lambda e: e.order)


def _asked_again(study: Study, trial: Trial, entry: Entry[Any]) -> tuple[Reason, ...]:
    act = _act_of(entry)
    what = _words_of(act, entry.what)
    # Who did it, not who corrected it later: signatures and second persons are the deed's.
    first = trial.originals[entry.id][0]
    deed = Deed(
        act.name, study, trial, first.actor, entry.about, what, entry.occurred, first.second, entry.told, itself=entry
    )
    return act.reasons(deed)


def _act_of(entry: Entry[Any]) -> Act[Any]:
    """The act that writes such an entry about such a thing: a donor's event is not a participant's."""
    of_donor = (entry.about or "").startswith("D-") and report_adverse_event.writes is type(entry.what)
    return report_donor_event if of_donor else LOOKED_AT_AGAIN[type(entry.what)]


def _words_of(act: Act[Any], what: What) -> Any:
    """The words of the act, read back from the entry it wrote."""
    names = {part.name for part in fields(act.fields)}
    return act.fields(**{part.name: getattr(what, part.name) for part in fields(what) if part.name in names})


def _settled(trial: Trial) -> dict[str, frozenset[str]]:
    """Entry id -> codes of its gates already answered for; "" answers for all of them.

    A deviation settles the entry it names. One written by an act told after the deed belongs to the entries of the
    same act: their ids begin alike (the store numbers them id, id.2, id.3).
    """
    found: dict[str, set[str]] = {}
    by_act: dict[str, set[str]] = {}
    for deviation in _deviations(trial):
        gate = deviation.what.gate or ""
        if deviation.what.settles:
            for entry in trial.originals.get(deviation.what.settles, ()):
                found.setdefault(entry.id, set()).add(gate)
        elif deviation.mood is Mood.HAPPENED:
            by_act.setdefault(_stem(deviation.id), set()).add(gate)
    for entry in _acts_in_force(trial):
        ids = [one.id for one in trial.originals.get(entry.id, (entry,))]
        for id in ids:
            found.setdefault(entry.id, set()).update(by_act.get(_stem(id), ()))
            found[entry.id].update(found.get(id, ()))
    return {id: frozenset(codes) for id, codes in found.items()}


def _deviations(trial: Trial) -> Iterator[Entry[DeviationRecorded]]:
    yield from trial.of_study.deviations
    for chapter in trial.chapters:
        yield from chapter.all(DeviationRecorded)


def _stem(id: str) -> str:
    stem, dot, number = id.rpartition(".")
    return stem if dot and number.isdigit() else id


def judgements_on_corrected_facts(trial: Trial) -> tuple[JudgementInQuestion, ...]:
    """Judgements made on facts corrected or taken back since, where no later judgement took the new facts in."""
    amended = _amended_facts(trial)
    return tuple(
        question
        for code, chains in amended.items()
        if (book := trial.casebooks.get(code)) is not None
        for judged in book.all(Judged)
        if (question := _ask(book, judged, chains))
    )


def _ask(book: Casebook, judged: Entry[Judged], chains: list[tuple[Entry[Any], ...]]) -> JudgementInQuestion | None:
    amended = [
        (entry, chain[0])
        for chain in chains
        if chain[0].seq < judged.seq
        for entry in chain[1:]
        if entry.seq > judged.seq
    ]
    again = max((entry.seq for entry in book.all(Judged)), default=0)
    if not amended or again > max(entry.seq for entry, _ in amended):
        return None
    names = {_name(fact) for entry, first in amended for fact in _changed(entry, first)}
    return JudgementInQuestion(judged, tuple(entry for entry, _ in amended), tuple(sorted(names)))


def _amended_facts(trial: Trial) -> dict[str, list[tuple[Entry[Any], ...]]]:
    """Chains of facts that were amended, each once, by the person they are about, in the order of the ledger."""
    found: dict[str, dict[str, tuple[Entry[Any], ...]]] = {}
    for entry in trial.by_id.values():
        if entry.corrects or entry.retracts:
            chain = trial.originals[entry.id]
            if isinstance(chain[0].what, FactsRecorded):
                found.setdefault(entry.about or "", {})[chain[0].id] = chain
    books = [code for code in trial.casebooks if code in found]
    return {code: list(found[code].values()) for code in books}


def _changed(entry: Entry[Any], first: Entry[Any]) -> list[dict[str, Any]]:
    """The facts that the amendment changed: those only one of the two has."""
    new = () if isinstance(entry.what, Retracted) else entry.what.facts
    old = first.what.facts
    return [fact for fact in old if fact not in new] + [fact for fact in new if fact not in old]


def _name(fact: dict[str, Any]) -> str:
    names = ("concept", "valueset", "opinion", "signed", "domain")
    return str(next((fact[name] for name in names if name in fact), "a fact"))
