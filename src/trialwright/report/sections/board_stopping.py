"""Stopping: the boundary and the path, who counts and why, what the rule does, what is dose-limiting, the triggers."""

from typing import Final

from trialwright.report.blocks import Block, Cell, Figure, Pairs, Paragraph, Row, Section, Steps, Table, Tone
from trialwright.report.core_words import all_said, boundary_words, said
from trialwright.report.figures.boundary import boundary_figure
from trialwright.report.safety_facts import SafetyModel
from trialwright.report.sections.board_words import assumed_cell, who_cell
from trialwright.report.stopping_facts import BoundaryFacts, DefinitionFacts, DltFacts, RuleFacts, TriggerFacts
from trialwright.report.words import Say

_TONES: Final[dict[str, Tone]] = {
    "yes": "stopped",
    "no": "met",
    "not yet evaluable": "unknown",
    "not evaluable": "idle",
}


def stopping(model: SafetyModel, say: Say) -> Section:
    """Everything about stopping."""
    facts = model.stopping
    blocks: list[Block] = []
    if facts.boundary:
        blocks += [boundary(facts.boundary, say), stands(facts.boundary, say)]
    else:
        blocks.append(Paragraph(say("This study has no stopping rule.")))
    parts = [Section("dlt", say("Dose-limiting toxicity of each participant"), _answers(facts.answers, say))]
    if facts.definition:
        parts.append(Section("definition", say("What counts as dose-limiting"), _definition(facts.definition, say)))
    parts.append(Section("triggers", say("Fixed triggers"), (_triggers(facts.triggers, say),)))
    if facts.boundary:
        parts.append(Section("operating", say("What the rule does"), _characteristics(facts.boundary.rule, say)))
    return Section("stopping", say("Stopping"), tuple(blocks), tuple(parts))


def boundary(facts: BoundaryFacts, say: Say) -> Figure:
    """The boundary with the path, and every step of it as a table."""
    state = say("The stopping rule is reached") if facts.crossed else say("The stopping rule is not reached")
    svg = boundary_figure(facts, say, id="boundary", finding=state)
    caption = rule_words(facts.rule, say)
    if facts.rule.assumed:
        caption += say.gap + say("Assumption of this study: {basis}", basis=facts.rule.basis or say("no basis given"))
    return Figure("boundary", svg, state + say("."), caption, "full", _steps(facts, say))


def rule_words(rule: RuleFacts, say: Say) -> str:
    """The rule in one or two sentences."""
    share = say.percent(float(rule.p0))
    if rule.prior is not None:
        said_ = say(
            "Pauses when the posterior probability that the true DLT rate is above {share} exceeds {cut}; prior "
            "Beta({a}, {b}); first look at {look}.",
            share=share, cut=rule.cut or "", a=rule.prior[0], b=rule.prior[1], look=rule.first_look,
        )  # fmt: skip
    else:
        said_ = say(
            "Pauses when so many events are as improbable, at a true DLT rate of {share}, as the level allows "
            "(Pocock type, {alpha} over all looks); first look at {look}.",
            share=share, alpha=rule.alpha or "", look=rule.first_look,
        )  # fmt: skip
    before = say("Before the first look its bound holds: as many events pause at once.")
    return said_ + say.gap + before


def _steps(facts: BoundaryFacts, say: Say) -> Table:
    head = (say("Evaluable"), say("Participant"), say("Answer stood on"), say("With a DLT"), say("Pauses at"))
    rows = tuple(
        (
            Cell(str(step.evaluable)),
            Cell(step.person.code, "code"),
            Cell(say.date(step.on)),
            Cell(str(step.events)),
            Cell(_bound(facts.rule.lowest[step.evaluable - 1])),
        )
        for step in facts.path
    )
    return Table(say("The path walked, step by step"), head, rows, (3, 4), (1.2, 1.5, 2, 1.2, 1.2))


def _bound(bound: int | None) -> str:
    return "–" if bound is None else str(bound)


def stands(facts: BoundaryFacts, say: Say) -> Pairs:
    """Where it stands, as pairs."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    if facts.posterior is not None:
        label = say("P(true rate > {share})", share=say.percent(float(facts.rule.p0)))
        rows.append(
            (label, (Cell(f"{facts.posterior:.4f}", "strong", say("pauses above {cut}", cut=facts.rule.cut or "")),))
        )
    rows.append((say("Evaluable"), (Cell(boundary_words(facts, say)),)))
    waiting = say.joined((one.code for one in facts.pending), ", ") or say("nobody")
    rows.append((say("Not yet evaluable"), (Cell(waiting),)))
    rows.append((say("Next"), (Cell(_next(facts, say)),)))
    return Pairs(tuple(rows))


def _next(facts: BoundaryFacts, say: Say) -> str:
    """What one more participant with a toxicity would mean."""
    n = facts.evaluable + 1
    if facts.crossed:
        return say("The bound is reached.")
    if facts.after_next is None:
        return say("With {n} evaluable no number of events pauses the trial.", n=n)
    pauses = say("Pauses at {bound} of {n}.", bound=facts.after_next, n=n)
    if facts.events + 1 >= facts.after_next:
        return pauses + say.gap + say("One more participant with a DLT pauses the trial.")
    return pauses + say.gap + say("One more participant alone cannot reach it.")


def _answers(answers: tuple[DltFacts, ...], say: Say) -> tuple[Block, ...]:
    if not answers:
        return (Paragraph(say("Nobody is enrolled yet.")),)
    head = (say("Participant"), say("DLT"), say("Window"), say("Because"))
    rows = tuple(_answer(one, say) for one in answers)
    counts = {answer: sum(one.answer == answer for one in answers) for answer in _TONES}
    note = say.joined(f"{say.code('dlt', answer)}: {count}" for answer, count in counts.items())
    return (Table(say("Everybody enrolled, as of the cut-off"), head, rows, (), (1.3, 1.9, 3.4, 5.4), note),)


def _answer(one: DltFacts, say: Say) -> Row:
    window = "–"
    if one.began and one.ends:
        window = say("{start} – {end}", start=say.date(one.began), end=say.date(one.ends))
    return (
        who_cell(one.person, say),
        Cell(say.code("dlt", one.answer), _TONES[one.answer]),
        Cell(window),
        Cell(all_said(one.because, say)),
    )


def _definition(facts: DefinitionFacts, say: Say) -> tuple[Block, ...]:
    until = say("day {day} after the first infusion", day=facts.days_after_first_infusion)
    if facts.days_after_chemotherapy_start is not None:
        until = say(
            "the later of {first} and day {day} after the start of that chemotherapy",
            first=until, day=facts.days_after_chemotherapy_start,
        )  # fmt: skip
    rows: list[tuple[str, tuple[Cell, ...]]] = [(say("Watched until"), (Cell(until),))]
    if facts.minimum_dose_percent is not None:
        rows.append((say("Dose needed to count without one"), (Cell(f"{facts.minimum_dose_percent} %"),)))
    rows.append((say("Where it comes from"), (*assumed_cell(facts.assumed, say), Cell(facts.basis or "–"))))
    return (Steps(facts.items), Pairs(tuple(rows)))


def _triggers(triggers: tuple[TriggerFacts, ...], say: Say) -> Block:
    if not triggers:
        return Paragraph(say("This study has no fixed triggers."))
    head = (say("Trigger"), say("Pauses at"), say("State"), say("What happened"))
    rows = tuple(_trigger(one, say) for one in triggers)
    note = say(
        "An assumption of this study: {texts}.", texts=say.joined((one.text for one in triggers if one.assumed), "; ")
    )
    return Table(
        say("What pauses the trial by itself"), head, rows, (1,), (4, 1, 1.8, 5),
        note if any(one.assumed for one in triggers) else "",
    )  # fmt: skip


def _trigger(one: TriggerFacts, say: Say) -> Row:
    happened = say.joined((f"{say.date(on)}: {said(text, say)}" for on, text in one.fired), "; ")
    if one.reached:
        state = Cell(say("fired"), "stopped") if one.in_force else Cell(say("fired; decided on"), "idle")
    else:
        state = Cell(say("{n} so far", n=len(one.fired)), "due") if one.fired else Cell(say("not fired"), "met")
    return (Cell(one.text), Cell(str(one.count)), state, Cell(happened or "–"))


def _characteristics(rule: RuleFacts, say: Say) -> tuple[Block, ...]:
    bounds = say.joined(
        (say("{bound} of {n}", bound=bound, n=n) for n, bound in enumerate(rule.lowest, 1) if bound is not None), ", "
    )
    pairs = Pairs(((say("Pauses at"), (Cell(bounds or say("no number of events")),)),))
    if not rule.characteristics:
        return (
            pairs,
            Paragraph(say("What it does at each true rate is not reckoned for so many participants."), "note"),
        )
    head = (say("True DLT rate"), say("P(stop)"), say("Participants on average"))
    rows = tuple(
        (Cell(say.percent(float(one.true_rate))), Cell(say.percent(one.p_stop, 1)), Cell(f"{one.expected_n:.1f}"))
        for one in rule.characteristics
    )
    note = say(
        "Exact, over {n} participants. Stops before the first look count, and a stop at the last participant.",
        n=len(rule.lowest),
    )
    return (Table(say("What the rule does at each true rate"), head, rows, (1, 2), (2, 2, 2), note), pairs)
