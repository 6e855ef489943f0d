"""`trialwright serve`: the application at the site, until Ctrl-C."""

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.say import answer, note

LOCAL = "127.0.0.1"


def serve(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A trial directory.")],
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = LOCAL,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="The address as JSON on standard output.")] = False,
) -> None:
    """Open the application on a local port until Ctrl-C."""
    from trialwright.store.directory import open_trial
    from trialwright.web.site import take_port

    with open_trial(directory) as trial:
        simulated = trial.trial().simulated
    taken = take_port(host, port)
    if as_json:
        answer({"url": url(taken, host)}, "", as_json=True)
    open_application(directory, taken, host, demo=simulated)


def open_application(directory: Path, taken: socket.socket, host: str = LOCAL, *, demo: bool) -> None:
    """Bring the accounts up to date and serve until Ctrl-C."""
    from trialwright.store.directory import open_trial
    from trialwright.web.site import demo_accounts, environment, run, set_up

    os.environ.update(environment(directory, host, demo=demo))
    set_up()
    if demo:
        with open_trial(directory, read_only=True) as trial:
            demo_accounts(next(iter(trial.trial().adopted.what.time_zones)))
    run(taken, lambda: note(f"The application is at {url(taken, host)} (Ctrl-C stops)."))


def url(taken: socket.socket, host: str) -> str:
    """The address in a browser."""
    return f"http://{host}:{taken.getsockname()[1]}/"
