"""The commands, gathered; and the one place where errors become a message and an exit code.

Exit codes: 0 done; 1 a refusal, lint errors, a ledger that does not verify; 2 bad input or usage; 70 a fault of
trialwright itself; 130 stopped by Ctrl-C. Heavy libraries are imported inside the commands, so that `--help` is quick.
"""

import os
import sys
from io import TextIOWrapper
from typing import NoReturn

import typer

from trialwright.cli import (
    acting,
    cells,
    ctcae,
    demo,
    estimating,
    forms,
    importing,
    labels,
    ledgers,
    reporting,
    safety,
    screening,
    serving,
    studies,
    tracing,
    users,
)
from trialwright.cli.say import visible
from trialwright.errors import TrialwrightError

app = typer.Typer(
    name="trialwright",
    help="Runs an early-phase cell-therapy trial from its registry record to its endpoint report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("demo")(demo.demo)
app.command("init")(studies.init)
app.add_typer(studies.app, name="study")
app.command("screen")(screening.screen)
app.command(
    "act",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)(acting.act)
app.command("cells")(cells.cells)
app.command("trace")(tracing.trace)
app.command("label")(labels.label)
app.command("certificate")(labels.certificate)
app.command("forms")(forms.forms)
app.command("safety")(safety.safety)
app.command("ctcae")(ctcae.ctcae)
app.add_typer(ledgers.app, name="ledger")
app.add_typer(importing.app, name="import")
app.add_typer(estimating.app, name="estimate")
app.command("report")(reporting.report)
app.command("serve")(serving.serve)
app.add_typer(users.app, name="user")

STOPPED = 130
OUR_FAULT = 70


@app.callback(invoke_without_command=True)
def trialwright(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Runs an early-phase cell-therapy trial from its registry record to its endpoint report."""
    if version:
        from trialwright import __version__

        print(__version__)
        raise typer.Exit


def main() -> NoReturn:
    """Run the command line. Nothing a user does or gives may end in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without ✓ or 王 shows their number
    try:
        app()
    except TrialwrightError as error:
        print(f"trialwright: {visible(_safe(str(error)))}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, EOFError):
        print("Stopped.", file=sys.stderr)
        sys.exit(STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        print(f"trialwright: {_about_file(error)}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:  # the last net: whatever is left is our fault, and says so
        if os.environ.get("TRIALWRIGHT_TRACEBACK"):
            raise
        print(
            f"trialwright: this is a fault of trialwright itself ({type(error).__name__}: {_safe(str(error))}).\n"
            "`trialwright ledger show DIR --last 3` tells whether anything was recorded; if nothing was, run the\n"
            "command again with TRIALWRIGHT_TRACEBACK=1 and send us what it prints.",
            file=sys.stderr,
        )
        sys.exit(OUR_FAULT)
    sys.exit(0)


def _safe(message: str) -> str:
    """A message without passwords, also where a database's URL was given in a file's place."""
    from trialwright.store.url import without_passwords

    return without_passwords(message)


def _about_file(error: OSError) -> str:
    what = (error.strerror or str(error)).lower()
    where = f"{_safe(str(error.filename))}: " if error.filename else ""
    return f"{where}{what}. Check the path and your rights to it, then run the command again."
