"""Lock-out: a try is counted before it is judged, so that no number of tries at once gets round the count.

Five failures under one code, from wherever, lock it for five minutes; each further five without a log-in in between
for twice as long, up to a day. Codes that nobody has are counted alike: a lock tells nothing. From one address thirty
failures within a quarter of an hour, under whatever codes, lock the address for as long.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from trialwright.conduct.roles import person_key
from trialwright.web.people import log
from trialwright.web.people.log import Logged
from trialwright.web.people.models import Line, Tries

PER_CODE, FIRST_LOCK, LONGEST_LOCK = 5, timedelta(minutes=5), timedelta(days=1)
PER_ADDRESS, ADDRESS_LOCK = 30, timedelta(minutes=15)


def may_try(request: HttpRequest, code: str) -> bool:
    """Whether one more try may be judged; it counts as failed until `succeeded` says otherwise."""
    now = timezone.now()
    with transaction.atomic():
        return _take(_code(code), PER_CODE, now) & _take(_address(request), PER_ADDRESS, now)


def failed(request: HttpRequest, code: str, what: Logged) -> None:
    """Write the failure down, and the lock-out that it brought."""
    log.write(request, what, code)
    now = timezone.now()
    for key, whose in ((_code(code), code), (_address(request), "")):
        found = Tries.objects.filter(key=key, until__gt=now, failures=0, last_at__lte=now).first()
        if found and found.until:
            detail = f"until {found.until:%Y-%m-%d %H:%M}Z" + (
                "" if whose else f", everybody at {log.address_of(request)}"
            )
            if not Line.objects.filter(what=Logged.LOCKED, code=whose, detail=detail).exists():
                log.write(request, Logged.LOCKED, whose, detail=detail)


def succeeded(request: HttpRequest, code: str) -> None:
    """The person is who they say: the code starts anew, and this try does not count against the address."""
    with transaction.atomic():
        Tries.objects.filter(key=_code(code)).delete()
        row = Tries.objects.filter(key=_address(request)).first()
        if row is not None and row.failures:
            row.failures -= 1
            row.save()


def unlock(code: str) -> None:
    """An administrator lets a code try again."""
    Tries.objects.filter(key=_code(code)).delete()


def locked_until() -> dict[str, datetime]:
    """Whatever is locked now, by the key of its code or `from:ADDRESS`, and until when."""
    now = timezone.now()
    rows = Tries.objects.filter(until__gt=now).order_by("key")
    return {row.key.removeprefix("code:"): row.until for row in rows if row.until}


def _take(key: str, most: int, now: datetime) -> bool:
    row = Tries.objects.select_for_update().filter(key=key).first() or Tries(key=key, last_at=now)
    if row.until is not None and row.until > now:
        return False
    if key.startswith("from:") and now - row.last_at > ADDRESS_LOCK:
        row.failures = 0
    row.failures, row.last_at, row.until = row.failures + 1, now, None
    if row.failures >= most:
        row.locks, row.failures = row.locks + 1, 0
        row.until = now + (
            min(FIRST_LOCK * 2 ** min(row.locks - 1, 20), LONGEST_LOCK) if most == PER_CODE else ADDRESS_LOCK
        )
    row.save()
    return True


def _code(code: str) -> str:
    return f"code:{person_key(code)[:64]}"


def _address(request: HttpRequest) -> str:
    return f"from:{log.address_of(request)}"
