"""What is printed of an endpoint: which interval, what is grey, what is not estimable, what stands beside.

Exact limits of 15 are those of the table in tests/stats/test_stats_small_sample.py; all else follows from the stories.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from endpoints_story import CID, CIR, DFS, FAR, OS, STUDY, entry_of, on, trial_of

from trialwright.endpoints import (
    EndpointResult,
    Spread,
    baseline,
    estimate,
    estimate_all,
    exposure,
    flow,
    response,
)
from trialwright.ledger import kinds, trial_so_far
from trialwright.study import Endpoint


def measured(story: str, endpoint: Endpoint, cut_off: date = FAR) -> EndpointResult:
    return estimate(STUDY, trial_of(story), endpoint, cut_off)


def many(count: int, *lines: str, first: int = 1) -> str:
    """The same story of several people."""
    return "\n".join(f"S-{first + at} {line}" for at in range(count) for line in lines)


def test_without_any_death_the_beta_product_stands_alone() -> None:
    at_two_years = measured(many(15, "0 enrolled relapsed", "800 seen"), OS).horizon
    assert (at_two_years.usual.estimate, at_two_years.usual.lower, at_two_years.exact_alone) == (1.0, None, True)
    assert (at_two_years.shown.lower, at_two_years.shown.upper) == (pytest.approx(0.7820, abs=5e-5), 1.0)


def test_when_all_have_died_the_beta_product_stands_alone() -> None:
    at_two_years = measured(many(15, "0 enrolled relapsed", "100 died"), OS).horizon
    assert (at_two_years.usual.estimate, at_two_years.exact_alone) == (0.0, True)
    assert (at_two_years.shown.lower, at_two_years.shown.upper) == (0.0, pytest.approx(0.2180, abs=5e-5))


def test_from_three_deaths_on_both_intervals_are_printed() -> None:
    two = many(13, "0 enrolled relapsed", "800 seen") + "\n" + many(2, "0 enrolled relapsed", "90 died", first=14)
    three = many(12, "0 enrolled relapsed", "800 seen") + "\n" + many(3, "0 enrolled relapsed", "90 died", first=13)
    assert measured(two, OS).horizon.exact_alone
    both = measured(three, OS).horizon
    assert not both.exact_alone
    assert both.exact is not None
    assert (both.exact.lower, both.exact.upper) == pytest.approx((0.5191, 0.9567), abs=5e-5)
    assert both.usual.lower is not None


def test_a_reading_with_fewer_than_three_at_risk_is_grey() -> None:
    story = "\n".join(f"S-{at} 0 enrolled relapsed \n S-{at} {day} seen" for at, day in enumerate((200, 400, 800, 800)))
    grey = {reading.days: reading.few for reading in measured(story, OS).readings}
    assert grey == {182.625: False, 365.25: False, 547.875: True, 730.5: True}


def test_after_the_end_of_follow_up_nothing_is_estimated() -> None:
    reading = measured(many(3, "0 enrolled relapsed", "400 seen"), OS).horizon
    assert (reading.usual.estimate, reading.shown.lower) == (None, None)
    assert reading.usual.note == "not estimable: 730.5 is after the end of follow-up at 400"


def test_a_population_with_nobody_in_it_has_no_estimate_and_says_why() -> None:
    result = measured("S-1 0 enrolled relapsed \n S-1 90 died", DFS)
    assert (result.n, result.note) == (0, "not estimable: nobody is in this population yet")
    assert result.horizon.usual.estimate is None


def test_one_person_is_enough_for_an_estimate() -> None:
    result = measured("S-1 0 enrolled CR1 in remission \n S-1 100 relapsed", CIR)
    assert [reading.usual.estimate for reading in result.readings] == [1.0] * 4
    assert result.events == {"relapse": 1}


def test_with_only_competing_events_the_incidence_is_zero_not_an_error() -> None:
    story = many(2, "0 enrolled CR1 in remission", "100 died")
    assert measured(story, CIR).horizon.usual.estimate == 0.0
    assert measured(story, CID).horizon.usual.estimate == 1.0


def test_the_estimate_censored_at_transplant_is_printed_beside() -> None:
    story = many(2, "0 enrolled CR1 in remission") + "\n S-1 50 transplanted \n S-1 90 relapsed \n S-2 800 kept"
    (beside,) = measured(story, DFS).sensitivity
    assert beside.code == "censored at transplant"
    assert beside.readings[-1].usual.estimate == 1.0
    assert measured(story, DFS).horizon.usual.estimate == 0.5


def test_where_a_transplant_competes_survival_is_read_as_an_incidence() -> None:
    story = "S-1 0 enrolled CR1 in remission \n S-1 50 transplanted \n S-2 0 enrolled CR1 in remission \n S-2 90 died"
    result = measured(story, replace(DFS, transplant="competing"))
    assert (result.kind, result.horizon.usual.estimate) == ("incidence", 0.5)
    assert result.events == {"death": 1, "transplant": 1}


def test_a_date_known_in_part_brings_the_estimates_at_both_ends() -> None:
    story = many(2, "0 enrolled relapsed", "800 seen") + "\n S-9 0 enrolled relapsed \n S-9 2026-07 died"
    early, late = measured(story, OS).sensitivity
    # 6 months end half a day after 1 July 2026: dead by then at the earliest, alive at the latest.
    assert (early.code, late.code) == ("imputed earliest", "imputed latest")
    assert early.readings[0].usual.estimate == pytest.approx(2 / 3)
    assert late.readings[0].usual.estimate == 1.0


def test_groups_are_shown_apart_for_every_endpoint() -> None:
    story = (
        many(2, "0 enrolled CR1 in remission", "800 kept")
        + "\n S-8 0 enrolled relapsed \n S-8 30 CR \n S-8 100 relapsed \n S-9 0 enrolled relapsed"
    )
    shown = {(group.by, group.value): (group.n, group.events) for group in measured(story, DFS).groups}
    assert shown == {
        ("disease status", "CR1"): (2, 0),
        ("disease status", "relapsed"): (1, 1),
        ("phase", "consolidation"): (2, 0),
        ("phase", "induction"): (1, 1),
        ("remission", "in remission at enrolment"): (2, 0),
        ("remission", "remission reached later"): (1, 1),
    }


def test_the_table_under_the_figure_counts_those_at_risk_each_half_year() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 100 died \n S-2 0 enrolled relapsed \n S-2 800 seen"
    rows = measured(story, OS).at_risk
    assert [(row.time, row.at_risk, row.events) for row in rows] == [
        (0.0, 2, 0),
        (182.625, 1, 1),
        (365.25, 1, 1),
        (547.875, 1, 1),
        (730.5, 1, 1),
    ]


def test_every_result_before_the_last_contact_says_interim() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 100 died \n S-2 0 enrolled relapsed \n S-2 730 seen \n S-2 731 seen"
    assert measured(story, DFS).interim == "interim: 2 of 15 followed two years (1 of them until death)"
    assert measured(story, DFS, on(730)).interim == "interim: 1 of 15 followed two years (1 of them until death)"
    later = "S-1 0 enrolled relapsed \n S-1 900 died \n S-2 0 enrolled relapsed \n S-2 700 died"
    assert measured(later, DFS).interim == "interim: 2 of 15 followed two years (1 of them until death)"
    two_places = replace(STUDY, enrolment=replace(STUDY.enrolment, target=2))
    assert estimate(two_places, trial_of(story), OS, on(730)).interim is not None
    assert estimate(two_places, trial_of(story), OS, on(731)).interim is None


def test_a_study_that_leaves_a_definition_open_gets_a_reason_instead_of_a_number() -> None:
    result = measured("S-1 0 enrolled relapsed", replace(OS, population=None, censor_at=None))
    assert result.note == "not estimable: the study does not say population, censor_at for os"
    assert result.horizon is None
    assert result.readings == ()
    assert result.at(365.25) is None


def test_all_endpoints_come_in_the_order_of_the_study() -> None:
    ids = [result.endpoint.id for result in estimate_all(STUDY, trial_of("S-1 0 enrolled relapsed"), FAR)]
    assert ids == ["os", "os_infused", "dfs", "cir", "cid", "efs"]


# --- response ---------------------------------------------------------------------------------------------------------


def test_response_counts_those_not_in_remission_and_asks_the_others_whether_it_was_kept() -> None:
    story = """
        S-1 0 enrolled relapsed
        S-1 28 MLFS
        S-1 60 CRi
        S-1 90 CR
        S-2 0 enrolled relapsed
        S-2 28 NR
        S-3 0 enrolled relapsed
        S-4 0 enrolled CR1 in remission
        S-4 90 kept
        S-5 0 enrolled CR1 in remission
        S-5 90 assessed relapse
        S-6 0 enrolled CR1 in remission
        S-6 90 died
        S-7 0 enrolled CR1 in remission
    """
    result = response(STUDY, trial_of(story), FAR)
    assert {share.label: share.count for share in result.best if share.count} == {"CR": 1, "NR": 1, "not assessed": 1}
    assert (result.remission.count, result.remission.n) == (1, 3)
    assert [(share.label, share.count) for share in result.kept] == [
        ("remission kept", 1),
        ("relapsed", 1),
        ("died without relapse", 1),
        ("not assessed", 1),
    ]
    assert response(STUDY, trial_of(story), on(60)).best_of == {"S-1": "CRi", "S-2": "NR", "S-3": "not assessed"}


def test_a_share_has_exact_limits_and_no_share_of_nobody_is_invented() -> None:
    story = many(3, "0 enrolled relapsed", "28 CR") + "\n" + many(12, "0 enrolled relapsed", "28 NR", first=4)
    found = response(STUDY, trial_of(story), FAR)
    assert (found.remission.lower, found.remission.upper) == pytest.approx((0.0433, 0.4809), abs=5e-5)
    assert {share.share for share in found.kept} == {None}


def test_a_remission_after_another_therapy_is_counted_and_said() -> None:
    story = "S-1 0 enrolled relapsed \n S-1 28 NR \n S-1 40 transplanted \n S-1 70 CR"
    assert response(STUDY, trial_of(story), FAR).after_other_therapy == 1


# --- tables without a model -------------------------------------------------------------------------------------------


def test_the_flow_adds_up() -> None:
    story = """
        S-1 0 enrolled relapsed
        S-1 14 infused
        S-1 28 NR
        S-1 800 seen
        S-2 0 enrolled CR1 in remission
        S-2 90 died
        S-3 0 enrolled relapsed
        S-3 14 infused
        S-3 90 withdrew from contact
        S-4 0 enrolled relapsed
    """
    found = flow(trial_of(story))
    assert (found.enrolled, found.treated, found.not_treated, found.evaluable) == (4, 2, 2, 1)
    assert (found.completed, found.left, found.followed) == (1, 2, 1)
    assert {(tally.reason, tally.count) for tally in found.left_by} == {("died", 1), ("withdrew from all contact", 1)}
    assert found.approached == found.declined + found.consented


def test_baseline_and_exposure_say_how_many_are_not_known() -> None:
    trial = trial_of("S-1 0 enrolled relapsed \n S-1 14 infused \n S-2 0 enrolled CR1 in remission")
    found = baseline(STUDY, trial)
    counted = {counted.label: dict(counted.values) for counted in found.counted}
    assert counted["Sex"] == {"not known": 2}
    assert counted["Disease status"] == {"Relapsed": 1, "First remission": 1}
    assert (found.spreads[0].label, found.spreads[0].unknown) == ("Age", 2)
    given = exposure(trial)
    assert given.infusions == ((0, 1), (1, 1))
    assert given.participants[0].total_nk_cells_per_kg is None


def test_baseline_takes_the_newest_sample_up_to_enrolment_and_mixes_no_units() -> None:
    def facts(*values: tuple[str, str, str, str]) -> kinds.FactsRecorded:
        keys = ("concept", "value", "unit", "on")
        return kinds.FactsRecorded(
            tuple(dict(zip(keys, one, strict=True)) for one in values), "1971", "female", None, 54
        )

    late = ("weight", "90", "kg", "2026-02-01")
    told = [
        ("S-1", facts(("weight", "61", "kg", "2025-12-01"), ("weight", "60.5", "kg", "2025-12-31"), late)),
        ("S-2", facts(("weight", "<40", "kg", "2025-12-31"), ("creatinine", "1.0", "mg/dL", "2025-12-31"))),
        ("S-3", facts(("weight", "70", "kg", "2025-12-31"), ("creatinine", "88", "umol/L", "2025-12-31"))),
    ]
    entries = [entry_of(at, what, who, "2025-12-31") for at, (who, what) in enumerate(told)]
    for who in ("S-1", "S-2", "S-3"):
        place = kinds.Enrolled(len(entries) - 2, "CR1", "consolidation", True, strata={"site": who})
        entries.append(entry_of(len(entries), place, who, "2026-01-01"))
    found = baseline(STUDY, trial_so_far(entries))
    assert [(spread.label, spread.known, spread.unknown) for spread in found.spreads] == [
        ("Age", 3, 0),
        ("weight", 2, 1),  # below a limit is not a number
    ]
    assert (found.spreads[1].median, found.spreads[1].lowest) == (Decimal("65.25"), Decimal("60.5"))
    assert found.counted[-1].values == (("S-1", 1), ("S-2", 1), ("S-3", 1))


def test_where_only_the_birth_year_is_known_the_age_reached_that_year_is_given_for_everybody() -> None:
    def told(years: int | None) -> Spread:
        people = [kinds.FactsRecorded((), "1971", completed_years=years), kinds.FactsRecorded((), "1981-05-09")]
        entries = [entry_of(at, what, f"S-{at}", "2026-01-01") for at, what in enumerate(people)]
        for at in range(3):
            place = kinds.Enrolled(at + 1, "CR1", "x", True)
            entries.append(entry_of(len(entries), place, f"S-{at}", "2026-01-01"))
        return baseline(STUDY, trial_so_far(entries)).spreads[0]

    exact, reached = told(54), told(None)
    assert (exact.label, exact.median, exact.known, exact.unknown) == ("Age", Decimal("49"), 2, 1)
    assert (reached.label, reached.median) == ("Age reached in the year of enrolment", Decimal("50"))
    assert (reached.known, reached.unknown) == (2, 1)


def test_exposure_adds_what_was_given() -> None:
    def infused(number: int, cells: str | None) -> kinds.Infused:
        return kinds.Infused(number, number, "L-1", number, None, None, cells, "60")

    chemo = kinds.ChemotherapyGiven(1, "7+3", "2026-01-07", (), anthracycline_mg_m2="180")
    entries = [entry_of(0, kinds.Enrolled(1, "CR1", "x", True), "S-1", "2026-01-01")]
    entries += [entry_of(1 + at, chemo, "S-1", "2026-01-01") for at in range(2)]
    entries += [
        entry_of(3 + at, infused(at + 1, cells), "S-1", "2026-01-14") for at, cells in enumerate(("1e7", "2.5e7"))
    ]
    (one,) = exposure(trial_so_far(entries)).participants
    assert (one.cycles, one.anthracycline_mg_m2, one.infusions) == (2, Decimal(360), 2)
    assert one.total_nk_cells_per_kg == Decimal("3.5e7")
    entries.append(entry_of(5, infused(3, None), "S-1", "2026-02-14"))
    assert exposure(trial_so_far(entries)).participants[0].total_nk_cells_per_kg is None


def test_the_flow_counts_people_from_the_first_approach_to_the_end_of_screening() -> None:
    consent = kinds.Consented("main", "1", "zh", "participant", "DR-1")
    told: list[tuple[str | None, kinds.What]] = [
        (None, kinds.Declined(3)),
        *((who, consent) for who in ("S-1", "S-2", "S-3", "S-4")),
        ("S-1", kinds.ScreeningEnded("failed", ("lvef", "age"))),
        ("S-2", kinds.ScreeningEnded("withdrawn")),
        ("S-3", kinds.Enrolled(1, "CR1", "x", True)),
        ("S-3", kinds.NotInfused("lot failed")),
    ]
    entries = [replace(entry_of(at, what, "", "2026-01-01"), about=who) for at, (who, what) in enumerate(told)]
    found = flow(trial_so_far(entries))
    assert (found.approached, found.declined, found.consented) == (7, 3, 4)
    assert (found.failed, found.withdrew_in_screening, found.in_screening, found.enrolled) == (1, 1, 1, 1)
    assert {tally.reason: tally.count for tally in found.failed_by} == {"lvef": 1, "age": 1}
    assert {tally.reason: tally.count for tally in found.not_treated_by} == {"lot failed": 1}
