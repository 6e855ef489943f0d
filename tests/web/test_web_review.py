"""To sign, queries and the way to the lock: what the core lists is on the page; what is done there is recorded."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from site_desk import PASSWORD, last, logged_in, trial

from trialwright.conduct.review.queries import queries
from trialwright.conduct.review.readiness import lock_readiness
from trialwright.conduct.review.signatures import signatures, to_sign
from trialwright.store.directory import open_trial


def signing_page(client: Client, address: str) -> dict[str, str]:
    page = client.get(address).content.decode()
    form = page[page.rindex('<section class="panel"><form') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def a_casebook_to_sign(client: Client) -> str:
    page = client.get("/to-sign/").content.decode()
    return unescape(re.findall(r'href="(/to-sign/S-[0-9]+/casebook/[^"]+)"', page)[0])


def test_everything_that_waits_for_an_investigator_is_on_one_list(site: Path) -> None:
    page = logged_in("wang").get("/to-sign/").content.decode()
    with open_trial(site, read_only=True) as opened:
        rows = to_sign(opened.study_file.study, opened.trial())
    assert f"{len(rows)} things wait for an investigator" in page
    assert page.count("Look and sign") == sum(one.act == "sign" for one in rows)
    assert page.count("Mark the value") == sum(one.act == "mark_value" for one in rows)
    assert "Signed, then changed" in page


def test_a_casebook_is_seen_whole_and_signed_with_the_password_and_name_printed(site: Path) -> None:
    client = logged_in("wang")
    address = a_casebook_to_sign(client)
    typed = signing_page(client, address)
    answer = client.post(address, typed | {"password": PASSWORD})
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/to-sign/")
    entry = last(site)
    assert (entry.what.kind, entry.what.meaning, entry.what.printed_name) == ("signed", "casebook", "Wang (simulated)")
    (view,) = [one for one in signatures(trial(site)) if one.id == entry.id]
    assert view.holds
    assert address not in client.get("/to-sign/").content.decode().replace("&amp;", "&")


def test_a_wrong_password_signs_nothing_and_a_page_signs_once(site: Path) -> None:
    client = logged_in("wang")
    address = a_casebook_to_sign(client)
    typed, size = signing_page(client, address), trial(site).size
    answer = client.post(address, typed | {"password": "wrong"})
    assert answer.status_code == 422
    assert b"This is not your password" in answer.content
    assert trial(site).size == size


def test_what_changed_between_seeing_and_signing_is_not_signed(site: Path) -> None:
    client = logged_in("wang")
    address = a_casebook_to_sign(client)
    typed, size = signing_page(client, address), trial(site).size
    answer = client.post(address, typed | {"shown": "0" * 64, "password": PASSWORD})
    assert answer.status_code == 409
    assert b"has changed since" in answer.content
    assert trial(site).size == size


@pytest.mark.parametrize("code", ["li", "deng", "ma", "chen"])
def test_nobody_but_an_investigator_signs(site: Path, code: str) -> None:
    client = logged_in(code)
    assert client.get("/to-sign/").status_code == 403
    assert client.get("/to-sign/S-001/casebook/").status_code == 403


# --- queries ----------------------------------------------------------------------------------------------------------


def test_every_open_query_is_listed_with_its_text_and_whose_turn_it_is(site: Path) -> None:
    page = unescape(logged_in("li").get("/queries/").content.decode())
    with open_trial(site, read_only=True) as opened:
        found = queries(opened.study_file.study, opened.trial(), date(2026, 6, 27))
    for one in found:
        assert (one.text in page) == (one.state == "open"), one.key
    turn = sum("coordinator" in one.turn for one in found)
    assert f"{turn} quer" in page


def test_a_query_is_answered_from_the_list_and_closed_by_the_data_manager(site: Path) -> None:
    nurse, manager = logged_in("li"), logged_in("deng")
    page = nurse.get("/queries/").content.decode()
    address = unescape(re.findall(r'href="(/about/S-[0-9]+/acts/answer_query/[^"]+)"', page)[0])
    form = nurse.get(address).content.decode()
    found = dict(re.findall(r'name="(id|seen|next|w\.query)" value="([^"]*)"', form))
    typed = {name: unescape(value) for name, value in found.items()} | {
        "w.answer": "Looked at the source; it is right."
    }
    answer = nurse.post(address.partition("?")[0], typed)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/queries/")
    assert last(site).what.kind == "query_answered"
    waiting = manager.get("/queries/?state=answered").content.decode()
    assert "Looked at the source" in waiting
    assert "acts/close_query/" in waiting


def test_what_stands_in_the_way_of_the_lock_is_named_by_the_key_that_sets_it_aside(site: Path) -> None:
    page = unescape(logged_in("deng").get("/queries/lock/").content.decode())
    with open_trial(site, read_only=True) as opened:
        found = lock_readiness(opened.study_file.study, opened.trial(), date(2026, 6, 27))
    assert f"{len(found)} things stand in the way" in page
    assert all(one.key in page for one in found)
    assert "Lock the study" in page
    assert "Lock the study" not in logged_in("ma").get("/queries/lock/").content.decode()
