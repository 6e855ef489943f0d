"""The report's pictures: curves with their numbers at risk, one line per participant, and the flow of people."""
