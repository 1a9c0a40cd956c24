"""The `redshift-data` service of the local cloud: SQL without a connection, through boto3.

`service` has its operations, `statements` runs what was submitted and remembers it, `sessions`
keeps connections for callers who ask for that.
"""
