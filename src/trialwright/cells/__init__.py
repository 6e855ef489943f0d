"""Cells on their way from a donor to the bedside: their codes, where they are, whether they pass, whom they reach."""
