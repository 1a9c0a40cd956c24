import pytest

from lab_kit.aws.ground import Ground
from lab_kit.redshift.engine.engine import Engine
from lab_kit.redshift.engine.place import Place
from lab_kit.redshift.objects import FolderObjects


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A database in memory, without anybody who trains."""
    folder = tmp_path_factory.mktemp("engine")
    ground = Ground.under(folder / "ground")
    made = Engine(Place(ground, FolderObjects(folder / "s3"), None))
    yield made
    made.close()
    ground.database.close()


@pytest.fixture
def session(engine):
    """A session of that database."""
    made = engine.session()
    yield made
    made.close()


@pytest.fixture
def value(session):
    """The one value that a SELECT list of one expression gives."""

    def of(expression, **parameters):
        (result,) = session.execute(f"SELECT {expression}", parameters)
        return result.table.column(0)[0].as_py()

    return of


@pytest.fixture
def rows(session):
    """What the last statement of a script finds, as tuples."""

    def of(script, **parameters):
        table = session.execute(script, parameters)[-1].table
        return (
            list(zip(*(each.to_pylist() for each in table.columns), strict=True)) if table else []
        )

    return of
