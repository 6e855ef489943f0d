"""Accounts in a real browser: a passkey, a session that runs out over a form, and pages everybody can read."""

import re
import sqlite3
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Served

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ("account/", "account/password/", "account/device/", "account/passkeys/", "account/passkeys/add/")
ADMINISTRATORS = ("users/", "users/li/", "log-ins/")


def _log_in(page: Any, url: str, role: str) -> None:
    page.goto(f"{url}/log-in/")
    page.get_by_role("button", name=re.compile(f"^{role}")).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_of_accounts_can_be_read_by_everybody(served: Served, browser: Any, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page, found = context.new_page(), []
    page.goto(f"{served.url}/log-in/")
    found += [("log-in", one["id"]) for one in Axe().run(page, options=AXE).response["violations"]]
    _log_in(page, served.url, "administrator")
    for address in (*PAGES, *ADMINISTRATORS):
        page.goto(f"{served.url}/{address}")
        found += [(address, one["id"]) for one in Axe().run(page, options=AXE).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append((address, "scrolls sideways"))
    context.close()
    assert found == []


def test_a_passkey_is_added_and_then_asked_for_at_log_in(served: Served, browser: Any) -> None:
    url = served.url.replace("127.0.0.1", "localhost")  # a passkey belongs to a name
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    always = {"isUserVerified": True, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": options | always})
    _log_in(page, url, "administrator")
    page.goto(f"{url}/account/passkeys/add/")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/account/codes/")
    assert page.locator(".codes li").count() == 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a file").click()
    assert len(saved.value.path().read_text().split()) == 10
    page.get_by_role("button", name="Log out").click()
    _log_in(page, url, "administrator")
    assert page.url.startswith(f"{url}/log-in/second-factor/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{url}/")
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_session_that_runs_out_over_a_form_loses_nothing(served: Served, browser: Any, script: bool) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    _log_in(page, served.url, "investigator")
    page.goto(f"{served.url}/about/S-015/acts/report_adverse_event/")
    page.fill('[name="w.term"]', "Headache")
    with sqlite3.connect(served.directory / "site.db") as accounts:
        accounts.execute("UPDATE django_session SET expire_date = datetime('now', '-1 minute')")
    page.locator("main button.primary").last.click()
    page.wait_for_url("**/log-in/**")
    page.get_by_role("button", name=re.compile("^investigator")).click()
    page.wait_for_url("**/report_adverse_event/**")
    assert page.input_value('[name="w.term"]') == "Headache"
    assert page.get_by_role("heading", name="Your session ran out; nothing was recorded").is_visible()
    context.close()


def test_a_line_says_two_minutes_before_that_the_session_ends_and_keeps_it(served: Served, browser: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    _log_in(page, served.url, "investigator")
    told = page.locator("#session-end")
    page.clock.run_for(12 * 60 * 1000)
    assert not told.is_visible()
    page.clock.run_for(61 * 1000)
    assert told.is_visible()
    page.get_by_role("button", name="Stay logged in").click()
    told.wait_for(state="hidden")
    context.close()
