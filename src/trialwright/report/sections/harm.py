"""Response, harm and deaths: counts of people with exact limits."""

from typing import Final

from trialwright.endpoints import Share, WorstGrade
from trialwright.report.blocks import Block, Cell, Group, Paragraph, Row, Section, Table, Tone
from trialwright.report.model import ReportModel
from trialwright.report.sections.persistence import donor_cells, residual_disease
from trialwright.report.sections.phrases import MANY
from trialwright.report.words import Say
from trialwright.stats import clopper_pearson

_TONES: Final[tuple[Tone, ...]] = ("g1", "g2", "g3", "g4", "g5")


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
    found = model.harm
    if found.n == 0:
        return (Paragraph(say("Nobody has been infused: there is no safety population yet.")),)
    if not found.rows:
        return (Paragraph(say("No adverse event is recorded among {n} infused participants.", n=found.n)),)
    head = (
        say("Term"),
        *(say("G{grade}", grade=grade) for grade in range(1, 6)),
        say("Any"),
        say("% (95 % exact)"),
        say("Serious"),
        say("Related"),
    )
    rows: list[Row | Group] = [_event(found.anything, found.n, say("Any adverse event"), say)]
    for soc in sorted({row.soc or "" for row in found.rows}):
        rows.append(Group(soc or say("System organ class not recorded")))
        rows += [_event(row, found.n, row.term, say) for row in found.rows if (row.soc or "") == soc]
    caption = say(
        "Adverse events by worst grade: participants, not events; {n} infused; CTCAE {version}",
        n=found.n,
        version=model.study.ctcae,
    )
    note = say(
        "Grade is severity; whether an event is serious is asked apart from it. Related: to the cells; what "
        "nobody has judged yet counts as related."
    )
    widths = (4, *(0.75,) * 5, 0.8, 2.2, 1.1, 1.1)
    return (Table(caption, head, tuple(rows), tuple(range(1, 10)), widths, note), _by_part(model, say))


def _by_part(model: ReportModel, say: Say) -> Table:
    """Harm in each part of the infused, with exact limits."""
    head = (say("Part"), say("Infused"), say("Any adverse event"), say("Grade 3 or more"), say("Serious"))
    rows: list[Row | Group] = []
    for at, group in enumerate(model.harm_groups):
        if at == 0 or group.by != model.harm_groups[at - 1].by:
            rows.append(Group(say.code("by", group.by)))
        name = model.study.population_labels.get(group.value, group.value)
        counts = (group.any_grade, group.grade_3_or_more, group.serious)
        rows.append((Cell(name), Cell(str(group.n)), *(_counted(count, group.n, say) for count in counts)))
    note = say("Participants, with exact 95 % limits. Parts are shown to be seen, not to be compared.")
    return Table(
        say("Adverse events by part of the population"), head, tuple(rows), (1, 2, 3, 4), (3, 1, 2, 2, 2), note
    )


def _counted(count: int, n: int, say: Say) -> Cell:
    limits = clopper_pearson(count, n)
    return Cell(f"{count} / {n}", under=f"({say.interval(limits.lower, limits.upper, 0)})")


def _event(row: WorstGrade, n: int, term: str, say: Say) -> Row:
    grades = tuple(
        Cell(str(count), tone) if count else Cell("·") for tone, count in zip(_TONES, row.by_grade, strict=True)
    )
    limits = clopper_pearson(row.any_grade, n)
    share = f"{row.any_grade / n * 100:.0f} ({limits.lower * 100:.0f} – {limits.upper * 100:.0f})"
    return (Cell(term), *grades, Cell(str(row.any_grade)), Cell(share), Cell(str(row.serious)), Cell(str(row.related)))


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
