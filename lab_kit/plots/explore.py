"""An interactive figure, and the same figure where nothing can be clicked."""

import gc
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from lab_kit.errors import LabKitError
from lab_kit.plots.display import show
from lab_kit.plots.picture import LIMIT, Picture

Draw = Callable[..., Picture | str]
Control = list[Any] | tuple[float, float, float] | str
FEW = 5
"""Up to so many options are buttons side by side; more are a list to choose from."""


@dataclass(frozen=True)
class Explorer:
    """What `explorer` returns; a notebook shows it when it is the last line of a cell."""

    widget: ipywidgets.VBox
    html: str
    """The presets, one below the other."""
    text: str
    """The same in words."""

    def _ipython_display_(self) -> None:
        show(self.html, self.text, self.widget)

    def __repr__(self) -> str:
        return self.text


def explorer(
    draw: Draw,
    controls: Mapping[str, Control],
    static: Sequence[Mapping[str, Any]],
) -> Explorer:
    """Let the learner choose what `draw` draws.

    In a notebook with a running kernel there are buttons, lists and sliders, all of which work with
    the keyboard. A saved notebook, a report or a terminal shows the presets instead. Only the
    picture on screen is kept.

    Args:
        draw: A function of the choices, by name, that returns a Picture or an HTML fragment.
        controls: For each argument of `draw` a list of options, or a tuple (low, high, step) for a
            slider that includes both ends, or for a line to write in the text that is shown while
            it is empty.
        static: Choices to show where nothing can be clicked; the first is also the start. Together
            their pictures take no more bytes than a single picture may.

    Raises:
        LabKitError: If there is no preset, or a preset and `controls` differ in their names, or a
            preset takes a value that its control does not offer.
    """
    if not static:
        raise LabKitError(
            "An explorer needs something to show where nothing can be clicked",
            where="static",
            next_step="name at least one preset, such as static=[{'days': 3}]",
        )
    for preset in static:
        _check(preset, controls)
    drawn = [(_title(preset), draw(**preset)) for preset in static]
    limit = LIMIT // len(static)
    page = "".join(
        f'<p style="margin:0.8em 0 0.3em"><strong>{html.escape(title)}</strong></p>'
        + _as_html(result, limit)
        for title, result in drawn
    )
    text = "\n".join(f"{title}: {_as_text(result)}" for title, result in drawn)
    return Explorer(_panel(draw, controls, static[0], drawn[0][1]), page, text)


def _check(preset: Mapping[str, Any], controls: Mapping[str, Control]) -> None:
    if set(preset) != set(controls):
        raise LabKitError(
            f"A preset chooses {_listed(preset)}, the controls offer {_listed(controls)}",
            where="static",
            next_step="give each preset a value for every control",
        )
    for name, value in preset.items():
        if not _offers(controls[name], value):
            raise LabKitError(
                f"{name} cannot be {value!r}",
                where="static",
                next_step=f"choose a value among {controls[name]}",
            )


def _offers(control: Control, value: Any) -> bool:
    if isinstance(control, str):
        return isinstance(value, str)
    if isinstance(control, list):
        return value in control
    low, high, step = control
    steps = (value - low) / step
    return low <= value <= high and abs(steps - round(steps)) < 1e-9


def _panel(
    draw: Draw, controls: Mapping[str, Control], start: Mapping[str, Any], first: Picture | str
) -> ipywidgets.VBox:
    """The controls above the picture; a change of any of them draws it anew."""
    inputs = {name: _input(name, control, start[name]) for name, control in controls.items()}
    message = ipywidgets.HTML()
    picture = ipywidgets.HTML(_as_html(first, LIMIT))

    def redraw(change: object) -> None:
        try:
            picture.value = _as_html(draw(**{name: i.value for name, i in inputs.items()}), LIMIT)
            message.value = ""
        except Exception as error:  # whatever a learner's own `draw` may raise
            message.value = _apology(error)
        gc.collect()  # figures are rings of references: dozens would wait for the collector

    for control in inputs.values():
        control.observe(redraw, names="value")
    row = ipywidgets.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px 20px")
    return ipywidgets.VBox([ipywidgets.Box([*inputs.values()], layout=row), message, picture])


def _input(name: str, control: Control, value: Any) -> ipywidgets.ValueWidget:
    label = name.replace("_", " ")
    style = {"description_width": "initial"}
    if isinstance(control, str):
        return ipywidgets.Text(
            value,
            placeholder=control,
            continuous_update=False,  # when the line is done, not at every letter
            description=label,
            style=style,
        )
    if isinstance(control, list):
        options = [(str(option), option) for option in control]
        if len(control) > FEW:
            return ipywidgets.Dropdown(options=options, value=value, description=label, style=style)
        return ipywidgets.ToggleButtons(
            options=options,
            value=value,
            description=label,
            style={**style, "button_width": "auto"},
            # By itself this widget puts its label above the buttons.
            layout=ipywidgets.Layout(
                display="flex", align_items="center", grid_gap="8px", width="max-content"
            ),
        )
    low, high, step = control
    whole = all(isinstance(number, int) for number in control)
    slider = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return slider(
        value,
        min=low,
        max=high,
        step=step,
        continuous_update=False,  # one drawing when the slider is let go, not one a pixel
        description=label,
        style=style,
    )


def _apology(error: Exception) -> str:
    reason = str(error) if isinstance(error, LabKitError) else f"{type(error).__name__}: {error}"
    return f'<p role="alert">This choice cannot be drawn. {html.escape(reason)}</p>'


def _as_html(result: Picture | str, limit: int) -> str:
    return result.html(limit) if isinstance(result, Picture) else result


def _as_text(result: Picture | str) -> str:
    return result.alt if isinstance(result, Picture) else "shown as HTML"


def _title(preset: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in preset.items())


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(names)) or "nothing"
