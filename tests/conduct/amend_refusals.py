"""Refusals of amendments, and of acts that wait for a renewed consent."""

from amend_story import amends, proposes
from conduct_story import Scenario, chemotherapy, consents, enrols, facts

THREE = "\n".join(f"{consents()}\n{facts(who)}\n{enrols(who)}" for who in ("S-001", "S-002", "S-003"))
ENROLLED = f"{consents()}\n{facts('S-001')}\n{enrols('S-001')}"
PROPOSED = proposes("1.1")
APPROVE = "2026-02-10 approve_amendment"
ONE = f"{PROPOSED}\n{APPROVE} by inv:investigator"

AMEND_SCENARIOS = tuple(
    Scenario(*row, amending=True)
    for row in (
        ("amendment.unreadable", "", proposes("no-study")),
        ("amendment.lint", "", proposes("1.1-error")),
        ("amendment.other_study", "", proposes("1.1-other")),
        ("amendment.historical", "", proposes("1.1-history")),
        ("amendment.nothing_changes", "", proposes("comments")),
        ("amendment.older_version", amends("1.1"), proposes("0.9", "2026-03-01")),
        ("amendment.site_in_use", consents(), proposes("1.1-other-site")),
        ("amendment.target_below_enrolled", THREE, proposes("1.1-two-places")),
        (
            "amendment.codes_changed",
            f"{consents()}\n2026-01-06 register_donor D-1 source='peripheral blood' tested=donor",
            proposes("1.1-checked"),
        ),
        ("amendment.one_open", PROPOSED, proposes("1.2")),
        ("amendment.none_open", "", f"{APPROVE} by inv:investigator"),
        ("amendment.another_open", PROPOSED, f"{APPROVE} proposal=a1 by inv:investigator"),
        (
            "amendment.not_theirs",
            f"{amends('1.1-board')}\n{proposes('1.2', '2026-03-01')}",
            "2026-03-01 approve_amendment by dm:data_manager",
        ),
        ("amendment.approved_already", ONE, f"{APPROVE} by Inv:data_manager"),
        ("amendment.same_side", ONE, f"{APPROVE} by inv-2:investigator"),
        (
            "amendment.no_ethics_approval",
            f"{proposes('1.1', more='')}\n{APPROVE} by inv:investigator",
            f"{APPROVE} by adm:administrator",
        ),
        (
            "amendment.not_yet",
            f"{proposes('1.1', more='ethics_approval=EC-7 effective_from=2026-03-01')}\n{APPROVE} by inv:investigator",
            f"{APPROVE} by adm:administrator",
        ),
        (
            "consent.renewal_missing",
            f"{ENROLLED}\n{amends('1.1')}",
            chemotherapy("S-001", "2026-02-12", "2026-02-18"),
        ),
    )
)
