"""What counts as a dose-limiting toxicity: one participant a row, told as a story, and the answer.

Written from DOMAIN.md, sections 0 (fact 3), 3 and 7, and docs/decisions/0017; the definition is the reference study's.
Every story of a row goes on from somebody who would be evaluable without a toxicity, unless the row says otherwise.
"""

from datetime import date

from dlt_rows import NEVER, NO, NOT_YET, YES, Row, holds, rows
from harm_story import (
    RELATED,
    UNRELATED,
    WINDOW_END,
    answer,
    conditioned,
    crs,
    event,
    follows,
    gvhd,
    icans,
    measured,
    tell,
    treated,
    unharmed,
    visited,
)

REACTION = "Infusion related reaction"


def reaction(grade: int = 3, on: str = "2026-01-20T15:00", more: str = "") -> str:
    return event(REACTION, grade, on, more=more)


@rows(
    Row("grade 2 is none", reaction(2), NO),
    Row("grade 3 that nobody says is over", reaction(), YES, "infusion-reaction"),
    Row("back to grade 1 in 23 hours", reaction() + follows("grade=1", "2026-01-21T14:00"), NO),
    Row("back to grade 1 in 24 hours to the minute", reaction() + follows("grade=1", "2026-01-21T15:00"), NO),
    Row("a minute longer", reaction() + follows("grade=1", "2026-01-21T15:01"), YES, "infusion-reaction"),
    Row("back to grade 2 only", reaction() + follows("grade=2", "2026-01-20T16:00"), YES, "infusion-reaction"),
    Row("over the same day, hours unknown", reaction(on="2026-01-21", more="resolved_on=2026-01-21"), NO),
    Row(
        "over the next day, which may be 48 hours",
        reaction(on="2026-01-21", more="resolved_on=2026-01-22"),
        YES,
        "infusion-reaction",
    ),
    Row(
        "grade 1 that rises to 3 on the same day is not back to 1",
        reaction(1, "2026-01-21") + follows("grade=3", "2026-01-21"),
        YES,
        "infusion-reaction",
    ),
    Row(
        "over in time, and there again",
        reaction() + follows("resolved_on=2026-01-20", "2026-01-20") + follows("grade=3", "2026-01-22"),
        YES,
        "grade 3 on 2026-01-22",
    ),
    Row(
        "over before its grade rose",
        reaction(1, more="resolved_on=2026-01-20") + follows("grade=3", "2026-01-22"),
        YES,
        "grade 3 on 2026-01-22",
    ),
    Row(
        "over on the day on which its grade rose, said before it rose",
        reaction(1, more="resolved_on=2026-01-22") + follows("grade=3", "2026-01-22"),
        YES,
        "grade 3 on 2026-01-22",
    ),
    Row(
        "said to be over before its grade rose",
        reaction(1) + follows("grade=3 resolved_on=2026-01-21", "2026-01-22"),
        YES,
        "grade 3 on 2026-01-22",
    ),
    Row(
        "fatal on the last day: nothing is open",
        reaction(5, "2026-02-21", "serious=yes seriousness=death"),
        YES,
        "infusion-reaction",
        on=date(2026, 2, 22),
    ),
    Row("fatal the same day", reaction(more="outcome=fatal resolved_on=2026-01-20"), YES, "infusion-reaction"),
    Row("grade 2 that ended in death", reaction(2, more="outcome=fatal"), YES, "infusion-reaction"),
    Row(
        "on the last day: the next day it is open",
        reaction(on="2026-02-21"),
        NOT_YET,
        "whether it is back within 24 hours is open",
        on=date(2026, 2, 22),
    ),
    Row("on the last day: two days later it counts", reaction(on="2026-02-21"), YES, "infusion-reaction"),
)
def test_an_infusion_reaction_counts_unless_it_is_certainly_back_in_time(row: Row) -> None:
    holds(row)


def caused(**judged: str) -> str:
    words = ",".join(f'"{cause}":"{word.replace("_", " ")}"' for cause, word in judged.items())
    return event(related=f"{{{words}}}")


@rows(
    Row("grade 3 is none", event(grade=3), NO),
    Row("grade 4, due to the cells", event(), YES, "organ"),
    Row("grade 4, causes unknown", caused(nk_cells="unknown", chemotherapy="unknown"), YES, "organ"),
    Row("due to chemotherapy and not to cells", caused(nk_cells="not_related", chemotherapy="related"), NO),
    Row("due to leukaemia and not to cells", caused(nk_cells="not_related", leukaemia="related"), NO),
    Row("due to chemotherapy, the cells not judged", caused(chemotherapy="related"), YES, "organ"),
    Row("due to chemotherapy, the cells unknown", caused(nk_cells="unknown", chemotherapy="related"), YES, "organ"),
    Row("due to both", caused(nk_cells="related", chemotherapy="related"), YES, "organ"),
    Row("not due to the cells, nothing else judged", caused(nk_cells="not_related"), YES, "organ"),
    Row("not due to cells, perhaps to leukaemia", caused(nk_cells="not_related", leukaemia="unknown"), YES, "organ"),
    Row(
        "judged later to be due to chemotherapy",
        event(related='{"nk_cells":"unknown"}')
        + follows('related=\'{"nk_cells":"not related","chemotherapy":"related"}\'', "2026-01-30"),
        NO,
    ),
    Row("a count that falls in everybody", event("Neutrophil count decreased"), NO),
    Row("a whole class that is left out", event("Anemia"), NO),
    Row("grade 3 that rises to 4", event(grade=3) + follows("grade=4", "2026-01-28"), YES, "grade 4 on 2026-01-28"),
)
def test_any_other_event_of_grade_four_counts_unless_another_cause_is_judged_and_the_cells_are_not(row: Row) -> None:
    holds(row)


OTHER = "Infections and infestations - Other, specify"
CONDITION = "2026-01-09 record_condition S-001 term='{}' grade={} {}\n"


@rows(
    Row("an hour before the cells", event(on="2026-01-20T13:00"), NO),
    Row("an hour after", event(on="2026-01-20T15:00"), YES, "organ"),
    Row("on the day of the cells, hour unknown", event(on="2026-01-20"), YES, "organ"),
    Row("in the month of the cells, day unknown", event(on="2026-01"), YES, "organ"),
    Row("on the last day of the window", event(on="2026-02-21"), YES, "organ"),
    Row("on the day after", event(on="2026-02-22"), NO),
    Row("grade 4 before the cells and still", event(on="2026-01-15") + follows("grade=4", "2026-01-25"), NO),
    Row("grade 3 before and 4 after", event(grade=3, on="2026-01-15") + follows("grade=4", "2026-01-25"), YES, "organ"),
    Row(
        "grade 4 before, over before the cells, and there again",
        event(on="2026-01-12", more="resolved_on=2026-01-15") + follows("grade=4", "2026-01-25"),
        YES,
        "organ",
    ),
    Row("another one of the term that nobody closed hides nothing", event(on="2026-01-15") + event(), YES, "organ"),
    Row("found with grade 4 before treatment", CONDITION.format("Hypotension", 4, "") + event(), NO),
    Row("found with grade 3 before treatment", CONDITION.format("Hypertension", 3, "") + event("Hypertension"), YES),
    Row(
        "the same words before treatment",
        CONDITION.format(OTHER, 4, "specify='Adenovirus '") + event(OTHER, more="specify=adenovirus"),
        NO,
    ),
    Row(
        "other words before treatment",
        CONDITION.format(OTHER, 4, "specify=measles") + event(OTHER, more="specify=adenovirus"),
        YES,
        "organ",
    ),
)
def test_an_event_counts_when_it_is_in_the_window_and_worse_than_before_the_cells(row: Row) -> None:
    holds(row)


@rows(
    Row("grade 2, judged to be one", event(grade=2, more="dose_limiting=yes"), YES, "as-judged"),
    Row("judged later", event(grade=2) + follows("dose_limiting=yes", "2026-01-30"), YES, "as-judged"),
    Row("judged so outside the window", event(grade=2, on="2026-02-22", more="dose_limiting=yes"), NO),
    Row("grade 4, judged not to be one", event(more="dose_limiting=no"), YES, "organ"),
)
def test_a_person_may_add_a_toxicity_and_take_none_away(row: Row) -> None:
    holds(row)


DEATH = "2026-02-05 record_death S-001 cause={} how_known=ward\n"
CHEMO = '{"nk_cells":"not related","chemotherapy":"related","premedication":"not related"}'
LEUKAEMIA = (
    '{"nk_cells":"not related","chemotherapy":"not related","premedication":"not related","leukaemia":"related"}'
)
LIVED = treated() + measured("anc", "0.1", "2026-01-25")


def fatal(grade: int = 5, related: str = CHEMO, more: str = "serious=yes seriousness=death") -> str:
    return event("Hypotension", grade, "2026-02-04", related, more)


@rows(
    Row("grade 5 due to chemotherapy", fatal(), YES, "death"),
    Row("grade 4 that ended in death", fatal(4, more="outcome=fatal"), YES, "death"),
    Row("grade 4, serious because of death", fatal(4), YES, "death"),
    Row("said later", fatal(4, more="") + follows("outcome=fatal", "2026-02-05"), YES, "death"),
    Row("said with grade 5 later", fatal(4, more="") + follows("grade=5", "2026-02-05"), YES, "death"),
    Row("of leukaemia, its event judged", fatal(related=LEUKAEMIA) + DEATH.format("leukaemia"), NEVER, "died"),
    Row("of leukaemia, no event", DEATH.format("leukaemia"), NEVER, "died on 2026-02-05"),
    Row("of treatment, no event", DEATH.format("treatment"), YES, "due to treatment"),
    Row("of an infection, nobody judged it", DEATH.format("infection"), YES, "its relation to treatment is not judged"),
    Row("of an unknown cause", DEATH.format("unknown"), YES, "its relation to treatment is not judged"),
    Row("unexplained, a fatal event judged unrelated", fatal(related=LEUKAEMIA) + DEATH.format("other"), NEVER, "died"),
    Row("called due to treatment, whatever the event", fatal(related=LEUKAEMIA) + DEATH.format("treatment"), YES),
    Row("in the month of the window's start", DEATH.format("unknown").replace("2026-02-05", "2026-02"), YES, "death"),
)
def test_a_death_in_the_window_is_due_to_treatment_until_its_cause_is_judged(row: Row) -> None:
    holds(Row(row.rule, row.story, row.answer, row.said, before=LIVED))


def test_a_death_after_the_window_is_no_toxicity() -> None:
    holds(Row("later", DEATH.format("treatment").replace("2026-02-05", "2026-02-22"), NO))


CRS_TERM = "Cytokine release syndrome"


@rows(
    Row("grade 3", crs(3, "2026-01-21"), YES, "crs"),
    Row("before the cells", crs(3, "2026-01-20T13:00"), NO),
    Row("open between 2 and more", "2026-01-21 assess_crs S-001 temperature_c=39 hypotension=yes\n", YES, "crs"),
    Row("grade 1", crs(1, "2026-01-21"), NO),
    Row("grade 2 for 72 hours", crs(2, "2026-01-21T10:00") + crs(1, "2026-01-24T10:00"), NO),
    Row("a minute longer", crs(2, "2026-01-21T10:00") + crs(1, "2026-01-24T10:01"), YES, "more than 72 hours"),
    Row("days only, 72 hours at most", crs(2, "2026-01-21") + crs(0, "2026-01-23"), NO),
    Row("days only, perhaps 96 hours", crs(2, "2026-01-21") + crs(0, "2026-01-24"), YES, "may have lasted"),
    Row("grade 2 and never looked at again", crs(2, "2026-01-21"), YES, "lasted more than 72 hours"),
    Row(
        "grade 2 seen twice, 80 hours apart",
        crs(2, "2026-01-21T10:00") + crs(2, "2026-01-24T18:00") + crs(0, "2026-01-24T19:00"),
        YES,
        "crs",
    ),
    Row(
        "twice for two days, with days between",
        crs(2, "2026-01-21T10:00")
        + crs(0, "2026-01-23T10:00")
        + crs(2, "2026-01-26T10:00")
        + crs(0, "2026-01-28T10:00"),
        NO,
    ),
    Row(
        "its event says when it was over",
        event(CRS_TERM, 2, "2026-01-21T09:00", more="resolved_on=2026-01-22") + crs(2, "2026-01-21T10:00", "event=@1"),
        NO,
    ),
    Row(
        "its event says when it was over, yet it was found again since",
        event(CRS_TERM, 2, "2026-01-21T09:00", more="resolved_on=2026-01-22")
        + crs(2, "2026-01-21T10:00", "event=@1")
        + crs(2, "2026-01-26T10:00", "event=@1"),
        YES,
        "crs",
    ),
    Row(
        "since the last day of the window: open",
        crs(2, "2026-02-21T10:00"),
        NOT_YET,
        "whether it lasts more than 72 hours is open",
        on=date(2026, 2, 22),
    ),
    Row("since the day after the window", crs(2, "2026-02-22T10:00"), NO),
    # under its CTCAE term alone
    Row("term alone, grade 3", event(CRS_TERM, 3), YES, "crs"),
    Row("term alone, grade 2 over in two days", event(CRS_TERM, 2, more="resolved_on=2026-01-26"), NO),
    Row("term alone, grade 2 over in four days", event(CRS_TERM, 2, more="resolved_on=2026-01-29"), YES, "may have"),
    Row("term alone, grade 2 that nobody closed", event(CRS_TERM, 2), YES, "not assessed as CRS"),
    Row(
        "term alone, down to grade 1 in 60 hours",
        event(CRS_TERM, 2, "2026-01-25T08:00") + follows("grade=1", "2026-01-27T20:00"),
        NO,
    ),
    Row("found with grade 2 before treatment", CONDITION.format(CRS_TERM, 2, "") + event(CRS_TERM, 2), NO),
    Row("grade 2 already before the cells", event(CRS_TERM, 2, "2026-01-15"), NO),
    Row(
        "assessed since as grade 1",
        event(CRS_TERM, 3, "2026-01-25T08:00") + crs(1, "2026-01-25T09:00", "event=@1"),
        NO,
    ),
    Row("another event was assessed", event(CRS_TERM, 3, "2026-01-25T08:00") + crs(1, "2026-01-25T09:00"), YES, "crs"),
    Row(
        "grew worse after it was assessed",
        event(CRS_TERM, 1, "2026-01-25T08:00")
        + crs(1, "2026-01-25T09:00", "event=@1")
        + follows("grade=3", "2026-01-26T08:00"),
        YES,
        "grade 3 on 2026-01-26",
    ),
)
def test_cytokine_release_counts_from_grade_three_or_when_grade_two_may_have_lasted(row: Row) -> None:
    holds(row)


NERVES = "Nervous system disorders - Other, specify"


@rows(
    Row("grade 3", icans(2, "2026-01-27"), YES, "icans"),
    Row("grade 2", icans(3, "2026-01-27"), NO),
    Row("told in words alone, grade 3", event(NERVES, 3, more="specify='ICANS after the cells'"), YES, "icans"),
    Row("told in words alone, grade 2", event(NERVES, 2, more="specify=ICANS"), NO),
    Row("other words, grade 3", event(NERVES, 3, more="specify=drowsy"), NO),
    Row(
        "grew worse after it was assessed",
        event(NERVES, 2, "2026-01-25", more="specify=ICANS")
        + icans(5, "2026-01-25", "event=@1")
        + follows("grade=3", "2026-01-27"),
        YES,
        "icans",
    ),
)
def test_neurotoxicity_counts_from_grade_three(row: Row) -> None:
    holds(row)


IMMUNE = "Immune system disorders - Other, specify"


def named(words: str, grade: int, on: str = "2026-01-28") -> str:
    return event(IMMUNE, grade, on, more=f"specify='{words}'")


@rows(
    Row("grade III", gvhd("III", "2026-02-01"), YES, "gvhd"),
    Row("grade I", gvhd("I", "2026-02-01"), NO),
    Row("grade II, steroids fail", gvhd("II", "2026-02-01", "steroid_refractory=yes"), YES, "gvhd"),
    Row("grade II, steroids control it", gvhd("II", "2026-02-01", "steroid_refractory=no"), NO),
    Row("grade II, nobody said", gvhd("II", "2026-02-01"), NOT_YET, "whether steroids control it is open"),
    Row(
        "grade II, said at the next assessment: no",
        gvhd("II", "2026-02-01") + gvhd("I", "2026-02-08", "steroid_refractory=no"),
        NO,
    ),
    Row(
        "grade II, said at the next assessment: yes",
        gvhd("II", "2026-02-01") + gvhd("II", "2026-02-08", "steroid_refractory=yes"),
        YES,
        "gvhd",
    ),
    Row(
        "grade II, said only at the assessment before",
        gvhd("I", "2026-01-28", "steroid_refractory=no") + gvhd("II", "2026-02-01"),
        NOT_YET,
        "steroids",
    ),
    Row("grade II, open to IV", "2026-02-01 assess_acute_gvhd S-001 skin=3\n", YES, "gvhd"),
    Row("in words, grade 3", named("acute GVHD of the gut", 3), YES, "gvhd"),
    Row("in Chinese words, grade 3", named("急性移植物抗宿主病", 3), YES, "gvhd"),
    Row("in words, grade 2", named("graft versus host disease, skin", 2), NOT_YET, "steroids"),
    Row("in words, found before", CONDITION.format(IMMUNE, 2, "specify=GVHD") + named("GVHD", 2), NO),
    Row("in words, chronic", named("chronic GVHD", 3), NO),
    Row("in words, something else", named("serum sickness", 3), NO),
    Row(
        "under its own term of CTCAE 6.0",
        event("Graft versus host disease", 3, more="ctcae=6.0"),
        YES,
        "gvhd",
    ),
    Row(
        "in words, and staged since as grade I",
        named("GVHD", 3, "2026-01-28") + gvhd("I", "2026-01-29", "event=@1"),
        NO,
    ),
    Row(
        "grew worse after it was staged",
        named("GVHD", 1) + gvhd("I", "2026-01-29", "event=@1") + follows("grade=3", "2026-02-03"),
        YES,
        "grade 3 on 2026-02-03",
    ),
)
def test_graft_versus_host_disease_counts_from_grade_three_or_when_steroids_fail(row: Row) -> None:
    holds(row)


# --- the window, and who cannot be evaluated --------------------------------------------------------------------------


@rows(
    Row("the day on which the window ends", "", NOT_YET, "watched until 2026-02-21", on=WINDOW_END),
    Row("the day after", "", NO, "watched to 2026-02-21", on=date(2026, 2, 22)),
    Row("a toxicity counts at once", event(), YES, "organ", on=date(2026, 1, 26)),
    Row("nothing of the future counts", event(), NOT_YET, "watched until", on=date(2026, 1, 23)),
    Row("of tomorrow, at a site whose day it is", event(on="2026-01-26"), YES, "organ", on=date(2026, 1, 25)),
    Row("transplanted before the cells", "2026-01-15 transplant S-001\n", NO),
    Row("transplanted in the window", "2026-02-10 transplant S-001\n", NEVER, "was transplanted on 2026-02-10"),
    Row("transplanted on its last day", "2026-02-21 transplant S-001\n", NEVER, "transplanted"),
    Row("transplanted later", "2026-02-22 transplant S-001\n", NO),
    Row("a toxicity after the transplant", "2026-02-10 transplant S-001\n" + event(on="2026-02-11"), NEVER),
    Row("a toxicity on its day", "2026-02-10 transplant S-001\n" + event(on="2026-02-10"), YES, "organ"),
    Row("other therapy", "2026-02-10 other_therapy S-001 therapy=azacitidine\n", NEVER, "began another therapy"),
    Row("other therapy before the cells", "2026-01-15 other_therapy S-001 therapy=azacitidine\n", NO),
    Row("left altogether", "2026-02-20 withdraw S-001 extent='all contact'\n", NEVER, "withdrew"),
    Row("left the visits", "2026-02-20 withdraw S-001 extent=visits\n", NEVER, "withdrew"),
    Row("left treatment alone", "2026-02-20 withdraw S-001 extent=treatment\n", NO),
    Row("left later", "2026-02-22 withdraw S-001 extent='all contact'\n", NO),
    Row("lost", "2026-02-21 lose_to_follow_up S-001\n", NEVER, "was lost"),
    Row("lost and found", "2026-02-21 lose_to_follow_up S-001\n2026-03-01 find_again S-001 how=telephone\n", NO),
    Row("a toxicity, then gone", event() + "2026-02-20 withdraw S-001 extent='all contact'\n", YES, "organ"),
)
def test_who_has_no_toxicity_counts_when_watched_to_the_end_and_still_there(row: Row) -> None:
    holds(row)


@rows(
    Row("seen eight days before the end", visited(on="2026-02-13"), NOT_YET, "last seen on 2026-02-13"),
    Row("seen seven days before the end", visited(on="2026-02-14"), NO),
    Row("seen after the end, asked before", visited(on="2026-03-10"), NOT_YET, "last seen", on=date(2026, 2, 25)),
    Row("seen after the end", visited(on="2026-03-10"), NO),
)
def test_nobody_seen_near_the_end_is_not_yet_evaluable(row: Row) -> None:
    counted = measured("anc", "0.1", "2026-01-25") + measured("anc", "1.2", "2026-02-10")
    holds(Row(row.rule, row.story, row.answer, row.said, before=treated() + counted, on=row.on))


@rows(
    Row("nothing yet", "", NOT_YET, "not infused yet"),
    Row("decided", "2026-01-20 not_infused S-001 reason=fever\n", NEVER, "decided not to be infused"),
    Row("one cycle only", "2026-01-20 not_infused S-001 reason=fever cycle=1\n", NOT_YET, "not infused yet"),
    Row("died", "2026-01-18 record_death S-001 cause=infection how_known=ward\n", NEVER, "died"),
    Row("left", "2026-01-18 withdraw S-001 extent=treatment\n", NEVER, "withdrew"),
    Row("stopped", "2026-01-18 stop_treatment S-001 reason=toxicity\n", NEVER, "treatment was stopped"),
)
def test_who_was_not_infused_has_no_answer(row: Row) -> None:
    holds(Row(row.rule, row.story, row.answer, row.said, before=conditioned()))


def test_a_retracted_event_counts_no_longer_and_a_corrected_one_as_it_reads_now() -> None:
    story = tell(unharmed(), event())
    (id,) = answer(story).found[0].entries
    story.do(f"- correct entry={id} reason_code='source corrected' why='read again' content='{{\"grade\":\"3\"}}'")
    assert answer(story).answer is NO
    story.do(f"- correct entry={id} reason_code='source corrected' why='read again' content='{{\"grade\":\"4\"}}'")
    assert answer(story).found[0].entries == (id,)
    story.do(f"- retract entry={story.trial.originals[id][-1].id} reason_code=duplicate why=twice")
    assert answer(story).answer is NO


def test_every_toxicity_is_named_once_the_first_in_time_first() -> None:
    story = tell(unharmed(), event("Hypotension", on="2026-02-01"), icans(1, "2026-01-27"), fatal(related=RELATED))
    found = answer(story)
    assert [one.item for one in found.found] == ["icans", "organ", "organ"]  # the fatal one is not told twice
    assert found.known_on == date(2026, 1, 27)
    assert found.counted
    assert not answer(story, on=date(2026, 1, 22)).counted


def test_an_event_unrelated_to_anything_that_is_not_excused_counts_all_the_same() -> None:
    """Not due to leukaemia or chemotherapy is what the definition asks; nobody judged the leukaemia here."""
    assert answer(tell(unharmed(), event(related=UNRELATED))).answer is YES
