"""The report's files on a disk: report.html and report.pdf, and each figure as SVG if wanted."""

import os
import tempfile
from pathlib import Path

from trialwright.report.figures.alone import standing_alone
from trialwright.report.html import format_html
from trialwright.report.model import ReportModel
from trialwright.report.pdf import figures, format_pdf
from trialwright.report.wording import document
from trialwright.report.words import Lang


def write_report(model: ReportModel, out_dir: Path, *, lang: Lang = "en", svg: bool = False) -> tuple[Path, ...]:
    """Write report.html and report.pdf, and with `svg` each figure; both are made before either is written.

    Gives  the paths written, the HTML first.
    """
    worded = document(model, lang)
    files: dict[str, bytes] = {"report.html": format_html(worded).encode(), "report.pdf": format_pdf(worded)}
    if svg:
        banner = " · ".join(worded.simulated[:2]) if worded.simulated else None
        files |= {f"{figure.id}.svg": standing_alone(figure.svg, banner).encode() for figure in figures(worded)}
    out_dir.mkdir(parents=True, exist_ok=True)
    return tuple(written(out_dir / name, content) for name, content in files.items())


def written(path: Path, content: bytes) -> Path:
    """The file in its place at once or not at all: a reader never meets half a report. Gives its path."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
