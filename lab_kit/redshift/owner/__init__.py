"""The process that owns the local cloud's database, and how others speak with it.

DuckDB lets one process open a file. `child` is that process, a child of the server; `owner` is how
the server asks it, and `front` lets connections of other processes ask the server.
"""
