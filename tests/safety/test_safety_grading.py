"""Grades as a study nurse asks for them: what is printed, what is missing, what the person who confirms is told."""

from decimal import Decimal

import pytest

from trialwright.criteria import ReasonKind, shipped_library
from trialwright.facts import Quantity, Range, parse_quantity, parse_range
from trialwright.safety.laboratory.grading import AutoGrade, Unanswered, grade_all, grade_value
from trialwright.safety.laboratory.rules import Flag, rule_of, rules, terms_for

NOBODY = frozenset[Flag]()


def grade(
    term: str,
    value: str,
    limits: str = "",
    baseline: str = "",
    *,
    yes: frozenset[Flag] = NOBODY,
    no: frozenset[Flag] = NOBODY,
    unanswered: Unanswered = Unanswered.NOT_SO,
) -> AutoGrade:
    return grade_value(
        rule_of(term),
        parse_quantity(value),
        range=parse_range(limits) if limits else None,
        baseline=parse_quantity(baseline) if baseline else None,
        flags=yes,
        answered_no=no,
        unanswered=unanswered,
    )


# --- what the reference study meets on its first day ------------------------------------------------------------------


def test_an_ejection_fraction_of_exactly_50_is_eligible_and_grade_2() -> None:
    assert grade("Ejection fraction decreased", "50 %").text == "2"
    assert grade("Ejection fraction decreased", "50.1 %").text == "0"
    assert grade("Ejection fraction decreased", "0.5 1").text == "2"


def test_the_highest_creatinine_the_study_allows_is_grade_2_and_grade_3_by_a_low_baseline() -> None:
    without = grade("Creatinine increased", "260 umol/L", "<=106")
    assert (without.text, without.rule) == ("2", "> 1.5 - 3 x ULN")
    assert without.notes == ("baseline missing: what is graded by the change from it is left out",)
    low = grade("Creatinine increased", "260 umol/L", "<=106", "60 umol/L")
    assert (low.text, low.rule, low.notes) == ("3", "> 3 x baseline", ())
    assert low.clauses_true == (
        "grade 1: > 1 - 1.5 x ULN",
        "grade 2: > 1.5 - 3 x ULN",
        "grade 2: > 1.5 - 3 x baseline",
        "grade 3: > 3 x baseline",
    )


def test_a_bilirubin_of_twice_the_limit_is_grade_2() -> None:
    assert grade("Blood bilirubin increased", "34.2 umol/L", "<=17.1", "10 umol/L").text == "2"


# --- units ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("10.0 g/dL", "1"),
        ("9.99 g/dL", "2"),
        ("100 g/L", "1"),
        ("99.9 g/L", "2"),
        ("6.2 mmol/L", "1"),  # 9.99 g/dL: grade 2 if it were converted
        ("6.206 mmol/L", "1"),
        ("6.199 mmol/L", "2"),
        ("6200 umol/L", "1"),  # the nearest printed unit of its kind
        ("4.9 mmol/L", "2"),  # 7.9 g/dL: grade 3 if it were converted
        ("10000 mg/dL", "1"),
    ],
)
def test_a_haemoglobin_is_graded_by_the_limits_printed_for_its_unit(value: str, text: str) -> None:
    limits = Range(Decimal("120"), Decimal("160"), "g/L")
    answer = grade_value(rule_of("Anemia"), parse_quantity(value), range=limits, baseline=None)
    assert answer.text == text


def test_a_limit_in_another_unit_is_brought_to_the_values_own() -> None:
    limits = Range(None, Decimal("1.2"), "mg/dL")  # 106.08 umol/L
    rule = rule_of("Creatinine increased")
    assert grade_value(rule, parse_quantity("106 umol/L"), range=limits, baseline=None).text == "0"
    assert grade_value(rule, parse_quantity("106.1 umol/L"), range=limits, baseline=None).text == "1"
    assert grade_value(rule, parse_quantity("1.21 mg/dL"), range=limits, baseline=None).text == "1"


def test_a_value_in_a_unit_that_is_not_printed_says_what_it_was_compared_as() -> None:
    answer = grade("Hypokalemia", "2400 umol/L")
    assert (answer.text, answer.notes[0], answer.inputs.compared_in) == ("4", "2400 umol/L = 2.4 mmol/L", "mmol/L")
    assert grade("Fever", "104.5 [degF]").text == "3"
    assert grade("Alanine aminotransferase increased", "130 IU/L", "9-40").text == "2"
    assert grade("Alanine aminotransferase increased", "2.5 ukat/L", "0.1-0.7").text == "2"


@pytest.mark.parametrize(
    ("term", "value", "kind", "says"),
    [
        ("Anemia", "9.5", ReasonKind.NO_UNIT, "no unit: ask the laboratory whether it is g/L"),
        ("Anemia", "9.5 mmol/kg", ReasonKind.NO_UNIT, "is not known"),
        ("Anemia", "9.5 U/L", ReasonKind.NO_UNIT, "graded in g/dL, g/L or mmol/L, and U/L is none"),
        ("Creatinine increased", "3 U/L", ReasonKind.NO_UNIT, "and U/L is none"),
        ("Hypokalemia", "3.2 meq/L", ReasonKind.NO_UNIT, "graded in mmol/L, and meq/L is none"),
        ("INR increased", "90 %", ReasonKind.NO_UNIT, "graded in a plain number, and % is none"),
        ("Hypertriglyceridemia", "0.002 kg/m2", ReasonKind.NO_UNIT, "and kg/m2 is none"),
        ("Creatinine increased", "1.1 umol/L", ReasonKind.IMPLAUSIBLE, "outside what is believable"),
    ],
)
def test_a_value_that_cannot_be_compared_is_unknown_with_its_reason(
    term: str, value: str, kind: ReasonKind, says: str
) -> None:
    quantity = Quantity(Decimal(value.split()[0]), value.partition(" ")[2] or None)
    answer = grade_value(rule_of(term), quantity, range=Range(Decimal(1), Decimal(2)), baseline=None)
    assert (answer.text, answer.lowest, answer.highest) == ("unknown", 0, rule_of(term).grades[-1])
    assert [reason.kind for reason in answer.reasons] == [kind]
    assert says in answer.reasons[0].text
    assert not answer.known


def test_an_inr_needs_no_unit() -> None:
    assert grade("INR increased", "1.3").text == "1"


def test_triglycerides_in_moles_are_graded_by_moles() -> None:
    assert grade("Hypertriglyceridemia", "1.70 mmol/L").text == "0"
    assert grade("Hypertriglyceridemia", "1.71 mmol/L").text == "1"
    assert grade("Hypertriglyceridemia", "150 mg/dL").text == "1"
    assert grade("Hypertriglyceridemia", "1.5 g/L").text == "1"


# --- what is missing --------------------------------------------------------------------------------------------------


def test_without_a_limit_neutrophils_of_1_7_are_0_or_1() -> None:
    answer = grade("Neutrophil count decreased", "1.7 10*9/L")
    assert (answer.lowest, answer.highest, answer.text) == (0, 1, "0 or 1")
    assert answer.clauses_unknown == ("grade 1: < LLN - 1.5 x 10*9/L",)
    assert answer.rule == "hangs on grade 1: < LLN - 1.5 x 10*9/L"
    assert [reason.kind for reason in answer.reasons] == [ReasonKind.NO_REFERENCE_RANGE]
    assert grade("Neutrophil count decreased", "1.4 10*9/L").text == "2"


def test_grades_that_a_term_does_not_have_are_not_offered() -> None:
    assert grade("Leukocytosis", ">50 10*9/L").text == "0 or 3"
    assert grade("Hypermagnesemia", "<3.5 mg/dL", "1.7-2.6").text == "0 to 3"


@pytest.mark.parametrize(
    ("value", "text"), [("<0.1", "4"), ("<0.5", "4"), ("<=0.5", "3 or 4"), ("<5", "0 to 4"), (">1.2", "0 to 2")]
)
def test_a_value_known_only_as_below_or_above_is_graded_as_all_it_may_be(value: str, text: str) -> None:
    assert grade("Neutrophil count decreased", f"{value} 10*9/L").text == text


def test_an_open_end_on_a_limit_lies_beyond_it() -> None:
    assert grade("Alanine aminotransferase increased", ">120 U/L", "<=40").text == "2 to 4"
    assert grade("Alanine aminotransferase increased", ">=120 U/L", "<=40").text == "1 to 4"
    assert grade("Alanine aminotransferase increased", "<=40 U/L", "<=40").text == "0"
    assert grade("Haptoglobin decreased", "<0.3 g/L", "0.3-2").text == "1"
    assert grade("Haptoglobin decreased", "<=0.3 g/L", "0.3-2").text == "0 or 1"


def test_without_the_upper_limit_nothing_is_known_of_an_enzyme() -> None:
    answer = grade("Alanine aminotransferase increased", "300 U/L")
    assert (answer.text, answer.reasons[0].kind) == ("0 to 4", ReasonKind.NO_REFERENCE_RANGE)
    unread = grade_value(
        rule_of("Alanine aminotransferase increased"),
        parse_quantity("300 U/L"),
        range=Range(None, Decimal(40), "mg/dL"),
        baseline=None,
    )
    assert "'mg/dL'" in unread.reasons[0].text
    zero = grade("Alanine aminotransferase increased", "300 U/L", "<=0")
    assert "an ULN of 0" in zero.reasons[0].text


def test_a_values_own_range_counts_where_none_is_given() -> None:
    value = Quantity(Decimal("300"), "U/L", "", Range(None, Decimal(40)))
    rule = rule_of("Alanine aminotransferase increased")
    assert grade_value(rule, value, range=None, baseline=None).text == "3"
    assert grade_value(rule, value, range=Range(None, Decimal(400)), baseline=None).text == "0"


def test_a_baseline_that_cannot_be_read_is_not_taken_as_missing() -> None:
    for baseline in ("60 mg/kg", "999999 umol/L"):
        answer = grade("Creatinine increased", "110 umol/L", "<=106", baseline)
        assert answer.text == "1 to 3"
        assert "the baseline" in answer.reasons[0].text


def test_a_baseline_that_is_not_exact_is_an_interval_too() -> None:
    assert grade("Creatinine increased", "100 umol/L", "<=106", "<30 umol/L").text == "3"
    assert grade("Creatinine increased", "100 umol/L", "<=106", ">80 umol/L").text == "0"
    assert grade("Creatinine increased", "100 umol/L", "<=106", "<80 umol/L").text == "0 to 3"
    unsure = grade("Alanine aminotransferase increased", "130 U/L", "<=40", ">30 U/L")
    assert unsure.text == "0 to 2"
    assert {reason.kind for reason in unsure.reasons} == {ReasonKind.IMPRECISE}


def test_a_missing_baseline_is_said_and_the_limits_of_normal_count() -> None:
    answer = grade("Alanine aminotransferase increased", "130 U/L", "<=40")
    assert (answer.text, answer.rule) == ("2", "> 3 - 5 x ULN (baseline normal)")
    assert answer.notes == ("baseline missing: graded by the ULN rule",)
    strict = grade("Alanine aminotransferase increased", "130 U/L", "<=40", unanswered=Unanswered.UNKNOWN)
    assert strict.text == "0 to 4"
    assert ReasonKind.MISSING in {reason.kind for reason in strict.reasons}


# --- what a person answers --------------------------------------------------------------------------------------------

SYMPTOMATIC = frozenset({Flag.SYMPTOMATIC})
ANTICOAGULATED = frozenset({Flag.ON_ANTICOAGULATION})


def test_a_question_nobody_answered_is_named_with_what_it_would_change() -> None:
    answer = grade("Hypokalemia", "3.2 mmol/L", "3.5-5.1")
    assert answer.text == "1"
    assert answer.notes[0] == "nobody has said whether: symptomatic. Graded as if not; if so, up to grade 2"
    assert grade("Hypokalemia", "3.2 mmol/L", "3.5-5.1", no=SYMPTOMATIC).notes[0].startswith("An intervention")
    assert grade("Hypokalemia", "3.2 mmol/L", "3.5-5.1", yes=SYMPTOMATIC).text == "2"
    assert grade("Hypokalemia", "2.2 mmol/L", "3.5-5.1").notes[0].startswith("An intervention")


def test_where_asked_for_an_unanswered_question_makes_an_interval() -> None:
    strict = grade("Hypokalemia", "3.2 mmol/L", "3.5-5.1", unanswered=Unanswered.UNKNOWN)
    assert (strict.text, strict.reasons[0].kind) == ("1 or 2", ReasonKind.AWAITING_JUDGEMENT)
    assert grade("Hypokalemia", "3.2 mmol/L", "3.5-5.1", no=SYMPTOMATIC, unanswered=Unanswered.UNKNOWN).text == "1"
    assert grade("Fever", "40.5 Cel", unanswered=Unanswered.UNKNOWN).text == "3 or 4"


@pytest.mark.parametrize(
    ("value", "flags", "text"),
    [("1.5", NOBODY, "1"), ("2.1", NOBODY, "2"), ("2.1", SYMPTOMATIC, "3"), ("5.1", NOBODY, "3"),
     ("5.1", SYMPTOMATIC, "4")],
)  # fmt: skip
def test_symptoms_raise_a_lipase_by_one_grade(value: str, flags: frozenset[Flag], text: str) -> None:
    limit = Decimal(60)
    quantity = Quantity(Decimal(value) * limit, "U/L")
    answer = grade_value(rule_of("Lipase increased"), quantity, range=Range(None, limit), baseline=None, flags=flags)
    assert answer.text == text


def test_under_anticoagulation_an_inr_is_graded_by_its_baseline_alone() -> None:
    assert grade("INR increased", "3.0").text == "3"
    assert "other clauses count" in grade("INR increased", "3.0").notes[0]
    assert grade("INR increased", "3.0", baseline="2.5", yes=ANTICOAGULATED).text == "1"
    without = grade("INR increased", "3.0", yes=ANTICOAGULATED)
    assert (without.text, without.reasons[0].kind) == ("0 to 3", ReasonKind.MISSING)
    # both ways agree, so not knowing which does not matter
    assert grade("INR increased", "3.0", baseline="1.0", unanswered=Unanswered.UNKNOWN).text == "3"
    assert grade("INR increased", "3.0", baseline="2.5", unanswered=Unanswered.UNKNOWN).text == "1 to 3"


def test_an_answer_cannot_be_yes_and_no() -> None:
    with pytest.raises(ValueError, match="symptomatic: answered both"):
        grade("Hypokalemia", "3.2 mmol/L", yes=SYMPTOMATIC, no=SYMPTOMATIC)


# --- rules with their own arithmetic ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "baseline", "text"),
    [
        ("2.0", "", "0"),
        ("1.5", "", "1"),  # 0.75 x LLN belongs to grade 1
        ("1.49", "3.0", "2"),
        ("0.99", "3.0", "3"),
        ("0.49", "3.0", "4"),
        ("1.2", "1.2", "0"),  # an abnormal baseline: the fall counts, not the limit
        ("0.91", "1.2", "1"),
        ("0.9", "1.2", "2"),  # 25 %
        ("0.6", "1.2", "3"),  # 50 %
        ("0.49", "1.2", "4"),  # below 50 mg/dL
        ("0.5", "1.9", "3"),
        ("0.5", "2.0", "3"),  # LLN itself is normal: 0.25 x LLN belongs to grade 3
    ],
)
def test_a_fibrinogen_is_graded_by_its_fall_from_an_abnormal_baseline(value: str, baseline: str, text: str) -> None:
    answer = grade("Fibrinogen decreased", f"{value} g/L", "2.0-4.0", f"{baseline} g/L" if baseline else "")
    assert answer.text == text
    assert ("baseline missing: graded by the LLN rule" in answer.notes) == (not baseline)


@pytest.mark.parametrize(
    ("value", "baseline", "text"),
    [("449.4", "", "0"), ("449.5", "", "1"), ("480.4", "", "1"), ("480.5", "", "2"), ("500.5", "", "3"),
     ("471", "411", "1"), ("471", "410", "3"), (">480.4", "", "1 to 3")],
)  # fmt: skip
def test_a_qtc_is_rounded_to_whole_milliseconds_first(value: str, baseline: str, text: str) -> None:
    term = "Electrocardiogram QT corrected interval prolonged"
    assert grade(term, f"{value} ms", baseline=f"{baseline} ms" if baseline else "").text == text


def test_haemoglobin_increased_is_graded_above_the_upper_limit() -> None:
    answer = grade("Hemoglobin increased", "18.1 g/dL", "12.0-16.0")
    assert (answer.text, answer.rule) == ("2", "> 2 - 4 g/dL above the ULN")
    assert grade("Hemoglobin increased", "18.1 g/dL").text == "0 to 3"


# --- the rules as words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "value", "limits", "baseline", "words"),
    [
        ("Alanine aminotransferase increased", "130 U/L", "<=40", "80 U/L",
         ">= 1.5 - 3 x baseline (baseline above the ULN)"),
        ("Alanine aminotransferase increased", "900 U/L", "<=40", "30 U/L", "> 20 x ULN (baseline normal)"),
        ("Blood lactate dehydrogenase increased", "300 U/L", "<=250", "", "> ULN"),
        ("Platelet count decreased", "60000 /mm3", "", "", "< 75000 - 50000 /mm3"),
        ("Ejection fraction decreased", "45 %", "", "60 %", "<= 50 - 40 %; fall from baseline >= 10 %"),
        ("Electrocardiogram QT corrected interval prolonged", "460 ms", "", "", ">= 450 - 480 ms"),
        ("Electrocardiogram QT corrected interval prolonged", "460 ms", "", "390 ms", "rise from baseline > 60 ms"),
        ("Hypertriglyceridemia", "2 mmol/L", "", "", ">= 1.71 - 3.42 mmol/L"),
        ("Fibrinogen decreased", "0.9 g/L", "2-4", "1.2 g/L",
         "<= 0.75 - above 0.5 x baseline (baseline below the LLN)"),
        ("INR increased", "1.4", "", "", "> 1.2 - 1.5 (not on anticoagulation)"),
        ("Haptoglobin decreased", "0.2 g/L", "0.3-2.0", "", "< LLN"),
    ],
)  # fmt: skip
def test_a_grade_says_the_rule_that_decided_as_ctcae_prints_it(
    term: str, value: str, limits: str, baseline: str, words: str
) -> None:
    assert grade(term, value, limits, baseline).rule == words


def test_a_grade_shows_all_it_was_made_from() -> None:
    answer = grade("Hypokalemia", "3.2 mmol/L", "3.5-5.1", yes=SYMPTOMATIC)
    assert (answer.term, answer.ctcae) == ("Hypokalemia", "5.0")
    inputs = answer.inputs
    assert [str(each) for each in (inputs.value, inputs.lln, inputs.uln)] == ["3.2 mmol/L", "3.5 mmol/L", "5.1 mmol/L"]
    assert (inputs.baseline, inputs.flags, inputs.compared_in) == (None, SYMPTOMATIC, "mmol/L")


# --- which rules there are --------------------------------------------------------------------------------------------


def test_there_are_39_rules_of_v5_and_none_of_v6() -> None:
    assert len(rules("5.0")) == len({rule.term for rule in rules("5.0")}) == 39
    assert rules("6.0") == ()
    with pytest.raises(ValueError, match=r"'4\.03' is not known"):
        rules("4.03")
    assert {rule.ctcae for rule in rules("5.0")} == {"5.0"}


def test_every_rule_grades_a_concept_of_the_library_in_a_unit_that_it_has() -> None:
    concepts = shipped_library().concepts
    for rule in rules("5.0"):
        assert rule in terms_for(rule.concept)
        assert concepts[rule.concept].kind == "quantity"
        canonical = Quantity(Decimal(1), concepts[rule.concept].unit, ">")
        answer = grade_value(rule, canonical, range=Range(Decimal(1), Decimal(1)), baseline=None)
        assert answer.text != "unknown", rule.term


def test_factors_are_read_as_they_are_printed() -> None:
    factors = [clause.factor for rule in rules("5.0") for table in rule.tables for clause in table.clauses]
    assert all(len(str(factor)) < 9 for factor in factors)
    assert Decimal("0.05") in factors


def test_a_concept_is_graded_on_both_sides() -> None:
    assert [rule.term for rule in terms_for("potassium")] == ["Hyperkalemia", "Hypokalemia"]
    assert [rule.term for rule in terms_for("hemoglobin")] == ["Anemia", "Hemoglobin increased"]
    assert [rule.term for rule in terms_for("calcium_corrected")] == ["Hypercalcemia", "Hypocalcemia"]
    assert terms_for("calcium") == terms_for("ecog") == terms_for("no such concept") == ()
    limits = parse_range("3.5-5.1")
    answers = grade_all("potassium", parse_quantity("6.5 mmol/L"), range=limits, baseline=None)
    assert [(each.term, each.text) for each in answers] == [("Hyperkalemia", "3"), ("Hypokalemia", "0")]
