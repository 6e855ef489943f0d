"""Accounts: who may log in, under which code and printed name. What somebody may do is in the ledger."""
