"""Reports made for a page: the same documents that `trialwright report` and `trialwright safety --out` write.

A report is a function of the ledger, the cut-off and the language: made once, it is kept until one of them changes.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from trialwright.errors import UsageError
from trialwright.ledger.instants import parse_instant
from trialwright.report import report_model, safety_model
from trialwright.report.blocks import Document
from trialwright.report.html import format_body, format_html
from trialwright.report.pdf import format_pdf
from trialwright.report.safety_wording import safety_document
from trialwright.report.wording import document
from trialwright.web.door import Standing, opened

Which = Literal["results", "safety"]
Lang = Literal["en", "zh"]
KEPT = 24


@dataclass(frozen=True)
class Made:
    """A report, and the forms it is shown in, each made when it is first asked for."""

    document: Document

    @cached_property
    def body(self) -> str:
        """The report as a part of a page."""
        return format_body(self.document)

    @cached_property
    def page(self) -> bytes:
        """The report as one file that needs nothing else."""
        return format_html(self.document).encode()

    @cached_property
    def pdf(self) -> bytes:
        return format_pdf(self.document)


def language(code: str | None) -> Lang:
    """The report's language for a page's."""
    return "zh" if (code or "").startswith("zh") else "en"


def made(stands: Standing, which: Which, cut_off: date, known_at: str, lang: Lang) -> Made:
    """The report at a cut-off, on what was known by an entry or instant ("" is everything).

    Raises UsageError where nothing was known then.
    """
    return _made(stands.name, stands.trial.head, which, cut_off, known_at, lang)


@lru_cache(maxsize=KEPT)
def _made(name: str, head: bytes, which: Which, cut_off: date, known_at: str, lang: Lang) -> Made:
    directory = opened(name)
    known = int(known_at) if known_at.isdigit() else known_at or None
    trial = directory.trial(known_at=known)
    if not trial.adoptions:
        raise UsageError("Nothing was known then: it is before the first entry.")
    then = directory.trial(as_of=cut_off, known_at=known)
    file = directory.study_as_of(trial)
    if which == "safety":
        return Made(safety_document(safety_model(file, trial, cut_off, then=then), lang))
    return Made(document(report_model(file, trial, cut_off, then=then), lang))


def read_known_at(word: str) -> str:
    """An entry's number or an instant with its zone, as typed. Raises UsageError."""
    word = word.strip()
    if not word or (word.isascii() and word.isdigit() and len(word) < 12):
        return word
    try:
        parse_instant(word)
    except Exception:
        raise UsageError(
            f"{word[:40]}: expected the number of an entry, such as 41, or an instant such as 2026-11-22T08:30:00Z."
        ) from None
    return word
