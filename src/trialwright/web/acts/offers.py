"""What the study and the trial offer as answers to an act's questions, so that nobody types a code from memory."""

from collections.abc import Iterable, Mapping

from trialwright.conduct import Act
from trialwright.conduct.schedule import UNSCHEDULED
from trialwright.ledger.kinds import AdverseEventReported, AlertRaised, ChemotherapyGiven, Collected, PregnancyReported
from trialwright.ledger.trial import Casebook
from trialwright.web.acts.questions import Choice, Offers
from trialwright.web.door import Standing
from trialwright.web.say import moment

YES_NO_UNKNOWN = (("yes", "yes"), ("no", "no"), ("unknown", "unknown"))
DONOR_TESTS = ("hiv", "hbv", "hcv", "syphilis", "htlv", "cmv")
SHOWS = (("negative", "negative"), ("positive", "positive"), ("pending", "pending"))


def offers(stands: Standing, act: Act[object], book: Casebook | None) -> Offers:
    """Choices, suggestions and rows for the questions of one act about one person, or about none."""
    choices = _of_study(stands, act) | _of_person(stands, act, book)
    return Offers(
        choices={name: found for name, found in choices.items() if found},
        suggestions={name: found for name, found in _suggested(stands, act, book).items() if found},
        rows=_rows(stands, act),
        pairs={"tests": tuple((test, test.upper(), SHOWS) for test in DONOR_TESTS)}
        if act.name == "decide_donor_eligibility"
        else {},
        hidden=_hidden(act),
    )


def _of_study(stands: Standing, act: Act[object]) -> dict[str, tuple[Choice, ...]]:
    study, name = stands.study, act.name
    if name == "consent":
        return {
            "document": tuple((one.id, one.label or one.id) for one in study.consent),
            "document_version": _same(sorted({one.version for one in study.consent})),
            "language": _same(dict.fromkeys(word for one in study.consent for word in one.languages)),
        }
    if name == "enrol":
        return {
            "disease_status": tuple((one.id, one.label) for one in study.disease_status),
            "phase": tuple((one.id, one.label) for one in study.phases),
        }
    if name == "visit":
        return {"visit": (*((one.id, one.label) for one in study.visits), (UNSCHEDULED, "unscheduled"))}
    if name == "give_chemotherapy" and study.treatment.chemotherapy:
        return {"regimen": tuple((one.id, one.label) for one in study.treatment.chemotherapy.regimens)}
    if name == "record_release_test" and study.product:
        return {"test": tuple((one.id, one.label) for one in study.product.release_tests)}
    if name in ("resume", "pause"):
        return {"decided_by": _same(study.safety.decided_by)} if name == "resume" else {}
    if name == "transfer_follow_up":
        return {"to_site": tuple((one.code, one.name) for one in study.sites)}
    if name in ("record_facts", "screen"):
        return {"sex": (("female", "female"), ("male", "male"))}
    return {}


def _of_person(stands: Standing, act: Act[object], book: Casebook | None) -> dict[str, tuple[Choice, ...]]:
    if book is None:
        return {}
    fields = set(getattr(act.fields, "__dataclass_fields__", ()))
    found: dict[str, tuple[Choice, ...]] = {}
    if "event" in fields:
        found["event"] = tuple(
            (one.id, f"{one.what.term}, {moment(one.occurred)}") for one in book.all(AdverseEventReported)
        )
    if "pregnancy" in fields:
        found["pregnancy"] = tuple((one.id, f"{one.what.of}, {one.occurred}") for one in book.all(PregnancyReported))
    if "alert" in fields:
        found["alert"] = tuple((one.id, one.what.what) for one in book.all(AlertRaised))
    return found


def _suggested(stands: Standing, act: Act[object], book: Casebook | None) -> dict[str, tuple[Choice, ...]]:
    """Codes that exist: offered beside a field into which any code may be typed or scanned."""
    trial = stands.trial
    lots = tuple((lot.code, _whose(lot.made.what.recipient if lot.made else None)) for lot in trial.lots.values())
    doses = tuple((code, f"of {dose.what.lot}") for code, dose in trial.doses.items())
    people = tuple((one.code, str(one.number or "in screening")) for one in trial.casebooks.values())
    collections = tuple((code, f"of {one.what.donor}") for code, one in trial.collections.items())
    return {
        "lot": lots,
        "doses": doses,
        "dose_label": doses,
        "dose_code": doses,
        "donor": tuple((code, "") for code in trial.donors),
        "recipient": people,
        "collection": collections,
        "exempt": people,
        "wristband": ((book.code, "this participant"),) if book else (),
    }


def _rows(stands: Standing, act: Act[object]) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    treatment = stands.study.treatment
    if act.name == "decide_go":
        return {"checks": tuple({"id": one.id, "label": one.label} for one in treatment.go_no_go)}
    if act.name == "premedicate" and treatment.premedication:
        return {"agents": tuple({"group": group} for group in treatment.premedication.groups)}
    if act.name == "give_chemotherapy" and treatment.chemotherapy and treatment.chemotherapy.regimens:
        first = treatment.chemotherapy.regimens[0]
        return {"drugs": tuple({"drug": one.drug, "days": one.days} for one in first.drugs)}
    return {}


def _hidden(act: Act[object]) -> frozenset[str]:
    """Questions that another page asks better, or that the page answers itself."""
    return frozenset({"judged", "signed_by"}) if act.name else frozenset()


def _same(words: Iterable[str]) -> tuple[Choice, ...]:
    return tuple((word, word) for word in words)


def _whose(recipient: str | None) -> str:
    return f"for {recipient}" if recipient else ""


__all__ = ["AdverseEventReported", "ChemotherapyGiven", "Collected", "offers"]
