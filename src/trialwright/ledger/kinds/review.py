"""Entries about the record itself: signatures, queries, source data verified, freezes, locks, the end of the study."""

from dataclasses import dataclass, field
from typing import ClassVar

from trialwright.ledger.kinds.what import What


@dataclass(frozen=True, slots=True)
class Signed(What):
    """A person signed entries as they were shown. Any later change of one of them un-signs, and both stay visible."""

    kind: ClassVar[str] = "signed"
    meaning: str  # eligibility | enrolment | value review | causality | death | casebook | report
    printed_name: str
    entries: tuple[str, ...]  # the first id of each chain signed
    shown: str  # SHA-256 over the sorted hashes of those chains, hexadecimal
    authenticated: str  # password | password and code | passkey
    nonce: str  # of the page that was signed; used once


@dataclass(frozen=True, slots=True)
class QueryRaised(What):
    """A person asks about what is recorded, or missing: about an entry and its field, or a visit and its item."""

    kind: ClassVar[str] = "query_raised"
    text: str
    entry: str | None = None
    field: str | None = None
    visit: str | None = None
    item: str | None = None  # form.item


@dataclass(frozen=True, slots=True)
class QueryAnswered(What):
    """The site's answer to a query."""

    kind: ClassVar[str] = "query_answered"
    query: str  # id of the entry that raised it, or the key of an automatic query
    answer: str
    asked: str | None = None  # of an automatic query: what it said
    content: str | None = None  # of an automatic query: digest of what it was about


@dataclass(frozen=True, slots=True)
class QueryClosed(What):
    """A query is settled, and why."""

    kind: ClassVar[str] = "query_closed"
    query: str
    reason: str
    asked: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class QueryReopened(What):
    """A query that was answered or closed is open again, and why."""

    kind: ClassVar[str] = "query_reopened"
    query: str
    reason: str
    asked: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class SourceVerified(What):
    """Entries were compared with the source at the site, as they were shown. `occurred` is the day of it."""

    kind: ClassVar[str] = "source_verified"
    entries: tuple[str, ...]
    shown: str
    finding: str  # agrees | differs
    text: str | None = None  # what differs
    source: str | None = None  # what it was compared with
    form: str | None = None  # only the answers of this form; None: everything in the entries


@dataclass(frozen=True, slots=True)
class CasebookFrozen(What):
    """The site changes nothing in this casebook until it is unfrozen; harm is recorded all the same."""

    kind: ClassVar[str] = "casebook_frozen"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CasebookUnfrozen(What):
    """The casebook is open to the site again."""

    kind: ClassVar[str] = "casebook_unfrozen"
    reason: str


@dataclass(frozen=True, slots=True)
class StudyEnded(What):
    """The study is over, on the day it occurred: nobody consents or is enrolled any more."""

    kind: ClassVar[str] = "study_ended"
    how: str  # planned | early
    reason: str


@dataclass(frozen=True, slots=True)
class StudyLocked(What):
    """The record is closed. `set_aside` names what still stood in the way, each with the reason to let it be."""

    kind: ClassVar[str] = "study_locked"
    reason: str
    set_aside: dict[str, str] = field(default_factory=dict)  # key -> why


@dataclass(frozen=True, slots=True)
class StudyUnlocked(What):
    """The record is open again."""

    kind: ClassVar[str] = "study_unlocked"
    reason: str
