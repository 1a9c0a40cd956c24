"""Addresses in S3, as jobs are given them."""

from lab_kit.aws.objects.shelf import split
from lab_kit.personalize import refusals


def check_source(address: str | None) -> None:
    """A place data is read from: a file, or the beginning of names.

    Raises:
        ServiceError: It is none.
    """
    if address is None or not address.startswith("s3://") or not split(address)[0]:
        raise refusals.invalid("Invalid Data location.")


def check_batch(source: str, destination: str) -> None:
    """The input and output of a batch job.

    Raises:
        ServiceError: One of them is none, or both are the same.
    """
    if not source.startswith("s3://") or not all(split(source)):
        raise refusals.invalid("Invalid S3 input path")
    if not destination.startswith("s3://") or not split(destination)[0] or destination == source:
        raise refusals.invalid("Invalid S3 output path")
