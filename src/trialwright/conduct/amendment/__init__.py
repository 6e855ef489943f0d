"""A new version of the plan: what it changes and whom it touches, who approves it, and who must consent again."""
