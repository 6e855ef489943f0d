"""Scales of harm that CTCAE does not have, or has otherwise: each grade with what decides it and what is missing."""
