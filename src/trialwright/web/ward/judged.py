"""The judgement of a person as a page shows it: each criterion with its answer, its evidence, and what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trialwright.conduct.answered import questions_for, role_asked
from trialwright.conduct.forms import form_items
from trialwright.conduct.judging import anchors_of, judge_casebook
from trialwright.criteria import Evidence, Judged, Judgement, Kind
from trialwright.facts import PartialDate
from trialwright.study.model import Study
from trialwright.web.ward.asking import Opened

WORDS: Mapping[tuple[Kind, str], tuple[str, str]] = {
    (Kind.INCLUSION, "met"): ("met", "met"),
    (Kind.INCLUSION, "not met"): ("not met", "not"),
    (Kind.INCLUSION, "unknown"): ("unknown", "unk"),
    (Kind.EXCLUSION, "not met"): ("absent", "met"),
    (Kind.EXCLUSION, "met"): ("present", "not"),
    (Kind.EXCLUSION, "unknown"): ("unknown", "unk"),
}
"""Kind and status -> the word that is shown, and its tone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that would answer a criterion: the id of its field, its label, and whose answer it is."""

    id: str
    label: str
    role: str


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion as it stands. `missing`: what is not known, in sentences; `ask`: the questions that would say."""

    id: str
    text: str
    rule: str
    word: str
    tone: str
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    ask: tuple[Asked, ...]
    exclusion: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is eligible now: yes, no or unknown; and the criteria, inclusions first."""

    eligible: str
    rows: tuple[Row, ...]

    @property
    def inclusions(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.exclusion)

    @property
    def exclusions(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.exclusion)

    @property
    def undecided(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.tone == "unk")

    @property
    def barring(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.tone == "not")


def stands_now(on_page: Opened, forms: Iterable[str]) -> Standing:
    """The criteria asked today of all that the casebook says; nothing is written."""
    stands, book = on_page.stands, on_page.book
    today = PartialDate.of(stands.today)
    moments = anchors_of(book, today)
    moments.setdefault("screening", today)
    judgement = judge_casebook(stands.study, book, stands.today, moments)
    return shown(stands.study, judgement, tuple(forms))


def shown(study: Study, judgement: Judgement, forms: tuple[str, ...]) -> Standing:
    return Standing(judgement.eligible.value, tuple(_row(study, one, forms) for one in judgement.criteria))


def _row(study: Study, judged: Judged, forms: tuple[str, ...]) -> Row:
    word, tone = WORDS[judged.criterion.kind, judged.status.value]
    items = form_items(study)
    asked = questions_for(study, judged.criterion.rule, forms) if tone == "unk" else ()
    return Row(
        judged.criterion.id,
        judged.criterion.text,
        judged.criterion.rule,
        word,
        tone,
        judged.evidence,
        tuple(reason.text for reason in judged.reasons),
        tuple(
            Asked("f-" + name.replace(".", "-"), items[name].label, role_asked(study, items[name].opinion or ""))
            for name in asked
        ),
        judged.criterion.kind is Kind.EXCLUSION,
    )
