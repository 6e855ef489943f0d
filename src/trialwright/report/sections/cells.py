"""The cells: every chain from donor to participant, what each release rested on, who was called about what."""

from collections.abc import Iterator, Sequence
from typing import Final

from trialwright.conduct.roles import Role
from trialwright.errors import FormatError
from trialwright.facts import parse_decimal
from trialwright.report.blocks import Block, Cell, Figure, Group, Paragraph, Row, Section, Table
from trialwright.report.cell_facts import (
    AlertFacts,
    CellFacts,
    CollectionFacts,
    DonorFacts,
    GivenFacts,
    LetGo,
    LotFacts,
    ReleaseFacts,
    ResultFacts,
)
from trialwright.report.figures.lineage import chain_sheets, donor_words, lineage_figure, meant_for, state_words
from trialwright.report.sections.phrases import number
from trialwright.report.words import Say

MOST: Final = 200
"""Rows of a table beyond which the ledger is the place to look."""
FEW: Final = 4
"""Tests without a result that are named one by one."""
MOST_LOTS: Final = 80
"""Lots beyond which no figure shows them one by one."""
ROLES: Final = frozenset(Role)


def cells(facts: CellFacts, say: Say) -> Section | None:
    """The section on the cells; None for a trial that records none."""
    if not facts.donors and not facts.alerts:
        return None
    codes = say(
        "Donors, collections, lots and doses are known by codes. The first letter says what a code is for: D donor, "
        "C collection, L lot, B dose. S-001#1 is the first infusion of the participant screened as S-001. The last "
        "character of a code checks the others. No name of a donor is in the ledger."
    )
    parts = (
        Section("releases", say("Release of each lot"), _releases(facts.releases, say)),
        Section("alerts", say("Alerts"), _alerts(facts.alerts, say)),
    )
    return Section("cells", say("The cells"), (*_chains(facts, say), Paragraph(codes, "note")), parts, new_page=True)


# --- the chains -------------------------------------------------------------------------------------------------------


def _chains(facts: CellFacts, say: Say) -> tuple[Block, ...]:
    """The figure, on as many sheets as it needs; its table stands behind the first."""
    if not facts.donors:
        return (Paragraph(say("No cells are recorded yet.")),)
    if len(facts.lots) > MOST_LOTS:
        return (Paragraph(chains_finding(facts, say)), chains_table(facts.donors, say))
    sheets = chain_sheets(facts.donors)
    blocks = []
    for at, donors in enumerate(sheets, start=1):
        id = "chains" if at == 1 else f"chains-{at}"
        finding = (
            chains_finding(facts, say) if at == 1 else say("The chains, continued: {at} of {n}", at=at, n=len(sheets))
        )
        svg = lineage_figure(donors, say, id=id, finding=finding)
        blocks.append(Figure(id, svg, finding, _caption(say) if at == 1 else "", data=chains_table(donors, say)))
    return tuple(blocks)


def _caption(say: Say) -> str:
    return say(
        "Every lot from its donor to who received it, a row for each dose. A thick line leads to a participant, a thin "
        "one ends before."
    )


def chains_finding(facts: CellFacts, say: Say) -> str:
    """How many lots of how many donors reached how many people, and what became of the others, as a sentence."""
    lots = facts.lots
    given = [lot for lot in lots if lot.infusions]
    people = {each.code.partition("#")[0] for lot in given for each in lot.infusions}
    of = {
        "lots": _counted(len(lots), "one lot", "{n} lots", say),
        "donors": _counted(len([one for one in facts.donors if one.code]), "one donor", "{n} donors", say),
    }
    if not given:
        return _opening(say("{lots} from {donors}: nothing has been given yet.", **of))
    said = say(
        "Of {lots} from {donors}, {given} went to {people}.",
        **of,
        given=say.count(len(given)),
        people=_counted(len(people), "one participant", "{n} participants", say),
    )
    return said + "".join(say.gap + words for words in _exceptions(lots, say))


def _exceptions(lots: Sequence[LotFacts], say: Say) -> Iterator[str]:
    """What a reader must not overlook: lots that failed after they were given, and lots that were never given."""
    failed = sum(lot.mark == "failed" for lot in lots)
    if failed:
        yield say("{count} failed a test after being given.", count=say.count(failed, opening=True))
    marks = [lot.mark for lot in lots if not lot.infusions]
    names = (
        ("rejected", "{n} rejected"),
        ("recalled", "{n} recalled"),
        ("expired", "{n} expired"),
        ("discarded", "{n} discarded"),
        ("waiting", "{n} waiting"),
    )
    said = [say(words, n=say.count(marks.count(mark))) for mark, words in names if mark in marks]
    if said:
        yield say("Not given: {lots}.", lots=say.joined(said, ", "))


def _opening(words: str) -> str:
    return words[:1].upper() + words[1:]


def _counted(count: int, one: str, many: str, say: Say) -> str:
    return say(one) if count == 1 else say(many, n=say.count(count))


def chains_table(donors: Sequence[DonorFacts], say: Say) -> Table:
    """The chains as a table: a row for each dose, for each infusion of no dose, and for each lot without either."""
    head = ("Dose", "Lot", "Collection", "Volume", "Participant, infusion", "NK cells per kg")
    rows: list[Row | Group] = []
    for donor in donors:
        rows.append(Group(say.joined((donor.code or say("donor not recorded"), *donor_words(donor, say)), ", ")))
        rows += [row for one in donor.collections for row in _collection_rows(one, say)]
    caption = say("Every dose with the lot, the collection and the donor it comes from")
    note = say(
        "A volume is that of the dose, else of the lot, else of the collection; under an infusion, what was given."
    )
    return Table(
        caption, tuple(say(words) for words in head), tuple(rows), (3, 5), (2.2, 2.4, 2.2, 1.1, 2.3, 1.4), note
    )


def _collection_rows(one: CollectionFacts, say: Say) -> Iterator[Row]:
    under = say.joined((say.date(one.on) if one.on else "", one.donation_number or ""), ", ")
    origin = Cell(one.code or "–", under=under)
    for lot in one.lots:
        of = Cell(lot.code, under=state_words(lot.state, say))
        told: set[str] = set()
        for dose in lot.doses:
            given = _given(dose.given, told, say) if dose.given else _not_given(say(dose.end))
            yield (Cell(dose.code), of, origin, Cell(_ml(dose.volume_ml)), *given)
        for infusion in lot.given:
            yield (Cell("–"), of, origin, Cell(_ml(lot.volume_ml)), *_given(infusion, told, say))
        if not lot.doses and not lot.given:
            yield (Cell("–"), of, origin, Cell(_ml(lot.volume_ml)), *_not_given(meant_for(lot, say)))
    if not one.lots:
        yield (Cell("–"), Cell("–"), origin, Cell(_ml(one.volume_ml)), *_not_given(say("no lot made")))


def _given(given: GivenFacts, told: set[str], say: Say) -> Row:
    """To whom and when and how much; how many cells is said once, however many doses the infusion was of."""
    volume = _ml(given.volume_ml) if given.volume_ml else ""
    under = say.joined((_number(given.number, say), say.date(given.on) if given.on else "", volume), ", ")
    again = given.code in told
    told.add(given.code)
    return (
        Cell(given.code, under=under),
        Cell(say("as above"), "quiet") if again else Cell(_cells_per_kg(given.nk_cells_per_kg)),
    )


def _not_given(why: str) -> Row:
    return (Cell(why, "quiet"), Cell("–"))


def _cells_per_kg(text: str | None) -> str:
    """A count per kg as people write it; what is no number stays as it was typed."""
    try:
        return number(parse_decimal(text)) if text else "–"
    except FormatError:
        return text or "–"


def _ml(volume: str | None) -> str:
    return f"{volume}\u00a0mL" if volume else "–"


def _number(value: int | None, say: Say) -> str:
    return say("No. {number}", number=value) if value is not None else ""


# --- releases and alerts ----------------------------------------------------------------------------------------------


def _releases(releases: Sequence[ReleaseFacts], say: Say) -> tuple[Block, ...]:
    if not releases:
        return (Paragraph(say("No lot is made yet.")),)
    head = ("Lot", "For", "Released", "Pending", "Results that fail or came late", "State now")
    rows = tuple(_release(one, say) for one in releases[:MOST])
    note = say("A result is late if it was recorded after the cells were first given.")
    if len(releases) > MOST:
        note += say.gap + say("{count} more are in the ledger.", count=len(releases) - MOST)
    caption = say("Every lot: who let it go on which results, and what is known of it now")
    return (Table(caption, tuple(say(words) for words in head), rows, (), (2.6, 0.9, 2, 1.6, 3.2, 1.7), note),)


def _release(one: ReleaseFacts, say: Say) -> Row:
    return (
        Cell(one.lot, "code", under=say("collected {date}", date=say.date(one.collected_on))),
        Cell(one.recipient or "–", "code", under=_number(one.recipient_number, say)),
        _let_go(one.releases, say),
        Cell(_pending(one.pending, say)),
        Cell(say.joined(_result(result, say) for result in one.results) or "–"),
        Cell(state_words(one.state, say)),
    )


def _let_go(releases: Sequence[LetGo], say: Say) -> Cell:
    """How the lot was last released, by whom and when; below it the releases before that one."""
    if not releases:
        return Cell("–")
    last = releases[-1]
    before = (say.joined((say(one.how), say.date(one.on), one.by), ", ") for one in releases[:-1])
    return Cell(say(last.how), under=say.joined((say.joined((say.date(last.on), last.by), ", "), *before)))


def _pending(tests: Sequence[str], say: Say) -> str:
    """The tests without a result by name, if they are few: then each of them is awaited."""
    return say.joined(tests, ", ") or "–" if len(tests) <= FEW else say("{n} tests", n=say.count(len(tests)))


def _result(one: ResultFacts, say: Say) -> str:
    what = [word for word, true in (("fails", one.fails), ("late", one.late)) if true]
    return say(
        "{test}: {found} ({what}, {date})",
        test=one.test,
        found=one.found,
        what=say.joined((say(word) for word in what), ", "),
        date=say.date(one.on),
    )


def _alerts(alerts: Sequence[AlertFacts], say: Say) -> tuple[Block, ...]:
    if not alerts:
        return (Paragraph(say("No alert was raised.")),)
    head = ("Raised", "Concerns", "What", "To whom", "Answer")
    rows = tuple(_alert(one, say) for one in alerts[:MOST])
    unanswered = sum(one.answer is None for one in alerts)
    caption = say("{n} in all, {open} not answered", n=len(alerts), open=unanswered)
    note = say("{count} more are in the ledger.", count=len(alerts) - MOST) if len(alerts) > MOST else ""
    return (Table(caption, tuple(say(words) for words in head), rows, (), (1.7, 2.2, 3.6, 1.8, 2.7), note),)


def _alert(one: AlertFacts, say: Say) -> Row:
    answered = say.joined((say.date(one.answered_on), one.answered_by or ""), ", ")
    return (
        Cell(say.date(one.on)),
        Cell(one.about or "–", under=say("cells held back") if one.holds else ""),
        Cell(one.what, under=one.asks),
        Cell(say.joined((_role(role, say) for role in one.to), ", ")),
        Cell(one.answer, under=answered) if one.answer is not None else Cell(say("not answered"), "strong"),
    )


def _role(role: str, say: Say) -> str:
    """A role of ours in the report's language; another's as it was written."""
    return say(role) if role in ROLES else role
