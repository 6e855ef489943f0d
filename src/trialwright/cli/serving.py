"""`trialwright serve`: the application at the site, until Ctrl-C."""

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.say import answer, note
from trialwright.errors import UsageError

LOCAL = "127.0.0.1"


def serve(
    where: Annotated[str, typer.Argument(metavar="DIR|URL", help="A trial directory, or a database's URL.")],
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = LOCAL,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    accounts: Annotated[
        Path | None, typer.Option("--accounts", metavar="DIR", help="Where accounts are kept; with a URL it is needed.")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes; more than one needs a database's URL.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="The address as JSON on standard output.")] = False,
) -> None:
    """Open the application on a local port until Ctrl-C."""
    from trialwright.store.directory import open_trial
    from trialwright.store.url import is_url
    from trialwright.web.site import take_port

    trial: Path | str = where if is_url(where) else Path(where)
    if isinstance(trial, str) and accounts is None:
        raise UsageError("name a directory for the accounts with --accounts: a database's URL is no place for them.")
    if isinstance(trial, Path) and workers > 1:
        raise UsageError("a ledger in a file is served by one process. Leave --workers out, or serve a database's URL.")
    if accounts is not None and not accounts.is_dir():
        raise UsageError(f"--accounts {accounts}: there is no such directory. Make it first.")
    with open_trial(trial, read_only=True) as opened:
        simulated = opened.trial().simulated
    taken = take_port(host, port)
    if as_json:
        answer({"url": url(taken, host)}, "", as_json=True)
    open_application(trial, taken, host, demo=simulated, accounts=accounts, workers=workers)


def open_application(
    trial: Path | str,
    taken: socket.socket,
    host: str = LOCAL,
    *,
    demo: bool,
    accounts: Path | None = None,
    workers: int = 1,
) -> None:
    """Bring the accounts up to date and serve until Ctrl-C."""
    from trialwright.store.directory import open_trial
    from trialwright.web.site import demo_accounts, environment, run, set_up

    os.environ.update(environment(trial, host, demo=demo, accounts=accounts))
    set_up()
    if demo:
        with open_trial(trial, read_only=True) as opened:
            demo_accounts(next(iter(opened.trial().adopted.what.time_zones)))
    run(taken, lambda: note(f"The application is at {url(taken, host)} (Ctrl-C stops)."), workers)


def url(taken: socket.socket, host: str) -> str:
    """The address in a browser."""
    return f"http://{host}:{taken.getsockname()[1]}/"
