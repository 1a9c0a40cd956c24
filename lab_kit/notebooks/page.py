"""An executed notebook as one HTML file that needs no network to be read."""

from pathlib import Path

from lab_kit.notebooks.files import write_whole


def write_page(notebook: Path, page: Path) -> None:
    """Convert a notebook; formulas stay as typed, since nothing is fetched to draw them.

    Raises:
        LabKitError: Where the page cannot be written.
    """
    import nbformat
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="lab",
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        mermaid_js_url="",
        embed_images=True,
    )
    node = nbformat.read(notebook, as_version=4)
    node.metadata.pop("widgets", None)  # would fetch a widget library; the HTML beside it stays
    html, _ = exporter.from_notebook_node(node, {"metadata": {"name": notebook.stem}})
    write_whole(page, html)
