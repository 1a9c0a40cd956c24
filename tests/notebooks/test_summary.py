from lab_kit.notebooks.summary import CHECK_MIME, FIGURE, SlowCell, summarise


def cell(cell_id, *outputs, seconds=0.0, exercise=None):
    metadata = {"papermill": {"duration": seconds}}
    if exercise:
        metadata["lab_kit"] = {"exercise": exercise}
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "source": "",
        "outputs": [{"output_type": "display_data", "data": data} for data in outputs],
    }


def state(exercise, word):
    return {CHECK_MIME: {"exercise": exercise, "state": word}}


TITLE = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# Title"}


def test_the_last_state_of_each_exercise_counts():
    cells = [
        cell("a", state("1.1", "not yet"), state("1.1", "done"), exercise="1.1"),
        cell("b", state("1.2", "done"), exercise="1.2"),
        cell("c", state("1.2", "not yet")),
        cell("d", exercise="1.3"),
    ]
    summary = summarise({"cells": cells}, {"cells": cells})
    assert summary.states == {"1.1": "done", "1.2": "not yet", "1.3": "not started"}
    assert summary.passed == 1


def test_exercises_that_were_never_reached_count_as_not_started():
    original = {"cells": [cell("a", exercise="1.1"), cell("b", exercise="1.2")]}
    executed = {"cells": [cell("a", state("1.1", "done"), exercise="1.1")]}
    summary = summarise(executed, original)
    assert (summary.passed, len(summary.states), summary.cells) == (1, 2, 2)


def test_each_figure_of_the_kit_counts_once():
    html = {"text/html": [f"{FIGURE}><img></figure>", f"{FIGURE}></figure>"]}
    cells = [cell("a", html, {"text/html": "<img>"}), cell("b", {"text/plain": FIGURE})]
    assert summarise({"cells": cells}, {"cells": cells}).figures == 2


def test_the_slowest_cells_are_named_by_their_place_in_the_original():
    cells = [cell(name, seconds=number) for number, name in enumerate("abcde")]
    injected = cell("random", seconds=99.0)
    summary = summarise({"cells": [TITLE, injected, *cells]}, {"cells": [TITLE, *cells]})
    assert summary.slowest_cells == (
        SlowCell("e", 5, "Title", 4),
        SlowCell("d", 4, "Title", 3),
        SlowCell("c", 3, "Title", 2),
    )
    assert summary.cells == 5
