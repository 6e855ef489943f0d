"""Harm to the people of a trial: what happened, how bad it was, who is told by when, and when the trial must pause."""
