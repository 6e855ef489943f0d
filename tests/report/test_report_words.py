"""The report's own words: complete in Chinese, the same places to fill, what people typed left alone."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from report_reading import page, words_of
from report_story import CUT_OFF, entries, model, study_file

from trialwright.ledger import trial_so_far
from trialwright.report import report_model
from trialwright.report.codes import CODES
from trialwright.report.pdf import format_pdf
from trialwright.report.sections.phrases import number, ran_out, unit_words
from trialwright.report.wording import document
from trialwright.report.words import Say, chinese


def test_every_label_of_a_whole_report_has_its_chinese() -> None:
    say = Say("zh")
    document(report_model(study_file(), trial_so_far(entries()), CUT_OFF, possible=()), "zh", say)
    assert say.missing == set()


def test_every_label_of_a_report_that_knows_little_has_its_chinese() -> None:
    for upto in (1, 3, 12, 30):
        say = Say("zh")
        few = report_model(study_file(), trial_so_far(entries()[:upto]), CUT_OFF, findings=(), possible=())
        document(few, "zh", say)
        assert say.missing == set()


def test_every_code_in_words_has_its_chinese() -> None:
    assert [words for words in CODES.values() if words not in chinese()] == []


def test_both_languages_fill_the_same_places() -> None:
    for english, words in chinese().items():
        assert sorted(re.findall(r"\{[a-z_]+\}", english)) == sorted(re.findall(r"\{[a-z_]+\}", words)), english


def test_chinese_uses_its_own_marks() -> None:
    assert [words for words in chinese().values() if re.search(r"[\u4e00-\u9fff][,;:.?!]", words)] == []


def test_a_chinese_report_prints_and_says_its_language() -> None:
    told = document(model(), "zh")
    tree = page(told)
    assert tree.get("lang") == "zh-Hans"
    assert told.title == "两年时约半数存活"
    assert "总生存" in words_of(tree)
    assert format_pdf(told).startswith(b"%PDF-")


def test_what_people_typed_is_in_both_languages_the_same() -> None:
    typed = " No. Died {n} 死亡"
    for lang in ("en", "zh"):
        assert f"hospital record{typed}" in words_of(page(document(model(typed), lang)))  # type: ignore[arg-type]


def test_a_value_is_never_read_as_a_template() -> None:
    assert Say("en")("{a} and {b}", a="{b}", b="{a}") == "{b} and {a}"


@pytest.mark.parametrize(
    ("text", "english", "chinese_words"),
    [
        ("2026-11-24", "24 Nov 2026", "2026年11月24日"),
        ("2026-11", "Nov 2026", "2026年11月"),
        ("2026", "2026", "2026年"),
        ("2026-11-24T09:12+08:00[Asia/Shanghai]", "24 Nov 2026", "2026年11月24日"),
        (date(2029, 6, 30), "30 Jun 2029", "2029年6月30日"),
        (None, "not recorded", "未记录"),
    ],
)
def test_dates_read_as_exactly_as_they_are_known(text: str | date | None, english: str, chinese_words: str) -> None:
    assert (Say("en").date(text), Say("zh").date(text)) == (english, chinese_words)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("18400000", "/kg", "1.84\u00a0×\u00a010⁷/kg"),
        ("180", "mg/m2", "180\u00a0mg/m²"),
        ("109", "10*9/L", "109\u00a0×\u00a010⁹/L"),
        ("12.50", "umol/L", "12.5\u00a0μmol/L"),
        ("1", None, "1"),
    ],
)
def test_numbers_read_as_people_write_them(value: str, unit: str | None, shown: str) -> None:
    assert number(Decimal(value), unit) == shown
    assert number(Decimal(value)) + unit_words(unit) == shown


def test_an_unknown_number_is_a_dash_never_a_zero() -> None:
    assert number(None) == "–"


def test_shares_and_limits_carry_no_break_spaces_and_say_when_there_are_none() -> None:
    say = Say("en")
    assert say.percent(0.495, 1) == "49.5\u00a0%"
    assert say.interval(0.217817, 0.722929) == "21.8\u00a0–\u00a072.3\u00a0%"
    assert say.interval(None, 0.5) == "–"


def test_small_counts_are_words_in_english_and_figures_in_chinese() -> None:
    assert (Say("en").count(7, opening=True), Say("en").count(15), Say("en").count(40)) == ("Seven", "fifteen", "40")
    assert Say("zh").count(7) == "7"


def test_an_estimate_for_a_day_that_nobody_reached_says_so() -> None:
    dfs = next(one for one in model().endpoints if one.measure == "dfs")
    assert dfs.horizon is not None
    say = Say()
    assert ran_out(dfs, say) == ""
    nobody_left = replace(dfs, horizon=replace(dfs.horizon, estimate=0.0, at_risk=0))
    assert ran_out(nobody_left, say) == "Nobody was followed as far as two years: it rests on earlier events."
    all_failed = replace(nobody_left, followed=replace(dfs.followed, event_free=0))
    assert ran_out(all_failed, say) == ""
