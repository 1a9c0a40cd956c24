"""COPY from S3 and UNLOAD to it."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

import duckdb

from lab_kit.redshift.engine.results import Result
from lab_kit.redshift.errors import NotSupportedError, OperationalError
from lab_kit.redshift.objects import Objects, require_bucket
from lab_kit.redshift.sql.build import text
from lab_kit.redshift.sql.statements import Copy, Name, Unload

_NOT_HERE = ("MANIFEST", "AVRO", "ORC", "SHAPEFILE", "FIXEDWIDTH", "LZOP", "BZIP2", "ENCRYPTED")


def quoted(name: Name) -> str:
    """A name as SQL, whatever it holds."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name)


def copy(connection: duckdb.DuckDBPyConnection, said: Copy, objects: Objects) -> Result:
    """Append the rows of objects to a table.

    Raises:
        OperationalError: There is nothing at the address.
        NotSupportedError: An option is not known here.
    """
    _only_known(said.options)
    require_bucket(objects, said.address)
    found = objects.under(said.address)
    if not found:
        raise OperationalError(
            f"The specified S3 prefix '{said.address}' does not exist",
            next_step="look at what the bucket holds: aws s3 ls --recursive s3://bucket",
        )
    files = "[" + ", ".join(text(str(each.path)).sql("duckdb") for each in found) + "]"
    columns = said.columns or _columns(connection, said.table)
    into = f"{quoted(said.table)} ({', '.join(quoted((each,)) for each in columns)})"
    read = _reader(said.options, files, _types(connection, said.table, columns))
    inserted = connection.execute(f"INSERT INTO {into} {read}").fetchone()
    count = int(inserted[0]) if inserted else 0
    notice = f"Load into table '{said.table[-1]}' completed, {count} record(s) loaded successfully."
    return Result("COPY", affected=count, notices=(notice,))


def unload(
    connection: duckdb.DuckDBPyConnection, query: str, said: Unload, objects: Objects, room: Path
) -> Result:
    """Write what a query finds to S3.

    Args:
        connection: Where the query is executed.
        query: It, in DuckDB's SQL.
        said: The statement.
        objects: S3.
        room: Where files may wait.

    Raises:
        OperationalError: There is something at the address already.
        NotSupportedError: An option is not known here.
    """
    _only_known(said.options)
    require_bucket(objects, said.address)
    options = said.options
    there = objects.under(said.address)
    if there and "CLEANPATH" in options:
        objects.remove(said.address)
    elif there and "ALLOWOVERWRITE" not in options:
        raise OperationalError(
            "Specified unload destination on S3 is not empty. Consider using a different bucket / "
            "prefix, manually removing the target files in S3, or using the ALLOWOVERWRITE option.",
            where=said.address,
        )
    folder = room / f"unload-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        target = folder / "part" if said.partition_by else folder / "000"
        written = connection.execute(
            f"COPY ({query}) TO {text(str(target)).sql('duckdb')} ({_writer(options, said)})"
        ).fetchone()
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            objects.put(path, f"{said.address}{_key(path.relative_to(folder), said)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    count = int(written[0]) if written else 0
    notice = f"UNLOAD completed, {count} record(s) unloaded successfully."
    return Result("UNLOAD", affected=count, notices=(notice,))


def _only_known(options: dict[str, str]) -> None:
    refused = [each for each in _NOT_HERE if each in options or options.get("FORMAT") == each]
    if refused:
        raise NotSupportedError(
            f"{refused[0]} is not part of this database",
            next_step="use CSV, a delimiter, JSON or PARQUET, plain or with GZIP",
        )


def _columns(connection: duckdb.DuckDBPyConnection, table: Name) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE {quoted(table)}").fetchall()]


def _types(
    connection: duckdb.DuckDBPyConnection, table: Name, columns: Sequence[str]
) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE {quoted(table)}").fetchall()
    types = {row[0].lower(): row[1] for row in rows}
    return {each: types.get(each, "VARCHAR") for each in columns}


def _reader(options: dict[str, str], files: str, types: dict[str, str]) -> str:
    if options.get("FORMAT") == "PARQUET":
        return f"SELECT * FROM read_parquet({files})"
    schema = ", ".join(f"{text(name).sql()}: {text(type).sql()}" for name, type in types.items())
    zipped = ", compression = 'gzip'" if "GZIP" in options else ""
    if options.get("FORMAT") == "JSON":
        return f"SELECT * FROM read_json({files}, columns = {{{schema}}}{zipped})"
    is_csv = options.get("FORMAT") == "CSV"
    delimiter = _unescaped(options.get("DELIMITER", "," if is_csv else "|"))
    settings = {
        "delim": text(delimiter).sql("duckdb"),
        "columns": f"{{{schema}}}",
        "header": "false",
        "skip": options.get("IGNOREHEADER", "0"),
        "quote": text(options.get("QUOTE", '"')).sql("duckdb")
        if is_csv or "REMOVEQUOTES" in options
        else "''",
        "nullstr": _nulls(options),
        "null_padding": "true" if "FILLRECORD" in options else "false",
        "ignore_errors": "true" if int(options.get("MAXERROR", "0")) else "false",
        "auto_detect": "false",
    }
    if not is_csv and "REMOVEQUOTES" not in options:
        settings["escape"] = "''"
    for option, setting in (("DATEFORMAT", "dateformat"), ("TIMEFORMAT", "timestampformat")):
        if options.get(option, "auto").lower() != "auto":
            settings[setting] = text(_strptime(options[option])).sql("duckdb")
    said = ", ".join(f"{name} = {value}" for name, value in settings.items())
    return f"SELECT * FROM read_csv({files}, {said}{zipped})"


def _nulls(options: dict[str, str]) -> str:
    """An empty field of a number is NULL in any case; one of a text only if that is asked for."""
    named = [_unescaped(options["NULL"])] if "NULL" in options else [r"\N"]
    blank = [""] if {"EMPTYASNULL", "BLANKSASNULL"} & set(options) else []
    return "[" + ", ".join(text(each).sql("duckdb") for each in [*named, *blank]) + "]"


def _unescaped(delimiter: str) -> str:
    return {"\\t": "\t", "\\001": "\x01", "\\011": "\t"}.get(delimiter, delimiter)


def _strptime(format: str) -> str:
    """A format of dates as DuckDB writes it."""
    known = (("YYYY", "%Y"), ("MM", "%m"), ("DD", "%d"), ("HH24", "%H"), ("HH", "%H"))
    for here, there in (*known, ("MI", "%M"), ("SS", "%S"), ("YY", "%y")):
        format = format.replace(here, there)
    return format


def _writer(options: dict[str, str], said: Unload) -> str:
    by = f", PARTITION_BY ({', '.join(quoted((each,)) for each in said.partition_by)})"
    more = by if said.partition_by else ""
    if options.get("FORMAT") == "PARQUET":
        return f"FORMAT parquet{more}"
    zipped = ", COMPRESSION gzip" if "GZIP" in options else ""
    if options.get("FORMAT") == "JSON":
        return f"FORMAT json{zipped}{more}"
    is_csv = options.get("FORMAT") == "CSV"
    delimiter = text(_unescaped(options.get("DELIMITER", "," if is_csv else "|"))).sql("duckdb")
    null = text(options.get("NULL", "")).sql("duckdb")
    header = "true" if "HEADER" in options else "false"
    quote = "'\"'" if is_csv or "ADDQUOTES" in options else "''"
    force = ", FORCE_QUOTE *" if "ADDQUOTES" in options else ""
    escape = "" if quote != "''" else ", ESCAPE ''"
    return (
        f"FORMAT csv, DELIMITER {delimiter}, HEADER {header}, NULLSTR {null}, QUOTE {quote}"
        f"{escape}{force}{zipped}{more}"
    )


def _key(path: Path, said: Unload) -> str:
    """What comes behind the address: 000 where files are not parted, else 0000_part_00."""
    ending = {"PARQUET": ".parquet", "JSON": ".json"}.get(said.options.get("FORMAT", ""), "")
    ending += ".gz" if "GZIP" in said.options else ""
    if said.partition_by:
        return "/".join(path.parts[1:])
    name = "000" if said.options.get("PARALLEL") in ("OFF", "FALSE") else "0000_part_00"
    return f"{name}{ending}"
