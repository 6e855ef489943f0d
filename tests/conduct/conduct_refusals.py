"""Every refusal there is: a story, the line that is refused, and the code of the reason it is told for.

The printed messages stand in tests/errors/conduct, one file a code. After a message was changed on purpose:

    python tests/conduct/conduct_refusals.py
"""

from pathlib import Path

from amend_refusals import AMEND_SCENARIOS
from amend_story import AmendStory
from cell_refusals import CELL_SCENARIOS
from cell_story import cell_trial
from conduct_story import (
    CHECKS,
    FACTS,
    ZONE,
    Scenario,
    Story,
    chemotherapy,
    consents,
    cover,
    enrols,
    facts,
    infusion,
    lot,
    printed,
    without,
)
from harm_refusals import HARM_SCENARIOS
from review_refusals import REVIEW_SCENARIOS
from ward_refusals import WARD_SCENARIOS

FILES = Path(__file__).parent.parent / "errors" / "conduct"

CONSENTED = f"{consents()}\n{facts('S-001')}"
ENROLLED = f"{CONSENTED}\n{enrols('S-001')}"
TREATED = f"{ENROLLED}\n{chemotherapy('S-001')}"
READY = TREATED + lot() + cover("S-001")
INFUSED = f"{READY}\n{infusion('S-001')}"
LATER_COVER = cover("S-001").replace("T12", "T14").replace("T13", "T15")
SECOND = f"{consents()}\n{facts('S-002')}\n{enrols('S-002')}"
MADE = "\n".join(line for line in lot().splitlines() if " release " not in line)
DIED = "2026-01-19 record_death S-001 cause=infection how_known=ward"
PAUSED = "2026-01-07 pause by_rule='stopping rule' reason='2 of 3 with toxicity'"
LAB = "by lab-1:cell_laboratory"
QUALITY = "by lab-3:cell_laboratory"
LOOKED_AT = "circulating_blasts=no extramedullary=no marrow_adequate=yes counts_supported=no"
RELEASE = f"2026-01-20T09:00 release L-1 how=conditional weight_kg=70 {QUALITY} with inv:investigator"
MAKE = f"make_lot L-2 collection=C-1 expires_at=2026-01-20T23:00{ZONE} recipient=S-001 nk_cells=1e9 {LAB}"
DECIDE = f"2026-01-20T13:00 decide_go S-001 cycle=1 decision=go checks='{CHECKS}'"
HISTORY = "- record_history code=P-1 enrolled_on=2000-01-01 disease_status=CR1"


def record(concept: str, value: str, unit: str, on: str) -> str:
    """A line that records one fact."""
    fact = f'{{"concept":"{concept}","value":"{value}","unit":"{unit}","on":"{on}"}}'
    return f"\n{on} record_facts S-001 facts='[{fact}]'"


TREATMENT_SCENARIOS = tuple(
    Scenario(*row)
    for row in (
        # coming in
        ("role.not_allowed", "", f"{consents()} by m:monitor"),
        ("occurred.in_future", CONSENTED, "2026-02-02 screen S-001 at 2026-02-01T10:00:00.000Z"),
        ("consent.unknown_document", "", consents().replace("document=main", "document=other")),
        ("consent.not_yet_valid", "", consents(on="2024-12-31T09:00")),
        ("consent.superseded", "", consents(on="2027-02-01T09:00")),
        ("consent.language", "", consents().replace("=zh", "=fr")),
        ("consent.no_time", "", consents(on="2026-01-05")),
        (
            "consent.none",
            f"{consents()}\n2026-01-05 retract entry=a2 reason_code='wrong person' why='another ward'",
            "2026-01-07 screen S-001",
        ),
        ("consent.later", CONSENTED, "2026-01-04 screen S-001"),
        (
            "consent.withdrawn",
            f"{CONSENTED}\n2026-01-07 withdraw S-001 extent='all contact'",
            "2026-02-01 contact S-001 how=telephone",
        ),
        ("person.dead", f"{INFUSED}\n{DIED.replace('-19', '-25')}", "2026-01-27 visit S-001 visit=d7"),
        (
            "screening.ended",
            f"{CONSENTED}\n2026-01-07 end_screening S-001 outcome=withdrawn",
            "2026-01-08 screen S-001",
        ),
        ("screening.open", CONSENTED, "2026-01-08 rescreen S-001 reason='new marrow'"),
        ("screening.enrolled", ENROLLED, "2026-01-09 screen S-001"),
        # a place
        ("enrolment.ineligible", CONSENTED.replace(':"62"', ':"40"'), enrols("S-001")),
        ("enrolment.undecided", consents(), enrols("S-001")),
        ("enrolment.already", ENROLLED, enrols("S-001", "2026-01-09")),
        (
            "enrolment.target_reached",
            "\n".join(f"{consents()}\n{facts(f'S-00{n}')}\n{enrols(f'S-00{n}')}" for n in (1, 2, 3))
            + f"\n{consents()}\n{facts('S-004')}",
            enrols("S-004"),
        ),
        ("enrolment.unknown_disease_status", CONSENTED, enrols("S-001", more="disease_status=CR9")),
        ("enrolment.unknown_phase", CONSENTED, enrols("S-001", more="phase=maintenance")),
        ("enrolment.remission_later", CONSENTED, enrols("S-001", more="remission_on=2026-02-01")),
        ("signature.none", CONSENTED, enrols("S-001", more="by c1:coordinator")),
        (
            "facts.before_consent",
            CONSENTED.replace('"2026-01-06","source":"routine"', '"2026-01-04","source":"study"'),
            enrols("S-001"),
        ),
        ("trial.paused", f"{CONSENTED}\n{PAUSED}", enrols("S-001")),
        # chemotherapy
        ("enrolment.none", CONSENTED, chemotherapy("S-001")),
        ("enrolment.later", ENROLLED, chemotherapy("S-001", "2026-01-07")),
        ("treatment.stopped", f"{ENROLLED}\n2026-01-09 stop_treatment S-001 reason=toxicity", chemotherapy("S-001")),
        ("chemotherapy.unknown_regimen", ENROLLED, chemotherapy("S-001").replace("7+3", "FLAG")),
        ("chemotherapy.cycle_given", TREATED, chemotherapy("S-001", "2026-01-12")),
        ("chemotherapy.cycle_order", ENROLLED, chemotherapy("S-001", cycle=2)),
        ("chemotherapy.ends_before_start", ENROLLED, chemotherapy("S-001", ended="2026-01-09")),
        (
            "chemotherapy.change_without_why",
            ENROLLED,
            chemotherapy("S-001").replace('"1-3"', '"1-3","change":"reduced"'),
        ),
        ("stagger.not_over", f"{INFUSED}\n{SECOND}", chemotherapy("S-002", "2026-02-16", "2026-02-20")),
        ("go.check_open", TREATED, DECIDE.replace('infection","answer":"yes"', 'infection","answer":"no"')),
        (
            "go.check_failed",
            TREATED + record("temperature", "38.2", "Cel", "2026-01-20"),
            DECIDE,
        ),
        # infusion
        ("infusion.no_time", READY, infusion("S-001", "2026-01-20")),
        ("infusion.no_chemotherapy", READY, infusion("S-001", cycle=2)),
        (
            "infusion.chemotherapy_window",
            READY.replace("ended_on=2026-01-16", "ended_on=2026-01-19"),
            infusion("S-001"),
        ),
        ("infusion.no_premedication", without(READY, " premedicate "), infusion("S-001")),
        ("infusion.no_gvhd_prophylaxis", without(READY, " give_gvhd_prophylaxis "), infusion("S-001")),
        ("infusion.no_go", without(READY, " decide_go "), infusion("S-001")),
        (
            "infusion.decided_against",
            f"{READY}\n2026-01-20 not_infused S-001 cycle=1 reason=fever",
            infusion("S-001"),
        ),
        (
            "infusion.too_many",
            f"{INFUSED}\n{chemotherapy('S-001', '2026-02-10', '2026-02-16', 2)}"
            + lot("L-2", on="2026-02-20", collection="C-2")
            + cover("S-001", "2026-02-20", 2)
            + infusion("S-001", "2026-02-20T14:00", "L-2", 2)
            + "\n"
            + chemotherapy("S-001", "2026-03-10", "2026-03-16", 3)
            + lot("L-3", on="2026-03-20", collection="C-3")
            + cover("S-001", "2026-03-20", 3),
            infusion("S-001", "2026-03-20T14:00", "L-3", 3),
        ),
        ("infusion.dose_unknown", READY, infusion("S-001").replace("weight_kg=70", "")),
        ("infusion.dose_outside", READY, infusion("S-001", more="nk_cells_per_kg=3.1e7")),
        (
            "infusion.weight_changed",
            READY
            + "\n2026-01-20 record_facts S-001 facts="
            + '\'[{"concept":"weight","value":"78","unit":"kg","on":"2026-01-20"}]\'',
            infusion("S-001"),
        ),
        (
            "infusion.weight_unknown",
            READY.replace("t-cells value=7e6 unit=1", "t-cells value=1e5 unit=/kg"),
            infusion("S-001"),
        ),
        ("infusion.dose_impossible", READY, infusion("S-001", more="nk_cells_per_kg=2e7")),
        ("infusion.ends_before_start", READY, infusion("S-001", more=f"ended_at=2026-01-20T13:30{ZONE}")),
        ("infusion.one_verifier", READY, infusion("S-001").replace("with inv:investigator", "")),
        ("lot.unknown", READY, infusion("S-001", lot="L-9")),
        ("lot.not_released", without(READY, " release "), infusion("S-001")),
        (
            "lot.failed_test",
            f"{READY}\n2026-01-20T13:00 record_release_test L-1 test=sterility value=positive {LAB}",
            infusion("S-001"),
        ),
        ("lot.rejected", f"{READY}\n2026-01-20T13:30 reject_lot L-1 reason='bag leaks' {QUALITY}", infusion("S-001")),
        (
            "lot.wrong_recipient",
            f"{READY}\n{SECOND}" + lot("L-2", "S-002", collection="C-2"),
            infusion("S-001", lot="L-2"),
        ),
        ("lot.expired", READY, infusion("S-001", "2026-01-20T23:30")),
        ("lot.no_such_dose", READY, infusion("S-001", more="dose=2")),
        ("lot.dose_given", INFUSED + LATER_COVER, infusion("S-001", "2026-01-20T16:00")),
        # cells
        (
            "collection.exists",
            f"{consents()}\n{lot()}",
            f"2026-01-21 collect C-1 donor=D-2 source='peripheral blood' {LAB}",
        ),
        ("collection.unknown_source", "", f"2026-01-21 collect C-1 donor=D-2 source=marrow {LAB}"),
        ("lot.exists", f"{consents()}\n{lot()}", f"2026-01-20T08:00 {MAKE.replace('L-2', 'L-1')}"),
        ("lot.unknown_collection", f"{consents()}\n{lot()}", f"2026-01-20T08:00 {MAKE.replace('C-1', 'C-9')}"),
        ("lot.before_collection", f"{consents()}\n{lot()}", f"2026-01-20T05:00 {MAKE}"),
        (
            "lot.unknown_recipient",
            f"{consents()}\n{lot()}",
            f"2026-01-20T08:00 {MAKE.replace('recipient=S-001', 'recipient=S-009')}",
        ),
        ("lot.expires_before_made", f"{consents()}\n{lot()}", f"2026-01-20T23:30 {MAKE}"),
        (
            "lot.expiry_too_late",
            f"{consents()}\n{lot()}",
            f"2026-01-20T08:00 {MAKE.replace('2026-01-20T23:00', '2026-01-21T08:01')}",
        ),
        (
            "release.unknown_test",
            f"{consents()}\n{lot()}",
            f"2026-01-20T08:00 record_release_test L-1 test=colour value=red {LAB}",
        ),
        (
            "release.failed",
            f"{consents()}\n{MADE.replace('value=85', 'value=60')}",
            RELEASE,
        ),
        ("release.unknown", consents() + "\n" + without(MADE, "test=gram"), RELEASE),
        ("release.pending", f"{consents()}\n{MADE}", RELEASE.replace("conditional", "full")),
        ("release.already", f"{consents()}\n{lot()}", RELEASE.replace("T09:00", "T10:00")),
        ("release.own_work", f"{consents()}\n{MADE}", RELEASE.replace("lab-3", "lab-2")),
        # the trial as a whole
        ("trial.not_paused", "", "2026-01-08 resume decided_by=board decision='go on' by b:safety_board"),
        (
            "resume.nobody_exempt",
            PAUSED,
            "2026-01-08 resume decided_by=board decision=d scope=participants by b:safety_board",
        ),
        (
            "resume.exempt_whole_trial",
            f"{consents()}\n{PAUSED}",
            "2026-01-08 resume decided_by=board decision=d exempt=S-001 by b:safety_board",
        ),
        # follow-up
        ("visit.already", f"{INFUSED}\n2026-01-27 visit S-001 visit=d7", "2026-01-28 visit S-001 visit=d7"),
        ("contact.not_alive", CONSENTED, "2026-02-01 contact S-001 how=telephone alive=no"),
        (
            "relapse.no_remission",
            f"{CONSENTED}\n2026-01-08 enrol S-001 disease_status=refractory phase=induction",
            "2026-03-01 relapse S-001 how=haematological",
        ),
        (
            "relapse.shown_earlier",
            f"{INFUSED}\n2026-02-20 assess_response S-001 blasts_percent=12",
            "2026-03-01 relapse S-001 how=haematological",
        ),
        (
            "response.disagrees",
            f"{CONSENTED}\n2026-01-08 enrol S-001 disease_status=refractory phase=induction",
            f"2026-02-01 assess_response S-001 category=CR blasts_percent=4.9 anc=0.99 platelets=100 {LOOKED_AT}",
        ),
        (
            "response.mrd_disagrees",
            INFUSED,
            "2026-02-20 assess_response S-001 category='remission kept' mrd=negative mrd_method=flow mrd_percent=0.1",
        ),
        ("death.already", f"{CONSENTED}\n{DIED}", DIED),
        ("death.seen_later", f"{CONSENTED}\n2026-02-14 contact S-001 how=telephone", DIED),
        (
            "follow_up.lost_already",
            f"{CONSENTED}\n2026-02-01 lose_to_follow_up S-001",
            "2026-02-10 lose_to_follow_up S-001",
        ),
        ("follow_up.not_lost", CONSENTED, "2026-02-10 find_again S-001 how=telephone"),
        ("follow_up.unknown_site", CONSENTED, "2026-02-10 transfer_follow_up S-001 to_site=XZ"),
        ("deviation.unknown_entry", "", "2026-02-10 record_deviation description=settled settles=a99"),
        # putting right
        ("amend.fixed", "", "- retract entry=a1 reason_code=other why='wrong study'"),
        (
            "amend.taken_back",
            f"{consents()}\n- retract entry=a2 reason_code=duplicate why=twice",
            "- retract entry=a2 reason_code=duplicate why=twice",
        ),
        ("amend.no_reason", consents(), "- retract entry=a2 reason_code=duplicate why=' '"),
        ("retract.treated", TREATED, "- retract entry=a4.2 reason_code=other why=mistake"),
        ("correct.number", ENROLLED, '- correct entry=a4.2 reason_code=other why=w content=\'{"number":"7"}\''),
        (
            "correct.judgement",
            ENROLLED,
            '- correct entry=a4 reason_code=other why=w content=\'{"eligible":"no"}\'',
        ),
        (
            "correct.nothing",
            ENROLLED,
            '- correct entry=a4.2 reason_code=other why=w content=\'{"phase":"consolidation"}\'',
        ),
        # a table of the past
        ("history.exists", f"{HISTORY}", HISTORY),
        ("history.code", "", HISTORY.replace("P-1", "L-1")),
        ("history.order", "", f"{HISTORY} death_on=1999-12-31"),
    )
)
SCENARIOS = (
    *TREATMENT_SCENARIOS,
    *CELL_SCENARIOS,
    *HARM_SCENARIOS,
    *REVIEW_SCENARIOS,
    *AMEND_SCENARIOS,
    *WARD_SCENARIOS,
)


def story_of(scenario: Scenario) -> Story:
    """The trial a scenario happens in, told up to its line."""
    if scenario.amending:
        return AmendStory().tell(scenario.story)
    return (cell_trial() if scenario.cells else Story()).tell(scenario.story)


def message_of(scenario: Scenario) -> str:
    """The file of a refusal: what came before in short, what was asked, and what is printed."""
    story = story_of(scenario)
    kinds = [entry.what.kind for entry in story.trial.by_id.values()][1:]
    before = ", ".join(kinds) or "nothing"
    return f"Before: {before}\nAsked: {shown(scenario.line)}\n\n{printed(story.refused(scenario.line))}"


def shown(line: str) -> str:
    return line.replace(FACTS, "[...]").replace(ZONE, "").strip()


if __name__ == "__main__":
    FILES.mkdir(parents=True, exist_ok=True)
    for old in FILES.glob("*.txt"):
        old.unlink()
    for scenario in SCENARIOS:
        (FILES / f"{scenario.code}.txt").write_text(message_of(scenario), encoding="utf-8")
