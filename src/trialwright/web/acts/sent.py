"""What comes with every form that is sent: the second person, the signature, the moment; and what was wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from trialwright.conduct import Act, Refusal
from trialwright.ledger import Actor, Told
from trialwright.web.door import Standing, standing
from trialwright.web.lines import Line, lines
from trialwright.web.people import signing

AT_THE_FIELD = re.compile(r"(?P<act>[a-z_ ]+): (?P<field>[a-z_]+):? (?P<told>.*)", re.DOTALL)
MISSING = re.compile(r"[a-z_ ]+: (?P<fields>[a-z_, ]+) missing\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Faults:
    """What was wrong: at fields by name, and what concerns the whole form."""

    fields: Mapping[str, str]
    whole: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.fields) + len(self.whole)


NO_FAULTS = Faults({}, ())


def second_person(request: HttpRequest, asked: bool = True) -> tuple[Actor | None, dict[str, str]]:
    """The second person, who says so with a password of their own; what is wrong with that."""
    code = request.POST.get("second", "").strip()
    if not code or not asked:
        return None, {}
    person = signing.second_person(request, code, request.POST.get("second_password", ""))
    if isinstance(person, str):
        return None, {"second": person}
    held = person.memberships.order_by("pk").first()
    return Actor(person.code, held.role if held else "second person"), {}


def signature(request: HttpRequest, shown: str) -> dict[str, str]:
    """Whoever signs says again who they are, for this form as it was shown; what is wrong with that."""
    id = request.POST.get("id", "")
    return signing.sign(request, id, shown, recorded=id in standing(request).trial.by_id)


def told(typed: QueryDict) -> Told | None:
    """Who says that it happened already, where it is written and why it comes late; None before the deed."""
    if typed.get("happened") != "yes":
        return None
    return Told(typed.get("told_source", ""), typed.get("told_who", ""), typed.get("told_why", ""))


def when(stands: Standing, typed: QueryDict) -> str | None:
    """The day, and with a time of day the moment on the site's clock."""
    day, time = typed.get("on", "").strip(), typed.get("time", "").strip()
    if not day or not time:
        return day or None
    try:
        local = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(stands.zone))
    except ValueError:
        return f"{day}T{time}"  # the core says what is wrong with it
    offset = local.strftime("%z")
    return f"{day}T{local:%H:%M}{offset[:3]}:{offset[3:]}[{stands.zone}]"


def seen(typed: QueryDict) -> int | None:
    """The newest entry that the form was opened on."""
    number = typed.get("seen", "")
    return int(number) if number.isascii() and number.isdigit() else None


def faults_of(name: str, fields: Mapping[str, Any], message: str) -> Faults:
    """The message at its field, where it names one of the form."""
    if found := MISSING.match(message):
        return Faults({name: _("An answer is needed here.") for name in found["fields"].split(", ")}, ())
    found = AT_THE_FIELD.match(message)
    if found and (found["field"] in fields or found["field"] == "on"):
        return Faults({found["field"]: found["told"]}, ())
    return Faults({}, (message.removeprefix(f"{name}: "),))


def is_stale(refusal: Refusal) -> bool:
    """Whether it was refused because something was written since the form was opened."""
    return any(reason.code == "stale" for reason in refusal.reasons)


def since(stands: Standing, typed: QueryDict) -> tuple[Line, ...]:
    """What was written since the person looked."""
    looked = seen(typed)
    return lines(stands, () if looked is None else stands.latest(20, after=looked))


def fields_of(act: Act[Any]) -> Mapping[str, Any]:
    """The act's own words by name."""
    found: Mapping[str, Any] = getattr(act.fields, "__dataclass_fields__", {})
    return found


def as_shown(stands: Standing, act: str, code: str | None, looked: int | None) -> str:
    """What a form rests on: the trial, the act, about whom, and the hash of the newest entry that was seen."""
    known = looked is not None and 0 <= looked <= stands.seen
    head = stands.trial.recorded[looked].hash.hex() if looked is not None and known else ""
    return "/".join((stands.name, act, code or "", str(looked), head))
