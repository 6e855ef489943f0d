"""The audit trail and the study: what is asked is what is shown, what is shown is what is taken away."""

import csv
import io
import re
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.test import Client
from site_desk import logged_in, trial

from trialwright.ledger.kinds import Refused
from trialwright.report.audit import HEAD, Asked, entries_asked, inert


def numbers(page: str) -> list[int]:
    return [
        int(found.replace(",", "")) for found in re.findall(r'<th scope="row"><a href="/entries/[^"]+">([\d,]+)', page)
    ]


def every_page(client: Client, query: str) -> list[int]:
    """All entry numbers that the pages of a filter show, one page after the other."""
    found: list[int] = []
    address = f"/audit/?{query}"
    while address:
        page = client.get(address).content.decode()
        found += numbers(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    return found


def test_the_trail_shows_every_entry_once_newest_first(site: Path) -> None:
    found = every_page(logged_in("ma"), "")
    assert found == list(range(trial(site).size - 1, -1, -1))


def test_each_filter_shows_exactly_the_entries_it_names(site: Path) -> None:
    client, entries = logged_in("wang"), list(trial(site).by_id.values())

    def wanted(test: Any) -> list[int]:
        return [one.seq for one in reversed(entries) if test(one)]

    cases = {
        "about=S-005": lambda one: one.about == "S-005",
        "about=4": lambda one: one.about == "S-005",  # participant 4
        "kind=died": lambda one: one.what.kind == "died",
        "role=cell+laboratory": lambda one: one.actor.role == "cell laboratory",
        "only=refusals": lambda one: isinstance(one.what, Refused),
        "only=corrections": lambda one: one.corrects or one.retracts,
        "mood=told+late": lambda one: one.mood == "happened",
        "recorded_from=2026-01-01&recorded_to=2026-02-03": lambda one: (
            "2026-01-01" <= one.recorded_at[:10] <= "2026-02-03"
        ),
    }
    for query, test in cases.items():
        found = every_page(client, query)
        assert found == wanted(test), query
        assert found, query


def test_a_day_that_is_none_is_a_fault_at_its_field(site: Path) -> None:
    answer = logged_in("wang").get("/audit/?recorded_from=24.11.2026")
    assert answer.status_code == 422
    assert 'id="recorded_from-e"' in answer.content.decode()
    assert logged_in("wang").get("/audit/audit-trail.csv?recorded_from=x").status_code == 422


def test_the_file_for_a_spreadsheet_holds_the_filtered_set_and_who_took_it(site: Path) -> None:
    client = logged_in("ma")
    text = client.get("/audit/audit-trail.csv?about=S-005").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    at = rows.index(list(HEAD))
    assert [int(row[0]) for row in rows[at + 1 :]] == every_page(client, "about=S-005")
    said = dict(row for row in rows[: at - 1])
    assert said["filter"] == "about: S-005"
    assert "ma:monitor" in said["exported"]
    assert said["head"].lstrip("'") == trial(site).head.hex()
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_no_cell_begins_a_formula() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"):
        assert inert(text) == f"'{text}"
    assert inert("58 %") == "58 %"


def test_the_trail_prints(site: Path) -> None:
    client = logged_in("wang")
    answer = client.get("/audit/audit-trail.pdf?only=refusals")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    many = client.get("/audit/audit-trail.pdf")
    assert "too many to print" in many.content.decode()


def test_a_page_of_a_long_ledger_costs_little(site: Path) -> None:
    found = trial(site)
    some = list(found.by_id.values())
    many = tuple(replace(some[at % len(some)], seq=at) for at in range(100_000))
    newest = tuple(reversed(many))
    start = time.perf_counter()
    page = list(islice(entries_asked(found, Asked(), before=50_000, among=newest), 50))
    took = time.perf_counter() - start
    assert [entry.seq for entry in page] == list(range(49_999, 49_949, -1))
    assert took < 1.0


def test_who_may_not_read_the_ledger_does_not_see_the_trail(site: Path) -> None:
    for code, status in (
        ("ma", 200),
        ("deng", 200),
        ("audit", 200),
        ("wang", 200),
        ("chen", 200),
        ("tang", 403),
        ("li", 403),
    ):
        assert logged_in(code).get("/audit/").status_code == status, code


def test_the_study_page_says_what_was_adopted_and_gives_it_back(site: Path) -> None:
    client, adopted = logged_in("tang"), trial(site).adopted.what
    page = client.get("/study/").content.decode()
    for heading in (
        "Adopted versions",
        "Who may take part",
        "Schedule",
        "Treatment",
        "Endpoints",
        "Safety",
        "What the lint says",
    ):
        assert f">{heading}</h2>" in page
    assert "assumption" in page
    assert "registry" in page
    file = client.get("/study/study.yaml")
    assert file.content.decode() == adopted.text
    assert client.get("/study/study.yaml?sha256=0").status_code == 404
