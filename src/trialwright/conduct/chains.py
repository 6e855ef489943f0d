"""Chains of identity that acts begin by themselves: who is given a lot is given it from its donor."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.descent import assignment_of
from trialwright.conduct.coded import next_cell_code
from trialwright.conduct.deed import Deed
from trialwright.ledger.entry import NewEntry
from trialwright.ledger.kinds import DonorAssigned


def chain_begun(
    deed: Deed[Any], donor: str | None, recipient: str | None, reason: str | None = None
) -> Iterable[NewEntry]:
    """The entry that assigns the donor to the recipient, unless that chain is in force already."""
    if donor is None or recipient is None or not deed.study.asks_codes:
        return
    now = assignment_of(deed.trial, recipient, deed.in_place)
    if now is None or now.what.donor != donor:
        code = next_cell_code(deed.study, deed.trial, "chain", deed.site, deed.on)
        yield deed.entry(DonorAssigned(donor, recipient, reason), about=code)
