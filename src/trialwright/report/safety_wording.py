"""The whole safety report in reading order, worded in one language; and its two files."""

from pathlib import Path

from trialwright.report.blocks import Document
from trialwright.report.html import format_html
from trialwright.report.pdf import format_pdf
from trialwright.report.safety_facts import SafetyModel
from trialwright.report.sections import (
    board_clocks,
    board_events,
    board_front,
    board_laboratory,
    board_rest,
    board_scales,
    board_serious,
    board_stopping,
)
from trialwright.report.visible import each_text, visible
from trialwright.report.wording import SIMULATED, asked_words, footer_words, instant_of, study_name
from trialwright.report.words import Lang, Say
from trialwright.report.writing import written


def safety_document(model: SafetyModel, lang: Lang = "en", say: Say | None = None) -> Document:
    """The safety report in one language; every invisible sign in what people typed is made visible first."""
    model = each_text(model, visible)
    say = say or Say(lang)
    sections = (
        board_stopping.stopping(model, say),
        board_clocks.clocks(model, say),
        board_events.events(model, say),
        board_serious.serious(model, say),
        board_laboratory.laboratory(model, say),
        board_scales.scales(model, say),
        board_rest.rest(model, say),
    )
    return Document(
        lang="zh-Hans" if say.lang == "zh" else "en",
        title=board_front.title(model, say),
        kicker=f"{say('Safety report')} · {study_name(model.study)}",
        subtitle=board_front.subtitle(model, say) + say.gap + asked_words(model.asked, say),
        simulated=(*SIMULATED, say("Nobody in this report is a real person.")) if model.simulated else None,
        footer=footer_words(model.study, model.asked, say),
        front=board_front.front(model, say),
        sections=sections,
        written_at=instant_of(model.asked.recorded_at),
        words={
            "skip": say("Skip to content"),
            "front": say("Where the trial stands"),
            "contents": say("Contents"),
            "in_numbers": say("The same in numbers"),
        },
    )


def write_safety_report(model: SafetyModel, out: Path, *, lang: Lang = "en") -> tuple[Path, ...]:
    """Write safety.html and safety.pdf; both are made before either is written.

    Gives  the paths written, the HTML first.
    """
    document = safety_document(model, lang)
    files = {"safety.html": format_html(document).encode(), "safety.pdf": format_pdf(document)}
    out.mkdir(parents=True, exist_ok=True)
    return tuple(written(out / name, content) for name, content in files.items())
