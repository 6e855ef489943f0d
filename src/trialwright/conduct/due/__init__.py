"""What waits for somebody at this moment, in one list: of whom, until when, which act settles it, and who may do it."""

from trialwright.conduct.due.item import DueItem, DueKind, DueState
from trialwright.conduct.due.listing import due, for_role

__all__ = ["DueItem", "DueKind", "DueState", "due", "for_role"]
