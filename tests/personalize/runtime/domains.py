"""A small shop and a small video service, each with the recommenders of its domain.

As in `shop`, every user likes one of three kinds and takes its things in a circle; each time two
that follow each other, a minute apart. So what a good answer is can be told by eye.
"""

import numpy as np

from tests.personalize.runtime.shop import BUCKET, DAY, KINDS, LATEST, Shop, field, settle

CIRCLE, USERS, TURNS = 20, 60, 9
STEP = {"ECOMMERCE": ("View", "Purchase"), "VIDEO_ON_DEMAND": ("Click", "Watch")}
"""What users do with each thing, one after the other."""
INTERACTIONS = [
    field("USER_ID", "string"),
    field("ITEM_ID", "string"),
    field("TIMESTAMP", "long"),
    field("EVENT_TYPE", "string"),
]
ITEMS = {
    "ECOMMERCE": [
        field("ITEM_ID", "string"),
        field("PRICE", "float"),
        field("CATEGORY_L1", "string", categorical=True),
        field("CREATION_TIMESTAMP", ["null", "long"]),
    ],
    "VIDEO_ON_DEMAND": [
        field("ITEM_ID", "string"),
        field("GENRES", "string", categorical=True),
        field("CREATION_TIMESTAMP", "long"),
    ],
}
USE_CASES = {
    "ECOMMERCE": (
        "popular-items-by-views",
        "popular-items-by-purchases",
        "frequently-bought-together",
        "customers-who-viewed-x-also-viewed",
        "recommended-for-you",
    ),
    "VIDEO_ON_DEMAND": (
        "because-you-watched-x",
        "more-like-x",
        "most-popular",
        "trending-now",
        "top-picks",
    ),
}
SHORT = {"ECOMMERCE": "ecomm", "VIDEO_ON_DEMAND": "vod"}


def item_of(kind, place):
    """The thing at a place of a kind's circle: "f07"."""
    return f"{'mft'[kind]}{place % CIRCLE:02}"


def kind_of(item):
    """The number of a thing's kind."""
    return "mft".index(item[0])


def interactions(domain):
    """Rows: every user, at every turn, does both things to two neighbours on their circle."""
    rng = np.random.default_rng(1)
    first, second = STEP[domain]
    rows = []
    for user in range(USERS):
        place = int(rng.integers(CIRCLE))
        for turn in range(TURNS):
            place += 1 if rng.random() < 0.8 else int(rng.integers(CIRCLE))
            when = LATEST - (TURNS - turn) * DAY + int(rng.integers(DAY // 2))
            for number in (0, 1):
                item = item_of(user % 3, place + number)
                rows.append((f"u{user:02}", item, when + 60 * number, first))
                rows.append((f"u{user:02}", item, when + 60 * number + 30, second))
    return rows


def items(domain):
    """Rows of the Items dataset."""
    made = LATEST - 300 * DAY
    every = [(item_of(kind, place), kind, place) for kind in range(3) for place in range(CIRCLE)]
    if domain == "ECOMMERCE":
        return [(item, place + 0.5, KINDS[kind], made) for item, kind, place in every]
    return [(item, KINDS[kind], made) for item, kind, _ in every]


def build(folder):
    """Import the data of both domains and create all recommenders; says the ARNs."""
    shop = Shop(folder)
    shop.s3.create_bucket(Bucket=BUCKET)
    arns = {}
    for domain, use_cases in USE_CASES.items():
        group = shop.create("dataset_group", name=SHORT[domain], domain=domain)
        arns[domain] = group
        for type, fields, rows in (
            ("Interactions", INTERACTIONS, interactions(domain)),
            ("Items", ITEMS[domain], items(domain)),
        ):
            arns[f"{domain} {type}"] = shop.load(group, type, fields, rows, domain)
        for name in use_cases:
            arns[name] = shop.create(
                "recommender",
                name=name,
                datasetGroupArn=group,
                recipeArn=f"arn:aws:personalize:::recipe/aws-{SHORT[domain]}-{name}",
            )
        tracker = shop.personalize.create_event_tracker(name=SHORT[domain], datasetGroupArn=group)
        settle(shop.cloud)
        arns[f"{domain} tracking"] = tracker["trackingId"]
    shop.close()
    return arns
