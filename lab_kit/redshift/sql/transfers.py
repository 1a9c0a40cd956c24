"""Reading COPY and UNLOAD."""

from lab_kit.redshift.sql.cursor import Cursor
from lab_kit.redshift.sql.statements import Copy, Unload

_FORMATS = ("CSV", "PARQUET", "JSON", "AVRO", "ORC", "SHAPEFILE", "FIXEDWIDTH")
_SWITCHES = [
    "GZIP",
    "BZIP2",
    "LZOP",
    "ZSTD",
    "HEADER",
    "ALLOWOVERWRITE",
    "CLEANPATH",
    "ADDQUOTES",
    "REMOVEQUOTES",
    "ESCAPE",
    "MANIFEST",
    "EMPTYASNULL",
    "BLANKSASNULL",
    "FILLRECORD",
    "TRIMBLANKS",
    "TRUNCATECOLUMNS",
    "EXPLICIT_IDS",
    "IGNOREBLANKLINES",
    "ROUNDEC",
    "IGNOREALLERRORS",
    "NOLOAD",
    "ENCRYPTED",
]
_WITH_STRING = [
    "DELIMITER",
    "NULL",
    "QUOTE",
    "DATEFORMAT",
    "TIMEFORMAT",
    "REGION",
    "ENCODING",
    "CREDENTIALS",
    "IAM_ROLE",
    "ACCEPTANYDATE",
    "ACCEPTINVCHARS",
    "ACCESS_KEY_ID",
    "SECRET_ACCESS_KEY",
    "SESSION_TOKEN",
    "KMS_KEY_ID",
]
_WITH_NUMBER = ("IGNOREHEADER", "MAXERROR", "MAXFILESIZE", "ROWGROUPSIZE")
_WITH_WORD = ("COMPUPDATE", "STATUPDATE", "PARALLEL", "EXTENSION")


def copy(words: Cursor) -> Copy:
    """The rest of COPY."""
    table = words.dotted("a table")
    columns = [token.text.lower() for token in words.bracketed()] if words.at("(") else []
    words.expect("FROM")
    address = words.string("an address such as s3://bucket/key")
    return Copy(table, tuple(each for each in columns if each != ","), address, _options(words)[0])


def unload(words: Cursor) -> Unload:
    """The rest of UNLOAD."""
    words.expect("(")
    query = words.string("a query")
    words.expect(")", "TO")
    address = words.string("an address such as s3://bucket/key")
    options, by = _options(words)
    return Unload(query, address, options, by)


def _options(words: Cursor) -> tuple[dict[str, str], tuple[str, ...]]:
    """Options by name in capitals, and the columns that UNLOAD partitions by."""
    found: dict[str, str] = {}
    by: tuple[str, ...] = ()
    while not words.ended:
        if words.take("FORMAT"):
            words.take("AS")
            found["FORMAT"] = words.one_of(*_FORMATS)
        elif words.peek() in _FORMATS:
            found["FORMAT"] = words.next().text.upper()
        elif words.take("PARTITION", "BY"):
            by = tuple(each.text.lower() for each in words.bracketed() if each.text != ",")
            words.take("INCLUDE")
            continue
        elif words.peek() in _SWITCHES:
            found[words.next().text.upper()] = ""
            continue
        elif words.peek() in _WITH_STRING:
            name = words.next().text.upper()
            words.take("AS")
            optional = name in ("IAM_ROLE", "ACCEPTANYDATE", "ACCEPTINVCHARS")
            if words.take("DEFAULT") or (optional and not words.is_string()):
                found[name] = ""
            else:
                found[name] = words.string(f"the value of {name}")
            continue
        elif words.peek() in _WITH_NUMBER:
            name = words.next().text.upper()
            words.take("AS")
            found[name] = words.next().text
            continue
        elif words.peek() in _WITH_WORD:
            name = words.next().text.upper()
            found[name] = words.next().text.upper()
            continue
        else:
            words.refuse("this is no option that is known here")
        if words.take("AS"):
            pass
        if found["FORMAT"] == "JSON" and words.is_string():
            found["JSON"] = words.string("'auto' or an address")
    return found, by
