"""The casebook and what it is drawn from: everything on it, nothing of a donor, quick enough, and what may be done."""

import re
import time
from datetime import date
from pathlib import Path

import pytest
from site_desk import last, logged_in, send, trial

from trialwright.ledger import Trial
from trialwright.report.figures.lanes import lanes_svg
from trialwright.report.figures.spark import spark_svg
from trialwright.report.laboratory_course import laboratory_courses
from trialwright.report.timeline import DRAWN, parts, timeline
from trialwright.safety.laboratory.measured import measured
from trialwright.store.directory import open_trial
from trialwright.study import Study

TODAY = date(2026, 6, 27)
SLOWEST_MS = 150  # of nineteen casebooks in twenty, opened again on a machine that does nothing else
PARTS = ("Timeline", "Laboratory", "Eligibility", "Adverse events", "Response", "Cells", "Forms by visit", "Deviations")


@pytest.fixture
def played_trial(site: Path) -> tuple[Study, Trial]:
    with open_trial(site, read_only=True) as opened:
        found = opened.trial()
        return opened.study_as_of(found).study, found


def test_everything_that_belongs_on_a_timeline_is_on_it(played_trial: tuple[Study, Trial]) -> None:
    study, found = played_trial
    for book in found.casebooks.values():
        drawn = timeline(study, found, book, TODAY).entries
        for kind in DRAWN:
            for entry in book.all(kind):
                ids = {one.id for one in found.originals.get(entry.id, (entry,))} | {entry.corrects, entry.id}
                assert ids & drawn, f"{book.code}: {entry.what.kind} {entry.id} is nowhere on the timeline"


def test_every_sign_of_a_course_is_drawn_on_the_whole_of_it(played_trial: tuple[Study, Trial]) -> None:
    study, found = played_trial
    for book in found.casebooks.values():
        course = timeline(study, found, book, TODAY)
        whole = parts(course)[0]
        svg = lanes_svg(course, whole)
        assert svg.count('<path class="f-acc" d="M11 0') == len(course.infusions)
        assert svg.count('class="f-acc" cx=') == sum(one.state == "done" for one in course.visits)
        squares = svg.count('width="10.0" height="10.0"')
        assert squares == len(course.steps) + len(course.responses)
        grades = sum(len(event.steps) for event in course.events)
        assert len(re.findall(r'<rect class="b-g[1-5]" ', svg)) == grades


def test_a_drawing_has_no_style_and_escapes_what_people_typed(played_trial: tuple[Study, Trial]) -> None:
    study, found = played_trial
    book = found.casebooks["S-005"]
    course = timeline(study, found, book, TODAY)
    for part in parts(course):
        assert "style=" not in lanes_svg(course, part)
    told = lanes_svg(course, parts(course)[0], finding="<script>")
    assert "<script>" not in told
    assert "&lt;script&gt;" in told


def test_every_measured_value_is_plotted_or_said_to_be_left_out(played_trial: tuple[Study, Trial]) -> None:
    study, found = played_trial
    left = 0
    for book in found.casebooks.values():
        ids = {row.id for row in measured(found, book)}
        courses = laboratory_courses(study, found, book)
        plotted = [point.id for course in courses for point in course.points]
        told = [one.id for course in courses for one in course.left_out]
        assert sorted([*plotted, *told]) == sorted(ids)
        assert all(one.why for course in courses for one in course.left_out)
        left += len(told)
        for course in courses:
            assert spark_svg(course).count("<circle") == len(course.points)
    assert left > 0  # the demonstration has values below what could be measured


def test_every_casebook_opens_quickly_and_names_no_donor(site: Path) -> None:
    client, found = logged_in("wang"), trial(site)
    assert found.donors
    took = []
    for code in found.casebooks:
        first = client.get(f"/participants/{code}/")
        start = time.perf_counter()
        again = client.get(f"/participants/{code}/")
        took.append((time.perf_counter() - start) * 1000)
        for answer in (first, again, client.get(f"/participants/{code}/possible/")):
            assert answer.status_code == 200
            page = answer.content.decode()
            assert not [donor for donor in found.donors if donor in page], code
            assert "style=" not in page
        assert all(f">{part}</h2>" in first.content.decode() for part in PARTS), code
    assert sorted(took)[int(len(took) * 0.95) - 1] < SLOWEST_MS * 4  # other tests run beside this one


def test_only_those_who_may_record_are_offered_acts(site: Path) -> None:
    writes = logged_in("wang").get("/participants/S-016/").content.decode()
    assert "/about/S-016/acts/visit/" in writes
    reads = logged_in("audit").get("/participants/S-016/")
    assert reads.status_code == 200
    assert "it records nothing about a participant" in reads.content.decode()
    assert logged_in("tang").get("/participants/S-016/").status_code == 403


def test_what_changed_between_two_judgements_is_shown_beside_the_newest(site: Path) -> None:
    client, found = logged_in("wang"), trial(site)
    from trialwright.report.eligibility_rows import eligibility

    seen = False
    for book in found.casebooks.values():
        shown = eligibility(book)
        changed = [row for row in (*shown.inclusion, *shown.exclusion) if row.before] if shown else []
        page = client.get(f"/participants/{book.code}/").content.decode()
        assert page.count('<span class="vh">then</span>') == len(changed)
        assert all(row.answer.word in ("absent", "present", "unknown") for row in (shown.exclusion if shown else ()))
        seen = seen or shown is not None
    assert seen


def test_the_list_finds_sorts_and_filters(site: Path) -> None:
    client = logged_in("li")
    everybody = client.get("/participants/").content.decode()
    assert everybody.count('<th scope="row">') == 20
    assert re.findall(r"/participants/(S-\d+)/", client.get("/participants/?q=s-016").content.decode()) == ["S-016"]
    died = client.get("/participants/?state=died").content.decode()
    assert set(re.findall(r"/participants/(S-\d+)/", died)) == {
        book.code for book in trial(site).casebooks.values() if book.death
    }
    down = re.findall(r"/participants/(S-\d+)/", client.get("/participants/?sort=-code").content.decode())
    assert down == sorted(down, reverse=True)
    assert "Nobody fits" in client.get("/participants/?q=nobody").content.decode()
    assert client.get("/participants/?sort=nonsense&page=99").status_code == 200


def test_a_correction_sends_only_what_was_changed_and_shows_both_versions(site: Path) -> None:
    client, found = logged_in("wang"), trial(site)
    event = found.casebooks["S-016"].adverse_events[0]
    address = f"/entries/{event.id}/correct/"
    page = client.get(address).content.decode()
    assert 'name="c.term"' in page
    answer = send(client, address, reason_code="typing error", why="misread", **{"c.action": "none"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    newest = last(site)
    assert newest.corrects == event.id
    assert newest.what.action == "none"
    assert newest.what.term == event.what.term
    shown = client.get(f"/entries/{event.id}/").content.decode()
    assert "This entry has 2 versions" in shown
    assert "misread" in shown
    assert "misread" in client.get("/participants/S-016/").content.decode()
    brief = client.get(f"/entries/{event.id}/brief/").content.decode()
    assert brief.count("<li") == 2


def test_a_correction_without_reason_or_with_a_wrong_word_says_so_at_the_field(site: Path) -> None:
    client, found = logged_in("wang"), trial(site)
    event, size = found.casebooks["S-016"].adverse_events[0], found.size
    address = f"/entries/{event.id}/correct/"
    without = send(client, address, why="misread", **{"c.grade": "2"})
    assert without.status_code == 422
    assert 'id="reason-e"' in without.content.decode()
    wrong = send(client, address, reason_code="typing error", why="misread", **{"c.grade": "nine"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert 'value="nine"' in page
    assert 'id="c.grade-e"' in page
    nothing = send(client, address, reason_code="typing error", why="misread")
    assert nothing.status_code == 422
    assert "Refused" in nothing.content.decode()
    assert trial(site).size - size == 1  # the refusal


def test_a_value_of_a_table_of_facts_can_be_corrected_alone(site: Path) -> None:
    client, found = logged_in("li"), trial(site)
    from trialwright.ledger.kinds import FactsRecorded

    facts = next(one for one in found.casebooks["S-018"].all(FactsRecorded) if one.what.facts[0].get("unit"))
    old = facts.what.facts[0]
    answer = send(
        client,
        f"/entries/{facts.id}/correct/",
        reason_code="typing error",
        why="digits swapped",
        **{"c.facts.0.value": str(old["value"]) + "1"},
    )
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.content.decode())[:2500]
    newest = next(one for one in trial(site).by_id.values() if one.corrects == facts.id)
    assert newest.what.facts[0] == old | {"value": str(old["value"]) + "1"}
    assert newest.what.facts[1:] == facts.what.facts[1:]


def test_the_cell_laboratory_reads_entries_of_cells_and_none_of_participants(site: Path) -> None:
    client, found = logged_in("chen"), trial(site)
    of_person = next(one for one in found.by_id.values() if one.about == "S-005")
    of_lot = next(one for one in found.by_id.values() if one.about in found.lots)
    for address in (f"/entries/{of_person.id}/", f"/entries/{of_person.id}/brief/"):
        assert client.get(address).status_code == 404
    assert client.get(f"/entries/{of_person.id}/correct/").status_code == 404
    assert client.get(f"/entries/{of_lot.id}/").status_code == 200
    trail = client.get("/audit/").content.decode()
    assert not re.findall(r'<td class="code">S-\d', trail)
    assert 'class="code">L-' in trail or 'class="code">D-' in trail or 'class="code">B-' in trail
