"""An analogy as what it is: the same step taken twice."""

from lab_kit.embed import Vectors, plane
from lab_kit.plots.hover import Hover
from lab_kit.plots.scatter import word_plane
from lab_kit.plots.theme import BLUE, VERMILLION


def analogy(vectors: Vectors, a: str, b: str, c: str, *, k: int = 5) -> Hover:
    """Draw a, b, c, the step from a to b taken from c, and what lies nearest to its end.

    Args:
        vectors: The space.
        a: As in "a is to b as c is to ?".
        b: As above.
        c: As above.
        k: How many answers.

    Raises:
        LabKitError: If a word is unknown, with the nearest spellings.
    """
    found = vectors.analogy(a, b, c, k)
    names = list(dict.fromkeys([a, b, c, *found.names]))
    flat = plane(vectors, names)
    points = flat.place(vectors, names)
    answers = ", ".join(
        f"{name} {cosine:.2f}" for name, cosine in zip(found.shown, found.cosines, strict=True)
    )
    drawn = word_plane(
        points,
        title=f"{vectors.called(a)} is to {vectors.called(b)} as {vectors.called(c)} is to "
        f"{found.shown[0]}",
        remark=f"nearest to {b} - {a} + {c} by cosine: {answers}",
        bold=[a, b, c, found.names[0]],
        shown=vectors.shown,
        height=3.4,
    )
    for start, end, colour in ((a, b, BLUE), (c, found.names[0], VERMILLION)):
        drawn.axes.annotate(
            "",
            points.loc[end, ["x", "y"]].tolist(),
            points.loc[start, ["x", "y"]].tolist(),
            arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.5, "shrinkB": 6},
        )
    drawn.alt = f"{drawn.alt} Answers by cosine: {answers}."
    return drawn
