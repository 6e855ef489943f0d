"""Small words of the templates: signs, dates and numbers as a person reads them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language

from trialwright.safety.next_steps import ASKED
from trialwright.web.icons import ICONS
from trialwright.web.say import day, measured, moment, number, unit
from trialwright.web.ward.addresses import page_of

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """The sign of a name; its word stands beside it."""
    return mark_safe(ICONS[name])


@register.filter(name="day")
def as_day(value: date | datetime | str | None) -> str:
    return day(value, get_language())


@register.filter(name="moment")
def as_moment(value: Any) -> str:
    return moment(value, get_language())


@register.filter(name="count")
def as_count(value: int) -> str:
    return number(value)


@register.filter
def short(value: bytes | str) -> str:
    """The first eight letters of a hash, in two groups."""
    text = value.hex() if isinstance(value, bytes) else value
    return f"{text[:4]} {text[4:8]}"


@register.filter
def words(value: str) -> str:
    """A name of code as words: `record_release_test` becomes `record release test`."""
    return value.replace("_", " ")


@register.filter
def get(value: Any, key: Any) -> Any:
    """One line of a table by its key."""
    return value.get(key) if hasattr(value, "get") else None


@register.filter
def and_also(one: Any, other: Any) -> tuple[Any, Any]:
    """Both, to be gone through in a loop."""
    return one, other


@register.filter(name="unit")
def as_unit(value: str) -> str:
    return unit(value)


@register.filter
def split(value: str) -> list[str]:
    """The words of a text."""
    return value.split()


@register.filter
def ago(value: datetime) -> str:
    """How long ago a moment was, in words."""
    return timesince(value)


@register.simple_tag
def act_url(act: str, code: str | None = None) -> str:
    """The page on which an act is done: one of the ward's where there is one, else its general form."""
    return page_of(act, code)


@register.simple_tag
def query(request: HttpRequest, **changes: Any) -> str:
    """The address's query with some of its parts changed; empty ones go."""
    asked = request.GET.copy()
    for name, value in changes.items():
        asked[name] = str(value)
    for name in [name for name in asked if not asked[name]]:
        del asked[name]
    return asked.urlencode()


@register.simple_tag
def prefill(words: Iterable[tuple[str, str]]) -> str:
    """Words known already as the query of an act's form; those for the person to say are left out."""
    return urlencode([(name, value) for name, value in words if value != ASKED])


@register.filter(name="measured")
def as_measured(value: str) -> str:
    return measured(str(value))
