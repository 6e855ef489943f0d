"""Harm to the people of a trial: what happened, how bad it was, who must be told by when,
and whether the trial must pause."""
