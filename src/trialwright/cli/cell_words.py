"""How the views of the cells read at the shell."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from trialwright.cli.say import table

if TYPE_CHECKING:
    from trialwright.cells.laboratory import AlertView, CellsView, Item, Stock
    from trialwright.cells.options import Option
    from trialwright.cells.plan import CellPlan, Milestone, ParticipantPlan
    from trialwright.cells.views import DonorView, ParticipantView

NOTHING = "–"
MARKS = {"yes": "✓", "unknown": "?", "no": "✗"}
URGENT = ("late", "impossible", "done outside its window")


def stock_text(stock: "Stock") -> str:
    """The laboratory's stock and everybody who is called."""
    head = f"Cells as of {_spoken(stock.at)}"
    there = items_table(stock.items) if stock.items else "No collection, lot or dose is anywhere now."
    running = [f"  ! {one.who}: {_no_end(one.infusion, one.at)}" for one in stock.running]
    return "\n\n".join([head, *_alerts(stock.alerts), *_titled("INFUSIONS WITHOUT AN END", running), there])


def participant_text(view: "ParticipantView") -> str:
    """A participant's cells, from the newest alert to the plan and what is possible."""
    number = f"participant {view.number}" if view.number is not None else "not enrolled"
    chain = (
        f"Chain of identity {view.chain}, since {_spoken(view.chain_since)}." if view.chain else "No donor is assigned."
    )
    band = f"Wristband: label {view.wristband}." if view.wristband else "No wristband was printed."
    parts = [f"{view.code} ({number}), as of {_spoken(view.at)}\n{chain} {band}", *_alerts(view.alerts)]
    running = [f"  ! {_no_end(one.infusion, one.at)}" for one in view.infusions if one.running]
    parts += _titled("INFUSION WITHOUT AN END", running)
    parts.append(items_table(view.items) if view.items else "No lot was made for this participant.")
    given = [
        f"  infusion {one.infusion}, cycle {one.cycle}, {_spoken(one.at)}: {', '.join(one.doses) or one.lot}"
        f"{f', {one.volume_ml} mL' if one.volume_ml else ''}"
        f"{f', {one.nk_cells_per_kg} NK cells/kg' if one.nk_cells_per_kg else ''}"
        f"{f', {one.how}, reaction: {one.reaction}' if one.how else ''}"
        for one in view.infusions
    ]
    checks = [f"  {_spoken(one.at)}: {one.dose}, by {' and '.join(one.by)}" for one in view.checks]
    parts += _titled("Checked at the bedside", checks) + _titled("Given", given)
    parts += [plan_text(view.plan)] if view.plan else []
    parts += [options_text(view.options)] if view.options else []
    return "\n\n".join(parts)


def donor_text(view: "DonorView") -> str:
    """A donor: fit to give or not, what was taken, what became of it."""
    bank = f", of {view.bank}{f' ({view.bank_unit})' if view.bank_unit else ''}" if view.bank else ""
    registered = f"registered {_spoken(view.registered_on)}" if view.registered_on else "registered on an unknown day"
    decided = f", decided {_spoken(view.decided_on)}" if view.decided_on else ""
    exception = f" ({view.exception})" if view.exception else ""
    lines = [
        f"{view.code}, as of {_spoken(view.at)}",
        f"{view.source or 'source not recorded'}{bank}, {registered}.",
        f"Fit to give: {view.eligibility}{exception}{decided}.",
    ]
    tests = ", ".join(f"{test} {answer}" for test, answer in view.tests)
    lines += [f"Tests of the {view.tested or 'donor'}, sampled {_spoken(view.sampled_on)}: {tests}."] if tests else []
    lines += [
        f"Consent {one.document} {one.document_version}, signed {_spoken(one.on)} by the {one.signer}."
        for one in view.consents
    ] or ["No consent is recorded."]
    lines += [f"Consent taken back {_spoken(view.withdrew_on)}."] if view.withdrew_on else []
    lines.append(f"Gives now for {_people(view.gives_for)}; {_people(view.reached)} received cells.")
    there = items_table(view.items) if view.items else "Nothing was collected."
    return "\n\n".join(["\n".join(lines), *_alerts(view.alerts), there])


def cells_text(view: "CellsView") -> str:
    """A collection, lot or dose: how it stands, its tests, every hand it went through."""
    parts = [f"{view.item.sort} {view.item.code}, as of {_spoken(view.at)}", *_alerts(view.alerts)]
    parts.append(items_table((view.item, *view.parts)))
    let = [f"  {how} release, {_spoken(on)}, by {by}" for how, on, by in view.releases]
    parts += _titled("Released", let)
    if view.tests:
        rows = [[one.label, one.rule, one.status, one.found] for one in view.tests]
        weight = f" for {view.weight_kg} kg" if view.weight_kg else ", no recipient's weight being known"
        parts.append(f"Tests, judged now{weight}:\n{table(['test', 'rule', 'status', 'found'], rows)}")
    rows = [
        [
            _spoken(one.at),
            one.did,
            one.by,
            f"{one.giver or NOTHING} → {one.taker}" if one.taker else NOTHING,
            one.place or NOTHING,
            one.temperature or NOTHING,
            one.said or "",
        ]
        for one in view.moves
    ]
    head = ["when", "what", "by", "from → to", "place", "°C", ""]
    return "\n\n".join([*parts, *([f"Custody:\n{table(head, rows)}"] if rows else [])])


# --- parts ------------------------------------------------------------------------------------------------------------


def items_table(items: "Sequence[Item]") -> str:
    """Collections, lots and doses, one a line; a column nobody uses is left out."""
    head = ["code", "", "state", "for", "mL", "expires", "hours left", "label", "place", "with"]
    rows = [
        [
            one.code,
            one.sort,
            one.state,
            one.recipient or NOTHING,
            (one.left_ml if one.left_ml not in (None, "0") else one.volume_ml) or NOTHING,
            _spoken(one.expires_at) if one.expires_at else NOTHING,
            f"{one.hours_left:.1f}" if one.hours_left is not None else NOTHING,
            str(one.label or NOTHING),
            one.place or NOTHING,
            one.holder or NOTHING,
        ]
        for one in items
    ]
    used = [at for at, _ in enumerate(head) if any(row[at] != NOTHING for row in rows)]
    right = [place for place, at in enumerate(used) if head[at] in ("mL", "hours left")]
    return table([head[at] for at in used], [[row[at] for at in used] for row in rows], right=right)


def plan_text(plan: "ParticipantPlan | CellPlan", on: date | None = None) -> str:
    """A plan, one milestone a line, with how it stands where it is somebody's; and what sets the days still to come."""
    from trialwright.cells.plan import ParticipantPlan

    if not isinstance(plan, ParticipantPlan):
        title = f"Plan for a chemotherapy whose last day is {plan.ended_on}:"
        past = [one.impossible or (on is not None and one.past(on)) for one in plan.milestones]
        rows = [
            ["!" if over else " ", one.label, one.window, "too late" if over else ""]
            for one, over in zip(plan.milestones, past, strict=True)
        ]
        return f"{title}\n{table(['', 'what', 'when', ''], rows)}\n{_because(plan.milestones)}"
    ends = f"chemotherapy {'will end' if plan.planned else 'ended'} {plan.plan.ended_on}"
    nobody = "" if plan.assigned or plan.step("collected").done_on else " No donor is assigned."
    title = f"Plan of {plan.who} (participant {plan.number}), cycle {plan.cycle}: {ends}.{nobody}"
    rows = [
        [
            "!" if one.due in URGENT else "✓" if one.due == "done" else " ",
            one.milestone.label,
            one.milestone.window,
            f"{one.due}{f': {one.done_on}' if one.done_on else ''}{f', {one.done}' if one.done else ''}",
        ]
        for one in plan.steps
    ]
    to_come = [one.milestone for one in plan.steps if one.done_on is None]
    return f"{title}\n{table(['', 'what', 'when', 'stands'], rows)}\n{_because(to_come)}".rstrip("\n")


def _because(milestones: "Iterable[Milestone]") -> str:
    return "\n".join(f"   {one.label}: {one.because}." for one in milestones)


def options_text(options: "Iterable[Option]") -> str:
    """What is possible, each way with what it takes or what is against it."""
    lines = ["What is possible now:"]
    for one in options:
        lines.append(f"  {MARKS[one.possible] if one.way != 'lots for others' else '·'} {one.says}")
        lines += [f"      but: {said}" for said in one.against]
        lines += [f"      → {said}" for said in one.to_do]
    return "\n".join(lines)


def _alerts(alerts: "Sequence[AlertView]") -> list[str]:
    """Open alerts, if there are any: they come first."""
    lines = []
    for one in alerts:
        held = " HELD." if one.holds else ""
        lines += [
            f"  ! {one.about}, {_spoken(one.on)}: {one.says}.{held}",
            f"    → {', '.join(one.to)}: {one.asks}",
            f"    answered by: act answer_alert {one.about} --alert {one.id} --answer ...",
        ]
    return _titled("OPEN ALERTS", lines)


def _no_end(infusion: int, at: str | None) -> str:
    began = _spoken(at)
    when = f"{'at' if ':' in began else 'on'} {began}"
    return f"infusion {infusion} began {when} and no end is recorded (act end_infusion)"


def _titled(title: str, lines: list[str]) -> list[str]:
    return ["\n".join([f"{title}:", *lines])] if lines else []


def _people(count: int) -> str:
    return "1 participant" if count == 1 else f"{count} participants" if count else "nobody"


def _spoken(occurred: str | None) -> str:
    from trialwright.facts.order import spoken

    return spoken(occurred)
