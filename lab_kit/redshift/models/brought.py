"""Models that are brought along: from a training job, from an artefact in S3, from an endpoint.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_create_model_use_cases.html, "Bring your
own model". An endpoint of SageMaker is one that was registered here:

    CALL REGISTER_ENDPOINT('churn-endpoint', 's3://bucket/redshift-ml/job/model/model.tar.gz')
"""

import json
import tarfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lab_kit.aws.account import REGION, arn
from lab_kit.redshift.engine.place import Place
from lab_kit.redshift.engine.results import Result
from lab_kit.redshift.errors import OperationalError, ProgrammingError
from lab_kit.redshift.models.model import READY, Model, Parameter
from lab_kit.redshift.objects import require_bucket
from lab_kit.redshift.sql.statements import CreateModel
from lab_kit.redshift.sql.types import duckdb_name

if TYPE_CHECKING:
    from lab_kit.redshift.engine.session import Session

ENDPOINT = "RedshiftEndpoint"
_HOW = "FUNCTION name (type, ...) RETURNS type"


def brought(session: "Session", create: CreateModel) -> Model:
    """The model that a statement brings along; it is ready at once.

    Raises:
        ProgrammingError: A clause is missing, or the artefact takes other columns.
        OperationalError: There is no such job, artefact or endpoint.
    """
    if create.function is None or create.types is None or create.returns is None:
        raise ProgrammingError(
            "A model that is brought along needs the types of its function", next_step=f"add {_HOW}"
        )
    if create.target is not None or create.hyperparameters is not None:
        raise ProgrammingError(
            "A model that is brought along is trained already",
            next_step="leave TARGET and HYPERPARAMETERS out",
        )
    known: dict[str, Any]
    types = [duckdb_name(each) for each in create.types]
    if create.endpoint is not None:
        require_endpoint(session.engine.place, create.endpoint)
        names, known = [f"p{place}" for place in range(1, len(types) + 1)], {"form": "remote"}
        known |= {"folder": uuid.uuid4().hex, "endpoint": create.endpoint, "job": ""}
    else:
        names, known = _artefact(session, str(create.source))
    if len(names) != len(types):
        raise ProgrammingError(
            f"the model takes {len(names)} columns, and the function {len(types)}",
            where=", ".join(names),
            next_step=f"give a type for each of them in {_HOW}",
        )
    schema = create.name[-2] if len(create.name) > 1 else session.schemas[0]
    function = create.function
    return Model(
        schema=schema,
        name=create.name[-1],
        owner=session.user,
        state=READY,
        created=session.engine.place.ground.clock.time(),
        function_schema=function[-2] if len(function) > 1 else session.schemas[0],
        function=function[-1],
        parameters=tuple(map(Parameter, names, types)),
        returns=duckdb_name(create.returns),
        target="",
        query=str(create.source or ""),
        is_table=False,
        iam_role=create.iam_role,
        bucket=create.settings.get("S3_BUCKET", ""),
        settings=dict(create.settings),
        **known,
    )


def _artefact(session: "Session", source: str) -> tuple[list[str], dict[str, Any]]:
    """The columns that a training job's or an artefact's model takes, and what else is known."""
    if source.startswith("s3://"):
        folder = unpack(session.engine.place, source)
        known = {"form": "artefact", "folder": folder, "job": source}
        return columns(session.engine.place.models / folder), known
    for model in session.engine.catalogue.all():
        if model.job == source and model.state == READY:
            names = [each.name for each in model.parameters]
            return names, {"form": "job", "folder": model.folder, "job": source}
    raise OperationalError(
        f'There is no training job "{source}" that has completed',
        next_step="SHOW MODEL tells the name of a model's job; or name an artefact, s3://...tar.gz",
    )


def columns(folder: Path) -> list[str]:
    """The columns that the model in a folder takes, in their order."""
    from lab_kit import automl

    return [each.name for each in automl.load(folder / "model").columns]


def unpack(place: Place, address: str) -> str:
    """Take an artefact out of S3; returns the name of its folder among the models.

    Raises:
        OperationalError: There is none, or it is no artefact of this kit.
    """
    require_bucket(place.objects, address)
    found = [each for each in place.objects.under(address) if each.address == address]
    if not found:
        raise OperationalError(
            f"There is no artefact at {address}", next_step="look with aws s3 ls"
        )
    folder = place.models / uuid.uuid4().hex
    try:
        with tarfile.open(found[0].path) as tar:
            tar.extractall(folder, filter="data")
        json.loads((folder / "form.json").read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError) as error:
        raise OperationalError(
            f"What lies at {address} is no model of this kit: {error}",
            next_step="train with S3_GARBAGE_COLLECT OFF, and name the model.tar.gz it leaves",
        ) from error
    return folder.name


def register_endpoint(place: Place, name: str, address: str) -> Result:
    """Let an artefact answer under the name of an endpoint.

    Raises:
        OperationalError: There is no such artefact.
    """
    folder = unpack(place, address)
    registry = place.ground.registry
    with registry.transaction():
        registry.delete(_arn(name))
        registry.create(
            _arn(name), ENDPOINT, region=REGION, name=name, status="InService",
            record={"folder": folder, "artefact": address},
        )  # fmt: skip
    return Result("CALL", notices=(f"endpoint {name} answers with the model at {address}",))


def require_endpoint(place: Place, name: str) -> Path:
    """The folder with the model of an endpoint.

    Raises:
        OperationalError: There is none.
    """
    found = place.ground.registry.get(_arn(name))
    if found is None:
        raise OperationalError(
            f'Could not find endpoint "{name}"',
            next_step=f"CALL REGISTER_ENDPOINT('{name}', 's3://bucket/.../model.tar.gz')",
        )
    return place.models / found.record["folder"]


def invoke(fitted: Any, values: Sequence[pa.Array], most: int) -> list[str]:
    """What an endpoint answers to rows.

    As on AWS a NULL is sent as an empty string; a model takes that for a missing value where it
    expects a number, and for a word where it expects one.

    Args:
        fitted: The endpoint's model.
        values: Its columns.
        most: Rows that are sent at a time.
    """
    sent = [_written(each) for each in values]
    answers: list[str] = []
    for begin in range(0, len(sent[0]), most):
        received = {
            column.name: _received(each.slice(begin, most), column.type)
            for column, each in zip(fitted.columns, sent, strict=True)
        }
        answers += [str(each) for each in fitted.predict(pa.table(received))]
    return answers


def _written(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(values.cast(pa.string()), "")


def _received(values: pa.Array, type: str) -> pa.Array:
    import pyarrow.compute as pc

    if type == "text":
        return values
    known = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    kinds = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_()}
    return known.cast(kinds.get(type, pa.timestamp("us")))


def _arn(name: str) -> str:
    return arn("sagemaker", REGION, f"endpoint/{name}")
