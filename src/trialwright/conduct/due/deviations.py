"""What waits about the past: acts that would be refused today, and judgements on facts corrected since."""

from collections.abc import Iterable, Iterator

from trialwright.conduct.due.item import Asked, DueItem, DueKind, DueState
from trialwright.conduct.possible import JudgementInQuestion, PossibleDeviation, judgements_on_corrected_facts
from trialwright.facts.order import spoken
from trialwright.ledger.kinds import DeviationRecorded


def of_deviations(asked: Asked, possible: Iterable[PossibleDeviation]) -> Iterator[DueItem]:
    """Possible deviations that nobody settled, and judgements in question."""
    for one in possible:
        yield _deviation(asked, one)
    settled = _settled(asked)
    for question in judgements_on_corrected_facts(asked.trial):
        if question.judgement.id not in settled:
            yield _judgement(asked, question)


def _settled(asked: Asked) -> set[str]:
    """The entries that a recorded deviation answers for."""
    chapters = (asked.trial.of_study, *asked.trial.casebooks.values())
    return {one.what.settles for chapter in chapters for one in chapter.all(DeviationRecorded) if one.what.settles}


def _deviation(asked: Asked, one: PossibleDeviation) -> DueItem:
    entry, about = one.entry, one.entry.about
    kind = entry.what.kind.replace("_", " ")
    says = f"{kind.capitalize()} of {spoken(entry.occurred)}, {about}, would be refused today: {one.reason.text}"
    words = {"settles": entry.id, "gate": one.reason.code, "description": one.reason.text}
    return asked.item(
        DueKind.DEVIATION,
        f"{entry.id} {one.reason.code}",
        says,
        "record_deviation",
        book=asked.trial.chapter(about or ""),
        who=about,
        words=words,
        state=DueState.WAITING,
    )


def _judgement(asked: Asked, question: JudgementInQuestion) -> DueItem:
    judged = question.judgement
    book = asked.trial.casebooks.get(judged.about or "")
    enrolled = book is not None and book.enrolment is not None
    facts = ", ".join(question.about)
    says = f"{judged.about} was judged on {judged.what.as_of}; {facts} was corrected since. "
    says += "Say what follows from it (record_deviation)." if enrolled else "Judge again."
    return asked.item(
        DueKind.JUDGEMENT,
        judged.id,
        says,
        "record_deviation" if enrolled else "screen",
        book=book,
        words={"settles": judged.id} if enrolled else {},
        state=DueState.WAITING,
    )
