import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from lab_kit.plots.display import show


@pytest.fixture
def notebook():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def test_a_plain_python_prints_the_text(capsys):
    show("<p>hello</p>", "hello")
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.usefixtures("notebook")
def test_a_notebook_gets_one_output_with_every_form():
    with capture_output() as captured:
        show(
            "<p>hello</p>", "hello", data={"application/vnd.lab-kit.check+json": {"state": "done"}}
        )
    (output,) = captured.outputs
    assert output.data == {
        "text/html": "<p>hello</p>",
        "text/plain": "hello",
        "application/vnd.lab-kit.check+json": {"state": "done"},
    }


@pytest.mark.usefixtures("notebook")
def test_a_widget_without_a_view_leaves_the_html():
    class NoView:
        def _repr_mimebundle_(self, **options):
            return {"text/plain": "NoView()"}

    with capture_output() as captured:
        show("<p>hello</p>", "hello", widget=NoView())
    assert set(captured.outputs[0].data) == {"text/html", "text/plain"}
