"""The command line: one door to the trial. It shows the fold and calls acts; it holds no rule of its own."""

from trialwright.cli.app import app, main

__all__ = ["app", "main"]
