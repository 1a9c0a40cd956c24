"""The engine: `Engine` is one database, `Session` executes SQL in it.

`place` says where a database lies, `refusals` words what DuckDB refuses, `results` is what comes
back, and `transfers` moves tables from and to S3.
"""
