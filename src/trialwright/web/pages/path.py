"""The way in, step by step: consent, screening with the judgement beside the questions, enrolment; and out again."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from trialwright.conduct import ACTS, NEW, Refusal, may
from trialwright.conduct.answered import answered, last_said, screening_entries, screening_visit
from trialwright.conduct.forms import form_items
from trialwright.conduct.words import VOCABULARY, word_faults
from trialwright.ledger.kinds import Declined, Judged
from trialwright.web.access import actor
from trialwright.web.acts.labels import label_of
from trialwright.web.acts.sent import NO_FAULTS, Faults, is_stale, since, when
from trialwright.web.door import forget, standing
from trialwright.web.ward import drafts
from trialwright.web.ward.asking import Opened, against, ask, opened, say, to_sign, would
from trialwright.web.ward.items import Typed, faults_in, forms_named, shown_forms, typed_forms
from trialwright.web.ward.judged import stands_now

LANGUAGES: Mapping[str, str] = {"zh": "中文", "en": "English"}

# --- consent ----------------------------------------------------------------------------------------------------------


def new(request: HttpRequest) -> HttpResponse:
    """The consent of somebody who has no casebook: it opens one."""
    if not may(actor(request), ACTS["consent"]):
        return render(request, "faults/403.html", status=403)
    if request.method != "POST":
        return _consent(request, _now(request))
    typed = request.POST
    document, _sep, version = typed.get("document", "").partition("|")
    words = {"document": document, "document_version": version} | {
        name: typed.get(name, "").strip() for name in ("language", "signer", "explained_by")
    }
    words = {name: value for name, value in words.items() if value}
    outcome = ask(request, "consent", NEW, words, when(standing(request), typed))
    if isinstance(outcome, Faults):
        return _consent(request, typed, outcome, status=422)
    if isinstance(outcome, Refusal):
        return _consent(request, typed, refusal=outcome, status=422)
    say(request, "consent", outcome)
    return redirect("path", outcome.entries[0].about)


def _consent(
    request: HttpRequest,
    typed: QueryDict,
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    stands = standing(request)
    declined = sum(entry.what.count for entry in stands.trial.of_study.all(Declined))
    shown = {
        "typed": typed,
        "faults": faults,
        "refusal": refusal,
        "documents": stands.study.consent,
        "languages": [
            (word, LANGUAGES.get(word, word))
            for word in dict.fromkeys(word for one in stands.study.consent for word in one.languages)
        ],
        "signers": VOCABULARY["consent"]["signer"],
        "id": typed.get("id") or uuid.uuid4().hex,
        "seen": stands.seen,
        "declined": declined,
        "here": "participants",
    }
    return render(request, "ward/new.html", shown, status=status)


def _now(request: HttpRequest) -> QueryDict:
    """A form as it is opened: today, and the present minute."""
    stands = standing(request)
    typed = QueryDict(mutable=True)
    typed["on"], typed["time"] = stands.today.isoformat(), f"{stands.here:%H:%M}"
    typed["explained_by"] = actor(request).id if actor(request).role == "investigator" else ""
    return typed


# --- the path of somebody who consented -------------------------------------------------------------------------------


def path(request: HttpRequest, code: str) -> HttpResponse:
    """The steps of one person's way in, each with its state; the present one as a form."""
    on_page = opened(request, code)
    if request.method != "POST":
        kept = drafts.find(request, _draft(on_page))
        typed = kept[0].copy() if kept and "draft" in request.GET else QueryDict(mutable=True)
        return _page(request, on_page, typed, draft=kept[1] if kept else None)
    handler = STEPS.get(request.POST.get("do", ""))
    if handler is None:
        return _page(request, on_page, request.POST, status=422)
    return handler(request, on_page)


def _draft(on_page: Opened) -> str:
    return f"path/{on_page.book.code}"


def _page(
    request: HttpRequest,
    on_page: Opened,
    typed: QueryDict,
    *,
    step: str = "",
    faults: Faults = NO_FAULTS,
    refusal: Refusal | None = None,
    draft: Any = None,
    status: int = 200,
) -> HttpResponse:
    stands, book = on_page.stands, on_page.book
    id = uuid.uuid4().hex
    visit = screening_visit(stands.study)
    forms = forms_named(stands.study, visit.forms if visit else ())
    judged = stands_now(on_page, [form.id for form in forms]) if book.consent else None
    ended = book.screening_end
    enrolment = _enrolment(on_page, typed, judged) if book.number is None and not ended else None
    shown = {
        "book": book,
        "forms": shown_forms(stands.study, book, forms, typed, faults.fields, on_page.actor),
        "known": True,  # what is recorded already is said beside its question, and needs no second answer
        "judged": judged,
        "signed": _signed(on_page),
        "begun": bool(screening_entries(stands.study, book)),
        "ended": ended,
        "enrol": enrolment,
        "typed": typed,
        "day": typed.get("on") or stands.today.isoformat(),
        "faults": faults,
        "faulty": step,
        "refusal": refusal,
        "since": since(stands, typed) if refusal and is_stale(refusal) else (),
        "draft": draft,
        "id": id,
        "sign_screening": to_sign(request, on_page, "screen", f"{id}-s"),
        "sign_enrolment": to_sign(request, on_page, "enrol", f"{id}-e"),
        "seen": stands.seen,
        "signs": on_page.actor.role == "investigator",
        "writes": on_page.may("record_facts"),
        "outcomes": VOCABULARY["end_screening"]["outcome"],
        "here": "participants",
    }
    return render(request, "ward/path.html", shown, status=status)


def _signed(on_page: Opened) -> Any:
    """The newest judgement of the present episode, if anybody signed one."""
    found = [entry for entry in on_page.book.all(Judged) if entry.what.episode == on_page.book.episode]
    return found[-1] if found else None


# --- screening --------------------------------------------------------------------------------------------------------


def _save(request: HttpRequest, on_page: Opened) -> HttpResponse:
    """The answers of the screening visit: the visit with them, or what is newly known after it."""
    study, typed = on_page.stands.study, request.POST
    visit = screening_visit(study)
    forms = forms_named(study, visit.forms if visit else ())
    sent = typed_forms(study, forms, typed)
    wrong = faults_in(study, sent)
    if wrong or not sent.answers:
        whole = () if wrong else (_("Nothing was answered."),)
        return _page(request, on_page, typed, step="screening", faults=Faults(wrong, whole), status=422)
    before = screening_entries(study, on_page.book)
    outcome = _later(request, on_page, sent) if before else _first(request, on_page, sent)
    if isinstance(outcome, Faults):
        return _page(request, on_page, typed, step="screening", faults=outcome, status=422)
    if isinstance(outcome, Refusal):
        return _page(request, on_page, typed, step="screening", refusal=outcome, status=422)
    say(request, "visit" if not before else "record_facts", outcome)
    drafts.drop(request, _draft(on_page))
    return _to_path(request, on_page, "eligibility")


def _first(request: HttpRequest, on_page: Opened, sent: Typed) -> Any:
    visit = screening_visit(on_page.stands.study)
    words: dict[str, Any] = {"visit": visit.id if visit else "", "mode": "on site", "answers": dict(sent.answers)}
    words |= {"ranges": dict(sent.ranges), "dates": dict(sent.dates)}
    return ask(request, "visit", on_page.book.code, words, when(on_page.stands, request.POST))


def _later(request: HttpRequest, on_page: Opened, sent: Typed) -> Any:
    """Facts that are new; and the visit's own entry, which now has the answers it lacked."""
    study, visit = on_page.stands.study, screening_visit(on_page.stands.study)
    on = when(on_page.stands, request.POST)
    said = answered(study, sent.answers, on or "", by=on_page.actor, ranges=sent.ranges, dates=sent.dates)
    kept = None
    if said:
        words: dict[str, Any] = {"facts": list(said.facts), "visit": visit.id if visit else None}
        words |= {name: value for name, value in (("born", said.born), ("sex", said.sex)) if value}
        kept = ask(request, "record_facts", on_page.book.code, words, on)
        if isinstance(kept, Faults | Refusal):
            return kept
    entry = screening_entries(study, on_page.book)[-1]
    lacking = {name: value for name, value in sent.answers.items() if name not in entry.what.answers}
    if not lacking:
        return kept or Faults({}, (_("These answers are recorded already."),))
    words = {
        "entry": entry.id,
        "reason_code": "newly known",
        "why": "answered later on the page of the screening",
        "content": {"answers": dict(entry.what.answers) | lacking},
    }
    changed = ask(request, "correct", None, words, None, after=True, part="-visit")
    return kept or changed


def _sign(request: HttpRequest, on_page: Opened) -> HttpResponse:
    """The investigator signs what the criteria say on all that is known."""
    outcome = ask(request, "screen", on_page.book.code, {}, _moment(on_page), signed=True)
    return _answer(request, on_page, "screen", outcome, "sign", "enrolment")


# --- enrolment --------------------------------------------------------------------------------------------------------


def _enrolment(on_page: Opened, typed: QueryDict, judged: Any) -> Mapping[str, Any]:
    """The questions of the enrolment with what is known of them, and everything that stands against it."""
    study = on_page.stands.study
    values = _enrolment_words(on_page, typed)
    outcome = would(on_page, "enrol", _given(values), _moment(on_page))
    reasons = against(outcome)
    criteria = [one for one in reasons if one.code in ("enrolment.ineligible", "enrolment.undecided")]
    return {
        "values": values,
        "statuses": study.disease_status,
        "phases": study.phases,
        "categories": VOCABULARY["enrol"]["remission_category"],
        "reasons": [one for one in reasons if one not in criteria and one.code != "signature.none"],
        "criteria": len(criteria),
        "unanswered": [
            label_of("enrol", name).text for name in word_faults("enrol", ACTS["enrol"].fields, _given(values))
        ],
        "unread": outcome if isinstance(outcome, str) else "",
        "needs_signature": any(one.code == "signature.none" for one in reasons),
        "open": not reasons and not isinstance(outcome, str),
        "place": on_page.stands.trial.next_number,
    }


def _enrolment_words(on_page: Opened, typed: QueryDict) -> dict[str, str]:
    """What was typed, else what the screening answered."""
    said = last_said(on_page.book)
    known = {name: said[name].words for name in ("disease_status", "phase") if name in said}
    known["remission_on"] = _answer_to(on_page, "remission_on")
    names = ("disease_status", "phase", "remission_on", "remission_category")
    return {name: typed.get(name, known.get(name, "")).strip() for name in names}


def _answer_to(on_page: Opened, item: str) -> str:
    """The answer to a question of the screening that is kept with the visit alone."""
    entries = screening_entries(on_page.stands.study, on_page.book)
    items = [name for name in form_items(on_page.stands.study) if name.endswith(f".{item}")]
    found = (entry.what.answers.get(name) for entry in reversed(entries) for name in items)
    return str(next((answer for answer in found if answer), ""))


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _enrol(request: HttpRequest, on_page: Opened) -> HttpResponse:
    words = _given(_enrolment_words(on_page, request.POST))
    signed = on_page.actor.role == "investigator"
    outcome = ask(request, "enrol", on_page.book.code, words, _moment(on_page), signed=signed)
    return _answer(request, on_page, "enrol", outcome, "enrolment", "enrolment")


# --- the way out ------------------------------------------------------------------------------------------------------


def _end(request: HttpRequest, on_page: Opened) -> HttpResponse:
    words = _given({name: request.POST.get(name, "").strip() for name in ("outcome", "note")})
    outcome = ask(request, "end_screening", on_page.book.code, words, on_page.stands.today.isoformat())
    return _answer(request, on_page, "end_screening", outcome, "end", "")


def _again(request: HttpRequest, on_page: Opened) -> HttpResponse:
    words = _given({"reason": request.POST.get("reason", "").strip()})
    outcome = ask(request, "rescreen", on_page.book.code, words, on_page.stands.today.isoformat())
    return _answer(request, on_page, "rescreen", outcome, "again", "")


# --- every step -------------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, on_page: Opened, act: str, outcome: Any, step: str, onward: str) -> HttpResponse:
    typed = request.POST
    if isinstance(outcome, Faults):
        return _page(request, on_page, typed, step=step, faults=outcome, status=422)
    if isinstance(outcome, Refusal):
        return _page(request, opened(request, on_page.book.code), typed, step=step, refusal=outcome, status=422)
    say(request, act, outcome)
    return _to_path(request, on_page, onward)


def _to_path(request: HttpRequest, on_page: Opened, onward: str) -> HttpResponse:
    forget(request)
    answer = redirect("path", on_page.book.code)
    if onward:
        answer["Location"] += f"#{onward}"
    return answer


def _keep(request: HttpRequest, on_page: Opened) -> HttpResponse:
    drafts.keep(request, _draft(on_page))
    return redirect("path", on_page.book.code)


def _drop(request: HttpRequest, on_page: Opened) -> HttpResponse:
    drafts.drop(request, _draft(on_page))
    return redirect("path", on_page.book.code)


def _moment(on_page: Opened) -> str:
    """The present minute on the site's clock, as the ledger writes it."""
    stands = on_page.stands
    return f"{stands.here:%Y-%m-%dT%H:%M}{stands.offset}[{stands.zone}]"


Handler = Callable[[HttpRequest, Opened], HttpResponse]
STEPS: Mapping[str, Handler] = {
    "save": _save,
    "sign": _sign,
    "enrol": _enrol,
    "end": _end,
    "again": _again,
    "keep": _keep,
    "drop": _drop,
}
"""What a button of the page does."""
