"""A map of a whole space, with something to look for."""

from collections.abc import Mapping

from lab_kit.embed import Vectors, plane
from lab_kit.errors import LabKitError
from lab_kit.plots.hover import Hover
from lab_kit.plots.labels import short
from lab_kit.plots.scatter import word_plane

HEIGHT = 5.4
"""Inches: a cloud of points is about as high as it is wide."""
MOST = 400
"""Points on a map; the commonest names."""


def space_map(
    vectors: Vectors,
    *,
    groups: Mapping[str, str] | None = None,
    search: str = "",
    k: int = 8,
    most: int = MOST,
) -> Hover:
    """Draw the commonest names of a space; with `search`, what is nearest to what is found.

    Neighbours are those of the whole space, not of the plane: the lines show how far apart the
    plane tears them.

    Args:
        vectors: The space.
        groups: A group for each name.
        search: A name or a part of one, in any case; "" for the map alone.
        k: How many neighbours are joined to it.
        most: How many names are drawn.

    Raises:
        LabKitError: If no name contains the text, with the nearest spellings.
    """
    common = vectors.common(most)
    flat = plane(common)
    remark = (
        f"the {len(common):,} commonest of {len(vectors):,}; the plane keeps {flat.kept:.0%} of "
        "how they differ"
    )
    if not search.strip():
        points = flat.place(common)
        title = f"{len(common):,} of {len(vectors):,} names on a plane"
        return word_plane(
            points,
            title=title,
            remark=remark,
            shown=vectors.shown,
            groups=groups,
            height=HEIGHT,
        )
    found = _look_up(vectors, search.strip())
    near = vectors.nearest(found, k)
    names = list(dict.fromkeys([found, *near.names, *common.names]))
    return word_plane(
        flat.place(vectors, names),
        title=f"Nearest to {short(vectors.called(found))}: {', '.join(map(short, near.shown[:2]))}",
        remark=f"joined: the {len(near)} nearest in the whole space; {remark}",
        bold=[found, *near.names],
        shown=vectors.shown,
        groups=groups,
        lines=[(found, name) for name in near.names],
        height=HEIGHT,
    )


def _look_up(vectors: Vectors, search: str) -> str:
    """The name itself, else the commonest that begins with the text, else that contains it."""
    if search in vectors:
        return search
    wanted = search.lower()
    called = [(vectors.called(name).lower(), name) for name in vectors.names]
    for fits in (str.startswith, str.__contains__):
        for text, name in called:
            if fits(text, wanted):
                return name
    near = ", ".join(vectors.called(name) for name in vectors.spellings(search))
    raise LabKitError(
        f"No name contains {search!r}",
        where=f"near in spelling: {near}" if near else f"{len(vectors):,} names",
        next_step="look for another word",
    )
