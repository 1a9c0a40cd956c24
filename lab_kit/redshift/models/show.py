"""SHOW MODEL: two columns of text, in the layouts that Redshift prints.

Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_MODEL.html and the tutorials there.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from lab_kit.redshift.engine.results import Result, of_rows
from lab_kit.redshift.models.asked import MAX_RUNTIME
from lab_kit.redshift.models.model import FAILED, READY, Model
from lab_kit.redshift.models.privileges import owns
from lab_kit.redshift.sql.type_names import redshift_name

_PROBLEMS = {
    "regression": "Regression",
    "binary": "BinaryClassification",
    "multiclass": "MulticlassClassification",
}
_Rows = Iterator[tuple[str, str]]
_BLANK = ("", "")


def all_models(models: Sequence[Model]) -> Result:
    """SHOW MODEL ALL."""
    columns = [("schema name", "varchar"), ("model name", "varchar")]
    return of_rows("SHOW MODEL", columns, [(each.schema, each.name) for each in models])


def one(model: Model, user: str) -> Result:
    """SHOW MODEL name, as a user may see it."""
    rows = list(_remote(model, user) if model.form == "remote" else _trained(model, user))
    return of_rows("SHOW MODEL", [("key", "varchar"), ("value", "varchar")], rows)


def _head(model: Model) -> _Rows:
    created = datetime.fromtimestamp(model.created, UTC)
    yield "Model Name", model.name
    yield "Schema Name", model.schema
    yield "Owner", model.owner
    yield "Creation Time", f"{created:%a, %d.%m.%Y %H:%M:%S}"
    yield "Model State", model.state


def _trained(model: Model, user: str) -> _Rows:
    yield from _head(model)
    if model.state == FAILED:
        yield "Failure Reason", model.failure
    if model.state == READY:
        yield from _outcome(model, user)
    yield _BLANK
    yield "TRAINING DATA:", ""
    lines = model.query.upper().splitlines() or [""]
    yield ("Table" if model.is_table else "Query"), lines[0].strip()
    for line in lines[1:]:
        yield "", line.strip()
    if model.target:
        yield "Target Column", model.target.upper()
    yield _BLANK
    yield "PARAMETERS:", ""
    yield "Model Type", model.form
    if model.form == "auto":
        yield "Problem Type", _PROBLEMS.get(model.problem, "")
        yield "Objective", model.objective
        yield "AutoML Job Name", model.job
    else:
        yield "Training Job Name", model.job
    yield from _function(model)
    if owns(model, user):
        yield "IAM Role", _role(model)
        yield "S3 Bucket", model.bucket
        if "KMS_KEY_ID" in model.settings:
            yield "KMS Key", model.settings["KMS_KEY_ID"]
    yield "Max Runtime", model.settings.get("MAX_RUNTIME", str(MAX_RUNTIME))
    if model.hyperparameters:
        yield _BLANK
        yield "HYPERPARAMETERS:", ""
        yield from sorted(model.hyperparameters.items())


def _outcome(model: Model, user: str) -> _Rows:
    if model.trained.get("aborted"):
        yield "Training Job Status", "MaxAutoMLJobRuntimeReached"
    for name, value in model.trained.get("printed", []):
        yield name, f"{value:.6f}"
    if owns(model, user) and "cost" in model.trained:
        yield "Estimated Cost", f"{model.trained['cost']:.6f}"


def _function(model: Model) -> _Rows:
    if model.function:
        yield "Function Name", model.function
    yield "Function Parameters", " ".join(each.name for each in model.parameters)
    yield "Function Parameter Types", " ".join(redshift_name(e.type) for e in model.parameters)


def _remote(model: Model, user: str) -> _Rows:
    yield from _head(model)
    yield _BLANK
    yield "PARAMETERS:", ""
    yield "Endpoint", model.endpoint
    yield "Function Name", model.function
    yield "Inference Type", "Remote"
    yield "Function Parameter Types", " ".join(redshift_name(e.type) for e in model.parameters)
    if owns(model, user):
        yield "IAM Role", _role(model)


def _role(model: Model) -> str:
    return "default-aws-iam-role" if model.iam_role == "default" else model.iam_role
