import re

from hypothesis import given
from hypothesis import strategies as st

from lab_kit.notebooks.cells import Heading, headings, places, slug, stable_ids

headings_text = st.text(min_size=1, max_size=90).map(lambda text: " ".join(text.split()) or "x")


def markdown(source):
    return {"cell_type": "markdown", "source": source}


def code(source=""):
    return {"cell_type": "code", "source": source}


def test_a_comment_in_fenced_code_is_no_heading():
    text = "# One\n\n```python\n# two\n```\n~~~\n# three\n```\n# four\n~~~\n## Five ##\n#no space"
    assert headings(text) == [Heading(1, "One"), Heading(2, "Five")]


def test_a_slug_keeps_ascii_words_and_digits():
    assert slug("1. Look before you `clean`!") == "1-look-before-you-clean"
    assert slug("Café, naïve") == "cafe-naive"
    assert slug("데이터") == "section"


def test_cells_are_numbered_within_their_section():
    cells = [code(), markdown("# Title"), code(), markdown("## Do\n### Again"), code(), code()]
    assert stable_ids(cells) == ["start-1", "title-1", "title-2", "again-1", "again-2", "again-3"]


def test_a_heading_that_comes_back_goes_on_counting():
    cells = [markdown("## Check"), markdown("## Next"), markdown("## Check"), code()]
    assert stable_ids(cells) == ["check-1", "next-1", "check-2", "check-3"]


def test_a_cell_added_under_one_heading_moves_no_id_under_another():
    cells = [markdown("# A"), code(), markdown("## B"), code()]
    more = [*cells[:2], code("new"), *cells[2:]]
    assert stable_ids(more)[3:] == stable_ids(cells)[2:]


@given(st.lists(headings_text, max_size=12), st.integers(1, 30))
def test_ids_are_unique_and_what_nbformat_allows(titles, cells_each):
    cells = [cell for title in titles for cell in (markdown(f"## {title}"), *[code()] * cells_each)]
    ids = stable_ids(cells)
    assert len(set(ids)) == len(cells)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell_id) for cell_id in ids)


def test_a_place_is_a_number_and_a_heading():
    cells = [markdown("# Title") | {"id": "a"}, code() | {"id": "b"}]
    assert (places(cells)["b"].index, places(cells)["b"].heading) == (1, "Title")
