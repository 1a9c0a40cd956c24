"""EXPLAIN CREATE MODEL: what it would do, what it would take, what it would cost on AWS."""

from collections.abc import Iterator

from lab_kit.aws.prices import CHECK, UNKNOWN
from lab_kit.errors import LabKitError
from lab_kit.redshift.engine.results import Result, of_rows
from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.models.asked import Asked
from lab_kit.redshift.models.cost import training_cost
from lab_kit.redshift.models.training_data import TrainingData
from lab_kit.redshift.sql.statements import CreateModel

_COLUMNS = [("section", "varchar"), ("item", "varchar"), ("said", "varchar"), ("why", "varchar")]
_Rows = Iterator[tuple[str, str, str, str | None]]


def plan(create: CreateModel, wanted: Asked, data: TrainingData) -> Result:
    """One row for each thing that can be said beforehand.

    Raises:
        ProgrammingError: There is nothing that could be learnt.
    """
    try:
        rows = list(_auto(create, wanted, data) if wanted.form == "auto" else _told(wanted, data))
    except LabKitError as error:
        raise ProgrammingError(error.what, where=error.where, next_step=error.next_step) from error
    return of_rows("EXPLAIN CREATE MODEL", _COLUMNS, [*rows, *_costs(wanted, data)])


def _auto(create: CreateModel, wanted: Asked, data: TrainingData) -> _Rows:
    from lab_kit import automl

    assert create.target is not None
    found = automl.plan(
        data.table(),
        create.target,
        problem=wanted.problem,  # type: ignore[arg-type]
        objective=wanted.objective,
        algorithms=wanted.algorithms,
        trials=wanted.trials,
        max_seconds=wanted.max_runtime,
        max_cells=wanted.max_cells,
    )
    yield "problem", found.problem, found.objective, found.reason
    yield "data", "rows", f"{found.rows}", None
    yield "data", "sampled rows", f"{found.sampled_rows}", f"MAX_CELLS {wanted.max_cells}"
    yield "data", "cells", f"{found.cells}", "sampled rows x columns, target included"
    for column in found.columns:
        yield "column", column.name, column.role, column.reason
    for warning in found.warnings:
        yield "warning", warning.column or "table", warning.severity, warning.text
    for candidate in found.candidates:
        yield "candidate", candidate.algorithm, str(candidate), None
    for name, why in found.left_out.items():
        yield "left out", name, "not tried", why
    yield "search", "trials", f"{found.trials}", "settled before it begins"
    yield "search", "folds", f"{found.folds}", None
    seconds = f"{found.predicted_seconds:.0f}"
    yield "search", "predicted seconds", seconds, "on two cores; an estimate"


def _told(wanted: Asked, data: TrainingData) -> _Rows:
    """Of AUTO OFF: there is nothing to be found out."""
    yield "data", "rows", f"{data.rows}", None
    yield "data", "cells", f"{data.cells}", "rows that are learnt from x columns"
    yield "model", wanted.form, wanted.objective or "", "AUTO OFF: nothing is searched"
    for name, value in wanted.hyperparameters.items():
        yield "hyperparameter", name, value, None


def _costs(wanted: Asked, data: TrainingData) -> _Rows:
    if wanted.form != "auto":
        why = "AUTO OFF is paid by the time of the training instance"
        yield "cost on AWS", "USD", UNKNOWN, why
        return
    usd, price = training_cost(data.cells)
    said = UNKNOWN if usd is None else f"{usd:.2f}"
    yield "cost on AWS", "USD", said, f"as of {price.as_of}, {price.source}. {CHECK}"
    yield "cost here", "USD", "0.00", "nothing leaves this machine"
