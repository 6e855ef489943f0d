"""How every figure looks: fonts, colours and line weights of `templates/report.css`, as matplotlib's settings."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from trialwright.report.words import MONTH_DAYS

FONTS: Final = Path(__file__).parent.parent / "fonts"
FAMILIES: Final = ("Atkinson Hyperlegible Next", "Noto Sans SC")
FONT_FILES: Final = (
    "AtkinsonHyperlegibleNext-Regular.ttf",
    "AtkinsonHyperlegibleNext-SemiBold.ttf",
    "NotoSansSC-Regular.otf",
)

INK, INK_2, INK_3 = "#172124", "#435055", "#5b666a"
LINE, EDGE, GRID, SURFACE = "#dedad0", "#838177", "#e6e3da", "#ffffff"
CURVE, BAND, RELAPSE, DEATH = "#0b5963", "#c9dfe1", "#b5531f", "#6a6e78"

FULL_MM: Final = 174.0
HALF_MM: Final = 84.0

SETTINGS: Final[dict[str, Any]] = {
    "font.family": list(FAMILIES),
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in free text is a dollar sign
    "axes.labelcolor": INK,
    "axes.edgecolor": EDGE,
    "xtick.color": INK_2,
    "ytick.color": INK_2,
    "axes.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.solid_joinstyle": "miter",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "legend.frameon": False,
    "hatch.linewidth": 0.8,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "trialwright",
}


@cache
def _fonts_known() -> None:
    """Matplotlib measures text with our fonts, not with whatever the machine has."""
    from matplotlib import font_manager

    for name in FONT_FILES:
        font_manager.fontManager.addfont(FONTS / name)


@contextmanager
def drawing() -> Iterator[None]:
    """Our settings over matplotlib's own defaults, whatever a matplotlibrc on this machine says."""
    import matplotlib

    _fonts_known()
    font_log = logging.getLogger("matplotlib.font_manager")
    level = font_log.level
    font_log.setLevel(logging.ERROR)  # that Chinese has one weight only is known, and no news to a user
    try:
        with matplotlib.rc_context(), warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="Glyph .* missing"
            )  # the reader's browser, or `printable`, has it
            matplotlib.rcdefaults()
            settings: Any = SETTINGS
            matplotlib.rcParams.update(settings)
            yield
    finally:
        font_log.setLevel(level)


def text_width(text: str, size: float) -> float:
    """How wide a text is, in points, as our fonts draw it. Call it while drawing."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    properties = FontProperties(family=list(FAMILIES), size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return float(width)


def inches(mm: float) -> float:
    """Matplotlib counts in inches, our sheets in millimetres."""
    return mm / 25.4


def months(days: float) -> float:
    """Days on a figure's axis: twelve months are 365.25 of them."""
    return days / MONTH_DAYS
