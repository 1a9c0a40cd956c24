"""Reading CREATE MODEL.

The clauses may come in any order: the reference says that their order matters, and several of its
own examples break it. Values in brackets, as the synopsis has them, and bare ones, as the examples
have them, are taken alike.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from lab_kit.redshift.sql.cursor import Cursor
from lab_kit.redshift.sql.query import read_query
from lab_kit.redshift.sql.statements import CreateExternalModel, CreateModel

MODEL_TYPES = ("XGBOOST", "MLP", "LINEAR_LEARNER", "KMEANS", "FORECAST")
PROBLEM_TYPES = ("REGRESSION", "BINARY_CLASSIFICATION", "MULTICLASS_CLASSIFICATION")
_SETTINGS = (
    *("S3_BUCKET", "TAGS", "KMS_KEY_ID", "S3_GARBAGE_COLLECT", "MAX_CELLS", "MAX_RUNTIME"),
    *("HORIZON", "FREQUENCY", "PERCENTILES", "MAX_BATCH_ROWS"),
)


def create_model(words: Cursor) -> CreateModel:
    """The rest of CREATE MODEL.

    Raises:
        ProgrammingError: It is wrong.
    """
    given: dict[str, Any] = {"name": words.dotted("the model's name")}
    while not words.ended:
        clause = next((each for each in _CLAUSES if words.take(*each.split())), None)
        if clause is None:
            words.refuse(f"a clause of CREATE MODEL is expected: {', '.join(_CLAUSES)}")
        read = _CLAUSES[clause](words)
        if again := set(read) & set(given):
            words.refuse(f"{clause} stands here twice ({', '.join(again)})")
        given |= read
    if "iam_role" not in given:
        words.refuse("IAM_ROLE { default | 'arn' } is missing")
    empty = dict.fromkeys(
        [
            "source",
            "target",
            "function",
            "types",
            "returns",
            "endpoint",
            "endpoint_model",
            "model_type",
            "problem_type",
            "objective",
            "preprocessors",
            "hyperparameters",
        ]
    )
    usual = {"is_table": False, "query_text": "", "auto": True, "settings": {}}
    return CreateModel(**{**empty, **usual, **given})


def create_external_model(words: Cursor) -> CreateExternalModel:
    """The rest of CREATE EXTERNAL MODEL, as far as it is of use here."""
    name, model_id = words.dotted("the model's name"), ""
    while not words.ended:
        if words.take("MODEL_ID"):
            model_id = words.string("the id of a model")
        else:
            words.next()
    return CreateExternalModel(name, model_id)


def _source(words: Cursor) -> dict[str, Any]:
    if words.is_string():
        return {"source": words.string("a training job")}
    if words.at("("):
        inside = words.bracketed()
        if len(inside) == 1 and inside[0].token_type.name == "STRING":
            return {"source": inside[0].text}
        return {"source": read_query(inside), "query_text": words.text_of(inside)}
    name = words.dotted("a table, or a query in brackets,")
    table = exp.Table(
        **dict(
            zip(
                ("this", "db", "catalog"),
                [exp.to_identifier(part, quoted=True) for part in reversed(name)],
                strict=False,
            )
        )
    )
    query = exp.select("*").from_(table)
    return {"source": query, "is_table": True, "query_text": ".".join(name)}


def _target(words: Cursor) -> dict[str, Any]:
    # One tutorial quotes it once as a string.
    target = words.string("the target") if words.is_string() else words.name("the target column")
    return {"target": target.lower()}


def _function(words: Cursor) -> dict[str, Any]:
    read: dict[str, Any] = {"function": words.dotted("the function's name")}
    if words.at("("):
        read["types"] = tuple(_types(words))
    return read


def _types(words: Cursor) -> list[str]:
    types, depth = [""], 0
    for token in words.bracketed():
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            types.append("")
        else:
            types[-1] = f"{types[-1]} {token.text}".strip()
    return [each for each in types if each]


def _returns(words: Cursor) -> dict[str, Any]:
    parts = [words.next().text]
    if words.at("PRECISION") or words.at("VARYING"):
        parts.append(words.next().text)
    if words.at("("):
        parts.append(f"({words.text_of(words.bracketed())})")
    return {"returns": " ".join(parts)}


def _endpoint(words: Cursor) -> dict[str, Any]:
    read = {"endpoint": words.string("the name of an endpoint")}
    if words.take(":"):
        read["endpoint_model"] = words.string("the name of a model of the endpoint")
    return read


def _role(words: Cursor) -> dict[str, Any]:
    return {"iam_role": "default" if words.take("DEFAULT") else words.string("an ARN, or default,")}


def _auto(words: Cursor) -> dict[str, Any]:
    return {"auto": words.one_of("ON", "OFF") == "ON"}


def _perhaps_bracketed(words: Cursor, read: Callable[[], str]) -> str:
    bracketed = words.take("(")
    value = read()
    if bracketed:
        words.expect(")")
    return value


def _model_type(words: Cursor) -> dict[str, Any]:
    return {"model_type": _perhaps_bracketed(words, lambda: words.one_of(*MODEL_TYPES))}


def _problem_type(words: Cursor) -> dict[str, Any]:
    return {"problem_type": _perhaps_bracketed(words, lambda: words.one_of(*PROBLEM_TYPES))}


def _objective(words: Cursor) -> dict[str, Any]:
    return {"objective": _perhaps_bracketed(words, lambda: words.string("an objective"))}


def _preprocessors(words: Cursor) -> dict[str, Any]:
    return {"preprocessors": words.string("'none' or JSON")}


def _hyperparameters(words: Cursor) -> dict[str, Any]:
    words.expect("DEFAULT")
    found: dict[str, str] = {}
    if words.take("EXCEPT"):
        words.expect("(")
        while True:
            name = words.name("a hyperparameter")
            found[name] = words.string(f"the value of {name}")
            if not words.take(","):
                break
        words.expect(")")
    return {"hyperparameters": found}


def _settings(words: Cursor) -> dict[str, Any]:
    words.expect("(")
    found = {}
    while True:
        name = words.one_of(*_SETTINGS)
        value = words.next()
        found[name] = value.text
        if value.token_type.name == "NUMBER" and words.rest and _adjoins(words, value):
            found[name] += words.next().text  # 30min is a number and a word
        if not words.take(","):
            break
    words.expect(")")
    return {"settings": found}


def _adjoins(words: Cursor, value: Any) -> bool:
    return words.rest[0].start == value.end + 1 and words.peek() not in (",", ")")


_CLAUSES: dict[str, Callable[[Cursor], dict[str, Any]]] = {
    "FROM": _source,
    "TARGET": _target,
    "FUNCTION": _function,
    "RETURNS": _returns,
    "SAGEMAKER": _endpoint,
    "IAM_ROLE": _role,
    "AUTO": _auto,
    "MODEL_TYPE": _model_type,
    "PROBLEM_TYPE": _problem_type,
    "OBJECTIVE": _objective,
    "PREPROCESSORS": _preprocessors,
    "HYPERPARAMETERS": _hyperparameters,
    "SETTINGS": _settings,
}
