"""MovieLens: plain numbers as ids, one kind of event, films with their genres in one column."""

from dataclasses import replace

import pandas as pd

from lab_kit.data.dataset import Dataset
from lab_kit.data.movielens import NO_GENRE, year_of_release
from lab_kit.prepare import clean, combine
from lab_kit.prepare.ledger import Ledger
from lab_kit.prepare.rules.form import IdForm, Rules


def items(movies: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """One row a film: item_id, title, year (missing where no title says it), genres with |.

    Args:
        movies: The export "movies" with the kit's column names.
        ledger: Where the steps are written down.
    """
    frame = ledger.run(clean.drop_exact_duplicates, movies)
    frame = ledger.run(clean.normalise_ids, frame, "item_id")
    frame = ledger.run(clean.clear_placeholders, frame, ["genres"], words=[NO_GENRE])
    titles = frame["title"].str.strip()
    return pd.DataFrame(
        {
            "item_id": frame["item_id"],
            "title": titles,
            "year": year_of_release(titles),
            "genres": frame["genres"],
        }
    )


def enrich(raw: Dataset, done: Dataset) -> Dataset:
    """Films with `imdb_id`, their number at the Internet Movie Database."""
    assert done.items is not None
    links = raw.tables["links"][["item_id", "imdb_id"]]
    items, _ = combine.join(
        done.items, links, "item_id", cardinality="one-to-one", names=("items", "links")
    )
    return replace(done, items=items)


RULES = Rules(
    user_id=IdForm(),
    item_id=IdForm(),
    event_types=("Rating",),
    enrich=enrich,
    tidy={"items": items},
)
