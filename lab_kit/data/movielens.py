"""MovieLens, the small edition: 5-star ratings of films, with titles, genres and tags.

Source: GroupLens, University of Minnesota, ml-latest-small.zip of September 2018,
<https://grouplens.org/datasets/movielens/latest/>. F. Maxwell Harper and Joseph A. Konstan. 2015.
The MovieLens Datasets: History and Context. ACM TiiS 5, 4: 19:1-19:19.
<https://doi.org/10.1145/2827872>.

Terms: research use, no commercial use without permission, no suggestion of endorsement, citation
in publications, redistribution only under the same terms.
"""

from pathlib import Path

import pandas as pd

from lab_kit.data.at_hand import need_folder, path_in
from lab_kit.data.dataset import Dataset, Export, LazyFrames
from lab_kit.data.files import read_table
from lab_kit.data.source import FileSpec, Source

FIRST, LAST = 828124615, 1537799250  # 1996-03-29 18:36:55 and 2018-09-24 14:27:30 UTC

SOURCE = Source(
    name="movielens-small",
    title="MovieLens: 100,836 ratings of 9,742 films by 610 people",
    page="https://grouplens.org/datasets/movielens/latest/",
    url="https://files.grouplens.org/datasets/movielens/ml-latest-small.zip",
    download_name="ml-latest-small.zip",
    megabytes=1.0,
    licence="GroupLens terms: research use, no commercial use, share under the same terms",
    terms="""\
MovieLens (ml-latest-small) belongs to GroupLens, University of Minnesota. You may use it for
research under these conditions:
- You may not state or imply any endorsement by the University of Minnesota or GroupLens.
- You must acknowledge the data set in publications that result from its use.
- You may redistribute it, also transformed, under these same conditions only.
- You may not use it for commercial or revenue-bearing purposes without permission from GroupLens.
- It comes without any warranty.
The full text is in README.txt of the download.""",
    files=(
        FileSpec(
            name="ratings.csv",
            columns={
                "userId": "text",
                "movieId": "text",
                "rating": "number",
                "timestamp": "integer",
            },
            rows=100_836,
            ranges={"rating": (0.5, 5.0), "timestamp": (FIRST, LAST)},
        ),
        FileSpec(
            name="movies.csv",
            columns={"movieId": "text", "title": "text", "genres": "text"},
            rows=9_742,
        ),
        FileSpec(
            name="tags.csv",
            columns={"userId": "text", "movieId": "text", "tag": "text", "timestamp": "integer"},
            rows=3_683,
            ranges={"timestamp": (FIRST, LAST)},
        ),
        FileSpec(
            name="links.csv",
            columns={"movieId": "text", "imdbId": "text", "tmdbId": "text"},
            rows=9_742,
            may_be_missing=frozenset({"tmdbId"}),
        ),
    ),
    members={
        name: f"ml-latest-small/{name}"
        for name in ("ratings.csv", "movies.csv", "tags.csv", "links.csv", "README.txt")
    },
    # The value TensorFlow Datasets publishes for this address (url_checksums/movielens.txt).
    sha256="696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
)

NO_GENRE = "(no genres listed)"


def load() -> Dataset:
    """The ratings as interactions, the films as items; nothing is known of the users.

    Returns:
        A data set with `interactions` (user_id, item_id, timestamp in UTC, event_type "Rating",
        event_value 0.5 to 5.0 stars in halves), `items` (item_id, title as GroupLens writes it,
        year of release, genres separated by |; both missing for a few films), the tables "tags"
        (user_id, item_id, tag, timestamp) and "links" (item_id, imdb_id, tmdb_id), and the raw
        files as exports. Rows stand in the order of the files.

    Raises:
        LabKitError: The data set is not at hand, or a file of it cannot be read.
    """
    folder = need_folder(SOURCE)
    return Dataset(
        name=SOURCE.name,
        title=SOURCE.title,
        users=None,
        items=_items(_raw(folder, "movies.csv")),
        interactions=_interactions(_raw(folder, "ratings.csv")),
        tables=LazyFrames(
            {
                "tags": lambda: _tags(_raw(folder, "tags.csv")),
                "links": lambda: _links(_raw(folder, "links.csv")),
            }
        ),
        exports=_exports(folder),
        licence=SOURCE.licence,
        item_name="title",
    )


def _raw(folder: Path, name: str) -> pd.DataFrame:
    spec = SOURCE.file(name)
    return read_table(path_in(folder, spec), spec)


def _interactions(ratings: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": ratings["userId"],
            "item_id": ratings["movieId"],
            "timestamp": _utc(ratings["timestamp"]),
            "event_type": "Rating",
            "event_value": ratings["rating"],
        }
    )


def _items(movies: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item_id": movies["movieId"],
            "title": movies["title"].str.strip(),
            "year": year_of_release(movies["title"]),
            "genres": movies["genres"].where(movies["genres"] != NO_GENRE),
        }
    )


def _tags(tags: pd.DataFrame) -> pd.DataFrame:
    named = tags.rename(columns={"userId": "user_id", "movieId": "item_id"})
    return named.assign(timestamp=_utc(tags["timestamp"]))


def _links(links: pd.DataFrame) -> pd.DataFrame:
    return links.rename(columns={"movieId": "item_id", "imdbId": "imdb_id", "tmdbId": "tmdb_id"})


def year_of_release(titles: pd.Series) -> pd.Series:
    """The year at the end of each title, "Toy Story (1995)", as Int64; missing where none stands.

    A series has a span, "Death Note (2006–2007)": its first year counts.
    """
    year = titles.str.extract(r"\((\d{4})(?:[-–]\d{0,4})?\)\s*$", expand=False)
    return year.astype("Int64")


def _utc(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(seconds, unit="s", utc=True).dt.as_unit("us")


def _exports(folder: Path) -> dict[str, Export]:
    ids = {"userId": "user_id", "movieId": "item_id"}

    def path(name: str) -> tuple[Path, ...]:
        return (path_in(folder, SOURCE.file(name)),)

    return {
        "ratings": Export(
            name="ratings",
            kind="interactions",
            paths=path("ratings.csv"),
            columns={**ids, "rating": "event_value", "timestamp": "timestamp"},
            time_column="timestamp",
            time_unit="s",
            constants={"event_type": "Rating"},
        ),
        "movies": Export(
            name="movies",
            kind="items",
            paths=path("movies.csv"),
            columns={"movieId": "item_id", "title": "title", "genres": "genres"},
        ),
        "tags": Export(
            name="tags",
            kind="other",
            paths=path("tags.csv"),
            columns={**ids, "tag": "tag", "timestamp": "timestamp"},
            time_column="timestamp",
            time_unit="s",
        ),
        "links": Export(
            name="links",
            kind="other",
            paths=path("links.csv"),
            columns={"movieId": "item_id", "imdbId": "imdb_id", "tmdbId": "tmdb_id"},
        ),
    }
