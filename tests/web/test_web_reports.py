"""Safety and results in the application: the same facts as the core's views and the written report, at any cut-off."""

import re
from datetime import date
from pathlib import Path

from site_desk import logged_in, trial

from trialwright.report import report_model
from trialwright.report.html import parts_css
from trialwright.report.wording import document
from trialwright.store.directory import open_trial


def test_results_say_what_the_written_report_says(site: Path) -> None:
    page = logged_in("tang").get("/results/?as_of=2026-06-01").content.decode()
    with open_trial(site, read_only=True) as opened:
        whole, then = opened.trial(), opened.trial(as_of=date(2026, 6, 1))
        said = document(report_model(opened.study_file, whole, date(2026, 6, 1), then=then))
    assert said.title in page
    assert said.subtitle in page
    assert all(f'id="{section.id}"' in page for section in said.sections)


def test_an_old_report_is_made_again_from_what_was_known_then(site: Path) -> None:
    client = logged_in("tang")
    page = client.get("/results/?as_of=2024-01-01&known_at=700").content.decode()
    assert "known at entry 700" in page
    pdf = client.get("/results/?as_of=2024-01-01&known_at=700&form=pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert b"".join(pdf)[:5] == b"%PDF-"


def test_a_cut_off_nobody_can_read_is_said_and_kept(site: Path) -> None:
    answer = logged_in("tang").get("/results/?as_of=30.6.2026")
    assert answer.status_code == 422
    assert b"expected a day such as" in answer.content
    assert b'value="30.6.2026"' in answer.content


def test_safety_names_every_report_due_and_the_stopping_rule_with_its_numbers(site: Path) -> None:
    page = logged_in("board").get("/safety/").content.decode()
    assert "5 of 14 evaluable participants" in page
    assert page.count("CN_IIT") == 3
    assert "Record as sent" not in page  # the board sends nothing


def test_who_sends_reports_finds_the_form_filled_in(site: Path) -> None:
    client = logged_in("li")
    page = client.get("/safety/").content.decode()
    address = re.search(r'href="(/about/S-016/acts/send_report/[^"]+)"', page)
    assert address is not None
    form = client.get(address[1].replace("&amp;", "&")).content.decode()
    assert 'value="ethics committee"' in form
    size = trial(site).size
    from site_desk import hidden

    typed = hidden(form) | {"on": "2026-06-27", "time": "12:30", "w.entry": "", "w.regime": "site"}
    entry = re.search(r'name="w.entry" value="([^"]+)"', form)
    assert entry is not None
    typed |= {"w.entry": entry[1], "w.what": "first report", "w.to": "ethics committee"}
    answer = client.post("/about/S-016/acts/send_report/", typed)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/safety/")
    assert trial(site).size == size + 1


def test_the_report_s_style_holds_within_the_report_only() -> None:
    assert parts_css().startswith(".report {")
    assert "@page" not in parts_css()
    assert parts_css().count("{") == parts_css().count("}")
