"""Every refusal about the record itself, under `small_study.yaml`. See conduct_refusals.py."""

from conduct_story import Scenario, chemotherapy, consents, enrols, facts
from harm_refusals import HOSPITAL, event

CONSENTED = f"{consents()}\n{facts('S-001')}\n"
SCREENED = f"{CONSENTED}2026-01-07 screen S-001 by c:coordinator\n"
ENROLLED = f"{SCREENED}{enrols('S-001')}\n{chemotherapy('S-001')}\n"
FATAL_AFTER = "2026-01-12 record_death S-001 cause=infection how_known=ward by c:coordinator\n"
TWO = f"{CONSENTED}{consents()}\n"
MANAGER, MONITOR = "by dm:data_manager", "by mon:monitor"


def signs(meaning: str = "eligibility", entries: str = "a4", nonce: str = "n1", more: str = "shown=now") -> str:
    """One line: an investigator signs entries about S-001."""
    named = f"entries={entries}" if entries else ""
    words = f"meaning='{meaning}' {named} printed_name='Wang Li' authenticated=passkey nonce={nonce}"
    return f"2026-01-09 sign S-001 {words} {more}\n"


def asks(entry: str = "a3", field: str = "lvef", text: str = "'Is 62 right?'") -> str:
    """One line: the monitor asks about a fact of S-001."""
    return f"2026-01-09 raise_query S-001 entry={entry} field={field} text={text} {MONITOR}\n"


def answers(query: str, text: str = "'yes, by the report'") -> str:
    return f"2026-01-10 answer_query S-001 query={query} answer={text} by c:coordinator\n"


def closes(query: str, text: str = "explained") -> str:
    return f"2026-01-11 close_query S-001 query={query} reason={text} {MANAGER}\n"


def reopens(query: str, text: str = "'another report says 42'") -> str:
    return f"2026-01-12 reopen_query S-001 query={query} reason={text} {MANAGER}\n"


def verifies(entries: str = "a3", more: str = "finding=agrees shown=now") -> str:
    return f"2026-01-13 verify_source S-001 entries={entries} source='ward chart' {more} {MONITOR}\n"


def locks(set_aside: str = "", more: str = "with inv:investigator", reason: str = "analysis") -> str:
    return f"2026-02-01 lock_study reason={reason} set_aside='{{{set_aside}}}' {MANAGER} {more}\n"


ALL_ASIDE = '"casebook:S-001":"not needed"'
ASKED = SCREENED + asks()
ANSWERED = ASKED + answers("a5")
CLOSED = ANSWERED + closes("a5")
FROZEN = f"{SCREENED}2026-01-10 freeze_casebook S-001 reason=review {MANAGER}\n"
ENDED = f"{CONSENTED}2026-01-20 end_study how=early reason='the sponsor withdrew' {MANAGER}\n"
LOCKED = CONSENTED + locks(ALL_ASIDE)
CORRECT = "2026-01-14 correct entry=a3 reason_code='source corrected' why='read again' content='{\"born\":\"1971\"}'"

REVIEW_SCENARIOS = tuple(
    Scenario(*row)
    for row in (
        # signatures
        ("shown.nothing", SCREENED, signs(entries="")),
        ("shown.of_another", f"{TWO}2026-01-07 screen S-001\n", signs(entries="a4,a5")),
        (
            "shown.taken_back",
            f"{SCREENED}2026-01-08 retract entry=a4 reason_code=other why='not yet'\n",
            signs(),
        ),
        ("shown.changed", SCREENED, signs(more=f"shown={'0' * 64}")),
        ("signature.other_meaning", SCREENED, signs(entries="a3")),
        ("signature.not_whole", SCREENED, signs("casebook")),
        ("signature.no_name", SCREENED, signs().replace("Wang Li", " ")),
        ("signature.nonce_used", SCREENED + signs(), signs("enrolment")),
        ("signature.again", SCREENED + signs(), signs(nonce="n2")),
        # queries
        ("query.no_text", SCREENED, asks(text="' '")),
        ("query.about_nothing", SCREENED, f"2026-01-09 raise_query S-001 text='Is all well?' {MONITOR}"),
        ("query.of_another", TWO, asks("a4")),
        ("query.asked_already", ASKED, asks()),
        ("query.no_answer", ASKED, answers("a5", "' '")),
        ("query.no_reason", ANSWERED, closes("a5", "' '")),
        ("query.closed", CLOSED, answers("a5")),
        ("query.not_answered", ASKED, closes("a5")),
        ("query.open", ASKED, reopens("a5")),
        # verification
        ("verification.no_difference", SCREENED, verifies(more="finding=differs shown=now")),
        ("correct.verification", SCREENED + verifies(), CORRECT.replace("a3", "a5").replace("born", "source")),
        # freezes, the end, the lock
        ("casebook.frozen", FROZEN, CORRECT),
        ("casebook.frozen_already", FROZEN, f"2026-01-11 freeze_casebook S-001 {MANAGER}"),
        ("casebook.not_frozen", SCREENED, f"2026-01-11 unfreeze_casebook S-001 reason=x {MANAGER}"),
        ("review.no_reason", FROZEN, f"2026-01-11 unfreeze_casebook S-001 reason=' ' {MANAGER}"),
        ("study.ended", ENDED, consents(on="2026-01-25T09:00")),
        ("study.ended_already", ENDED, f"2026-01-22 end_study how=planned reason=over {MANAGER}"),
        ("lock.in_the_way", ENROLLED + event("2026-01-11", more=HOSPITAL) + asks(), locks()),
        ("lock.not_in_the_way", CONSENTED, locks(f'{ALL_ASIDE},"casebook:S-002":"a slip"')),
        ("lock.one_person", CONSENTED, locks(ALL_ASIDE, more="with mon:monitor")),
        ("study.not_locked", CONSENTED, f"2026-02-02 unlock_study reason=x {MANAGER} with inv:investigator"),
        ("study.locked", LOCKED, "2026-02-02 screen S-001"),
    )
)
