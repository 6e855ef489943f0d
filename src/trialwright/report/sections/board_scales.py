"""Graft versus host disease, cytokine release, neurotoxicity and infusion reactions, each on its own scale."""

import re
from collections.abc import Iterable
from typing import Final

from trialwright.report.blocks import Block, Cell, Paragraph, Row, Section, Table
from trialwright.report.safety_facts import AssessmentFacts, SafetyModel
from trialwright.report.scale_words import findings_said, reason_said, word_said
from trialwright.report.sections.board_words import who_cell
from trialwright.report.words import Say
from trialwright.safety.assessed import ScaleCount
from trialwright.stats import clopper_pearson

_SPAN: Final = re.compile("([^ ]+) (to|or) ([^ ]+)")


def scales(model: SafetyModel, say: Say) -> Section:
    """Everybody infused by the worst grade; then every look at every participant."""
    parts = []
    for count in model.scales:
        looks = [one for one in model.assessments if one.scale == count.scale]
        if looks:
            id = count.scale.replace(" ", "-").lower()
            parts.append(Section(f"scale-{id}", say.code("scale", count.scale), (_looks(looks, say),)))
    blocks: tuple[Block, ...] = (_worst(model.scales, say),) if model.infused else ()
    if not blocks:
        blocks = (Paragraph(say("Nobody is infused yet.")),)
    title = say("GVHD, cytokine release, neurotoxicity, infusion reactions")
    return Section("scales", title, blocks, tuple(parts))


def _worst(counts: tuple[ScaleCount, ...], say: Say) -> Table:
    n = counts[0].n
    width = max(len(one.words) for one in counts)
    head = (
        say("Scale"),
        *(say("step {at}", at=at) for at in range(width)),
        say("open"),
        say("not assessed"),
        say("Any, % (95 % exact)"),
    )
    rows = tuple(_scale(one, width, say) for one in counts)
    caption = say("Participants by worst grade; {n} infused", n=n)
    note = say(
        "Steps are the grades of each scale in order: acute GVHD 0, I to IV; chronic GVHD none, mild, moderate, "
        "severe; the others 0 to 5. Open: the worst grade may be one of several. Not assessed is not the same as "
        "without it; shares are of those infused."
    )
    return Table(caption, head, rows, tuple(range(1, width + 4)), (3, *(1,) * width, 1, 1.6, 2.4), note)


def _scale(one: ScaleCount, width: int, say: Say) -> Row:
    shown = zip(one.by_grade, one.words, strict=True)
    grades = [Cell(str(count), "strong", say(word)) if count else Cell("·") for count, word in shown]
    grades += [Cell("")] * (width - len(grades))
    some = sum(one.by_grade[1:])
    limits = clopper_pearson(some, one.n)
    share = f"{some / one.n * 100:.0f} ({limits.lower * 100:.0f} – {limits.upper * 100:.0f})"
    return (
        Cell(say.code("scale", one.scale)),
        *grades,
        Cell(str(one.open) if one.open else "·"),
        Cell(str(one.not_assessed)),
        Cell(share),
    )


def _looks(looks: Iterable[AssessmentFacts], say: Say) -> Table:
    found = tuple(looks)
    head = (say("Participant"), say("On"), say("Grade"), say("Because"), say("Findings"))
    versions = say.joined(sorted({one.version for one in found}), ", ")
    caption = say(
        "Every look, by participant and date; {versions}; day counted from the first infusion", versions=versions
    )
    return Table(caption, head, tuple(_look(one, say) for one in found), (), (1.3, 1.8, 1.6, 2.8, 5))


def _look(one: AssessmentFacts, say: Say) -> Row:
    beside = [say("dose-limiting")] if one.dose_limiting else []
    if one.steroid_refractory == "yes":
        beside.append(say("steroids do not control it"))
    if one.infusion is not None:
        beside.append(say("infusion {number}", number=one.infusion))
    day = "" if one.day is None else say("day {day}", day=one.day)
    because = say.joined((reason_said(reason, say) for reason in one.because), ", ")
    event = "" if one.event is None else say("{term}, G{grade}", term=one.event, grade=one.event_grade)
    return (
        who_cell(one.who, say),
        Cell(say.date(one.on), under=day),
        Cell(grade_said(one.grade, say), "strong", say.joined(beside, ", ")),
        Cell(because or "–"),
        Cell(findings_said(one.findings, say) or "–", under=event and say("event: {event}", event=event)),
    )


def grade_said(grade: str, say: Say) -> str:
    """A grade, or the span of those it may be: II to IV."""
    span = _SPAN.fullmatch(grade)
    if span is None:
        return word_said("scale grade", grade, say)
    low, high = (word_said("scale grade", part, say) for part in (span[1], span[3]))
    return say("{low} or {high}" if span[2] == "or" else "{low} to {high}", low=low, high=high)
