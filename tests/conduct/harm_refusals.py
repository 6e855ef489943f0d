"""Every refusal about harm, under `small_study.yaml`: events, values, pregnancies, reports. See conduct_refusals.py."""

from conduct_story import ZONE, Scenario, chemotherapy, consents, cover, enrols, facts, infusion, lot

RELATED = 'related=\'{"nk_cells":"related","chemotherapy":"not related"}\''
HOSPITAL = "serious=yes seriousness=hospitalisation"
BOARD = "by b:safety_board"


def event(
    on: str = "2026-01-21", term: str = "Fever", grade: int = 2, more: str = "serious=no", who: str = "S-001"
) -> str:
    """One line: an adverse event, related to the cells."""
    return f"{on} report_adverse_event {who} term='{term}' grade={grade} {RELATED} {more}\n"


def value(number: str, on: str = "2026-01-22", concept: str = "hemoglobin", unit: str = "g/L", range: str = "") -> str:
    """One line: one number of the laboratory."""
    fact = f'{{"concept":"{concept}","value":"{number}","unit":"{unit}","on":"{on}"{range}}}'
    return f"{on} record_facts S-001 facts='[{fact}]'\n"


def report(event: str, on: str, what: str = "first report", to: str = "ethics committee", regime: str = "site") -> str:
    """One line: a report that went out."""
    return f"{on} send_report entry={event} regime={regime} what='{what}' to='{to}'\n"


def acts_in(story: str) -> int:
    """How many acts a story tells: with the adoption before them, the last one's entry is a(n + 1)."""
    return sum(bool(line.strip()) for line in story.splitlines())


def last(story: str) -> str:
    """The id of the last act's first entry."""
    return f"a{acts_in(story) + 1}"


CONSENTED = f"{consents()}\n{facts('S-001')}\n"
ENROLLED = f"{CONSENTED}{enrols('S-001')}\n"
TREATED = f"{ENROLLED}{chemotherapy('S-001')}\n"
READY = TREATED + lot() + cover("S-001")
INFUSED = f"{READY}\n{infusion('S-001')}\n"
ILL = INFUSED + event()
SERIOUS = INFUSED + event(more=HOSPITAL)
ANOTHER = f"{ILL}{consents()}\n"
ANAEMIC = INFUSED + value("95")
PREGNANT = "2026-01-12 report_pregnancy S-001 of=participant\n"
KNOWN = TREATED + PREGNANT
REPORTED = SERIOUS + report(last(SERIOUS), "2026-01-21T16:00")
DEAD = ILL + "2026-01-25 record_death S-001 cause=leukaemia how_known=ward\n"
PAUSED = "2026-01-12 pause by_rule='safety board' reason='a death elsewhere'\n"
FOLLOW = f"2026-01-23 follow_adverse_event event={last(ILL)}"
MARK = f"2026-01-23 mark_value S-001 fact={last(ANAEMIC)}#1"
LOW = "2026-01-23 mark_value S-001 fact={id}#1 significant=yes"
OPEN = INFUSED + value("5.0", concept="potassium", unit="mmol/L")
IN_RANGE = INFUSED + value("150")
AMEND = "reason_code='source corrected' why='read again'"

HARM_SCENARIOS = tuple(
    Scenario(*row)
    for row in (
        # adverse events
        ("adverse_event.unknown_term", INFUSED, event(term="Low platelets")),
        ("adverse_event.not_specified", INFUSED, event(term="Infections and infestations - Other, specify")),
        ("adverse_event.no_such_grade", INFUSED, event(term="Chills", grade=4)),
        ("adverse_event.why_serious", INFUSED, event(more="serious=yes")),
        ("adverse_event.not_serious", INFUSED, event(more="serious=no seriousness=hospitalisation")),
        ("adverse_event.fatal_not_serious", INFUSED, event(term="Sepsis", grade=5)),
        ("adverse_event.ends_before_onset", INFUSED, event(more="serious=no resolved_on=2026-01-20")),
        (
            "adverse_event.known_before_onset",
            INFUSED,
            event(more=f"serious=no aware_at=2026-01-20T22:00{ZONE}"),
        ),
        ("condition.dates", TREATED, "2026-01-25 record_condition S-001 term=Nausea grade=1"),
        # what follows
        ("adverse_event.of_another", ANOTHER, FOLLOW.replace("event event", "event S-002 event") + " grade=3"),
        ("adverse_event.before_onset", ILL, FOLLOW.replace("2026-01-23", "2026-01-20") + " grade=3"),
        ("adverse_event.after_death", DEAD, FOLLOW.replace("2026-01-23", "2026-01-26") + " grade=3"),
        ("adverse_event.nothing_new", ILL, FOLLOW),
        ("infusion.not_given", INFUSED, "2026-01-20T15:00 assess_infusion_reaction S-001 infusion=2 interrupted=yes"),
        ("assessment.nothing_found", INFUSED, "2026-01-21 assess_crs S-001 note=forgotten"),
        # values
        ("value.marked", f"{ANAEMIC}{MARK} significant=no\n", f"{MARK} significant=no"),
        ("value.no_such_grade", ANAEMIC, f'{MARK} significant=no grades=\'{{"Anemia":"6"}}\''),
        (
            "value.grade_open",
            OPEN,
            f"{LOW.format(id=last(OPEN))} {RELATED}",
        ),
        ("value.no_event", IN_RANGE, f"{LOW.format(id=last(IN_RANGE))} {RELATED}"),
        ("value.cause_not_judged", ANAEMIC, f"{MARK} significant=yes"),
        ("value.no_new_event", ANAEMIC, f"{MARK} significant=no {RELATED}"),
        # pregnancies
        (
            "person.pregnant",
            KNOWN + lot() + cover("S-001"),
            infusion("S-001"),
        ),
        (
            "pregnancy.of_another",
            f"{KNOWN}{consents()}",
            f"2026-10-01 follow_pregnancy S-002 pregnancy={last(KNOWN)} outcome='live birth'",
        ),
        ("pregnancy.dates", TREATED, f"{PREGNANT.strip()} last_period_on=2026-01-20"),
        # reports
        (
            "report.of_another",
            f"{SERIOUS}{consents()}\n",
            report(last(SERIOUS), "2026-01-21T16:00").replace("send_report", "send_report S-002"),
        ),
        ("report.unknown_regime", SERIOUS, report(last(SERIOUS), "2026-01-21T16:00", regime="EU_CTR")),
        ("report.unknown_recipient", SERIOUS, report(last(SERIOUS), "2026-01-21T16:00", to="sponsor")),
        ("report.before_event", SERIOUS, report(last(SERIOUS), "2026-01-20T16:00")),
        ("report.already", REPORTED, report(last(SERIOUS), "2026-01-21T16:00")),
        # pauses
        (
            "resume.before_news",
            INFUSED + "2026-01-25 assess_acute_gvhd S-001 skin=4\n",
            f"2026-01-26 resume decided_by=board decision='go on' {BOARD} at 2030-01-02T08:00:00.000Z",
        ),
        ("resume.not_theirs", PAUSED, "2026-01-13 resume decided_by=inv decision='go on'"),
        (
            "resume.not_conditioned",
            ENROLLED + PAUSED,
            f"2026-01-13 resume decided_by=board decision='treat S-001' scope=participants exempt=S-001 {BOARD}",
        ),
        # putting right
        ("retract.reported", REPORTED, f"- retract entry={last(SERIOUS)} {AMEND}"),
    )
)
