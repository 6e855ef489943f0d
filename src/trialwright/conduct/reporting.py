"""Harm: what somebody had before, adverse events and what follows, pregnancies, and the reports that go out."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

from trialwright.conduct.act import act
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.harm import (
    as_in_ctcae,
    before_death,
    before_treatment,
    ctcae_of,
    donor_registered,
    ends_after_onset,
    event_known,
    event_of,
    follows_onset,
    grade_exists,
    known_after_onset,
    new_grade_exists,
    pregnancy_dates,
    pregnancy_goes_on,
    pregnancy_theirs,
    regime_known,
    report_after_it,
    report_new,
    report_theirs,
    reported_entry,
    seriousness_said,
    something_new,
    still_serious,
    term_known,
    term_of,
)
from trialwright.conduct.gates.people import alive, consented
from trialwright.conduct.roles import ANYONE_AT_SITE, SITE
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import (
    AdverseEventFollowed,
    AdverseEventReported,
    ConditionFound,
    PregnancyFollowed,
    PregnancyReported,
    ReportSent,
    What,
)

Entries = tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What the person had before treatment, and how severe it was then. The version of CTCAE is the study's."""

    term: str
    grade: int
    specify: str | None = None
    began_on: str | None = None
    ctcae: str | None = None


OF_CONDITION = (term_known, grade_exists, before_treatment)


@act(Condition, by=SITE, gates=(consented, alive, *OF_CONDITION), writes=ConditionFound)
def record_condition(deed: Deed[Condition]) -> Entries:
    """Something the person had before treatment, with its grade: what a later event is compared with."""
    return (deed.entry(_in_ctcae(deed, ConditionFound)),)


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """An adverse event as it is reported. The version of CTCAE is the study's, unless another is named.

    related   cause -> related | not related | unknown, each asked apart: nk_cells, chemotherapy, premedication,
              collection, leukaemia
    aware_at  when the site first knew of it: reports are due from then; left out, from when it is recorded
    """

    term: str
    grade: int
    serious: bool
    related: dict[str, str]
    seriousness: tuple[str, ...] = ()
    expected: str = "unknown"
    dose_limiting: str = "unknown"  # yes | no | unknown
    action: str | None = None
    treatment: str | None = None
    outcome: str | None = None
    resolved_on: str | None = None
    specify: str | None = None
    aware_at: str | None = None
    narrative: str | None = None
    ctcae: str | None = None
    soc: str | None = None


OF_EVENT = (term_known, grade_exists, seriousness_said, ends_after_onset, known_after_onset)


@act(AdverseEvent, by=SITE, gates=(consented, alive, *OF_EVENT), writes=AdverseEventReported)
def report_adverse_event(deed: Deed[AdverseEvent]) -> Entries:
    """An adverse event, from its onset; what changes later is a follow-up (act follow_adverse_event)."""
    return (deed.entry(_in_ctcae(deed, AdverseEventReported)),)


@act(AdverseEvent, by=ANYONE_AT_SITE, subject="donor", gates=(donor_registered, *OF_EVENT), writes=AdverseEventReported)
def report_donor_event(deed: Deed[AdverseEvent]) -> Entries:
    """An adverse event of a donor, of the collection above all; from its onset."""
    return (deed.entry(_in_ctcae(deed, AdverseEventReported)),)


def _in_ctcae(deed: Deed[Any], kind: type[ConditionFound | AdverseEventReported]) -> What:
    """The entry, with CTCAE's own spelling of the term and its system organ class; the version is kept with it."""
    what = deed.what
    names = {part.name for part in fields(kind)}
    said = {part.name: getattr(what, part.name) for part in fields(what) if part.name in names - {"ctcae"}}
    return kind(**said | as_in_ctcae(term_of(deed)), ctcae=ctcae_of(deed))


OF_FOLLOW_UP = (event_known, follows_onset, before_death, new_grade_exists, still_serious, something_new)


@act(
    AdverseEventFollowed,
    by=ANYONE_AT_SITE,
    subject="anybody",
    gates=OF_FOLLOW_UP,
)
def follow_adverse_event(deed: Deed[AdverseEventFollowed]) -> Entries:
    """What is new about an event, from the day it happens on: its grade, its end, its cause, that it is serious."""
    event = event_of(deed)
    entry = deed.entry(deed.what, about=event.about if event else None)
    return (replace(entry, causes=(event.id,)) if event else entry,)


OF_PREGNANCY = (pregnancy_dates,)
OF_ITS_COURSE = (pregnancy_theirs, pregnancy_goes_on)


@act(PregnancyReported, by=SITE, gates=(consented, *OF_PREGNANCY))
def report_pregnancy(deed: Deed[PregnancyReported]) -> Entries:
    """A participant or a partner is pregnant: reported within the study's hours, and followed to its outcome."""
    return (deed.entry(deed.what),)


@act(PregnancyFollowed, by=SITE, gates=(consented, *OF_ITS_COURSE))
def follow_pregnancy(deed: Deed[PregnancyFollowed]) -> Entries:
    """What became of a pregnancy, and of the child."""
    return (replace(deed.entry(deed.what), causes=(deed.what.pregnancy,)),)


@dataclass(frozen=True, slots=True)
class Report:
    """A report that went out: about which event or pregnancy, under which regime, which report, to whom."""

    entry: str
    regime: str
    what: str  # first report | complete report | follow-up
    to: str
    reference: str | None = field(default=None)


OF_REPORT = (report_theirs, regime_known, report_after_it, report_new)


@act(Report, by=SITE, subject="anybody", gates=OF_REPORT, writes=ReportSent)
def send_report(deed: Deed[Report]) -> Entries:
    """A safety report was sent; it happens at the moment it went out."""
    what = deed.what
    reported = reported_entry(deed)
    sent = ReportSent(reported.id, what.regime, what.what, what.to, what.reference)
    return (replace(deed.entry(sent, about=reported.about), causes=(reported.id,)),)
