"""Put one thing on the learner's screen in every form a front end may be able to show."""

from typing import Any, Protocol

from IPython.core.getipython import get_ipython
from IPython.display import display

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# JupyterLab 4 prefers the widget of a bundle even where its kernel is gone, and then says "Error
# displaying widget: model not found" instead of drawing the HTML beside it. So a widget is an
# output of its own below the HTML, and these rules hide one of the two: the HTML where the widget
# was drawn, else the widget's output, which then holds nothing but that sentence.
_EITHER_OR = """<style>
.jp-OutputArea-child:has(.lab-kit-static):has(+ .jp-OutputArea-child .jupyter-widgets > *),
.jp-OutputArea-child:has(.lab-kit-static)
+ .jp-OutputArea-child:has(.jupyter-widgets):not(:has(.jupyter-widgets > *))
{ display: none; }
</style>"""


class Widget(Protocol):
    """What `show` needs of an ipywidgets widget."""

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]: ...


def show(
    html: str,
    text: str,
    widget: Widget | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Display one thing in several forms; the front end shows the richest it can.

    JupyterLab with a live kernel draws the widget. A notebook opened later, printed or on GitHub
    shows the HTML; a terminal prints the text. Where style sheets are stripped or widgets are drawn
    by another front end, the HTML stands above the widget.

    Args:
        html: A fragment that says everything the widget says, without scripts.
        text: The same in plain text.
        widget: The interactive form, if there is one.
        data: Private MIME types and their JSON, for the kit's own tools; no front end draws them.
    """
    if get_ipython() is None:
        print(text)
        return
    view = widget._repr_mimebundle_().get(WIDGET_VIEW) if widget is not None else None
    if view is not None:
        html = f'<div class="lab-kit-static">{_EITHER_OR}{html}</div>'
    display({"text/html": html, "text/plain": text, **(data or {})}, raw=True)
    if view is not None:
        display({WIDGET_VIEW: view}, raw=True)
