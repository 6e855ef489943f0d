"""`trialwright user add|list|close`: accounts from the shell, for the first administrator and for emergencies."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.say import answer, table
from trialwright.conduct.roles import read_role
from trialwright.errors import UsageError

if TYPE_CHECKING:
    from trialwright.web.people.models import Person

app = typer.Typer(no_args_is_help=True, help="Accounts of the application at the site.")
BY = "command line"
DIR = Annotated[Path, typer.Argument(metavar="DIR", help="A trial directory.")]
CODE = Annotated[str, typer.Argument(metavar="CODE", help="The code that will stand in the ledger, for ever.")]
JSON = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command()
def add(
    directory: DIR,
    code: CODE,
    name: Annotated[str, typer.Option("--name", help="Printed name, as it stands under a signature.")],
    role: Annotated[str, typer.Option("--role", help="investigator, coordinator, administrator, …")],
    site: Annotated[str | None, typer.Option("--site", help="Site; the only one where there is one.")] = None,
    ask: Annotated[bool, typer.Option("--ask-password", help="Type a password here instead.")] = False,
    as_json: JSON = False,
) -> None:
    """Open an account with a role; prints a one-time password, to be changed at the first log-in."""
    from trialwright.web.people.codes import read_code, read_name

    chosen, sites = read_role(role), _sites(directory)
    place = site if site is not None else (sites[0] if len(sites) == 1 else "")
    if place not in sites:
        raise UsageError(f"--site {site or '(none)'}: the trial's sites are {', '.join(sites)}. Choose one of them.")
    code, name = read_code(code), read_name(name)
    if ask and not sys.stdin.isatty():
        raise UsageError("--ask-password needs a terminal. Leave it out and take the one-time password.")
    _open(directory)
    from trialwright.web.people import looking_after

    typed = _asked(code, name) if ask else None
    person, password = looking_after.open_account(None, code, name, by=BY, password=typed)
    looking_after.give_role(None, person, chosen.value, place, by=BY)
    document = _told(person) | ({} if typed else {"one_time_password": password})
    told = f"Account {person.code} ({person.printed_name}), {chosen.value} at {place}."
    more = "" if typed else f"\nOne-time password, shown now and not again: {password}"
    answer(document, told + more, as_json=as_json)


@app.command("list")
def listed(directory: DIR, as_json: JSON = False) -> None:
    """Every account: code, printed name, roles, whether it is open."""
    _open(directory)
    from trialwright.web.people.models import Person

    people = [_told(one) for one in Person.objects.prefetch_related("memberships").order_by("key")]
    rows = [
        (one["code"], one["name"], "; ".join(f"{r['role']} at {r['site']}" for r in one["roles"]), _word(one["open"]))
        for one in people
    ]
    answer({"accounts": people}, lambda: table(("code", "name", "roles", "account"), rows), as_json=as_json)


@app.command()
def close(directory: DIR, code: CODE, as_json: JSON = False) -> None:
    """Close an account: its sessions end at once, its code stays."""
    _sites(directory)
    nobody = f"No account has the code {code}. `trialwright user list {directory}` shows them all."
    if not (directory / "site.db").is_file():
        raise UsageError(nobody)
    _open(directory)
    from trialwright.web.people import looking_after
    from trialwright.web.people.models import Person

    person = Person.objects.known(code)
    if person is None:
        raise UsageError(nobody)
    if person.is_active:
        looking_after.close(None, person, BY)
    answer(_told(person), f"The account {person.code} is closed.", as_json=as_json)


def _sites(directory: Path) -> list[str]:
    """The sites of the trial in a directory."""
    from trialwright.store.directory import open_trial

    with open_trial(directory, read_only=True) as trial:
        return list(trial.trial().adopted.what.time_zones)


def _open(directory: Path) -> None:
    """Bring the accounts of a trial up to date."""
    from trialwright.store.directory import open_trial
    from trialwright.web.site import environment, set_up

    with open_trial(directory, read_only=True) as trial:
        simulated = trial.trial().simulated
    os.environ.update(environment(directory, "127.0.0.1", demo=simulated))
    set_up()


def _asked(code: str, name: str) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from trialwright.conduct.roles import person_key
    from trialwright.web.people.models import Person

    password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        validate_password(password, Person(code=code, key=person_key(code), printed_name=name))
    except ValidationError as fault:
        raise UsageError(" ".join(fault.messages)) from None
    return password


def _told(person: "Person") -> dict[str, Any]:
    roles = [{"role": one.role, "site": one.site} for one in person.memberships.all()]
    return {"code": person.code, "name": person.printed_name, "open": person.is_active, "roles": roles}


def _word(is_open: bool) -> str:
    return "open" if is_open else "closed"
