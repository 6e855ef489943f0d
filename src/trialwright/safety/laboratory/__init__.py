"""Laboratory values and vital signs: what they mean for a person's safety, as a proposal that a person confirms."""
