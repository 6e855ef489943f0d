"""Doing acts: each has a form made of its own words, and an answer: what was recorded, or why it was refused."""
