"""Runs a cell-therapy trial: a study says what should happen, a ledger what did, all else is computed."""

__version__ = "0.1.0"
