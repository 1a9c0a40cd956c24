import json
import sys
from pathlib import Path

import pytest

import lab_kit.notebooks

OVERRIDES = json.loads(
    (Path(lab_kit.notebooks.__file__).parent / "overrides.json").read_text(encoding="utf-8")
)
SCHEMAS = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"


@pytest.mark.parametrize("plugin", OVERRIDES)
def test_jupyterlab_knows_every_setting_and_takes_its_value(plugin):
    import jsonschema

    package, _, name = plugin.partition(":")
    schema = json.loads((SCHEMAS / package / f"{name}.json").read_text(encoding="utf-8"))
    assert set(OVERRIDES[plugin]) <= set(schema["properties"])
    jsonschema.validate(OVERRIDES[plugin], schema)
