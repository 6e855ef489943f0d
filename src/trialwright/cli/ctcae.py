"""`trialwright ctcae`: which terms of CTCAE fit what happened, and what each grade of them says."""

import shutil
import textwrap
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.say import answer, cut, shown
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.ctcae.catalogue import Term, Version
    from trialwright.ctcae.search import Found

IN_FULL = 3  # terms shown with the text of every grade
NARROWEST, WIDEST = 40, 120


def ctcae(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS...", help="What happened: English, Chinese, an abbreviation."),
    ] = None,
    version: Annotated[str, typer.Option("--version", help="5.0 or 6.0: the one that the study grades by.")] = "5.0",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """The terms of CTCAE that fit some words, the best first, with the text of every grade."""
    from trialwright.ctcae.search import find_terms

    chosen, typed = _version(version), _typed(words or [])
    found = find_terms(typed, chosen)
    answer(_document(found, chosen, typed), lambda: _text(found, chosen, typed), as_json=as_json)


def _version(word: str) -> "Version":
    from trialwright.ctcae.catalogue import VERSIONS

    for one in VERSIONS:
        if word == one:
            return one
    there = " and ".join(VERSIONS)
    raise UsageError(
        f"--version {shown(word)}: CTCAE is here in the versions {there}. Take the one your study grades by."
    )


def _typed(words: list[str]) -> str:
    from trialwright.ctcae.words import plain_words

    typed = " ".join(words).strip()
    if plain_words(typed):
        return typed
    told = f"{shown(typed)} has no letter to look for" if typed else "there is no word to look for"
    raise UsageError(
        f"{told}. Say what happened, such as `trialwright ctcae low platelets` or `trialwright ctcae 发热`."
    )


def _document(found: "tuple[Found, ...]", version: "Version", typed: str) -> dict[str, Any]:
    return {"version": version, "words": typed, "found": [_found(one, version) for one in found]}


def _found(one: "Found", version: "Version") -> dict[str, Any]:
    term, why = one.term, one.why
    return {
        "term": term.name,
        "soc": term.soc,
        "grades": {str(grade): text for grade, text in enumerate(term.grades, start=1)},
        "definition": term.definition,
        "navigational_note": term.navigational_note,
        "needs_words": term.needs_words,
        "change": term.change,
        "why": {"phrase": why.phrase, "source": str(why.source), "how": str(why.how)},
        "in_the_other_version": _elsewhere(term, version),
    }


def _elsewhere(term: "Term", version: "Version") -> dict[str, Any]:
    from trialwright.ctcae.catalogue import mapped

    other: Version = "6.0" if version == "5.0" else "5.0"
    others = mapped(term.name, version, other)
    made = [{"term": one.name, "changes": list(one.changes), "elements": list(one.elements)} for one in others]
    return {"version": other, "terms": made}


def _text(found: "tuple[Found, ...]", version: "Version", typed: str) -> str:
    if not found:
        return _wrapped(
            f"CTCAE v{version} has nothing for {shown(typed)}. Try another word, or the beginning of one. What has no"
            ' term of its own is recorded under "Other, specify" of its organ class, with words of yours.'
        )
    count = f"{len(found)} term{'s' if len(found) > 1 else ''}"
    parts = [f'CTCAE v{version}, {count} for "{cut(typed)}":']
    parts += [_in_full(one, version) for one in found[:IN_FULL]]
    if more := found[IN_FULL:]:
        lines = [_wrapped(f"{one.term.name} ({one.term.soc}): {one.why}", "  ") for one in more]
        parts.append("\n".join(["Also:", *lines]))
    return "\n\n".join(parts)


def _in_full(one: "Found", version: "Version") -> str:
    term, elsewhere = one.term, _elsewhere(one.term, version)
    lines = [_wrapped(f"{term.name} ({term.soc})"), _wrapped(f"found by {one.why}", "  ")]
    for grade in term.grades_there:
        lines.append(_wrapped(f"grade {grade}  {term.grades[grade - 1]}", "  ", 9))
    if term.navigational_note:
        lines.append(_wrapped(f"note     {term.navigational_note}", "  ", 9))
    if term.needs_words:
        lines.append(_wrapped("Say in words of yours what happened: the term alone does not.", "  "))
    names = [other["term"] for other in elsewhere["terms"]]
    if not names:
        lines.append(f"  v{elsewhere['version']} has no such term.")
    elif names != [term.name]:
        lines.append(_wrapped(f"in v{elsewhere['version']}: {'; '.join(names)}", "  "))
    return "\n".join(lines)


def _wrapped(text: str, indent: str = "", hang: int = 2) -> str:
    """The text in lines as long as the terminal is wide; a Chinese sign takes two places."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    columns = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST) - min(wide, NARROWEST // 2)
    return textwrap.fill(text, columns, initial_indent=indent, subsequent_indent=indent + " " * hang)
