"""Documents that somebody signs: consent forms, of participants and of donors."""

from pydantic.dataclasses import dataclass

from trialwright.study.shapes import CLOSED, CalendarDay, Code, Source, Text


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ConsentDocument:
    """A consent form in one version, and from when it is the one to sign."""

    id: Code
    version: Text
    languages: tuple[Text, ...]
    valid_from: CalendarDay
    label: Text | None = None
    source: Source | None = None
    basis: Text | None = None
