"""`trialwright act`: any act of the trial, from the shell.

The acts, their words and who may do them come from `conduct.ACTS`; this door only reads what was typed.
"""

import re
import sys
import uuid
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from trialwright.cli.amending import proposed_text
from trialwright.cli.facts_files import read_facts_document
from trialwright.cli.people import actor_from, checked_code
from trialwright.cli.refusing import refusal_document, refusal_text
from trialwright.cli.say import LONGEST_SHOWN, answer, cut, note, shown
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.conduct.act import Act
    from trialwright.ledger import Actor, Told
    from trialwright.store import Kept
    from trialwright.study import Study

USAGE = """\
Usage: trialwright act DIR NAME [WHO] [--on DATE] [--by CODE:ROLE] [--with CODE] [--FIELD VALUE ...]

  DIR    the trial's directory, or a database's URL
  NAME   the act; `trialwright act DIR NAME --help` lists its fields
  WHO    a screening code (S-007), a participant's number, a lot; `new` opens a casebook

  --on WHEN       when it occurs: 2026-11-22 or 2026-11-22T14:30 (the site's time); default: today
  --by CODE:ROLE  who acts (default $TRIALWRIGHT_BY)
  --with CODE     the second person of a two-person act (CODE or CODE:ROLE)
  --site CODE     the site, where the study has several
  --facts FILE    facts in the form of FACTS.json
  --file FILE     the study file that propose_amendment proposes; default: DIR/study.yaml
  --happened      it is done already: record it, whatever the gates say; with
                  --source TEXT, --who-said TEXT and --why-late TEXT
  --id ID         makes a repeat of the same command harmless (default: a new one each time)
  --seen SEQ      the newest entry you saw; refused as stale if something since concerns the same
  --json          one JSON document on standard output
"""

PROPOSES = "propose_amendment"  # its text comes from a file
BARE_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII)
FLAGS = {"happened", "json", "help"}
JSON_SHAPES = {
    "agents": '[{"drug":"paracetamol","group":"antipyretic","dose":"500","unit":"mg","route":"oral"}]',
    "answers": '{"laboratory.alt":"31"}',
    "checks": '[{"id":"temperature","answer":"yes"}]',
    "content": '{"reason":"bag leaks"}',
    "drugs": '[{"drug":"cytarabine","dose":"1000","unit":"mg/m2","days":"1-3"}]',
    "equipment": '[{"code":"centrifuge-2","calibrated_until":"2026-03-31"}]',
    "facts": '[{"concept":"weight","value":"70","unit":"kg","on":"2026-01-20"}]',
    "reagents": '[{"name":"beads","lot":"R-77","expires_on":"2026-06-30"}]',
    "ranges": '{"laboratory.alt":{"low":"7","high":"40"}}',
    "dates": '{"laboratory":"2026-11-19"}',
    "grades": '{"Neutrophil count decreased":"3"}',
    "related": '{"nk_cells":"related","chemotherapy":"unknown"}',
    "set_aside": '{"casebook:S-007":"screened in another study"}',
    "strata": '{"age":"adult"}',
    "tests": '{"hiv":"negative","cmv":"positive"}',
}
"""Fields that hold a table, as JSON -> how one is typed, between single quotes. The words in it are only examples."""
LISTS = {"volumes_ml": "60,60", "tests": "sterility,gram"}
"""Fields that hold a list of words -> how one is typed."""


@dataclass
class Typed:
    """The words of the command, sorted."""

    places: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    options: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """The value of an option given at most once, taken out of the rest."""
        values = self.options.pop(name, [])
        if len(values) > 1:
            raise UsageError(f"--{name} stands {len(values)} times. Keep one.")
        return values[0] if values else None


def act(ctx: typer.Context) -> None:
    """Do an act of the trial, or record it after the deed."""
    typed = _typed(ctx.args)
    if not typed.places or ("help" in typed.flags and len(typed.places) < 2):
        asked = "help" in typed.flags
        print(USAGE + "\n" + _list_of_acts(), file=sys.stdout if asked else sys.stderr)
        raise typer.Exit(0 if asked else 2)
    if len(typed.places) == 1:
        raise UsageError(f"name the act. {_names()}")
    directory, name, *rest = typed.places
    chosen = _act(name)
    if "help" in typed.flags:
        print(_help(chosen))
        raise typer.Exit
    if rest and len(rest[0]) > LONGEST_SHOWN:
        raise UsageError(f"{shown(rest[0])} is no code: a person's, donor's or lot's is short, such as S-007.")
    if len(rest) > 1:
        raise UsageError(f"{shown(rest[1])} is one word too many after {shown(rest[0])}. Give fields as --field value.")
    _perform(directory, chosen, rest[0] if rest else None, typed)


def _perform(directory: str, chosen: "Act[Any]", who: str | None, typed: Typed) -> None:
    from trialwright.conduct import read_what
    from trialwright.store import Kept
    from trialwright.store.directory import is_draft, open_trial, refuse_on_draft, today_at

    as_json = "json" in typed.flags
    if is_draft(directory):
        refusal = refuse_on_draft(directory, chosen.name, who)
        answer(refusal_document(refusal), lambda: refusal_text(refusal, recorded=False), as_json=as_json)
        raise typer.Exit(1)
    by, second, told = actor_from(typed.one("by")), _second(typed.one("with")), _told(typed, _told_words(chosen))
    site, on, id_, seen = typed.one("site"), typed.one("on"), typed.one("id"), typed.one("seen")
    file = typed.one("file") if chosen.name == PROPOSES else None
    proposed = {"text": proposed_text(directory, file)} if chosen.name == PROPOSES else {}
    now = datetime.now(UTC)
    with open_trial(directory) as trial:
        site = trial.site(site)
        zone = trial.zone(site)
        words = {name: _only(values, zone) for name, values in typed.options.items() if name != "facts"}
        words |= _facts(typed.one("facts"), trial.study_file.study)
        words |= proposed
        outcome = trial.perform(
            chosen,
            actor=by,
            who=who,
            what=read_what(chosen, words),
            on=_moment(on, zone) if on else today_at(zone, now),
            second=second,
            told=told,
            site=site,
            id=id_ or uuid.uuid4().hex,
            at=now,
            seen=None if seen is None else _whole(seen),
        )
    if isinstance(outcome, Kept):
        answer(_kept_document(chosen, outcome), lambda: _kept_text(chosen, outcome), as_json=as_json)
        return
    answer(refusal_document(outcome), lambda: refusal_text(outcome), as_json=as_json)
    raise typer.Exit(1)


def _typed(words: list[str]) -> Typed:
    typed, waiting = Typed(), list(words)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith("--") or word == "--":
            typed.places.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        if len(name) > LONGEST_SHOWN:
            raise UsageError(f"there is no option --{cut(name)}. `trialwright act --help` lists the acts.")
        if name in FLAGS:
            typed.flags.add(name)
            continue
        if not equals:
            if not waiting or waiting[0].startswith("--"):
                raise UsageError(f"--{name} needs a value after it (--{name}=VALUE if it begins with two dashes).")
            value = waiting.pop(0)
        typed.options.setdefault(name, []).append(value)
    return typed


def _only(values: list[str], zone: str) -> str | list[str]:
    moments = [_moment(value, zone) for value in values]
    return moments[0] if len(moments) == 1 else moments


def _moment(word: str, zone: str) -> str:
    """A time of day without a zone is the site's: 2026-11-22T14:30 becomes 2026-11-22T14:30+08:00[Asia/Shanghai]."""
    if not BARE_MOMENT.fullmatch(word):
        return word
    try:
        local = datetime.fromisoformat(word).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise UsageError(f"{cut(word)} is no moment of the calendar. Check the day and the hour.") from None
    offset = local.strftime("%z")
    return f"{word}{offset[:3]}:{offset[3:]}[{zone}]"


def _facts(file: str | None, plan: "Study") -> dict[str, Any]:
    """The fields that a FACTS.json gives: facts, born, sex. What no rule of the study will read is said."""
    from trialwright.conduct.judging import study_library
    from trialwright.criteria import check_facts, read_facts
    from trialwright.study import criteria_of

    if file is None:
        return {}
    document = read_facts_document(Path(file))
    for sentence in check_facts(read_facts(document), criteria_of(plan.eligibility), study_library(plan)):
        note(f"Not used: {sentence}")
    return document


def _whole(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise UsageError(f"--seen {cut(word)}: expected the number of an entry, such as 41.")
    return int(word)


def _second(words: str | None) -> "Actor | None":
    from trialwright.ledger import Actor

    if words is None:
        return None
    code, _, role = words.partition(":")
    return Actor(checked_code(code), role or "second person")


def _told_words(chosen: "Act[Any]") -> tuple[str, str, str]:
    """What a deed told later has to say. Where an act has a `--source` of its own, the telling's is --told-source."""
    own = {item.name for item in fields(chosen.fields)}
    return ("told-source" if "source" in own else "source", "who-said", "why-late")


def _told(typed: Typed, names: tuple[str, str, str]) -> "Told | None":
    from trialwright.ledger import Told

    words = {name: typed.one(name) for name in names}
    if "happened" not in typed.flags:
        given = [f"--{name}" for name, value in words.items() if value is not None]
        if given:
            raise UsageError(f"{given[0]} goes with --happened.")
        return None
    missing = [f"--{name}" for name, value in words.items() if not value]
    if missing:
        raise UsageError(f"--happened records a deed already done; it also needs {', '.join(missing)}.")
    source, who_said, why_late = (words[name] or "" for name in names)
    return Told(source, who_said, why_late)


def _act(name: str) -> "Act[Any]":
    from trialwright.conduct import ACTS

    found = ACTS.get(name.replace("-", "_"))
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(name.replace("-", "_"), list(ACTS), n=1)
        raise UsageError(f"there is no act {shown(name)}.{f' Did you mean {near[0]}?' if near else ''} {_names()}")
    return found


def _names() -> str:
    from trialwright.conduct import ACTS

    return f"Acts: {', '.join(ACTS)}."


def _list_of_acts() -> str:
    from trialwright.conduct import ACTS

    width = max(map(len, ACTS))
    return "Acts:\n" + "\n".join(f"  {name.ljust(width)}  {act.summary}" for name, act in ACTS.items())


def _help(chosen: "Act[Any]") -> str:
    from trialwright.conduct.choices import form_of

    lines = [f"trialwright act DIR {chosen.name} {'WHO ' if chosen.needs_who else ''}…", "", chosen.summary, ""]
    both = " Two people: --by and --with." if chosen.two_person else ""
    lines.append(f"Who may: {', '.join(sorted(chosen.roles))}.{both}")
    lines.append(f"After the deed: --happened {' '.join(f'--{name} TEXT' for name in _told_words(chosen))}")
    rows = []
    if chosen.name == PROPOSES:
        rows.append("  --file: the new version of the study file; default: DIR/study.yaml")
    for item in fields(chosen.fields):
        if chosen.name == PROPOSES and item.name == "text":
            continue
        needed = " (needed)" if item.default is MISSING and item.default_factory is MISSING else ""
        form = form_of(chosen.name, item)
        rows.append(f"  --{item.name.replace('_', '-')}{needed}{f': {form}' if form else ''}{_example(item)}")
    return "\n".join([*lines, "", "Fields:", *(rows or ["  none"])])


def _example(item: "Field[Any]") -> str:
    """How a list or a table is typed, where one of this field is."""
    kind = str(item.type)
    if "dict" in kind and item.name in JSON_SHAPES:
        return f", such as '{JSON_SHAPES[item.name]}'"
    return f", such as {LISTS[item.name]}" if "tuple" in kind and item.name in LISTS else ""


def _kept_document(chosen: "Act[Any]", kept: "Kept") -> dict[str, Any]:
    from trialwright.cli.words import entry_document

    entries = [entry_document(entry) for entry in kept.entries]
    return {"act": chosen.name, "done": True, "entries": entries, "size": kept.size, "head": kept.head.hex()}


def _kept_text(chosen: "Act[Any]", kept: "Kept") -> str:
    from trialwright.cli.words import entry_line

    if beside := _deviations(chosen, kept):
        count = "a deviation" if len(beside) == 1 else f"{len(beside)} deviations"
        note("\n".join([f"Recorded with {count}:", *beside]))
    return "\n".join([f"{chosen.name}: recorded.", *(f"  {entry_line(entry)}" for entry in kept.entries)])


def _deviations(chosen: "Act[Any]", kept: "Kept") -> list[str]:
    """Each deviation that the act wrote beside its own entry: what it was, which gate saw it, how much it counts."""
    from trialwright.ledger.kinds import DeviationRecorded

    if chosen.of_ledger:  # a deviation written down by a person, or corrected, is the deed itself
        return []
    found = [entry.what for entry in kept.entries if isinstance(entry.what, DeviationRecorded)]
    return [f"  • {' '.join(one.description.split())} ({one.gate or 'no gate'}, {one.importance})" for one in found]
