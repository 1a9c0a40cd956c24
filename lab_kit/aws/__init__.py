"""What any local AWS service is made of.

A service is a plain Python object with one method per operation; botocore's own model of it does
the rest (`protocol`). What it remembers lies in one SQLite file (`registry`), what takes long runs
in child processes (`jobs`), and files lie in S3 (`objects`). All of them read one clock.
"""
