"""One entry: what it says, every version of it field by field, who wrote it when and why."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from trialwright.cells.views import apart
from trialwright.conduct import ACTS, may
from trialwright.conduct.roles import Role
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import Adopted, Refused, Retracted
from trialwright.report.audit import delay, local, mood_words
from trialwright.web.access import actor
from trialwright.web.door import Standing, standing
from trialwright.web.lines import Line, said, shown_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry: as first written, a correction, or that it was taken back."""

    line: Line
    at: str
    mood: str
    late: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the entry through its versions: the values one after the other, None where it says nothing."""

    field: str
    values: tuple[str | None, ...]

    @property
    def changes(self) -> bool:
        return len(set(self.values)) > 1


def entry(request: HttpRequest, id: str) -> HttpResponse:
    """One entry as it was written, and what became of it."""
    stands = standing(request)
    found = _found(request, stands, id)
    chain = chain_of(stands, found)
    may_amend = may(actor(request), ACTS["correct"]) and not isinstance(found.what, Adopted | Refused)
    shown = {
        "line": _apart(stands, found, shown_line(stands, found)),
        "versions": _apart(stands, found, tuple(_version(stands, one) for one in chain)),
        "differences": _apart(stands, found, tuple(differences(chain))),
        "in_force": chain[-1],
        "may_amend": may_amend and not chain[-1].retracts,
        "causes": [stands.trial.by_id[one] for one in found.causes if one in stands.trial.by_id],
        "book": stands.trial.casebook(found.about) if found.about and _reads_casebooks(request) else None,
        "here": "participants" if found.about in stands.books else "",
    }
    return render(request, "entry.html", shown)


def brief(request: HttpRequest, id: str) -> HttpResponse:
    """The history of an entry in a few lines: shown beside a value when it is pointed at."""
    stands = standing(request)
    found = _found(request, stands, id)
    chain = chain_of(stands, found)
    shown = {"versions": _apart(stands, found, tuple(_version(stands, one) for one in chain))}
    return render(request, "parts/brief.html", shown)


def _found(request: HttpRequest, stands: Standing, id: str) -> AnyEntry:
    found = stands.trial.by_id.get(id)
    if found is None or not readable(request, stands, found):
        raise Http404
    return found


def readable(request: HttpRequest, stands: Standing, entry: AnyEntry) -> bool:
    """Whether whoever asks may read an entry: the cell laboratory those of cells and donors alone."""
    if _reads_casebooks(request):
        return True
    return entry.about is not None and entry.about not in stands.books


def _reads_casebooks(request: HttpRequest) -> bool:
    return actor(request).role != Role.CELL_LABORATORY


def _apart(stands: Standing, entry: AnyEntry, value: T) -> T:
    """Without the other side: no donor beside a participant, no participant beside a donor."""
    if entry.about in stands.books or entry.about in stands.trial.donors:
        return apart(stands.trial, entry.about or "", value)
    return value


def chain_of(stands: Standing, entry: AnyEntry) -> tuple[AnyEntry, ...]:
    """Every version, the oldest first."""
    first = entry.corrects or entry.retracts or entry.id
    return stands.trial.originals.get(first) or (entry,)


def _version(stands: Standing, entry: AnyEntry) -> Version:
    zone = stands.trial.adopted.what.time_zones.get(entry.site, stands.zone)
    return Version(
        shown_line(stands, entry), f"{local(entry.recorded_at, zone):%Y-%m-%d %H:%M}", mood_words(entry), delay(entry)
    )


def differences(chain: tuple[AnyEntry, ...]) -> Iterator[Difference]:
    """Each field that any version says something in, with its value in every version."""
    versions = [one for one in chain if not isinstance(one.what, Retracted)]
    if not versions:
        return
    names = dict.fromkeys(part.name for one in versions for part in fields(one.what))
    yield Difference("when", tuple(one.occurred for one in versions))
    for name in names:
        if name == "text" and isinstance(versions[0].what, Adopted):
            continue
        values = [getattr(one.what, name, None) for one in versions]
        if any(value not in (None, (), {}, "") for value in values):
            shown = tuple(None if value in (None, (), {}, "") else said(value) for value in values)
            yield Difference(name.replace("_", " "), shown)
