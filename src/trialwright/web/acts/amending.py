"""The form that corrects an entry: its own fields as questions, what stands in them; only what changes is sent."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from trialwright.conduct import ACTS, Refusal, may
from trialwright.conduct.choices import choices_of
from trialwright.conduct.words import WRITTEN_BY
from trialwright.errors import TrialwrightError
from trialwright.ledger.entry import AnyEntry
from trialwright.ledger.kinds import Adopted, Refused, Retracted
from trialwright.web.access import actor
from trialwright.web.acts.questions import LONG, Choice
from trialwright.web.acts.sent import NO_FAULTS, Faults, faults_of, is_stale, second_person, seen, since
from trialwright.web.acts.views import done
from trialwright.web.door import Standing, do, standing
from trialwright.web.lines import shown_line
from trialwright.web.pages.entries import readable

STAYS: Final = (Adopted, Refused, Retracted)
REASONS: Final = ("typing error", "source corrected", "newly known", "wrong date", "other")
YES_NO: Final = (("yes", "yes"), ("no", "no"))


@dataclass(frozen=True, slots=True)
class Part:
    """One input: its name in the form, what it is called, what stands in it; `was` what stands in the entry."""

    name: str
    label: str
    value: str
    was: str
    choices: tuple[Choice, ...] = ()
    long: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the entry: a single input, or the inputs of its lines."""

    name: str
    label: str
    parts: tuple[Part, ...]
    error: str = ""


def correct(request: HttpRequest, id: str) -> HttpResponse:
    """The form that corrects the newest version of an entry, or what came of sending it."""
    stands = standing(request)
    entry = newest(stands, id)
    if entry is None or isinstance(entry.what, STAYS) or not readable(request, stands, entry):
        raise Http404
    act = ACTS["correct"]
    if not may(actor(request), act):
        return render(request, "faults/403.html", status=403)
    if request.method == "POST":
        return _sent(request, stands, entry)
    return _form(request, stands, entry, request.GET)


def newest(stands: Standing, id: str) -> AnyEntry | None:
    """The version of an entry that is in force; None for an id that is none, and for what was taken back."""
    found = stands.trial.by_id.get(id)
    if found is None:
        return None
    chain = stands.trial.originals.get(found.corrects or found.id, (found,))
    return None if chain[-1].retracts else chain[-1]


def _form(
    request: HttpRequest,
    stands: Standing,
    entry: AnyEntry,
    typed: QueryDict,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    code = typed.get("id") or uuid.uuid4().hex
    shown = {
        "line": shown_line(stands, entry),
        "entry": entry,
        "fields": tuple(_asked(entry, typed, faults.fields)),
        "occurred": typed.get("occurred", entry.occurred or ""),
        "typed": typed,
        "reasons": [(one, one) for one in choices_of("correct").get("reason_code", REASONS)],
        "faults": faults,
        "refusal": refusal,
        "since": since(stands, typed) if refusal and is_stale(refusal) else (),
        "id": code,
        "seen": stands.seen,
    }
    return render(request, "acts/correct.html", shown, status=status)


def _sent(request: HttpRequest, stands: Standing, entry: AnyEntry) -> HttpResponse:
    typed = request.POST
    second, wrong = second_person(request)
    if wrong:
        return _form(request, stands, entry, typed, Faults(wrong, ()), status=422)
    words: dict[str, Any] = {
        "entry": entry.id,
        "reason_code": typed.get("reason_code", ""),
        "why": typed.get("why", "").strip(),
        "content": changed(entry, typed),
    }
    occurred = typed.get("occurred", "").strip()
    if occurred and occurred != (entry.occurred or ""):
        words["occurred"] = occurred
    words = {name: value for name, value in words.items() if value not in ("", None)}
    try:
        outcome = do(
            request,
            ACTS["correct"],
            actor=actor(request),
            who=None,
            words=words,
            on=None,
            id=typed.get("id") or uuid.uuid4().hex,
            second=second,
            seen=seen(typed),
        )
    except TrialwrightError as fault:
        names = {part.name: None for part in fields(entry.what)} | {"reason_code": None, "why": None, "occurred": None}
        return _form(request, stands, entry, typed, faults_of("correct", names, str(fault)), status=422)
    if isinstance(outcome, Refusal):
        status = 409 if is_stale(outcome) else 422
        return _form(request, standing(request), entry, typed, refusal=outcome, status=status)
    return done(request, "correct", outcome, typed)


# --- the entry's fields as inputs -------------------------------------------------------------------------------------


def _asked(entry: AnyEntry, typed: QueryDict, errors: Mapping[str, str]) -> Iterator[Asked]:
    known = choices_of(WRITTEN_BY.get(entry.what.kind, ""))
    hints = get_type_hints(type(entry.what))
    for part in fields(entry.what):
        value = getattr(entry.what, part.name)
        inputs = tuple(_inputs(part.name, value, hints[part.name], known.get(part.name, ()), typed))
        yield Asked(part.name, part.name.replace("_", " "), inputs, errors.get(part.name, ""))


def _inputs(name: str, value: Any, hint: Any, known: tuple[str, ...], typed: QueryDict) -> Iterator[Part]:
    """One input for a plain value; for a table one for each of its cells that is plain."""
    if isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(one, dict | list | tuple):
                yield _input(f"c.{name}.{key}", str(key).replace("_", " "), _text(one), (), typed)
        return
    if _is_table(value):
        for at, row in enumerate(value):
            for key, one in row.items():
                if not isinstance(one, dict | list | tuple):
                    yield _input(f"c.{name}.{at}.{key}", f"{at + 1}: {key}", _text(one), (), typed)
        return
    choices = YES_NO if bool in {hint, *get_args(hint)} - {NoneType} else tuple((one, one) for one in known)
    several = isinstance(value, tuple)
    yield _input(f"c.{name}", name.replace("_", " "), _text(value), () if several else choices, typed, name in LONG)


def _input(name: str, label: str, was: str, choices: tuple[Choice, ...], typed: QueryDict, long: bool = False) -> Part:
    if choices and was and was not in {word for word, _ in choices}:
        choices = ((was, was), *choices)
    return Part(name, label, typed.get(name, was), was, choices, long)


def _is_table(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(row, dict) for row in value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def changed(entry: AnyEntry, typed: QueryDict) -> dict[str, Any]:
    """The fields that were typed otherwise than they stand: what the act `correct` takes as content."""
    found: dict[str, Any] = {}
    for part in fields(entry.what):
        value = getattr(entry.what, part.name)
        if isinstance(value, dict):
            lines = _lines(f"c.{part.name}", value, typed)
            if lines != value:
                found[part.name] = lines
        elif _is_table(value):
            rows = [_lines(f"c.{part.name}.{at}", row, typed) for at, row in enumerate(value)]
            if rows != [dict(row) for row in value]:
                found[part.name] = rows
        elif (sent := typed.get(f"c.{part.name}")) is not None and sent.strip() != _text(value):
            found[part.name] = sent.strip() or None
    return found


def _lines(prefix: str, value: Mapping[str, Any], typed: QueryDict) -> dict[str, Any]:
    """A table's lines with what was typed over them; a line left empty goes."""
    found = dict(value)
    for key, one in value.items():
        sent = typed.get(f"{prefix}.{key}")
        if sent is None or sent.strip() == _text(one):
            continue
        if sent.strip():
            found[key] = sent.strip()
        else:
            del found[key]
    return found
