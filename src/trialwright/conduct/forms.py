"""The answers to a study's forms: known questions, answers of the right kind, and the facts they become."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from trialwright.errors import FormatError
from trialwright.facts import parse_occurred, parse_partial_date, parse_quantity
from trialwright.study.model import Item, Study

YES_NO = ("yes", "no")


def check_answers(study: Study, answers: Mapping[str, Any]) -> None:
    """Raises FormatError for the first answer to a question nobody asked, or of the wrong kind."""
    items = form_items(study)
    for name, answer in answers.items():
        if name not in items:
            raise FormatError(no_item(study, name))
        if answered(answer) and (fault := answer_fault(name, items[name], str(answer))):
            raise FormatError(fault)


def answered(answer: Any) -> bool:
    """Whether anything was said."""
    return answer not in (None, "")


def no_item(study: Study, name: str) -> str:
    """What is said of a question that the study's forms do not ask."""
    near = get_close_matches(name, list(form_items(study)), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"answers: the study's forms do not ask {name!r} (form.item).{hint}"


def form_items(study: Study) -> dict[str, Item]:
    """Every question of the study's forms under form.item."""
    return {f"{form.id}.{item.id}": item for form in study.forms for item in form.items}


def answer_fault(name: str, item: Item, answer: str) -> str | None:
    """What is wrong with one answer, in words; None where it can be kept."""
    try:
        match item.type:
            case "quantity":
                parse_quantity(answer, None if _has_unit(answer) else item.unit)
            case "date":
                parse_partial_date(answer)
            case "date_time":
                parse_occurred(answer)
            case "count" if not (answer.isascii() and answer.isdigit()):
                raise FormatError(f"{answer!r} is not a whole number.")
            case "yes_no" if answer not in (*YES_NO, "unknown"):
                raise FormatError(f"{answer!r} was given; yes, no or unknown was expected.")
            case "choice" if answer not in item.choices:
                raise FormatError(f"{answer!r} was given; one of {', '.join(item.choices)} was expected.")
            case _:
                pass
    except FormatError as fault:
        return f"answers: {name} ({item.label}): {fault.message}"
    return None


def _has_unit(answer: str) -> bool:
    return parse_quantity(answer).unit is not None


def facts_of(study: Study, answers: Mapping[str, Any], on: str) -> tuple[dict[str, Any], ...]:
    """The facts that the answers become, in the words of FACTS.json, dated by the visit."""
    items = form_items(study)
    return facts_of_items(((items[name], answer) for name, answer in answers.items()), on)


def facts_of_items(asked: Iterable[tuple[Item, Any]], on: str) -> tuple[dict[str, Any], ...]:
    """The facts that items with their answers become, in the words of FACTS.json, all of one day."""
    given = ((item, str(answer)) for item, answer in asked if answer not in (None, "", "unknown"))
    return tuple(fact | {"on": on} for item, answer in given for fact in _facts(item, answer))


def _facts(item: Item, answer: str) -> Iterable[dict[str, Any]]:
    if item.type == "quantity" and item.concept:
        typed = parse_quantity(answer, None if _has_unit(answer) else item.unit)
        fact = {"concept": item.concept, "value": f"{typed.comparator}{typed.number}"}
        yield fact | ({"unit": typed.unit} if typed.unit else {})
    elif item.type in ("choice", "yes_no") and item.concept and item.concept not in ("female", "age"):
        yield {"concept": item.concept, "value": answer}
    elif item.type == "yes_no" and item.value_set:
        yield {"valueset": item.value_set, "present": answer == "yes"}
