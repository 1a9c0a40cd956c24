"""The local cloud's database by its faces: DB-API, redshift-data, and in this process."""

import json
import time

import boto3
import pytest

import lab_kit.redshift as redshift
from lab_kit import automl
from lab_kit.cloud import environment, launch
from lab_kit.cloud.home import Home
from tests.redshift.shop import customers

TARGET = {"WorkgroupName": "workshop", "Database": "dev"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A local cloud of its own, to which this process is turned."""
    home = Home(tmp_path_factory.mktemp("faces") / "cloud")
    endpoint = launch.ensure(home)
    with pytest.MonkeyPatch.context() as patch:
        import os

        environment.write_profile(home, endpoint)
        for name, value in environment.variables(home, endpoint, os.environ).items():
            if value is None:
                patch.delenv(name, raising=False)
            else:
                patch.setenv(name, value)
        patch.setattr("boto3.DEFAULT_SESSION", None)
        yield home
    launch.stop(home)


@pytest.fixture
def connection(cloud):
    with redshift.connect() as made:
        yield made


@pytest.fixture
def data(cloud):
    return boto3.client("redshift-data")


def run(data, sql, **more):
    """A statement's description once it has ended."""
    target = {} if "SessionId" in more else TARGET
    return data.describe_statement(Id=data.execute_statement(Sql=sql, **target, **more)["Id"])


def values_of(data, id):
    """All rows of a result, through the paginator."""
    pages = data.get_paginator("get_statement_result").paginate(Id=id)
    return [
        [None if "isNull" in field else next(iter(field.values())) for field in row]
        for page in pages
        for row in page["Records"]
    ]


QUERY = """
SELECT x, x / 7.0::FLOAT8 AS seventh, CASE WHEN x % 3 = 0 THEN NULL ELSE 'n' || x END AS name,
    x % 2 = 0 AS even, DATE '2024-02-28' + x AS day, CAST(x AS DECIMAL(10, 2)) AS price
FROM (SELECT a.n * 50 + b.n AS x FROM numbers a, numbers b) ORDER BY x
"""
NUMBERS = "CREATE TEMP TABLE numbers AS " + " UNION ALL ".join(f"SELECT {n} n" for n in range(50))


def test_all_faces_give_the_same_to_the_last_bit(connection, data):
    with redshift.connect(":memory:") as here:
        expected = here.execute(NUMBERS + ";" + QUERY)
        remote = connection.execute(NUMBERS + ";" + QUERY)
        assert remote.arrow().equals(expected.arrow())
        assert remote.description == expected.description
        rows = [list(row) for row in expected.fetchall()]
    assert len(rows) == 2500
    session = run(data, NUMBERS, SessionKeepAliveSeconds=60)["SessionId"]
    told = run(data, QUERY, SessionId=session)
    assert (told["Status"], told["HasResultSet"], told["ResultRows"]) == ("FINISHED", True, 2500)
    found = values_of(data, told["Id"])
    texts = [[*row[:4], str(row[4]), str(row[5])] for row in rows]
    assert found == texts


def test_what_is_committed_is_seen_by_all(connection, data):
    connection.execute("CREATE TABLE shared (a INT); INSERT INTO shared VALUES (1), (2)")
    told = run(
        data,
        "SELECT SUM(a) FROM shared WHERE a > :least",
        Parameters=[{"name": "least", "value": "1"}],
    )
    assert values_of(data, told["Id"]) == [[2]]
    connection.execute("BEGIN; INSERT INTO shared VALUES (10)")
    assert values_of(data, run(data, "SELECT COUNT(*) FROM shared")["Id"]) == [[2]]
    connection.rollback()
    assert connection.execute("SELECT COUNT(*) FROM shared").fetchone() == (2,)


def test_a_batch_is_done_whole_or_not_at_all(data):
    run(data, "CREATE TABLE batch (a INT)")
    wrong = ["INSERT INTO batch VALUES (1)", "INSERT INTO batch VALUES (1 / 0)", "SELECT 1"]
    told = data.describe_statement(Id=data.batch_execute_statement(Sqls=wrong, **TARGET)["Id"])
    assert told["Status"] == "FAILED"
    assert "division by zero" in told["Error"]
    statuses = [each["Status"] for each in told["SubStatements"]]
    assert statuses == ["FINISHED", "FAILED", "ABORTED"]
    assert values_of(data, run(data, "SELECT COUNT(*) FROM batch")["Id"]) == [[0]]
    apart = data.batch_execute_statement(Sqls=wrong, ExecutionMode="AUTO_COMMIT", **TARGET)
    told = data.describe_statement(Id=apart["Id"])
    assert [each["Status"] for each in told["SubStatements"]] == ["FINISHED", "FAILED", "FINISHED"]
    assert values_of(data, f"{apart['Id']}:3") == [[1]]
    assert values_of(data, run(data, "SELECT COUNT(*) FROM batch")["Id"]) == [[1]]


def test_a_session_keeps_what_is_its_own(data):
    told = run(data, "CREATE TEMP TABLE own AS SELECT 7 AS a", SessionKeepAliveSeconds=60)
    session = told["SessionId"]
    assert values_of(data, run(data, "SELECT a FROM own", SessionId=session)["Id"]) == [[7]]
    assert 'relation "own" does not exist' in run(data, "SELECT a FROM own")["Error"]
    listed = data.list_sessions(SessionId=session)["Sessions"]
    assert [(each["SessionId"], each["Status"]) for each in listed] == [(session, "AVAILABLE")]
    run(data, "SELECT 1", SessionId=session, SessionKeepAliveSeconds=0)
    with pytest.raises(data.exceptions.ValidationException, match="not available"):
        data.execute_statement(Sql="SELECT 1", SessionId=session)


def test_the_database_is_listed(data, connection):
    connection.execute(
        "CREATE SCHEMA shop; CREATE TABLE shop.items (id BIGINT NOT NULL, price DECIMAL(8,2));"
        "CREATE VIEW shop.dear AS SELECT * FROM shop.items WHERE price > 100"
    )
    assert data.list_databases(**TARGET)["Databases"] == ["dev"]
    assert data.list_schemas(SchemaPattern="sh%", **TARGET)["Schemas"] == ["shop"]
    tables = data.list_tables(SchemaPattern="shop", **TARGET)["Tables"]
    assert tables == [
        {"schema": "shop", "name": "dear", "type": "VIEW"},
        {"schema": "shop", "name": "items", "type": "TABLE"},
    ]
    pages = data.get_paginator("describe_table").paginate(
        Schema="shop", Table="items", PaginationConfig={"PageSize": 1}, **TARGET
    )
    columns = [each for page in pages for each in page["ColumnList"]]
    assert [(each["name"], each["typeName"], each["nullable"]) for each in columns] == [
        ("id", "int8", 0),
        ("price", "numeric", 1),
    ]
    assert [columns[1]["precision"], columns[1]["scale"]] == [8, 2]


def test_statements_are_listed_by_name_and_state(data):
    run(data, "SELECT 'named'", StatementName="mine")
    run(data, "SELECT * FROM nowhere", StatementName="mine-too")
    found = data.list_statements(StatementName="mine", Status="ALL")["Statements"]
    assert [(each["StatementName"], each["Status"]) for each in found] == [
        ("mine-too", "FAILED"),
        ("mine", "FINISHED"),
    ]
    failed = data.list_statements(StatementName="mine", Status="FAILED")["Statements"]
    assert [each["QueryString"] for each in failed] == ["SELECT * FROM nowhere"]


def test_a_result_as_csv(data):
    told = run(data, "SELECT 1 AS a, 'x,y' AS b, NULL::INT AS c", ResultFormat="CSV")
    page = data.get_statement_result_v2(Id=told["Id"])
    assert page["Records"] == [{"CSVRecords": 'a,b,c\r\n1,"x,y",\r\n'}]
    with pytest.raises(data.exceptions.ValidationException, match="GetStatementResultV2"):
        data.get_statement_result(Id=told["Id"])


def test_a_statement_that_runs_is_cancelled(data, connection):
    long = "SELECT COUNT(*) FROM big a, big b, big c WHERE a.n + b.n > c.n"
    connection.execute(
        "CREATE TABLE big AS " + " UNION ALL ".join(f"SELECT {n} AS n" for n in range(64))
    )
    for _ in range(5):
        connection.execute("INSERT INTO big SELECT n + (SELECT COUNT(*) FROM big) FROM big")
    started = data.execute_statement(Sql=long, **TARGET)
    time.sleep(0.5)
    assert data.cancel_statement(Id=started["Id"])["Status"] is True
    told = data.describe_statement(Id=started["Id"])
    assert told["Status"] == "ABORTED"
    with pytest.raises(data.exceptions.ValidationException, match="already in ABORTED state"):
        data.cancel_statement(Id=started["Id"])
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"Sql": "SELECT 1", "Database": "dev"}, "Exactly one of"),
        ({"Sql": "SELECT 1", "WorkgroupName": "workshop"}, "Database has to be given"),
        ({"Sql": "SELECT 1", "WorkgroupName": "workshop", "Database": "prod"}, "does not exist"),
    ],
)
def test_what_is_asked_wrongly_is_refused(data, request_, message):
    with pytest.raises(data.exceptions.ValidationException, match=message):
        data.execute_statement(**request_)


def test_results_that_are_not_there(data):
    told = run(data, "CREATE TABLE nothing_found (a INT)")
    with pytest.raises(data.exceptions.ResourceNotFoundException, match="does not have result"):
        data.get_statement_result(Id=told["Id"])
    with pytest.raises(data.exceptions.ResourceNotFoundException, match="Query does not exist"):
        data.describe_statement(Id="00000000-0000-0000-0000-000000000000")
    told = run(data, "SELECT 1; SELECT 2")
    assert "cannot insert multiple commands into a prepared statement" in told["Error"]


def test_copy_and_unload_go_through_s3(connection):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="shop-data")
    s3.put_object(Bucket="shop-data", Key="in/a.csv", Body=b"id|name\n1|Kim\n2|\\N\n")
    connection.execute(
        "CREATE TABLE people (id INT, name VARCHAR);"
        "COPY people FROM 's3://shop-data/in/' IAM_ROLE DEFAULT IGNOREHEADER 1"
    )
    assert connection.execute("SELECT * FROM people ORDER BY id").fetchall() == [
        (1, "Kim"),
        (2, None),
    ]
    unload = "UNLOAD ('SELECT * FROM people ORDER BY id') TO 's3://shop-data/out/' IAM_ROLE DEFAULT"
    connection.execute(f"{unload} CSV HEADER PARALLEL OFF")
    assert (
        s3.get_object(Bucket="shop-data", Key="out/000")["Body"].read() == b"id,name\n1,Kim\n2,\n"
    )
    with pytest.raises(redshift.OperationalError, match="unload destination on S3 is not empty"):
        connection.execute(f"{unload} CSV")
    with pytest.raises(redshift.OperationalError, match="The specified bucket does not exist"):
        connection.execute("COPY people FROM 's3://no-such-bucket/x' IAM_ROLE DEFAULT")


def test_a_model_of_the_local_cloud_is_the_same_by_every_face(cloud, connection, data):
    boto3.client("s3").create_bucket(Bucket="models")
    table = customers()
    values = ", ".join(
        f"({v}, {s}, '{g}', '{c}')"
        for v, s, g, c in zip(
            *(table.column(n).to_pylist() for n in ("visits", "spend", "segment", "churned")),
            strict=True,
        )
    )
    connection.execute(
        "CREATE TABLE customers (visits INT, spend FLOAT, segment VARCHAR, churned VARCHAR);"
        f"INSERT INTO customers VALUES {values}; SET model_trials TO 1"
    )
    connection.execute(
        "CREATE MODEL churn FROM customers TARGET churned FUNCTION predict_churn "
        "IAM_ROLE DEFAULT MODEL_TYPE XGBOOST SETTINGS (S3_BUCKET 'models')"
    )
    shown = dict(connection.execute("SHOW MODEL churn").fetchall())
    assert shown["Model State"] == "TRAINING"
    assert shown["Table"] == "CUSTOMERS"
    while dict(connection.execute("SHOW MODEL churn").fetchall())["Model State"] == "TRAINING":
        time.sleep(0.5)
    query = "SELECT predict_churn_prob(visits, spend, segment) FROM customers"
    by_sql = [text for (text,) in connection.execute(query).fetchall()]
    by_data_api = values_of(data, run(data, query)["Id"])
    (folder,) = (cloud.folder / "redshift" / "models").iterdir()
    fitted = automl.load(folder / "model")
    by_python = fitted.predict_proba(table.select(["visits", "spend", "segment"]))
    assert [[text] for text in by_sql] == by_data_api
    assert [json.loads(text)["probabilities"] for text in by_sql] == [
        sorted(row, reverse=True) for row in by_python.tolist()
    ]
    launch.stop(cloud)
    launch.ensure(cloud)
    with redshift.connect() as again:
        assert [text for (text,) in again.execute(query).fetchall()] == by_sql


def test_a_database_that_is_opened_again_is_as_it_was(cloud, connection):
    connection.execute("CREATE TABLE kept AS SELECT 42 AS a")
    launch.stop(cloud)
    launch.ensure(cloud)
    with pytest.raises(redshift.InterfaceError, match="the session has ended"):
        connection.execute("SELECT 1")
    with redshift.connect() as again:
        assert again.execute("SELECT a FROM kept").fetchall() == [(42,)]
