"""The statements about models, executed."""

import shutil
import uuid
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lab_kit.redshift.engine.results import Result
from lab_kit.redshift.errors import NotSupportedError, ProgrammingError
from lab_kit.redshift.models import grants, plans, show
from lab_kit.redshift.models.asked import Asked, asked
from lab_kit.redshift.models.brought import brought, register_endpoint
from lab_kit.redshift.models.cost import training_cost
from lab_kit.redshift.models.model import TRAINING, Model
from lab_kit.redshift.models.training_data import TrainingData
from lab_kit.redshift.objects import require_bucket
from lab_kit.redshift.sql.statements import (
    Call,
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
        if isinstance(said, Call):
            return register_endpoint(self._session.engine.place, *said.arguments)
        assert isinstance(said, CreateExternalModel)
        raise NotSupportedError(
            f"CREATE EXTERNAL MODEL {'.'.join(said.name)}: models of Amazon Bedrock are not part "
            "of this database yet",
            next_step="they come with the lab on foundation models; until then, train a model of "
            "your own with CREATE MODEL",
        )

    def _create(self, create: CreateModel) -> Result:
        self._session.engine.rights.require("CREATE MODEL", self._session.user)
        if create.endpoint is not None or isinstance(create.source, str):
            self._catalogue.create(brought(self._session, create))
            return Result("CREATE MODEL")
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
                    "cost": training_cost(data.cells)[0] if wanted.form == "auto" else None,
                    "keep": create.settings.get("S3_GARBAGE_COLLECT", "ON").upper() == "OFF",
                },
            )
        except BaseException:  # it was never asked for: its name is free again
            self._catalogue.drop(model)
            raise
        place.asked()

        def ended() -> bool:
            return not self._catalogue.unfinished([model])

        self._session.engine.trained.expect(model, ended)
        if self._session.waits:
            self._session.wait(ended)
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
        if create.endpoint is not None or isinstance(create.source, str):
            raise ProgrammingError(
                "There is nothing to explain: the model is trained already",
                next_step="explain a CREATE MODEL that trains one",
            )
        wanted = replace(asked(create), trials=self._session.trials)
        return plans.plan(create, wanted, TrainingData(self._session, create, wanted))

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
        self._session.engine.rights.require_drop(model, self._session.user)
        self._catalogue.drop(model)
        place = self._session.engine.place
        place.asked()
        if not any(each.folder == model.folder for each in self._catalogue.all()):
            shutil.rmtree(place.models / model.folder, ignore_errors=True)
        return Result("DROP MODEL")


def _job_name(now: float, form: str) -> str:
    """redshiftml-20240229130509123456, with the type of the model where it is named."""
    at = datetime.fromtimestamp(now, UTC)
    ending = f"-{form.replace('_', '-')}" if form != "auto" else ""
    return f"redshiftml-{at:%Y%m%d%H%M%S%f}{ending}"
