"""Trials told as text, in which people come to harm: the small study of the acts, with the reference study's safety.

Participants get their place, chemotherapy on 2026-01-10 and cells on 2026-01-20 at 14:00, all told after the deed.
With that start the window of the reference study lasts to 2026-02-21, 42 days after the chemotherapy's first day; it
is longer than 28 days after the cells (2026-02-17).

`@1` in a line is the entry of the first adverse event or pregnancy that the story reported, `@2` the second.
"""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from cell_story import cell_study
from conduct_story import ZONE, Story, chemotherapy, consents, small_study

from trialwright.facts import LocalTime, parse_occurred
from trialwright.ledger import Actor, NewEntry
from trialwright.ledger.kinds import AdverseEventReported, PregnancyReported
from trialwright.safety.stopping.dlt import DltAnswer, dlt_answer
from trialwright.study import Study, read_study

CHEMOTHERAPY, CELLS, WINDOW_END, LATER = "2026-01-10", "2026-01-20T14:00", date(2026, 2, 21), date(2026, 3, 15)
UNRELATED = '{"nk_cells":"not related","chemotherapy":"not related","premedication":"not related"}'
RELATED = '{"nk_cells":"related"}'


@cache
def reference_study() -> Study:
    file = files("trialwright.studies") / "nct05333705" / "study.yaml"
    return read_study(file.read_text(encoding="utf-8"), "study.yaml").study


@cache
def harm_study() -> Study:
    """The small study with the reference study's safety: fifteen places, nobody waits for the one before."""
    return with_safety(small_study())


@cache
def harm_cell_study() -> Study:
    """The study of the cells' whole way with the reference study's safety."""
    return with_safety(cell_study())


def with_safety(study: Study) -> Study:
    product = study.product
    assert product is not None
    tests = tuple(replace(test, shows_contamination=test.id in ("gram", "sterility")) for test in product.release_tests)
    return replace(
        study,
        enrolment=replace(study.enrolment, target=15, sequential=False, stagger=None),
        product=replace(product, release_tests=tests),
        safety=reference_study().safety,
    )


def tell(*chapters: str, study: Study | None = None) -> Story:
    return tell_on(Story(study=study or harm_study(), sha256="harm-1"), *chapters)


def tell_on(story: Story, *chapters: str) -> Story:
    """The story goes on."""
    for line in "\n".join(chapters).splitlines():
        if line.strip():
            story.do(line_of(story, line))
    return story


def line_of(story: Story, line: str) -> str:
    """The line with the events that it names."""
    return re.sub(r"@(\d+)", lambda found: reported(story)[int(found[1]) - 1], line)


def reported(story: Story) -> list[str]:
    """The events and pregnancies of the story, in the order in which they were told."""
    first = {chain[0].id: chain[0] for chain in story.trial.originals.values()}
    kinds = (AdverseEventReported, PregnancyReported)
    return sorted((id for id, entry in first.items() if isinstance(entry.what, kinds)), key=lambda id: first[id].seq)


def put(story: Story, what: Any, about: str | None, occurred: str | None) -> None:
    """An entry as an older version or another hand may have written it, past every act."""
    story.keep((NewEntry(what, about=about, occurred=occurred),), Actor("inv", "investigator"))


def at(moment: str) -> LocalTime:
    found = parse_occurred(moment + ZONE)
    assert isinstance(found, LocalTime)
    return found


# --- chapters ---------------------------------------------------------------------------------------------------------


def arrives(who: str = "S-001") -> str:
    """Somebody with consent and a place."""
    return f"{consents()}\n2026-01-08 enrol {who} disease_status=CR1 phase=consolidation told\n"


def conditioned(who: str = "S-001", began: str = CHEMOTHERAPY) -> str:
    """Somebody with a place and the first cycle's chemotherapy."""
    return f"{arrives(who)}{chemotherapy(who, began, began, more='told')}\n"


def given(who: str = "S-001", on: str = CELLS, lot: str | None = None, cycle: int = 1, more: str = "") -> str:
    """An infusion, whole, of a lot that nobody described."""
    lot = lot or "L-" + who[2:]
    return f"{on} infuse {who} cycle={cycle} lot={lot} weight_kg=70 by nurse:coordinator told {more}\n"


def treated(who: str = "S-001", began: str = CHEMOTHERAPY, on: str = CELLS) -> str:
    """Somebody who has had chemotherapy and cells."""
    return conditioned(who, began) + given(who, on)


def visited(who: str = "S-001", on: str = "2026-02-20") -> str:
    return f"{on} contact {who} alive=yes how=visit\n"


def measured(concept: str, value: str, on: str, who: str = "S-001") -> str:
    unit = "10*9/L" if concept == "anc" else "%"
    fact = f'{{"concept":"{concept}","value":"{value}","unit":"{unit}","on":"{on}"}}'
    return f"{on[:10]} record_facts {who} facts='[{fact}]'\n"


def recovers(who: str = "S-001") -> str:
    """Neutrophils low, then back."""
    return measured("anc", "0.1", "2026-01-25", who) + measured("anc", "1.2", "2026-02-10", who)


def watched(who: str = "S-001") -> str:
    """To the end of the window, with counts that came back."""
    return recovers(who) + visited(who)


def unharmed(who: str = "S-001") -> str:
    """Somebody evaluable without a toxicity, unless the story goes on."""
    return treated(who) + watched(who)


def event(
    term: str = "Hypotension",
    grade: int = 4,
    on: str = "2026-01-25",
    related: str = RELATED,
    more: str = "",
    who: str = "S-001",
) -> str:
    serious = "" if "serious=" in more else "serious=yes seriousness=hospitalisation"
    return f"{on} report_adverse_event {who} term='{term}' grade={grade} related='{related}' {serious} {more} told\n"


def follows(words: str, on: str, which: int = 1) -> str:
    return f"{on} follow_adverse_event event=@{which} {words}\n"


def crs(grade: int, on: str, more: str = "", who: str = "S-001") -> str:
    """An assessment whose findings make the grade (ASTCT 2019)."""
    found = {
        0: "temperature_c=36.8 fever_explained=no masked=no hypotension=no vasopressors=0 vasopressin=no oxygen=none",
        1: "temperature_c=39 fever_explained=no masked=no hypotension=no vasopressors=0 vasopressin=no oxygen=none",
        2: "temperature_c=39 fever_explained=no masked=no hypotension=yes vasopressors=0 vasopressin=no oxygen=none",
        3: "temperature_c=39 fever_explained=no masked=no hypotension=yes vasopressors=1 vasopressin=no oxygen=none",
    }
    return f"{on} assess_crs {who} {found[grade]} {more}\n"


def icans(ice: int, on: str, more: str = "", who: str = "S-001") -> str:
    """Grade 3 with 0 to 2 points, grade 2 with 3 to 6 (ASTCT 2019)."""
    return f"{on} assess_icans {who} ice={ice} consciousness=awake seizure=none motor=no oedema=none {more}\n"


def gvhd(grade: str, on: str, more: str = "", who: str = "S-001") -> str:
    """Stages that make the grade (MAGIC 2016)."""
    skin = {"I": "skin=1 lower_gi=0", "II": "skin=3 lower_gi=0", "III": "skin=3 lower_gi=2", "IV": "skin=4 lower_gi=0"}
    return f"{on} assess_acute_gvhd {who} {skin[grade]} liver=0 upper_gi=0 {more}\n"


def decides(on: str = "2026-02-01", more: str = "") -> str:
    """The safety board lets the trial go on."""
    return f"{on} resume decided_by=board decision='go on' by b:safety_board {more}\n"


# --- answers ----------------------------------------------------------------------------------------------------------


def answer(story: Story, who: str = "S-001", on: date = LATER) -> DltAnswer:
    return dlt_answer(story.study, story.trial, story.trial.casebooks[who], on)
