"""Cells in the application: the laboratory, one code, its label and certificate; and the check at the bedside."""

import re
from pathlib import Path

import pytest
from django.test import Client
from site_desk import PASSWORD, last, logged_in, trial

from trialwright.cells.states import lot_state
from trialwright.store.directory import open_trial


def test_every_lot_stands_in_the_laboratory_s_list_as_the_core_says(site: Path) -> None:
    page = logged_in("chen").get("/cells/").content.decode()
    with open_trial(site, read_only=True) as opened:
        found = opened.trial()
        for code, lot in found.lots.items():
            assert f"/cells/{code}/" in page
            assert lot_state(opened.study_file.study, found, lot).words.split(",")[0] in page


def test_every_code_of_cells_has_its_page_and_no_donor_s_page_names_a_recipient(site: Path) -> None:
    client, found = logged_in("chen"), trial(site)
    for code in (*found.lots, *found.doses, *found.collections, *found.donors):
        answer = client.get(f"/cells/{code}/")
        assert answer.status_code == 200, code
        if code in found.donors:
            main = answer.content.decode().split("<main", 1)[1]
            assert not [one for one in found.casebooks if one in main], code


def test_a_code_that_was_misread_is_told_and_none_like_it_is_proposed(site: Path) -> None:
    answer = logged_in("chen").get("/cells/L-XA24000019X/")
    assert answer.status_code == 404
    assert b"Scan it again" in answer.content
    assert b"L-XA24000019Q" not in answer.content


def test_a_label_and_a_certificate_are_drawn(site: Path) -> None:
    client = logged_in("chen")
    for address in ("/cells/L-XA24000019Q/certificate/", "/cells/L-XA24000019Q/label/"):
        answer = client.get(address)
        assert answer.status_code in (200, 404), address
        if answer.status_code == 200:
            assert answer.content[:5] == b"%PDF-"
    assert client.get("/cells/L-XA24000019Q/certificate/").status_code == 200


def test_a_reagent_s_lot_leads_to_whoever_received_the_cells(site: Path) -> None:
    page = logged_in("chen").get("/cells/trace/?code=B3-2207").content.decode()
    assert re.search(r"participant", page)
    assert logged_in("li").get("/cells/trace/?code=B3-2207").status_code == 403  # joins donors and recipients


# --- at the bedside ---------------------------------------------------------------------------------------------------


def scan(client: Client, code: str) -> object:
    return client.post("/participants/S-018/bedside/", {"scan": code, "device": "scanner"})


def second(client: Client, code: str = "li") -> object:
    return client.post("/participants/S-018/bedside/", {"second": code, "second_password": PASSWORD})


def test_a_wrong_bag_stops_the_hand_at_the_first_person_and_the_attempt_is_recorded(site: Path) -> None:
    client = logged_in("zhao")
    scan(client, "S-018-1")
    answer = scan(client, "B-XA24000018A-1")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Do not infuse" in page
    assert "请勿输注" in page
    assert last(site).what.kind == "refused"
    assert last(site).what.act == "check_at_bedside"


def test_the_second_person_is_somebody_else_and_says_so_with_a_password(site: Path) -> None:
    client = logged_in("zhao")
    session = client.session
    session["bedside"] = {"code": "S-018", "first wristband": "S-018-1", "first bag": "x"}
    session.save()
    assert b"somebody else than the first" in second(client, "zhao").content
    answer = client.post("/participants/S-018/bedside/", {"second": "li", "second_password": "wrong"})
    assert b"do not belong together" in answer.content


def test_two_different_scans_are_asked_at_once_and_refused(site: Path) -> None:
    client = logged_in("zhao")
    session = client.session
    held = {"code": "S-018", "first wristband": "S-018-1", "first bag": "B-XA24000018A-1"}
    session["bedside"] = held | {"second": "li", "second role": "coordinator"}
    session.save()
    answer = scan(client, "S-016-1")
    assert answer.status_code == 422
    assert b"Do not infuse" in answer.content


def test_stopping_the_check_forgets_its_scans(site: Path) -> None:
    client = logged_in("zhao")
    scan(client, "S-018-1")
    assert client.post("/participants/S-018/bedside/", {"stop": "yes"}).status_code == 302
    assert b"0 of 4 scans" in client.get("/participants/S-018/bedside/").content


@pytest.mark.parametrize("nothing", ["", "   "])
def test_an_empty_scan_is_no_scan(site: Path, nothing: str) -> None:
    answer = scan(logged_in("zhao"), nothing)
    assert answer.status_code == 422
    assert b"Nothing was scanned" in answer.content
