"""What a page computed, kept until the ledger, the day or the language changes: a casebook is opened many times."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, Literal, TypeVar

from trialwright.web.door import Standing

T = TypeVar("T")
Each = Literal["head", "day", "minute"]
MOST: Final = 400
_KEPT: "OrderedDict[Hashable, Any]" = OrderedDict()
_LOCK = Lock()


def remembered(stands: Standing, what: Hashable, make: Callable[[], T], *, each: Each = "day") -> T:
    """What `make` gives, made once for each head of the ledger, and once each day or minute where it depends on it.

    Only for what follows from study, trial and time: never for what depends on who asks.
    """
    moments = {"head": None, "day": stands.today, "minute": f"{stands.here:%Y-%m-%dT%H:%M}"}
    key = (stands.name, str(stands.directory.path), stands.trial.head, stands.site, moments[each], what)
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            found: T = _KEPT[key]
            return found
    made = make()
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return made
