"""Accounts: who gets in, who is kept out, and what ends when something about an account changes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone
from site_desk import PASSWORD, hidden, last, logged_in, trial

from trialwright.conduct.roles import Role
from trialwright.errors import UsageError

STRONG = "four quiet rivers run"
ROLE_OF = {
    "wang": Role.INVESTIGATOR, "li": Role.COORDINATOR, "chen": Role.CELL_LABORATORY, "deng": Role.DATA_MANAGER,
    "ma": Role.MONITOR, "tang": Role.STATISTICIAN, "board": Role.SAFETY_BOARD, "admin": Role.ADMINISTRATOR,
    "audit": Role.AUDITOR,
}  # fmt: skip
SAMPLE = {"code": "S-015", "name": "contact", "id": "no-such-entry", "pk": "1"}


def _patterns(found: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda hit: SAMPLE.get(hit[1], "1"), before + str(one.pattern))
            yield str(one.name), f"/{filled}"


def addresses() -> list[tuple[str, str]]:
    """Name and a filled-in address of every page there is."""
    return list(_patterns(get_resolver("trialwright.web.urls").url_patterns))


def _sessions() -> Any:
    from django.contrib.sessions.models import Session

    return Session.objects


def _person(code: str) -> Any:
    from trialwright.web.people.models import Person

    return Person.objects.get(code=code)


def _logged(what: str) -> int:
    from trialwright.web.people.models import Line

    return Line.objects.filter(what=what).count()


def _try(code: str, password: str, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post("/log-in/", {"username": code, "password": password}, **more)


# --- every page, every role -------------------------------------------------------------------------------------------


def test_every_address_has_a_row_in_the_matrix(site: Path) -> None:
    from trialwright.web.access import OWN, PAGES, PUBLIC

    names = {name for name, _address in addresses()}
    assert names <= PUBLIC | OWN | set(PAGES), names - PUBLIC - OWN - set(PAGES)


def test_nobody_who_is_not_logged_in_sees_or_sends_anything(site: Path) -> None:
    from trialwright.web.access import PUBLIC

    size = trial(site).size
    for name, address in addresses():
        if name in PUBLIC:
            continue
        seen, sent = Client().get(address), Client().post(address)
        assert (seen.status_code, sent.status_code) in ((302, 403), (405, 403), (405, 405)), (name, seen, sent)
        assert seen.status_code == 405 or seen.headers["Location"].startswith("/log-in/"), name
    assert trial(site).size == size


@pytest.mark.parametrize("code", ROLE_OF)
def test_every_page_is_open_or_shut_as_the_matrix_says(site: Path, code: str) -> None:
    from trialwright.web.access import PAGES

    client = logged_in(code)
    for name, address in addresses():
        if name not in PAGES:
            continue
        status = client.get(address).status_code
        if ROLE_OF[code] in PAGES[name]:
            assert status in (200, 302, 404, 405) or name.startswith("act"), (name, status)
        else:
            assert status == 403, (name, status)


def test_a_role_held_at_no_site_opens_nothing(site: Path) -> None:
    client = logged_in("li")
    _person("li").memberships.all().delete()
    assert client.get("/participants/").status_code == 403


def test_looking_writes_nothing(site: Path) -> None:
    from django.apps import apps

    def counts() -> dict[str, int]:
        kept = [model for model in apps.get_models() if model.__name__ not in ("Session", "Clock")]
        return {model.__name__: model._default_manager.count() for model in kept}

    clients = {code: logged_in(code) for code in ROLE_OF}
    before, size = counts(), trial(site).size
    for _name, address in addresses():
        for client in clients.values():
            client.get(address)
    assert (counts(), trial(site).size) == (before, size)


def test_reading_many_pages_writes_the_session_once(site: Path) -> None:
    from django.test.utils import CaptureQueriesContext

    client = logged_in("wang")
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        for _time in range(10):
            client.get("/")
    written = [one["sql"] for one in asked.captured_queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


# --- logging in -------------------------------------------------------------------------------------------------------


def test_a_code_counts_without_its_capitals(site: Path) -> None:
    assert _try(" WANG", PASSWORD).status_code == 302


def test_five_failures_lock_the_code_wherever_they_come_from(site: Path) -> None:
    for place in range(5):
        assert _try("wang", "wrong", REMOTE_ADDR=f"10.0.0.{place}").status_code == 200
    assert _try("wang", PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert _try("li", PASSWORD).status_code == 302
    assert (_logged("wrong password"), _logged("locked out")) == (6, 1)
    admin = logged_in("admin")
    assert b"1 code or address is locked out" in admin.get("/").content
    assert b"locked until" in admin.get("/users/").content
    assert b"locked out" not in logged_in("li").get("/").content
    admin.post("/users/wang/change/", {"do": "unlock"})
    assert _try("wang", PASSWORD).status_code == 302


def test_each_further_lock_lasts_twice_as_long(site: Path) -> None:
    from trialwright.web.people.models import Tries

    lasted = []
    for _time in range(3):
        for _failure in range(5):
            _try("wang", "wrong")
        row = Tries.objects.get(key="code:wang")
        lasted.append(round((row.until - row.last_at).total_seconds() / 60))
        Tries.objects.filter(key="code:wang").update(until=timezone.now() - timedelta(seconds=1))
    assert lasted == [5, 10, 20]


def test_thirty_failures_from_one_address_lock_the_address(site: Path) -> None:
    for place in range(30):
        _try(f"nobody{place}", "wrong", REMOTE_ADDR="10.1.1.1")
    assert _try("wang", PASSWORD, REMOTE_ADDR="10.1.1.1").status_code == 200
    assert _try("wang", PASSWORD, REMOTE_ADDR="10.1.1.2").status_code == 302


def test_the_answer_is_the_same_for_unknown_closed_wrong_and_locked(site: Path) -> None:
    from trialwright.web.people import looking_after

    looking_after.close(None, _person("li"), "admin")
    for _time in range(5):
        _try("zhao", "wrong")

    def said(code: str, password: str) -> str:
        page = _try(code, password).content.decode().partition('aria-labelledby="h-demo"')[0]
        page = page.replace(f'value="{code}"', "")
        return re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page)

    answers = {said("nobody", "wrong"), said("li", PASSWORD), said("wang", "wrong"), said("zhao", PASSWORD)}
    assert len(answers) == 1


def test_an_unknown_code_takes_one_hash_as_a_known_one_does(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import ScryptPasswordHasher

    taken: list[int] = []
    real = ScryptPasswordHasher.encode

    def counted(self: Any, *given: Any, **more: Any) -> Any:
        taken.append(1)
        return real(self, *given, **more)

    monkeypatch.setattr(ScryptPasswordHasher, "encode", counted)
    spent = []
    for code in ("nobody", "wang"):
        taken.clear()
        _try(code, "wrong")
        spent.append(len(taken))
    assert spent == [1, 1]


def test_logging_in_gives_a_new_session(site: Path) -> None:
    client = Client()
    client.get("/log-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    _try("wang", PASSWORD, client)
    assert client.cookies["sessionid"].value != planted
    assert not _sessions().filter(session_key=planted).exists()


# --- what ends a session ----------------------------------------------------------------------------------------------


def test_a_closed_account_is_out_at_once_and_its_sessions_stay_dead_when_it_is_reopened(site: Path) -> None:
    li, admin = logged_in("li"), logged_in("admin")
    assert li.get("/").status_code == 200
    admin.post("/users/li/change/", {"do": "close"})
    assert li.get("/").status_code == 302
    given = admin.post("/users/li/change/", {"do": "reopen"}).content.decode()
    assert li.get("/").status_code == 302
    assert _try("li", PASSWORD).status_code == 200
    assert _try("li", re.search(r'key">([^<]+)<', given)[1]).status_code == 302  # type: ignore[index]
    assert "Li (simulated)" in admin.get("/users/").content.decode()


def test_another_password_ends_every_other_session(site: Path) -> None:
    here, there = logged_in("li"), logged_in("li")
    words = {"old_password": PASSWORD, "password": STRONG, "password_again": STRONG}
    assert here.post("/account/password/", words).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert _try("li", PASSWORD).status_code == 200
    assert _try("li", STRONG).status_code == 302


def test_a_form_sent_again_after_log_out_is_refused(site: Path) -> None:
    client = logged_in("li")
    typed = hidden(client.get("/about/S-015/acts/contact/").content.decode())
    typed |= {"on": "2026-06-26", "w.alive": "yes", "w.how": "telephone"}
    cookie, size = client.cookies["sessionid"].value, trial(site).size
    client.post("/log-out/")
    client.cookies["sessionid"] = cookie
    assert client.post("/about/S-015/acts/contact/", typed).status_code == 403
    assert trial(site).size == size


def test_a_form_without_its_token_is_refused(site: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/log-in/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)[1]  # type: ignore[index]
    asked = {"username": "li", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/log-in/", asked).status_code == 302
    size = trial(site).size
    for _name, address in addresses():
        assert client.post(address, {"on": "2026-06-26"}).status_code in (403, 405), address
    assert trial(site).size == size


def test_log_out_is_no_link(site: Path) -> None:
    client = logged_in("li")
    assert client.get("/log-out/").status_code == 405
    assert client.get("/").status_code == 200


# --- a session that runs out while somebody types ---------------------------------------------------------------------


def _run_out() -> None:
    _sessions().update(expire_date=timezone.now() - timedelta(seconds=1))


def test_what_was_typed_when_the_session_ran_out_is_there_after_logging_in(site: Path) -> None:
    from trialwright.web.people.models import KeptForm

    client = logged_in("wang")
    address = "/about/S-015/acts/report_adverse_event/"
    typed = hidden(client.get(address).content.decode())
    typed |= {"on": "2026-06-26", "w.term": "Headache", "w.grade": "2", "password": "secret", "otp": "123456"}
    _run_out()
    sent = client.post(address, typed)
    assert sent.headers["Location"].startswith("/log-in/?next=")
    assert not any("password" in str(one.typed) or "secret" in str(one.typed) for one in KeptForm.objects.all())
    page = client.get(sent.headers["Location"])
    again = client.post("/log-in/", hidden(page.content.decode()) | {"username": "wang", "password": PASSWORD})
    form = client.get(again.headers["Location"])
    assert 'value="Headache"' in form.content.decode()
    size = trial(site).size
    words = hidden(form.content.decode()) | {"on": "2026-06-26", "w.term": "Headache", "w.grade": "2"}
    assert words["id"] == typed["id"]
    answer = client.post(address, words | {"w.serious": "no", "w.related.nk_cells": "not related"})
    assert (answer.status_code, trial(site).size > size) == (302, True)


def test_what_was_typed_is_shown_to_nobody_else(site: Path) -> None:
    client = logged_in("wang")
    address = "/about/S-015/acts/report_adverse_event/"
    client.get(address)
    _run_out()
    sent = client.post(address, {"w.term": "Headache"})
    page = client.get(sent.headers["Location"]).content.decode()
    other = client.post("/log-in/", hidden(page) | {"username": "li", "password": PASSWORD})
    assert "Headache" not in client.get(other.headers["Location"]).content.decode()


def test_nothing_is_kept_of_a_session_that_a_new_password_ended(site: Path) -> None:
    from trialwright.web.people import passwords

    client = logged_in("wang")
    _run_out()
    passwords.give_one_time(None, _person("wang"), "admin")
    assert client.post("/about/S-015/acts/contact/", {"on": "2026-06-26"}).status_code == 403


# --- passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "why"),
    [("short one", "12"), ("password1234", "common"), ("12345678901234", "numeric"), ("wang-wang-9", "12")],
)
def test_a_weak_password_is_refused_with_its_reason(site: Path, password: str, why: str) -> None:
    words = {"old_password": PASSWORD, "password": password, "password_again": password}
    answer = logged_in("wang").post("/account/password/", words)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_none_of_the_last_five_passwords_is_taken_again(site: Path) -> None:
    from django.core.exceptions import ValidationError

    from trialwright.web.people import passwords

    person = _person("wang")
    for place in range(5):
        passwords.change(None, person, f"{STRONG} {place}")
    for place in range(5):
        with pytest.raises(ValidationError, match="last five"):
            passwords.change(None, person, f"{STRONG} {place}")
    passwords.change(None, person, f"{STRONG} 9")
    passwords.change(None, person, f"{STRONG} 0")


def test_a_one_time_password_opens_only_the_page_that_changes_it(site: Path) -> None:
    answer = logged_in("admin").post("/users/li/change/", {"do": "password"}).content.decode()
    given = re.search(r'key">([^<]+)<', answer)[1]  # type: ignore[index]
    client = Client()
    assert _try("li", given, client).status_code == 302
    assert client.get("/participants/").headers["Location"] == "/account/password/"
    words = {"old_password": given, "password": STRONG, "password_again": STRONG}
    assert client.post("/account/password/", words).status_code == 302
    assert client.get("/participants/").status_code == 200


def test_nobody_gets_a_code_that_looks_like_another(site: Path) -> None:
    from trialwright.web.people import looking_after
    from trialwright.web.people.models import Person

    for code in ("WANG", "Wang"):
        with pytest.raises(UsageError, match="for ever"):
            looking_after.open_account(None, code, "Somebody", by="admin")
    assert Person.objects.known("wаng") == _person("wang")  # a Cyrillic letter


def test_an_administrator_cannot_change_their_own_account(site: Path) -> None:
    admin = logged_in("admin")
    for do in ("close", "password", "factors", "unlock"):
        assert admin.post("/users/admin/change/", {"do": do}).status_code == 422
    assert admin.post("/users/admin/change/", {"do": "give", "role": "investigator", "site": "XA"}).status_code == 422
    assert _person("admin").memberships.count() == 1


# --- the log ----------------------------------------------------------------------------------------------------------


def test_the_log_is_never_changed_by_model_or_by_database(site: Path) -> None:
    from django.db import DatabaseError

    from trialwright.web.people.models import Line

    logged_in("wang")
    line = Line.objects.get()
    with pytest.raises(ValueError, match="never changed"):
        line.save()
    with pytest.raises(ValueError, match="never removed"):
        line.delete()
    replacing = "INSERT OR REPLACE INTO people_line SELECT id, at, what, 'x', by, address, detail FROM people_line"
    for statement in ("UPDATE people_line SET code = 'x'", "DELETE FROM people_line", replacing):
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute(statement)
    assert Line.objects.get().code == "wang"


def test_the_log_says_who_when_and_from_where_and_is_a_table_too(site: Path) -> None:
    _try("=1+1", "wrong", REMOTE_ADDR="10.9.9.9")
    page = logged_in("audit").get("/log-ins/?code=%3D1%2B1").content.decode()
    assert "10.9.9.9" in page
    assert "wrong password" in page
    table = logged_in("admin").get("/log-ins/file/").content.decode()
    assert "'=1+1,,10.9.9.9" in table
    assert table.splitlines()[0] == "number,at,what,code,by,from,detail"


# --- demonstrations and real trials -----------------------------------------------------------------------------------


def test_the_log_in_page_of_a_demonstration_shows_one_account_for_each_role(site: Path) -> None:
    page = Client().get("/log-in/").content.decode()
    assert PASSWORD in page
    assert len(re.findall(r'name="username" value="[a-z]+"', page)) == len(Role)


@pytest.fixture
def real(site: Path) -> Iterator[Path]:
    """The same site as a real trial would be started."""
    with override_settings(DEMO=False):
        yield site


def test_a_real_trial_shows_makes_and_accepts_no_demo_account(real: Path) -> None:
    from trialwright.web.people.demo import make_demo_accounts

    assert PASSWORD not in Client().get("/log-in/").content.decode()
    assert _try("wang", PASSWORD).status_code == 200
    with pytest.raises(UsageError, match="simulated trials only"):
        make_demo_accounts("XA")


def test_a_ledger_of_real_people_is_no_demonstration_whatever_the_settings_say(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trialwright.ledger.trial import Trial

    monkeypatch.setattr(Trial, "simulated", property(lambda self: False))
    assert PASSWORD not in Client().get("/log-in/").content.decode()
    assert _try("wang", PASSWORD).status_code == 200


def _real_person(code: str = "root", role: str = "administrator") -> None:
    from trialwright.web.people import looking_after

    person, _password = looking_after.open_account(None, code, "Ada Min", by="test", password=STRONG)
    looking_after.give_role(None, person, role, "XA", by="test")


def _totp(secret: str, ahead: int = 0) -> str:
    """RFC 6238, from the standard library."""
    import base64
    import hmac
    import struct
    import time

    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + ahead), "sha1").digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def _set_up(client: Client) -> str:
    page = client.get("/account/device/").content.decode()
    secret = re.search(r'num key">([A-Z2-7]+)<', page)[1]  # type: ignore[index]
    assert client.post("/account/device/", {"code": _totp(secret, -1)}).status_code == 302
    return secret


def test_a_real_account_sets_up_a_second_factor_before_anything_else_and_logs_in_with_it(real: Path) -> None:
    _real_person()
    client = Client()
    _try("root", STRONG, client)
    assert client.get("/users/").headers["Location"] == "/account/device/"
    secret = _set_up(client)
    shown = client.get("/account/codes/").content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", shown)
    assert len(codes) == 10
    assert codes[0] not in client.get("/account/codes/").content.decode()
    assert client.get("/users/").status_code == 200
    from trialwright.web.people.models import Person  # the secret lies enciphered

    assert secret not in str(list(Person.objects.get(code="root").authenticator_set.values()))

    fresh = Client()
    assert _try("root", STRONG, fresh).headers["Location"].startswith("/log-in/second-factor/")
    assert fresh.get("/users/").status_code == 302
    assert fresh.post("/log-in/second-factor/", {"code": "000000"}).status_code == 200
    assert fresh.post("/log-in/second-factor/", {"code": _totp(secret)}).status_code == 302
    assert fresh.get("/users/").status_code == 200

    lost = Client()
    _try("root", STRONG, lost)
    assert lost.post("/log-in/second-factor/", {"code": codes[0]}).status_code == 302
    again = Client()
    _try("root", STRONG, again)
    assert again.post("/log-in/second-factor/", {"code": codes[0]}).status_code == 200
    assert again.get("/users/").status_code == 302


def test_wrong_second_factors_lock_the_code_though_the_password_is_right(real: Path) -> None:
    _real_person()
    client = Client()
    _try("root", STRONG, client)
    secret = _set_up(client)
    fresh = Client()
    _try("root", STRONG, fresh)
    for _time in range(4):
        fresh.post("/log-in/second-factor/", {"code": "000000"})
    assert _logged("locked out") == 1
    assert fresh.post("/log-in/second-factor/", {"code": _totp(secret)}).status_code == 200
    assert fresh.get("/users/").status_code == 302


def test_an_old_password_has_to_be_changed_in_a_real_trial(real: Path) -> None:
    _real_person()
    person = _person("root")
    person.password_set_at = timezone.now() - timedelta(days=366)
    person.save()
    client = Client()
    _try("root", STRONG, client)
    assert client.get("/users/").headers["Location"] == "/account/password/"


# --- signing ----------------------------------------------------------------------------------------------------------

ENROL = "/about/S-015/acts/enrol/"
WORDS = {"on": "2026-06-26", "w.disease_status": "CR1", "w.phase": "consolidation", "password": PASSWORD}


def test_a_signature_is_bound_to_the_form_the_person_and_what_was_shown(site: Path) -> None:
    wang = logged_in("wang")
    typed = hidden(wang.get(ENROL).content.decode()) | WORDS
    size = trial(site).size
    other = hidden(logged_in("wang").get(ENROL).content.decode())
    for changed in ({"id": "another"}, {"seen": str(int(typed["seen"]) - 1)}, {"nonce": ""}, {"nonce": other["nonce"]}):
        answer = wang.post(ENROL, typed | changed)
        assert (answer.status_code, trial(site).size) == (422, size), changed
        assert b"not the one that was shown" in answer.content
    assert wang.post(ENROL, typed).status_code == 422  # refused by the trial, and that is recorded
    assert last(site).what.kind == "refused"


def test_a_nonce_signs_once(site: Path) -> None:
    wang = logged_in("wang")
    typed = hidden(wang.get(ENROL).content.decode()) | WORDS
    wang.post(ENROL, typed)
    size = trial(site).size
    assert wang.post(ENROL, typed).status_code == 422
    assert trial(site).size == size


def test_failed_signatures_lock_the_code(site: Path) -> None:
    wang = logged_in("wang")
    for _time in range(5):
        wang.post(ENROL, hidden(wang.get(ENROL).content.decode()) | WORDS | {"password": "wrong"})
    assert (_logged("signature failed"), _logged("locked out")) == (5, 1)
    answer = wang.post(ENROL, hidden(wang.get(ENROL).content.decode()) | WORDS)
    assert b"This is not your password" in answer.content


def test_the_first_signature_of_a_session_asks_for_the_code_where_one_is_set_up(site: Path) -> None:
    wang = logged_in("wang")
    secret = _set_up(wang)
    page = wang.get(ENROL).content.decode()
    assert 'name="otp"' in page
    assert b"not the code" in wang.post(ENROL, hidden(page) | WORDS).content
    signed = wang.post(ENROL, hidden(wang.get(ENROL).content.decode()) | WORDS | {"otp": _totp(secret)})
    assert b"not the code" not in signed.content
    assert 'name="otp"' not in wang.get(ENROL).content.decode()


def test_the_second_person_is_somebody_else_and_is_not_logged_in(site: Path) -> None:
    li = logged_in("li")
    address = "/acts/check_at_bedside/"
    typed = hidden(li.get(address).content.decode()) | {"on": "2026-06-26", "who": "D-001"}
    mine = li.post(address, typed | {"second": "LI ", "second_password": PASSWORD})
    assert b"somebody else than you" in mine.content
    li.post(address, typed | {"second": "zhao", "second_password": PASSWORD})
    assert li.session["_auth_user_id"] == str(_person("li").pk)


# --- settings ---------------------------------------------------------------------------------------------------------


def test_django_finds_no_fault_in_what_is_set_for_https(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    from trialwright.web.site import environment

    env = os.environ | environment(tmp_path, "0.0.0.0", demo=False)
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the tests' own
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_models_and_migrations_agree(site: Path) -> None:
    call_command("makemigrations", "people", check=True, dry_run=True, verbosity=0)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(site: Path) -> None:
    from django.conf import settings

    cookie = logged_in("wang").cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert settings.SESSION_COOKIE_AGE == 15 * 60
