"""One participant: who it is, what presses, the course, the laboratory, eligibility, cells, harm, forms, entries."""

from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from trialwright.cells.views import apart, participant_view
from trialwright.conduct import JudgementInQuestion, PossibleDeviation, judgements_on_corrected_facts
from trialwright.conduct.possible import possible_deviations
from trialwright.ledger.kinds import FactsRecorded
from trialwright.ledger.trial import Casebook
from trialwright.report.eligibility_rows import Eligibility, eligibility
from trialwright.report.figures.lanes import lanes_svg
from trialwright.report.figures.spark import spark_svg
from trialwright.report.laboratory_course import LabCourse, certain_grade, laboratory_courses
from trialwright.report.timeline import Part, Timeline, parts, timeline
from trialwright.report.whereabouts import State, next_visits, state_of
from trialwright.safety.laboratory.values import laboratory
from trialwright.safety.reporting.standing import Stands
from trialwright.safety.view_parts import ReportView, report_view
from trialwright.safety.views import PersonView, person_view
from trialwright.web.access import actor
from trialwright.web.acts.groups import acts_for
from trialwright.web.chrome import local_now, owed
from trialwright.web.door import Standing, standing
from trialwright.web.index import entries_about
from trialwright.web.lines import lines
from trialwright.web.pages.forms import VisitRow, visit_rows
from trialwright.web.remembered import remembered

ON_A_PAGE: Final = 40
SOON: Final = 3


@dataclass(frozen=True)
class Known:
    """Everything computed of one participant on one day: the same for whoever looks."""

    person: PersonView
    course: Timeline
    labs: tuple[LabCourse, ...]
    eligibility: Eligibility | None
    state: State
    visits: tuple[VisitRow, ...]
    questions: tuple[JudgementInQuestion, ...]


def casebook(request: HttpRequest, code: str) -> HttpResponse:
    """The casebook of a screening code or a participant's number."""
    stands = standing(request)
    book = stands.trial.casebook(code)
    if book is None:
        raise Http404
    known = remembered(stands, ("casebook", book.code), lambda: _known(stands, book))
    found = parts(known.course)
    part = _part(known, found, request.GET.get("part", ""))
    likely, others = acts_for(actor(request), known.state.word)
    shown = {
        "here": "participants",
        "book": book,
        "known": known,
        "cells": participant_view(stands.study, stands.trial, book.code, local_now(stands)),
        "overdue": _reports(stands, book, Stands.OVERDUE),
        "due": _reports(stands, book, Stands.DUE),
        "today_iso": stands.today.isoformat(),
        "who": _who(stands, book, known),
        "next": next_visits(stands.study, book, stands.today)[:SOON],
        "parts": found,
        "part": part,
        "lanes": remembered(stands, ("lanes", book.code, part.id, gettext("Steps")), lambda: _lanes(known, part)),
        "labs": remembered(stands, ("labs", book.code, part.id, gettext("on")), lambda: _labs(known, part)),
        "likely": likely,
        "others": others,
        "deviations": apart(stands.trial, book.code, book.deviations),
        "corrections": _corrections(stands, book),
        "entries": _entries(stands, book, request.GET.get("page")),
    }
    return render(request, "casebook.html", shown)


def _known(stands: Standing, book: Casebook) -> Known:
    study, trial, now = stands.study, stands.trial, local_now(stands)
    values = laboratory(study, trial, book)
    person = person_view(study, trial, book.code, now, values)
    assert person is not None
    course = timeline(study, trial, book, stands.today)
    questions = remembered(stands, "judgements in question", lambda: judgements_on_corrected_facts(trial), each="head")
    return Known(
        person=person,
        course=apart(trial, book.code, course),
        labs=laboratory_courses(study, trial, book, values),
        eligibility=eligibility(book),
        state=state_of(study, book, stands.today),
        visits=apart(trial, book.code, visit_rows(study, book, course)),
        questions=tuple(one for one in questions if one.judgement.about == book.code),
    )


def _part(known: Known, found: tuple[Part, ...], wanted: str) -> Part:
    """The part asked for; else the weeks around an infusion not long past, else the whole course."""
    asked = next((part for part in found if part.id == wanted), None)
    if asked is not None:
        return asked
    recent = [part for part in found if part.id.startswith("infusion") and part.last >= known.course.today]
    return recent[-1] if recent else found[0]


def _lanes(known: Known, part: Part) -> SafeString:
    return mark_safe(lanes_svg(known.course, part, say=gettext))


def _reports(stands: Standing, book: Casebook, how: Stands) -> tuple[ReportView, ...]:
    """The reports owed about this person that stand so this minute."""
    found = (one for one in owed(stands) if one.about == book.code and one.stands.stands is how)
    return apart(stands.trial, book.code, tuple(map(report_view, found)))


def possible(request: HttpRequest, code: str) -> HttpResponse:
    """Past acts about this person that would be refused on what is known now: asked again one by one, so on its own."""
    stands = standing(request)
    book = stands.trial.casebook(code)
    if book is None:
        raise Http404
    found = remembered(
        stands, ("possible", book.code), lambda: possible_deviations(stands.study, stands.trial, about=book.code)
    )
    shown = {"book": book, "possible": apart(stands.trial, book.code, _plain(found)), "here": "participants"}
    htmx = request.headers.get("HX-Request") == "true"
    return render(request, "casebook/possible.html" if htmx else "casebook/possible_page.html", shown)


def _plain(found: tuple[PossibleDeviation, ...]) -> tuple[tuple[str, str, str, str, str], ...]:
    """Each as its text, the gate's code, and the entry's id, kind and day."""
    return tuple(
        (one.reason.text, one.reason.code, one.entry.id, one.entry.what.kind, one.entry.occurred or "") for one in found
    )


@dataclass(frozen=True, slots=True)
class Lab:
    """One concept's plot, with what is said beside it."""

    course: LabCourse
    svg: SafeString
    grade: int | None
    value: str
    on: str
    rows: tuple[tuple[str, str, str, int | None, str | None], ...]  # entry, value, day, grade, range


def _labs(known: Known, part: Part) -> tuple[Lab, ...]:
    return tuple(_lab(course, part) for course in known.labs)


def _lab(course: LabCourse, part: Part) -> Lab:
    newest = course.newest.measured
    rows = tuple(
        (
            one.measured.id.rpartition("#")[0],
            str(one.measured.quantity),
            str(one.measured.on),
            certain_grade(one),
            str(one.range) if one.range else None,
        )
        for one in reversed(course.values)
    )
    drawn = mark_safe(spark_svg(course, part=part, say=gettext))
    return Lab(course, drawn, course.grade, str(newest.quantity), str(newest.on), rows)


@dataclass(frozen=True, slots=True)
class Who:
    """The person, as the head of the page says it; never a name."""

    sex: str | None
    age: int | None
    born: str | None
    weight: str | None
    status: str | None
    day: int | None


def _who(stands: Standing, book: Casebook, known: Known) -> Who:
    ages = [one.what.completed_years for one in book.all(FactsRecorded) if one.what.completed_years is not None]
    weights = [lab for lab in known.labs if lab.concept == "weight"]
    labels = {one.id: one.label for one in stands.study.disease_status}
    status = book.enrolment.what.disease_status if book.enrolment else None
    infused = [sign.day for sign in known.course.infusions]
    ended = book.death is not None
    return Who(
        sex=book.sex,
        age=ages[-1] if ages else None,
        born=book.born,
        weight=str(weights[0].newest.measured.quantity) if weights else None,
        status=labels.get(status or "", status),
        day=(stands.today - infused[-1]).days if infused and not ended else None,
    )


def _corrections(stands: Standing, book: Casebook) -> Any:
    found = [one for one in entries_about(stands, book.code) if one.corrects or one.retracts]
    return apart(stands.trial, book.code, lines(stands, found))


def _entries(stands: Standing, book: Casebook, page: str | None) -> Any:
    found = Paginator(entries_about(stands, book.code), ON_A_PAGE).get_page(page)
    return {"page": found, "lines": apart(stands.trial, book.code, lines(stands, found.object_list))}
