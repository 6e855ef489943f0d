"""Gates of treatment: what must have come before cells are given, for every infusion anew."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.judging import anchors_of, found
from trialwright.conduct.order import certainly_before, days_between, minutes_between, spoken
from trialwright.conduct.outcome import Reason
from trialwright.conduct.person_facts import known_person
from trialwright.criteria import Anchors, Criterion, Judged, Kind, judge
from trialwright.errors import FormatError
from trialwright.facts import LocalTime, parse_decimal, parse_occurred, parse_partial_date
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    ChemotherapyGiven,
    FactsRecorded,
    GoDecided,
    Infused,
    NotInfused,
    Premedicated,
    ProphylaxisGiven,
    What,
)
from trialwright.ledger.trial import Casebook
from trialwright.study import library_of

# --- chemotherapy -----------------------------------------------------------------------------------------------------


def regimen_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The regimen is one that the study names, where it names any."""
    chemotherapy = deed.study.treatment.chemotherapy
    known = [regimen.id for regimen in chemotherapy.regimens] if chemotherapy else []
    if known and deed.what.regimen not in known:
        yield Reason(
            "chemotherapy.unknown_regimen",
            f"{deed.what.regimen!r} is no regimen of the study. It has: {', '.join(known)}.",
            "Choose one of them; another regimen first enters the study file.",
        )


def cycle_in_order(deed: Deed[Any]) -> Iterable[Reason]:
    """Cycles are counted 1, 2, 3 ..., each once."""
    given = [entry.what.cycle for entry in deed.earlier(ChemotherapyGiven) if _recorded_first(deed, entry)]
    if deed.what.cycle in given:
        yield Reason(
            "chemotherapy.cycle_given",
            f"Cycle {deed.what.cycle} of {deed.number} is recorded already.",
            "Correct that entry (act correct), or count this one as the next cycle.",
        )
    elif deed.what.cycle != max(given, default=0) + 1:
        yield Reason(
            "chemotherapy.cycle_order",
            f"Cycle {deed.what.cycle} was given as number; {deed.number} has had {len(given)} cycle(s).",
            f"The next cycle is number {max(given, default=0) + 1}.",
        )


def _recorded_first(deed: Deed[Any], entry: Entry[Any]) -> bool:
    return deed.itself is None or entry.order < deed.itself.order


def cycle_ends_after_start(deed: Deed[Any]) -> Iterable[Reason]:
    """A cycle's last day is not before its first."""
    if certainly_before(parse_partial_date(deed.what.ended_on), deed.when):
        yield Reason(
            "chemotherapy.ends_before_start",
            f"The cycle starts on {deed.dated} and ends on {deed.what.ended_on}.",
            "Check both dates.",
        )


def changes_explained(deed: Deed[Any]) -> Iterable[Reason]:
    """A reduced or omitted drug says why."""
    for drug in deed.what.drugs:
        if drug.get("change") and not drug.get("why"):
            yield Reason(
                "chemotherapy.change_without_why",
                f"{drug.get('drug')} was {drug['change']}, and no reason is given.",
                "Say why, beside the change.",
            )


# --- what came since the previous infusion ----------------------------------------------------------------------------


def previous_infusion(deed: Deed[Any]) -> Entry[Infused] | None:
    """The last infusion before this one."""
    earlier = [e for e in deed.earlier(Infused) if _recorded_first(deed, e) or deed.follows(e)]
    return earlier[-1] if earlier else None


def since_previous(deed: Deed[Any], kind: type[What]) -> list[Entry[Any]]:
    """Entries of a kind that may lie between the previous infusion and this one."""
    previous = previous_infusion(deed)
    found: list[Entry[Any]] = list(deed.earlier(kind))
    if previous is None or previous.occurred is None:
        return found
    start = parse_occurred(previous.occurred)
    return [e for e in found if not (e.occurred and certainly_before(parse_occurred(e.occurred), start))]


def chemotherapy_in_window(deed: Deed[Any]) -> Iterable[Reason]:
    """This cycle's chemotherapy ended within the study's days before the infusion."""
    rule = deed.study.treatment.infusion
    cycle = deed.what.cycle
    given = [entry for entry in deed.earlier(ChemotherapyGiven) if entry.what.cycle == cycle]
    if deed.study.treatment.chemotherapy is None and not given:
        return
    if not given:
        yield Reason(
            "infusion.no_chemotherapy",
            f"No chemotherapy of cycle {cycle} is recorded for {deed.number}.",
            "Check the cycle; record its chemotherapy first (act give_chemotherapy).",
        )
        return
    ended = parse_partial_date(given[-1].what.ended_on)
    fewest, most = days_between(ended, deed.when)
    low = rule.min_days_after_chemotherapy if rule else None
    high = rule.max_days_after_chemotherapy if rule else None
    if (low is not None and most < low) or (high is not None and fewest > high):
        opens = ended.earliest + timedelta(days=low or 0)
        closes = f" to {ended.latest + timedelta(days=high)}" if high is not None else " on"
        yield Reason(
            "infusion.chemotherapy_window",
            f"Chemotherapy of cycle {cycle} ended on {ended}; {deed.dated} is {fewest} days after it. "
            f"The study infuses from {opens}{closes}.",
            "Choose a day inside, or correct the last day of the chemotherapy if it is wrong.",
        )


def premedicated(deed: Deed[Any]) -> Iterable[Reason]:
    """One agent of every group of anti-allergic medication was given since the previous infusion."""
    rule = deed.study.treatment.premedication
    if rule is None:
        return
    given = {str(agent.get("group")) for e in since_previous(deed, Premedicated) for agent in e.what.agents}
    for group in rule.groups:
        if group not in given:
            yield Reason(
                "infusion.no_premedication",
                f"No {group} is recorded for {deed.number} since the previous infusion.",
                "Give and record it first (act premedicate).",
            )


def minutes_off(deed: Deed[Any]) -> Iterable[str]:
    """Premedication outside its minutes: said, recorded as a minor deviation, never a reason to refuse."""
    rule = deed.study.treatment.premedication
    given = since_previous(deed, Premedicated) if rule else []
    if rule is None or not given or given[-1].occurred is None:
        return
    minutes = minutes_between(parse_occurred(given[-1].occurred), deed.when)
    low, high = rule.min_minutes_before, rule.max_minutes_before
    if minutes is not None and ((low is not None and minutes < low) or (high is not None and minutes > high)):
        yield f"Premedication {minutes} minutes before the infusion; the study asks for {low or 0} to {high or '...'}."


def prophylaxis_given(deed: Deed[Any]) -> Iterable[Reason]:
    """Prophylaxis of graft versus host disease was given since the previous infusion."""
    if deed.study.treatment.gvhd_prophylaxis is None:
        return
    if not any(entry.what.agents for entry in since_previous(deed, ProphylaxisGiven)):
        yield Reason(
            "infusion.no_gvhd_prophylaxis",
            f"No prophylaxis of graft versus host disease is recorded for {deed.number} since the previous infusion.",
            "Give and record it first (act give_gvhd_prophylaxis).",
        )


def go_signed(deed: Deed[Any]) -> Iterable[Reason]:
    """The newest decision for this cycle is a signed go."""
    if not deed.study.treatment.go_no_go:
        return
    decisions = [entry for entry in since_previous(deed, GoDecided) if entry.what.cycle == deed.what.cycle]
    if not decisions:
        yield Reason(
            "infusion.no_go",
            f"No go or no-go of cycle {deed.what.cycle} is recorded for {deed.number}.",
            "Go through the checks and let an investigator sign (act decide_go).",
        )
    elif decisions[-1].what.decision != "go" or not decisions[-1].what.signed_by:
        yield Reason(
            "infusion.no_go",
            f"The decision of {spoken(decisions[-1].occurred)} for {deed.number} is {decisions[-1].what.decision}.",
            "Do not infuse. If the checks are passed now, an investigator decides anew (act decide_go).",
        )


def checks_passed(deed: Deed[Any]) -> Iterable[Reason]:
    """A go needs every check of the study's list answered yes."""
    if deed.what.decision != "go":
        return
    answers = {str(check.get("id", check.get("check"))): str(check.get("answer", "")) for check in deed.what.checks}
    for check in deed.study.treatment.go_no_go:
        answer = answers.get(check.id, "")
        if answer.lower() not in ("yes", "true", "not applicable"):
            yield Reason(
                "go.check_open",
                f"{check.label}: {answer or 'not answered'}.",
                "A go needs yes (or not applicable) to every check; otherwise decide no-go.",
            )
    for failed in checks_failed(deed):
        yield Reason(
            "go.check_failed",
            f"{failed.criterion.text} ({failed.criterion.rule}) does not hold on what is recorded: {found(failed)}.",
            "Decide no-go, or correct the value if it is wrong.",
        )


def checks_failed(deed: Deed[Any]) -> Iterable[Judged]:
    """The checks with a rule that the person's own facts contradict. What is unknown is left to who answers."""
    rules = {check.id: (check.label, check.rule) for check in deed.study.treatment.go_no_go if check.rule}
    criteria = [
        Criterion(id, Kind.INCLUSION, label, rule or "", "study", "study") for id, (label, rule) in rules.items()
    ]
    if not criteria:
        return ()
    moments = anchors_of(deed.book, deed.when, infusion=deed.when)
    person = known_person(deed.book, deed.when.latest)
    return judge(criteria, person, Anchors(moments), deed.when.latest, library_of(deed.study.eligibility)).barring


# --- the infusion itself ----------------------------------------------------------------------------------------------


def started_at_a_moment(deed: Deed[Any]) -> Iterable[Reason]:
    """The start carries its hour: whether the cells are alive is a question of hours."""
    if not isinstance(deed.when, LocalTime):
        yield Reason(
            "infusion.no_time",
            f"The infusion is dated {deed.dated}, without the time of its start.",
            "Give date and time with the zone, such as 2026-11-22T14:30+08:00[Asia/Shanghai].",
        )


def infusions_left(deed: Deed[Any]) -> Iterable[Reason]:
    """The study plans another infusion, and nobody decided against it."""
    rule = deed.study.treatment.infusion
    count = len([entry for entry in deed.earlier(Infused) if _recorded_first(deed, entry)])
    if rule and rule.max_infusions is not None and count >= rule.max_infusions:
        yield Reason(
            "infusion.too_many",
            f"{deed.number} has had {count} infusion(s); the study gives at most {rule.max_infusions}.",
            "No further infusion is planned for this person.",
        )
    for decision in deed.standing(NotInfused):
        if decision.what.cycle in (None, deed.what.cycle):
            yield Reason(
                "infusion.decided_against",
                f"Decided on {spoken(decision.occurred)}: this infusion will not be given ({decision.what.reason}).",
                "If that was recorded in error, retract it first (act retract).",
            )


def verified_by(deed: Deed[Any]) -> tuple[str, ...]:
    """Who checked person, bag and order: those named, or else the two who act."""
    if deed.what.verified_by:
        return tuple(dict.fromkeys(deed.what.verified_by))
    people = (deed.actor.id, deed.second.id if deed.second else None)
    return tuple(dict.fromkeys(code for code in people if code))


def two_verified(deed: Deed[Any]) -> Iterable[Reason]:
    """Different people checked person, bag and order: as many as the study asks for."""
    rule = deed.study.treatment.infusion
    needed = rule.verifiers if rule else 2
    people = verified_by(deed)
    if len(people) < needed:
        yield Reason(
            "infusion.one_verifier",
            f"Verified by {', '.join(people) or 'nobody'}; {needed} different people must verify.",
            "Let a second person check wristband, bag and order, and act with you (--with CODE).",
        )


def cells_per_kg(deed: Deed[Any]) -> Decimal | None:
    """The dose per kilogram as stated, or reckoned from the lot's cells, its doses and the weight; None if unknown."""
    if deed.what.nk_cells_per_kg is not None:
        return parse_decimal(deed.what.nk_cells_per_kg)
    lot = deed.lot(deed.what.lot)
    weight = deed.what.weight_kg
    if lot is None or lot.made is None or lot.made.what.nk_cells is None or weight is None:
        return None
    kilograms = parse_decimal(weight)
    return parse_decimal(lot.made.what.nk_cells) / lot.made.what.doses / kilograms if kilograms > 0 else None


def dose_in_window(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells per kilogram are known and inside the study's window."""
    window = deed.study.treatment.infusion.dose if deed.study.treatment.infusion else None
    if window is None:
        return
    dose = cells_per_kg(deed)
    if dose is None:
        yield Reason(
            "infusion.dose_unknown",
            f"The dose of {deed.number} is unknown: give cells per kg, or weight and the lot's cells.",
            "Give the weight (weight_kg), or the dose (nk_cells_per_kg).",
        )
    elif not window.low <= dose <= window.high:
        yield Reason(
            "infusion.dose_outside",
            f"The dose is {_scientific(dose)} cells/kg; the study gives {_scientific(window.low)} to "
            f"{_scientific(window.high)}.",
            "Check cells and weight; give another part of the lot.",
        )


def _scientific(value: Decimal) -> str:
    """As people write a dose: 1.75e7."""
    if value == 0:
        return "0"
    mantissa = (value / Decimal(10) ** value.adjusted()).quantize(Decimal("0.001")).normalize()
    return f"{mantissa:f}e{value.adjusted()}"


def weight_unchanged(deed: Deed[Any]) -> Iterable[Reason]:
    """The weight used for the dose is near the newest weight known."""
    rule = deed.study.treatment.infusion
    if rule is None or rule.weight_tolerance_percent is None or deed.what.weight_kg is None:
        return
    newest = newest_weight(deed)
    if newest is None:
        return
    today, used = newest[0], parse_decimal(deed.what.weight_kg)
    if today > 0 and abs(used - today) * 100 > rule.weight_tolerance_percent * today:
        yield Reason(
            "infusion.weight_changed",
            f"The dose was made for {used} kg; {deed.number} weighed {today} kg on {newest[1]}, more than "
            f"{rule.weight_tolerance_percent} % away.",
            "Weigh again and reckon the dose anew.",
        )


def newest_weight(deed: Deed[Any], book: Casebook | None = None) -> tuple[Decimal, str] | None:
    """The newest weight in kilograms recorded up to the deed, with its date."""
    found: list[tuple[str, Decimal]] = []
    for entry in deed.all(FactsRecorded, book):
        for fact in entry.what.facts:
            if fact.get("concept") != "weight" or fact.get("unit") != "kg" or not fact.get("on"):
                continue
            try:
                if not certainly_before(deed.when, parse_occurred(str(fact["on"]))):
                    found.append((str(fact["on"]), parse_decimal(str(fact.get("value")))))
            except FormatError:
                continue  # a weight such as "<80": no number to compare with
    if not found:
        return None
    on, weight = max(found, key=lambda one: one[0])
    return weight, on
