"""Small files by which processes tell each other something, whole or not at all."""

import json
import os
import time
from pathlib import Path
from typing import Any

_TRIES = 50
_PAUSE_SECONDS = 0.02


def write_json(path: Path, value: Any, *, private: bool = False) -> None:
    """Write JSON that a reader finds whole, or as it was before.

    Args:
        path: The file.
        value: What JSON can hold.
        private: Whether only its owner may read it.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(beside, flags, 0o600 if private else 0o644), "w", encoding="utf-8") as f:
        json.dump(value, f)
    for left in reversed(range(_TRIES)):
        try:
            beside.replace(path)
            return
        except PermissionError:  # on Windows, while somebody reads the old one
            if not left:
                raise
            time.sleep(_PAUSE_SECONDS)
