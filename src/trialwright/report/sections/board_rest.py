"""Deaths, pregnancies, and cells that turned out wrong after they were given."""

from trialwright.report.blocks import Block, Cell, Paragraph, Row, Section, Table
from trialwright.report.safety_facts import DeathStory, FailedLotFacts, PregnancyFacts, SafetyModel
from trialwright.report.sections.board_words import listed, who_cell
from trialwright.report.stopping_facts import Person
from trialwright.report.words import Say


def rest(model: SafetyModel, say: Say) -> Section:
    """The last section: what is rare, and must never be missed."""
    parts = (
        Section("pregnancies", say("Pregnancies"), (_pregnancies(model.pregnancies, say),)),
        Section("failed-lots", say("Lots that failed after they were given"), tuple(_lots(model.failed_lots, say))),
    )
    return Section("board-deaths", say("Deaths"), (_deaths(model.deaths, say),), parts)


def _deaths(found: tuple[DeathStory, ...], say: Say) -> Block:
    if not found:
        return Paragraph(say("No death is recorded."))
    head = (
        say("Participant"),
        say("Died"),
        say("Days from enrolment"),
        say("Days from the last infusion"),
        say("Cause"),
        say("Fatal events"),
        say("How known"),
    )
    rows = tuple(
        (
            who_cell(Person(one.death.code, one.death.number), say),
            Cell(say.date(one.death.occurred)),
            Cell(_days(one.death.days_from_enrolment)),
            Cell(_days(one.days_from_last_infusion)),
            Cell(say.code("cause", one.death.cause)),
            Cell(listed(one.fatal_events, say)),
            Cell(one.death.how_known, under=_autopsy(one.autopsy, say)),
        )
        for one in found
    )
    return Table(say("Every death"), head, rows, (2, 3), (1.3, 1.7, 1.3, 1.4, 1.5, 2.4, 2.8))


def _days(days: int | None) -> str:
    return "–" if days is None else str(days)


def _autopsy(done: bool | None, say: Say) -> str:
    if done is None:
        return say("autopsy: unknown")
    return say("autopsy done") if done else say("no autopsy")


def _pregnancies(found: tuple[PregnancyFacts, ...], say: Say) -> Block:
    if not found:
        return Paragraph(say("No pregnancy is recorded."))
    head = (
        say("Participant"),
        say("Of"),
        say("Known since"),
        say("Birth expected"),
        say("Agrees to be followed"),
        say("Outcome"),
    )
    rows: list[Row] = []
    for one in found:
        outcome = say.joined(
            (
                f"{say.date(on)}: {say.code('pregnancy', word)}" + (f" ({child})" if child else "")
                for on, word, child in one.followed
            ),
            "; ",
        )
        rows.append(
            (
                who_cell(one.who, say),
                Cell(say.code("pregnancy of", one.of)),
                Cell(say.date(one.on)),
                Cell(say.date(one.due_on)),
                Cell(say.code("answer", one.consented)),
                Cell(outcome or say("not known yet"), "plain" if outcome else "unknown"),
            )
        )
    return Table(
        say("Every pregnancy of a participant or a partner"), head, tuple(rows), (), (1.3, 1.3, 1.7, 1.7, 1.8, 3)
    )


def _lots(found: tuple[FailedLotFacts, ...], say: Say) -> list[Block]:
    if not found:
        return [Paragraph(say("No lot that was given has failed a test."))]
    head = (say("Lot"), say("Fails"), say("Given to"), say("Who was called, and the answer"))
    rows = tuple(_lot(one, say) for one in found)
    return [
        Table(
            say("Lots that were given and fail, with what was found of the recipients"),
            head,
            rows,
            (),
            (1.5, 2.5, 2, 5),
        )
    ]


def _lot(one: FailedLotFacts, say: Say) -> Row:
    given = say.joined((f"{who.code} ({say.date(on)})" for who, on in one.given_to), ", ")
    told = []
    for what, answer, by, on in one.alerts:
        answered = f"{answer} ({by}, {say.date(on)})" if answer else say("not answered")
        told.append(f"{what}: {answered}")
    return (
        Cell(one.lot, "code"),
        Cell(listed(one.tests, say)),
        Cell(given),
        Cell("; ".join(told) or say("nobody was called")),
    )
