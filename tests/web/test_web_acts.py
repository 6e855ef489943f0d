"""Acts from a form: what is recorded, refused with its reasons, typed wrong; double clicks and stale forms."""

from pathlib import Path

from site_desk import hidden, last, logged_in, send, trial


def test_an_adverse_event_is_recorded_from_a_form(site: Path) -> None:
    answer = send(
        logged_in("wang"),
        "/about/S-015/acts/report_adverse_event/",
        on="2026-06-26",
        w_term="Headache",
        w_grade="1",
        w_serious="no",
        w_related__nk_cells="not related",
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/participants/S-015/"
    entry = last(site)
    assert (entry.what.kind, entry.about, entry.actor.id, entry.what.term) == (
        "adverse_event_reported",
        "S-015",
        "wang",
        "Headache",
    )


def test_what_is_typed_wrong_is_said_at_its_field_and_nothing_is_lost(site: Path) -> None:
    before = trial(site).size
    answer = send(
        logged_in("wang"), "/about/S-015/acts/report_adverse_event/", on="2026-06-26", w_term="Headake", w_grade="1"
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Headake"' in page
    assert "An answer is needed here." in page  # serious was not answered
    assert trial(site).size == before


def test_a_refusal_gives_every_reason_and_is_itself_recorded(site: Path) -> None:
    answer = send(
        logged_in("wang"),
        "/about/S-015/acts/enrol/",
        on="2026-06-26",
        w_disease_status="CR1",
        w_phase="consolidation",
        password="cells for everybody",
    )
    assert answer.status_code == 422
    assert b"Refused" in answer.content
    assert last(site).what.kind == "refused"


def test_a_double_click_is_one_entry(site: Path) -> None:
    client = logged_in("li")
    typed = hidden(client.get("/about/S-015/acts/contact/").content.decode()) | {
        "on": "2026-06-26",
        "w.alive": "yes",
        "w.how": "telephone",
    }
    size = trial(site).size
    first, second = client.post("/about/S-015/acts/contact/", typed), client.post("/about/S-015/acts/contact/", typed)
    assert (first.status_code, second.status_code) == (302, 302)
    assert trial(site).size == size + 1


def test_a_stale_form_is_refused_with_what_was_written_since(site: Path) -> None:
    slow, quick = logged_in("li"), logged_in("wang")
    typed = hidden(slow.get("/about/S-015/acts/contact/").content.decode())
    send(quick, "/about/S-015/acts/contact/", on="2026-06-26", w_alive="yes", w_how="telephone")
    answer = slow.post("/about/S-015/acts/contact/", typed | {"on": "2026-06-26", "w.alive": "yes", "w.how": "visit"})
    assert answer.status_code == 409
    assert b"Written since you looked" in answer.content
    again = hidden(answer.content.decode())
    assert again["seen"] != typed["seen"]
    typed = again | {"on": "2026-06-26", "w.alive": "yes", "w.how": "visit"}
    assert slow.post("/about/S-015/acts/contact/", typed).status_code == 302


def test_who_signs_says_again_who_they_are(site: Path) -> None:
    answer = send(
        logged_in("wang"),
        "/about/S-015/acts/enrol/",
        on="2026-06-26",
        w_disease_status="CR1",
        w_phase="consolidation",
        password="wrong",
    )
    assert answer.status_code == 422
    assert b"This is not your password" in answer.content
    assert last(site).what.kind != "refused"


def test_a_role_that_may_not_write_an_act_never_sees_its_form(site: Path) -> None:
    assert logged_in("ma").get("/about/S-015/acts/enrol/").status_code == 403
