"""People at the site, for the tests: somebody logged in, a form filled in and sent, a ledger looked into."""

import re
from html import unescape
from pathlib import Path
from typing import Any

from django.test import Client

from trialwright.ledger import Entry, Trial
from trialwright.store.directory import open_trial

PASSWORD = "cells for everybody"


def logged_in(code: str) -> Client:
    """A browser without script in which somebody has logged in."""
    client = Client()
    answer = client.post("/log-in/", {"username": code, "password": PASSWORD})
    assert answer.status_code == 302, answer.content[:500]
    return client


def hidden(page: str) -> dict[str, str]:
    """The hidden inputs of the page's form of an act."""
    form = page[page.index('<form method="post" action="/', page.index("<main")) :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def send(client: Client, address: str, **words: Any) -> Any:
    """Open an act's form and send it: `w_term` becomes the input w.term, `w_related__nk_cells` w.related.nk_cells."""
    page = client.get(address)
    assert page.status_code == 200, (page.status_code, address)
    typed = hidden(page.content.decode()) | {_input(name): value for name, value in words.items()}
    return client.post(address.partition("?")[0], typed)


def _input(name: str) -> str:
    return "w." + name[2:].replace("__", ".") if name.startswith("w_") else name


def trial(directory: Path) -> Trial:
    with open_trial(directory, read_only=True) as opened:
        return opened.trial()


def last(directory: Path) -> Entry[Any]:
    """The newest entry of the ledger."""
    return list(trial(directory).by_id.values())[-1]
