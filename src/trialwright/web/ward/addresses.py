"""On which page an act is done: many have one of their own, every act has the general form."""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse

PAGES: Final[Mapping[str, str]] = {
    "screen": "path",
    "enrol": "path",
    "end_screening": "path",
    "rescreen": "path",
    "visit": "visits",
    "report_adverse_event": "event-new",
    "follow_adverse_event": "events",
    "mark_value": "values",
    "give_chemotherapy": "chemotherapy",
    "decide_go": "go",
    "check_at_bedside": "bedside",
}
"""Act about a person -> the name of its page."""
GIVEN: Final = frozenset({"premedicate", "give_gvhd_prophylaxis"})


def page_of(act: str, code: str | None = None) -> str:
    """The address of the page on which an act is done about a person, or about nobody yet."""
    if code is None:
        return reverse("path-new") if act == "consent" else reverse("act", args=[act])
    if act in GIVEN:
        return reverse("given", args=[code, act])
    return reverse(PAGES[act], args=[code]) if act in PAGES else reverse("act-about", args=[code, act])
