"""A text of a gigabyte: read and learnt from in flat memory. Run with `pytest -s`.

LAB_KIT_TEXT_MB sets the size of the large text, 1,000 by default. What is measured is the pass
that finds the words; every epoch is such a pass.
"""

import json
import os
import sys
import time
from pathlib import Path

from tests.benchmarks.process import peak_mib, run

SIZES = (10, int(os.environ.get("LAB_KIT_TEXT_MB", "1000")))
LINE = "The customer wrote that the coffee was bitter and the cake number {n} was sweet.\n"


def test_memory_is_flat(tmp_path):
    peaks = []
    for size in SIZES:
        path = tmp_path / f"{size}.txt"
        with path.open("w", encoding="utf-8") as file:
            block = "".join(LINE.format(n=n % 997) for n in range(12_000))
            for _ in range(round(size * 1e6 / len(block))):
                file.write(block)
        found = run("tests.benchmarks.embed.bench_text", path)
        peaks.append(found["mib"])
        took = f"{found['seconds']:.1f} s, {found['mib']:.0f} MiB"
        print(f"\n{size:,} MB: {found['words']:,} words, {took}")
        path.unlink()
    assert peaks[1] < peaks[0] + 20


if __name__ == "__main__":
    from lab_kit.embed import corpora
    from lab_kit.embed.vocabulary import kept_words

    begun = time.perf_counter()
    words, counts = kept_words(corpora.text_file(Path(sys.argv[1])), 5)
    said = {
        "words": int(counts.sum()),
        "seconds": time.perf_counter() - begun,
        "mib": peak_mib(),
    }
    print(json.dumps(said))
