"""Turn raw exports into typed rows.

Every function takes a frame and returns a new frame and a `Step` that says what happened, so that
`ledger.run(clean.parse_times, events, "timestamp", unit="ms")` both does it and writes it down.
What could not be read becomes missing, and its text is kept in a column `<name>_unread`.
"""
