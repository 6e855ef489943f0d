"""Writes the corpus of version 1: `python tests/ledger/write_corpus.py`.

Until the first release a change to a kind is still version 1, and this writes the file anew. From the first release
on `v1.jsonl` is never touched again: a changed kind gets a new version, an upcaster, and a corpus file of its own.
"""

from pathlib import Path

from ledger_story import SAMPLES, digest, sealed_story

from trialwright.ledger import read_entry, trial_so_far
from trialwright.ledger.codec import redacted
from trialwright.ledger.jsonl import format_line
from trialwright.ledger.seal import Sealed

HERE = Path(__file__).resolve().parent.parent / "data" / "ledger_corpus"
ABOUT = {
    **dict.fromkeys(("donor_registered", "donor_consented", "donor_withdrew", "donor_judged"), "D-01"),
    "donor_assigned": "I-01",
    **dict.fromkeys(("collected", "received", "processed", "sampled"), "C-01"),
    **dict.fromkeys(("lot_made", "release_tested", "divided", "released", "rejected", "recalled"), "L-01"),
    "lot_assigned": "L-01",
    **dict.fromkeys(("dose_made", "stored", "taken_out", "handed_over", "issued", "returned", "discarded"), "B-01"),
    **dict.fromkeys(("label_printed", "label_voided", "alert_raised", "alert_answered"), "B-01"),
}
OF_STUDY = {
    "adopted",
    "amendment_proposed",
    "amendment_approved",
    "amendment_rejected",
    "declined",
    "paused",
    "resumed",
    "study_ended",
    "study_locked",
    "study_unlocked",
}
AFTER = """
    f1  S-001  facts_recorded  2026-01-03
    d1  S-001  died            2026-11
    d2  S-001  died            2026-11-03  corrects=d1 cause=leukaemia
    v1  S-001  visited         2026-02-01
    r1  S-001  retracted       -           retracts=v1
    q1  S-001  redacted        -           entry=f1
"""


def corpus() -> list[Sealed]:
    """One entry of every kind, then a correction, a retraction and a redaction that was carried out."""
    special = ("adopted", "retracted", "redacted")
    plain = ["adopted", *(kind for kind in SAMPLES if kind not in special)]
    lines = [f"k{n}  {_about(kind)}  {kind}  2026-01-{1 + n % 28:02d}" for n, kind in enumerate(plain)]
    sealed = sealed_story("\n".join(lines) + AFTER)
    return [redacted(one) if read_entry(one).id == "f1" else one for one in sealed]


def _about(kind: str) -> str:
    return "-" if kind in OF_STUDY else ABOUT.get(kind, "S-001")


if __name__ == "__main__":
    sealed = corpus()
    (HERE / "v1.jsonl").write_bytes(b"".join(map(format_line, sealed)))
    (HERE / "v1.digest").write_text(digest(trial_so_far(map(read_entry, sealed))) + "\n")
