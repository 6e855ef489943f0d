"""`trialwright trace`: from any code back to donors, reagents and people, and on to whoever received the cells."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.in_force import note_other_copy
from trialwright.cli.say import answer, shown
from trialwright.errors import FormatError, UsageError

if TYPE_CHECKING:
    from trialwright.cells.trace import Key, Lineage, Thing
    from trialwright.ledger import Trial
    from trialwright.study import Study

STEP = "  "
BESIDE = {"reagent": "reagents", "equipment": "instruments", "operator": "people"}
"""Sorts that stand beside the way of the cells -> how a line lists them."""
ONCE = "(see above)"


def trace(
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            help="A donor, collection, lot, dose, label, participant, donation number; a reagent's lot, an instrument.",
        ),
    ],
    directory: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    only_forwards: Annotated[bool, typer.Option("--forwards", help="Only what came of it.")] = False,
    only_backwards: Annotated[bool, typer.Option("--backwards", help="Only what it came of.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """What came of it, and what it came of: for a recall, who received what."""
    from trialwright.cells.states import lot_state
    from trialwright.cells.trace import find_things, lineage
    from trialwright.store.directory import open_trial

    with open_trial(directory, read_only=True) as opened:
        note_other_copy(opened)
        trial, study = opened.trial(), opened.study_file.study
    states = {lot.code: lot_state(study, trial, lot).words for lot in trial.lots.values()}
    found = lineage(trial, states)
    things = find_things(found, code)
    if not things:
        raise UsageError(_unknown(study, trial, code.strip()))
    both = only_forwards == only_backwards
    ways = (both or only_backwards, both or only_forwards)
    document = {"asked": code, "found": [_document(trial, found, thing, ways) for thing in things]}
    answer(document, lambda: "\n\n".join(_text(trial, found, thing, ways) for thing in things), as_json=as_json)


def _unknown(study: "Study", trial: "Trial", code: str) -> str:
    """Why nothing is known by that code. No code like it is proposed: it would be somebody else's."""
    fault = code_misread(study, code)
    if fault is not None:
        return fault
    if not trial.lots and not trial.others:
        return f"nothing is recorded under {shown(code)}, nor of any donor, collection or lot."
    return (
        f"nothing is recorded under {shown(code)}. Type it whole, as it is written: a code of this trial, a donation "
        "number, the lot number of a reagent, the code of an instrument or of a person."
    )


def code_misread(study: "Study", code: str) -> str | None:
    """What is wrong with a code or scanned label that looks like one of ours, and what to do; None if nothing is."""
    from trialwright.cells.codes import SORTS, code_fault, read_label

    if not study.asks_codes or code[:2] not in SORTS:
        return None
    if code.count("-") > 1:
        try:
            code = read_label(code)[0]
        except FormatError as fault:
            return fault.message
    wrong = code_fault(code)
    return None if wrong is None else f"{wrong} Read it again, or scan it."


# --- for machines -----------------------------------------------------------------------------------------------------


def _document(trial: "Trial", found: "Lineage", thing: "Thing", ways: tuple[bool, bool]) -> dict[str, Any]:
    """A thing, all that it came of, all that came of it, the edges among them, and who received the cells."""
    from trialwright.cells.trace import backwards, forwards

    back, on = ways
    upstream = backwards(found, thing.key) if back else ()
    downstream = forwards(found, thing.key) if on else ()
    sides = [{thing.key, *(one.key for one in side)} for side in (upstream, downstream)]
    edges = [(edge, how) for edge, how in found.edges.items() if any(set(edge) <= side for side in sides)]
    people = [one.code for one in (thing, *downstream) if one.sort == "participant"] if on else []
    document: dict[str, Any] = {"thing": _plain(thing)}
    if back:
        document["backwards"] = [_plain(one) for one in upstream]
    if on:
        document["forwards"] = [_plain(one) for one in downstream]
        document["received"] = _received(found, thing, downstream)
        document["outcomes"] = {who: list(_outcomes(trial, who)) for who in people}
    return document | {"edges": [_edge(parent, child, how) for (parent, child), how in edges]}


def _plain(thing: "Thing") -> dict[str, Any]:
    return {"sort": thing.sort, "code": thing.code, "says": thing.says, "when": thing.when}


def _edge(parent: "Key", child: "Key", how: tuple[str, ...]) -> dict[str, Any]:
    return {"parent": parent._asdict(), "child": child._asdict(), "how": list(how)}


def _outcomes(trial: "Trial", who: str) -> tuple[str, ...]:
    from trialwright.cells.trace import outcomes

    return outcomes(trial, who)


def _received(found: "Lineage", thing: "Thing", downstream: "Sequence[Thing]") -> list[dict[str, Any]]:
    """Every infusion of these cells: who received which doses or lots when. For a participant, those of their own."""
    if thing.sort == "participant":
        infusions = [found.things[key] for key in found.parents.get(thing.key, ()) if key.sort == "infusion"]
    else:
        infusions = [one for one in (thing, *downstream) if one.sort == "infusion"]
    return [
        {
            "participant": next(
                (key.code for key in found.children.get(one.key, ()) if key.sort == "participant"), None
            ),
            "infusion": one.code,
            "when": one.when,
            "cells": [key.code for key in found.parents.get(one.key, ()) if key.sort in ("dose", "lot")],
        }
        for one in infusions
    ]


# --- for people -------------------------------------------------------------------------------------------------------


def _text(trial: "Trial", found: "Lineage", thing: "Thing", ways: tuple[bool, bool]) -> str:
    back, on = ways
    person = thing.sort == "participant"
    lines = [_line(thing)]
    if on:
        lines += _who_received(found, thing)
        if person:
            lines += _section(
                "How it went on", [f"{STEP}{said}" for said in _outcomes(trial, thing.code)], "No word yet."
            )
    if back:
        lines += _section("Where it comes from", list(_upstream(found, thing.key)), "Nothing stands before it.")
    if on and not person:
        lines += _section("What came of it", list(_downstream(trial, found, thing.key)), "Nothing came of it.")
    return "\n".join(lines)


def _section(title: str, lines: list[str], empty: str) -> list[str]:
    return ["", f"{title}:", *(lines or [f"{STEP}{empty}"])]


def _line(thing: "Thing", how: Sequence[str] = ()) -> str:
    from trialwright.facts.order import spoken

    when = f", {spoken(thing.when)}" if thing.when else ""
    says = f": {thing.says}" if thing.says else ""
    return f"{thing.sort} {thing.code}{f' ({_how(how)})' if how else ''}{says}{when}"


def _how(how: Sequence[str]) -> str:
    """What joins two things, in few words."""
    return ", ".join(how)


def _upstream(found: "Lineage", key: "Key", depth: int = 1, seen: "set[Key] | None" = None) -> Iterator[str]:
    """What a thing came of, nearest first; under each, what and who worked on it."""
    seen = set() if seen is None else seen
    parents = found.parents.get(key, ())
    yield from _beside(found, key, parents, depth)
    for parent in parents:
        if parent.sort in BESIDE:
            continue
        again = parent in seen
        seen.add(parent)
        words = _line(found.things[parent], found.edges[parent, key])
        yield f"{STEP * depth}← {words}{f' {ONCE}' if again else ''}"
        if not again:
            yield from _upstream(found, parent, depth + 1, seen)


def _beside(found: "Lineage", key: "Key", parents: "Sequence[Key]", depth: int) -> Iterator[str]:
    """One line for each sort that stands beside the cells: reagents, instruments, people."""
    for sort, words in BESIDE.items():
        there = [f"{one.code} ({_how(_worked(sort, found.edges[one, key]))})" for one in parents if one.sort == sort]
        if there:
            yield f"{STEP * depth}{words}: {'; '.join(there)}"


def _worked(sort: str, how: tuple[str, ...]) -> tuple[str, ...]:
    """What a person did: each test is one step too many for a line."""
    if sort != "operator":
        return how
    return tuple(dict.fromkeys("tested" if step.startswith("tested ") else step for step in how))


def _downstream(
    trial: "Trial", found: "Lineage", key: "Key", depth: int = 1, seen: "set[Key] | None" = None
) -> Iterator[str]:
    """What came of a thing, down to the participants; under each of them, how it went on."""
    seen = set() if seen is None else seen
    for child in found.children.get(key, ()):
        again = child in seen
        seen.add(child)
        yield f"{STEP * depth}→ {_line(found.things[child], found.edges[key, child])}{f' {ONCE}' if again else ''}"
        if again:
            continue
        if child.sort == "participant":
            yield from (f"{STEP * (depth + 1)}{sentence}" for sentence in _outcomes(trial, child.code))
        yield from _downstream(trial, found, child, depth + 1, seen)


def _who_received(found: "Lineage", thing: "Thing") -> list[str]:
    """Who received what, one line an infusion: the list that a recall begins with."""
    from trialwright.cells.trace import forwards
    from trialwright.facts.order import spoken

    received = _received(found, thing, forwards(found, thing.key))
    people = len({one["participant"] for one in received})
    rows = [
        f"{STEP}{one['participant']} received {', '.join(one['cells'])} on {spoken(one['when'])} ({one['infusion']})"
        for one in received
    ]
    if thing.sort == "participant":
        return _section("Received", rows, "No cells yet.")
    whom = "1 participant" if people == 1 else f"{people} participants"
    return _section(f"Received by {whom}" if people else "Received by nobody", rows, "None of it was given.")
