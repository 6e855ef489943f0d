"""How a refusal is told: every reason, each with its way out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialwright.conduct.outcome import Refusal


def refusal_document(refusal: "Refusal") -> dict[str, Any]:
    """A refusal as JSON."""
    reasons = [{"code": r.code, "text": r.text, "way_out": r.way_out} for r in refusal.reasons]
    return {"act": refusal.act, "done": False, "about": refusal.about, "reasons": reasons}


def refusal_text(refusal: "Refusal", *, recorded: bool = True) -> str:
    """A refusal for people."""
    about = f" {refusal.about}" if refusal.about else ""
    count = len(refusal.reasons)
    lines = [f"Refused: {refusal.act}{about}. {count} {'reason' if count == 1 else 'reasons'}:"]
    for reason in refusal.reasons:
        lines += [f"  • {reason.text}", f"    → {reason.way_out}"]
    last = "The attempt is recorded." if recorded else "The attempt is not recorded."
    return "\n".join([*lines, last])
