"""Asking the core from a page: what an act would say, without writing; and an act done, its faults or its refusal."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from trialwright.conduct import ACTS, Outcome, Reason, Refusal, may, read_what
from trialwright.conduct.words import word_faults
from trialwright.errors import TrialwrightError
from trialwright.ledger import Actor, Told
from trialwright.ledger.kinds import DeviationRecorded
from trialwright.ledger.trial import Casebook
from trialwright.store import Kept
from trialwright.web.access import actor
from trialwright.web.acts.labels import said_of
from trialwright.web.acts.sent import Faults, as_shown, faults_of, fields_of, second_person, seen, signature, told
from trialwright.web.door import Standing, do, instant, standing
from trialwright.web.people import signing
from trialwright.web.people.signing import Asked


@dataclass(frozen=True, slots=True)
class Opened:
    """What every page about one person begins with."""

    stands: Standing
    book: Casebook
    actor: Actor

    def may(self, act: str) -> bool:
        return may(self.actor, ACTS[act])


def opened(request: HttpRequest, code: str) -> Opened:
    """The casebook of a code, as this request sees it; 404 for a code nobody has."""
    stands = standing(request)
    book = stands.trial.casebook(code)
    if book is None:
        raise Http404
    return Opened(stands, book, actor(request))


def would(
    on_page: Opened, act: str, words: Mapping[str, Any], on: str | None, *, second: Actor | None = None
) -> Outcome | str:
    """What an act would write, or every reason against it, with nothing written; a text where words cannot be read."""
    chosen, stands = ACTS[act], on_page.stands
    try:
        what = read_what(chosen, words)
        return chosen(
            stands.study,
            stands.trial,
            on_page.actor,
            on_page.book.code,
            what,
            on,
            second=second,
            site=stands.site,
            now=instant(stands),
        )
    except TrialwrightError as fault:
        return str(fault).removeprefix(f"{act}: ")


def to_sign(request: HttpRequest, on_page: Opened, act: str, form_id: str) -> Asked:
    """What the form of an act asks of whoever signs it."""
    stands = on_page.stands
    return signing.ask(request, form_id, as_shown(stands, act, on_page.book.code, stands.seen))


def against(outcome: Outcome | str) -> tuple[Reason, ...]:
    """The reasons of a refusal; none where the act would be done."""
    return outcome.reasons if isinstance(outcome, Refusal) else ()


def ask(
    request: HttpRequest,
    act: str,
    who: str | None,
    words: Mapping[str, Any],
    on: str | None,
    *,
    signed: bool = False,
    after: bool = False,
    part: str = "",
    told_of: Told | None = None,
) -> Kept | Refusal | Faults:
    """Do an act with what a page's form says: its faults, each at its field; or the refusal; or what was kept.

    signed  the person says again who they are
    after   it follows another act of the same page, and does not ask what was written since it was opened
    part    tells the acts of one form apart: each has an id of its own, the same when it is sent twice
    """
    chosen, typed = ACTS[act], request.POST
    second, faults = second_person(request)
    faults = faults | word_faults(act, chosen.fields, words)
    if signed and not faults:  # a signature that is used up for nothing would have to be given again
        faults = faults | signature(request, as_shown(standing(request), act, who, seen(typed)))
    if faults:
        return Faults(faults, ())
    try:
        return do(
            request,
            chosen,
            actor=actor(request),
            who=who,
            words=words,
            on=on,
            id=(typed.get("id") or uuid.uuid4().hex) + part,
            second=second,
            told=told_of or told(typed),
            seen=None if after else seen(typed),
        )
    except TrialwrightError as fault:
        return faults_of(act, fields_of(chosen), str(fault))


def say(request: HttpRequest, act: str, kept: Kept) -> None:
    """Say on the next page what was recorded, and every deviation that stands beside it."""
    first = kept.entries[0]
    words = {"what": said_of(act).done, "about": f": {first.about}" if first.about else "", "n": f"{first.seq:,}"}
    messages.success(request, _("%(what)s%(about)s. Entry %(n)s.") % words)
    for entry in kept.entries:
        if isinstance(entry.what, DeviationRecorded) and not isinstance(first.what, DeviationRecorded):
            messages.warning(request, _("A deviation stands beside it: %(text)s") % {"text": entry.what.description})
