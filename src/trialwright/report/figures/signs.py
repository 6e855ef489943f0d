"""The signs of the chips: how something stands, told by shape as well as by colour and word."""

from collections.abc import Mapping
from typing import Final

from trialwright.report.blocks import Tone

_INNER: Final[Mapping[Tone, str]] = {
    "overdue": '<path d="M12 1.8L23 21.5H1z" fill="currentColor"/><path class="k" d="M12 9v5.5"/>'
    '<circle class="kf" cx="12" cy="18" r="1.5"/>',
    "due": '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2"/><path'
    ' d="M12 6.5V12l3.6 2.4" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>',
    "met": '<circle cx="12" cy="12" r="11" fill="currentColor"/><path class="k" d="M6.5 12.4l3.7 3.7 7.3-8"/>',
    "unknown": '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-dasharray="4 3"/><path d="M9 9.5c.3-4 6-4 6-.5 0 2.2-3 2.4-3 5" fill="none" stroke="currentColor"'
    ' stroke-width="2.2" stroke-linecap="round"/><circle cx="12" cy="17.6" r="1.4" fill="currentColor"/>',
    "stopped": '<rect x="1.5" y="1.5" width="21" height="21" rx="3" fill="currentColor"/>'
    '<path class="k" d="M8 8l8 8m0-8l-8 8"/>',
    "idle": '<circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" stroke-width="2"/><path d="M7.5 12h9"'
    ' stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>',
}


def sign_svg(tone: Tone) -> str:
    """The sign of a chip. It says nothing aloud: its word stands beside it. Raises KeyError for other tones."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" aria-hidden="true">{_INNER[tone]}</svg>'
