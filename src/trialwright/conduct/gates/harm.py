"""Gates of what is recorded about harm: the term, its grade, why it is serious, and dates that can be."""

from collections.abc import Iterable, Iterator
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.outcome import Reason
from trialwright.ctcae.catalogue import Term, catalogue
from trialwright.ctcae.search import find_terms
from trialwright.errors import UsageError
from trialwright.facts import parse_occurred, parse_partial_date, quoted
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import (
    AdverseEventReported,
    Died,
    DonorRegistered,
    Infused,
    PregnancyReported,
    ReportSent,
)
from trialwright.safety.baselines import treatment_baseline
from trialwright.safety.events import AdverseEvent, event_named, first_id
from trialwright.safety.reporting.regimes import regimes_of

FATAL = 5


def ctcae_of(deed: Deed[Any]) -> Any:
    """The version of CTCAE that the words name, else the study's."""
    return getattr(deed.what, "ctcae", None) or deed.study.safety.ctcae


def term_of(deed: Deed[Any]) -> Term | None:
    """The CTCAE term that the words name; None where the version has no such term."""
    return catalogue(ctcae_of(deed)).term(deed.what.term)


def as_in_ctcae(term: Term | None) -> dict[str, str]:
    """The term as CTCAE spells it, with its system organ class; nothing for a term it does not have."""
    return {} if term is None else {"term": term.name, "soc": term.soc}


def term_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The term is CTCAE's own; an "Other, specify" says what it was."""
    term = term_of(deed)
    if term is None:
        near = ", ".join(found.term.name for found in find_terms(deed.what.term, ctcae_of(deed), limit=3))
        yield Reason(
            "adverse_event.unknown_term",
            f"CTCAE {ctcae_of(deed)} has no term {quoted(deed.what.term)}.",
            f"In CTCAE's own words it may be: {near}. Or search it (trialwright ctcae)."
            if near
            else 'Search it (trialwright ctcae), or take an "Other, specify".',
        )
    elif term.needs_words and not (deed.what.specify or "").strip():
        yield Reason(
            "adverse_event.not_specified",
            f'"{term.name}" says nothing of what it was.',
            "Say in words what it was (specify).",
        )


def grade_exists(deed: Deed[Any]) -> Iterable[Reason]:
    """CTCAE describes this grade for the term: not every term has all five."""
    term = term_of(deed)
    if term is not None and deed.what.grade not in term.grades_there:
        there = ", ".join(map(str, term.grades_there))
        yield Reason(
            "adverse_event.no_such_grade",
            f"{term.name} has no grade {deed.what.grade} in CTCAE {term.version}; it has {there}.",
            "Read the grades (trialwright ctcae) and choose the one that fits.",
        )


def seriousness_said(deed: Deed[Any]) -> Iterable[Reason]:
    """A serious event says why it is serious, and a fatal one is serious."""
    what = deed.what
    if what.serious and not what.seriousness:
        yield Reason(
            "adverse_event.why_serious",
            f"{what.term} is called serious, and no reason is given.",
            "Say which (seriousness): death, life-threatening, hospitalisation, disability, congenital "
            "anomaly, important medical event.",
        )
    if what.seriousness and not what.serious:
        yield Reason(
            "adverse_event.not_serious",
            f"{what.term} is not called serious, yet {', '.join(what.seriousness)} is given.",
            "Whatever meets one of these is serious: check both.",
        )
    if not what.serious:
        yield from _fatal(what, what.term)


def _fatal(what: Any, named: str) -> Iterator[Reason]:
    """What is said of an event that is not called serious, and yet means death."""
    said = (
        "has grade 5, which is death," if what.grade == FATAL else "ended in death" if what.outcome == "fatal" else None
    )
    if said is not None:
        yield Reason(
            "adverse_event.fatal_not_serious",
            f"{named} {said} and is not called serious.",
            "Call it serious, with seriousness death; or give the right grade and outcome.",
        )


def ends_after_onset(deed: Deed[Any]) -> Iterable[Reason]:
    """An event does not end before it began."""
    resolved_on = deed.what.resolved_on
    if resolved_on and certainly_before(parse_partial_date(resolved_on), deed.when):
        yield Reason(
            "adverse_event.ends_before_onset",
            f"{deed.what.term} began on {deed.dated} and ended on {resolved_on}.",
            "Check the onset (the act's own date) and the end (resolved_on).",
        )


def known_after_onset(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody knew of it before it began."""
    aware_at = deed.what.aware_at
    if aware_at and certainly_before(parse_occurred(aware_at), deed.when):
        yield Reason(
            "adverse_event.known_before_onset",
            f"{deed.what.term} began on {deed.dated}, and the site is said to have known of it on {spoken(aware_at)}.",
            "Check the onset (the act's own date) and when the site first knew (aware_at).",
        )


def before_treatment(deed: Deed[Any]) -> Iterable[Reason]:
    """A condition was there when it was found, and before study treatment: what shows later is an adverse event."""
    began_on, first = deed.what.began_on, treatment_baseline(deed.book)
    if began_on and certainly_before(deed.when, parse_partial_date(began_on)):
        yield Reason(
            "condition.dates",
            f"{deed.what.term} was found on {deed.dated}, and is said to have begun on {began_on}, after it.",
            "Check when it was found (the act's own date) and when it began (began_on).",
        )
    if first is not None and certainly_before(first.at, deed.when):
        yield Reason(
            "condition.dates",
            f"{deed.what.term} is dated {deed.dated}; study treatment began on {spoken(str(first.at))}, before it.",
            "Date it on a day before treatment on which it was there; what came later is an adverse event "
            "(act report_adverse_event).",
        )


def donor_registered(deed: Deed[Any]) -> Iterable[Reason]:
    """The donor is one of this trial."""
    donor = deed.trial.donors.get(deed.who or "")
    if donor is None or not donor.all(DonorRegistered):
        yield Reason(
            "donor.unknown",
            f"No donor {deed.who} is registered.",
            "Register the donor first (act register_donor), or check the code.",
        )


# --- what follows -----------------------------------------------------------------------------------------------------


def event_of(deed: Deed[Any]) -> AdverseEvent | None:
    """The event that the words name by any of its entries, as it stood before the deed; None if they name none.

    Raises UsageError for an id that no event in force has, unless an entry is looked at again: it was written once.
    """
    if deed.what.event is None:
        return None
    event = event_named(deed.trial, deed.what.event, deed.was_before)
    if event is None and deed.itself is None:
        raise UsageError(
            f"{deed.act}: no adverse event has the id {deed.what.event!r}. "
            "`trialwright safety DIR` lists the events with their ids."
        )
    return event


def event_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The event is about the person who is named."""
    event = event_of(deed)
    if event is not None and deed.who is not None and deed.who != event.about:
        yield Reason(
            "adverse_event.of_another",
            f"Event {deed.what.event} ({event.named}) is {event.about}'s; {deed.who} is named.",
            "Check the code and the event's id.",
        )


def follows_onset(deed: Deed[Any]) -> Iterable[Reason]:
    """What is new about an event is not older than its beginning; and it does not end before that."""
    event, resolved_on = event_of(deed), deed.what.resolved_on
    if event is None:
        return
    if certainly_before(deed.when, event.onset):
        yield Reason(
            "adverse_event.before_onset",
            f"{event.named} began on {spoken(str(event.onset))}; what is new is dated {deed.dated}, before it.",
            f"Check the date; if the onset is wrong, correct entry {event.reported.id} (act correct).",
        )
    if resolved_on and certainly_before(parse_partial_date(resolved_on), event.onset):
        yield Reason(
            "adverse_event.ends_before_onset",
            f"{event.named} began on {spoken(str(event.onset))} and ended on {resolved_on}.",
            f"Check the end (resolved_on); if the onset is wrong, correct entry {event.reported.id} (act correct).",
        )


def before_death(deed: Deed[Any]) -> Iterable[Reason]:
    """After death no event has a new grade, and none ends; what is learnt of it later is said all the same."""
    event, what = event_of(deed), deed.what
    book = deed.trial.casebooks.get(event.about) if event else None
    for death in book.all(Died) if book else ():
        died = parse_occurred(death.occurred) if death.occurred else None
        late = [
            f"{name} of {spoken(str(when))}"
            for name, said, when in (
                ("a grade", what.grade, deed.when),
                ("an end", what.resolved_on, parse_partial_date(what.resolved_on) if what.resolved_on else None),
            )
            if said is not None and when is not None and died is not None and certainly_before(died, when)
        ]
        if event is not None and late:
            yield Reason(
                "adverse_event.after_death",
                f"{event.about} died on {spoken(death.occurred)}; {event.named} is given {' and '.join(late)}.",
                "Date the last grade on the day of death or before; what is found out later is said without a grade. "
                f"If the death is wrong, correct entry {death.id} (act correct).",
            )


def new_grade_exists(deed: Deed[Any]) -> Iterable[Reason]:
    """CTCAE describes the new grade for the event's term."""
    event = event_of(deed)
    if event is None or deed.what.grade is None:
        return
    term = catalogue(event.ctcae).term(event.term)
    if term is not None and deed.what.grade not in term.grades_there:
        there = ", ".join(map(str, term.grades_there))
        yield Reason(
            "adverse_event.no_such_grade",
            f"{term.name} has no grade {deed.what.grade} in CTCAE {term.version}; it has {there}.",
            "Read the grades (trialwright ctcae) and choose the one that fits.",
        )


def still_serious(deed: Deed[Any]) -> Iterable[Reason]:
    """An event that turns serious says why; one of grade 5 is serious."""
    event, what = event_of(deed), deed.what
    if event is None:
        return
    serious = event.serious if what.serious is None else what.serious
    if serious and not (what.seriousness or event.seriousness):
        yield Reason(
            "adverse_event.why_serious",
            f"{event.term} is called serious, and no reason is given.",
            "Say which (seriousness): death, life-threatening, hospitalisation, disability, congenital "
            "anomaly, important medical event.",
        )
    if not serious and what.seriousness:
        yield Reason(
            "adverse_event.not_serious",
            f"{event.term} is not called serious, yet {', '.join(what.seriousness)} is given.",
            "Whatever meets one of these is serious: give serious yes.",
        )
    if not serious:
        yield from _fatal(what, event.term)


def something_new(deed: Deed[Any]) -> Iterable[Reason]:
    """A follow-up says something."""
    what = deed.what
    said = (what.grade, what.serious, what.expected, what.resolved_on, what.outcome, what.action, what.dose_limiting)
    if not any(word is not None for word in (*said, what.treatment, what.narrative)) and not (
        what.seriousness or what.related
    ):
        yield Reason(
            "adverse_event.nothing_new",
            f"Nothing new is said of event {what.event}.",
            "Give what has changed: its grade, its end (resolved_on), its outcome, its cause (related), its treatment.",
        )


def infusion_given(deed: Deed[Any]) -> Iterable[Reason]:
    """The infusion that somebody reacted to was begun."""
    if not any(entry.what.infusion == deed.what.infusion for entry in deed.earlier(Infused)):
        yield Reason(
            "infusion.not_given",
            f"{deed.number} has had no infusion {deed.what.infusion} up to {deed.dated}.",
            "Check the number of the infusion and the date; record the infusion first.",
        )


# --- pregnancies and reports ------------------------------------------------------------------------------------------


def pregnancy_of(deed: Deed[Any]) -> AnyEntry:
    """The pregnancy that is followed, as first reported. Raises UsageError for an id that is none."""
    chain = deed.trial.originals.get(deed.what.pregnancy, ())
    if not chain or not isinstance(chain[0].what, PregnancyReported):
        raise UsageError(
            f"{deed.act}: no pregnancy has the id {deed.what.pregnancy!r}. "
            "`trialwright safety DIR` lists what is followed, with the ids."
        )
    return chain[0]


def reported_entry(deed: Deed[Any]) -> AnyEntry:
    """The event or pregnancy a report is about, as first reported. Raises UsageError for an id that is neither."""
    chain = deed.trial.originals.get(deed.what.entry, ())
    if not chain or not isinstance(chain[0].what, PregnancyReported | AdverseEventReported):
        raise UsageError(
            f"{deed.act}: no adverse event and no pregnancy has the id {deed.what.entry!r}. "
            "`trialwright safety DIR` lists what is due, with the ids."
        )
    return chain[0]


def pregnancy_theirs(deed: Deed[Any]) -> Iterable[Reason]:
    """The pregnancy was reported of the person named."""
    reported = pregnancy_of(deed)
    if reported.about != deed.who:
        yield Reason(
            "pregnancy.of_another",
            f"Pregnancy {deed.what.pregnancy} was reported of {reported.about}; {deed.who} is named.",
            "Check the code and the id.",
        )


def pregnancy_dates(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody knew of a pregnancy before the test or the statement, and the last period does not lie after it."""
    what = deed.what
    if what.aware_at and certainly_before(parse_occurred(what.aware_at), deed.when):
        yield Reason(
            "pregnancy.dates",
            f"The pregnancy is dated {deed.dated}, and the site is said to have known of it on "
            f"{spoken(what.aware_at)}.",
            "Check the day of the test or statement (the act's own date) and when the site first knew (aware_at).",
        )
    if what.last_period_on and certainly_before(deed.when, parse_partial_date(what.last_period_on)):
        yield Reason(
            "pregnancy.dates",
            f"The pregnancy is dated {deed.dated}, and the last period {what.last_period_on}, after it.",
            "Check the day of the test or statement (the act's own date) and the last period (last_period_on).",
        )


def pregnancy_goes_on(deed: Deed[Any]) -> Iterable[Reason]:
    """What became of a pregnancy is not older than the test or statement that showed it."""
    for entry in _as_corrected(deed, pregnancy_of(deed)):
        if certainly_before(deed.when, parse_occurred(entry.occurred or "")):
            yield Reason(
                "pregnancy.dates",
                f"What became of the pregnancy is dated {deed.dated}; the pregnancy itself {spoken(entry.occurred)}.",
                f"Check the date and the id ({deed.what.pregnancy}); if the pregnancy's date is wrong, correct entry "
                f"{entry.id} (act correct).",
            )


def report_theirs(deed: Deed[Any]) -> Iterable[Reason]:
    """What is reported is about the person who is named, where one is named."""
    reported = reported_entry(deed)
    if deed.who is not None and deed.who != reported.about:
        yield Reason(
            "report.of_another",
            f"Entry {deed.what.entry} is about {reported.about}; {deed.who} is named.",
            "Check the code and the entry's id.",
        )


def regime_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The report is one that the study owes: its regime, and who is told under it."""
    regimes = {regime.id: regime for regime in regimes_of(deed.study.safety.reporting)}
    regime = regimes.get(deed.what.regime)
    if regime is None:
        known = ", ".join(regimes) or "none"
        yield Reason(
            "report.unknown_regime",
            f"The study reports under no regime {deed.what.regime!r}. It has: {known}.",
            "Choose one of them; a further one is first written into the study file (safety, reporting).",
        )
    elif deed.what.to not in regime.to:
        yield Reason(
            "report.unknown_recipient",
            f"Under {regime.id} nobody reports to {deed.what.to!r}. Under it are told: {', '.join(regime.to)}.",
            "Choose one of them.",
        )


def report_after_it(deed: Deed[Any]) -> Iterable[Reason]:
    """Nobody reports what has not happened yet."""
    reported = reported_entry(deed)
    for entry in _as_corrected(deed, reported):
        if certainly_before(deed.when, parse_occurred(entry.occurred or "")):
            yield Reason(
                "report.before_event",
                f"The {deed.what.what} is dated {deed.dated}; what it is about is dated {spoken(entry.occurred)}.",
                f"Check the date and the id ({deed.what.entry}); if its date is wrong, correct entry "
                f"{entry.id} (act correct).",
            )


def _as_corrected(deed: Deed[Any], first: AnyEntry) -> list[AnyEntry]:
    """The newest entry of a chain that says when it occurred; none if no entry does."""
    chain = deed.trial.originals.get(first.id, (first,))
    return [entry for entry in chain if entry.occurred and isinstance(entry.what, type(first.what))][-1:]


def report_new(deed: Deed[Any]) -> Iterable[Reason]:
    """The same report does not go to the same place twice at one time."""
    reported, what = reported_entry(deed), deed.what
    chapter = deed.trial.chapter(reported.about or "")
    for sent in deed.all(ReportSent, chapter) if chapter else ():
        same = (sent.what.regime, sent.what.what, sent.what.to) == (what.regime, what.what, what.to)
        apart = deed.precedes(sent) or deed.follows(sent)
        if same and not apart and first_id(deed.trial, sent.what.entry) == reported.id:
            yield Reason(
                "report.already",
                f"The {what.what} to the {what.to} under {what.regime} of {spoken(sent.occurred)} is recorded "
                f"(entry {sent.id}).",
                "Nothing to do. If another one went out on that day, give its hour; if that entry is wrong, correct it "
                "(act correct).",
            )
