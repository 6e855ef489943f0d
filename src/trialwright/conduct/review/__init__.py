"""Looking after the record: questions about it, what was compared with the source, signatures, freezes and locks."""
