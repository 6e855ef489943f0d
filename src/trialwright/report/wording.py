"""The whole document: every section of a report in reading order, worded in one language."""

from datetime import datetime

from trialwright.report.blocks import Document, Section
from trialwright.report.model import Asked, ReportModel, StudyFacts
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
        kicker=study_name(model.study),
        subtitle=places_sentence(model, say) + say.gap + asked_words(model.asked, say),
        simulated=(*SIMULATED, say("Nobody in this report is a real person.")) if model.simulated else None,
        footer=footer_words(model.study, model.asked, say),
        front=front.front(model, say),
        sections=tuple(section for section in sections if section),
        written_at=instant_of(model.asked.recorded_at),
        words={
            "skip": say("Skip to content"),
            "front": say("Where the trial stands"),
            "contents": say("Contents"),
            "in_numbers": say("The same in numbers"),
        },
    )


def study_name(study: StudyFacts) -> str:
    """The study's identifier and title."""
    identifiers = study.published.identifiers if study.published else ()
    return f"{identifiers[0] if identifiers else study.id} · {study.title}"


def asked_words(asked: Asked, say: Say) -> str:
    """Both clocks: what had occurred, and what was known."""
    known = say("known at entry {seq} ({at})", seq=asked.known_at, at=say.date(asked.recorded_at))
    return say(
        "What occurred up to {date}; {known}.",
        date=say.date(asked.cut_off),
        known=known if asked.entries else say("the ledger is empty"),
    )


def footer_words(study: StudyFacts, asked: Asked, say: Say) -> tuple[str, ...]:
    """What stands under every page: the study, the cut-off, the ledger's size and head; the study file."""
    identifiers = study.published.identifiers if study.published else ()
    short = say(
        "{id} · cut-off {date} · {entries} entries · head {head}",
        id=identifiers[0] if identifiers else study.id,
        date=say.date(asked.cut_off),
        entries=f"{asked.entries:,}",
        head=asked.head[:8],
    )
    version = say("Study version {version}, file {sha}", version=study.version, sha=study.sha256[:8])
    return (short, version)


def instant_of(recorded_at: str | None) -> int:
    """Seconds since 1970 of the newest entry: the document's own date. Never the clock's."""
    return int(datetime.fromisoformat(recorded_at).timestamp()) if recorded_at else 0
