"""What may be recorded about a person: the likely acts first, all others by the part of the trial they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from trialwright.conduct import ACTS, Act, may
from trialwright.ledger import Actor
from trialwright.web.acts.questions import Asked, asked

GROUPS: Final[tuple[tuple[object, frozenset[str]], ...]] = (
    (_("Arrival"), frozenset({"consent", "record_facts", "screen", "end_screening", "rescreen", "enrol"})),
    (
        _("Treatment"),
        frozenset(
            {
                "give_chemotherapy",
                "premedicate",
                "give_gvhd_prophylaxis",
                "decide_go",
                "print_label",
                "check_at_bedside",
                "infuse",
                "interrupt_infusion",
                "resume_infusion",
                "end_infusion",
                "not_infused",
                "stop_treatment",
            }
        ),
    ),
    (
        _("Follow-up"),
        frozenset({"visit", "contact", "assess_response", "relapse", "other_therapy", "transplant", "find_again"}),
    ),
    (
        _("Safety"),
        frozenset(
            {
                "record_condition",
                "mark_value",
                "report_adverse_event",
                "follow_adverse_event",
                "assess_infusion_reaction",
                "assess_crs",
                "assess_icans",
                "assess_acute_gvhd",
                "assess_chronic_gvhd",
                "report_pregnancy",
                "follow_pregnancy",
                "send_report",
                "answer_alert",
            }
        ),
    ),
    (_("Leaving"), frozenset({"withdraw", "lose_to_follow_up", "transfer_follow_up", "record_death"})),
)
LIKELY: Final[Mapping[str, tuple[str, ...]]] = {
    "in screening": ("record_facts", "screen", "enrol", "end_screening"),
    "screening ended": ("rescreen", "record_facts"),
    "waits for chemotherapy": ("give_chemotherapy", "visit", "record_facts", "report_adverse_event"),
    "waits for the infusion": ("visit", "decide_go", "premedicate", "check_at_bedside", "infuse"),
    "in the DLT window": ("visit", "report_adverse_event", "assess_response", "end_infusion"),
    "in follow-up": ("visit", "report_adverse_event", "assess_response", "contact"),
    "relapsed": ("contact", "visit", "other_therapy", "report_adverse_event"),
    "lost to follow-up": ("find_again", "contact"),
    "withdrew": ("contact", "record_deviation"),
    "died": ("record_deviation", "follow_adverse_event"),
}
"""Where a person is -> what is most often recorded then."""


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of acts."""

    name: object
    acts: tuple[Asked, ...]


def acts_for(actor: Actor, state: str) -> tuple[tuple[Asked, ...], tuple[Group, ...]]:
    """The likely acts for somebody in this state, and all others in groups: only those the actor's role may do."""
    open_ = [act for act in ACTS.values() if _about_person(act) and may(actor, act)]
    wanted = LIKELY.get(state, ())
    likely = tuple(asked(act) for name in wanted for act in open_ if act.name == name)
    others = [act for act in open_ if act.name not in wanted]
    grouped = [(name, [act for act in others if act.name in names]) for name, names in GROUPS]
    named = {act.name for _, acts in grouped for act in acts}
    grouped.append((_("Ledger"), [act for act in others if act.name not in named]))
    return likely, tuple(Group(name, tuple(map(asked, acts))) for name, acts in grouped if acts)


def _about_person(act: Act[object]) -> bool:
    return act.subject in ("person", "anybody") and not act.opens
