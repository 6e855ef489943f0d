"""A figure as a file of its own: on white, with a margin, in a font everybody has, and marked if it is simulated."""

import re
from xml.sax.saxutils import escape

MARGIN = 14.0
VIEW = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
HEAD = re.compile(r"<svg[^>]*>(\s*<(title|desc)[^>]*>.*?</\2>)*", re.DOTALL)
OURS = "'Noto Sans SC'\""


def standing_alone(svg: str, simulated: str | None) -> str:
    """The drawing, fit to be shown anywhere.

    simulated  the words that say so, printed above the drawing; None for real participants.
    Raises     ValueError if the drawing has no viewBox from 0 0.
    """
    found = VIEW.search(svg)
    if found is None:
        raise ValueError("the drawing has no viewBox that begins at 0 0")
    width, height = (float(part) for part in found.groups())
    top = MARGIN * (2 if simulated else 1)
    box = f"{-MARGIN:g} {-top:g} {width + 2 * MARGIN:g} {height + top + MARGIN:g}"
    ground = f'<rect x="{-MARGIN:g}" y="{-top:g}" width="100%" height="100%" fill="#ffffff" />'
    if simulated:
        ground += (
            f'<text x="{width:g}" y="{-MARGIN:g}" font-size="9" font-weight="600" text-anchor="end" '
            f'font-family="\'Atkinson Hyperlegible Next\', {OURS} fill="#172124">{escape(simulated)}</text>'
        )
    head = HEAD.match(svg)
    start = head.end() if head else 0
    framed = VIEW.sub(f'viewBox="{box}"', svg[:start], count=1) + ground + svg[start:]
    return framed.replace(OURS, "'Noto Sans SC', sans-serif\"")
