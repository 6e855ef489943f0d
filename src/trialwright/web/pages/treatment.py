"""Treatment before the cells: chemotherapy, what protects, and the go or no-go; each as a form of its own."""

import re
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trialwright.conduct import Refusal, cumulative_anthracycline
from trialwright.conduct.answered import Said, last_said
from trialwright.conduct.words import VOCABULARY
from trialwright.criteria import parse_rule, walk
from trialwright.ledger.kinds import GoDecided, Premedicated, ProphylaxisGiven
from trialwright.study.model import Check, Regimen, Study
from trialwright.web.acts.labels import said_of
from trialwright.web.acts.sent import NO_FAULTS, Faults, is_stale, since, when
from trialwright.web.ward.asking import Opened, ask, opened, say, to_sign
from trialwright.web.ward.items import labels_of

DAYS = re.compile(r"[0-9][0-9,\- ]*")
UNIT = re.compile(r"[0-9.\-– ]+(?P<unit>[A-Za-z]+(?:/[A-Za-z]+[0-9]?)?)")
SPARE = 2
ANSWERS = ("yes", "no", "not applicable")
DRUG = ("drug", "dose", "unit", "days", "change", "why")
AGENT = ("drug", "group", "dose", "unit", "route")


@require_safe
def treatment(request: HttpRequest, code: str) -> HttpResponse:
    """What was given so far, and what comes next."""
    on_page = opened(request, code)
    book, plan = on_page.book, on_page.stands.study.treatment
    shown = _summary(on_page) | {
        "cycles": book.cycles,
        "premedicated": book.all(Premedicated),
        "prophylaxis": book.all(ProphylaxisGiven),
        "decisions": book.all(GoDecided),
        "infusions": book.infusions,
        "plan": plan,
        "writes": on_page.may("give_chemotherapy"),
    }
    return render(request, "ward/treatment.html", shown)


def _summary(on_page: Opened) -> dict[str, Any]:
    """What every page of treatment shows: the anthracycline so far against the study's limit."""
    plan = on_page.stands.study.treatment.chemotherapy
    total = cumulative_anthracycline(on_page.stands.study, on_page.book)
    limit = plan.lifetime_limit_mg_m2 if plan else None
    return {
        "book": on_page.book,
        "total": f"{total.normalize():f}",
        "limit": f"{Decimal(limit):f}" if limit is not None else "",
        "left": f"{(Decimal(limit) - total).normalize():f}" if limit is not None else "",
        "over": limit is not None and total > limit,
        "here": "participants",
    }


def _form(
    request: HttpRequest,
    on_page: Opened,
    template: str,
    typed: QueryDict,
    more: Mapping[str, Any],
    *,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
) -> HttpResponse:
    stands = on_page.stands
    id = uuid.uuid4().hex if refusal else typed.get("id", "") or uuid.uuid4().hex
    shown = _summary(on_page) | {
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "since": since(stands, typed) if refusal and is_stale(refusal) else (),
        "id": id,
        "signing": to_sign(request, on_page, "decide_go", id),
        "seen": stands.seen,
        "signs": on_page.actor.role == "investigator",
        "cycle": typed.get("cycle") or str(_cycle(on_page)),
        **more,
    }
    return render(request, template, shown, status=422 if faults.count or refusal else 200)


def _cycle(on_page: Opened) -> int:
    """The cycle that is most likely meant: the newest that was begun, or the first."""
    return max((entry.what.cycle for entry in on_page.book.cycles), default=1)


def _rows(typed: QueryDict, prefix: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The lines of a table that was sent; a line in which nothing was given but what the page put there is none."""
    rows: dict[int, dict[str, str]] = {}
    for key, value in typed.items():
        start, _dot, rest = key.partition(".")
        number, _dot, column = rest.partition(".")
        if start == prefix and number.isdigit() and column in columns and str(value).strip():
            rows.setdefault(int(number), {})[column] = str(value).strip()
    return [rows[number] for number in sorted(rows) if rows[number].get("drug")]


# --- chemotherapy -----------------------------------------------------------------------------------------------------


def chemotherapy(request: HttpRequest, code: str) -> HttpResponse:
    """One cycle: the regimen of the study with its drugs, the doses to be filled in."""
    on_page = opened(request, code)
    plan = on_page.stands.study.treatment.chemotherapy
    if not on_page.may("give_chemotherapy"):
        return render(request, "faults/403.html", status=403)
    typed = request.POST if request.method == "POST" else request.GET
    regimen = next((one for one in (plan.regimens if plan else ()) if one.id == typed.get("regimen")), None)
    phase = on_page.book.enrolment.what.phase if on_page.book.enrolment else ""
    more = {
        "regimens": sorted(plan.regimens if plan else (), key=lambda one: one.phase != phase),
        "phase": phase,
        "regimen": regimen,
        "rows": list(_drugs(regimen, typed)),
        "changes": ("reduced", "omitted"),
    }
    if request.method != "POST":
        opened_form = QueryDict(mutable=True)
        opened_form["on"] = on_page.stands.today.isoformat()
        opened_form["cycle"] = str(len(on_page.book.cycles) + 1)
        return _form(request, on_page, "ward/chemotherapy.html", opened_form, more)
    words: dict[str, Any] = {name: typed.get(name, "").strip() for name in ("cycle", "regimen", "ended_on")}
    words = {name: value for name, value in words.items() if value} | {"drugs": _rows(typed, "drug", DRUG)}
    if not words["drugs"]:
        del words["drugs"]
    outcome = ask(request, "give_chemotherapy", on_page.book.code, words, when(on_page.stands, typed))
    return _answered(request, on_page, "give_chemotherapy", "ward/chemotherapy.html", outcome, more)


def _drugs(regimen: Regimen | None, typed: QueryDict) -> Iterator[dict[str, Any]]:
    """The drugs of the regimen with what was typed, and lines to spare; `planned` is the dose as the study says it."""
    planned = regimen.drugs if regimen else ()
    for number in range(len(planned) + SPARE):
        drug = planned[number] if number < len(planned) else None
        known = {"drug": drug.drug, "days": _days(drug.days), "unit": _unit(drug.dose)} if drug else {}
        row = {name: typed.get(f"drug.{number}.{name}", known.get(name, "")) for name in DRUG}
        yield row | {"number": number, "planned": f"{drug.dose}, {_('days')} {drug.days}" if drug else ""}


def _days(text: str) -> str:
    found = DAYS.match(text)
    return found[0].replace(" ", "").rstrip(",-") if found else ""


def _unit(dose: str) -> str:
    found = UNIT.match(dose)
    return found["unit"] if found else ""


# --- what protects ----------------------------------------------------------------------------------------------------


def given(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Premedication by its groups, or prophylaxis: the drugs of the study to choose from."""
    on_page = opened(request, code)
    if act not in ("premedicate", "give_gvhd_prophylaxis"):
        raise Http404
    if not on_page.may(act):
        return render(request, "faults/403.html", status=403)
    plan = on_page.stands.study.treatment
    asked = plan.premedication if act == "premedicate" else plan.gvhd_prophylaxis
    groups = plan.premedication.groups if act == "premedicate" and plan.premedication else ("",)
    typed = request.POST if request.method == "POST" else QueryDict(mutable=True)
    more = {
        "act": act,
        "said": said_of(act),
        "asked": asked,
        "agents": asked.agents if asked else (),
        "rows": [
            {name: typed.get(f"agent.{number}.{name}", "") for name in AGENT}
            | {"number": number, "group": groups[number] if number < len(groups) else ""}
            for number in range(len(groups) + 1)
        ],
    }
    if request.method != "POST":
        typed["on"], typed["time"] = on_page.stands.today.isoformat(), f"{on_page.stands.here:%H:%M}"
        return _form(request, on_page, "ward/given.html", typed, more)
    words: dict[str, Any] = {"cycle": typed.get("cycle", "").strip(), "agents": _rows(typed, "agent", AGENT)}
    words = {name: value for name, value in words.items() if value}
    outcome = ask(request, act, on_page.book.code, words, when(on_page.stands, typed))
    return _answered(request, on_page, act, "ward/given.html", outcome, more)


# --- go or no-go ------------------------------------------------------------------------------------------------------


def go(request: HttpRequest, code: str) -> HttpResponse:
    """The study's checks, each with its rule and the last value; the decision is signed."""
    on_page = opened(request, code)
    if not on_page.may("decide_go"):
        return render(request, "faults/403.html", status=403)
    study, said = on_page.stands.study, last_said(on_page.book)
    typed = request.POST if request.method == "POST" else QueryDict(mutable=True)
    more = {
        "checks": [
            {
                "id": one.id,
                "label": one.label,
                "rule": one.rule or "",
                "last": _last(study, one, said),
                "answer": typed.get(f"check.{one.id}", ""),
                "note": typed.get(f"note.{one.id}", ""),
            }
            for one in study.treatment.go_no_go
        ],
        "answers": ANSWERS,
        "decisions": VOCABULARY["decide_go"]["decision"],
        "step": "go",
        "faulty": "go",
    }
    if request.method != "POST":
        typed["on"], typed["time"] = on_page.stands.today.isoformat(), f"{on_page.stands.here:%H:%M}"
        return _form(request, on_page, "ward/go.html", typed, more)
    words: dict[str, Any] = {name: typed.get(name, "").strip() for name in ("cycle", "decision", "note")}
    words = {name: value for name, value in words.items() if value}
    words["checks"] = [
        {"id": one.id, "answer": answer} | ({"note": note} if (note := typed.get(f"note.{one.id}", "").strip()) else {})
        for one in study.treatment.go_no_go
        if (answer := typed.get(f"check.{one.id}", ""))
    ]
    outcome = ask(request, "decide_go", on_page.book.code, words, when(on_page.stands, typed), signed=True)
    return _answered(request, on_page, "decide_go", "ward/go.html", outcome, more)


def _last(study: Study, check: Check, said: Mapping[str, Said]) -> list[tuple[str, Said]]:
    """The last values of what a check is about: the concepts of its rule, or those its name or its words speak of."""
    if check.rule:
        asked = [getattr(part, "name", "") for part in walk(parse_rule(check.rule))]
    else:
        words = f"{check.id} {check.label}".lower()
        items = [item for form in study.forms for item in form.items if item.type == "quantity" and item.concept]
        asked = [item.concept or "" for item in items if item.label.lower() in words]
    names = labels_of(study)
    return [(names.get(name, name), said[name]) for name in dict.fromkeys(asked) if name in said]


# --- every form -------------------------------------------------------------------------------------------------------


def _answered(
    request: HttpRequest, on_page: Opened, act: str, template: str, outcome: Any, more: Mapping[str, Any]
) -> HttpResponse:
    if isinstance(outcome, Faults):
        return _form(request, on_page, template, request.POST, more, faults=outcome)
    if isinstance(outcome, Refusal):
        return _form(request, opened(request, on_page.book.code), template, request.POST, more, refusal=outcome)
    say(request, act, outcome)
    return redirect(reverse("treatment", args=[on_page.book.code]))
