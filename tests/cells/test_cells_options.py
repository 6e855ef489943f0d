"""A lot fails on the day: what is possible for the participant who waits, told on the story of the cells."""

from dataclasses import asdict, replace

import pytest
from cell_story import (
    DONOR,
    DOSE,
    GIVEN,
    LOT,
    MADE,
    MAKER,
    NURSE,
    QUALITY,
    TESTS,
    cell_study,
    cell_trial,
    code,
    collected,
    cultured,
    divided,
    donor,
    issued,
    lot_made,
    patient,
    released,
    results,
    wristband,
)
from conduct_story import ZONE, Story, chemotherapy, consents, enrols, facts

from trialwright.cells.options import Option, options, weight_of
from trialwright.facts import LocalTime, parse_occurred

DONOR_2, COLLECTION_2, LOT_2, DOSE_2 = (code(sort, 2) for sort in ("donor", "collection", "lot", "dose"))
CORD = (
    donor(DONOR_2, source="cord blood")
    + collected(COLLECTION_2, DONOR_2, source="cord blood")
    + cultured(COLLECTION_2)
    + lot_made(LOT_2, COLLECTION_2, who=None)
    + divided(LOT_2, DOSE_2)
    + results(LOT_2)
    + released(LOT_2)
)
"""A lot of cord blood for nobody yet, released."""
WAITS = f"{patient()}\n{MADE}{wristband()}"
"""S-001, whose lot is released."""
REJECTED = f"2026-01-20T12:00 reject_lot {LOT} reason='bag leaks' {QUALITY}\n"


def moment(text: str) -> LocalTime:
    found = parse_occurred(f"{text}{ZONE}")
    assert isinstance(found, LocalTime)
    return found


NOON = moment("2026-01-20T13:00")


def told(text: str) -> Story:
    return cell_trial().tell(text)


def ways(story: Story, at: LocalTime = NOON, who: str = "S-001", weight: str | None = None) -> list[tuple[str, str]]:
    """Each way in short: which, for lots by code, and whether it is possible."""
    return [(one.lot or one.way, one.possible) for one in options(story.study, story.trial, who, at, weight)]


def the_lot(story: Story, lot: str, at: LocalTime = NOON, weight: str | None = None) -> Option:
    return next(one for one in options(story.study, story.trial, "S-001", at, weight) if one.lot == lot)


def test_a_good_lot_comes_first_with_its_hours_its_dose_and_what_is_left_to_do() -> None:
    one, collection, never = options(cell_study(), told(WAITS).trial, "S-001", NOON)
    assert (one.lot, one.possible, one.doses, one.hours_left) == (LOT, "yes", (DOSE,), 10.0)
    assert one.nk_cells_per_kg == "17485714"  # 120 mL at 1.2e7 viable, 85 % of them, for 70 kg
    assert one.to_do == (
        f"take {DOSE} out of storage (act take_out_of_storage)",
        f"issue {DOSE} for today's weight (act issue)",
        "check wristband and bag at the bedside (act check_at_bedside)",
    )
    assert (collection.way, collection.possible, collection.last_day) == ("another collection", "no", "2026-01-17")
    assert (never.way, never.possible) == ("not infused", "yes")
    assert "act not_infused S-001 --cycle 1" in never.to_do[0]


def test_an_issued_dose_only_waits_for_the_bedside() -> None:
    assert the_lot(told(WAITS + issued()), LOT).to_do == (
        "check wristband and bag at the bedside (act check_at_bedside)",
    )


def test_a_rejected_lot_is_no_way_and_one_for_nobody_asks_two_people_and_a_new_label() -> None:
    story = told(WAITS + CORD + REJECTED)
    assert ways(story) == [(LOT_2, "yes"), ("another collection", "no"), ("not infused", "yes")]
    assert the_lot(story, LOT_2).to_do == (
        "assign it to S-001: quality assurance and an investigator (act assign_lot)",
        f"print a new label for {DOSE_2} (trialwright label)",
        f"take {DOSE_2} out of storage (act take_out_of_storage)",
        f"issue {DOSE_2} for today's weight (act issue)",
        "check wristband and bag at the bedside (act check_at_bedside)",
    )


def test_the_ways_named_are_those_the_acts_allow() -> None:
    """What is called possible is then done; what is called impossible is refused."""
    story = told(WAITS + CORD + REJECTED)
    assign = f"2026-01-20T13:00 assign_lot {LOT_2} recipient=S-001 weight_kg=70 {QUALITY} with inv:investigator"
    assert story.codes(assign) == set()
    heavy = the_lot(story, LOT_2, weight="40")
    assert heavy.possible == "no"
    assert any("T cells per kg (cd3_per_kg <= 2e5 /kg) is not met" in said for said in heavy.against)
    assert story.codes(assign.replace("weight_kg=70", "weight_kg=40")) == {"assign.limit"}


@pytest.mark.parametrize(
    ("more", "at", "lot", "against"),
    [
        ("", "2026-01-20T23:01", LOT, None),  # expired
        (f"2026-01-20T12:00 recall {LOT} reason='filter burst' {QUALITY}", "2026-01-20T13:00", LOT, None),
        (f"2026-01-20T12:00 discard {DOSE} reason='bag burst' {MAKER} with nurse", "2026-01-20T13:00", LOT, None),
        (
            f"2026-01-20T12:00 withdraw_donor_consent {DONOR} {NURSE}",
            "2026-01-20T13:00",
            LOT,
            "",  # conditioning had begun: people decide, the lot stays possible
        ),
        (
            f"""
            2026-01-20T12:00 take_out_of_storage {DOSE} place=refrigerator {MAKER}
            2026-01-20T12:05 put_in_storage {DOSE} place=refrigerator temperature_c=11 {MAKER}
            """,
            "2026-01-20T13:00",
            LOT,
            f"{DOSE} is held: put into storage: 11 °C",
        ),
        (
            f"2026-01-20T12:00 record_release_test {LOT} test=gram value=positive {MAKER}",
            "2026-01-20T13:00",
            LOT,
            "Gram stain (gram_stain is negative) is not met",
        ),
    ],
)  # fmt: skip
def test_what_is_gone_is_no_way_and_what_is_held_says_why(more: str, at: str, lot: str, against: str | None) -> None:
    story = told(WAITS + more)
    found = {one.lot: one for one in options(story.study, story.trial, "S-001", moment(at)) if one.lot}
    if against is None:
        assert found == {}
    elif not against:
        assert found[lot].possible == "yes"
    else:
        assert found[lot].possible == "no"
        assert against in found[lot].against[0]
        assert found[lot].to_do == ()


def test_a_donor_who_took_consent_back_before_conditioning_ends_the_lot_for_everybody() -> None:
    weighs = '[{"concept":"weight","value":"70","unit":"kg","on":"2026-01-20"}]'
    story = told(
        f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}\n2026-01-20 record_facts S-001 facts='{weighs}'{MADE}"
    )
    story.do(f"2026-01-20T09:00 withdraw_donor_consent {DONOR} {NURSE}")
    story.do(chemotherapy("S-001"))
    assert the_lot(story, LOT).against == ("its donor took consent back",)


def test_without_a_weight_the_answer_is_unknown_and_never_no() -> None:
    weighed = [line for line in WAITS.splitlines() if "record_facts" not in line or "lvef" in line]
    one = the_lot(told("\n".join(weighed)), LOT)
    assert one.possible == "unknown"
    assert "the cells per kg are not known: no weight is recorded" in one.against
    assert any("T cells per kg" in said and "no weight of a recipient" in said for said in one.against)
    assert the_lot(told("\n".join(weighed)), LOT, weight="70").possible == "yes"


def test_a_lot_in_quarantine_waits_for_its_release() -> None:
    story = told(patient() + donor() + collected() + cultured() + lot_made() + divided() + results())
    assert the_lot(story, LOT).against == ("it is not released",)


def test_of_several_bags_as_many_as_stay_in_the_window_are_given_together() -> None:
    def two(volumes: str, ml: str) -> str:
        return donor() + collected() + cultured() + lot_made(ml=ml) + divided(volumes=volumes) + results() + released()

    both = the_lot(told(f"{patient()}\n{two('60,60', '120')}{wristband()}"), LOT)
    assert both.doses == (DOSE, code("dose", 2))
    study = cell_study()
    rule = study.treatment.infusion
    assert rule is not None
    assert rule.dose is not None
    narrow = replace(rule, dose=replace(rule.dose, high=rule.dose.low * 2))  # 1e7: one bag of 8.7e6, not two
    tight = replace(study, treatment=replace(study.treatment, infusion=narrow))
    trial = told(f"{patient()}\n{two('60,60', '120')}{wristband()}").trial
    (one,) = (option for option in options(tight, trial, "S-001", NOON) if option.lot)
    assert (one.possible, one.doses, one.nk_cells_per_kg) == ("yes", (DOSE,), "8742857")


def test_a_dose_outside_the_window_says_how_much_it_holds() -> None:
    story = told(
        patient()
        + donor()
        + collected()
        + cultured()
        + lot_made(ml="20")
        + divided(volumes="20")
        + results()
        + released()
    )
    assert the_lot(story, LOT).against == ("it holds 2.91e6 cells/kg; the study gives 5e6 to 3e7",)


def test_an_undivided_lot_is_divided_first() -> None:
    story = told(patient() + donor() + collected() + cultured() + lot_made() + results() + released())
    one = the_lot(story, LOT)
    assert (one.possible, one.doses) == ("yes", ())
    assert one.to_do[0] == "divide it into doses (act divide)"


def test_another_collection_is_possible_while_the_culture_still_ends_in_time() -> None:
    story = told(f"{patient()}\n")
    story.do("2026-01-20T12:00 not_infused S-001 cycle=2 reason='told early'")
    by_day = {day: ways(story, moment(f"2026-01-{day}T09:00"))[0] for day in ("17", "18")}
    assert by_day == {"17": ("another collection", "yes"), "18": ("another collection", "no")}
    (collection, _) = options(story.study, story.trial, "S-001", moment("2026-01-17T09:00"))
    assert collection.says == (
        "Another collection, on 2026-01-17 at the latest: making takes at least 10 days, and the last day of infusion "
        "is 2026-01-27."
    )


def test_lots_released_for_others_are_counted_and_never_named() -> None:
    for_another = lot_made(LOT_2, COLLECTION_2, who="S-002") + divided(LOT_2, DOSE_2) + results(LOT_2) + released(LOT_2)
    second = f"{consents()}\n{donor(DONOR_2)}{collected(COLLECTION_2, DONOR_2)}{cultured(COLLECTION_2)}{for_another}"
    story = told(WAITS + second + REJECTED)
    others = next(one for one in options(story.study, story.trial, "S-001", NOON) if one.way == "lots for others")
    assert (others.count, others.possible) == (1, "unknown")
    assert others.says == (
        "1 released lot is for another participant: reassigning one is for quality assurance and an investigator "
        "(act reassign_lot)."
    )
    told_all = str([asdict(one) for one in options(story.study, story.trial, "S-001", NOON)])
    assert not any(word in told_all for word in ("S-002", LOT_2, DOSE_2, DONOR, DONOR_2, COLLECTION_2))


def test_a_lot_that_dies_before_the_window_opens_or_lives_past_it_is_no_way() -> None:
    early = told(patient() + donor() + collected() + cultured(end="2026-01-17"))
    early.tell(
        lot_made(on="2026-01-17") + divided(on="2026-01-17") + results(on="2026-01-17") + released(on="2026-01-17")
    )
    one = the_lot(early, LOT, moment("2026-01-17T12:00"), "70")
    assert one.against == ("it expires before the first day of infusion, 2026-01-18",)
    late = told(patient() + donor() + collected(on="2026-01-09") + cultured(start="2026-01-10", end="2026-01-28"))
    late.tell(
        lot_made(on="2026-01-28") + divided(on="2026-01-28") + results(on="2026-01-28") + released(on="2026-01-28")
    )
    assert the_lot(late, LOT, moment("2026-01-28T12:00")).against == ("the last day of infusion was 2026-01-27",)


@pytest.mark.parametrize(
    ("ended", "against"),
    [
        ("", "cd3_per_kg <= 2.5e5 /kg) is not met"),  # nothing said of the end: all of the first bag counts
        ("2026-01-20T15:00 end_infusion S-001 how=complete volume_ml=120 reaction=no", "is not met"),
        ("2026-01-20T15:00 end_infusion S-001 how=stopped volume_ml=60 reaction=no reason=fever discarded_ml=60", None),
    ],
)
def test_limits_over_all_infusions_count_what_was_really_given_before(ended: str, against: str | None) -> None:
    later = "2026-02-20"
    second = collected(COLLECTION_2, on="2026-02-08") + cultured(COLLECTION_2, "2026-02-08", later)
    second += lot_made(LOT_2, COLLECTION_2, on=later) + divided(LOT_2, DOSE_2, on=later)
    second += results(LOT_2, on=later, t_cells="0.7") + released(LOT_2, on=later)
    agreed = f"""
        2026-02-05 decide_donor_eligibility {DONOR} eligibility=eligible tests='{TESTS}' sampled_on=2026-02-05
    """
    end = f"{ended} {NURSE} with inv:investigator\n" if ended else ""
    story = told(GIVEN + end + chemotherapy("S-001", on="2026-02-10", ended="2026-02-16", cycle=2) + agreed + second)
    one = the_lot(story, LOT_2, moment("2026-02-20T12:00"))
    assert one.possible == ("no" if against else "yes")
    assert against is None or any(against in said and "over all infusions" in said for said in one.against)


@pytest.mark.parametrize(("t_cells", "possible"), [("0.6", "yes"), ("0.7", "no")])
def test_an_infusion_of_which_nobody_said_how_much_counts_as_its_whole_lot(t_cells: str, possible: str) -> None:
    later = "2026-02-20"
    second = collected(COLLECTION_2, DONOR_2, on="2026-02-08") + cultured(COLLECTION_2, "2026-02-08", later)
    second += lot_made(LOT_2, COLLECTION_2, on=later) + divided(LOT_2, DOSE_2, on=later)
    second += results(LOT_2, on=later, t_cells=t_cells) + released(LOT_2, on=later)
    first = f"2026-01-20T14:00 infuse S-001 cycle=1 lot={LOT} weight_kg=70 {NURSE} with inv:investigator told\n"
    again = chemotherapy("S-001", on="2026-02-10", ended="2026-02-16", cycle=2)
    change = f"2026-02-07 assign_donor S-001 donor={DONOR_2} reason='the first gives no more'\n"
    story = told(WAITS + first + again + donor(DONOR_2, on="2026-02-05") + change + second)
    assert the_lot(story, LOT_2, moment("2026-02-20T12:00")).possible == possible


def test_without_a_recorded_chemotherapy_the_last_day_of_a_collection_is_unknown() -> None:
    story = told(f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}{MADE}")
    assert ways(story, weight="70") == [(LOT, "yes"), ("another collection", "unknown"), ("not infused", "yes")]
    collection = options(story.study, story.trial, "S-001", NOON)[1]
    assert collection.last_day is None
    assert "no chemotherapy of this cycle is recorded; making takes at least 10 days" in collection.says


def test_nobody_else_has_ways_to_choose_from() -> None:
    assert options(cell_study(), told(WAITS).trial, "S-009", NOON) == ()
    assert ways(told(consents())) == []  # not enrolled
    nobody_waits = told(f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}")
    assert ways(nobody_waits) == []  # enrolled, and no chemotherapy, and no lot
    died = told(WAITS + "2026-01-20T11:00 record_death S-001 cause=leukaemia how_known=ward\n")
    assert ways(died) == []


def test_of_two_weights_the_smaller_judges_and_one_that_is_no_number_is_left_out() -> None:
    book = told(patient()).trial.casebooks["S-001"]
    assert weight_of(book, NOON) == "70"
    assert weight_of(book, NOON, "65") == "65"
    assert weight_of(book, NOON, "80") == "70"
    assert weight_of(book, moment("2026-01-19T23:00")) is None
    assert weight_of(book, moment("2026-01-19T23:00"), "65") == "65"
    vague = '[{"concept":"weight","value":"<80","unit":"kg","on":"2026-01-20"}]'
    story = told(f"{patient()}\n2026-01-20 record_facts S-001 facts='{vague}'")
    assert weight_of(story.trial.casebooks["S-001"], NOON) == "70"
