"""One participant: all that the ledger says, and what may be done."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from trialwright.conduct import ACTS
from trialwright.web.access import actor
from trialwright.web.acts.questions import asked
from trialwright.web.door import standing
from trialwright.web.lines import history, lines, shown_line


def casebook(request: HttpRequest, code: str) -> HttpResponse:
    """The casebook of a screening code or a participant's number."""
    stands = standing(request)
    book = stands.trial.casebook(code)
    if book is None:
        raise Http404
    role = actor(request).role
    acts = [asked(act) for act in ACTS.values() if act.subject == "person" and role in act.roles and not act.opens]
    shown = {"book": book, "acts": acts, "entries": lines(stands, reversed(book.entries))}
    return render(request, "casebook.html", shown)


def entry(request: HttpRequest, id: str) -> HttpResponse:
    """One entry as it was written, and what became of it."""
    stands = standing(request)
    found = stands.trial.by_id.get(id)
    if found is None:
        raise Http404
    return render(request, "entry.html", {"line": shown_line(stands, found), "history": history(stands, found)})
