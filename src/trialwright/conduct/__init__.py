"""What people do in the trial: each act either may be done, and is written down, or is refused with every reason."""
