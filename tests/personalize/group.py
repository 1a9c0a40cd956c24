"""A small dataset group on disk, as child processes are told of one, made without a server."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from lab_kit.aws.jobs.work import Work
from lab_kit.personalize.storage.importing import load
from lab_kit.personalize.storage.names import BULK
from lab_kit.personalize.storage.records import Records

USERS, ITEMS, EVENTS = 120, 60, 4_000
START = 1_600_000_000
DAY = 86_400


def field(name, *types, **more):
    return {"name": name, "type": types[0] if len(types) == 1 else list(types), **more}


INTERACTIONS = [
    field("USER_ID", "string"),
    field("ITEM_ID", "string"),
    field("EVENT_TYPE", "string"),
    field("EVENT_VALUE", "float", "null"),
    field("DEVICE", "string", "null", categorical=True),
    field("TIMESTAMP", "long"),
]
ITEM_FIELDS = [
    field("ITEM_ID", "string"),
    field("GENRES", "string", "null", categorical=True),
    field("PRICE", "float", "null"),
    field("TITLE", "string", "null", itemName=True),
    field("DESCRIPTION", "string", "null", textual=True),
    field("CREATION_TIMESTAMP", "long", "null"),
]
USER_FIELDS = [field("USER_ID", "string"), field("TEAM", "string", categorical=True)]
ACTION_FIELDS = [field("ACTION_ID", "string"), field("VALUE", "long", "null")]
LOG_FIELDS = [
    field("USER_ID", "string"),
    field("ACTION_ID", "string"),
    field("EVENT_TYPE", "string"),
    field("TIMESTAMP", "long"),
]
FIELDS = {
    "INTERACTIONS": INTERACTIONS,
    "ITEMS": ITEM_FIELDS,
    "USERS": USER_FIELDS,
    "ACTIONS": ACTION_FIELDS,
    "ACTION_INTERACTIONS": LOG_FIELDS,
}
NAMES = {
    "INTERACTIONS": "Interactions",
    "ITEMS": "Items",
    "USERS": "Users",
    "ACTIONS": "Actions",
    "ACTION_INTERACTIONS": "Action_Interactions",
}


def interactions(seed=0):
    """Two teams who take items of their own half, one after the other, and sometimes any."""
    rng = np.random.default_rng(seed)
    user = rng.integers(0, USERS, EVENTS)
    steps = pd.Series(rng.geometric(0.6, EVENTS)).groupby(user).cumsum().to_numpy()
    place = (rng.integers(0, ITEMS, USERS)[user] + steps) % (ITEMS // 2)
    item = place + (user % 2) * (ITEMS // 2)
    stray = rng.random(EVENTS) < 0.1
    item[stray] = rng.integers(0, ITEMS, stray.sum())
    kind = np.where(rng.random(EVENTS) < 0.3, "Buy", "View")
    return pd.DataFrame(
        {
            "USER_ID": [f"u{n}" for n in user],
            "ITEM_ID": [f"i{n}" for n in item],
            "EVENT_TYPE": kind,
            "EVENT_VALUE": rng.integers(1, 6, EVENTS).astype(float),
            "DEVICE": np.where(rng.random(EVENTS) < 0.5, "phone", "desk"),
            "TIMESTAMP": START + np.arange(EVENTS) * 3_000,
        }
    )


def items():
    half = ["drama" if n < ITEMS // 2 else "comedy|music" for n in range(ITEMS)]
    words = ["sad rain winter" if n < ITEMS // 2 else "happy sun summer" for n in range(ITEMS)]
    return pd.DataFrame(
        {
            "ITEM_ID": [f"i{n}" for n in range(ITEMS)],
            "GENRES": half,
            "PRICE": np.arange(ITEMS) * 1.5,
            "TITLE": [f"Title {n}" for n in range(ITEMS)],
            "DESCRIPTION": [f"{text} number{n % 7} of{n}" for n, text in enumerate(words)],
            "CREATION_TIMESTAMP": START - DAY,
        }
    )


def users():
    return pd.DataFrame(
        {"USER_ID": [f"u{n}" for n in range(USERS)], "TEAM": [f"t{n % 2}" for n in range(USERS)]}
    )


def actions():
    return pd.DataFrame({"ACTION_ID": ["join", "call", "gift"], "VALUE": [3, 1, 10]})


def action_log(seed=0):
    """Team 0 takes "join", team 1 leaves it; nobody has met "gift"."""
    rng = np.random.default_rng(seed)
    user = rng.integers(0, USERS, 3_000)
    action = np.where(rng.random(3_000) < 0.5, "join", "call")
    takes = rng.random(3_000) < np.where(action == "call", 0.3, np.where(user % 2 == 0, 0.8, 0.1))
    return pd.DataFrame(
        {
            "USER_ID": [f"u{n}" for n in user],
            "ACTION_ID": action,
            "EVENT_TYPE": np.where(takes, "Taken", "Not Taken"),
            "TIMESTAMP": START + np.arange(3_000) * 1_000,
        }
    )


FRAMES = {
    "INTERACTIONS": interactions,
    "ITEMS": items,
    "USERS": users,
    "ACTIONS": actions,
    "ACTION_INTERACTIONS": action_log,
}


def silent(done, what):
    pass


def empty_source(folder, type, fields=None, domain=None):
    return {
        "type": type,
        "domain": domain,
        "schema": {"type": "record", "name": NAMES[type], "fields": fields or FIELDS[type]},
        "files": [],
        "records": str(Path(folder) / "records.sqlite"),
        "store": f"store of {type}",
        "upto": None,
    }


def import_text(folder, text, type, fields=None, domain=None):
    """Import a CSV file, given as text, into an empty dataset; its source."""
    return add_text(empty_source(folder, type, fields, domain), folder, text)


def add_text(source, folder, text, name="file.csv"):
    """The source with one import more."""
    place = Path(folder) / f"{source['type']} {len(source['files'])}"
    place.mkdir(parents=True)
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    (place / name).write_bytes(raw)
    arguments = {"files": [[str(place / name), f"s3://b/{name}"]], "source": source}
    load(arguments, Work(place, silent))
    return {**source, "files": [*source["files"], str(place / BULK)]}


def put(source, puts):
    """Put records one by one; the source as it is afterwards."""
    records = Records(Path(source["records"]))
    upto = records.add(source["store"], puts)
    records.close()
    return {**source, "upto": upto}


def sources(folder, *types, **frames):
    """A group with some of the datasets above, or frames by type."""
    made = {type: FRAMES[type]() for type in types} | frames
    return {
        type: import_text(folder, frame.to_csv(index=False), type) for type, frame in made.items()
    }


def as_json(value):
    """What a child process would be told, and nothing more."""
    return json.loads(json.dumps(value))
