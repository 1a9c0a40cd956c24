"""What the database says about its schemas, tables and columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from lab_kit.redshift.sql.type_names import precision, redshift_name

SCHEMAS = """
SELECT DISTINCT schema_name FROM information_schema.schemata
WHERE catalog_name = 'dev' AND schema_name LIKE :schema
AND schema_name NOT IN ('main', 'lab_kit') ORDER BY schema_name
"""
TABLES = """
SELECT table_schema, table_name, CASE table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END
FROM information_schema.tables
WHERE table_catalog = 'dev' AND table_schema LIKE :schema AND table_name LIKE :table
AND table_schema NOT IN ('main', 'lab_kit') ORDER BY table_schema, table_name
"""
COLUMNS = """
SELECT column_name, data_type, is_nullable, column_default, numeric_precision, numeric_scale
FROM information_schema.columns
WHERE table_catalog = 'dev' AND table_schema = :schema AND table_name = :table
ORDER BY ordinal_position
"""
_LENGTHS = {"int2": 5, "int4": 10, "int8": 19, "float4": 8, "float8": 17, "bool": 1, "date": 13}
_LENGTHS |= {"timestamp": 29, "timestamptz": 35, "varchar": 65535, "super": 16_777_216}
_UNSIGNED = ("bool", "varchar", "bpchar", "super", "date", "timestamp", "timestamptz", "time")


def column(row: Sequence[Any], *, schema: str, table: str) -> dict[str, Any]:
    """One column of a table, as DescribeTable has it."""
    name, type, nullable, default, _, _ = row
    digits, scale = precision(type)
    told = {"name": name, "type": redshift_name(type), "precision": digits, "scale": scale}
    own = {"schemaName": schema, "tableName": table, "nullable": int(nullable == "YES")}
    return metadata(told) | own | {"columnDefault": default}


def metadata(told: Mapping[str, Any]) -> dict[str, Any]:
    """One column of a result (API_ColumnMetadata)."""
    type = told["type"]
    return {
        "name": told["name"],
        "label": told["name"],
        "typeName": type,
        "nullable": 1,
        "precision": told["precision"] or _LENGTHS.get(type, 0),
        "scale": told["scale"],
        "length": 0,
        "isSigned": type not in _UNSIGNED,
        "isCaseSensitive": type in ("varchar", "bpchar", "super"),
        "isCurrency": False,
        "schemaName": "",
        "tableName": "",
    }
