"""Names of the files by which the server and the child processes of data jobs know each other."""

BULK = "bulk.parquet"
"""What an import writes."""
EXPORTED = "exported.csv"
"""What an export writes."""
FORGOTTEN = "users.json"
"""Where a deletion names the users."""
