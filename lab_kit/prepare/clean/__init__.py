"""Turn raw exports into typed rows.

Every function takes a frame and returns a new frame and a `Step` that says what happened, so that
`ledger.run(clean.parse_times, events, "timestamp", unit="ms")` both does it and writes it down.
What could not be read becomes missing, and its text is kept in a column `<name>_unread`.
"""

from lab_kit.prepare.clean.booleans import parse_booleans
from lab_kit.prepare.clean.categories import repair_categories
from lab_kit.prepare.clean.dates import parse_dates
from lab_kit.prepare.clean.duplicates import (
    drop_exact_duplicates,
    drop_near_duplicates,
    drop_repeated_events,
)
from lab_kit.prepare.clean.ids import normalise_ids
from lab_kit.prepare.clean.names import rename_columns, snake_case_columns
from lab_kit.prepare.clean.numbers import parse_numbers
from lab_kit.prepare.clean.outliers import flag_outliers_iqr, flag_outliers_mad
from lab_kit.prepare.clean.placeholders import clear_placeholders
from lab_kit.prepare.clean.ranges import repair_range
from lab_kit.prepare.clean.read import read_csv, read_export
from lab_kit.prepare.clean.time_units import TimeUnitGuess, guess_time_unit
from lab_kit.prepare.clean.times import parse_times
from lab_kit.prepare.clean.unread import drop_rows_without

__all__ = [
    "TimeUnitGuess",
    "clear_placeholders",
    "drop_exact_duplicates",
    "drop_near_duplicates",
    "drop_repeated_events",
    "drop_rows_without",
    "flag_outliers_iqr",
    "flag_outliers_mad",
    "guess_time_unit",
    "normalise_ids",
    "parse_booleans",
    "parse_dates",
    "parse_numbers",
    "parse_times",
    "read_csv",
    "read_export",
    "rename_columns",
    "repair_categories",
    "repair_range",
    "snake_case_columns",
]
