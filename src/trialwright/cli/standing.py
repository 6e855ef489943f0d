"""Where a trial stands, in one screen: places, flow, endpoints, the ledger's head."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialwright.cli.say import table

if TYPE_CHECKING:
    from trialwright.endpoints import EndpointResult

FILLED, FREE = "■", "□"


def standing(directory: Path, cut_off: date) -> dict[str, Any]:
    """Counts, estimates at each endpoint's horizon and the ledger's head, as plain values."""
    from trialwright.cli.words import plain
    from trialwright.endpoints import estimate_all, flow
    from trialwright.store.directory import open_trial

    with open_trial(directory, read_only=True) as opened:
        study = opened.study_file.study
        trial = opened.trial(as_of=cut_off)
        whole = opened.trial()
    return {
        "study": study.id,
        "title": study.title,
        "simulated": trial.simulated,
        "as_of": cut_off.isoformat(),
        "target": study.enrolment.target,
        "flow": plain(flow(trial)),
        "endpoints": [_endpoint(result) for result in estimate_all(study, whole, cut_off)],
        "entries": whole.size,
        "head": whole.head.hex(),
    }


def _endpoint(result: "EndpointResult") -> dict[str, Any]:
    reading = result.horizon
    found = reading.shown if reading else None
    document: dict[str, Any] = {"id": result.endpoint.id, "label": result.endpoint.label, "n": result.n}
    document["at"] = result.horizon_days
    document |= {key: getattr(found, key, None) for key in ("estimate", "lower", "upper", "at_risk", "note")}
    return document | {"interval": "bpcp" if reading and reading.exact_alone else "log-log"}


def standing_text(document: dict[str, Any]) -> str:
    """The same for people."""
    flow, target = document["flow"], document["target"] or document["flow"]["enrolled"]
    places = FILLED * flow["enrolled"] + FREE * max(0, target - flow["enrolled"])
    lines = [document["title"], ""]
    if document["simulated"]:
        lines.insert(0, "SIMULATED PARTICIPANTS")
    lines += [f"{places}  {flow['enrolled']} of {target} places are taken, as of {document['as_of']}."]
    lines += [
        f"{flow['approached']} approached, {flow['declined']} declined, {flow['consented']} consented, "
        f"{flow['failed']} failed screening, {flow['treated']} treated.",
        "",
    ]
    rows = []
    for one in document["endpoints"]:
        known = one["estimate"] is not None
        value = f"{one['estimate']:.1%}" if known else "–"
        interval = f"{one['lower']:.1%} – {one['upper']:.1%} ({one['interval']})" if one["lower"] is not None else "–"
        rows.append([one["label"], one["n"], f"{one['at']:g}", value, interval, one["note"] or ""])
    lines.append(table(["endpoint", "n", "day", "estimate", "95 % interval", "note"], rows, right=(1, 2, 3)))
    lines += ["", f"Ledger: {document['entries']} entries, head {document['head'][:16]}…"]
    return "\n".join(lines)
