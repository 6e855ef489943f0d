"""A first study file drafted from a record: every line of the record in its place, and questions for the rest.

Nothing is guessed. Each bullet of the eligibility text becomes a criterion that asks the investigator, in the record's
own words, until a person writes a rule and confirms it; ages become a rule, unconfirmed too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trialwright.criteria.shipped import shipped_library
from trialwright.registry.bullets import Bullet, split_bullets
from trialwright.registry.published import LEFT_OUT, published_lines
from trialwright.registry.record import Record
from trialwright.registry.words import format_yaml
from trialwright.study import Question, check_study, read_study

LONGEST_OPINION = 600
"""Characters of a bullet that its opinion repeats; `text` has them all."""

_HEAD = """\
# Drafted from the registry record {nct}. Nothing in it is confirmed, and no participant can be screened by it yet.
# What the record says stands under `record`, word for word. Answer what stands under `questions`, give each criterion
# a rule and a confirmation, and fill in what `trialwright study check` names. Then delete this comment.

"""
_END_POINT = re.compile(r"(primary|secondary) (end ?points?|objectives?|outcomes?)\b.*?(\n\s*)+[^\n]+", re.IGNORECASE)
_YEARS = re.compile(r"(\d{1,3}) Years?\Z")


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a draft, and everything a person must answer before it can run."""

    study_text: str
    questions: tuple[Question, ...]


def draft_study(record: Record) -> Draft:
    """A study file from a registry record.

    Gives   Draft; its text reads back through `read_study`, and `check_study` finds errors in it until a person has
            filled in what the record leaves open. `questions` are the draft's own and one for each thing missing.
    """
    lines = published_lines(record)
    bullets = split_bullets(lines.get("eligibility_text", ""))
    asked = list(_questions(record, lines, bullets))
    plan: dict[str, Any] = {
        "id": record.nct.lower(),
        "title": lines.get("title") or lines.get("official_title") or record.nct,
        "version": "draft 1",
    }
    count = lines.get("enrolment", {}).get("count")
    enrolment = {"enrolment": {"target": count, "source": "registry"}} if count else {}
    criteria = [*_ages(lines), *_sex(lines), *(_criterion(bullet) for bullet in bullets)]
    body = {
        **plan,
        "record": lines,
        **enrolment,
        "eligibility": {"library": shipped_library().version, **({"criteria": criteria} if criteria else {})},
        **({"questions": asked} if asked else {}),
    }
    text = _HEAD.format(nct=record.nct) + "\n".join(format_yaml({key: value}) for key, value in body.items())
    return Draft(text, (*(Question(**each) for each in asked), *_missing(text, record)))


def _missing(text: str, record: Record) -> Iterator[Question]:
    """What the lint finds missing, as questions; a draft's own and its unconfirmed criteria are known already."""
    for finding in check_study(read_study(text, f"{record.nct}.yaml")):
        if finding.level != "note" and finding.code not in ("open-question", "unconfirmed"):
            yield Question(subject=finding.subject, text=f"{finding.meaning} {finding.what_to_do}")


def _criterion(bullet: Bullet) -> dict[str, Any]:
    """A bullet as a criterion that asks the investigator in the record's own words."""
    kind = bullet.kind or "inclusion"
    place = f"{bullet.kind or 'no heading'} {bullet.number}"
    return {
        "id": f"{'inc' if kind == 'inclusion' else 'exc'}-{bullet.number}{'' if bullet.kind else '-unsorted'}",
        "kind": kind,
        "bullet": f"{place}, under {bullet.under}" if bullet.under else place,
        "text": bullet.text,
        "rule": f'opinion "{_opinion(bullet.text)}" by investigator',
        "source": "registry",
    }


def _opinion(text: str) -> str:
    """A text on one line, inside a rule's quotation marks."""
    words = " ".join(text.split())
    if len(words) > LONGEST_OPINION:
        words = words[:LONGEST_OPINION].rsplit(" ", 1)[0] + " …"
    return words.replace("\\", "\\\\").replace('"', '\\"')


def _ages(lines: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The record's age limits as one criterion; a rule where both are in years."""
    low, high = lines.get("minimum_age"), lines.get("maximum_age")
    if low is None and high is None:
        return
    words = f"Minimum age: {low or 'none'}. Maximum age: {high or 'none'}."
    years = [limit and _YEARS.match(limit) for limit in (low, high)]
    match years:
        case [re.Match() as youngest, re.Match() as oldest]:
            rule = f"age {int(youngest[1])}..{int(oldest[1])} years"
        case [re.Match() as youngest, None] if high is None:
            rule = f"age >= {int(youngest[1])} years"
        case [None, re.Match() as oldest] if low is None:
            rule = f"age <= {int(oldest[1])} years"
        case _:
            rule = f'opinion "{_opinion(words)}" by investigator'
    yield {"id": "inc-age", "kind": "inclusion", "bullet": "ages", "text": words, "rule": rule, "source": "registry"}


def _sex(lines: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The record's sex as a criterion, where it is not everybody's."""
    sex = str(lines.get("sex", "")).lower()
    if sex in ("female", "male"):
        yield {
            "id": "inc-sex",
            "kind": "inclusion",
            "bullet": "sex",
            "text": f"Sex: {lines['sex']}",
            "rule": sex,
            "source": "registry",
        }


def _questions(record: Record, lines: dict[str, Any], bullets: tuple[Bullet, ...]) -> Iterator[dict[str, str]]:
    """What a person must decide because the record says it in words only, or not at all."""
    rest = lines.get("rest", {})
    yield from _eligibility_questions(lines, bullets)
    outcomes = rest.get("outcomesModule", {})
    for outcome in outcomes.get("primaryOutcomes", ()):
        frame = f" (time frame: {outcome['timeFrame']})" if outcome.get("timeFrame") else ""
        yield _question(
            "endpoints",
            f'The primary outcome is "{outcome.get("measure", "not named")}"{frame}. '
            "Who counts, from which day, what is an event, where does follow-up end?",
        )
    others = len(outcomes.get("secondaryOutcomes", ())) + len(outcomes.get("otherOutcomes", ()))
    if others:
        yield _question("endpoints", f"Which of the record's {others} other outcomes become endpoints of this study?")
    if not outcomes and (named_first := _END_POINT.search(lines.get("detailed_description", ""))):
        yield _question(
            "endpoints",
            f'The record lists no outcomes; its description says: "{named_first[0][:200]}". Who counts for each end '
            "point, from which day, what is an event, where does follow-up end?",
        )
    places = rest.get("contactsLocationsModule", {}).get("locations", ())
    named = ", ".join(
        f"{place.get('facility', 'a site')} ({place.get('city', 'city not stated')})" for place in places[:3]
    )
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    yield _question(
        "sites",
        f"Which sites take part, and in which time zone is each? The record names {named or 'none'}{more}.",
    )
    if "enrolment" not in lines or not lines["enrolment"].get("count"):
        yield _question("enrolment", "How many participants? The record does not say.")
    for section in LEFT_OUT:
        if section in record.whole:
            yield _question("record", f"The record has a {section}; it is not copied. Is a new study really meant?")


def _eligibility_questions(lines: dict[str, Any], bullets: tuple[Bullet, ...]) -> Iterator[dict[str, str]]:
    if not bullets:
        yield _question("eligibility", "The record has no eligibility text. Who may take part?")
        return
    unsorted = sum(bullet.kind is None for bullet in bullets)
    if unsorted:
        yield _question(
            "eligibility",
            f"{unsorted} lines of the eligibility text stand under no heading and are drafted as inclusion. Which of "
            "them keep people out?",
        )
    if not any(bullet.kind == "exclusion" for bullet in bullets):
        yield _question("eligibility", "The record names no exclusion. Is there none?")
    groups = sorted({bullet.under for bullet in bullets if bullet.under})
    if groups:
        yield _question(
            "eligibility",
            f"Some criteria stand under headings of their own ({'; '.join(groups)[:300]}). Whom do they apply to?",
        )
    if "healthy_volunteers" not in lines:
        yield _question("eligibility", "Are healthy volunteers accepted? The record does not say.")


def _question(subject: str, text: str) -> dict[str, str]:
    return {"subject": subject, "text": " ".join(text.split())}
