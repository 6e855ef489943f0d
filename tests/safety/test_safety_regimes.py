"""Which regimes apply to a study, and what its reference information calls expected."""

from importlib.resources import files

import pytest

from trialwright.facts import FALSE, TRUE, UNKNOWN, Truth, parse_occurred
from trialwright.safety.reporting.clocks import Case, Turn, duties
from trialwright.safety.reporting.regimes import judge_expectedness, regimes_of
from trialwright.study import ReferenceInformation, Regime, Reporting, read_study
from trialwright.study.shipped_regimes import SHIPPED

VERSIONS = (
    ReferenceInformation(version="1.0", valid_from="2026-01-01", expected=("Fever", "Chills")),
    ReferenceInformation(
        version="2.0",
        valid_from="2026-07-01",
        expected=("Fever", "Cytokine release syndrome"),
        expected_fatal=("Sepsis",),
    ),
)


@pytest.mark.parametrize(
    ("term", "onset", "fatal", "unexpected", "version"),
    [
        ("Fever", "2026-03-02", FALSE, FALSE, "1.0"),
        (" fever ", "2026-03-02T10:00+08:00[Asia/Shanghai]", FALSE, FALSE, "1.0"),
        ("Fever", "2026-03-02", TRUE, TRUE, "1.0"),
        ("Fever", "2026-03-02", UNKNOWN, UNKNOWN, "1.0"),
        ("Cytokine release syndrome", "2026-06-30", FALSE, TRUE, "1.0"),
        ("Cytokine release syndrome", "2026-07-01", FALSE, FALSE, "2.0"),
        ("Sepsis", "2026-07-02", TRUE, FALSE, "2.0"),
        ("Fever", "2026-06", FALSE, FALSE, "1.0"),
        ("Fever", "2026", FALSE, FALSE, "1.0 or 2.0"),  # both say so
        ("Chills", "2026", FALSE, UNKNOWN, None),
        ("Chills", "2026-07", FALSE, TRUE, "2.0"),
        ("Fever", "2025-12-31", FALSE, UNKNOWN, None),
        ("Fever", "2025", FALSE, UNKNOWN, None),
        ("Fever", None, FALSE, UNKNOWN, None),
    ],
)
def test_an_event_is_judged_by_the_version_in_force_at_its_onset(
    term: str, onset: str | None, fatal: Truth, unexpected: Truth, version: str | None
) -> None:
    when = None if onset is None else parse_occurred(onset)
    found = judge_expectedness(term, when, fatal=fatal, reference_information=VERSIONS)
    assert (found.unexpected, found.version) == (unexpected, version)
    assert found.because.endswith(".")


def test_an_onset_across_two_versions_is_judged_where_both_say_the_same() -> None:
    later = (VERSIONS[0], ReferenceInformation(version="2.0", valid_from="2026-03-15", expected=("Fever",)))
    march = parse_occurred("2026-03")
    assert judge_expectedness("Fever", march, fatal=FALSE, reference_information=later).unexpected is FALSE
    chills = judge_expectedness("Chills", march, fatal=FALSE, reference_information=later)
    assert (chills.unexpected, chills.version) == (UNKNOWN, None)
    assert "1.0 or 2.0" in chills.because


def test_an_onset_that_may_lie_before_the_first_version_is_not_known_to_be_expected() -> None:
    later = (ReferenceInformation(version="1.0", valid_from="2026-03-15", expected=("Fever",)),)
    found = judge_expectedness("Fever", parse_occurred("2026-03"), fatal=FALSE, reference_information=later)
    assert (found.unexpected, found.version) == (UNKNOWN, None)
    assert "none or 1.0" in found.because


def test_without_reference_information_nothing_is_known_to_be_expected() -> None:
    found = judge_expectedness("Fever", parse_occurred("2026-03-02"), fatal=FALSE, reference_information=())
    assert found.unexpected is UNKNOWN


def test_a_study_without_reporting_has_no_clocks() -> None:
    assert regimes_of(None) == ()


def test_the_regimes_of_a_sponsor_are_those_named_then_its_own() -> None:
    own = Regime(id="board", label="board", by="sponsor", to=("board",), when="serious", hours=48)
    reporting = Reporting(initiated_by="sponsor", regimes=("US_312.32", "site"), own_regimes=(own,))
    assert regimes_of(reporting) == (SHIPPED["US_312.32"], SHIPPED["site"], own)


def test_in_an_investigator_s_trial_every_clock_counts_from_the_site_and_nobody_tells_himself() -> None:
    reporting = Reporting(initiated_by="investigator", regimes=("CN_CDE", "pregnancy", "site_to_sponsor"))
    cde, pregnancy, to_sponsor = regimes_of(reporting)
    assert (cde.day_0, cde.by, cde.to) == ("site_aware", "investigator", SHIPPED["CN_CDE"].to)
    assert pregnancy.to == ("institution", "ethics committee")
    assert to_sponsor.to == ("sponsor",)
    told_late = Turn(parse_occurred("2026-03-02"), TRUE, FALSE, TRUE, TRUE, parse_occurred("2026-03-09"))
    (duty,) = duties(Case("C-1", "Asia/Shanghai", (told_late,)), (cde,))
    assert str(duty.due) == "2026-03-17"


def test_the_reference_study_tells_institution_ethics_committee_and_health_authority() -> None:
    text = files("trialwright.studies").joinpath("nct05333705/study.yaml").read_text(encoding="utf-8")
    reporting = read_study(text).study.safety.reporting
    assert reporting is not None
    assert (reporting.initiated_by, reporting.source) == ("investigator", "assumption")
    site, iit, pregnancy = regimes_of(reporting)
    assert (site.hours, site.to) == (24, ("institution", "ethics committee"))
    assert (iit.to, iit.fatal_days, iit.other_days) == (("institution", "ethics committee", "health authority"), 7, 15)
    assert pregnancy.hours == 24


@pytest.mark.parametrize("regime", SHIPPED.values(), ids=lambda regime: regime.id)
def test_every_regime_that_ships_says_what_its_times_rest_on_and_sets_one(regime: Regime) -> None:
    assert regime.basis is not None
    assert regime.source == "assumption" or "memory" in regime.basis or "secondary" in regime.basis.lower()
    assert regime.to
    assert (regime.hours is None) is not (regime.other_days is None)
