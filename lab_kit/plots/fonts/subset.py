"""Make the kit's fonts from Pretendard: fewer glyphs, another name (see README.md)."""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Lab Kit Sans KR"
STYLES = ("Regular", "Bold")
FOLDER = Path(__file__).resolve().parent


def ks_x_1001() -> str:
    """The 2,350 Hangul syllables of KS X 1001, in code order: rows 16 to 40, 94 cells each."""
    return "".join(
        bytes([row + 0xA0, cell + 0xA0]).decode("euc_kr")
        for row in range(16, 41)
        for cell in range(1, 95)
    )


def between(first: int, last: int) -> str:
    """All characters from code point `first` to `last`, both included."""
    return "".join(map(chr, range(first, last + 1)))


CHARACTERS = "".join(
    [
        between(0x0020, 0x007E),  # Latin
        between(0x00A0, 0x0148) + between(0x014A, 0x017F),  # its accents, ×, ·, °, ½
        between(0x0391, 0x03A1) + between(0x03A3, 0x03C9),  # Greek, for formulas
        between(0x3131, 0x3163),  # Hangul letters by themselves
        between(0x2010, 0x2027) + "‰′″‹›※⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉",  # dashes, quotes, dots, powers
        "₩€£¥₿" + between(0x2190, 0x2199) + "↔↕⇒⇔↩",
        "√∞≈≠≤≥∑∏∂∆∫−" + "①②③④⑤⑥⑦⑧⑨⑩",
        "■□▪▲△▶▷▼▽◀◁◆◇○●★☆✓✗♥♡♪",
        between(0x3000, 0x3003) + between(0x3008, 0x3011) + "〜・" + between(0xFF01, 0xFF5E) + "￦",
        ks_x_1001(),
    ]
)
"""What a figure of the kit may write."""


def make(source: Path, target: Path, style: str) -> None:
    """Write the subset of the font at `source` to `target`, under the kit's own name."""
    options = subset.Options(
        layout_features=["kern", "ccmp"],
        hinting=False,
        notdef_outline=True,
        name_IDs=[0, 7, 8, 9, 13, 14],  # who made it and under which licence; names follow below
        name_languages=[0x409],
        drop_tables=["DSIG"],
    )
    font = TTFont(source, recalcTimestamp=False)
    chosen = subset.Subsetter(options)
    chosen.populate(text=CHARACTERS)
    chosen.subset(font)
    rename(font, style)
    font.save(target)


def rename(font: TTFont, style: str) -> None:
    """Give the font the kit's family name, as its Reserved Font Names demand."""
    version = font["head"].fontRevision
    names = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}; modified from Pretendard {version:.3f}",
        4: f"{FAMILY} {style}",
        5: f"Version {version:.3f}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
    }
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)


def main() -> None:
    """Make both styles from the folder that the command line names."""
    folder = Path(sys.argv[1])
    for style in STYLES:
        target = FOLDER / f"LabKitSansKR-{style}.ttf"
        make(folder / f"Pretendard-{style}.ttf", target, style)
        print(f"{target.name}: {target.stat().st_size / 1024:,.0f} KiB")


if __name__ == "__main__":
    main()
