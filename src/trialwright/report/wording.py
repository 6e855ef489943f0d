"""The whole document: every section of a report in reading order, worded in one language."""

from datetime import datetime

from trialwright.report.blocks import Document, Section
from trialwright.report.model import ReportModel
from trialwright.report.sections import cells, front, harm, people, record, results
from trialwright.report.sections.phrases import places_sentence
from trialwright.report.visible import each_text, visible
from trialwright.report.words import Lang, Say

SIMULATED = ("Simulated participants", "模拟受试者")


def document(model: ReportModel, lang: Lang = "en", say: Say | None = None) -> Document:
    """The report in one language; every invisible sign in what people typed is made visible first."""
    model = each_text(model, visible)
    say = say or Say(lang)
    sections: list[Section | None] = [
        results.results(model, say),
        results.everybody(model, say),
        people.people(model, say),
        cells.cells(model.cells, say),
        harm.response(model, say),
        harm.harm(model, say),
        record.conduct(model, say),
        record.study(model, say),
        record.ledger(model, say),
    ]
    return Document(
        lang="zh-Hans" if say.lang == "zh" else "en",
        title=front.title(model, say),
        kicker=_name(model),
        subtitle=places_sentence(model, say) + say.gap + _asked(model, say),
        simulated=(*SIMULATED, say("Nobody in this report is a real person.")) if model.simulated else None,
        footer=_footer(model, say),
        front=front.front(model, say),
        sections=tuple(section for section in sections if section),
        written_at=_instant(model.asked.recorded_at),
        words={
            "skip": say("Skip to content"),
            "front": say("Where the trial stands"),
            "contents": say("Contents"),
            "in_numbers": say("The same in numbers"),
        },
    )


def _name(model: ReportModel) -> str:
    identifiers = model.study.published.identifiers if model.study.published else ()
    return f"{identifiers[0] if identifiers else model.study.id} · {model.study.title}"


def _asked(model: ReportModel, say: Say) -> str:
    """Both clocks: what had occurred, and what was known."""
    asked = model.asked
    known = say("known at entry {seq} ({at})", seq=asked.known_at, at=say.date(asked.recorded_at))
    return say(
        "What occurred up to {date}; {known}.",
        date=say.date(asked.cut_off),
        known=known if asked.entries else say("the ledger is empty"),
    )


def _footer(model: ReportModel, say: Say) -> tuple[str, ...]:
    asked = model.asked
    identifiers = model.study.published.identifiers if model.study.published else ()
    short = say(
        "{id} · cut-off {date} · {entries} entries · head {head}",
        id=identifiers[0] if identifiers else model.study.id,
        date=say.date(asked.cut_off),
        entries=f"{asked.entries:,}",
        head=asked.head[:8],
    )
    version = say("Study version {version}, file {sha}", version=model.study.version, sha=model.study.sha256[:8])
    return (short, version)


def _instant(recorded_at: str | None) -> int:
    """Seconds since 1970 of the newest entry: the document's own date. Never the clock's."""
    return int(datetime.fromisoformat(recorded_at).timestamp()) if recorded_at else 0
