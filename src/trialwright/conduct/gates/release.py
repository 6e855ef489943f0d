"""Gates of release: whether a lot passed, and who says so."""

from collections.abc import Iterable
from typing import Any

from trialwright.cells.alerts import codes_behind, holds_on
from trialwright.cells.descent import collection_of, recipient_of
from trialwright.cells.release_tests import JudgedTest, concept_of, judge_lot
from trialwright.conduct.deed import Deed
from trialwright.conduct.gates.weight import newest_weight
from trialwright.conduct.outcome import Reason
from trialwright.conduct.roles import is_investigator, person_key
from trialwright.criteria import Concept, read_facts
from trialwright.errors import FormatError
from trialwright.facts import parse_occurred, parse_quantity
from trialwright.facts.order import certainly_before, spoken
from trialwright.ledger.entry import Entry
from trialwright.ledger.kinds import (
    Divided,
    Processed,
    Recalled,
    Received,
    Rejected,
    Released,
    ReleaseTested,
    Sampled,
    What,
)
from trialwright.ledger.trial import Casebook, Lot
from trialwright.study import library_of


def lot_made(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot was made."""
    lot = deed.lot(deed.who or "")
    if lot is None or lot.made is None:
        yield Reason(
            "lot.unknown",
            f"No lot {deed.who} was made.",
            "Check the code; record the lot first (act make_lot).",
        )


def release_test_known(deed: Deed[Any]) -> Iterable[Reason]:
    """The test is one of the study's release tests."""
    product = deed.study.product
    known = [test.id for test in product.release_tests] if product else []
    if known and deed.what.test not in known:
        yield Reason(
            "release.unknown_test",
            f"{deed.what.test!r} is no release test of the study. It has: {', '.join(known)}.",
            "Choose one of them.",
        )


def not_rejected(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot was not rejected."""
    lot = deed.lot(deed.who or "")
    for rejection in deed.standing(Rejected, lot) if lot else ():
        yield Reason(
            "lot.rejected",
            f"Lot {deed.who} was rejected on {spoken(rejection.occurred)}: {rejection.what.reason}.",
            "A rejected lot is neither released nor assigned. If that was recorded in error, retract it (act retract).",
        )


def not_expired(deed: Deed[Any]) -> Iterable[Reason]:
    """The cells are alive when they are let go; a full release may come after they were given."""
    lot = deed.lot(deed.who or "")
    if lot is None or lot.made is None or lot.given:
        return
    expires_at = lot.made.what.expires_at
    if certainly_before(parse_occurred(expires_at), deed.when):
        yield Reason(
            "lot.expired",
            f"Lot {deed.who} expired at {spoken(expires_at)}; this would be at {deed.dated}.",
            "Reject it (act reject_lot).",
        )


def not_released_so(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot is not released in this way already."""
    lot = deed.lot(deed.who or "")
    for release in deed.earlier(Released, lot) if lot else ():
        if release.what.how in ("full", deed.what.how) and deed.recorded_first(release):
            yield Reason(
                "release.already",
                f"Lot {deed.who} has a {release.what.how} release since {spoken(release.occurred)}.",
                "Nothing to do.",
            )


def tests_passed(deed: Deed[Any]) -> Iterable[Reason]:
    """Every release test is met; only tests that may be pending are open, and then the release is conditional."""
    lot = deed.lot(deed.who or "")
    if lot is None:
        return
    for test in judged_for_release(deed, lot):
        if test.status == "not met":
            yield Reason(
                "release.failed",
                f"{test.label} ({test.rule}) of lot {lot.code} is not met: {test.found}.",
                "Reject the lot (act reject_lot); if the result is wrong, correct it.",
            )
        elif test.status == "unknown" and _known_then(deed, test.id):
            continue
        elif test.status == "unknown" and not test.may_be_pending:
            yield Reason(
                "release.unknown",
                f"{test.label} ({test.rule}) of lot {lot.code} is not known: {test.found}.",
                "Record its result first (act record_release_test).",
            )
        elif test.status == "unknown" and deed.what.how == "full":
            yield Reason(
                "release.pending",
                f"{test.label} ({test.rule}) of lot {lot.code} is pending.",
                "Release conditionally (how: conditional), or wait for the result.",
            )


def judged_for_release(deed: Deed[Any], lot: Lot) -> tuple[JudgedTest, ...]:
    """The lot's release tests for its recipient, at the prescribed weight."""
    weight = recipient_weight(deed, lot)
    return judge_lot(deed.study, deed.trial, lot, deed.when.latest, weight, seen=deed.rests_on)


def recipient_weight(deed: Deed[Any], lot: Lot) -> str | None:
    """The weight given with the release, else the recipient's newest."""
    if deed.what.weight_kg is not None:
        return str(deed.what.weight_kg)
    if deed.itself is not None:  # a release looked at again keeps its weight in its answers
        for line in deed.itself.what.judged:
            if line.get("weight_kg"):
                return str(line["weight_kg"])
    recipient = recipient_of(lot, deed.in_place)
    book = deed.trial.casebook(recipient) if recipient else None
    newest = newest_weight(deed, book) if book else None
    return str(newest[0]) if newest else None


def _known_then(deed: Deed[Any], test: str) -> bool:
    """Whether the release looked at again had this test's answer: its weight is not in the entry, its answer is."""
    judged = deed.itself.what.judged if deed.itself is not None else ()
    return any(one.get("test") == test and one.get("status") == "met" for one in judged)


def another_person(deed: Deed[Any]) -> Iterable[Reason]:
    """Who releases had no hand in the lot."""
    lot: Lot | None = deed.lot(deed.who or "")
    if lot is None or lot.made is None:
        return
    hand = hands_of(deed, lot).get(person_key(deed.actor.id))
    if hand is not None:
        yield Reason(
            "release.own_work",
            f"{deed.actor.id} {hand}; quality assurance is another person.",
            "Let somebody release it who had no hand in the lot.",
        )


def hands_of(deed: Deed[Any], lot: Lot) -> dict[str, str]:
    """Everybody who had a hand in the lot, and which: who made it, worked on it, divided it, sampled or tested it."""

    def before(kind: type[What], chapter: Casebook | Lot) -> list[Entry[Any]]:
        return [entry for entry in chapter.all(kind) if deed.was_before(entry)]

    def by(entry: Entry[Any]) -> str:
        # A hand stays with who had it, whoever corrects the entry.
        return person_key(deed.trial.originals.get(entry.id, (entry,))[0].actor.id)

    collection = collection_of(deed.trial, lot)
    chapters = [lot, deed.trial.others.get((collection.about or "") if collection else "")]
    steps = [step for chapter in chapters if chapter for step in before(Processed, chapter)]
    hands = {by(step): f"did the step {step.what.step}" for step in steps}
    hands |= {person_key(one.what.taker): "took it in" for at in chapters if at for one in before(Received, at)}
    hands |= {by(one): "took a sample" for at in chapters if at for one in before(Sampled, at)}
    hands |= {by(one): "divided it" for one in before(Divided, lot)}
    tests = before(ReleaseTested, lot)
    hands |= {by(test): "entered a test" for test in tests}
    hands |= {person_key(test.what.analyst): f"did the test {test.what.test}" for test in tests if test.what.analyst}
    return hands | ({by(lot.made): "made it"} if lot.made else {})


def another_investigator(deed: Deed[Any]) -> bool:
    """Whether an investigator acts with whoever acts, and is not the same person."""
    second = deed.second
    return second is not None and is_investigator(second) and person_key(second.id) != person_key(deed.actor.id)


def physician_agrees(deed: Deed[Any]) -> Iterable[Reason]:
    """With results pending, a treating physician without a hand in the lot decides with quality assurance."""
    if deed.what.how != "conditional":
        return
    lot = deed.lot(deed.who or "")
    hand = hands_of(deed, lot).get(person_key(deed.second.id)) if lot and deed.second else None
    if hand is not None or not another_investigator(deed):
        said = f"{deed.second.id} {hand}" if hand and deed.second else "no treating physician decides with you"
        yield Reason(
            "release.no_physician",
            f"Lot {deed.who} is to be released with results pending, and {said}.",
            "Release it with an investigator who had no hand in it (--with CODE:investigator).",
        )


def not_recalled(deed: Deed[Any]) -> Iterable[Reason]:
    """The lot was not called back."""
    lot = deed.lot(deed.who or "")
    for recall in deed.standing(Recalled, lot) if lot else ():
        yield Reason(
            "release.recalled",
            f"Lot {deed.who} was recalled on {spoken(recall.occurred)}: {recall.what.reason}.",
            "A recalled lot is neither released nor assigned. If that was recorded in error, retract it (act retract).",
        )


def result_readable(deed: Deed[Any]) -> Iterable[Reason]:
    """A result says what its test can say: one of the words, or a number that somebody can have measured."""
    yield from result_said(deed, deed.what.test, deed.what.value, deed.what.unit)


def result_said(deed: Deed[Any], named: str, value: str, unit: str | None) -> Iterable[Reason]:
    """The same, of a test, a value and a unit."""
    product = deed.study.product
    test = next((one for one in product.release_tests if one.id == named), None) if product else None
    concept = library_of(deed.study.eligibility).concepts.get(concept_of(test)) if test else None
    if test is None or concept is None:
        return
    fault = _word_fault(concept, value) if concept.kind == "word" else _number_fault(value, unit)
    if fault is not None:
        yield Reason(
            "release.result",
            f"{test.label}: {fault}.",
            "Read the result again, and give it as it was measured.",
        )


def _word_fault(concept: Concept, value: str) -> str | None:
    return (
        None if value in concept.words else f"{value[:40]!r} was given; one of {', '.join(concept.words)} was expected"
    )


def _number_fault(value: str, unit: str | None) -> str | None:
    try:
        result = parse_quantity(value, unit)
        read_facts({"facts": [{"concept": "viability", "value": value, "on": "2000-01-01"}]})
    except FormatError:
        return f"{value[:40]!r} is no number that can be measured"
    if result.number < 0 or ((unit or "").strip() == "%" and result.number > 100):
        return f"{value} {unit or ''}".rstrip() + " cannot be"
    return None


def made_before(deed: Deed[Any]) -> Iterable[Reason]:
    """A lot is tested when it is there."""
    lot = deed.lot(deed.who or "")
    if lot is None or lot.made is None:
        return
    sampled = deed.what.sampled_on
    early = sampled is not None and certainly_before(
        parse_occurred(sampled), parse_occurred(lot.made.occurred or sampled)
    )
    if early or deed.precedes(lot.made):
        yield Reason(
            "release.before_lot",
            f"Lot {lot.code} was made on {spoken(lot.made.occurred)}; the result would be of "
            f"{spoken(sampled) if early else deed.dated}, before it.",
            "Check the date, and whether the result is this lot's.",
        )


def reckoned_per_kg(deed: Deed[Any]) -> Iterable[Reason]:
    """What a rule counts per kg is measured per mL or in percent, so that it can be reckoned for any weight."""
    if not deed.study.asks_codes or deed.lot(deed.who or "") is None:
        return
    if (deed.what.unit or "").strip().endswith("/kg"):
        yield Reason(
            "release.typed_per_kg",
            f"{deed.what.test}: {deed.what.value} {deed.what.unit} holds for one weight only.",
            "Give what was measured: per mL, in percent of the viable cells, or the total of the lot.",
        )


def not_held(deed: Deed[Any]) -> Iterable[Reason]:
    """No alert holds the lot or its collection back."""
    lot = deed.lot(deed.who or "")
    for alert in holds_on(deed.trial, codes_behind(deed.trial, lot), deed.stands) if lot else ():
        yield Reason(
            "release.held",
            f"{alert.about} has been held back since {spoken(alert.occurred)}: {alert.what.what}.",
            f"Answer alert {alert.id} first (act answer_alert).",
        )
