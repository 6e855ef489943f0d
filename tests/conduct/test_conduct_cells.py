"""Cells: collection, lot, release tests, release by somebody else."""

import pytest
from conduct_story import ZONE, Story, consents, enrolled, infused, infusion, lot, ready

from trialwright.errors import FormatError
from trialwright.ledger.kinds import Rejected, Released


@pytest.fixture
def story() -> Story:
    story = Story()
    story.do(consents())
    return story


MAKE = (
    f"2026-01-20T07:00 make_lot L-1 collection=C-1 expires_at=2026-01-20T23:00{ZONE} recipient=S-001 nk_cells=1e9 "
    "by lab-1:cell_laboratory"
)
COLLECT = "2026-01-20T06:00 collect C-1 donor=D-1 source='peripheral blood' by lab-1:cell_laboratory"
RELEASE = "2026-01-20T09:00 release L-1 how=conditional weight_kg=70 by lab-3:cell_laboratory with inv:investigator"


def untold(act: str, contains: str = "") -> str:
    """The chapter of the lot up to the release, without the lines of one act (that contain a word)."""
    lines = [line for line in lot().splitlines() if " release " not in line]
    return "\n".join(line for line in lines if not (f" {act} " in line and contains in line))


def test_a_collection_has_its_own_code_and_a_source_of_the_study(story: Story) -> None:
    assert story.codes(COLLECT.replace("'peripheral blood'", "'bone marrow'")) == {"collection.unknown_source"}
    story.do(COLLECT)
    assert story.codes(COLLECT) == {"collection.exists"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("collection=C-1", "collection=C-9"), "lot.unknown_collection"),
        (("2026-01-20T07:00", "2026-01-20T05:00"), "lot.before_collection"),
        (("recipient=S-001", "recipient=S-009"), "lot.unknown_recipient"),
        (("expires_at=2026-01-20T23:00", "expires_at=2026-01-20T06:30"), "lot.expires_before_made"),
        (("expires_at=2026-01-20T23:00", "expires_at=2026-01-21T07:01"), "lot.expiry_too_late"),
    ],
)
def test_a_lot_comes_of_a_collection_for_somebody_and_lives_a_day(
    story: Story, change: tuple[str, str], code: str
) -> None:
    story.do(COLLECT)
    assert code in story.codes(MAKE.replace(*change))
    assert story.codes(MAKE) == set()


def test_an_expiry_known_only_to_the_day_is_held_to_the_latest_moment(story: Story) -> None:
    story.do(COLLECT.replace("T06:00", ""))
    made = MAKE.replace("T07:00", "").replace(f"2026-01-20T23:00{ZONE}", "2026-01-22")
    assert story.codes(made) == set()
    assert story.codes(made.replace("2026-01-22", "2026-01-23")) == {"lot.expiry_too_late"}


def test_a_total_that_is_no_number_is_unknown_per_kilogram(story: Story) -> None:
    story.tell(untold("record_release_test", "test=t-cells"))
    few = "2026-01-20T08:30 record_release_test L-1 test=t-cells value=few by lab-2:cell_laboratory"
    assert story.codes(few) == {"release.result"}
    story.do(f"{few} told")
    assert story.codes(RELEASE) == {"release.unknown"}
    story.do(few.replace("T08:30", "T08:35").replace("few", "7e6"))  # of what, nobody said: a kilogram, or the lot
    assert story.codes(RELEASE) == {"release.unknown"}
    story.do("2026-01-20T08:40 record_release_test L-1 test=t-cells value=7e6 unit=1 by lab-2:cell_laboratory")
    assert story.codes(RELEASE) == set()
    weighed = '[{"concept":"weight","value":"0","unit":"kg","on":"2026-01-20"}]'
    story.do(f"2026-01-20 record_facts S-001 facts='{weighed}'")
    assert story.codes(RELEASE.replace("weight_kg=70", "")) == {"release.unknown"}


def test_a_release_keeps_the_weight_by_which_it_was_judged_and_only_there(story: Story) -> None:
    story.tell(untold("nothing"))
    (entry,) = story.do(RELEASE)
    assert {one["test"]: one.get("weight_kg") for one in entry.what.judged} == {
        "viability": None,
        "t-cells": "70",
        "gram": None,
        "sterility": None,
    }


@pytest.mark.parametrize("bad", ["\u202e", "\u200b", "\x07", "Ｌ", "é", "/", "0" * 64])
def test_codes_hold_only_letters_that_everybody_reads_alike(story: Story, bad: str) -> None:
    for line in (
        COLLECT.replace("C-1", f"C-1{bad}"),
        COLLECT.replace("D-1", f"D-1{bad}"),
        MAKE.replace("L-1", f"L-1{bad}"),
        MAKE.replace("C-1", f"C-1{bad}"),
        infusion("S-001", lot=f"L-1{bad}"),
        f"2026-01-20 record_deviation L-1{bad} description=d",
        f"- record_history code=P-1{bad} enrolled_on=2000-01-01 disease_status=CR1",
    ):
        with pytest.raises(FormatError, match="up to 64 of the letters A-Z a-z, digits") as fault:
            story.ask(line)
        assert fault.value.message.isascii()
    assert story.codes(COLLECT.replace("C-1", "C-2026.01_a:1")) == set()


def test_a_lot_has_its_own_code(story: Story) -> None:
    story.tell(f"{COLLECT}\n{MAKE}")
    assert story.codes(MAKE) == {"lot.exists"}


def test_a_participants_number_is_kept_as_the_casebooks_code() -> None:
    story = enrolled(Story())
    story.do(COLLECT)
    (made,) = story.do(MAKE.replace("recipient=S-001", "recipient=1"))
    assert made.what.recipient == "S-001"


def test_results_belong_to_a_lot_and_a_test_of_the_study(story: Story) -> None:
    line = "2026-01-20T08:00 record_release_test L-1 test=viability value=85 unit=% by lab-2:cell_laboratory"
    assert story.codes(line) == story.codes(RELEASE) == {"lot.unknown"}
    story.tell(f"{COLLECT}\n{MAKE}")
    assert story.codes(line) == set()
    assert story.codes(line.replace("test=viability", "test=colour")) == {"release.unknown_test"}


def test_a_conditional_release_leaves_open_only_what_may_be_pending(story: Story) -> None:
    story.tell(untold("nothing"))
    (entry,) = story.do(RELEASE)
    assert isinstance(entry.what, Released)
    assert entry.what.pending == ("sterility",)
    assert [one["status"] for one in entry.what.judged] == ["met", "met", "met", "unknown"]


@pytest.mark.parametrize("test", ["viability", "t-cells", "gram"])
def test_a_result_that_is_missing_is_unknown_and_holds_the_lot(story: Story, test: str) -> None:
    story.tell(untold("record_release_test", f"test={test}"))
    assert story.codes(RELEASE) == {"release.unknown"}


@pytest.mark.parametrize(
    ("test", "value"), [("viability", "69.9 unit=%"), ("t-cells", "1.5e7 unit=1"), ("gram", "positive")]
)
def test_a_result_outside_its_limit_holds_the_lot(story: Story, test: str, value: str) -> None:
    story.tell(untold("record_release_test", f"test={test}"))
    story.do(f"2026-01-20T08:30 record_release_test L-1 test={test} value={value} by lab-2:cell_laboratory")
    assert story.codes(RELEASE) == {"release.failed"}


def test_a_limit_per_kilogram_needs_the_recipients_weight(story: Story) -> None:
    story.tell(untold("nothing"))
    bare = RELEASE.replace("weight_kg=70", "")
    assert story.codes(bare) == {"release.unknown"}
    weight = '[{"concept":"weight","value":"70","unit":"kg","on":"2026-01-19"}]'
    story.do(f"2026-01-19 record_facts S-001 facts='{weight}'")
    assert story.codes(bare) == set()


VIABILITY = "record_release_test L-1 test=viability value={} unit=% by lab-2:cell_laboratory"


def test_the_newest_result_of_a_test_counts(story: Story) -> None:
    story.tell(untold("nothing"))
    story.do(f"2026-01-20T08:30 {VIABILITY.format(72)}")
    (entry,) = story.do(RELEASE)
    assert "72 %" in next(one["found"] for one in entry.what.judged if one["test"] == "viability")


def test_a_test_is_not_repeated_until_it_passes(story: Story) -> None:
    story.tell(untold("nothing"))
    story.do(f"2026-01-20T08:30 {VIABILITY.format(60)}")
    assert story.codes(RELEASE) == {"release.failed"}
    for minute in (45, 50):
        story.do(f"2026-01-20T08:{minute} {VIABILITY.format(75)}")
        assert story.codes(RELEASE) == {"release.failed"}


@pytest.mark.parametrize("amend", ["retract", 'correct content=\'{"value":"70"}\''])
def test_a_failing_result_that_was_wrong_is_amended_by_quality_assurance_with_a_second_person(
    story: Story, amend: str
) -> None:
    story.tell(untold("nothing"))
    (failing,) = story.do(f"2026-01-20T08:30 {VIABILITY.format(60)}")
    story.do(f"2026-01-20T08:45 {VIABILITY.format(75)}")
    line = f"- {amend} entry={failing.id} reason_code='typing error' why='another sample'"
    quality, second = "by lab-3:cell_laboratory", "with lab-4:cell_laboratory"
    assert story.codes(f"{line} by lab-2:cell_laboratory {second}") == {"amend.own_work"}
    assert story.codes(f"{line} {quality}") == {"amend.one_person"}
    assert story.codes(RELEASE) == {"release.failed"}
    story.do(f"{line} {quality} {second}")
    assert story.codes(RELEASE) == set()


@pytest.mark.parametrize(
    ("test", "value"),
    [("viability", "-1 unit=%"), ("viability", "101 unit=%"), ("viability", "x unit=%"), ("gram", "clean")],
)
def test_a_result_says_what_can_be_measured(story: Story, test: str, value: str) -> None:
    story.tell(untold("nothing"))
    line = f"2026-01-20T08:30 record_release_test L-1 test={test} value={value} by lab-2:cell_laboratory"
    assert story.codes(line) == {"release.result"}


@pytest.mark.parametrize("value", ["few", "1e999", "<", "1/0"])
def test_what_was_told_and_cannot_be_read_is_unknown(story: Story, value: str) -> None:
    story.tell(untold("nothing"))
    line = f"2026-01-20T08:30 record_release_test L-1 test=viability value='{value}' unit=% by lab-2:cell_laboratory"
    assert story.codes(line) == {"release.result"}
    story.do(f"{line} told")
    assert story.codes(RELEASE) == {"release.unknown"}


def test_a_lot_is_tested_after_it_was_made(story: Story) -> None:
    story.tell(untold("nothing"))
    assert story.codes(f"2026-01-20T06:59 {VIABILITY.format(85)}") == {"release.before_lot"}
    sampled = f"2026-01-20T08:30 {VIABILITY.format(85)} sampled_on={{}}"
    assert story.codes(sampled.format("2026-01-19")) == {"release.before_lot"}
    assert story.codes(sampled.format("2026-01-20")) == set()


def test_a_full_release_waits_for_the_culture(story: Story) -> None:
    story.tell(untold("nothing"))
    full = RELEASE.replace("conditional", "full")
    assert story.codes(full) == {"release.pending"}
    story.do("2026-01-20T08:50 record_release_test L-1 test=sterility value=negative by lab-2:cell_laboratory")
    assert story.codes(full) == set()


@pytest.mark.parametrize("hand", ["lab-1", "lab-2", "LAB-1", "Lab-2"])
def test_nobody_releases_their_own_work(story: Story, hand: str) -> None:
    story.tell(untold("nothing"))
    assert story.codes(RELEASE.replace("lab-3", hand)) == {"release.own_work"}


def test_nobody_releases_a_test_they_did_even_if_another_entered_it(story: Story) -> None:
    story.tell(untold("record_release_test", "test=gram"))
    story.do("2026-01-20T08:00 record_release_test L-1 test=gram value=negative analyst=lab-3 by lab-2:cell_laboratory")
    assert story.codes(RELEASE) == {"release.own_work"}
    assert story.codes(RELEASE.replace("lab-3", "Lab-3")) == {"release.own_work"}


def test_expired_rejected_and_released_lots_are_not_released(story: Story) -> None:
    story.tell(untold("nothing"))
    assert story.codes(RELEASE.replace("2026-01-20T09:00", "2026-01-20T23:30")) == {"lot.expired"}
    story.do(RELEASE)
    assert story.codes(RELEASE) == {"release.already"}
    story.do("2026-01-20T10:00 reject_lot L-1 reason='bag leaks' by lab-3:cell_laboratory")
    assert "lot.rejected" in story.codes(RELEASE.replace("T09:00", "T10:30"))


def test_a_conditional_release_becomes_full_after_the_cells_were_given() -> None:
    story = infused(Story())
    culture = "2026-02-03 record_release_test L-1 test=sterility value=negative sampled_on=2026-01-20"
    story.do(f"{culture} by lab-2:cell_laboratory")
    (entry,) = story.do("2026-02-03 release L-1 how=full weight_kg=70 by lab-3:cell_laboratory")
    assert entry.what.pending == ()


def test_a_late_failure_is_marked_as_after_the_infusion() -> None:
    story = infused(Story())
    entry, alert = story.do("2026-02-03 reject_lot L-1 reason='culture grew' by lab-3:cell_laboratory")
    assert isinstance(entry.what, Rejected)
    assert entry.what.after_infusion
    assert alert.about == "S-001"


def test_two_doses_of_a_lot_are_two_doses() -> None:
    story = ready(Story())
    story.tell(lot("L-2", collection="C-2", doses=2))
    story.do(infusion("S-001", lot="L-2", more="dose=1"))
    story.tell('2026-01-20T15:00 give_gvhd_prophylaxis S-001 cycle=1 agents=\'[{"drug":"ciclosporin"}]\'')
    assert "lot.dose_given" in story.codes(infusion("S-001", "2026-01-20T16:00", lot="L-2", more="dose=1"))
    assert "lot.dose_given" not in story.codes(infusion("S-001", "2026-01-20T16:00", lot="L-2", more="dose=2"))
