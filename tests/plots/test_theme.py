import subprocess
import sys
import warnings

import matplotlib
import pytest
from fontTools.ttLib import TTFont
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, fontManager

from lab_kit.data import load
from lab_kit.plots import Picture, use_theme
from lab_kit.plots.fonts.subset import CHARACTERS, ks_x_1001
from lab_kit.plots.theme import FONT, FONT_FOLDER, PALETTE, themed

FONTS = sorted(FONT_FOLDER.glob("*.ttf"))


def contrast_with_white(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


@pytest.fixture
def own_settings():
    with matplotlib.rc_context():
        yield


def draw_without_missing_glyphs(text, weight="normal"):
    figure = Figure(figsize=(12, 12))
    figure.text(0, 0, text, fontweight=weight)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FigureCanvasAgg(figure).draw()


@pytest.mark.usefixtures("own_settings")
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_every_syllable_of_ks_x_1001_is_drawn(weight):
    use_theme()
    syllables = ks_x_1001()
    assert len(set(syllables)) == 2350
    assert (syllables[0], syllables[-1]) == ("가", "힝")
    draw_without_missing_glyphs(
        "\n".join(syllables[i : i + 50] for i in range(0, 2350, 50)), weight
    )


@pytest.mark.usefixtures("own_settings")
def test_symbols_of_the_labs_are_drawn():
    use_theme()
    draw_without_missing_glyphs("₩12,900 ✓ ✗ → ← × · – — … “ ” ‘ ’ ≤ ≥ ≈ − ± ° é Ü ▲ ● ★ ￦ （）")


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_every_letter_of_the_shop_has_a_glyph(path):
    letters = set()
    for frame in (load("shop").items, load("shop").users):
        for column in frame.select_dtypes(include=["str", "category", "object"]):
            letters.update("".join(frame[column].dropna().astype("str").unique()))
    assert any("가" <= letter <= "힣" for letter in letters)
    assert letters - set(map(chr, TTFont(path).getBestCmap())) - {"\n"} == set()


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_each_font_holds_what_the_recipe_names_itself_by_the_kit_and_tells_its_licence(path):
    font = TTFont(path)
    assert {ord(character) for character in CHARACTERS} <= set(font.getBestCmap())
    names = {record.nameID: str(record) for record in font["name"].names}
    assert names[1] == FONT
    presented = [names[name_id] for name_id in (1, 2, 4, 6)]
    assert not any("Pretendard" in name or "Source" in name for name in presented)
    assert "SIL Open Font License" in names[13]


def test_the_fonts_are_small_and_the_licence_travels_with_them():
    assert sum(path.stat().st_size for path in FONTS) < 1_000_000
    licence = (FONT_FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert "Reserved Font Name Pretendard" in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


@pytest.mark.usefixtures("own_settings")
def test_calling_it_again_changes_nothing():
    use_theme()
    fonts, settings = len(fontManager.ttflist), dict(matplotlib.rcParams)
    use_theme()
    assert (len(fontManager.ttflist), dict(matplotlib.rcParams)) == (fonts, settings)


@pytest.mark.usefixtures("own_settings")
@pytest.mark.parametrize(("weight", "style"), [("normal", "Regular"), ("bold", "Bold")])
def test_matplotlib_finds_the_font_of_the_kit(weight, style):
    use_theme()
    properties = matplotlib.font_manager.FontProperties(family=FONT, weight=weight)
    assert findfont(properties, fallback_to_default=False).endswith(f"LabKitSansKR-{style}.ttf")


def test_a_picture_of_the_kit_leaves_the_learners_settings_alone():
    before = dict(matplotlib.rcParams)
    inside = {}
    themed(lambda: inside.update(family=matplotlib.rcParams["font.family"]))()
    assert inside["family"][0] == FONT
    assert dict(matplotlib.rcParams) == before


def test_text_is_drawn_in_the_kits_font_even_outside_of_the_theme():
    figure = themed(lambda: Figure(figsize=(2, 1)))()
    themed(lambda: figure.text(0.1, 0.5, "구매"))()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Picture(figure, "a Korean word").png()


def test_a_dollar_in_the_data_is_no_formula():
    figure = themed(lambda: Figure(figsize=(2, 1)))()
    assert not themed(lambda: figure.text(0, 0, "$5 to $9"))().get_parse_math()


def test_colours_of_text_and_marks_stand_out_on_the_card():
    from lab_kit.plots import theme

    assert min(contrast_with_white(colour) for colour in (theme.INK, theme.MUTED)) >= 4.5
    assert min(contrast_with_white(colour) for colour in PALETTE) >= 2.2
    assert len(set(PALETTE)) == len(PALETTE)


def test_importing_the_room_does_not_import_matplotlib():
    code = "import sys, lab_kit.plots, lab_kit.plots.display; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_every_name_of_the_room_can_be_imported():
    import lab_kit.plots as plots

    assert all(callable(getattr(plots, name)) for name in plots.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        plots.nothing  # noqa: B018
