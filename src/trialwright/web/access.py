"""Who may see which page: one table, held against every request. A page that is not in it is refused to everybody.

What somebody may *do* is decided by the core; here only doors are opened or kept shut.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialwright.conduct.roles import Role
from trialwright.ledger import Actor
from trialwright.web.people.posts import posts_of

ALL: Final = frozenset(Role)
SITE: Final = frozenset({Role.INVESTIGATOR, Role.COORDINATOR})
CELLS: Final = SITE | {Role.CELL_LABORATORY}
READERS: Final = frozenset({Role.MONITOR, Role.DATA_MANAGER, Role.AUDITOR})
CASEBOOKS: Final = SITE | READERS
LEDGER: Final = frozenset({Role.MONITOR, Role.DATA_MANAGER, Role.AUDITOR, Role.INVESTIGATOR})
NOBODY_YET: Final = frozenset[Role]()

PUBLIC: Final = frozenset({"log-in", "account_login", "mfa_authenticate", "account_inactive", "set_language"})
"""Pages for everybody, also before log-in."""
OWN: Final = frozenset(
    {
        "log-out",
        "account_logout",
        "choose-post",
        "choose-theme",
        "stay",
        "account",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_reauthenticate_webauthn",
    }
)
"""Pages of one's own, also for somebody who has no post."""
PAGES: Final[Mapping[str, frozenset[Role]]] = {
    "home": ALL,
    "let-pass": ALL,
    "choose-trial": ALL,
    "participants": CASEBOOKS | {Role.SAFETY_BOARD},
    "casebook": CASEBOOKS | {Role.SAFETY_BOARD},
    "entry": CASEBOOKS | {Role.SAFETY_BOARD, Role.CELL_LABORATORY},
    "cells": CELLS | READERS,
    "cells-code": CELLS | READERS,
    "label": CELLS,
    "certificate": CELLS | READERS,
    "trace": frozenset({Role.CELL_LABORATORY, Role.MONITOR, Role.AUDITOR}),
    "infusion": CASEBOOKS,
    "bedside": SITE,
    "safety": CASEBOOKS | {Role.SAFETY_BOARD},
    "safety-report": CASEBOOKS | {Role.SAFETY_BOARD, Role.STATISTICIAN},
    "results": CASEBOOKS | {Role.SAFETY_BOARD, Role.STATISTICIAN},
    "to-sign": frozenset({Role.INVESTIGATOR}),
    "sign": frozenset({Role.INVESTIGATOR}),
    "queries": CASEBOOKS,
    "lock-readiness": CASEBOOKS,
    "report-style": ALL,
    "path-new": SITE,
    "path": CASEBOOKS,
    "visits": CASEBOOKS,
    "visit": CASEBOOKS,
    "events": CASEBOOKS | {Role.SAFETY_BOARD},
    "event": CASEBOOKS | {Role.SAFETY_BOARD},
    "event-new": SITE,
    "terms": SITE,
    "values": CASEBOOKS,
    "treatment": CASEBOOKS,
    "chemotherapy": SITE,
    "given": SITE,
    "go": SITE,
    "possible": CASEBOOKS | {Role.SAFETY_BOARD},
    "audit": LEDGER | {Role.CELL_LABORATORY},
    "audit-csv": LEDGER | {Role.CELL_LABORATORY},
    "audit-pdf": LEDGER | {Role.CELL_LABORATORY},
    "study": ALL,
    "study-file": ALL,
    "entry-brief": CASEBOOKS | {Role.SAFETY_BOARD, Role.CELL_LABORATORY},
    "correct": CASEBOOKS | {Role.SAFETY_BOARD, Role.CELL_LABORATORY},
    "act": ALL,
    "act-about": ALL,
    "users": frozenset({Role.ADMINISTRATOR}),
    "open-account": frozenset({Role.ADMINISTRATOR}),
    "user": frozenset({Role.ADMINISTRATOR}),
    "change-user": frozenset({Role.ADMINISTRATOR}),
    "log-ins": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    "log-ins-csv": frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
}


@dataclass(frozen=True, slots=True)
class Post:
    """A role at a site, held by whoever is logged in."""

    role: Role
    site: str

    def __str__(self) -> str:
        return f"{self.role.value}@{self.site}"


def posts(request: HttpRequest) -> tuple[Post, ...]:
    """Every post of whoever is logged in, at this moment."""
    return tuple(Post(role, site) for role, site in posts_of(request))


def actor(request: HttpRequest) -> Actor:
    """Whoever is logged in, in the role chosen."""
    post: Post = request.post  # type: ignore[attr-defined]
    return Actor(request.user.code, post.role.value)  # type: ignore[union-attr]


def allowed(name: str, role: Role) -> bool:
    """Whether a role may see the page of a name."""
    return role in PAGES.get(name, NOBODY_YET)


class matrix:
    """Gives the request its post, and refuses the pages that are not for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in PUBLIC or not request.user.is_authenticated:
            return None
        held = posts(request)
        chosen = request.session.get("post")
        request.post = next((post for post in held if str(post) == chosen), held[0] if held else None)  # type: ignore[attr-defined]
        if name in OWN:
            return None
        if request.post is None:  # type: ignore[attr-defined]
            return render(request, "faults/no_post.html", status=403)
        if not allowed(name or "", request.post.role):  # type: ignore[attr-defined]
            return render(request, "faults/403.html", status=403)
        return None
