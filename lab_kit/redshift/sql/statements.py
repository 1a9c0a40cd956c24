"""What a statement may be, once it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

Name = tuple[str, ...]
"""A name with what it is in: (schema, name), or (name,)."""


@dataclass(frozen=True)
class Query:
    """A statement that DuckDB executes once it is translated."""

    tree: exp.Expr


@dataclass(frozen=True)
class CreateModel:
    """CREATE MODEL in any of its forms.

    Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html.
    """

    name: Name
    source: exp.Expr | str | None
    """A query, or the name of a training job or the address of its artefact; None for a remote
    endpoint."""
    is_table: bool
    """Whether the query was written as the name of a table."""
    query_text: str
    target: str | None
    function: Name | None
    types: tuple[str, ...] | None
    """Types of the function's parameters, as they were written; None where they were not."""
    returns: str | None
    endpoint: str | None
    endpoint_model: str | None
    iam_role: str
    auto: bool
    model_type: str | None
    """XGBOOST, MLP, LINEAR_LEARNER, KMEANS or FORECAST."""
    problem_type: str | None
    objective: str | None
    preprocessors: str | None
    hyperparameters: Mapping[str, str] | None
    """By name in small letters; None where the clause is missing."""
    settings: Mapping[str, str]
    """By name in capitals."""


@dataclass(frozen=True)
class CreateExternalModel:
    """A model of Amazon Bedrock."""

    name: Name
    model_id: str


@dataclass(frozen=True)
class ExplainModel:
    """What CREATE MODEL would do."""

    create: CreateModel


@dataclass(frozen=True)
class ShowModel:
    """SHOW MODEL; all of them where no name is given."""

    name: Name | None


@dataclass(frozen=True)
class DropModel:
    """DROP MODEL."""

    name: Name
    if_exists: bool


@dataclass(frozen=True)
class Call:
    """CALL REGISTER_ENDPOINT(name, artefact): the kit's own, for endpoints of SageMaker."""

    arguments: tuple[str, str]


@dataclass(frozen=True)
class Grant:
    """GRANT or REVOKE of something about models.

    Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html.
    """

    gives: bool
    privilege: Literal["EXECUTE", "CREATE MODEL", "DROP MODEL", "ASSUMEROLE", "ROLE"]
    on: tuple[Name, ...]
    """Models; the role that is given; empty where the privilege is on nothing."""
    to: tuple[tuple[str, str], ...]
    """Kind ("user", "role", "group", "public") and name of each receiver."""
    with_option: bool
    """Whether receivers may hand it on; for REVOKE, whether only that is taken."""


@dataclass(frozen=True)
class Copy:
    """COPY from S3. Source: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html."""

    table: Name
    columns: tuple[str, ...]
    address: str
    options: dict[str, str]


@dataclass(frozen=True)
class Unload:
    """UNLOAD to S3. Source: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html."""

    query: str
    address: str
    options: dict[str, str]
    partition_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transaction:
    """BEGIN, COMMIT or ROLLBACK."""

    word: Literal["BEGIN", "COMMIT", "ROLLBACK"]


@dataclass(frozen=True)
class Setting:
    """SET, or SHOW of a setting where there is no value."""

    name: str
    values: Sequence[str] = ()


@dataclass(frozen=True)
class Nothing:
    """What Redshift needs and a database in one process does not, such as VACUUM."""

    tag: str


Said = (
    Query
    | CreateModel
    | CreateExternalModel
    | ExplainModel
    | ShowModel
    | DropModel
    | Call
    | Grant
    | Copy
    | Unload
    | Transaction
    | Setting
    | Nothing
)


@dataclass(frozen=True)
class Statement:
    """One statement, as it was written and as it was read."""

    text: str
    said: Said = field(repr=False)
