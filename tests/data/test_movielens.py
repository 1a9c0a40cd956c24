import pandas as pd
import pytest

from lab_kit.data import load
from tests.data.miniatures import MOVIELENS, write_all


@pytest.fixture
def movielens(real_folder):
    write_all(real_folder / "movielens-small", MOVIELENS)
    return load("movielens-small")


def test_a_rating_is_an_interaction(movielens):
    expected = pd.DataFrame(
        {
            "user_id": ["1", "1", "2"],
            "item_id": ["1", "3", "1"],
            "timestamp": pd.to_datetime(
                ["2000-07-30 18:45:03", "2000-07-30 18:20:47", "2015-10-24 19:29:54"], utc=True
            ).as_unit("us"),
            "event_type": "Rating",
            "event_value": [4.0, 4.5, 0.5],
        }
    )
    pd.testing.assert_frame_equal(movielens.interactions, expected)


def test_nothing_is_known_of_users(movielens):
    assert movielens.users is None


def test_a_title_gives_the_year_and_keeps_its_spelling(movielens):
    items = movielens.items.set_index("item_id")
    assert items.loc["3", "title"] == "American President, The (1995)"
    assert items["year"].dropna().to_dict() == {"1": 1995, "3": 1995, "7": 2006}
    assert items["year"].dtype == "Int64"


def test_a_film_is_known_by_its_title(movielens):
    assert movielens.item_names["8"] == "Babylon 5"


def test_no_genre_is_missing_and_not_a_genre(movielens):
    genres = movielens.items["genres"]
    assert genres[0] == "Adventure|Animation|Children"
    assert genres.isna().tolist() == [False, False, True, False]


def test_a_tag_spelt_na_is_a_tag(movielens):
    assert movielens.tables["tags"]["tag"].tolist() == ["NA"]


def test_film_ids_of_others_keep_their_zeros_and_gaps(movielens):
    links = movielens.tables["links"]
    assert links["imdb_id"].tolist() == ["0114709", "0112346"]
    assert links["tmdb_id"].isna().tolist() == [False, True]


def test_exports_lead_from_the_raw_file_to_the_kits_names(movielens):
    export = movielens.exports["ratings"]
    raw = pd.read_csv(export.paths[0], encoding=export.encoding)
    assert (export.time_column, export.time_unit) == ("timestamp", "s")
    mapped = raw.rename(columns=export.columns).assign(**export.constants)
    assert set(mapped) == set(movielens.interactions)
    assert movielens.exports["movies"].kind == "items"
    for export in movielens.exports.values():
        header = pd.read_csv(export.paths[0], nrows=0).columns
        assert set(header) == set(export.columns)
