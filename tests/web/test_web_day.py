"""Home's list of what is due, and the sheet of an infusion's day: what the core says, with the way to settle it."""

from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from site_desk import last, logged_in, send, trial

from trialwright.conduct.due import due, for_role
from trialwright.conduct.infusion_sheet import infusion_sheet
from trialwright.facts import parse_occurred
from trialwright.report.figures.arrivals import arrivals_svg
from trialwright.store.directory import open_trial

NOW = "2026-06-27T12:30+08:00[Asia/Shanghai]"


@pytest.mark.parametrize(
    ("code", "role"), [("li", "coordinator"), ("wang", "investigator"), ("chen", "cell laboratory")]
)
def test_home_lists_what_waits_for_one_s_role_the_most_pressing_first(site: Path, code: str, role: str) -> None:
    page = unescape(logged_in(code).get("/?due=mine").content.decode())
    with open_trial(site, read_only=True) as opened:
        found = for_role(due(opened.study_file.study, opened.trial(), parse_occurred(NOW), "XA"), role)
    assert f"{len(found)} thing" in page
    places = [page.find(one.says) for one in found]
    assert -1 not in places
    assert places == sorted(places)


def test_what_is_due_opens_the_form_that_settles_it(site: Path) -> None:
    client = logged_in("li")
    page = unescape(client.get("/").content.decode())
    address = page[page.index("/about/S-016/acts/send_report/") :].partition('"')[0]
    known = {f"w_{name}": value for name, value in parse_qsl(urlsplit(address).query) if name != "next"}
    answer = send(client, address, on="2026-06-27", time="12:30", **known)
    assert answer.status_code == 302
    assert last(site).what.kind == "report_sent"


def test_every_infusion_of_the_demo_has_its_sheet_with_every_vital_sign_taken(site: Path) -> None:
    client, found = logged_in("li"), trial(site)
    with open_trial(site, read_only=True) as opened:
        study = opened.study_file.study
    for book in found.casebooks.values():
        for entry in book.infusions:
            page = client.get(f"/participants/{book.code}/infusion/?infusion={entry.what.infusion}")
            assert page.status_code == 200
            sheet = infusion_sheet(study, found, book.code, parse_occurred(NOW), entry.what.infusion)
            assert page.content.decode().count("/entries/") >= sum(line.entry is not None for line in sheet.grid)


def test_the_cell_laboratory_sees_no_sheet_and_an_infusion_nobody_had_is_no_page(site: Path) -> None:
    assert logged_in("chen").get("/participants/S-016/infusion/").status_code == 403
    assert logged_in("li").get("/participants/S-016/infusion/?infusion=9").status_code == 404


def test_the_line_of_enrolment_has_a_step_for_each_participant() -> None:
    days = [date(2026, 1, 12), date(2026, 2, 9), date(2026, 2, 9)]
    drawn = arrivals_svg(days, 15, date(2026, 3, 1), finding="three <enrolled>", today_word="today")
    assert drawn.count("<circle") == 3
    assert 'aria-label="three &lt;enrolled&gt;"' in drawn
    assert "style=" not in drawn
