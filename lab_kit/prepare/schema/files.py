"""Write a data set as the files Personalize imports, whole or not at all, and read it back."""

import errno
import json
import tempfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from lab_kit.data.dataset import Dataset
from lab_kit.errors import LabKitError
from lab_kit.prepare.schema.avro import Schema, from_avro
from lab_kit.prepare.schema.checks import check
from lab_kit.prepare.schema.contracts import Contract, contract
from lab_kit.prepare.schema.inference import describe
from lab_kit.prepare.schema.rules import KINDS, Kind
from lab_kit.prepare.schema.text import Dtype, csv_lines, dtype_to_json, parse_rows, to_dtype

SIDECAR = "frames.json"
"""The kit's own file beside them: names, domains and pandas dtypes, so that reading is exact."""


def write(
    dataset: Dataset,
    folder: str | PathLike[str],
    *,
    contracts: Mapping[Kind, Contract] | None = None,
) -> list[Path]:
    """Write users, items and interactions, those there are, as CSV files with their schemas.

    Everything is written beside its place first and then put there, so that an interruption
    leaves no half-written file. Parts of a second are cut.

    Args:
        dataset: Its frames have the kit's column names.
        folder: Made if it is not there. Files of an earlier call are replaced.
        contracts: What each table is; the contract of the custom domain where it is not said.

    Returns:
        The files: `users.csv`, `users.schema.json` and so on, and `frames.json`, which only the
        kit reads.

    Raises:
        LabKitError: If a table breaks a rule about its form (too few rows are no obstacle), or
            the files cannot be written, because the disk is full for instance.
    """
    contracts = contracts or {}
    frames = _frames(dataset)
    if not frames:
        raise LabKitError(
            f'The data set "{dataset.name}" has neither users, items nor interactions',
            next_step="write a single table with DataFrame.to_csv",
        )
    rules = {kind: contracts.get(kind) or contract(kind) for kind in frames}
    schemas = {kind: _checked(frame, rules[kind]) for kind, frame in frames.items()}
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="unfinished_") as draft:
            names = _write_draft(Path(draft), dataset.name, frames, schemas, rules)
            return [(Path(draft) / name).replace(folder / name) for name in names]
    except OSError as error:
        raise _cannot_write(error, folder) from error


def read(folder: str | PathLike[str], name: str | None = None) -> Dataset:
    """Read what `write` wrote: the same frames, but for parts of seconds and the index.

    Args:
        folder: Where the files are.
        name: What to call the data set; as it was called when written, by default.

    Raises:
        LabKitError: If the folder holds no such files, or one of them is damaged.
    """
    folder = Path(folder)
    try:
        sidecar = json.loads((folder / SIDECAR).read_text(encoding="utf-8"))
        tables = sidecar["tables"]
        frames = {kind: _read_table(folder, kind, tables[kind]) for kind in KINDS if kind in tables}
    except FileNotFoundError as error:
        raise LabKitError(
            f"There is no {Path(error.filename).name}",
            where=str(folder),
            next_step="give a folder that schema.write or checkpoint.save has written",
        ) from None
    except (
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # JSON and Arrow raise ValueErrors
        raise LabKitError(
            f"The files do not fit together: {error}",
            where=str(folder),
            next_step="write them again",
        ) from error
    called = name or sidecar["name"]
    return Dataset(
        name=called,
        title=called,
        users=frames.get("users"),
        items=frames.get("items"),
        interactions=frames.get("interactions"),
    )


def _frames(dataset: Dataset) -> dict[Kind, pd.DataFrame]:
    every = dict(zip(KINDS, (dataset.users, dataset.items, dataset.interactions), strict=True))
    return {kind: frame for kind, frame in every.items() if frame is not None}


def _checked(frame: pd.DataFrame, rule: Contract) -> Schema:
    errors = [violation for violation in check(frame, rule).errors if violation.about == "form"]
    if errors:
        first = errors[0]
        more = f" ({len(errors)} rules are broken)" if len(errors) > 1 else ""
        rows = f", row {', '.join(map(str, first.rows))}" if first.rows else ""
        raise LabKitError(
            f"{rule.kind.capitalize()} cannot be written, {first.rule}: {first.message}{more}",
            where=f"{rule.kind}.{first.column}{rows}" if first.column else rule.kind,
            next_step=f'{first.next_step}; schema.check(frame, "{rule.kind}") shows everything',
        )
    return describe(frame, rule)


def _write_draft(
    draft: Path,
    name: str,
    frames: Mapping[Kind, pd.DataFrame],
    schemas: Mapping[Kind, Schema],
    rules: Mapping[Kind, Contract],
) -> list[str]:
    for kind, frame in frames.items():
        with (draft / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(frame, schemas[kind]))
        _write_text(draft / f"{kind}.schema.json", schemas[kind].to_json())
    tables = {
        kind: {"domain": rules[kind].domain, "columns": _columns(frame)}
        for kind, frame in frames.items()
    }
    about = {"name": name, "tables": tables}
    _write_text(draft / SIDECAR, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    return [f"{kind}{ending}" for kind in frames for ending in (".csv", ".schema.json")] + [SIDECAR]


def _read_table(folder: Path, kind: Kind, about: Mapping[str, Any]) -> pd.DataFrame:
    avro = json.loads((folder / f"{kind}.schema.json").read_text(encoding="utf-8"))
    schema = from_avro(avro, contract(kind, about["domain"]))
    dtypes: Mapping[str, Dtype] = about["columns"]
    texts = parse_rows((folder / f"{kind}.csv").read_bytes(), [f.name for f in schema.fields])
    texts.columns = pd.Index(dtypes)
    return pd.DataFrame({name: to_dtype(texts[name], dtype) for name, dtype in dtypes.items()})


def _columns(frame: pd.DataFrame) -> dict[str, Dtype]:
    return {str(name): dtype_to_json(dtype) for name, dtype in frame.dtypes.items()}


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)


def _cannot_write(error: OSError, folder: Path) -> LabKitError:
    if error.errno == errno.ENOSPC:
        return LabKitError(
            "The disk is full; nothing was changed",
            where=str(folder),
            next_step="free some space (lab-kit clean helps) and write again",
        )
    return LabKitError(
        f"The files cannot be written: {error.strerror or error}",
        where=str(folder),
        next_step="check that you may write there and that no program holds them open",
    )
