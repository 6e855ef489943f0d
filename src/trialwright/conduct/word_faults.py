"""All that is wrong with the typed words of an act, each at its field: for a form that shows everything at once."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from trialwright.conduct.person_facts import check_facts
from trialwright.conduct.words import (
    bare_words,
    check_vocabulary,
    check_word,
    missing_words,
    no_field,
    read_word,
    with_facts_file,
)
from trialwright.errors import FormatError


def faults_of_words(act: str, what: type[Any], typed: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what is wrong with it, in the order of the fields; empty where `read_words` reads them all.

    One message a field, the first, word for word that of `read_words`; a name that is no field of the act stands under
    that name, last. A field that needs a value and has none says so by itself.
    """
    names = tuple(part.name for part in fields(what))
    plain = {name.replace("-", "_"): value for name, value in typed.items()}
    try:
        given = with_facts_file(plain)
    except FormatError as fault:
        return {"facts": fault.message}
    missing, bare = set(missing_words(what, given)), set(bare_words(what, given))
    found = {name: f"{act}: {name} missing. Give a value for each." for name in names if name in missing}
    read: dict[str, Any] = {}
    for name in names:
        value = given.get(name)
        if value is None or name in bare:
            continue
        try:
            read[name] = read_word(act, what, name, value)
            _check(act, frozenset(names), name, read)
        except FormatError as fault:
            found[name] = fault.message
    ordered = {name: found[name] for name in names if name in found}
    return ordered | {name: no_field(act, name, names) for name in given if name not in names}


class _Read:
    """One word, read, as the checks of words ask for it."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self.__dict__.update(read)


OF_FACTS = frozenset({"facts", "born", "sex"})


def _check(act: str, names: frozenset[str], name: str, read: Mapping[str, Any]) -> None:
    if name in OF_FACTS and names >= OF_FACTS:
        check_facts(act, _Read({"facts": (), "born": None, "sex": None} | {name: read[name]}))
    check_vocabulary(act, name, read[name])
    check_word(act, _Read({name: read[name]}), name)
