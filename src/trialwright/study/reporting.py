"""Who must be told of harm, and by when: the regimes a study reports under, and what counts as expected."""

from typing import Literal

from pydantic.dataclasses import dataclass

from trialwright.study.shapes import CLOSED, CalendarDay, Code, Hours, Landmark, Source, Text

When = Literal["serious", "suspected_unexpected", "pregnancy"]
"""serious: every serious event. suspected_unexpected: serious, unexpected and related, each as far as is known."""


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Regime:
    """One rule of reporting: who tells whom, of which events, within which time.

    by, to              who reports; who is told
    hours               the first report of every such event, counted from the moment of awareness
    fatal_days          the first report of a fatal or life-threatening case, counted from day 0; None: `other_days`
    other_days          the first report of any other case; None: such cases are not reported
    followup_days       the complete report of a fatal or life-threatening case, after the first report is due
    new_information_days  whatever is learned after the first report was owed
    day_0               whose awareness is day 0
    counted             working days are Monday to Friday: public holidays are not known here, so none extends a limit
    """

    id: Code
    label: Text
    by: Literal["investigator", "sponsor"]
    to: tuple[Text, ...]
    when: When
    hours: Hours | None = None
    fatal_days: Landmark | None = None
    other_days: Landmark | None = None
    followup_days: Landmark | None = None
    new_information_days: Landmark | None = None
    day_0: Literal["site_aware", "sponsor_aware"] = "sponsor_aware"
    counted: Literal["calendar days", "working days"] = "calendar days"
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class ReferenceInformation:
    """What is known of the cells in one version, in force from a day on until the next.

    expected        terms that are expected, as the dictionary of events writes them
    expected_fatal  those of which a fatal or life-threatening course is expected as well
    """

    version: Text
    valid_from: CalendarDay
    expected: tuple[Text, ...] = ()
    expected_fatal: tuple[Text, ...] = ()
    source: Source | None = None
    basis: Text | None = None


@dataclass(frozen=True, kw_only=True, config=CLOSED)
class Reporting:
    """Under which regimes harm is reported. Investigator-initiated: day 0 of every clock is the site's awareness.

    regimes      names of regimes that ship with trialwright
    own_regimes  regimes of this study; they apply without being named again
    """

    initiated_by: Literal["investigator", "sponsor"]
    regimes: tuple[Code, ...] = ()
    own_regimes: tuple[Regime, ...] = ()
    reference_information: tuple[ReferenceInformation, ...] = ()
    source: Source | None = None
    basis: Text | None = None
