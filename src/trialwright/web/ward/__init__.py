"""The pages that write, for nurse and investigator on the ward: what they share."""
