"""The squares of the places strip: one per participant, told apart by shape as well as by colour."""

from typing import Final

from trialwright.report.blocks import Standing

_INNER: Final[dict[Standing, str]] = {
    "free": '<rect class="pl-free" x="1.8" y="1.8" width="20.4" height="20.4" rx="4" fill="none" stroke="#838177"'
    ' stroke-width="1.5" stroke-dasharray="3 2.4"/>',
    "waiting": '<rect class="pl-w" x="2.1" y="2.1" width="19.8" height="19.8" rx="4" fill="#dfeced" stroke="#0b5963"'
    ' stroke-width="2.2"/>',
    "treated": '<rect class="pl" x="1" y="1" width="22" height="22" rx="4" fill="#0b5963"/><path class="pl-on"'
    ' d="M6.8 12.4l3.5 3.5 6.9-7.6" fill="none" stroke="#ffffff" stroke-width="2.4" stroke-linecap="round"'
    ' stroke-linejoin="round"/>',
    "relapsed": '<rect class="pl-r" x="1.8" y="1.8" width="20.4" height="20.4" rx="4" fill="#dfeced" stroke="#0b5963"'
    ' stroke-width="1.6"/><path class="pl-tri" d="M12 5.5l6.5 11.5h-13z" fill="#b5531f"/>',
    "died": '<rect class="pl-x" x="1.8" y="1.8" width="20.4" height="20.4" rx="4" fill="#eeece5" stroke="#5b666a"'
    ' stroke-width="1.6"/><path class="pl-ink" d="M8 8l8 8m0-8l-8 8" fill="none" stroke="#435055" stroke-width="2.2"'
    ' stroke-linecap="round"/>',
    "left": '<rect class="pl-x" x="1.8" y="1.8" width="20.4" height="20.4" rx="4" fill="#eeece5" stroke="#5b666a"'
    ' stroke-width="1.6"/><path class="pl-ink" d="M7 12h10" fill="none" stroke="#435055" stroke-width="2.2"'
    ' stroke-linecap="round"/>',
}


def square_svg(standing: Standing) -> str:
    """One square. It says nothing aloud: its label stands beside it."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" aria-hidden="true">{_INNER[standing]}</svg>'
