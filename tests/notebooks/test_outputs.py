from lab_kit.notebooks.outputs import with_outputs

GENERATED = {
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "x",
            "execution_count": None,
            "outputs": [],
        },
    ],
}


def executed(*outputs):
    cell = GENERATED["cells"][1]
    timed = {"papermill": {"duration": 3.1}, "execution": {"iopub.status.idle": "2026-01-01"}}
    injected = {**cell, "id": "random", "execution_count": 1}
    return {
        "metadata": {"language_info": {"version": "3.11.7"}, "widgets": {"state": {}}},
        "cells": [
            injected,
            GENERATED["cells"][0],
            {**cell, "metadata": timed, "execution_count": 2, "outputs": list(outputs)},
        ],
    }


def test_counts_and_outputs_are_kept_timing_and_versions_are_not():
    output = {"output_type": "stream", "name": "stdout", "text": ["2\n", "3\n"]}
    notebook = with_outputs(GENERATED, executed(output))
    assert notebook["metadata"] == GENERATED["metadata"]
    assert notebook["cells"][1] == {
        **GENERATED["cells"][1],
        "execution_count": 2,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "2\n3\n"}],
    }
    assert GENERATED["cells"][1]["outputs"] == []


def test_a_widget_leaves_its_html_and_its_notes():
    note = {"exercise": "1.1", "state": "done"}
    data = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "4f"},
        "application/vnd.lab-kit.check+json": note,
        "text/html": ["<p>", "here</p>"],
        "text/plain": "here",
    }
    output = {"output_type": "display_data", "metadata": {"isolated": True}, "data": data}
    kept = with_outputs(GENERATED, executed(output))["cells"][1]["outputs"]
    assert kept == [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {
                "application/vnd.lab-kit.check+json": note,
                "text/html": "<p>here</p>",
                "text/plain": "here",
            },
        }
    ]


def test_an_output_that_was_only_a_widget_goes():
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "4f"}}
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    assert with_outputs(GENERATED, executed(output))["cells"][1]["outputs"] == []
