"""What stands on every page: the way around, whose trial it is, how it stands, who is logged in."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from trialwright.conduct.roles import Role
from trialwright.endpoints import courses
from trialwright.facts import LocalTime
from trialwright.report.figures.places import square_svg
from trialwright.report.standing import places
from trialwright.safety.reporting.due import ReportOwed, reports_owed
from trialwright.safety.reporting.standing import Stands
from trialwright.safety.stopping.boundary import boundary
from trialwright.safety.stopping.pauses import pauses
from trialwright.web.access import allowed, posts
from trialwright.web.door import MAIN, Standing, has_practice, standing, trial_of
from trialwright.web.people.kept import kept_form
from trialwright.web.people.middleware import seconds_left
from trialwright.web.people.tries import locked_until
from trialwright.web.remembered import remembered

NAV = (
    ("home", _("Home")),
    ("participants", _("Participants")),
    ("cells", _("Cells")),
    ("safety", _("Safety")),
    ("results", _("Results")),
    ("to-sign", _("To sign")),
    ("queries", _("Queries")),
    ("users", _("Users")),
    ("log-ins", _("Log-ins")),
    ("audit", _("Audit trail")),
    ("study", _("Study")),
)
OF_PERSON = (
    ("casebook", _("Casebook")),
    ("path", _("Way in")),
    ("treatment", _("Treatment")),
    ("visits", _("Visits")),
    ("events", _("Adverse events")),
    ("values", _("Laboratory values")),
)
MOST_SQUARES = 40


@dataclass(frozen=True, slots=True)
class Square:
    """A place: its number, how its participant stands in a word, whose casebook it opens."""

    number: int
    standing: str
    code: str | None
    svg: SafeString


@dataclass(frozen=True, slots=True)
class Pulse:
    """Where the trial stands, in one line."""

    squares: tuple[Square, ...]
    enrolled: int
    target: int
    paused: tuple[str, ...]
    toxicity: tuple[int, int, int | None] | None
    overdue: int
    seq: int
    head: bytes


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The parts of every page; of a page before log-in only what names the study."""
    shown: dict[str, Any] = {"demo": settings.DEMO, "post": getattr(request, "post", None)}
    if not getattr(request, "user", None) or not request.user.is_authenticated or shown["post"] is None:
        return shown | _session(request)
    stands = standing(request)
    shown |= {
        "stands": stands,
        "study": stands.study,
        "simulated": stands.trial.simulated,
        "pulse": pulse(stands),
        "nav": [(reverse(name), words, name) for name, words in NAV if allowed(name, shown["post"].role)],
        "posts": posts(request),
        "person_pages": [(name, words) for name, words in OF_PERSON if allowed(name, shown["post"].role)],
        "practice": has_practice() and ((trial_of(request) != MAIN and "practice") or "main"),
    }
    return shown | _session(request)


def _session(request: HttpRequest) -> dict[str, Any]:
    """How long the session lasts, what was typed in one before, and for an administrator who is locked out."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    post = getattr(request, "post", None)
    at_home = request.resolver_match is not None and request.resolver_match.url_name == "home"
    looks_after = post is not None and post.role is Role.ADMINISTRATOR
    return {
        "session_left": seconds_left(request),
        "kept": kept_form(request),
        "locked_out": locked_until() if at_home and looks_after else {},
    }


def local_now(stands: Standing) -> LocalTime:
    """The moment of the page, as the core's views take it."""
    here = stands.here
    offset = here.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    return LocalTime(here.replace(tzinfo=None, second=0, microsecond=0), minutes, stands.zone)


def pulse(stands: Standing) -> Pulse:
    """Where the trial stands, on every page."""
    return remembered(stands, "pulse", lambda: _pulse(stands), each="minute")


def owed(stands: Standing) -> tuple[ReportOwed, ...]:
    """Every report owed, as it stands this minute."""
    return remembered(
        stands, "reports", lambda: tuple(reports_owed(stands.study, stands.trial, local_now(stands))), each="minute"
    )


def _pulse(stands: Standing) -> Pulse:
    study, trial = stands.study, stands.trial
    stops = remembered(stands, "boundary", lambda: boundary(study, trial, stands.today))
    paused = remembered(stands, "pauses", lambda: tuple(pauses(study, trial, stands.today)))
    return Pulse(
        squares=remembered(stands, "squares", lambda: squares(stands)),
        enrolled=len(trial.enrolled),
        target=study.enrolment.target or 0,
        paused=tuple(pause.sentence for pause in paused),
        toxicity=(stops.events, stops.evaluable, stops.pauses_at) if stops else None,
        overdue=sum(one.stands.stands is Stands.OVERDUE for one in owed(stands)),
        seq=stands.seen,
        head=trial.head,
    )


def squares(stands: Standing) -> tuple[Square, ...]:
    """One square for each place; none where there are too many to tell apart."""
    target = stands.study.enrolment.target or 0
    if max(target, len(stands.trial.enrolled)) > MOST_SQUARES:
        return ()
    codes = {book.number: book.code for book in stands.trial.enrolled}
    found = places(courses(stands.study, stands.trial, stands.today), target)
    return tuple(
        Square(one.number, one.standing, codes.get(one.number), mark_safe(square_svg(one.standing))) for one in found
    )


def link(name: str, *args: Any) -> str:
    """The address of a page; empty where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
