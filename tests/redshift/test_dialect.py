"""Traps between Redshift and DuckDB, against values worked out by hand from Redshift's guide."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.redshift.errors import DataError, NotSupportedError, ProgrammingError

VALUES = {
    # whole numbers stay whole, and are cut towards zero
    "7 / 2": 3,
    "-7 / 2": -3,
    "7 / 2.0": 3.5,
    "-7 % 3": -1,
    # AVG of whole numbers is whole; of none it is NULL, and no division by zero
    "(SELECT AVG(x) FROM (SELECT 1 AS x UNION ALL SELECT 2))": 1,
    "(SELECT AVG(x) FROM (SELECT 1.5 AS x UNION ALL SELECT 2.0))": 1.75,
    "(SELECT AVG(DISTINCT x) FROM (SELECT 1 AS x UNION ALL SELECT 1 UNION ALL SELECT 4))": 2,
    "(SELECT AVG(x) FROM (SELECT 1 AS x) WHERE x > 1)": None,
    # casts: the guide's own example of rounding, DECIMAL is (18,0), VARCHAR(n) cuts
    "CAST(2.7 AS DECIMAL)": Decimal("3"),
    "CAST('abcdef' AS VARCHAR(3))": "abc",
    "'abcdef'::CHAR(2)": "ab",
    "CAST(109.652 AS DECIMAL(4,1))": Decimal("109.7"),
    # text
    "CONCAT('a', NULL)": None,
    "CONCAT('December 25, ', '2008')": "December 25, 2008",
    "'a' + 'b'": "ab",
    "SUBSTRING('caterpillar', 6, 4)": "pill",
    "SUBSTRING('caterpillar', 0, 3)": "ca",
    "SUBSTRING('caterpillar', -2, 5)": "ca",
    "SUBSTRING('caterpillar', 8, 1000)": "llar",
    "SUBSTR('caterpillar', 8)": "llar",
    "LPAD('cat', 5, '12')": "12cat",
    "LPAD(123, 5, '0')": "00123",
    "RPAD('cat', 5)": "cat  ",
    "LEN('cat ')": 4,
    "CHARINDEX('dog', 'the dog')": 5,
    "REGEXP_REPLACE('a-b-c', '-', '')": "abc",
    "REGEXP_REPLACE('John Smith', '(\\\\w+) (\\\\w+)', '$2 $1')": "Smith John",
    "REGEXP_COUNT('abcdefabc', 'abc')": 2,
    "REGEXP_SUBSTR('the fox', 'f.x')": "fox",
    "'abc' ~ 'b'": True,
    "'abc' SIMILAR TO '%(b|d)%'": True,
    "'abc' SIMILAR TO 'b'": False,
    "'a_b' LIKE 'a\\\\_b'": True,  # two backslashes in SQL are one in the pattern
    "'axb' LIKE 'a\\\\_b'": False,
    "STRTOL('abcd1234', 16)": 2882343476,
    "STRTOL('-110', 2)": -6,
    "INITCAP('hello world')": "Hello World",
    "ISNULL(NULL, 'x')": "x",
    "NVL2(NULL, 1, 2)": 2,
    "DECODE(2, 1, 'one', 2, 'two', 'other')": "two",
    # JSON, an index counted from 0 and a key with a dot in it
    "JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[111,112,113]', 2)": "113",
    'JSON_EXTRACT_ARRAY_ELEMENT_TEXT(\'["a","b"]\', -1)': "b",
    """JSON_EXTRACT_PATH_TEXT('{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"}}', 'f4', 'f6')""": "star",
    """JSON_EXTRACT_PATH_TEXT('{"a.b":{"c":2}}', 'a.b', 'c')""": "2",
    """JSON_EXTRACT_PATH_TEXT('{"a":null}', 'a')""": None,
    "JSON_ARRAY_LENGTH('[11,12,{\"f1\":21}]')": 3,
    "IS_VALID_JSON('{\"a\":2}')": True,
    "IS_VALID_JSON('{a:2')": False,
    # numbers
    "TRUNC(3.7)": Decimal("3"),
    "TRUNC(-42.8, 0)": Decimal("-42"),
    "TRUNC(111.86, 1)": Decimal("111.8"),
    "TO_NUMBER('12,454.8-', '99G999D9S')": Decimal("-12454.8"),
    "WIDTH_BUCKET(5.35, 0.024, 10.06, 5)": 3,
    "SQUARE(3)": 9,
    # dates
    "TRUNC(TIMESTAMP '2024-02-29 13:05:09')": date(2024, 2, 29),
    "ADD_MONTHS('2008-02-29', 1)": datetime(2008, 3, 31),
    "ADD_MONTHS('2008-03-31', -1)": datetime(2008, 2, 29),
    "ADD_MONTHS('2008-03-15', 12)": datetime(2009, 3, 15),
    "DATEADD(month, 18, '2008-02-28')": datetime(2009, 8, 28),
    "DATEDIFF(week, '2009-01-01', '2009-12-31')": 52,
    "DATEDIFF(qtr, '1998-07-01', '1999-01-01')": 2,
    "DATE_PART(dow, DATE '2017-12-31')": 0,
    "LAST_DAY('2024-02-03')": date(2024, 2, 29),
    "MONTHS_BETWEEN('1969-01-18', '1969-03-18')": -2.0,
    "DATE '2024-03-01' - DATE '2024-02-01'": 29,
    "DATE '2024-02-28' + 2": date(2024, 3, 1),
    "CONVERT_TIMEZONE('America/New_York', TIMESTAMP '2013-02-01 08:00:00')": datetime(
        2013, 2, 1, 3
    ),
    "TIMESTAMP '2017-01-01 12:00:00' LIKE '2017-01-01 %'": True,
    # TO_CHAR of dates: r_FORMAT_strings, and the day numbers that the regression tutorial prints
    "TO_CHAR(TIMESTAMP '2017-03-21 00:00:00', 'D')": "3",
    "TO_CHAR(TIMESTAMP '2017-12-31 00:00:00', 'D')": "1",
    "TO_CHAR(TIMESTAMP '2009-12-31 23:15:59', 'MONTH-DY-DD-YYYY HH12:MIPM')": (
        "DECEMBER -THU-31-2009 11:15PM"
    ),
    "TO_CHAR(TIMESTAMP '2008-08-10 07:05:03', 'hh24:mi:ss')": "07:05:03",
    "TO_CHAR(DATE '2008-08-10', 'Q W WW IW DDD')": "3 2 32 32 223",
    "TO_CHAR(DATE '2008-08-03', 'FMMonth FMDDth')": "August 03rd",
    "TO_CHAR(DATE '2008-08-03', 'FMDD')": "3",
    "TO_CHAR(DATE '2008-08-12', 'DDth \"of\" mon')": "12th of aug",
    "TO_CHAR(TIMESTAMP '2008-01-01 00:00:00.007', 'MS US')": "007 007000",
    "TO_CHAR(DATE '2008-01-01', 'YY Y dy Day')": "08 8 tue Tuesday  ",
    # TO_CHAR of numbers: r_TO_CHAR and r_Numeric_formating
    "TO_CHAR(-125.8, '999D99S')": "125.80-",
    "TO_CHAR(125.8, '999D99S')": "125.80+",
    "TO_CHAR(1234.5, '9,999.99')": " 1,234.50",
    "TO_CHAR(-5, '999')": "  -5",
    "TO_CHAR(12, '0000')": " 0012",
    "TO_CHAR(12, 'FM0000')": "0012",
    "TO_CHAR(12345, '999')": " ###",
    "TO_CHAR(-3, '999PR')": "<  3>",
    "TO_CHAR(0.5, '9.99')": "  .50",
    "TO_CHAR(0.5, '0.99')": " 0.50",
    "TO_CHAR(12.5, 'FM999.99')": "12.5",
}


@pytest.mark.parametrize(("expression", "expected"), VALUES.items())
def test_a_trap(value, expression, expected):
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("expression", ["1 / 0", "1.5 / 0", "1 % 0", "5 / (2 - 2)"])
def test_division_by_zero_is_an_error(value, expression):
    with pytest.raises(DataError, match="division by zero"):
        value(expression)


def test_nulls_are_the_largest(rows):
    script = "SELECT x FROM (SELECT 1 AS x UNION ALL SELECT NULL UNION ALL SELECT 2) ORDER BY x"
    assert rows(script) == [(1,), (2,), (None,)]
    assert rows(f"{script} DESC") == [(None,), (2,), (1,)]
    assert rows(f"{script} DESC NULLS LAST") == [(2,), (1,), (None,)]


def test_windows_over_averages_and_shares(rows):
    found = rows(
        "SELECT x, AVG(x) OVER (ORDER BY x ROWS UNBOUNDED PRECEDING), RATIO_TO_REPORT(x) OVER () "
        "FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 5) ORDER BY x"
    )
    assert found == [(1, 1, 0.125), (2, 1, 0.25), (5, 2, 0.625)]


def test_listagg_of_distinct_values_in_order(rows):
    t = "(SELECT 'b' AS x UNION ALL SELECT 'a' UNION ALL SELECT 'a')"
    script = "SELECT LISTAGG({} x, '|') WITHIN GROUP (ORDER BY x DESC) FROM " + t
    assert rows(script.format("DISTINCT")) == [("b|a",)]
    assert rows(script.format("")) == [("b|a|a",)]
    assert rows(f"SELECT LISTAGG(x) FROM {t} WHERE x = 'a'") == [("aa",)]


def test_trunc_knows_the_type_of_a_column(rows):
    found = rows(
        "WITH a AS (SELECT TIMESTAMP '2024-01-02 03:04:05' AS t, 3.9 AS n), "
        "b AS (SELECT t, n FROM a) SELECT TRUNC(t), TRUNC(n), TRUNC(TRUNC(t)) FROM b"
    )
    assert found == [(date(2024, 1, 2), Decimal("3"), date(2024, 1, 2))]


def test_super_is_navigated_from_zero(rows):
    rows_of = """
        CREATE TEMP TABLE people (id INT, p SUPER);
        INSERT INTO people SELECT 1, JSON_PARSE('{"labels": ["False.", "True."],
            "probabilities": [0.25, 0.75], "who": {"name": "Kim"}}');
    """
    assert rows(f"{rows_of} SELECT p.labels[1]::VARCHAR, p.who.name FROM people") == [
        ("True.", '"Kim"')
    ]
    assert rows("SELECT id FROM people WHERE people.p.who.name = 'Kim'") == [(1,)]
    assert rows("SELECT id FROM people t WHERE t.p.probabilities[0] > 0.5") == []
    found = rows(
        "SELECT label::VARCHAR, at, t.p.probabilities[at] "
        "FROM people t, t.p.labels AS label AT at "
        "WHERE label = 'True.'"
    )
    assert found == [("True.", 1, "0.75")]


def test_layout_over_nodes_is_accepted_and_identity_counts(rows):
    found = rows(
        """
        CREATE TABLE laid (id BIGINT IDENTITY(10, 5) DISTKEY, day DATE ENCODE az64 SORTKEY,
            "Mixed" VARCHAR(20) ENCODE zstd) DISTSTYLE KEY COMPOUND SORTKEY (day, id) BACKUP NO;
        INSERT INTO laid (day) VALUES ('2024-01-01'), ('2024-01-02');
        CREATE TABLE auto_laid DISTSTYLE AUTO SORTKEY AUTO AS SELECT * FROM laid;
        CREATE TABLE same (LIKE laid);
        INSERT INTO same SELECT * FROM auto_laid;
        SELECT id, mixed FROM same ORDER BY id
        """
    )
    assert found == [(10, None), (15, None)]


def test_temporary_tables_are_the_sessions_own(engine, rows):
    assert rows("CREATE TABLE #mine AS SELECT 1 AS a; SELECT * FROM #mine") == [(1,)]
    with pytest.raises(ProgrammingError, match='relation "#mine" does not exist'):
        engine.session().execute("SELECT * FROM #mine")


def test_names_are_in_small_letters_and_columns_without_one_get_redshifts(session):
    (result,) = session.execute(
        """SELECT COUNT(*), "Total" AS "Grand Total", 1 + 1, CASE WHEN 1 = 1 THEN 2 END,
            'a'::VARCHAR
        FROM (SELECT 1 AS TOTAL) GROUP BY "Total" """
    )
    names = [column.name for column in result.columns]
    assert names == ["count", "grand total", "?column?", "case", "varchar"]
    types = [column.type for column in result.columns]
    assert types == ["int8", "int4", "int4", "int4", "varchar"]


def test_the_clock_is_that_of_the_local_cloud(engine, rows):
    from datetime import timedelta

    rows("CREATE VIEW today AS SELECT TRUNC(GETDATE()) AS day WITH NO SCHEMA BINDING")
    ((before,),) = rows("SELECT day FROM today")
    engine.place.ground.clock.advance(timedelta(days=3))
    assert rows("SELECT day, CURRENT_DATE, TRUNC(SYSDATE) FROM today") == [
        (before + timedelta(days=3),) * 3
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_a_value_never_becomes_sql(engine, text):
    session = engine.session()
    text = text.replace("\x00", "")
    (result,) = session.execute("SELECT :value AS v, ':value; DROP TABLE x' AS w", {"value": text})
    assert result.table.to_pylist() == [{"v": text, "w": ":value; DROP TABLE x"}]
    session.close()


@settings(max_examples=60, deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(-(10**3), 10**3).filter(bool))
def test_whole_numbers_divide_as_in_c(engine, dividend, divisor):
    session = engine.session()
    (result,) = session.execute("SELECT :a / :b AS q, :a % :b AS r", {"a": dividend, "b": divisor})
    quotient = abs(dividend) // abs(divisor) * (1 if (dividend < 0) == (divisor < 0) else -1)
    assert result.table.to_pylist() == [{"q": quotient, "r": dividend - quotient * divisor}]
    session.close()


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)))
def test_formats_of_dates_agree_with_pythons_calendar(engine, moment):
    session = engine.session()
    moment = moment.replace(microsecond=0)
    format = "YYYY-MM-DD HH24:MI:SS D DDD IW W WW"
    (result,) = session.execute(f"SELECT TO_CHAR(:at, '{format}') AS t", {"at": moment})
    day_of_year = moment.timetuple().tm_yday
    expected = (
        f"{moment:%Y-%m-%d %H:%M:%S} {moment.isoweekday() % 7 + 1} {day_of_year:03} "
        f"{moment.isocalendar().week:02} {(moment.day - 1) // 7 + 1} "
        f"{(day_of_year - 1) // 7 + 1:02}"
    )
    assert result.table.to_pylist() == [{"t": expected}]
    session.close()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("SELEC 1", 'syntax error at or near "1"'),
        ("SELECT * FROM", "syntax error"),
        ("SELECT 'open", "unterminated quoted string"),
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ("SELECT nothing FROM (SELECT 1 AS a)", 'column "nothing" does not exist'),
        ("SELECT no_such(1)", r"function no_such\(\) does not exist"),
        ("PRAGMA database_list", "syntax error|no statement of Redshift"),
        ("CREATE TABLE x (a NOSUCHTYPE)", 'syntax error at or near "NOSUCHTYPE"'),
        ("SELECT DATE '2024-01-01' + 2::BIGINT", r"function \+\(date, bigint\) does not exist"),
        ("SELECT :missing", "parameter :missing has no value"),
    ],
)
def test_what_is_not_redshifts_sql_is_refused(session, script, message):
    from lab_kit.redshift.errors import Error

    with pytest.raises(Error, match=message):
        session.execute(script)


def test_procedures_are_refused(session):
    with pytest.raises(NotSupportedError, match="PROCEDURE is not part"):
        session.execute("CREATE PROCEDURE p() AS $$ SELECT 1 $$ LANGUAGE plpgsql")


def test_a_semicolon_in_a_string_ends_nothing(rows):
    assert rows("SELECT 'a;b' AS \"x;y\" -- not; here\n; SELECT ';' || 'c' /* ; */") == [(";c",)]
