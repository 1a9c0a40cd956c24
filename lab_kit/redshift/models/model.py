"""One model, as the registry remembers it."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from lab_kit.aws.account import arn
from lab_kit.aws.registry import Resource
from lab_kit.redshift.names import DATABASE

KIND = "RedshiftModel"
TRAINING = "TRAINING"
READY = "READY"
FAILED = "FAILED"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model's function."""

    name: str
    type: str
    """As DuckDB names it."""


@dataclass(frozen=True)
class Model:
    """One model. All but the state is settled when it is created or when it is trained."""

    schema: str
    name: str
    owner: str
    state: str
    created: float
    """Seconds since 1970, UTC."""
    form: str
    """auto, xgboost, linear_learner, mlp, kmeans, forecast, job, artefact or remote."""
    function_schema: str
    function: str
    """Its name; empty where there is none."""
    parameters: tuple[Parameter, ...]
    returns: str
    """The type of what the function gives, as DuckDB names it."""
    target: str
    query: str
    """The training data, as it was asked for."""
    is_table: bool
    iam_role: str
    bucket: str
    settings: Mapping[str, str]
    job: str
    """The name of the training job, as SHOW MODEL has it."""
    folder: str
    """The name of its folder among the trained models; another model's where it was taken from
    that one's training job."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Sets it apart from a model of the same name that was dropped."""
    endpoint: str = ""
    problem: str = ""
    objective: str = ""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    trained: Mapping[str, Any] = field(default_factory=dict)
    """What the training said of itself: figures to print, explanation, algorithm, seconds."""
    failure: str = ""
    grants: tuple[Mapping[str, Any], ...] = ()

    @property
    def arn(self) -> str:
        """Its name in the registry."""
        return model_arn(self.schema, self.name)

    @property
    def qualified(self) -> str:
        """Schema and name."""
        return f"{self.schema}.{self.name}"

    @property
    def impl(self) -> str:
        """The name under which DuckDB calls it row by row."""
        return f"__model_{self.id}"

    def record(self) -> dict[str, Any]:
        """All but what the registry has in columns of its own, as JSON has it."""
        left_out = ("schema", "name", "state", "created")
        return {name: value for name, value in asdict(self).items() if name not in left_out}


def model_arn(schema: str, name: str) -> str:
    """The name of a model in the registry."""
    return arn("redshift", "us-east-1", f"model:{DATABASE}/{schema}/{name}")


def model_of(resource: Resource) -> Model:
    """The model that a resource is."""
    record = dict(resource.record)
    known = {each.name for each in fields(Model)}
    record = {name: value for name, value in record.items() if name in known}
    record["parameters"] = tuple(Parameter(**each) for each in record["parameters"])
    record["grants"] = tuple(record.get("grants", ()))
    return Model(
        schema=resource.scope,
        name=str(resource.name),
        state=resource.status,
        created=resource.created,
        **record,
    )
