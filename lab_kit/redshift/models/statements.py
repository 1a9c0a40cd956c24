"""The statements about models, executed."""

import shutil
import uuid
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from lab_kit.redshift.engine.results import Result
from lab_kit.redshift.errors import NotSupportedError
from lab_kit.redshift.models import grants, show
from lab_kit.redshift.models.asked import Asked, asked, check_columns, check_rows
from lab_kit.redshift.models.calls import fed
from lab_kit.redshift.models.model import TRAINING, Model, Parameter
from lab_kit.redshift.models.privileges import require_owner
from lab_kit.redshift.objects import require_bucket
from lab_kit.redshift.sql.build import text
from lab_kit.redshift.sql.statements import (
    CreateExternalModel,
    CreateModel,
    DropModel,
    ExplainModel,
    Grant,
    Name,
    Said,
    ShowModel,
)

if TYPE_CHECKING:
    from lab_kit.redshift.engine.session import Session


class ModelStatements:
    """Executes the statements about models in a session.

    Args:
        session: Whose they are.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._catalogue = session.engine.catalogue

    def execute(self, said: Said, _: str) -> Result:
        """The answer to one.

        Raises:
            Error: It is refused.
        """
        if isinstance(said, CreateModel):
            return self._create(said)
        if isinstance(said, ExplainModel):
            return self._explain(said.create)
        if isinstance(said, ShowModel):
            return self._show(said)
        if isinstance(said, DropModel):
            return self._drop(said)
        if isinstance(said, Grant):
            return grants.execute(self._session, said)
        assert isinstance(said, CreateExternalModel)
        raise NotSupportedError(
            f"CREATE EXTERNAL MODEL {'.'.join(said.name)}: models of Amazon Bedrock are not part "
            "of this database yet",
            next_step="they come with the lab on foundation models; until then, train a model of "
            "your own with CREATE MODEL",
        )

    def _create(self, create: CreateModel) -> Result:
        place = self._session.engine.place
        wanted = replace(asked(create), trials=self._session.trials)
        require_bucket(place.objects, f"s3://{create.settings['S3_BUCKET']}")
        data = TrainingData(self._session, create, wanted)
        model = self._model(create, wanted, data)
        self._catalogue.create(model)
        try:
            address = f"s3://{model.bucket}/redshift-ml/{model.job}"
            data.export(f"{address}/train/")
            self._catalogue.train(
                model,
                {
                    "folder": model.folder,
                    "data": f"{address}/train/",
                    "artefact": f"{address}/model/model.tar.gz",
                    "asked": asdict(wanted),
                    "target": create.target,
                    "keep": create.settings.get("S3_GARBAGE_COLLECT", "ON").upper() == "OFF",
                },
            )
        except BaseException:  # it was never asked for: its name is free again
            self._catalogue.drop(model)
            raise
        place.asked()
        if self._session.waits:
            self._session.wait(lambda: not self._catalogue.unfinished([model]))
        return Result("CREATE MODEL")

    def _model(self, create: CreateModel, wanted: Asked, data: "TrainingData") -> Model:
        now = self._session.engine.place.ground.clock.time()
        schema, name = self._qualified(create.name)
        function = self._qualified(create.function) if create.function else (schema, "")
        returns = data.target.type if data.target else "INTEGER"
        return Model(
            schema=schema,
            name=name,
            owner=self._session.user,
            state=TRAINING,
            created=now,
            form=wanted.form,
            function_schema=function[0],
            function=function[1],
            parameters=data.features,
            returns=returns,
            target=create.target or "",
            query=create.query_text,
            is_table=create.is_table,
            iam_role=create.iam_role,
            bucket=create.settings["S3_BUCKET"],
            settings=dict(create.settings),
            job=_job_name(now, wanted.form),
            folder=uuid.uuid4().hex,
            problem=wanted.problem or "",
            objective=wanted.objective or "",
            hyperparameters=wanted.hyperparameters,
        )

    def _qualified(self, name: Name) -> tuple[str, str]:
        return (name[-2] if len(name) > 1 else self._session.schemas[0], name[-1])

    def _explain(self, create: CreateModel) -> Result:
        raise NotSupportedError("EXPLAIN CREATE MODEL")

    def _show(self, said: ShowModel) -> Result:
        if said.name is None:
            return show.all_models(self._catalogue.all())
        model = self._catalogue.require(said.name, self._session.schemas)
        return show.one(model, self._session.user)

    def _drop(self, said: DropModel) -> Result:
        model = self._catalogue.find(said.name, self._session.schemas)
        if model is None and said.if_exists:
            name = ".".join(said.name)
            return Result("DROP MODEL", notices=(f'Model "{name}" does not exist, skipping',))
        model = self._catalogue.require(said.name, self._session.schemas)
        require_owner(model, self._session.user)
        self._catalogue.drop(model)
        place = self._session.engine.place
        place.asked()
        if not any(each.folder == model.folder for each in self._catalogue.all()):
            shutil.rmtree(place.models / model.folder, ignore_errors=True)
        return Result("DROP MODEL")


class TrainingData:
    """What FROM finds, checked.

    Args:
        session: Where it is executed.
        create: The statement.
        wanted: What it asks for.

    Raises:
        ProgrammingError: It cannot be trained on.
    """

    def __init__(self, session: "Session", create: CreateModel, wanted: Asked) -> None:
        assert isinstance(create.source, exp.Expr)
        self._session = session
        self._sql = session.sql(create.source.copy())
        columns = [Parameter(name.lower(), type) for name, type in session.described(self._sql)]
        self.features, self.target = check_columns(wanted.form, columns, create.target)
        self._columns = columns
        (self.rows,) = session.row(f"SELECT count(*) FROM ({self._sql})")
        check_rows(self.rows)

    def query(self) -> str:
        """It, with columns of types that a model is given."""
        columns = ", ".join(
            f"CAST({_quoted(each.name)} AS {fed(each.type)}) AS {_quoted(each.name)}"
            for each in self._columns
        )
        return f"SELECT {columns} FROM ({self._sql})"

    def export(self, address: str) -> None:
        """Put it into S3."""
        room = self._session.engine.place.ground.folder / "redshift" / "room"
        room.mkdir(parents=True, exist_ok=True)
        file = room / f"{uuid.uuid4().hex}.parquet"
        try:
            self._session.command(
                f"COPY ({self.query()}) TO {text(str(file)).sql('duckdb')} (FORMAT parquet)"
            )
            self._session.engine.place.objects.put(file, f"{address}0000_part_00.parquet")
        finally:
            file.unlink(missing_ok=True)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def _job_name(now: float, form: str) -> str:
    """redshiftml-20240229130509123456, with the type of the model where it is named."""
    at = datetime.fromtimestamp(now, UTC)
    ending = f"-{form.replace('_', '-')}" if form != "auto" else ""
    return f"redshiftml-{at:%Y%m%d%H%M%S%f}{ending}"
