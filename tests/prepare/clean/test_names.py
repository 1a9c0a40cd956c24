import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.prepare import clean


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("userId", "user_id"),
        ("User ID", "user_id"),
        ("USER-ID", "user_id"),
        ("HTTPServerName", "http_server_name"),
        (" price (원) ", "price_원"),
        ("item2Vec", "item2_vec"),
        ("already_snake", "already_snake"),
    ],
)
def test_names_become_snake_case(name, snake):
    frame, step = clean.snake_case_columns(pd.DataFrame({name: [1]}))
    assert frame.columns.tolist() == [snake]
    assert step.rows_in == step.rows_out == 1


def test_a_mapping_renames_and_leaves_the_frame_it_was_given():
    before = pd.DataFrame({"userId": [1], "x": [2]})
    after, step = clean.rename_columns(before, {"userId": "user_id"})
    assert after.columns.tolist() == ["user_id", "x"]
    assert before.columns.tolist() == ["userId", "x"]
    assert "userId is now user_id" in step.why


def test_renaming_a_missing_column_names_the_nearest():
    with pytest.raises(LabKitError, match='did you mean "userId"'):
        clean.rename_columns(pd.DataFrame({"userId": [1]}), {"UserID": "user_id"})


@pytest.mark.parametrize(
    "rename",
    [
        lambda frame: clean.rename_columns(frame, {"userId": "user_id"}),
        clean.snake_case_columns,
    ],
)
def test_two_columns_never_get_one_name(rename):
    with pytest.raises(LabKitError, match='"user_id"') as caught:
        rename(pd.DataFrame({"userId": [1], "user_id": [2]}))
    assert caught.value.where == '"userId", "user_id"'
