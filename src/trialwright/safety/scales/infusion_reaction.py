"""A reaction to the infusion itself: what was done about it, and its grade (CTCAE v5.0, infusion related reaction)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from trialwright.errors import FormatError
from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth, quoted
from trialwright.safety.scales.graded import Finding, Graded, worst_of
from trialwright.safety.scales.typed import check_fields, check_range, read_number, read_truth

SCALE: Final = "CTCAE v5.0 infusion related reaction"
FIELDS: Final = (
    "reaction",
    "interrupted",
    "prompt_response",
    "prophylaxis_hours",
    "prolonged_or_recurrent",
    "hospitalised",
    "life_threatening",
    "death",
)
LONGEST_PROPHYLAXIS_HOURS: Final = 24
_MOST_HOURS: Final = 1000
_SAID: Final = {
    "reaction": "a reaction",
    "prolonged_or_recurrent": "prolonged or recurrent",
    "hospitalised": "in hospital for it",
    "life_threatening": "life-threatening",
    "death": "death",
}
_GRADES: Final = {"reaction": 1, "prolonged_or_recurrent": 3, "hospitalised": 3, "life_threatening": 4, "death": 5}


@dataclass(frozen=True, slots=True)
class InfusionReaction:
    """One reaction at its worst; UNKNOWN and None are not known.

    reaction                whether there was one; a form that does not ask is filled in for a reaction.
    interrupted             whether the infusion had to be interrupted or stopped, or symptoms had to be treated.
    prompt_response         whether that helped promptly; of no meaning where nothing was done.
    prophylaxis_hours       how long medicines had to be given on against its return; 0 is none.
    prolonged_or_recurrent  slow to respond, or back after it had improved.
    death                   whether the person died of it; a form that does not ask is filled in for the living.
    Raises ValueError for hours outside 0-1000, or if there was no reaction and yet one of its findings.
    """

    interrupted: Truth
    prompt_response: Truth
    prophylaxis_hours: Decimal | None
    prolonged_or_recurrent: Truth
    hospitalised: Truth
    life_threatening: Truth
    death: Truth = FALSE
    reaction: Truth = TRUE

    def __post_init__(self) -> None:
        check_range("prophylaxis_hours", self.prophylaxis_hours, 0, _MOST_HOURS)
        if self.reaction is FALSE and (found := self.findings):
            raise ValueError(f"there was no reaction, and yet {', '.join(found)}")

    @property
    def findings(self) -> tuple[str, ...]:
        """The fields that say something only a reaction can have."""
        signs = ("interrupted", "prolonged_or_recurrent", "hospitalised", "life_threatening", "death")
        found = tuple(sign for sign in signs if getattr(self, sign) is TRUE)
        return (*found, "prophylaxis_hours") if self.prophylaxis_hours else found


def grade_infusion_reaction(reaction: InfusionReaction) -> Graded:
    """The grade 0 to 5, the worst finding deciding; with a finding unknown, the grades it can be.

    0 none; 1 no interruption and nothing to treat; 2 interrupted or treated with a prompt response, or prophylaxis for
    up to 24 hours; 3 prolonged or recurrent, or in hospital for it; 4 life-threatening; 5 death.
    Our readings: no prompt response, and prophylaxis for more than 24 hours, are more than grade 2 allows, so 3.
    Source CTCAE v5.0, NCI 2017.

    >>> mild = InfusionReaction(FALSE, UNKNOWN, Decimal(0), FALSE, FALSE, FALSE)
    >>> grade_infusion_reaction(mild).text
    '1'
    """
    if reaction.reaction is FALSE:
        return worst_of(SCALE, [Finding(0, 0, "no reaction")], nothing="no reaction")
    signs = (_sign(field, getattr(reaction, field)) for field in _GRADES)
    return worst_of(SCALE, (_treated(reaction), _prophylaxis(reaction), *signs), nothing="no reaction")


def read_infusion_reaction(typed: Mapping[str, str]) -> InfusionReaction:
    """The findings from plain words under the names of FIELDS; left out is unknown, but reaction: yes, death: no.

    Raises FormatError naming the field, what was found and what was expected; also where there was no reaction and yet
    one of its findings.
    """
    check_fields(typed, FIELDS)
    unless = {"reaction": TRUE, "death": FALSE}
    truths = {
        field: read_truth(typed, field, otherwise=unless.get(field, UNKNOWN))
        for field in FIELDS
        if field not in ("reaction", "prophylaxis_hours")
    }
    expected = f"hours from 0 to {_MOST_HOURS}, such as 24,"
    hours = read_number(typed, "prophylaxis_hours", Decimal(0), Decimal(_MOST_HOURS), expected)
    told = InfusionReaction(prophylaxis_hours=hours, **truths)
    reaction = read_truth(typed, "reaction", otherwise=unless["reaction"])
    if reaction is FALSE and told.findings:
        raise FormatError(
            f"reaction: {quoted(typed['reaction'])} was found, but also {', '.join(told.findings)}, "
            "which only a reaction has. Correct one of them, or write unknown."
        )
    return replace(told, reaction=reaction)


def _sign(field: str, truth: Truth) -> Finding:
    grade = _GRADES[field]
    missing = (field,) if truth is UNKNOWN else ()
    return Finding(grade if truth is TRUE else 0, 0 if truth is FALSE else grade, _SAID[field], missing)


def _treated(reaction: InfusionReaction) -> Finding:
    """Interruption and treatment with what came of them."""
    interrupted, prompt = reaction.interrupted, reaction.prompt_response
    if interrupted is FALSE:
        return Finding(0, 0, "not interrupted")
    highest = 2 if prompt is TRUE else 3
    lowest = 0 if interrupted is UNKNOWN else 3 if prompt is FALSE else 2
    asked = (("interrupted", interrupted), ("prompt_response", prompt))
    said = "interrupted or treated" + {TRUE: ", prompt response", FALSE: ", no prompt response", UNKNOWN: ""}[prompt]
    return Finding(lowest, highest, said, tuple(name for name, truth in asked if truth is UNKNOWN))


def _prophylaxis(reaction: InfusionReaction) -> Finding:
    hours = reaction.prophylaxis_hours
    if hours is None:
        return Finding(0, 3, "prophylaxis not known", ("prophylaxis_hours",))
    grade = 0 if hours == 0 else 2 if hours <= LONGEST_PROPHYLAXIS_HOURS else 3
    return Finding(grade, grade, f"prophylaxis for {hours} hours")
