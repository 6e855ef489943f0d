"""The command line: one door to the trial. It shows the fold and calls acts; it holds no rule of its own."""

import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line. Reading its own files takes a moment, and Ctrl-C may come then already."""
    try:
        from trialwright.cli.app import main as run

        run()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
