"""Gates on the way in: the consent form, the screening episode, eligibility, and a place in the trial."""

from collections.abc import Iterable
from typing import Any

from trialwright.conduct.deed import Deed
from trialwright.conduct.judging import anchors_of, judge_casebook
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import signer
from trialwright.criteria import Eligible, Judgement
from trialwright.criteria import Judged as JudgedCriterion
from trialwright.criteria.person import FOR_THE_STUDY
from trialwright.facts import LocalTime, parse_occurred, parse_partial_date
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.kinds import Consented, Enrolled, FactsRecorded, Rescreened, ScreeningEnded
from trialwright.study.documents import ConsentDocument

# --- consent ----------------------------------------------------------------------------------------------------------


def consent_document_valid(deed: Deed[Any]) -> Iterable[Reason]:
    """The form signed is one of the study's, in the version to be signed on that day and in one of its languages."""
    document = _document(deed)
    if document is None:
        known = ", ".join(f"{one.id} {one.version}" for one in deed.study.consent) or "none"
        yield Reason(
            "consent.unknown_document",
            f"The study has no consent form {deed.what.document} {deed.what.document_version}. It has: {known}.",
            "Read form and version off the signed paper; a new version first enters the study file.",
        )
        return
    if certainly_before(deed.when, parse_partial_date(document.valid_from)):
        yield Reason(
            "consent.not_yet_valid",
            f"{document.id} {document.version} is valid from {document.valid_from}; it was signed on {deed.dated}.",
            "Check the date; use the version valid on that day.",
        )
    for newer in _newer(deed, document):
        yield Reason(
            "consent.superseded",
            f"{document.id} {document.version} was replaced by {newer.version} on {newer.valid_from}.",
            f"Explain and sign version {newer.version}.",
        )
    if deed.what.language not in document.languages:
        yield Reason(
            "consent.language",
            f"{document.id} {document.version} exists in {', '.join(document.languages)}; "
            f"{deed.what.language} was given.",
            "Use a language the form was approved in.",
        )


def _document(deed: Deed[Any]) -> ConsentDocument | None:
    asked = (deed.what.document, deed.what.document_version)
    return next((one for one in deed.study.consent if (one.id, one.version) == asked), None)


def _newer(deed: Deed[Any], document: ConsentDocument) -> list[ConsentDocument]:
    """The version that had replaced the document on the day, if one had."""
    since = parse_partial_date(document.valid_from)
    later = [
        one
        for one in deed.study.consent
        if one.id == document.id
        and certainly_before(since, parse_partial_date(one.valid_from))
        and certainly_before(parse_partial_date(one.valid_from), deed.when)
    ]
    return sorted(later, key=lambda one: one.valid_from)[-1:]


def consent_at_a_moment(deed: Deed[Any]) -> Iterable[Reason]:
    """Consent carries date and time: what follows on the same day must be seen to follow."""
    if not isinstance(deed.when, LocalTime):
        yield Reason(
            "consent.no_time",
            f"The consent is dated {deed.dated}, without the time of signing.",
            "Give date and time with the zone, such as 2026-11-22T09:30+08:00[Asia/Shanghai].",
        )


# --- the screening episode --------------------------------------------------------------------------------------------


def episode_open(deed: Deed[Any]) -> Iterable[Reason]:
    """The present screening episode has not ended."""
    episode = deed.book.episode
    for end in deed.standing(ScreeningEnded):
        if end.what.episode == episode and not _screened_again_since(deed, end.seq):
            yield Reason(
                "screening.ended",
                f"Screening episode {episode} of {deed.who} ended on {spoken(end.occurred)}: {end.what.outcome}.",
                "Open a new episode first (act rescreen).",
            )


def _screened_again_since(deed: Deed[Any], seq: int) -> bool:
    return any(again.seq > seq for again in deed.all(Rescreened))


def episode_ended(deed: Deed[Any]) -> Iterable[Reason]:
    """There is an ended episode to open anew."""
    if deed.book.screening_end is None:
        yield Reason(
            "screening.open",
            f"Screening episode {deed.book.episode} of {deed.who} is still open.",
            "Go on with it, or end it first (act end_screening).",
        )


# --- a place in the trial ---------------------------------------------------------------------------------------------


def place_free(deed: Deed[Any]) -> Iterable[Reason]:
    """A place is left. Only a retracted enrolment frees one: neither death nor withdrawal does."""
    target = deed.study.enrolment.target
    if target is None:
        return
    others = [book for book in deed.trial.enrolled if book.code != deed.who]
    held = [book for book in others if book.enrolment and deed.recorded_first(book.enrolment)]
    if len(held) >= target:
        yield Reason(
            "enrolment.target_reached",
            f"All {target} places are held.",
            "Enrolment is complete. More places need an amendment of the study.",
        )


def status_known(deed: Deed[Any]) -> Iterable[Reason]:
    """Disease status and phase are words of the study, and a remission is dated before enrolment."""
    statuses, phases = deed.study.disease_status, deed.study.phases
    yield from _known("enrolment.unknown_disease_status", "disease status", deed.what.disease_status, statuses)
    yield from _known("enrolment.unknown_phase", "phase", deed.what.phase, phases)
    remission_on = deed.what.remission_on
    if remission_on and certainly_before(deed.when, parse_partial_date(remission_on)):
        yield Reason(
            "enrolment.remission_later",
            f"The remission is dated {remission_on}, after the enrolment of {deed.dated}.",
            "Check both dates; a remission reached later is recorded by assess_response.",
        )


def _known(code: str, label: str, word: str, known: Iterable[Any]) -> Iterable[Reason]:
    ids = [one.id for one in known]
    if ids and word not in ids:
        yield Reason(
            code,
            f"{word!r} is no {label} of the study. It has: {', '.join(ids)}.",
            f"Choose the {label} that fits; the study file defines them.",
        )


def signed_by_investigator(deed: Deed[Any]) -> Iterable[Reason]:
    """An investigator signs: by doing the act, or as the second person beside whoever enters it."""
    if signer(deed.actor, deed.second) is None:
        yield Reason(
            "signature.none",
            f"{deed.act} is signed by an investigator; {deed.actor} acts alone.",
            "Let an investigator do it, or sign beside you (--with CODE:investigator).",
        )


def facts_after_consent(deed: Deed[Any]) -> Iterable[Reason]:
    """Nothing was done for the study before consent; what routine care had found may be older."""
    consents = deed.all(Consented)
    if not consents or not consents[0].occurred:
        return
    consent = parse_occurred(consents[0].occurred)
    for entry in deed.all(FactsRecorded):
        for fact in entry.what.facts:
            on = str(fact.get("on", ""))
            if fact.get("source") == FOR_THE_STUDY and on and certainly_before(parse_occurred(on), consent):
                yield Reason(
                    "facts.before_consent",
                    f"{fact_name(fact)} of {on} was obtained for the study before the consent of "
                    f"{spoken(consents[0].occurred)}.",
                    "If routine care obtained it, correct its source; if not, leave it out and tell the ethics "
                    "committee.",
                )


def fact_name(fact: dict[str, Any]) -> str:
    """What a fact is called in a sentence: its concept, value set, question, document or domain."""
    names = ("concept", "valueset", "opinion", "signed", "domain")
    return str(next((fact[name] for name in names if name in fact), "a fact"))


# --- eligibility ------------------------------------------------------------------------------------------------------


def judgement_for_enrolment(deed: Deed[Any]) -> Judgement:
    """The criteria judged as of the day of enrolment, on the facts as now known."""
    moments = anchors_of(deed.book, deed.when, enrolment=deed.when)
    return judge_casebook(deed.study, deed.book, deed.when.latest, moments)


def eligible(deed: Deed[Any]) -> Iterable[Reason]:
    """Every criterion allows, judged again as of enrolment. There are no waivers."""
    judgement = judgement_for_enrolment(deed)
    if judgement.eligible is Eligible.YES:
        return
    for judged in judgement.barring:
        yield Reason(
            "enrolment.ineligible",
            f"{_criterion(judged)} bars {deed.who}: {judged.found}.",
            "There are no waivers. If a fact is wrong, correct it; otherwise end the screening (act end_screening).",
        )
    for judged in judgement.undecided:
        yield Reason(
            "enrolment.undecided",
            f"{_criterion(judged)} is undecided for {deed.who}: {judged.found}.",
            "Record the missing fact or the investigator's answer (act record_facts), then enrol again.",
        )


def _criterion(judged: JudgedCriterion) -> str:
    return f"{judged.criterion.id} ({judged.criterion.kind.value}: {judged.criterion.rule})"


def no_enrolment_now(deed: Deed[Any]) -> Iterable[Reason]:
    """Screening acts are for those not enrolled."""
    for enrolment in deed.standing(Enrolled):
        yield Reason(
            "screening.enrolled",
            f"{deed.who} is enrolled since {spoken(enrolment.occurred)}, as participant {enrolment.what.number}.",
            "Record new findings with record_facts or a visit.",
        )
