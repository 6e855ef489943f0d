"""The pages, one module each: what a person sees, computed from the trial as it stands."""
