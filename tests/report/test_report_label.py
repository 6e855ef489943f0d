"""Labels: scanned back to what they are of, never more than one page, never more of a donor than a code."""

import io
import json
import re
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import pytest
import typst
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from release_story import (
    COLLECTION,
    DONOR,
    DOSES,
    LOT,
    WHO,
    WRITTEN_AT,
    adopted,
    collected,
    donor,
    labelled,
    lot_made,
    study,
    told,
)

from trialwright.cells.codes import LETTERS, label_code, read_label
from trialwright.errors import FormatError, UsageError
from trialwright.facts.check_character import check_character
from trialwright.ledger import kinds
from trialwright.report.figures.look import FONTS
from trialwright.report.label import TEMPLATE, WORDS, Label, format_label, label_files, label_of, shown_time
from trialwright.report.visible import printable

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STATEMENTS = tuple(f"Statement {number}, longer than any that a label ought to carry" for number in range(7))
FACILITY = "某某大学第一附属医院细胞治疗实验室 " * 3
LONG = labelled(facility=FACILITY, statements=STATEMENTS, additives=("human albumin 5 %", "dimethyl sulfoxide 10 %"))


def pictures(label: Label, ppi: int = 300) -> list[Any]:
    """The label's pages as a printer of so many dots an inch would print them."""
    files: Any = label_files(label)
    made = typst.compile(files, format="png", ppi=ppi, font_paths=[str(FONTS)], ignore_system_fonts=True)
    return [Image.open(io.BytesIO(page)) for page in (made if isinstance(made, list) else [made])]


# --- the code on the label --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ppi", [203, 300, 600])
@pytest.mark.parametrize("code", [DOSES[0], LOT, COLLECTION, WHO])
def test_a_printed_label_scans_back_to_its_code_and_number(code: str, ppi: int) -> None:
    for picture in pictures(label_of(study(), told(), code, 12), ppi):
        (found,) = zxingcpp.read_barcodes(picture)
        assert found.format == zxingcpp.BarcodeFormat.DataMatrix
        assert found.symbology_identifier == "]d1"
        assert found.text == label_code(code, 12)
        assert read_label(found.text) == (code, 12)


@pytest.mark.parametrize("label", [1, 99, 100, 9999])
def test_the_longest_code_scans_back(label: int) -> None:
    code = "L-" + "Z9" * 31
    found = zxingcpp.read_barcodes(pictures(replace(of(LOT), payload=label_code(code, label)))[0])
    assert [read_label(one.text) for one in found] == [(code, label)]


@st.composite
def our_codes(draw: st.DrawFn) -> str:
    """Any code of ours, also with a star for its check character."""
    letter = draw(st.sampled_from(sorted(LETTERS.values())))
    site = draw(st.text(ALPHANUMERIC, min_size=1, max_size=4))
    body = f"{site}{draw(st.integers(0, 99_999_999)):08d}"
    return f"{letter}-{body}{check_character(letter + body)}"


LABELS = st.integers(1, 9999)


@given(our_codes(), LABELS)
def test_every_code_and_number_is_read_back(code: str, label: int) -> None:
    assert read_label(label_code(code, label)) == (code, label)


@given(our_codes(), LABELS, st.data())
def test_one_wrong_letter_or_digit_is_never_read(code: str, label: int, data: st.DataObject) -> None:
    payload = label_code(code, label)
    at = data.draw(st.sampled_from([at for at, char in enumerate(payload) if char in ALPHANUMERIC]))
    other = data.draw(st.sampled_from(ALPHANUMERIC.replace(payload[at], "")))
    with pytest.raises(FormatError):
        read_label(payload[:at] + other + payload[at + 1 :])


@given(our_codes(), LABELS, st.data())
def test_two_neighbours_exchanged_are_never_read(code: str, label: int, data: st.DataObject) -> None:
    payload = label_code(code, label)
    places = [at for at, char in enumerate(payload) if char in ALPHANUMERIC]
    pairs = [(a, b) for a, b in pairwise(places) if payload[a] != payload[b]]
    first, second = data.draw(st.sampled_from(pairs))
    swapped = list(payload)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    with pytest.raises(FormatError):
        read_label("".join(swapped))


# --- what it says -----------------------------------------------------------------------------------------------------


def of(code: str, **changes: Any) -> Label:
    return label_of(study(), told(**changes), code, 1)


def test_a_dose_s_label_says_all_that_a_label_must() -> None:
    label = of(DOSES[1], collected=collected(donation_number="G123498654321"))
    assert asdict(label) == {
        "payload": label_code(DOSES[1], 1),
        "code": DOSES[1],
        "label": 1,
        "sort": "dose",
        "study": "nct05333705",
        "simulated": True,
        "recipient": WHO,
        "recipient_number": 3,
        "product": "Cultured allogeneic NK cells (viable CD3-CD56+)",
        "volume_ml": "49",
        "made_at": "2026-01-20T07:00+08:00[Asia/Shanghai]",
        "expires_at": "2026-01-21T07:00+08:00[Asia/Shanghai]",
        "donor": DONOR,
        "lot": LOT,
        "dose": 2,
        "doses": 2,
        "donation_number": "G123498654321 H",
        "storage": "2 to 8 Cel",
        "additives": ("human albumin 5 %",),
        "facility": "Cell laboratory of the site",
        "statements": (
            "For allogeneic use",
            "For use by the intended recipient only",
            "Do not irradiate",
            "Do not use a leukocyte filter",
        ),
        "warning": None,
        "caution": "Caution: investigational product, for use in this study only",
    }


def test_a_lot_for_nobody_yet_says_so() -> None:
    label = of(LOT, lot=lot_made(None))
    assert (label.recipient, label.recipient_number) == (None, None)
    assert json.loads(label_files(label)["label.json"])["words"]["no recipient"][0] == "RECIPIENT NOT ASSIGNED"


def test_the_recipient_is_the_one_assigned_last() -> None:
    other = kinds.Consented("main", "1.0", "zh", "participant", "DR-1"), "S-008", "2026-01-05"
    assigned = kinds.LotAssigned("S-008", WHO, "relapse"), LOT, "2026-01-20"
    for code in (LOT, DOSES[0]):
        label = of(code, more=[other, assigned])
        assert (label.recipient, label.recipient_number) == ("S-008", None)


def test_a_collection_s_label_says_its_own_additive_and_nothing_of_the_product_s_storage() -> None:
    label = of(COLLECTION)
    assert (label.volume_ml, label.additives, label.storage) == ("180", ("ACD-A",), "")
    assert (label.made_at, label.expires_at) == ("2026-01-04T10:30+08:00[Asia/Shanghai]", None)
    assert (label.recipient, label.facility) == (WHO, "apheresis unit")


def test_a_collection_meant_for_two_people_names_neither() -> None:
    second = kinds.DonorAssigned(DONOR, "S-008"), "I-XA260000025", "2026-01-03"
    assert of(COLLECTION, more=[second]).recipient is None


@pytest.mark.parametrize(
    ("eligibility", "said"),
    [
        ("eligible", None),
        ("ineligible with exception", "INELIGIBLE DONOR: documented exception"),
        ("ineligible", "INELIGIBLE DONOR: not for infusion"),
        ("incomplete", "NOT EVALUATED: donor testing is incomplete"),
        ("not started", "NOT EVALUATED: donor's eligibility is not decided"),
        ("something new", "NOT EVALUATED: donor's eligibility is not decided"),
    ],
)
@pytest.mark.parametrize("code", [DOSES[0], LOT, COLLECTION])
def test_the_donor_s_eligibility_is_a_warning_unless_eligible(code: str, eligibility: str, said: str | None) -> None:
    label = of(code, donor=donor(eligibility))
    assert (WORDS[label.warning][0] if label.warning else None) == said
    assert (json.loads(label_files(label)["label.json"])["warning"] or [None])[0] == said


def test_a_donor_of_whom_nothing_is_decided_is_not_evaluated() -> None:
    assert of(LOT, donor=()).warning == "not evaluated"


def test_where_no_donor_is_registered_the_lot_s_own_result_counts() -> None:
    result = kinds.ReleaseTested("donor", "eligible"), LOT, "2026-01-20"
    assert of(LOT, donor=(), more=[result]).warning is None


def test_a_label_says_nothing_of_a_donor_but_a_code() -> None:
    told_donor = donor("ineligible with exception", exception="first degree relative", decided_by="DR-9", note="sister")
    for code in (DOSES[0], LOT, COLLECTION):
        said = label_files(of(code, donor=told_donor))["label.json"].decode()
        assert DONOR in said
        assert not re.search("relative|DR-9|sister|Cytomegalovirus|cmv", said)


def test_a_wristband_says_who_and_nothing_of_a_donor() -> None:
    label = of(WHO, donor=donor("ineligible"))
    assert label == Label(label_code(WHO, 1), WHO, 1, "wristband", "nct05333705", True, WHO, 3)
    said = json.loads(label_files(label)["label.json"])
    assert DONOR not in json.dumps(said)
    assert (said["donor"], said["warning"], said["lot"]) == (None, None, None)


def test_a_wristband_asked_for_by_number_bears_the_screening_code() -> None:
    assert label_of(study(), told(), "3", 2).code == WHO


def test_only_a_simulated_trial_s_label_says_simulated() -> None:
    assert of(LOT).simulated
    assert not of(LOT, adopted=[adopted(simulated=False)]).simulated


def test_our_caution_stands_in_where_the_study_has_none() -> None:
    label = label_of(labelled(statements=("Do not irradiate",)), told(), LOT, 1)
    assert (label.statements, label.caution) == (("Do not irradiate",), None)
    assert json.loads(label_files(label)["label.json"])["caution"] == list(WORDS["caution"])


@pytest.mark.parametrize(
    ("occurred", "shown"),
    [
        ("2026-01-20T07:00+08:00[Asia/Shanghai]", ("2026-01-20 07:00", "+08:00")),
        ("2026-01-20T07:00:30-03:30[America/St_Johns]", ("2026-01-20 07:00:30", "-03:30")),
        ("2026-01", ("2026-01", "")),
        (None, ("", "")),
    ],
)
def test_a_time_is_shown_with_its_offset(occurred: str | None, shown: tuple[str, str]) -> None:
    assert shown_time(occurred) == shown


# --- what has no label ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "label", "said"),
    [
        ("B-XA26000099X", 1, "is no dose, lot, collection or participant"),
        ("S-099", 1, "is no dose, lot, collection or participant"),
        (DONOR, 1, "is no dose, lot, collection or participant"),
        ("I-XA26000001R", 1, "is no dose, lot, collection or participant"),
        (LOT, 0, "numbered 1 to 9999"),
        (LOT, 10_000, "numbered 1 to 9999"),
        ("L-lower", 1, "cannot stand on a label"),
    ],
)
def test_what_has_no_label_is_said(code: str, label: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        label_of(study(), told(), code, label)


def test_a_lot_or_dose_without_its_making_has_no_label() -> None:
    with pytest.raises(UsageError, match=f"No lot {LOT} was made"):
        of(LOT, lot=())
    with pytest.raises(UsageError, match="no such lot was made"):
        of(DOSES[0], lot=())


def test_a_study_that_says_nothing_of_labels_has_wristbands_only() -> None:
    assert study().product is not None
    silent = replace(study(), product=replace(study().product, labels=None))
    assert label_of(silent, told(), WHO, 1).sort == "wristband"
    with pytest.raises(UsageError, match="says nothing of labels"):
        label_of(silent, told(), LOT, 1)


# --- printing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [DOSES[0], LOT, COLLECTION, WHO])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_same_label_gives_the_same_bytes(code: str, lang: Any) -> None:
    first, second = (format_label(of(code), written_at=WRITTEN_AT, lang=lang) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"20260120" in first  # written_at, never the clock


@pytest.mark.parametrize(("code", "size"), [(DOSES[0], (1181, 709)), (LOT, (1181, 709)), (WHO, (1181, 295))])
def test_a_label_is_one_page_of_its_stock(code: str, size: tuple[int, int]) -> None:
    assert [picture.size for picture in pictures(of(code))] == [size]


@pytest.mark.parametrize("eligibility", ["eligible", "ineligible with exception"])
def test_long_texts_shrink_onto_the_one_page(eligibility: str) -> None:
    trial = told(donor=donor(eligibility), collected=collected(donation_number="G123498654321"))
    label = label_of(LONG, trial, DOSES[0], 9999)
    (picture,) = pictures(label)
    assert picture.size == (1181, 709)
    assert margins_are_white(picture)
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [label.payload]
    assert format_label(label, written_at=WRITTEN_AT)


def test_the_longest_codes_stay_inside_the_label() -> None:
    code = "Z9-" * 21 + "X"
    for base in (of(DOSES[0]), of(LOT), of(COLLECTION), of(WHO)):
        payload = label_code(code, 9999)
        label = replace(base, payload=payload, code=code, recipient=code, donor=code, lot=code, study="s" * 64)
        (picture,) = pictures(label)
        assert margins_are_white(picture)
        assert [one.text for one in zxingcpp.read_barcodes(picture)] == [payload]


def margins_are_white(picture: Any) -> bool:
    """Whether nothing is printed within 2 mm of any edge."""
    grey, border = picture.convert("L"), 23
    wide, high = grey.size
    edges = (0, 0, wide, border), (0, high - border, wide, high), (0, 0, border, high), (wide - border, 0, wide, high)
    return all(grey.crop(edge).getextrema()[0] == 255 for edge in edges)


def test_texts_that_cannot_be_read_at_any_size_are_refused_before_printing() -> None:
    label = label_of(labelled(statements=STATEMENTS * 10), told(), LOT, 1)
    with pytest.raises(UsageError, match="has no room"):
        format_label(label, written_at=WRITTEN_AT)


NASTY = '#panic() #eval("1") *bold* _emph_ $x^2$ @a <b> `raw` \\u{41} //c /* <script>alert(1)</script> &amp; ]['


def test_markup_typed_anywhere_stays_text() -> None:
    texts = labelled(product=NASTY, facility=NASTY, storage=NASTY, additives=(NASTY,), statements=(NASTY,))
    files = label_files(label_of(texts, told(), DOSES[0], 1))
    assert files["main.typ"] == TEMPLATE.read_bytes()  # nothing is pasted into it
    assert b"eval(" not in files["main.typ"]
    said = json.loads(files["label.json"])
    assert (said["product"], said["facility"], said["statements"]) == (NASTY, NASTY, [NASTY])
    assert format_label(label_of(texts, told(), DOSES[0], 1), written_at=WRITTEN_AT)


def test_a_star_typed_is_a_star_printed() -> None:
    starred, plain = (pictures(label_of(labelled(facility=text), told(), LOT, 1))[0] for text in ("*iii*", "iii"))
    assert starred.tobytes() != plain.tobytes()


def test_chinese_prints_and_a_sign_that_no_font_has_is_named() -> None:
    facility = "西安交通大学第一附属医院 细胞治疗实验室 𪛖 \u202e"
    label = label_of(labelled(facility=facility), told(), LOT, 1)
    said = json.loads(label_files(label)["label.json"])["facility"]
    assert said == "西安交通大学第一附属医院 细胞治疗实验室 [U+2A6D6] [U+202E]"
    assert format_label(label, written_at=WRITTEN_AT)  # typst refuses, under PDF/UA, a sign that no font has


def test_every_word_of_ours_has_its_signs_in_our_fonts() -> None:
    for pair in WORDS.values():
        for text in pair:
            assert printable(text) == text
