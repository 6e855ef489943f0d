"""The terms of CTCAE, and how somebody finds the one that fits."""
