"""Redshift ML in SQL: one engine, three faces.

`sql` reads Redshift's SQL and says it in DuckDB's, `engine` executes it, and `models` trains, shows
and calls what CREATE MODEL asks for. `dbapi`, `magic` and `data_api` are thin faces over the same
`execute`. No algorithm is here: those are `automl`'s.
"""
