"""Redshift's SQL: read into statements, and said in DuckDB's SQL.

`script` cuts a text into statements, `parse` reads each, `translate` and the rewrites beside it
make DuckDB's SQL of it, and `functions.sql` defines those functions of Redshift that DuckDB lacks.
"""
