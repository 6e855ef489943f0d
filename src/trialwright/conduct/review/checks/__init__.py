"""What the record is asked by itself: numbers, visits, the order of dates, and one form against another."""
