"""Response, harm and deaths: counts of people with exact limits."""

from trialwright.endpoints import Share
from trialwright.report.blocks import Block, Cell, Paragraph, Row, Section, Table
from trialwright.report.model import ReportModel
from trialwright.report.sections.board_front import overdue_words
from trialwright.report.sections.board_stopping import boundary, stands
from trialwright.report.sections.harm_tables import event_tables, groups_table
from trialwright.report.sections.persistence import donor_cells, residual_disease
from trialwright.report.sections.phrases import MANY
from trialwright.report.words import Say


def response(model: ReportModel, say: Say) -> Section:
    """Best response of those not in remission at enrolment, the others' remissions, residual disease, donor cells."""
    found = model.response
    blocks: list[Block] = []
    if found.remission.n:
        rows = tuple(_share(one, say) for one in (*found.best, found.remission, found.mrd_negative))
        note = say(
            "Denominator: the {n} participants not in CR, CRh or CRi at enrolment. Limits: exact (Clopper-Pearson).",
            n=found.remission.n,
        )
        if found.after_other_therapy:
            note += " " + say(
                "{count} of these remissions came only after another therapy or a transplant.",
                count=found.after_other_therapy,
            )
        caption = say("Best response by {criteria}", criteria=model.study.response_criteria)
        blocks.append(Table(caption, _head(say), rows, (1, 2, 3), (3, 1, 1, 2), note))
    else:
        blocks.append(Paragraph(say("Everybody enrolled was in remission: there is no response to count.")))
    if found.kept and found.kept[0].n:
        rows = tuple(_share(one, say) for one in found.kept)
        caption = say("Remissions at enrolment: kept or lost ({n} participants)", n=found.kept[0].n)
        blocks.append(Table(caption, _head(say), rows, (1, 2, 3), (3, 1, 1, 2)))
    blocks += [*residual_disease(found.mrd, say), *donor_cells(model, say)]
    return Section("response", say("Response"), tuple(blocks))


def _head(say: Say) -> tuple[str, ...]:
    return (say("Response"), say("Participants"), say("Share"), say("95 % exact"))


def _share(one: Share, say: Say) -> Row:
    count = f"{one.count} / {one.n}"
    if one.share is None:
        return (Cell(say(one.label)), Cell(count), Cell("–"), Cell("–"))
    return (
        Cell(say(one.label)),
        Cell(count),
        Cell(say.percent(one.share, 1)),
        Cell(say.interval(one.lower, one.upper)),
    )


def harm(model: ReportModel, say: Say) -> Section:
    """Adverse events by worst grade, and deaths."""
    return Section(
        "harm",
        say("Safety"),
        _events(model, say),
        (Section("deaths", say("Deaths"), _deaths(model, say)),),
        new_page=True,
    )


def _events(model: ReportModel, say: Say) -> tuple[Block, ...]:
    """Where stopping stands, then the worst grades against the baseline before the first study chemotherapy."""
    blocks: list[Block] = []
    if model.stopping.boundary:
        blocks += [boundary(model.stopping.boundary, say), stands(model.stopping.boundary, say)]
    if model.stopping.boundary or model.overdue:
        blocks.append(Paragraph(overdue_words(model.overdue, say)))
    blocks += event_tables(model.harm, say)
    if model.harm.n:
        blocks.append(groups_table(model.harm_groups, model.study.population_labels, say))
    return tuple(blocks)


def _deaths(model: ReportModel, say: Say) -> tuple[Block, ...]:
    if not model.deaths:
        return (Paragraph(say("No death is recorded.")),)
    if len(model.deaths) > MANY:
        counts: dict[str, int] = {}
        for one in model.deaths:
            counts[one.cause] = counts.get(one.cause, 0) + 1
        rows: tuple[Row, ...] = tuple(
            (Cell(say.code("cause", cause)), Cell(str(count))) for cause, count in sorted(counts.items())
        )
        return (Table(say("Deaths by cause"), (say("Cause"), say("People")), rows, (1,)),)
    head = (say("No."), say("Died"), say("Day"), say("Cause"), say("How known"))
    rows = tuple(
        (
            Cell(str(one.number) if one.number else one.code),
            Cell(say.date(one.occurred)),
            Cell(str(one.days_from_enrolment) if one.days_from_enrolment is not None else "–"),
            Cell(say.code("cause", one.cause)),
            Cell(one.how_known),
        )
        for one in model.deaths
    )
    caption = say("Every death; day counted from enrolment where both days are known")
    return (Table(caption, head, rows, (2,), (0.8, 1.8, 1, 2, 4)),)
