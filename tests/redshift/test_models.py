"""Models trained by SQL, shown, called, explained, granted and dropped."""

import json
import subprocess
import sys
import threading

import pyarrow as pa
import pytest

from lab_kit import automl
from lab_kit.redshift.errors import (
    Error,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from lab_kit.redshift.local import LocalDatabase
from tests.redshift.shop import CHURN, GROUPS, ROWS, SPEND, TREES, customers


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture(scope="module")
def database(folder):
    """A database in a folder, with customers and four models of them."""
    made = LocalDatabase(folder)
    session = made.engine.session()
    session.register("given", customers())
    session.command("CREATE TABLE customers AS SELECT * FROM given")
    session.execute("SET model_trials TO 2; SET wait_for_models TO ON")
    for statement in (CHURN, SPEND, TREES, GROUPS):
        session.execute(statement)
    session.close()
    yield made
    made.close()


@pytest.fixture
def session(database):
    made = database.engine.session()
    yield made
    made.close()


@pytest.fixture
def rows(session):
    def of(script, **parameters):
        table = session.execute(script, parameters)[-1].table
        return list(zip(*(each.to_pylist() for each in table.columns), strict=True))

    return of


@pytest.fixture
def shown(rows):
    return lambda name: dict(rows(f"SHOW MODEL {name}"))


def learnt(database, name):
    """The model itself, as automl has it."""
    model = database.engine.catalogue.require((name,), ["public"])
    return automl.load(database.engine.trained.folder(model) / "model")


ARGUMENTS = "visits, spend, segment, gap"


# ---- what CREATE MODEL leaves


def test_a_simple_model_is_shown_as_redshift_shows_it(rows, shown):
    told = rows("SHOW MODEL churn")
    keys = [key for key, _ in told]
    assert keys[:5] == ["Model Name", "Schema Name", "Owner", "Creation Time", "Model State"]
    assert keys[5].startswith("validation:F1")
    assert keys[6:] == [
        *("Estimated Cost", "", "TRAINING DATA:", "Query", "Target Column", "", "PARAMETERS:"),
        *("Model Type", "Problem Type", "Objective", "AutoML Job Name", "Function Name"),
        *("Function Parameters", "Function Parameter Types", "IAM Role", "S3 Bucket"),
        "Max Runtime",
    ]
    values = shown("churn")
    assert values["Model State"] == "READY"
    assert values["Query"] == "SELECT VISITS, SPEND, SEGMENT, GAP, CHURNED FROM CUSTOMERS"
    assert values["Function Parameters"] == "visits spend segment gap"
    assert values["Function Parameter Types"] == "int4 float8 varchar float8"
    assert values["IAM Role"] == "default-aws-iam-role"
    # 900 rows x 5 columns at 20 dollars a million cells
    assert values["Estimated Cost"] == "0.090000"


def test_models_that_are_not_searched_show_their_hyperparameters(rows, shown):
    trees = shown("trees")
    assert trees["Model Type"] == "xgboost"
    assert trees["Training Job Name"].endswith("-xgboost")
    assert (trees["num_round"], trees["max_depth"]) == ("20", "3")
    assert trees["objective"] == "binary:logistic"
    assert 0 <= float(trees["train:error"]) < 0.2
    assert {"Problem Type", "Objective"}.isdisjoint(trees)
    groups = shown("groups")
    assert (groups["k"], groups["feature_dim"]) == ("3", "2")
    assert groups["train:progress"] == "100.000000"
    assert "Target Column" not in groups
    assert rows("SHOW MODEL ALL") == [
        ("public", name) for name in ("churn", "spend", "trees", "groups")
    ]


def test_the_artefact_of_one_model_stays_in_s3_and_that_of_the_other_does_not(database, shown):
    objects = database.engine.place.objects
    job = shown("churn")["AutoML Job Name"]
    assert [each.key for each in objects.under("s3://models/")] == [
        f"redshift-ml/{job}/model/model.tar.gz",
        f"redshift-ml/{job}/train/0000_part_00.parquet",
    ]


def test_the_system_views_know_the_models(rows):
    found = rows("SELECT model_name, model_state FROM stv_ml_model_info ORDER BY 1")
    assert found == [(each, "Model is Ready") for each in ("churn", "groups", "spend", "trees")]
    assert rows("SELECT database_name FROM SVV_ML_MODEL_INFO i WHERE i.model_name = 'churn'") == [
        ("dev",)
    ]
    assert rows("SELECT proname, pronargs FROM pg_proc WHERE proname ILIKE 'predict_churn%'") == [
        ("predict_churn", 4),
        ("predict_churn_probabilities", 4),
        ("predict_churn_prob", 4),
    ]


# ---- predictions


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id, predict_churn({a}) AS p FROM customers ORDER BY id",
        # row by row: DuckDB asks for 2,048 at a time, in a view
        "SELECT id, p FROM called ORDER BY id",
        "SELECT * FROM (SELECT c.id, predict_churn({a}) AS p FROM customers c) ORDER BY 1",
        "WITH t AS (SELECT * FROM customers) SELECT id, predict_churn({a}) p FROM t ORDER BY id",
        "SELECT c.id, public.predict_churn({a}) p FROM customers c JOIN customers d "
        "USING (id) ORDER BY id".replace("{a}", "c.visits, c.spend, c.segment, c.gap"),
        "SELECT id, (SELECT predict_churn({b}) FROM (SELECT 1)) AS p FROM customers c ORDER BY id",
    ],
)
def test_sql_gives_what_python_gives_however_it_is_asked(database, rows, query):
    b = "c.visits, c.spend, c.segment, c.gap"
    rows("CREATE OR REPLACE VIEW called AS SELECT id, predict_churn(visits, spend, segment, gap) p "
         "FROM customers; SELECT 1")  # fmt: skip
    expected = learnt(database, "churn").predict(customers()).tolist()
    assert rows(query.format(a=ARGUMENTS, b=b)) == list(enumerate(expected))


def test_a_prediction_in_every_clause(database, rows):
    predicted = learnt(database, "churn").predict(customers())
    really = customers().column("churned").to_pylist()
    right = sum(one == other for one, other in zip(predicted, really, strict=True))
    call = f"predict_churn({ARGUMENTS})"
    assert rows(f"SELECT COUNT(*) FROM customers WHERE {call} = churned AND id >= 0") == [(right,)]
    named = int((predicted == "True.").sum())
    assert rows(f"SELECT {call} AS p, COUNT(*) FROM customers GROUP BY 1 ORDER BY 2") == sorted(
        [("True.", named), ("False.", ROWS - named)], key=lambda row: row[1]
    )
    assert rows(
        f"SELECT SUM(CASE WHEN {call} = 'True.' THEN 1 ELSE 0 END) FROM customers "
        "HAVING COUNT(*) > 1"
    ) == [(named,)]
    first = [place for place, each in enumerate(predicted) if each == "True."][:3]
    assert rows(f"SELECT id FROM customers WHERE {call} = 'True.' ORDER BY id LIMIT 3") == [
        (each,) for each in first
    ]
    assert rows(f"SELECT id FROM customers ORDER BY {call} DESC, id LIMIT 1") == [(first[0],)]
    found = rows(f"SELECT *, {call} AS p FROM customers WHERE id = 5")
    assert found[0][:2] == (5, customers().column("visits")[5].as_py())
    assert found[0][-1] == predicted[5]
    rows(f"CREATE TABLE scored AS SELECT c.*, {call} AS p FROM customers c; SELECT 1")
    assert rows("SELECT COUNT(*) FROM scored WHERE p = 'True.'") == [(named,)]
    rows(f"UPDATE scored SET p = 'x' WHERE {call} = 'True.'; SELECT 1")
    assert rows("SELECT COUNT(*) FROM scored WHERE p = 'x'; DROP TABLE scored; SELECT 1") == [(1,)]


def test_a_limit_is_kept_to_before_predicting(database, session, monkeypatch):
    asked = []
    trained = database.engine.trained
    predict = trained.predict
    monkeypatch.setattr(
        trained,
        "predict",
        lambda model, values: asked.append(len(values[0])) or predict(model, values),
    )
    session.execute(f"SELECT predict_churn({ARGUMENTS}) FROM customers ORDER BY id LIMIT 7")
    session.execute(f"SELECT predict_churn({ARGUMENTS}) FROM customers WHERE id < 100")
    session.execute(f"SELECT predict_churn({ARGUMENTS}) p FROM customers ORDER BY p LIMIT 7")
    assert asked == [7, 100, ROWS]


@pytest.fixture
def many(session):
    """Each customer 150 times, which is more than one piece for any model."""
    session.command("CREATE TABLE many AS SELECT * FROM customers c, range(150) n(copy)")
    yield 150
    session.command("DROP TABLE many")


def test_many_rows_are_predicted_in_pieces(database, rows, many, monkeypatch):
    trained, asked = database.engine.trained, []
    predict = trained.predict
    monkeypatch.setattr(
        trained,
        "predict",
        lambda model, values: asked.append(len(values[0])) or predict(model, values),
    )
    found = rows(f"SELECT id, copy, predict_churn({ARGUMENTS}) p FROM many ORDER BY id, copy")
    expected = learnt(database, "churn").predict(customers()).tolist()
    assert [row[2] for row in found] == [each for each in expected for _ in range(many)]
    assert len(asked) > 1
    assert sum(asked) == many * ROWS
    assert rows(f"SELECT predict_churn({ARGUMENTS}) FROM many WHERE id < 0") == []


def test_what_fails_in_a_later_piece_is_refused_as_ever(session, many):
    bad = f"CAST(CASE WHEN copy = {many - 1} THEN 'x' ELSE '1' END AS INT)"
    with pytest.raises(Error, match="x"):
        session.execute(
            f"SELECT predict_churn(visits + {bad}, spend, segment, gap) FROM many ORDER BY copy"
        )
    session.execute("SELECT 1")


def test_what_was_loaded_at_opening_is_called_without_its_files(database):
    from lab_kit.redshift.models.trained import Trained

    model = database.engine.catalogue.require(("churn",), ["public"])
    trained = Trained(database.engine.place)
    trained.preload([model])
    for thread in threading.enumerate():
        if thread.name == "preload":
            thread.join()
    files = trained.folder(model) / "model"
    files.rename(files.with_name("elsewhere"))
    try:
        values = [pa.array([3]), pa.array([9.5]), pa.array(["a"]), pa.array([0.1])]
        assert len(trained.predict(model, values)) == 1
    finally:
        files.with_name("elsewhere").rename(files)


def test_a_null_is_a_missing_value_to_the_model(database, rows):
    table = pa.table({"visits": [3], "spend": [9.5], "segment": ["a"]})
    table = table.append_column("gap", pa.array([None], pa.float64()))
    (expected,) = learnt(database, "churn").predict(table).tolist()
    assert rows("SELECT predict_churn(3, 9.5, 'a', NULL)") == [(expected,)]
    assert rows("SELECT predict_churn(NULL, NULL, NULL, NULL)")[0][0] in ("True.", "False.")


def test_probabilities_are_those_of_the_model_the_likelier_first(database, rows):
    fitted = learnt(database, "churn")
    expected = fitted.predict_proba(customers())
    found = rows(f"SELECT predict_churn_prob({ARGUMENTS}) FROM customers ORDER BY id")
    for (text,), chances in zip(found, expected, strict=True):
        told = json.loads(text)
        assert told["probabilities"] == sorted(chances.tolist(), reverse=True)
        assert dict(zip(told["labels"], told["probabilities"], strict=True)) == dict(
            zip(fitted.classes, chances.tolist(), strict=True)
        )
    label, first = rows(
        f"SELECT p.labels[0]::VARCHAR, p.probabilities[0]::FLOAT FROM "
        f"(SELECT predict_churn_probabilities({ARGUMENTS}) AS p FROM customers WHERE id = 0)"
    )[0]
    assert (label, first) == (fitted.classes[expected[0].argmax()], expected[0].max())


def test_types_follow_the_target(session):
    (result,) = session.execute(
        f"SELECT predict_churn({ARGUMENTS}) a, predict_spend(visits, segment) b, "
        "predict_gone(visits, spend) c, group_of(visits, spend) d FROM customers"
    )
    assert [each.type for each in result.columns] == ["varchar", "float8", "int4", "int4"]
    assert set(result.table.column("c").to_pylist()) == {0, 1}
    assert set(result.table.column("d").to_pylist()) == {0, 1, 2}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "predict_churn(1, 2.0, 'a')",
            r"function predict_churn\(int4, numeric, varchar\) does",
        ),
        ("predict_churn('x', 2.0, 'a', 1.0)", r"does not exist .*visits int4.*add explicit type"),
        ("predict_churn(1, 2.0, 3, 1.0)", "does not exist"),
        ("predict_churn(1.5, 2.0, 'a', 1.0)", "does not exist"),
        ("elsewhere.predict_churn(1, 2.0, 'a', 1.0)", "does not exist"),
        ("predict_nothing(1)", "function predict_nothing.* does not exist"),
    ],
)
def test_arity_and_types_are_redshifts(session, call, message):
    with pytest.raises(ProgrammingError, match=message):
        session.execute(f"SELECT {call}")


# ---- why


def test_explanations_add_up_to_the_prediction(database, rows):
    fitted = learnt(database, "churn")
    explained = fitted.explain(customers().slice(0, 5))
    found = rows(
        "SELECT id, feature, shap_value, base_value FROM SHAP_VALUES('churn', "
        f"(SELECT id, {ARGUMENTS} FROM customers WHERE id < 5 ORDER BY id)) ORDER BY id"
    )
    assert [row[2] for row in found] == explained.values.reshape(-1).tolist()
    assert [row[1] for row in found] == list(explained.columns) * 5
    (text,) = rows("SELECT EXPLAIN_MODEL('public.churn')")[0]
    told = json.loads(text)["explanations"]["kernel_shap"]["label0"]
    assert told["global_shap_values"] == pytest.approx(fitted.importance)
    assert told["expected_value"] == pytest.approx(fitted.expected_value)


def test_what_lacks_a_column_is_not_explained(session):
    with pytest.raises(ProgrammingError, match='column "segment" does not exist'):
        session.execute("SELECT * FROM SHAP_VALUES('churn', (SELECT visits, spend FROM customers))")


def test_the_leaderboard_is_a_table(database, rows):
    found = rows("SELECT candidate, state FROM LEADERBOARD('churn') ORDER BY rank")
    frame = learnt(database, "churn").leaderboard.frame
    assert found == list(frame[["candidate", "state"]].itertuples(index=False, name=None))


def test_a_plan_says_what_it_would_do_and_cost(rows):
    told = rows("EXPLAIN " + CHURN)
    sections = {section for section, *_ in told}
    assert {"problem", "data", "column", "candidate", "search", "cost on AWS"} <= sections
    by_item = {(section, item): said for section, item, said, _ in told}
    assert by_item["data", "cells"] == str(ROWS * 5)
    assert by_item["column", "segment"] == "categorical"
    assert by_item["cost on AWS", "USD"] == "0.09"
    assert rows("SHOW MODEL ALL")[0] == ("public", "churn")


def test_a_small_model_is_plain_sql(database, rows):
    (said,) = rows("SELECT MODEL_SQL('spend')")[0]
    found = rows(f"SELECT {said}, predict_spend(visits, segment) FROM customers ORDER BY id")
    assert [row[0] for row in found] == pytest.approx([row[1] for row in found], rel=1e-12)
    (said,) = rows("SELECT MODEL_SQL('trees')")[0]
    chances = learnt(database, "trees").predict_proba(customers())[:, 1]
    found = rows(f"SELECT {said} FROM customers ORDER BY id")
    assert [row[0] for row in found] == pytest.approx(chances.tolist(), abs=1e-6)
    assert rows("SELECT MODEL_SQL('groups') IS NULL") == [(True,)]


# ---- brought along


def test_a_training_job_becomes_another_function(rows, shown):
    job = shown("churn")["AutoML Job Name"]
    rows(
        f"CREATE MODEL again FROM '{job}' FUNCTION predict_again (int, float, varchar, float) "
        "RETURNS varchar IAM_ROLE DEFAULT SETTINGS (S3_BUCKET 'models'); SELECT 1"
    )
    differs = f"predict_again({ARGUMENTS}) <> predict_churn({ARGUMENTS})"
    assert rows(f"SELECT COUNT(*) FROM customers WHERE {differs}") == [(0,)]
    rows("DROP MODEL again; SELECT 1")
    assert len(rows(f"SELECT predict_churn({ARGUMENTS}) FROM customers")) == ROWS


def test_an_artefact_in_s3_and_an_endpoint_answer_as_the_model(rows, shown):
    artefact = f"s3://models/redshift-ml/{shown('churn')['AutoML Job Name']}/model/model.tar.gz"
    rows(
        f"""
        CALL REGISTER_ENDPOINT('churn-endpoint', '{artefact}');
        CREATE MODEL local_copy FROM '{artefact}' FUNCTION from_s3 (int, float, varchar, float)
        RETURNS varchar IAM_ROLE DEFAULT SETTINGS (S3_BUCKET 'models');
        CREATE MODEL far FUNCTION from_far (int, float, varchar, float) RETURNS varchar
        SAGEMAKER 'churn-endpoint' IAM_ROLE 'arn:aws:iam::123456789012:role/x'
        SETTINGS (MAX_BATCH_ROWS 100);
        SELECT 1"""
    )
    call = f"predict_churn({ARGUMENTS})"
    differ = f"from_s3({ARGUMENTS}) <> {call} OR from_far({ARGUMENTS}) <> {call}"
    assert rows(f"SELECT COUNT(*) FROM customers WHERE {differ}") == [(0,)]
    told = shown("far")
    assert (told["Endpoint"], told["Inference Type"]) == ("churn-endpoint", "Remote")
    assert told["IAM Role"] == "arn:aws:iam::123456789012:role/x"
    rows("DROP MODEL local_copy; DROP MODEL far; SELECT 1")


def test_what_cannot_be_brought_along(session):
    byom = (
        "CREATE MODEL x FROM '{}' FUNCTION f (int) RETURNS int IAM_ROLE DEFAULT "
        "SETTINGS (S3_BUCKET 'models')"
    )
    for source, message in (
        ("no-such-job", "no training job"),
        ("s3://models/nothing.tar.gz", "no artefact"),
        ("s3://models/redshift-ml/", "no artefact"),
    ):
        with pytest.raises(OperationalError, match=message):
            session.execute(byom.format(source))
    with pytest.raises(OperationalError, match='Could not find endpoint "nowhere"'):
        session.execute(
            "CREATE MODEL x FUNCTION f (int) RETURNS int SAGEMAKER 'nowhere' IAM_ROLE DEFAULT"
        )
    with pytest.raises(NotSupportedError, match="Bedrock are not part of this database yet"):
        session.execute(
            "CREATE EXTERNAL MODEL x FUNCTION f IAM_ROLE DEFAULT MODEL_TYPE BEDROCK "
            "SETTINGS (MODEL_ID 'anthropic.claude')"
        )


# ---- what has no function


def test_a_forecast_is_a_table(database, rows, shown):
    rows(
        """
        CREATE TABLE sales AS SELECT i.shop, CAST('2024-01-01'::DATE + n.day AS DATE) AS day,
            10 + 5 * (n.day % 7 = 0)::INT + i.extra AS units
        FROM (SELECT 'north' AS shop, 0 AS extra UNION ALL SELECT 'south', 20) i,
            (SELECT id::INT AS day FROM customers WHERE id < 280) n;
        SET wait_for_models TO ON;
        CREATE MODEL to_come FROM sales TARGET units IAM_ROLE DEFAULT MODEL_TYPE FORECAST
        SETTINGS (S3_BUCKET 'models', HORIZON 14, FREQUENCY D, PERCENTILES '0.1,mean,0.9');
        CREATE TABLE ahead AS SELECT FORECAST(to_come); SELECT 1"""
    )
    told = shown("to_come")
    assert told["Model State"] == "READY", told
    assert "Function Name" not in told
    found = rows("SELECT COUNT(*), COUNT(DISTINCT item) FROM ahead")
    assert found == [(28, 2)]
    expected = learnt(database, "to_come").predict()
    assert [mean for (mean,) in rows("SELECT mean FROM ahead")] == expected["mean"].tolist()
    rows("DROP MODEL to_come; DROP TABLE ahead; DROP TABLE sales; SELECT 1")


# ---- rights


def test_only_those_who_may_call_and_see(database, rows):
    kim = database.engine.session("kim")
    call = f"SELECT predict_churn({ARGUMENTS}) FROM customers"
    with pytest.raises(ProgrammingError, match=r"permission denied for model public\.churn"):
        kim.execute(call)
    with pytest.raises(ProgrammingError, match="permission denied to create model"):
        kim.execute(CHURN.replace("churn FROM", "mine FROM").replace("predict_churn", "f"))
    with pytest.raises(ProgrammingError, match="must be owner"):
        kim.execute("DROP MODEL churn")
    rows("GRANT ROLE analysts TO kim; GRANT EXECUTE ON MODEL churn TO ROLE analysts; SELECT 1")
    assert kim.execute(call)[0].table.num_rows == ROWS
    told = dict(zip(*(c.to_pylist() for c in kim.execute("SHOW MODEL churn")[0].table.columns),
                    strict=True))  # fmt: skip
    assert {"IAM Role", "S3 Bucket", "Estimated Cost"}.isdisjoint(told)
    view = "SELECT identity_name, identity_type, admin_option FROM svv_ml_model_privileges"
    assert rows(view) == [("analysts", "role", False)]
    rows("REVOKE EXECUTE ON MODEL churn FROM ROLE analysts; SELECT 1")
    with pytest.raises(ProgrammingError, match="permission denied"):
        kim.execute(call)
    kim.close()


# ---- bad input


SIMPLE = (
    "CREATE MODEL bad FROM ({}) TARGET {} FUNCTION bad_f IAM_ROLE DEFAULT {} "
    "SETTINGS (S3_BUCKET 'models')"
)
WIDE = ", ".join(f"visits + {n} AS c{n}" for n in range(300))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (SIMPLE.format("SELECT * FROM customers LIMIT 499", "churned", ""), "499 rows, and 500"),
        (SIMPLE.format("SELECT * FROM customers", "nothing", ""), 'column "nothing" does not'),
        (SIMPLE.format("SELECT churned FROM customers", "churned", ""), "one column"),
        (
            SIMPLE.format("SELECT visits, spend::DECIMAL(9, 2) AS d FROM customers", "d", ""),
            "TARGET may not be of type numeric",
        ),
        (SIMPLE.format(f"SELECT churned, {WIDE} FROM customers", "churned", ""), "256 is the most"),
        (
            SIMPLE.format("SELECT churned, JSON_PARSE('{}') AS s FROM customers", "churned", ""),
            "feature may not be of type super",
        ),
        (SIMPLE.format("SELECT * FROM customers", "churned", "AUTO OFF"), "needs a MODEL_TYPE"),
        (
            SIMPLE.format("SELECT * FROM customers", "churned", "AUTO OFF MODEL_TYPE XGBOOST "
                "OBJECTIVE 'binary:logistic' PREPROCESSORS 'none' HYPERPARAMETERS DEFAULT"),
            "feature may not be of type varchar with AUTO OFF",
        ),
        (SIMPLE.format("SELECT * FROM customers", "churned", "OBJECTIVE 'best'"), "is not one of"),
        (
            SIMPLE.format("SELECT * FROM customers", "churned", "PROBLEM_TYPE REGRESSION "
                "OBJECTIVE 'F1'"),
            "is not one of MSE",
        ),
        (CHURN, 'Model "churn" already exists'),
        (CHURN.replace("MODEL churn", "MODEL other"), "already exists with same argument types"),
        (TREES.replace("'20'", "'0'"), "NUM_ROUND is '0'"),
        (TREES.replace("NUM_ROUND", "ROUNDS"), "ROUNDS is not known"),
        (GROUPS.replace("EXCEPT (K '3')", ""), "K is missing"),
        (CHURN.replace("S3_BUCKET 'models', ", ""), "S3_BUCKET is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_is_refused_before_it_begins(database, session, statement, message):
    before = [each.name for each in database.engine.catalogue.all()]
    with pytest.raises(Error, match=message):
        session.execute(statement)
    assert [each.name for each in database.engine.catalogue.all()] == before


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT visits, 'same' AS y FROM customers", "y"),
        ("SELECT NULL::INT AS nothing, visits AS y FROM customers WHERE 1 = 0 "
         "UNION ALL SELECT NULL::INT, 1 FROM customers", "y"),
    ],
)  # fmt: skip
def test_what_cannot_be_learnt_fails_with_a_reason(session, rows, query, message):
    session.execute("SET wait_for_models TO ON; SET model_trials TO 1")
    session.execute(SIMPLE.format(query, "y", ""))
    told = dict(rows("SHOW MODEL bad"))
    assert told["Model State"] == "FAILED"
    assert message in told["Failure Reason"]
    assert "Traceback" not in told["Failure Reason"]
    with pytest.raises(OperationalError, match="its training failed"):
        session.execute("SELECT bad_f(1)")
    session.execute("DROP MODEL bad")


def test_a_model_that_trains_exists_and_can_be_dropped(database, session, rows):
    session.execute(CHURN.replace("MODEL churn", "MODEL slow").replace("predict_churn", "slow_f"))
    assert dict(rows("SHOW MODEL slow"))["Model State"] == "TRAINING"
    with pytest.raises(OperationalError, match="is not ready: it is being trained"):
        session.execute(f"SELECT slow_f({ARGUMENTS}) FROM customers")
    (text,) = rows("SELECT EXPLAIN_MODEL('slow')")[0]
    assert json.loads(text) == {"explanations": "waiting for training job to complete"}
    session.execute("DROP MODEL slow")
    with pytest.raises(ProgrammingError, match='model "slow" does not exist'):
        session.execute("SHOW MODEL slow")
    ground = database.engine.place.ground
    assert ground.registry.wait(lambda: not ground.queue.in_state("CANCELLING"), 20)


def test_a_training_that_is_killed_fails_with_a_reason(database, session, rows):
    import psutil

    session.execute(CHURN.replace("MODEL churn", "MODEL dead").replace("predict_churn", "dead_f"))
    ground = database.engine.place.ground
    model = database.engine.catalogue.require(("dead",), ["public"])

    def running():
        return database.engine.catalogue.job(model).pid is not None

    assert ground.registry.wait(running, 30)
    psutil.Process(database.engine.catalogue.job(model).pid).kill()
    assert ground.registry.wait(lambda: not database.engine.catalogue.unfinished([model]), 30)
    told = dict(rows("SHOW MODEL dead"))
    assert told["Model State"] == "FAILED"
    assert "process ended" in told["Failure Reason"]
    session.execute("DROP MODEL dead")


def test_names_cannot_carry_sql(session, rows):
    session.execute('CREATE TABLE "x""; DROP TABLE customers; --" (a INT)')
    assert rows("SELECT COUNT(*) FROM customers") == [(ROWS,)]
    with pytest.raises(Error):
        session.execute('SHOW MODEL "churn""; DROP TABLE customers; --"')
    session.execute('DROP TABLE "x""; DROP TABLE customers; --"')


# ---- the same again


def test_reopening_changes_nothing(database, folder, rows):
    rows("CREATE OR REPLACE VIEW kept AS SELECT id, predict_churn(visits, spend, segment, gap) p "
         "FROM customers; SELECT 1")  # fmt: skip
    before = rows("SELECT id, p FROM kept ORDER BY id")
    chances = rows(f"SELECT predict_churn_prob({ARGUMENTS}) FROM customers ORDER BY id")
    script = f"""
import json, sys
from pathlib import Path
from lab_kit.redshift.local import LocalDatabase
if __name__ == "__main__":
    database = LocalDatabase(Path(sys.argv[1]))
    session = database.engine.session()
    found = [session.execute(sql)[0].table for sql in (
        "SELECT id, p FROM kept ORDER BY id",
        "SELECT predict_churn_prob({ARGUMENTS}) FROM customers ORDER BY id")]
    print(json.dumps([[list(row.values()) for row in table.to_pylist()] for table in found]))
    database.close()
"""
    database.engine.close()
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True
        )
    finally:
        from lab_kit.redshift.engine.engine import Engine

        database.engine = Engine(database.engine.place)
    again = json.loads(done.stdout)
    assert [tuple(row) for row in again[0]] == before
    assert [tuple(row) for row in again[1]] == chances
