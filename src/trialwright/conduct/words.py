"""The words of an act: which are known, how they are typed at a shell or in a form, and what to say when one is off."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from trialwright.cells.codes import read_donation_number
from trialwright.conduct.person_facts import check_facts
from trialwright.errors import FormatError
from trialwright.facts import parse_decimal, parse_occurred, parse_partial_date
from trialwright.safety.laboratory.rules import Flag

W = TypeVar("W")

ELIGIBILITY = ("not started", "incomplete", "eligible", "ineligible", "ineligible with exception")
SEALS = ("intact", "broken", "none")
YES_NO_UNKNOWN = ("yes", "no", "unknown")
OF_EVENT: dict[str, tuple[str, ...]] = {
    "expected": YES_NO_UNKNOWN,
    "dose_limiting": YES_NO_UNKNOWN,
    "outcome": ("resolved", "resolving", "not resolved", "resolved with sequelae", "fatal", "unknown"),
    "action": ("none", "dose reduced", "interrupted", "stopped", "delayed", "not applicable", "unknown"),
    "seriousness": (
        "death",
        "life-threatening",
        "hospitalisation",
        "disability",
        "congenital anomaly",
        "important medical event",
    ),
}
VOCABULARY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "consent": {"signer": ("participant", "legal representative")},
    "propose_amendment": {"nature": ("substantial", "not substantial", "urgent safety measure")},
    "end_screening": {"outcome": ("failed", "withdrawn")},
    "enrol": {"remission_category": ("CR", "CRh", "CRi")},
    "register_donor": {"tested": ("donor", "mother")},
    "record_donor_consent": {"signer": ("donor", "mother", "bank")},
    "decide_donor_eligibility": {"eligibility": ELIGIBILITY},
    "receive": {"seal": SEALS},
    "hand_over": {"seal": SEALS},
    "print_label": {"reason": ("first", "reprint", "new recipient", "new content")},
    "check_at_bedside": {"device": ("scanner", "camera", "typed")},
    "release": {"how": ("conditional", "full")},
    "end_infusion": {"how": ("complete", "stopped"), "reaction": ("yes", "no", "unknown")},
    "decide_go": {"decision": ("go", "no-go")},
    "resume": {"scope": ("trial", "participants", "stagger")},
    "visit": {"mode": ("on site", "telephone", "home", "missed")},
    "assess_response": {
        "category": ("CR", "CRh", "CRi", "MLFS", "PR", "NR", "NE", "remission kept", "relapse"),
        "by_criteria": ("ELN 2022", "ELN 2017"),
        "mrd": ("negative", "positive", "not done"),
        "circulating_blasts": ("yes", "no", "unknown"),
        "extramedullary": ("yes", "no", "unknown"),
        "marrow_adequate": ("yes", "no", "unknown"),
        "auer_rods": ("yes", "no", "unknown"),
        "counts_supported": ("yes", "no", "unknown"),
        "mrd_method": ("flow", "qPCR", "NGS", "other"),
    },
    "relapse": {"how": ("haematological", "extramedullary", "molecular")},
    "record_condition": {"ctcae": ("5.0", "6.0")},
    "report_adverse_event": OF_EVENT | {"ctcae": ("5.0", "6.0")},
    "report_donor_event": OF_EVENT | {"ctcae": ("5.0", "6.0")},
    "follow_adverse_event": OF_EVENT,
    "mark_value": {"flags": tuple(flag.value for flag in Flag), "seriousness": OF_EVENT["seriousness"]},
    "assess_acute_gvhd": {"steroid_refractory": YES_NO_UNKNOWN},
    "report_pregnancy": {"of": ("participant", "partner"), "consented": YES_NO_UNKNOWN},
    "follow_pregnancy": {
        "outcome": (
            "ongoing",
            "live birth",
            "miscarriage",
            "stillbirth",
            "termination",
            "not pregnant",
            "unknown",
        )
    },
    "send_report": {"what": ("first report", "complete report", "follow-up")},
    "withdraw": {"extent": ("treatment", "visits", "all contact")},
    "record_death": {"cause": ("leukaemia", "treatment", "infection", "other", "unknown")},
    "record_deviation": {"importance": ("minor", "important", "not classified")},
    "verify_source": {"finding": ("agrees", "differs")},
    "sign": {
        "meaning": ("eligibility", "enrolment", "value review", "causality", "death", "casebook", "report"),
        "authenticated": ("password", "password and code", "passkey"),
    },
    "end_study": {"how": ("planned", "early")},
    "record_history": {"death_cause": ("leukaemia", "treatment", "infection", "other", "unknown")},
}
"""Act -> field -> the words it may hold: the choices of a form."""
WRITTEN_BY: Mapping[str, str] = {
    "consented": "consent",
    "screening_ended": "end_screening",
    "enrolled": "enrol",
    "donor_registered": "register_donor",
    "donor_consented": "record_donor_consent",
    "donor_judged": "decide_donor_eligibility",
    "received": "receive",
    "handed_over": "hand_over",
    "released": "release",
    "infusion_ended": "end_infusion",
    "go_decided": "decide_go",
    "resumed": "resume",
    "visited": "visit",
    "response_assessed": "assess_response",
    "relapsed": "relapse",
    "condition_found": "record_condition",
    "adverse_event_reported": "report_adverse_event",
    "adverse_event_followed": "follow_adverse_event",
    "value_marked": "mark_value",
    "acute_gvhd_assessed": "assess_acute_gvhd",
    "pregnancy_reported": "report_pregnancy",
    "pregnancy_followed": "follow_pregnancy",
    "report_sent": "send_report",
    "withdrew": "withdraw",
    "died": "record_death",
    "deviation_recorded": "record_deviation",
    "study_ended": "end_study",
}
"""Kind of entry that can be corrected -> the act in whose words it speaks."""

RELATED = ("related", "not related", "unknown")
CAUSES = ("nk_cells", "chemotherapy", "premedication", "collection", "leukaemia")
DATES = frozenset(
    {
        "ended_on",
        "sampled_on",
        "resolved_on",
        "enrolled_on",
        "remission_on",
        "relapse_on",
        "transplant_on",
        "death_on",
        "last_assessed_on",
        "last_contact_on",
        "lost_on",
        "infused_on",
        "began_on",
        "last_period_on",
        "due_on",
        "effective_from",
    }
)
MOMENTS = frozenset({"expires_at", "ended_at", "started_at", "aware_at"})
HAPPENED = ("aware_at", "resolved_on", "began_on", "last_period_on")
"""Dates and moments beside the act's own that lie in the past, as it does: none of them is tomorrow."""
MATERIALS: Mapping[str, str] = {"reagents": "expires_on", "equipment": "calibrated_until"}
"""Tables of what a step used -> the date each of their lines holds."""
CODES = frozenset(
    {"lot", "collection", "donor", "code", "doses", "dose_code", "sample", "giver", "taker", "collected_by"}
)
CODE = re.compile(r"[A-Za-z0-9._:*-]{1,64}\Z", re.ASCII)
DECIMALS = frozenset(
    {
        "volume_ml",
        "volumes_ml",
        "taken_ml",
        "rest_ml",
        "discarded_ml",
        "nk_cells",
        "nk_cells_per_kg",
        "weight_kg",
        "blasts_percent",
        "pretreatment_blasts_percent",
        "mrd_sensitivity_percent",
        "pulse",
        "systolic",
        "diastolic",
        "respiratory_rate",
        "spo2_percent",
    }
)
TEMPERATURES = frozenset({"temperature_c", "lowest_c", "highest_c"})
ABOVE_0 = frozenset({"volume_ml", "volumes_ml", "taken_ml", "weight_kg"})
MAY_BE_0 = frozenset({"end_infusion"})
"""Acts whose volume may be nothing: an infusion that was stopped before anything went in."""
LEAST: Mapping[str, int] = {
    "cycle": 1,
    "dose": 1,
    "doses": 1,
    "grade": 1,
    "count": 1,
    "infusion": 1,
    "label": 1,
    "row": 1,
}
MOST: Mapping[str, int] = {"grade": 5}


def check_words(act: str, what: Any) -> None:
    """Raises FormatError for the first field that holds a word, date or number nobody can read."""
    if hasattr(what, "facts") and hasattr(what, "born"):
        check_facts(act, what)
    _check_vocabulary(act, what, VOCABULARY.get(act, {}))
    for part in fields(what):
        check_word(act, what, part.name)


def check_word(act: str, what: Any, name: str) -> None:
    """Raises FormatError for what is wrong with one field: a code, date, moment or number nobody can read."""
    value, where = getattr(what, name), f"{act}: {name}"
    if value is None or value == ():
        return
    if name in CODES and not isinstance(value, int):
        for code in value if isinstance(value, tuple) else (value,):
            check_code(where, code)
    if name in DATES:
        _said(where, value, parse_partial_date)
    if name in MOMENTS:
        _said(where, value, parse_occurred)
    if name in DECIMALS | TEMPERATURES:
        for number in value if isinstance(value, tuple) else (value,):
            _said(where, number, parse_decimal)
            if name in DECIMALS:
                _measurable(where, name, number, above_0=name in ABOVE_0 and act not in MAY_BE_0)
    if name in MATERIALS:
        for item in value:
            if item.get(MATERIALS[name]):
                _said(f"{where}: {MATERIALS[name]}", str(item[MATERIALS[name]]), parse_occurred)
    if name == "donation_number":
        _said(where, value, read_donation_number)
    if name == "related":
        for cause, judged in value.items():
            _one_of(where, cause, CAUSES)
            _one_of(where, judged, RELATED)
    if name in LEAST and isinstance(value, int) and not LEAST[name] <= value <= MOST.get(name, value):
        most = f" to {MOST[name]}" if name in MOST else " or more"
        raise FormatError(f"{where}: {value} was given; {LEAST[name]}{most} was expected.")


def check_changed(name: str, kind: str, what: Any, changed: Iterable[str]) -> None:
    """Raises FormatError for the first changed field of a corrected entry with a word that its act does not know.

    What is not changed stays as it was written, also in words of an earlier day.
    """
    known = VOCABULARY.get(WRITTEN_BY.get(kind, ""), {})
    names = set(changed)
    _check_vocabulary(name, what, {field: words for field, words in known.items() if field in names})


def _check_vocabulary(name: str, what: Any, vocabulary: Mapping[str, tuple[str, ...]]) -> None:
    for field, known in vocabulary.items():
        value = getattr(what, field)
        for word in value if isinstance(value, tuple) else () if value is None else (value,):
            _one_of(f"{name}: {field}", word, known)


def _one_of(where: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise FormatError(f"{where}: {word!r} is not known.{_nearest(word, known)} One of: {', '.join(known)}.")


def _said(where: str, value: str, parse: Callable[[str], object]) -> None:
    try:
        parse(value)
    except FormatError as fault:
        raise FormatError(f"{where}: {fault.message}") from None


def check_code(where: str, code: str) -> None:
    """Raises FormatError for a code with letters that nobody sees, or that look like others: codes are read aloud."""
    if not CODE.match(code):
        shown = ascii(code[:70])
        raise FormatError(
            f"{where}: {shown} was given; up to 64 of the letters A-Z a-z, digits and . _ - : were expected."
        )


def check_among(where: str, words: Iterable[str], known: tuple[str, ...]) -> None:
    """Raises FormatError for the first word that is none of those known, naming the nearest."""
    for word in words:
        _one_of(where, word, known)


def _measurable(where: str, name: str, value: str, *, above_0: bool) -> None:
    number = parse_decimal(value)
    if number < 0 or (number == 0 and above_0):
        least = "a number above 0" if above_0 else "0 or more"
        raise FormatError(f"{where}: {value} was given; {least} was expected.")
    if name.endswith("_percent") and number > 100:
        raise FormatError(f"{where}: {value} was given; 0 to 100 was expected.")


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(str(word), known, 1)
    return f" Did you mean {near[0]}?" if near else ""


def read_words(act: str, what: type[W], typed: Mapping[str, Any]) -> W:
    """The act's own words, read from what was typed: text, or values of a JSON document.

    Text is read by the field's type: a number of things, yes or no, a list as JSON or separated by commas, a table as
    JSON. Numbers that were measured stay text. Dashes in a field's name may be typed for underscores.
    Raises FormatError naming the field, what was found and what was expected.
    """
    parts = {part.name: part for part in fields(what)}  # type: ignore[arg-type]
    given = with_facts_file({name.replace("-", "_"): value for name, value in typed.items()})
    for name in given:
        if name not in parts:
            raise FormatError(no_field(act, name, tuple(parts)))
    hints = get_type_hints(what)
    bare = bare_words(what, given)
    missing = missing_words(what, given)
    if missing:
        raise FormatError(f"{act}: {', '.join(missing)} missing. Give a value for each.")
    read: dict[str, Any] = dict.fromkeys(bare)
    said = {name: value for name, value in given.items() if value is not None and name not in bare}
    made = what(**read, **{name: _read(f"{act}: {name}", hints[name], value) for name, value in said.items()})
    check_words(act, made)
    return made


def word_faults(act: str, what: type[Any], typed: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what is wrong with what was typed into it: of every field, each looked at alone; empty if nothing is.

    A field that needs an answer and has none says so. What only several fields together show is found when the act
    reads them (`read_words`).
    """
    parts = {part.name: part for part in fields(what)}
    hints = get_type_hints(what)
    given = {name: value for name, value in typed.items() if name in parts and value not in (None, "")}
    needed = (name for name, part in parts.items() if _has_no_default(part) and not _may_be_none(hints[name]))
    found = {name: "An answer is needed here." for name in needed if name not in given}
    bare: dict[str, Any] = {
        name: () if (get_origin(_without_none(hints[name])) or hints[name]) is tuple else None
        for name, part in parts.items()
        if _has_no_default(part)
    }
    for name, value in given.items():
        try:
            check_words(act, what(**bare | {name: _read(f"{act}: {name}", hints[name], value)}))
        except FormatError as fault:
            found[name] = fault.message.removeprefix(f"{act}: {name}: ")
    return found


def no_field(act: str, name: str, known: tuple[str, ...]) -> str:
    """What is said of a word that the act does not take."""
    return (
        f"{act}: {name!r} is not a field.{_nearest(name, known)} It takes: {', '.join(known) or 'no words of its own'}."
    )


def missing_words(what: type[Any], given: Mapping[str, Any]) -> list[str]:
    """The fields that need a value and have none."""
    hints = get_type_hints(what)
    return [name for name in bare_words(what, given) if not _may_be_none(hints[name])]


def bare_words(what: type[Any], given: Mapping[str, Any]) -> list[str]:
    """The fields without a default for which nothing was typed."""
    return [part.name for part in fields(what) if _has_no_default(part) and given.get(part.name) in (None, "")]


def read_word(act: str, what: type[Any], name: str, value: Any) -> Any:
    """One of the act's words, read by the field's type. Raises FormatError."""
    return _read(f"{act}: {name}", get_type_hints(what)[name], value)


def check_vocabulary(act: str, name: str, value: Any) -> None:
    """Raises FormatError for a word that the field does not hold."""
    known = VOCABULARY.get(act, {}).get(name)
    for word in (value if isinstance(value, tuple) else () if value is None else (value,)) if known else ():
        _one_of(f"{act}: {name}", word, known or ())


def with_facts_file(given: dict[str, Any]) -> dict[str, Any]:
    """A whole FACTS.json given as `facts` is taken apart: born and sex are fields of their own."""
    facts = given.get("facts")
    if isinstance(facts, str) and facts.lstrip().startswith("{"):
        facts = _json("facts", facts)
    if isinstance(facts, Mapping) and "facts" in facts:
        return dict(facts) | {name: value for name, value in given.items() if name != "facts"}
    return given


def _has_no_default(part: Field[Any]) -> bool:
    return part.default is MISSING and part.default_factory is MISSING


def _may_be_none(hint: Any) -> bool:
    return get_origin(hint) in (UnionType, Union) and NoneType in get_args(hint)


def _read(where: str, hint: Any, value: Any) -> Any:
    kind = _without_none(hint)
    origin = get_origin(kind) or kind
    if origin is tuple:
        return _read_list(where, get_args(kind)[0], value)
    if origin is dict:
        return _read_table(where, value)
    if kind is bool:
        return _read_yes_no(where, value)
    if kind is int:
        return _read_count(where, value)
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise FormatError(f"{where}: {value!r} was given; text was expected.")


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (UnionType, Union):
        return next(arg for arg in get_args(hint) if arg is not NoneType)
    return hint


def _read_yes_no(where: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    answers = {"yes": True, "true": True, "no": False, "false": False}
    if str(value).lower() not in answers:
        raise FormatError(f"{where}: {value!r} was given; yes or no was expected.")
    return answers[str(value).lower()]


def _read_count(where: str, value: Any) -> int:
    plain = str(value)
    if isinstance(value, bool) or not (plain.isascii() and plain.removeprefix("-").isdigit()) or len(plain) > 9:
        raise FormatError(f"{where}: {value!r} was given; a whole number was expected.")
    return int(plain)


def _read_list(where: str, of: Any, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        value = _json(where, value) if value.lstrip().startswith("[") else _split(where, of, value)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise FormatError(f"{where}: {value!r} was given; a list was expected, such as [...].")
    return tuple(_read(f"{where}: item {place}", of, item) for place, item in enumerate(value, 1))


def _split(where: str, of: Any, value: str) -> list[Any]:
    if (get_origin(of) or of) is dict:
        return [_json(where, value)]
    return [word.strip() for word in value.split(",") if word.strip()]


def _read_table(where: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        value = _json(where, value)
    if not isinstance(value, Mapping):
        raise FormatError(
            f'{where}: {value!r} was given; names with values were expected, such as {{"name": "value"}}.'
        )
    return {str(name): _plain(item) for name, item in value.items()}


def _json(where: str, text: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise FormatError(
            f"{where}: {text[:60]!r} cannot be read as JSON: {fault}. "
            'A table is typed as {"name": "value"}, a list as ["one", "two"].'
        ) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _plain(value: Any) -> Any:
    """The value without floats: the ledger keeps numbers with a fraction as they were typed."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
