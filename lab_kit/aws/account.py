"""The one account of the local cloud, and the names of what it owns."""

ACCOUNT = "123456789012"
"""The account number of AWS's own examples."""
REGION = "us-east-1"
"""Where a caller is that names no region."""


def arn(service: str, region: str, resource: str) -> str:
    """The Amazon Resource Name of something in the account.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"
