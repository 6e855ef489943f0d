"""Starting the application: its tables, its demo accounts, and the web server in front of it."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from trialwright.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SETTINGS = "trialwright.web.settings"
THREADS = 8


def environment(trial: Path | str, host: str, *, demo: bool, accounts: Path | None = None) -> dict[str, str]:
    """What `settings` reads for a trial, a directory or a database's URL, served on an address.

    accounts  where accounts and sessions are kept; by default in the trial's directory
    """
    local = host in LOOPBACK
    named = {"127.0.0.1", "localhost", "[::1]"} if local else set(os.environ.get("TRIALWRIGHT_HOSTS", "").split(","))
    hosts = ({host} | named) - {""}
    return {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "TRIALWRIGHT_TRIAL": trial if isinstance(trial, str) else str(trial.absolute()),
        "TRIALWRIGHT_ACCOUNTS": str(Path(trial if accounts is None else accounts).absolute()),
        "TRIALWRIGHT_HTTPS": "0" if local else "1",
        "TRIALWRIGHT_HOSTS": ",".join(sorted(hosts)),
        "TRIALWRIGHT_DEMO": "1" if demo else "0",
    }


def set_up() -> None:
    """Load Django, and bring the tables of accounts up to date."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def demo_accounts(site: str) -> None:
    """One account for each role, for a simulated trial: their code is the one under which the story was played."""
    from trialwright.web.door import close_all
    from trialwright.web.people.demo import make_demo_accounts

    try:
        make_demo_accounts(site)
    finally:
        close_all()  # what is open here must not be carried into the server's workers


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our options instead of its command line."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from trialwright.web.wsgi import application

        return application


def take_port(host: str, port: int) -> socket.socket:
    """The port, ours from now on. Raises UsageError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        told = f"port {port} on {host} cannot be used ({error.strerror})."
        raise UsageError(f"{told} Choose another with --port, or --port 0 for any that is free.") from None
    taken.set_inheritable(True)
    return taken


def run(taken: socket.socket, ready: Callable[[], None], workers: int = 1) -> None:
    """Serve until Ctrl-C or a signal to end. `ready` is called once the first worker answers."""
    _Server(
        {
            "bind": f"fd://{os.dup(taken.fileno())}",  # the server closes the one it is given
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 5,
            "loglevel": "error",
            "when_ready": lambda server: ready(),
            "forwarded_allow_ips": "127.0.0.1",
        }
    ).run()
