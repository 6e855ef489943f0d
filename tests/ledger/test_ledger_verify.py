"""Faults and attacks on the sealed bytes and on their export: each is seen, and the first bad entry is named."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_story import sealed_story

from trialwright.errors import FormatError
from trialwright.ledger.canon import format_canonical
from trialwright.ledger.codec import redacted
from trialwright.ledger.jsonl import check_lines, format_line, parse_line
from trialwright.ledger.seal import FIRST_PREVIOUS, NO_SALT, Sealed, entry_hash, payload_sha256
from trialwright.ledger.verify import ENOUGH, check_ledger

STORY = """
    a1  -      adopted
    c1  S-001  consented       2026-01-02
    f1  S-001  facts_recorded  2026-01-03
    v1  S-001  visited         2026-02-01
    v2  S-001  visited         2026-02-02  corrects=v1
    q1  S-001  redacted        -           entry=f1
    d1  S-001  died            2026-11
"""
WHOLE = [redacted(one) if seq == 2 else one for seq, one in enumerate(sealed_story(STORY))]
SHORT = [*WHOLE[:2], sealed_story("a1 - adopted\nc1 S-001 consented 2026-01-02\nr1 S-001 response_assessed")[2]]


def lines_of(sealed: list[Sealed]) -> list[bytes]:
    return [format_line(one) for one in sealed]


def resealed(sealed: list[Sealed], seq: int, header: dict[str, Any] | None = None, what: Any = None) -> list[Sealed]:
    """The ledger as a forger who can compute hashes would leave it: one entry changed, all after it sealed anew."""
    forged: list[Sealed] = []
    for n, one in enumerate(sealed):
        fields, payload = orjson.loads(one.header), one.payload
        if n == seq:
            fields |= header or {}
            if what is not None:
                payload = format_canonical(orjson.loads(payload or b"") | {"what": what})
        if payload is not None:
            fields["payload_sha256"] = payload_sha256(one.salt, payload).hex()
        data = format_canonical(fields)
        forged.append(Sealed(data, entry_hash(forged[-1].hash if forged else FIRST_PREVIOUS, data), payload, one.salt))
    return forged


@pytest.mark.parametrize("canonical", [True, False])
def test_a_whole_ledger_verifies(canonical: bool) -> None:
    found = check_ledger(WHOLE, canonical=canonical)
    assert (found.ok, found.entries, found.size, found.head) == (True, 7, 7, WHOLE[-1].hash)
    assert check_lines(lines_of(WHOLE), canonical=canonical) == found


@pytest.mark.parametrize("canonical", [True, False])
@pytest.mark.parametrize("piece", ["header", "hash", "payload", "salt"])
def test_one_changed_byte_is_named_by_its_entry(piece: str, canonical: bool) -> None:
    for seq in (0, 1, 3, 6):
        old = getattr(WHOLE[seq], piece)
        for at in range(len(old)):
            changed = replace(WHOLE[seq], **{piece: old[:at] + bytes([old[at] ^ 1]) + old[at + 1 :]})
            found = check_ledger([*WHOLE[:seq], changed, *WHOLE[seq + 1 :]], canonical=canonical)
            assert found.faults[0].seq == seq
            assert found.entries == seq


def test_an_entry_left_out_put_twice_or_moved_is_seen() -> None:
    assert check_ledger(WHOLE[:3] + WHOLE[4:]).faults[0].seq == 3
    assert check_ledger(WHOLE[:4] + WHOLE[3:]).faults[0].seq == 4
    assert check_ledger([*WHOLE[:3], WHOLE[4], WHOLE[3], *WHOLE[5:]]).faults[0].seq == 3
    assert check_ledger(WHOLE[1:]).faults[0].seq == 0
    assert check_ledger([]).faults[0].text == "there is no entry; the first one adopts the study"


@pytest.mark.parametrize(
    ("seq", "change", "found"),
    [
        (3, {"seq": 4}, "stands where entry 3 should, and says it is entry 4"),
        (3, {"id": "c1"}, "its id 'c1' was used before"),
        (3, {"study": "other"}, "belongs to the study 'other'"),
        (0, {"kind": "declined"}, "the first entry adopts the study; this one is `declined`"),
        (4, {"corrects": "nobody"}, "amends 'nobody', and no entry before it has that id"),
        (4, {"retracts": "d1"}, "amends 'd1', and no entry before it has that id"),
        (3, {"mood": "glad"}, "mood"),
        (3, {"about": 7}, "about"),
        (3, {"recorded_at": "2025-12-31T00:00:00.000Z"}, "before the entry before it"),
        (3, {"recorded_at": "2026-11-22"}, "is not an instant"),
        (3, {"clock_regressed": "2026-11-22T08:30:00Z"}, "is not an instant"),
        (3, {"occurred": "2026-02-30"}, "2026-02-30"),
        (3, {"format": "other"}, "no header of the format"),
    ],
)
def test_a_forged_header_with_right_hashes_is_still_seen(seq: int, change: dict[str, Any], found: str) -> None:
    fault = check_ledger(resealed(WHOLE, seq, change)).faults[0]
    assert fault.seq == seq
    assert found in fault.text


def test_forged_content_with_right_hashes_is_still_seen_where_it_is_not_its_kinds() -> None:
    assert "lacks" in check_ledger(resealed(WHOLE, 1, what={"document": "x"})).faults[0].text
    adopted = orjson.loads(WHOLE[0].payload or b"")["what"]
    text = check_ledger(resealed(WHOLE, 0, what=adopted | {"text": "id: story\nversion: 9\n"})).faults[0].text
    assert "SHA-256" in text


def test_bytes_that_are_not_canonical_are_seen_although_their_hashes_are_right() -> None:
    twice = WHOLE[1].header.replace(b'{"about":"S-001"', b'{"about":"S-009","about":"S-001"')
    forged = [WHOLE[0], replace(WHOLE[1], header=twice, hash=entry_hash(WHOLE[0].hash, twice))]
    assert check_ledger(forged, canonical=False).ok, "stored bytes alone cannot show it"
    assert "not canonical" in check_ledger(forged).faults[0].text
    nul = WHOLE[1].header.replace(b'"site":"XA-01"', b'"site":"XA\\u0000"')
    forged = [WHOLE[0], replace(WHOLE[1], header=nul, hash=entry_hash(WHOLE[0].hash, nul))]
    assert "NUL" in check_ledger(forged).faults[0].text


@pytest.mark.parametrize(
    ("header", "what", "found"),
    [
        ({"kind": "telepathy"}, b'{"weight":61.5}', "float"),
        ({"kind": "telepathy"}, b'{"Weight":"61.5"}', "the key 'Weight'"),
        ({"kind": "visited"}, b'{"answers":{"w":61.5},"days_off":0,"mode":"home","visit":"M1"}', "answers"),
        ({"kind": "visited"}, b'{"answers":{"W":"1"},"days_off":0,"mode":"home","visit":"M1"}', "answers"),
        ({"kind": "visited"}, b'{"answers":{},"days_off":9007199254740992,"mode":"home","visit":"M1"}', "days_off"),
        ({"kind": "visited"}, b'{"answers":{},"days_off":0,"mode":"e\xcc\x81","visit":"M1"}', "NFC"),
    ],
)
def test_content_outside_the_subset_is_seen_although_its_hashes_are_right(
    header: dict[str, str], what: bytes, found: str
) -> None:
    payload = b'{"told":null,"what":' + what + b',"why":null}'
    fields = orjson.loads(WHOLE[1].header) | header | {"payload_sha256": payload_sha256(WHOLE[1].salt, payload).hex()}
    data = format_canonical(fields)
    forged = Sealed(data, entry_hash(WHOLE[0].hash, data), payload, WHOLE[1].salt)
    assert check_ledger([WHOLE[0], forged], canonical=False).ok
    assert found in check_ledger([WHOLE[0], forged]).faults[0].text


@pytest.mark.parametrize("header", [b"[]", b"{}", b'{"id":"x"}', b"\xff", b"null", b'{"id":[],"payload_sha256":1}'])
@pytest.mark.parametrize("canonical", [True, False])
def test_a_header_that_is_none_is_named(header: bytes, canonical: bool) -> None:
    broken = replace(WHOLE[3], header=header, hash=entry_hash(WHOLE[2].hash, header))
    assert check_ledger([*WHOLE[:3], broken], canonical=canonical).faults[0].seq == 3


def test_a_redacted_entry_whose_reason_is_no_reason_is_named_in_both_ways() -> None:
    payload = b'{"what":{}}'
    for canonical in (True, False):
        forged = resealed([*WHOLE[:5], replace(WHOLE[5], payload=payload)], 99)
        assert check_ledger(forged, canonical=canonical).faults


def test_a_removed_content_without_a_redacted_entry_is_unjustified() -> None:
    found = check_ledger([*WHOLE[:3], redacted(WHOLE[3]), *WHOLE[4:]])
    assert [(fault.seq, fault.id) for fault in found.faults] == [(3, "v1")]
    assert found.faults[0].text.startswith("UNJUSTIFIED")


def test_a_redacted_entry_whose_content_is_still_there_is_named() -> None:
    found = check_ledger(sealed_story(STORY))
    assert [(fault.seq, fault.text) for fault in found.faults] == [
        (5, "says that the content of 'f1' was removed, and it was not")
    ]


def test_a_removed_content_keeps_no_salt() -> None:
    left = replace(WHOLE[2], salt=b"x" * 16)
    assert "keeps no salt" in check_ledger([*WHOLE[:2], left, *WHOLE[3:]]).faults[0].text


def test_a_ruined_ledger_does_not_list_its_faults_without_end() -> None:
    ruined = [replace(WHOLE[1], hash=bytes(32))] * (ENOUGH * 3)
    assert len(check_ledger(ruined).faults) == ENOUGH


# --- the export -------------------------------------------------------------------------------------------------------


def test_a_line_is_what_the_format_says() -> None:
    line = format_line(WHOLE[1])
    read = orjson.loads(line)
    assert list(read) == ["hash", "header", "payload", "salt"]
    assert line == b'{"hash":"%s","header":%s,"payload":%s,"salt":"%s"}\n' % (
        WHOLE[1].hash.hex().encode(),
        WHOLE[1].header,
        WHOLE[1].payload,
        WHOLE[1].salt.hex().encode(),
    )
    gone = format_line(WHOLE[2])
    assert orjson.loads(gone)["payload"] is None
    assert orjson.loads(gone)["salt"] == NO_SALT.hex()


@given(st.text(max_size=30))
def test_no_text_in_a_header_can_pretend_to_be_the_payload(text: str) -> None:
    for tricky in (text, f',"payload":{text}', f'","payload":{{}},"salt":"{text}'):
        try:
            header = format_canonical(orjson.loads(WHOLE[1].header) | {"reason_code": tricky})
        except FormatError:
            continue  # not NFC: never written
        one = replace(WHOLE[1], header=header)
        assert parse_line(format_line(one)) == one


def test_a_cut_anywhere_leaves_the_entries_before_it_good_and_is_reported() -> None:
    """Torn tail at every byte of the last line: n-1 good, and the tail named."""
    lines = lines_of(SHORT)
    for cut in range(1, len(lines[-1])):
        found = check_lines([*lines[:-1], lines[-1][:cut]])
        assert found.entries == 2
        assert found.head == SHORT[1].hash
        assert [(fault.seq, fault.text) for fault in found.faults] == [
            (2, "the line is not ended: the file was cut off here")
        ]


def test_a_bit_flipped_anywhere_in_an_export_is_seen() -> None:
    """Every bit of every byte of a small export, template and line ends included."""
    data = b"".join(lines_of(SHORT))
    assert check_lines(data.splitlines(keepends=True)).ok
    unseen = []
    for at in range(len(data)):
        for bit in range(8):
            flipped = data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            lines = [line + b"\n" for line in flipped.split(b"\n")]
            lines[-1] = lines[-1][:-1]
            if check_lines(line for line in lines if line).ok:
                unseen.append((at, bit))
    assert unseen == []


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_any_damage_to_an_export_is_seen(data: st.DataObject) -> None:
    whole = b"".join(lines_of(WHOLE))
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    damaged = whole[:start] + data.draw(st.binary(max_size=40)) + whole[end:]
    if damaged == whole:
        return
    lines = [line + b"\n" for line in damaged.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    found = check_lines(line for line in lines if line)
    assert not found.ok or found.size < len(WHOLE), "only a cut between two lines leaves no trace in the file itself"


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'{"hash":"', b'{"hash": "'),
        lambda line: line.replace(b',"salt":', b', "salt":'),
        lambda line: line.replace(b"\n", b"\r\n"),
        lambda line: b"\xef\xbb\xbf" + line,
        lambda line: line.upper(),
        lambda line: b"\n",
        lambda line: b"{}\n",
        lambda line: line[:9] + line[9:73].upper() + line[73:],
        lambda line: line[:-36] + line[-36:-4].upper().replace(b"0", b"A") + line[-4:],
    ],
)
def test_a_line_of_another_spelling_is_no_line(change: Any) -> None:
    lines = lines_of(SHORT)
    found = check_lines([lines[0], change(lines[1]), lines[2]])
    assert found.faults[0].seq == 1
