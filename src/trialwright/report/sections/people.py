"""Who came, who they are, what they were given: the flow, the baseline table, the exposure."""

from trialwright.endpoints import Spread
from trialwright.report.blocks import Block, Cell, Figure, Group, Paragraph, Row, Section, Table
from trialwright.report.figures.flow import Level, flow_figure, flow_levels
from trialwright.report.model import ReportModel
from trialwright.report.sections.phrases import MANY, number, unit_words
from trialwright.report.words import Say

_CONCEPTS = {
    "ecog": "ECOG performance status",
    "weight": "Weight",
    "lvef": "Left ventricular ejection fraction",
    "creatinine": "Creatinine",
    "bilirubin": "Total bilirubin",
    "hemoglobin": "Haemoglobin",
    "anc": "Neutrophils",
    "platelets": "Platelets",
    "marrow_blasts": "Blasts in the marrow",
}


def people(model: ReportModel, say: Say) -> Section:
    """The section on the participants; a table of the past has neither a flow nor an exposure to show."""
    parts = [Section("baseline", say("At enrolment"), _baseline(model, say))]
    if model.study.historical:
        said = say("Taken over from a table of the past: nobody was approached, screened or treated here.")
        return Section("people", say("Participants"), (Paragraph(said),), tuple(parts), new_page=True)
    parts.append(Section("exposure", say("What they were given"), _exposure(model, say)))
    return Section("people", say("Participants"), (_flow(model, say),), tuple(parts), new_page=True)


def _flow(model: ReportModel, say: Say) -> Figure:
    levels = flow_levels(model.flow, say)
    flow = model.flow
    finding = say(
        "Of {approached} people approached, {enrolled} were enrolled and {treated} infused.",
        approached=flow.approached,
        enrolled=flow.enrolled,
        treated=flow.treated,
    )
    svg = flow_figure(levels, say, id="flow", finding=finding)
    caption = say(
        "A person who fails two criteria is counted under both. Evaluable: a disease assessment that could be "
        "judged since enrolment."
    )
    return Figure("flow", svg, finding, caption, data=_flow_table(levels, say))


def _flow_table(levels: tuple[Level, ...], say: Say) -> Table:
    rows: list[Row] = []
    for level in levels:
        rows.append((Cell(level.on.title), Cell(str(level.on.count))))
        if level.off:
            rows.append((Cell(level.off.title, "quiet"), Cell(str(level.off.count))))
            rows += [(Cell(f"– {label}", "quiet"), Cell(str(count))) for label, count in level.off.parts]
    return Table(say("Flow of participants"), (say("Step"), say("People")), tuple(rows), numbers=(1,))


def _baseline(model: ReportModel, say: Say) -> tuple[Block, ...]:
    known = model.baseline
    if known.n == 0:
        return (Paragraph(say("Nobody is enrolled yet.")),)
    typed = set(model.study.population_labels.values())  # what the study file types is never translated
    rows: list[Row | Group] = []
    for counted in known.counted:
        rows.append(Group(say(counted.label)))
        for value, count in counted.values:
            rows.append(
                (Cell(value if value in typed else say(value)), Cell(f"{count} ({say.percent(count / known.n)})"))
            )
    measured = [spread for spread in known.spreads if spread.known]
    if measured:
        rows.append(Group(say("Median (range)")))
        rows += [(Cell(say(_CONCEPTS.get(one.label, one.label))), _spread(one, say)) for one in measured]
    head = (say("Characteristic"), say("n = {n}", n=known.n))
    note = say("The newest sample up to enrolment. A laboratory value reported in two units has no median here.")
    return (Table(say("Participants at enrolment"), head, tuple(rows), numbers=(1,), note=note),)


def _spread(one: Spread, say: Say) -> Cell:
    """Median and range, and of how many nothing is known."""
    words = f"{number(one.median)} ({number(one.lowest)} – {number(one.highest)}){unit_words(one.unit)}"
    return Cell(words, under=say("not known: {count}", count=one.unknown) if one.unknown else "")


def _exposure(model: ReportModel, say: Say) -> tuple[Block, ...]:
    given = model.exposure
    rows = tuple((Cell(say(one.label)), _spread(one, say)) for one in given.spreads if one.known)
    blocks: list[Block] = []
    if rows:
        counts = ", ".join(
            say("{people} with {count}", people=people, count=count)
            if count
            else say("{people} with none", people=people)
            for count, people in given.infusions
        )
        note = say(
            "Participants by number of infusions: {counts}. The first two lines are of those infused.", counts=counts
        )
        head = (say("Exposure"), say("Median (range)"))
        blocks.append(Table(say("Exposure"), head, rows, numbers=(1,), note=note))
    if 0 < len(given.participants) <= MANY:
        blocks.append(_each_exposure(model, say))
    return tuple(blocks) or (Paragraph(say("Nothing has been given yet.")),)


def _each_exposure(model: ReportModel, say: Say) -> Table:
    head = (
        say("No."),
        say("Cycles"),
        say("Anthracycline, mg/m²"),
        say("Infusions"),
        say("NK cells per kg, each infusion"),
    )
    rows = tuple(
        (
            Cell(str(one.number)),
            Cell(str(one.cycles)),
            Cell(number(one.anthracycline_mg_m2)),
            Cell(str(one.infusions)),
            Cell(
                ", ".join(number(cells) if cells is not None else say("not recorded") for cells in one.nk_cells_per_kg)
                or "–"
            ),
        )
        for one in model.exposure.participants
    )
    caption = say("Each participant; anthracycline in daunorubicin equivalents, all cycles")
    return Table(caption, head, rows, numbers=(1, 2, 3), widths=(1, 1, 2.2, 1.2, 4))
