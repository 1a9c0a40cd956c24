import base64
import re
import weakref

import ipywidgets
import numpy as np
import pytest
from matplotlib.figure import Figure

from lab_kit.errors import LabKitError
from lab_kit.plots import Picture, explorer
from lab_kit.plots.picture import LIMIT

CONTROLS = {"days": (1, 14, 1), "who": ["all", "new"]}
START = {"days": 3, "who": "all"}


def words(days, who):
    return f"<p>{who} users, {days} days</p>"


def line(days, who):
    figure = Figure(figsize=(3, 2))
    figure.add_subplot().plot([0, days], [0, 1])
    return Picture(figure, f"a line of {days} days for {who}")


def parts(made):
    """The controls by label, the message line and the picture."""
    row, message, picture = made.widget.children
    return {control.description: control for control in row.children}, message, picture


def test_the_widget_starts_with_the_first_preset():
    controls, message, picture = parts(explorer(words, CONTROLS, [START]))
    assert {name: control.value for name, control in controls.items()} == START
    assert (message.value, picture.value) == ("", words(**START))


def test_a_choice_draws_anew():
    controls, _, picture = parts(explorer(words, CONTROLS, [START]))
    assert not controls["days"].continuous_update
    controls["days"].value = 7
    assert picture.value == words(7, "all")
    controls["who"].value = "new"
    assert picture.value == words(7, "new")


def test_the_static_form_is_what_draw_gives_for_each_preset():
    presets = [START, {"days": 14, "who": "new"}]
    made = explorer(line, CONTROLS, presets)
    images = re.findall(r'base64,([^"]+)"', made.html)
    drawn = [line(**preset).png(LIMIT // 2) for preset in presets]
    assert [base64.b64decode(image) for image in images] == drawn
    assert "days: 14, who: new" in made.html
    assert repr(made).splitlines() == [
        "days: 3, who: all: a line of 3 days for all",
        "days: 14, who: new: a line of 14 days for new",
    ]


def test_the_presets_share_the_size_of_one_picture():
    def noise(seed):
        figure = Figure(figsize=(1.6, 1.2))
        pixels = np.random.default_rng(seed).random((120, 160))
        figure.add_axes((0, 0, 1, 1)).imshow(pixels, aspect="auto")
        return Picture(figure, "noise")

    assert 4 * len(noise(0).png()) > LIMIT
    presets = [{"seed": seed} for seed in range(4)]
    assert len(explorer(noise, {"seed": [0, 1, 2, 3]}, presets).html) < 150_000


def test_each_preset_is_drawn_once():
    calls = []

    def counted(days, who):
        calls.append((days, who))
        return words(days, who)

    explorer(counted, CONTROLS, [START, {"days": 5, "who": "new"}])
    assert calls == [(3, "all"), (5, "new")]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LabKitError("Too few days", next_step="take more"), "Too few days. Next: take more."),
        (ValueError("<b>"), "ValueError: &lt;b&gt;"),
    ],
)
def test_an_error_is_one_line_and_the_picture_stays(error, said):
    def picky(days, who):
        if days == 13:
            raise error
        return words(days, who)

    controls, message, picture = parts(explorer(picky, CONTROLS, [START]))
    controls["days"].value = 13
    assert said in message.value
    assert 'role="alert"' in message.value
    assert picture.value == words(**START)
    controls["days"].value = 12
    assert (message.value, picture.value) == ("", words(12, "all"))


def test_only_the_picture_on_screen_is_kept():
    drawn = []

    def remembered(days, who):
        picture = line(days, who)
        drawn.append(weakref.ref(picture.figure))
        return picture

    controls, _, picture = parts(explorer(remembered, CONTROLS, [START]))
    for days in (4, 5, 6, 7):
        controls["days"].value = days
    assert len(drawn) == 5
    assert all(figure() is None for figure in drawn)
    assert picture.value.count("<img") == 1


@pytest.mark.parametrize(
    ("control", "start", "kind"),
    [
        (["a", "b"], "b", ipywidgets.ToggleButtons),
        ([str(n) for n in range(9)], "4", ipywidgets.Dropdown),
        ((1, 9, 2), 5, ipywidgets.IntSlider),
        ((0, 1, 0.25), 0.5, ipywidgets.FloatSlider),
        ("a word", "", ipywidgets.Text),
    ],
)
def test_each_kind_of_control_has_its_widget(control, start, kind):
    controls, _, picture = parts(
        explorer(lambda top_k: str(top_k), {"top_k": control}, [{"top_k": start}])
    )
    assert type(controls["top k"]) is kind
    assert picture.value == str(start)


def test_a_line_that_is_written_is_drawn_and_what_is_wrong_with_it_is_said():
    def found(word):
        if word == "nothing":
            raise LabKitError("No such word", next_step="take another")
        return f"<p>{word}</p>"

    controls, message, picture = parts(explorer(found, {"word": "any word"}, [{"word": "cat"}]))
    assert controls["word"].placeholder == "any word"
    controls["word"].value = "dog"
    assert picture.value == "<p>dog</p>"
    controls["word"].value = "nothing"
    assert "No such word. Next: take another." in message.value
    with pytest.raises(LabKitError, match="word cannot be 3"):
        explorer(found, {"word": "any word"}, [{"word": 3}])


@pytest.mark.parametrize(
    ("static", "said"),
    [
        ([], "needs something to show"),
        ([{"days": 3}], "A preset chooses days, the controls offer days, who"),
        ([{"days": 15, "who": "all"}], "days cannot be 15"),
        ([{"days": 3, "who": "old"}], "who cannot be 'old'"),
        ([{"days": 2.5, "who": "all"}], "days cannot be 2.5"),
    ],
)
def test_presets_that_the_controls_do_not_offer_are_refused(static, said):
    with pytest.raises(LabKitError, match=said):
        explorer(words, CONTROLS, static)


def test_a_notebook_gets_the_static_form_and_below_it_the_widget():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            explorer(words, CONTROLS, [START])._ipython_display_()
    finally:
        InteractiveShell.clear_instance()
    static, widget = captured.outputs
    assert set(static.data) == {"text/html", "text/plain"}
    assert words(**START) in static.data["text/html"]
    assert set(widget.data) == {"application/vnd.jupyter.widget-view+json"}
