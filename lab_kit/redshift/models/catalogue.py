"""The models of one database: found by name or by function, created, dropped."""

from collections.abc import Iterable, Sequence
from typing import Any

from lab_kit.aws.account import REGION
from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Job
from lab_kit.aws.jobs.queue import UNFINISHED
from lab_kit.aws.registry import NameTakenError
from lab_kit.redshift.errors import ProgrammingError
from lab_kit.redshift.models.model import KIND, TRAINING, Model, model_arn, model_of
from lab_kit.redshift.names import PROBABILITIES, TRAIN
from lab_kit.redshift.sql.statements import Name


class Catalogue:
    """All models of a database.

    Args:
        ground: Where they are remembered.
    """

    def __init__(self, ground: Ground) -> None:
        self._registry = ground.registry
        self._queue = ground.queue

    def all(self) -> list[Model]:
        """All models, the oldest first."""
        return [model_of(each) for each in self._registry.all(KIND)]

    def find(self, name: Name, schemas: Sequence[str]) -> Model | None:
        """A model by its name; without a schema, in the first of `schemas` that has one."""
        for schema in _schemas(name, schemas):
            resource = self._registry.get(model_arn(schema, name[-1]))
            if resource is not None:
                return model_of(resource)
        return None

    def require(self, name: Name, schemas: Sequence[str]) -> Model:
        """A model by its name.

        Raises:
            ProgrammingError: There is none.
        """
        found = self.find(name, schemas)
        if found is None:
            raise ProgrammingError(
                f'model "{".".join(name)}" does not exist',
                next_step="SHOW MODEL ALL lists the models there are",
            )
        return found

    def functions(self) -> dict[str, list[tuple[Model, bool]]]:
        """By the name of a function, the models that have it.

        Each with whether it is the function that gives probabilities.
        """
        found: dict[str, list[tuple[Model, bool]]] = {}
        for model in self.all():
            if not model.function:
                continue
            found.setdefault(model.function, []).append((model, False))
            if model.form == "auto" and model.problem != "regression":
                for ending in PROBABILITIES:
                    found.setdefault(model.function + ending, []).append((model, True))
        return found

    def create(self, model: Model) -> None:
        """Remember a model.

        Raises:
            ProgrammingError: Its name, or its function with such parameters, is there already.
        """
        with self._registry.transaction():
            self._require_free(model)
            try:
                self._registry.create(
                    model.arn,
                    KIND,
                    region=REGION,
                    name=model.name,
                    status=model.state,
                    record=model.record(),
                    scope=model.schema,
                )
            except NameTakenError:
                raise ProgrammingError(
                    f'Model "{model.name}" already exists',
                    where=f"schema {model.schema}",
                    next_step=f"choose another name, or DROP MODEL {model.qualified}",
                ) from None

    def _require_free(self, model: Model) -> None:
        """Make sure that no other model's function is called the same with the same types."""
        if not model.function or self.find((model.schema, model.name), []):
            return  # a model of that name is refused for its name
        types = [each.type for each in model.parameters]
        for other in self.all():
            same = (other.function_schema, other.function) == (
                model.function_schema,
                model.function,
            )
            if same and [each.type for each in other.parameters] == types:
                raise ProgrammingError(
                    f'function "{model.function}" already exists with same argument types',
                    where=f"it is the function of model {other.qualified}",
                    next_step="choose another name for the function, or drop that model",
                )

    def train(self, model: Model, arguments: dict[str, object]) -> None:
        """Ask for the training of a model."""
        self._queue.add(TRAIN, model.arn, arguments)

    def job(self, model: Model) -> Job | None:
        """The training of a model, as it is now."""
        found = self._queue.of(model.arn)
        return found[-1] if found else None

    def update(self, model: Model, **changes: Any) -> None:
        """Change what is remembered of a model."""
        self._registry.update(model.arn, **changes)

    def drop(self, model: Model) -> None:
        """Forget a model, and end its training."""
        with self._registry.transaction():
            job = self.job(model)
            if job is not None and job.state in UNFINISHED:
                self._queue.cancel(job.id)
            self._registry.delete(model.arn)

    def unfinished(self, models: Iterable[Model]) -> bool:
        """Whether any of these is still being trained."""
        found = (self.find((each.schema, each.name), []) for each in models)
        return any(each is not None and each.state == TRAINING for each in found)


def _schemas(name: Name, schemas: Sequence[str]) -> Sequence[str]:
    return [name[-2]] if len(name) > 1 else schemas
