"""Put one thing on the learner's screen in every form a front end may be able to show."""

from typing import Any, Protocol

from IPython.core.getipython import get_ipython
from IPython.display import display

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Widget(Protocol):
    """What `show` needs of an ipywidgets widget."""

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]: ...


def show(
    html: str,
    text: str,
    widget: Widget | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Display one output with several representations; the front end takes the richest it can.

    JupyterLab with a live kernel draws the widget. A saved or printed notebook, GitHub and VS Code
    without widgets draw the HTML; a terminal prints the text.

    Args:
        html: A fragment that says everything the widget says, without scripts.
        text: The same in plain text.
        widget: The interactive form, if there is one.
        data: Private MIME types and their JSON, for the kit's own tools; no front end draws them.
    """
    if get_ipython() is None:
        print(text)
        return
    bundle: dict[str, Any] = {"text/html": html, "text/plain": text, **(data or {})}
    if widget is not None:
        view = widget._repr_mimebundle_().get(WIDGET_VIEW)
        if view is not None:
            bundle[WIDGET_VIEW] = view
    display(bundle, raw=True)
