"""Entries to bytes and back: every kind, every fault of a field, older and unknown versions."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, ClassVar

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_story import NURSE, SAMPLES, sealed_story

from trialwright.errors import FormatError, IntegrityError
from trialwright.ledger import Actor, Mood, NewEntry, Stamp, Told, kinds, read_entry, seal, unseal
from trialwright.ledger.canon import format_canonical
from trialwright.ledger.codec import FORMAT, redacted
from trialwright.ledger.content import NEVER_WRITTEN, format_what, parse_what
from trialwright.ledger.kinds import KINDS, What
from trialwright.ledger.seal import FIRST_PREVIOUS, Sealed

STAMP = Stamp("story", "ab" * 32, 0, "e0", "XA-01", NURSE, "2026-11-22T08:30:00.000Z")


def sealed(new: NewEntry) -> Sealed:
    return seal(new, STAMP, previous=FIRST_PREVIOUS, salt=bytes(range(16)))


def test_there_is_a_sample_of_every_kind_that_can_be_written() -> None:
    assert set(SAMPLES) == set(KINDS) - NEVER_WRITTEN


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_every_kind_is_read_as_it_was_written(kind: str) -> None:
    new = NewEntry(
        SAMPLES[kind],
        about="S-001",
        occurred="2026-11-20T14:30+08:00[Asia/Shanghai]",
        second=Actor("n2", "nurse"),
        corrects="x",
        causes=("a", "b"),
        mood=Mood.HAPPENED,
        reason_code="typing",
        why="写错了",
        told=Told("chart", "dr", "night"),
    )
    entry = read_entry(sealed(new))
    assert entry.what == SAMPLES[kind]
    for name in ("about", "occurred", "second", "corrects", "causes", "mood", "reason_code", "why", "told"):
        assert getattr(entry, name) == getattr(new, name)
    for name in ("study", "study_sha256", "seq", "id", "site", "actor", "recorded_at"):
        assert getattr(entry, name) == getattr(STAMP, name)


def test_the_seal_is_sha_256_as_the_format_says() -> None:
    """Computed here by hand, from the words of the format alone."""
    one = sealed(NewEntry(SAMPLES["died"]))
    header = orjson.loads(one.header)
    assert one.payload is not None
    assert header["payload_sha256"] == sha256(b"\x02" + bytes(range(16)) + one.payload).hexdigest()
    assert one.hash == sha256(b"\x03" + bytes(32) + one.header).digest()
    assert header["format"] == FORMAT


def test_free_text_lies_in_the_payload_only() -> None:
    one = sealed(NewEntry(SAMPLES["died"], why="secret", told=Told("secret", "secret", "secret")))
    assert b"secret" not in one.header
    assert orjson.loads(one.payload or b"").keys() == {"told", "what", "why"}


def test_names_of_sites_and_strata_may_be_any_words() -> None:
    """Keys of an object are ours (a-z); tables named by people are therefore kept as sorted pairs."""
    what = replace(SAMPLES["adopted"], time_zones={"西安": "Asia/Shanghai", "BJ-02": "Asia/Shanghai"})
    body = format_what(what)
    assert body["time_zones"] == [["BJ-02", "Asia/Shanghai"], ["西安", "Asia/Shanghai"]]
    assert parse_what("adopted", 1, orjson.loads(format_canonical(body))) == what


def test_a_key_that_cannot_be_kept_is_refused_with_its_place() -> None:
    with pytest.raises(FormatError, match=r"what.answers: the key 'ECOG score' cannot be kept"):
        sealed(NewEntry(kinds.Visited("V1", answers={"ECOG score": "1"})))


@pytest.mark.parametrize(
    "occurred", ["2026-13", "22.11.2026", "2026-11-22T08:30", "2026-02-29", "٢٠٢٦", "2026-11-22\n", ""]
)
def test_an_occurrence_that_is_no_date_is_refused(occurred: str) -> None:
    with pytest.raises(FormatError):
        sealed(NewEntry(SAMPLES["died"], occurred=occurred))


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (kinds.Declined("two"), "`declined`: count is 'two'; expected int"),  # type: ignore[arg-type]
        (kinds.Declined(True), "count is True; expected int"),
        (kinds.Contacted("telephone", 1), "alive is 1; expected bool"),  # type: ignore[arg-type]
        (kinds.Died(None, "x"), "cause is None; expected str"),  # type: ignore[arg-type]
        (kinds.Redacted("x", "y", ("a",)), "expected a list of 2"),  # type: ignore[arg-type]
        (kinds.Premedicated(1, ("promethazine",)), "expected dict"),  # type: ignore[arg-type]
        (kinds.Premedicated(1, ({"dose": 25.0},)), "25.0 is a float"),
        (kinds.Removed("died"), "never written"),
        (kinds.Unreadable("x", 1, {}), "never written"),
    ],
)
def test_a_field_of_another_type_is_not_written(what: What, found: str) -> None:
    with pytest.raises(FormatError) as refused:
        sealed(NewEntry(what))
    assert found in str(refused.value)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda body: body.pop("cause"), "lacks cause"),
        (lambda body: body.update(causes="x"), "has unknown causes"),
        (lambda body: body.update(cause=["x"]), "cause is ['x']; expected str"),
        (lambda body: body.update(autopsy="no"), "autopsy is 'no'; expected bool or nothing"),
    ],
)
def test_content_that_is_not_its_kinds_is_not_read(change: Any, found: str) -> None:
    body = format_what(SAMPLES["died"])
    change(body)
    with pytest.raises(FormatError) as refused:
        parse_what("died", 1, body)
    assert found in str(refused.value)


@pytest.mark.parametrize("pairs", [[["b", "1"], ["a", "1"]], [["a", "1"], ["a", "2"]], [["a"]], [["a", 1]], {"a": "1"}])
def test_a_table_is_read_only_in_its_one_spelling(pairs: Any) -> None:
    body = format_what(SAMPLES["enrolled"]) | {"strata": pairs}
    with pytest.raises(FormatError, match="strata"):
        parse_what("enrolled", 1, body)


@dataclass(frozen=True, slots=True)
class Died3(What):
    """Death as a third version might have it: a code list, and a name that changed on the way."""

    kind: ClassVar[str] = "died"
    version: ClassVar[int] = 3
    reason: str
    how_known: str
    place: str


UPCASTERS = {
    ("died", 1): lambda body: {k: v for k, v in body.items() if k != "autopsy"} | {"place": "unknown"},
    ("died", 2): lambda body: {k: v for k, v in body.items() if k != "cause"} | {"reason": body["cause"].upper()},
}


def test_older_versions_of_a_kind_are_read_in_todays_shape() -> None:
    first = {"cause": "infection", "how_known": "letter", "autopsy": None}
    second = {"cause": "infection", "how_known": "letter", "place": "home"}
    third = {"reason": "INFECTION", "how_known": "letter", "place": "home"}
    today: dict[str, type[What]] = {"died": Died3}
    for version, body, place in ((1, first, "unknown"), (2, second, "home"), (3, third, "home")):
        before = dict(body)
        read = parse_what("died", version, body, kinds=today, upcasters=UPCASTERS)
        assert read == Died3("INFECTION", "letter", place)
        assert body == before, "an upcaster changes nothing in place"


@pytest.mark.parametrize(("version", "body"), [(0, {}), (-1, {}), (2, {"how_known": "letter", "place": "home"})])
def test_a_version_that_never_was_and_content_its_upcaster_cannot_read_are_refused(version: int, body: Any) -> None:
    with pytest.raises(FormatError, match=f"`died` version {version} has no way to today's shape"):
        parse_what("died", version, body, kinds={"died": Died3}, upcasters=UPCASTERS)


@pytest.mark.parametrize(("kind", "version"), [("telepathy", 1), ("died", 2), ("removed", 1), ("unreadable", 1)])
def test_an_unknown_kind_or_a_newer_version_is_kept_unread(kind: str, version: int) -> None:
    assert parse_what(kind, version, {"x": "1"}) == kinds.Unreadable(kind, version, {"x": "1"})


def test_a_redacted_entry_keeps_its_header_and_nothing_else() -> None:
    one = sealed(NewEntry(SAMPLES["died"], about="S-001", why="x", told=Told("a", "b", "c")))
    entry = unseal(redacted(one), FIRST_PREVIOUS, 0)
    assert entry.what == kinds.Removed("died")
    assert (entry.redacted, entry.why, entry.told, entry.about) == (True, None, None, "S-001")
    assert redacted(one).salt == bytes(16), "a salt left behind would let the content be guessed from its hash"


@pytest.mark.parametrize("piece", ["header", "hash", "payload", "salt"])
def test_a_changed_byte_breaks_the_seal_and_names_the_entry(piece: str) -> None:
    one = sealed(NewEntry(SAMPLES["died"], about="S-001"))
    old = getattr(one, piece)
    changed = old.replace(b"infection", b"imfection") if piece == "payload" else old[:-2] + b"x" + old[-1:]
    with pytest.raises(IntegrityError, match="entry"):
        unseal(replace(one, **{piece: changed}), FIRST_PREVIOUS, 0)
    with pytest.raises(IntegrityError, match=r"entry 0 \(e0\): the header"):
        unseal(one, bytes(31) + b"x", 0)
    with pytest.raises(IntegrityError, match="entry 7"):
        unseal(one, FIRST_PREVIOUS, 7)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "trialwright ledger 2"},
        {"extra": None},
        {"seq": "0"},
        {"about": 1},
        {"actor": {"id": "x"}},
        {"actor": {"id": "x", "role": 1}},
        {"causes": [1]},
        {"mood": "glad"},
    ],
)
def test_a_header_that_is_not_one_is_not_read(change: dict[str, Any]) -> None:
    one = sealed(NewEntry(SAMPLES["died"]))
    header = format_canonical(orjson.loads(one.header) | change)
    with pytest.raises(FormatError):
        read_entry(replace(one, header=header))


@pytest.mark.parametrize("payload", [{"what": {}}, {"what": [], "why": None, "told": None}, []])
def test_a_payload_that_is_not_one_is_not_read(payload: Any) -> None:
    with pytest.raises(FormatError):
        read_entry(replace(sealed(NewEntry(SAMPLES["died"])), payload=format_canonical(payload)))


@pytest.mark.parametrize(
    "part", [{"why": 1}, {"told": "x"}, {"told": {"source": "x"}}, {"told": {"source": 1, "who": "", "why_late": ""}}]
)
def test_free_text_of_another_shape_is_not_read(part: dict[str, Any]) -> None:
    one = sealed(NewEntry(SAMPLES["died"]))
    payload = format_canonical(orjson.loads(one.payload or b"") | part)
    with pytest.raises(FormatError):
        read_entry(replace(one, payload=payload))


def _values_of(hint: Any) -> st.SearchStrategy[Any]:
    from typing import get_args, get_origin

    text = st.text("abc 0.<µ缓", max_size=5)
    plain: dict[Any, st.SearchStrategy[Any]] = {str: text, int: st.integers(-99, 99), bool: st.booleans()}
    plain[dict[str, Any]] = st.dictionaries(
        st.text("abc_.", min_size=1), text | st.integers(0, 9) | st.none(), max_size=3
    )
    plain[dict[str, str]] = st.dictionaries(text, text, max_size=3)
    if hint in plain:
        return plain[hint]
    args = get_args(hint)
    if get_origin(hint) is tuple:
        inner = st.dictionaries(st.text("abc", min_size=1), text) if args[0] == dict[str, str] else _values_of(args[0])
        if args[-1] is Ellipsis:
            return st.lists(inner, max_size=3).map(tuple)
        return st.tuples(*[inner] * len(args))
    return st.one_of(*(st.none() if arg is type(None) else _values_of(arg) for arg in args))


def _contents() -> st.SearchStrategy[What]:
    from typing import get_type_hints

    def of(kind: str) -> st.SearchStrategy[What]:
        cls = KINDS[kind]
        hints = {name: hint for name, hint in get_type_hints(cls).items() if name not in ("kind", "version")}
        return st.builds(cls, **{name: _values_of(hint) for name, hint in hints.items()})

    return st.sampled_from(sorted(set(KINDS) - NEVER_WRITTEN)).flatmap(of)


@given(_contents(), st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
@settings(max_examples=300)
def test_whatever_is_sealed_verifies_and_says_the_same(what: What, previous: bytes, salt: bytes) -> None:
    one = seal(NewEntry(what), STAMP, previous=previous, salt=salt)
    assert unseal(one, previous, 0).what == what


def test_a_story_is_sealed_into_one_chain() -> None:
    previous = FIRST_PREVIOUS
    story = "a1 - adopted\nc1 S-001 consented 2026-01-02\nd1 S-001 died 2026-11"
    for seq, one in enumerate(sealed_story(story)):
        assert unseal(one, previous, seq).hash == one.hash
        previous = one.hash
