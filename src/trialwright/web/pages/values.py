"""Laboratory values that somebody must look at: each with its range and the grade it proposes, signed in one go."""

import uuid
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trialwright.conduct import Refusal
from trialwright.conduct.words import RELATED
from trialwright.ledger.trial import Casebook
from trialwright.safety.events import adverse_events
from trialwright.safety.laboratory.rules import Flag
from trialwright.safety.laboratory.values import laboratory
from trialwright.safety.view_parts import NOT_CONFIRMED, WAITS, ValueView, value_view
from trialwright.web.acts.labels import cause_said
from trialwright.web.acts.sent import Faults, as_shown, second_person, seen
from trialwright.web.door import forget
from trialwright.web.pages.events import CAUSES_ASKED
from trialwright.web.people import signing
from trialwright.web.ward.asking import Opened, ask, opened, say, to_sign
from trialwright.web.ward.items import labels_of

MOST = 30
"""So many values on one page; the others follow once these are signed."""


def values(request: HttpRequest, code: str) -> HttpResponse:
    """The values that wait, and what came of signing some of them."""
    on_page = opened(request, code)
    if request.method != "POST":
        return _page(request, on_page, QueryDict())
    chosen = [one for one in _waiting(on_page) if request.POST.get(f"v.{one.id}") in ("yes", "no")]
    _second, faults = second_person(request)
    if not chosen:
        faults[""] = _("No value was chosen.")
    if not faults:
        faults = _signature(request, on_page)
    if faults:
        return _page(request, on_page, request.POST, whole=faults, status=422)
    return _signed(request, on_page, chosen)


def _signature(request: HttpRequest, on_page: Opened) -> dict[str, str]:
    """One signature for all values chosen; a second click on it is no fault."""
    id, stands = request.POST.get("id", ""), on_page.stands
    recorded = any(entry.id.startswith(id) for entry in stands.latest(2 * MOST)) if id else False
    return signing.sign(
        request, id, as_shown(stands, "mark_value", on_page.book.code, seen(request.POST)), recorded=recorded
    )


def _waiting(on_page: Opened) -> list[ValueView]:
    stands = on_page.stands
    found = (value_view(one) for one in laboratory(stands.study, stands.trial, on_page.book))
    return [one for one in found if one.stands in (WAITS, NOT_CONFIRMED)]


def _page(
    request: HttpRequest,
    on_page: Opened,
    typed: QueryDict,
    *,
    whole: Mapping[str, str] | None = None,
    told: Mapping[str, tuple[str, ...]] | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting, id = _waiting(on_page), uuid.uuid4().hex
    told = told or {}
    names = labels_of(on_page.stands.study)
    rows = [
        _row(number, value, typed, told.get(value.id, ())) | {"name": names.get(value.concept, value.concept)}
        for number, value in enumerate(waiting[:MOST])
    ]
    shown = {
        "book": on_page.book,
        "rows": rows,
        "more": max(len(waiting) - MOST, 0),
        "events": _events(on_page, on_page.book),
        "relations": RELATED,
        "flags": [flag.value for flag in Flag],
        "faults": Faults(whole or {}, ()),
        "faulty": "values",
        "step": "values",
        "typed": typed,
        "id": id,
        "signing": to_sign(request, on_page, "mark_value", id),
        "seen": on_page.stands.seen,
        "signs": on_page.actor.role == "investigator",
        "writes": on_page.may("mark_value"),
        "here": "participants",
    }
    return render(request, "ward/values.html", shown, status=status)


def _events(on_page: Opened, book: Casebook) -> list[tuple[str, str]]:
    found = adverse_events(on_page.stands.trial, book)
    return [(one.id, f"{one.named}, {_('grade')} {one.grade}, {one.onset}") for one in found]


def _row(number: int, value: ValueView, typed: QueryDict, told: tuple[str, ...]) -> dict[str, Any]:
    grades = [(place, grade, typed.get(f"g.{value.id}.{grade.term}", "")) for place, grade in enumerate(value.grades)]
    return {
        "number": number,
        "value": value,
        "choice": typed.get(f"v.{value.id}", ""),
        "grades": [(place, grade, said) for place, grade, said in grades if grade.highest > 0],
        "event": typed.get(f"e.{value.id}", ""),
        "causes": [(cause, cause_said(cause), typed.get(f"c.{value.id}.{cause}", "")) for cause in CAUSES_ASKED],
        "flags": typed.getlist(f"f.{value.id}"),
        "note": typed.get(f"n.{value.id}", ""),
        "told": told,
    }


def _signed(request: HttpRequest, on_page: Opened, chosen: list[ValueView]) -> HttpResponse:
    """Every value for which something was chosen is signed, each by an act of its own."""
    typed, told = request.POST, dict[str, tuple[str, ...]]()
    for number, value in enumerate(chosen):
        words = _words(value, typed)
        outcome = ask(
            request,
            "mark_value",
            on_page.book.code,
            words,
            on_page.stands.today.isoformat(),
            part=f"-{sha256(value.id.encode()).hexdigest()[:8]}",
            after=number > 0,
        )
        if isinstance(outcome, Faults):
            told[value.id] = (*outcome.whole, *outcome.fields.values())
        elif isinstance(outcome, Refusal):
            told[value.id] = tuple(f"{one.text} {one.way_out}" for one in outcome.reasons)
        else:
            say(request, "mark_value", outcome)
    forget(request)
    if told:
        return _page(request, opened(request, on_page.book.code), typed, told=told, status=422)
    return redirect("values" if len(_waiting(opened(request, on_page.book.code))) else "events", on_page.book.code)


def _words(value: ValueView, typed: QueryDict) -> dict[str, Any]:
    significant = typed.get(f"v.{value.id}", "")
    words: dict[str, Any] = {"fact": value.id, "significant": significant}
    grades = {grade.term: typed.get(f"g.{value.id}.{grade.term}", "") for grade in value.grades}
    if given := {term: grade for term, grade in grades.items() if grade}:
        words["grades"] = given
    if flags := typed.getlist(f"f.{value.id}"):
        words["flags"] = flags
    if note := typed.get(f"n.{value.id}", "").strip():
        words["note"] = note
    if significant == "yes":
        if event := typed.get(f"e.{value.id}", ""):
            return words | {"event": event}
        causes = {cause: typed.get(f"c.{value.id}.{cause}", "") for cause in CAUSES_ASKED}
        if said := {cause: word for cause, word in causes.items() if word}:
            words["related"] = said
    return words
