"""Names that are settled."""

DATABASE = "dev"
"""The one database."""
SUPERUSER = "awsuser"
"""Who owns it, and who speaks unless somebody else is named."""
TRAIN = "redshift.train"
"""The kind of job that trains."""
PROBABILITIES = ("_probabilities", "_prob")
"""Endings of the function that gives probabilities: the examples have one, the prose the other."""
STATEMENT = "RedshiftStatement"
GRANT = "RedshiftGrant"
BOOKKEEPING = (STATEMENT, GRANT)
"""Kinds of resources that are no resources to a person."""
