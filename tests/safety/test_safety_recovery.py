"""Neutrophils that do not come back: a story of counts and marrow, and whether they are a dose-limiting toxicity.

Written from DOMAIN.md, section 0 (fact 3: low counts are in everybody, so recovery that fails is what counts, in a
marrow nearly without cells and without leukaemia) and section 7, and docs/decisions/0017. The set day is 2026-02-21.
"""

from dlt_rows import NO, NOT_YET, YES, Row, holds, rows
from harm_story import answer, measured, tell, treated, visited

SEEN_TO_THE_END = treated() + visited()


def anc(value: str, on: str) -> str:
    return measured("anc", value, on)


def marrow(blasts: str | None = None, cells: str | None = None, on: str = "2026-02-26") -> str:
    blast = measured("marrow_blasts", blasts, on) if blasts else ""
    return blast + (measured("marrow_cellularity", cells, on) if cells else "")


FELL = anc("0.1", "2026-01-25")
LOW = FELL + anc("0.2", "2026-02-25")


@rows(
    Row("low, and back in time", FELL + anc("1.2", "2026-02-10"), NO),
    Row("counted before the fall only", anc("2.0", "2026-01-12"), NOT_YET, "neutrophils"),
    Row("counted on the day of the cells, then not", anc("2.0", "2026-01-20"), NOT_YET, "neutrophils"),
    Row("not low near the day", anc("2.0", "2026-02-07"), NO),
    Row("not low, but long before the day", anc("2.0", "2026-02-06"), NOT_YET, "is not known"),
    Row("low and back before the cells", anc("0.1", "2026-01-12") + anc("2.0", "2026-01-18"), NOT_YET, "is not known"),
    Row("low before the chemotherapy only", anc("0.1", "2026-01-06") + anc("2.0", "2026-01-21"), NOT_YET, "not known"),
    Row("low and back long before the day", FELL + anc("1.2", "2026-02-01"), NO),
    Row("nothing counted at all", "", NOT_YET, "is not known"),
    Row("low to the last count before the day", FELL, NOT_YET, "is not known"),
    Row("back and low again before the day", FELL + anc("1.2", "2026-02-10") + anc("0.3", "2026-02-18"), NOT_YET),
    Row("0.5 after the day is not below it", FELL + anc("0.5", "2026-02-25"), NO),
    Row("a count of which nobody can say whether it is low", FELL + anc("<0.6", "2026-02-25"), NOT_YET, "not known"),
    Row("low, the marrow unknown", LOW, NOT_YET, "not both known"),
    Row("low, in an empty marrow without leukaemia", LOW + marrow("2", "5"), YES, "aplasia"),
    Row("low, in a marrow full of cells", LOW + marrow("2", "60"), NO),
    Row("low, in a marrow of leukaemia", LOW + marrow("30", "5"), NO),
    Row("low, blasts alone known", LOW + marrow("2"), NOT_YET, "not both known"),
    Row("low, full by cellularity alone", LOW + marrow(None, "60"), NO),
    Row("low, a marrow of too long ago", LOW + marrow("2", "5", "2026-02-06"), NOT_YET, "not both known"),
    Row("low, a marrow of the two weeks before", LOW + marrow("2", "5", "2026-02-07"), YES, "aplasia"),
    Row("a relapse since undoes nothing", LOW + marrow("2", "5") + marrow("40", "90", "2026-03-10"), YES, "aplasia"),
    Row("full first, empty later", LOW + marrow("2", "60") + marrow("2", "5", "2026-03-10"), YES, "aplasia"),
)
def test_neutrophils_that_stay_low_count_in_an_empty_marrow_only(row: Row) -> None:
    holds(Row(row.rule, row.story, row.answer, row.said, before=SEEN_TO_THE_END))


def test_a_transplant_ends_the_wait_for_counts() -> None:
    story = SEEN_TO_THE_END + LOW + marrow("2", "5") + "2026-02-24 transplant S-001\n"
    assert answer(tell(story)).found == ()
