"""Sentences and cells that several sections share: titles as findings, estimates, people, months."""

from decimal import Decimal
from typing import Final

from trialwright.report.blocks import Cell
from trialwright.report.curves import Reading
from trialwright.report.model import EndpointFacts, ReportModel
from trialwright.report.words import Say

MANY: Final = 40
"""Beyond this many participants nobody is listed one by one."""

_NEAR: Final = (
    (0.23, 0.27, "about a quarter"),
    (0.315, 0.35, "about a third"),
    (0.47, 0.53, "about half"),
    (0.65, 0.685, "about two thirds"),
    (0.73, 0.77, "about three quarters"),
)
_VERBS: Final = {
    "os": "{share} were alive at {when}",
    "os_infused": "{share} were alive at {when} after the first infusion",
    "dfs": "{share} were alive and free of disease at {when}",
    "cir": "{share} had relapsed by {when}",
    "cid": "{share} had died without relapse by {when}",
    "efs": "{share} were free of any event at {when}",
}


def label(one: EndpointFacts, say: Say) -> str:
    """The endpoint's name."""
    return say.label(one.measure, one.horizon_days, one.label)


def finding(one: EndpointFacts, say: Say) -> str:
    """The endpoint's result as a sentence that can stand as a title; careful about what it does not know."""
    when = horizon(one.horizon_days, say)
    reading = one.horizon
    if reading is None or reading.estimate is None:
        return say("{label} cannot be estimated yet", label=label(one, say))
    template = _VERBS.get(one.measure or "")
    share = nearly(reading.estimate, say)
    if template is None:
        return say("{label}: {share}", label=label(one, say), share=say.percent(reading.estimate))
    words = say(template, share=share, when=when)
    return words[0].upper() + words[1:]


def ran_out(one: EndpointFacts, say: Say) -> str:
    """A warning where a number stands for a day that nobody reached: follow-up ended for some, the rest had events."""
    reading = one.horizon
    if reading is None or reading.estimate is None or reading.at_risk or not one.followed.event_free:
        return ""
    return say("Nobody was followed as far as {when}: it rests on earlier events.", when=horizon(one.horizon_days, say))


def nearly(share: float, say: Say) -> str:
    """A share in words where it is near a common one, else as per cent; an estimate is always "an estimated"."""
    near = next((words for low, high, words in _NEAR if low <= share <= high), None)
    return say(near) if near else say("an estimated {percent}", percent=say.percent(share))


def horizon(days: float, say: Say) -> str:
    """The endpoint's time in words: two years, 18 months."""
    years = {1: "one year", 2: "two years", 3: "three years", 5: "five years"}
    whole = next((words for count, words in years.items() if abs(days - 365.25 * count) < 1), None)
    return say(whole) if whole else say("{months} months", months=say.months(days))


def estimate_cell(reading: Reading | None, say: Say) -> Cell:
    """The estimate with its interval below; what could not be estimated says why."""
    if reading is None:
        return Cell("–")
    if reading.estimate is None:
        return Cell(say("Could not be estimated"), "quiet", say.note(reading.note))
    return Cell(say.percent(reading.estimate, 1), under=limits(reading, say))


def limits(reading: Reading, say: Say) -> str:
    """The interval in brackets, and its name where it is not the usual one."""
    if reading.lower is None:
        return say.note(reading.note)
    named = f" {reading.interval}" if reading.interval != "log-log" else ""
    return f"({say.interval(reading.lower, reading.upper)}){named}"


def bpcp_cell(reading: Reading, say: Say) -> Cell:
    """The beta product interval beside the usual one."""
    return Cell(say.interval(*reading.bpcp) if reading.bpcp else "–")


def who(one: EndpointFacts, say: Say) -> str:
    """Who is counted and from when: "in remission, from the remission or enrolment, whichever is later"."""
    population = say.code("population", one.population) if one.population else say("population not stated")
    origin = say.code("origin", one.origin) if one.origin else say("origin not stated")
    return say.joined((population, origin))


def events(one: EndpointFacts, say: Say) -> str:
    """What happened to how many: "5 relapsed, 2 died without relapse"."""
    said = [f"{count} {say.code('event', cause)}" for cause, count in one.events.items()]
    return say.joined(said, ", ") if said else say("no event yet")


def places_sentence(model: ReportModel, say: Say) -> str:
    """The state of the trial in one sentence."""
    if model.study.historical:
        return say("{n} people, taken over from a table of the past.", n=model.enrolled)
    if model.enrolled >= model.target:
        taken = say("All {target} places are taken.", target=say.count(model.target))
    else:
        taken = say(
            "{n} of {target} places are taken.",
            n=say.count(model.enrolled, opening=True),
            target=say.count(model.target),
        )
    return f"{taken}{say.gap}{say('The trial is paused.')}" if model.pauses else taken


def number(value: Decimal | None, unit: str | None = None) -> str:
    """A number as a person writes it: 18.4 × 10⁶ for the very large, else as it is; a dash if unknown."""
    if value is None:
        return "–"
    if value >= 100_000:
        power = value.adjusted()
        leading = f"{value.scaleb(-power):.2f}".rstrip("0").rstrip(".")
        words = f"{leading}\u00a0×\u00a010{str(power).translate(_RAISED)}"
    else:
        shown = f"{value.quantize(Decimal('0.01')):f}" if value.as_tuple().exponent < -2 else f"{value:f}"  # type: ignore[operator]
        words = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return words + unit_words(unit)


def unit_words(unit: str | None) -> str:
    """A unit as it is read, after a no-break space: 10*9/L is × 10⁹/L, umol/L is µmol/L."""
    if not unit:
        return ""
    if unit.startswith("10*"):
        power, _, per = unit.removeprefix("10*").partition("/")
        return f"\u00a0×\u00a010{power.translate(_RAISED)}{'/' if per else ''}{per}"
    if unit.startswith("/"):
        return unit
    return "\u00a0" + unit.replace("umol", "μmol").replace("ug/", "μg/").replace("/m2", "/m²")


_RAISED: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
