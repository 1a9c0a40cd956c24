import json
import os
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from lab_kit.errors import LabKitError
from lab_kit.notebooks.execute import Failure
from lab_kit.notebooks.report import LabRun, Report, clear, json_path, write
from lab_kit.notebooks.selection import Skipped
from lab_kit.notebooks.summary import SlowCell

PASSED = LabRun(
    id="00",
    dataset="shop",
    title="Start <here>",
    status="passed",
    seconds=14.25,
    peak_rss_mib=412.0,
    cells=24,
    checks={"passed": 5, "total": 5},
    figures=4,
    slowest_cells=(SlowCell("model-2", 33, "A model", 6.4),),
    name="00_start_here-shop",
)
FAILED = LabRun(
    id="01",
    dataset="shop",
    title="Preprocess",
    status="failed",
    seconds=19.0,
    peak_rss_mib=561.0,
    cells=38,
    checks={"passed": 4, "total": 6},
    figures=6,
    slowest_cells=(),
    name="01_preprocess-shop",
    error=Failure("split-2", 41, "Split", "KeyError: '<b>time</b>'"),
)
SKIPPED = Skipped("01", "movielens-small", "Preprocess", "not on this computer")


def report(*labs, **more):
    return Report(41.3, "2026-11-23T02:16:52+00:00", labs, versions={"python": "3.11.7"}, **more)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.tags if name in attrs]


def page_of(folder, report):
    write(report, folder)
    return Page((folder / "index.html").read_text(encoding="utf-8"))


def test_the_json_says_what_the_run_found(tmp_path):
    write(report(PASSED, FAILED, skipped=(SKIPPED,)), tmp_path / "report")
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert found["seconds"] == 41.3
    assert found["versions"] == {"python": "3.11.7"}
    first, second = found["labs"]
    assert first["error"] is None
    del first["error"], first["name"]
    assert first == {
        "id": "00",
        "dataset": "shop",
        "title": "Start <here>",
        "status": "passed",
        "seconds": 14.25,
        "peak_rss_mib": 412.0,
        "cells": 24,
        "checks": {"passed": 5, "total": 5},
        "figures": 4,
        "slowest_cells": [{"cell": "model-2", "index": 33, "heading": "A model", "seconds": 6.4}],
    }
    assert second["error"]["cell"] == "split-2"
    assert [left["dataset"] for left in found["skipped"]] == ["movielens-small"]


def test_the_page_shows_results_failures_and_what_was_left_out(tmp_path):
    page = page_of(tmp_path / "report", report(PASSED, FAILED, skipped=(SKIPPED,)))
    text = " ".join(page.text.split())
    for words in (
        "1 of 2 runs failed",
        "9 of 11",
        "Start <here>",
        "KeyError: '<b>time</b>'",
        "Cell split-2, number 41 from 0, under “Split”:",
        "over the limit",
        "Preprocess, on movielens-small: not on this computer",
    ):
        assert words in text


def test_the_page_needs_nothing_from_elsewhere(tmp_path):
    page = page_of(tmp_path / "report", report(PASSED, FAILED))
    assert not page.attributes("src")
    assert {"script", "link", "iframe"} & {tag for tag, _ in page.tags} == set()
    assert all(not href.startswith("http") for href in page.attributes("href"))
    assert "url(" not in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")


def test_only_notebooks_that_were_saved_are_linked(tmp_path):
    saved = tmp_path / "report" / "notebooks" / "00_start_here-shop.html"
    saved.parent.mkdir(parents=True)
    saved.write_text("", encoding="utf-8")
    page = page_of(tmp_path / "report", report(PASSED, FAILED))
    assert page.attributes("href") == [
        "notebooks/00_start_here-shop.html",
        "notebooks/00_start_here-shop.ipynb",
    ]


def test_headings_tables_and_bars_make_sense_without_eyes(tmp_path):
    page = page_of(tmp_path / "report", report(PASSED, FAILED, skipped=(SKIPPED,)))
    tags = [tag for tag, _ in page.tags]
    levels = [int(tag[1]) for tag in tags if tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert tags.count("caption") == tags.count("table")
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
    bars = [attrs for _, attrs in page.tags if attrs.get("class") == "bar"]
    assert bars
    assert all(attrs.get("aria-hidden") == "true" for attrs in bars)


@pytest.mark.parametrize(
    ("found", "verdict", "good"),
    [
        (report(PASSED), "The run passed", True),
        (report(PASSED, PASSED), "All 2 runs passed", True),
        (report(FAILED), "1 of 1 run failed", False),
        (report(PASSED, interrupted=True), "Stopped early after 1 run", False),
        (report(interrupted=True), "Stopped early after 0 runs", False),
    ],
)
def test_the_verdict_is_honest(tmp_path, found, verdict, good):
    assert (found.verdict, found.good) == (verdict, good)
    assert verdict in page_of(tmp_path / "report", found).text


def test_an_earlier_report_is_gone_before_the_next_begins(tmp_path):
    folder = tmp_path / "report"
    write(report(PASSED), folder)
    (folder / "notebooks").mkdir()
    for name in ("00_start_here-shop.ipynb", "mine.ipynb"):
        (folder / "notebooks" / name).write_text("", encoding="utf-8")
    clear(folder, [PASSED.name])
    assert not json_path(folder).exists()
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["mine.ipynb"]


def test_a_folder_that_cannot_be_written_is_found_out_before_the_labs_run(tmp_path):
    (tmp_path / "report").write_text("", encoding="utf-8")
    with pytest.raises(LabKitError, match="cannot be written") as caught:
        clear(tmp_path / "report", [])
    assert f"{os.sep}report" in caught.value.where
