"""Every floor of the house imports only its own and lower floors."""

import ast
from pathlib import Path

import lab_kit

PACKAGE = Path(lab_kit.__file__).parent

# Top floor first. Rooms on one floor may import each other only where `NEIGHBOURS` says so.
FLOORS = [
    {"cli", "doctor"},
    {"notebooks", "teach", "plots"},
    {"cloud"},
    {"personalize", "redshift"},
    {"aws"},
    {"embed"},
    {"recommend", "automl"},
    {"prepare", "data"},
    {"errors", "lazy", "machine", "paths", "__init__"},
]
NEIGHBOURS = {
    ("cli", "doctor"),
    ("teach", "plots"),
    ("notebooks", "teach"),
    ("notebooks", "plots"),
    ("prepare", "data"),
    ("errors", "paths"),
    ("paths", "errors"),
}


def rooms_imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = (
                [node.module]
                if node.module != "lab_kit"
                else [f"lab_kit.{alias.name}" for alias in node.names]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "lab_kit" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor_of(room):
    return next(level for level, rooms in enumerate(FLOORS) if room in rooms)


def test_every_module_stands_on_a_floor():
    rooms = {room_of(path) for path in PACKAGE.rglob("*.py")}
    assert rooms <= set().union(*FLOORS)


def test_imports_go_down():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for other in rooms_imported(path)
        if other != room_of(path)
        and (room_of(path), other) not in NEIGHBOURS
        and floor_of(other) <= floor_of(room_of(path))
    ]
    assert not wrong
