"""Small interactions whose every number can be counted by hand."""

import pandas as pd


def interactions():
    """Two users: `u1` comes twice on 2 March, `u2` once on 3 March."""
    rows = [
        ("u1", "i1", "2026-03-02 09:00", "View", "a"),
        ("u1", "i2", "2026-03-02 09:04", "View", "a"),
        ("u1", "i2", "2026-03-02 09:06", "AddToCart", "a"),
        ("u1", "i1", "2026-03-02 20:00", "View", "b"),
        ("u2", "i1", "2026-03-03 12:00", "View", "c"),
        ("u2", "i1", "2026-03-03 12:10", "Purchase", "c"),
    ]
    columns = ["user_id", "item_id", "timestamp", "event_type", "session_id"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(timestamp=pd.to_datetime(frame["timestamp"], utc=True))
