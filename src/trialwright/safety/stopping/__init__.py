"""Whether the trial must pause: dose-limiting toxicities, the stopping rule, triggers, and the decisions about them."""
