"""The regimes of reporting that ship with trialwright, each with where its times come from.

No figure here was read in the text of the law itself: each `basis` says whether it is from memory of the named text,
from secondary sources, or our assumption (`source: assumption`). A study that must be sure writes its own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from trialwright.study.reporting import Regime

ICH_E2A: Final = Regime(
    id="ICH_E2A",
    label="ICH E2A, expedited reports",
    by="sponsor",
    to=("regulatory authority",),
    when="suspected_unexpected",
    fatal_days=7,
    other_days=15,
    followup_days=8,
    basis="ICH E2A, section III.B; from memory, not read again.",
)
US_312_32: Final = Regime(
    id="US_312.32",
    label="United States, 21 CFR 312.32",
    by="sponsor",
    to=("FDA", "investigators"),
    when="suspected_unexpected",
    fatal_days=7,
    other_days=15,
    followup_days=8,
    new_information_days=15,
    basis=(
        "21 CFR 312.32(c)(1), (c)(2) and (d)(2). The times of 7 and 15 days from secondary sources, the rest from "
        "memory. The 15 days begin when the sponsor decides that the case qualifies; counted here from awareness, "
        "which is never later. The 7-day report is followed by the complete one on day 15."
    ),
)
EU_CTR: Final = Regime(
    id="EU_CTR",
    label="European Union, regulation 536/2014",
    by="sponsor",
    to=("EudraVigilance",),
    when="suspected_unexpected",
    fatal_days=7,
    other_days=15,
    followup_days=8,
    basis="Regulation (EU) 536/2014, articles 40 to 42; from memory, not read again.",
)
CN_CDE: Final = Regime(
    id="CN_CDE",
    label="China, CDE procedure of 2018 and GCP of 2020",
    by="sponsor",
    to=("CDE", "investigators", "sites", "ethics committee"),
    when="suspected_unexpected",
    fatal_days=7,
    other_days=15,
    followup_days=8,
    basis=(
        "Secondary sources on the CDE's procedure for rapid safety reports (2018) and GCP (2020): the day of awareness "
        "is day 0; a case is reported if either side cannot rule out a relation."
    ),
)
CN_IIT: Final = Regime(
    id="CN_IIT",
    label="China, investigator-initiated research under State Council Order 818",
    by="investigator",
    to=("institution", "ethics committee", "health authority"),
    when="suspected_unexpected",
    fatal_days=7,
    other_days=15,
    followup_days=8,
    day_0="site_aware",
    source="assumption",
    basis=(
        "Secondary sources say who is told. The order's text on times was not seen: the times are those of the CDE's "
        "procedure until a site writes its own."
    ),
)
SITE: Final = Regime(
    id="site",
    label="The site's report of every serious event",
    by="investigator",
    to=("institution", "ethics committee"),
    when="serious",
    hours=24,
    day_0="site_aware",
    source="assumption",
    basis="GCP asks for this at once; 24 hours is what most institutions write. Expected and unrelated events too.",
)
SITE_TO_SPONSOR: Final = Regime(
    id="site_to_sponsor",
    label="The investigator's report of every serious event to the sponsor",
    by="investigator",
    to=("sponsor",),
    when="serious",
    hours=24,
    day_0="site_aware",
    source="assumption",
    basis=(
        "24 hours by regulation (EU) 536/2014, article 41, from memory. 21 CFR 312.64(b) and the Chinese GCP say at "
        "once: the 24 hours are our reading of that."
    ),
)
PREGNANCY: Final = Regime(
    id="pregnancy",
    label="A pregnancy of a participant or partner",
    by="investigator",
    to=("institution", "ethics committee", "sponsor"),
    when="pregnancy",
    hours=24,
    day_0="site_aware",
    source="assumption",
    basis="No law read here names a time; 24 hours, as for a serious event.",
)
ETHICS_UNANTICIPATED: Final = Regime(
    id="ethics_unanticipated",
    label="Unanticipated problems, to the ethics committee",
    by="investigator",
    to=("ethics committee",),
    when="suspected_unexpected",
    other_days=5,
    day_0="site_aware",
    counted="working days",
    source="assumption",
    basis="Committees set their own time; five working days is common.",
)

SHIPPED: Final[Mapping[str, Regime]] = MappingProxyType(
    {
        regime.id: regime
        for regime in (
            SITE,
            SITE_TO_SPONSOR,
            ICH_E2A,
            US_312_32,
            EU_CTR,
            CN_CDE,
            CN_IIT,
            ETHICS_UNANTICIPATED,
            PREGNANCY,
        )
    }
)
"""Every regime that ships, by the name a study calls it."""
