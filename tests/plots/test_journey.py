from types import SimpleNamespace

from matplotlib.patches import FancyBboxPatch

from lab_kit.plots import lab_map


def texts(picture):
    return [text.get_text() for text in picture.figure.axes[0].texts]


def boxes(picture):
    return [p for p in picture.figure.axes[0].patches if isinstance(p, FancyBboxPatch)]


def test_labs_that_are_there_tell_their_minutes_and_the_others_are_to_come():
    picture = lab_map([SimpleNamespace(id="00", minutes=15), SimpleNamespace(id="01", minutes=25)])
    assert texts(picture).count("to come") == 5
    assert "25 min" in texts(picture)
    assert "01 Preprocess (25 min)" in picture.alt
    assert "06 Embed (to come)" in picture.alt


def test_without_labs_all_are_drawn_alike():
    assert "to come" not in lab_map().alt
    assert len({box.get_linestyle() for box in boxes(lab_map())}) == 1


def test_here_is_pointed_out_in_words_too():
    assert "▲ you are here" in texts(lab_map(here="03"))
    assert lab_map(here="03").alt.endswith("You are at 03.")
    assert "▲ you are here" not in texts(lab_map())


def test_nothing_overlaps():
    picture = lab_map()
    extents = [box.get_window_extent() for box in boxes(picture)]
    for number, one in enumerate(extents):
        assert not any(one.overlaps(other) for other in extents[number + 1 :])


def test_every_word_stays_on_its_card():
    picture = lab_map([SimpleNamespace(id="01", minutes=25)], here="01")
    picture.figure.draw_without_rendering()
    edge = picture.figure.bbox
    for text in picture.figure.axes[0].texts:
        extent = text.get_window_extent()
        assert edge.x0 <= extent.x0
        assert extent.x1 <= edge.x1
    cards = [box.get_window_extent() for box in boxes(picture)]
    for text in picture.figure.axes[0].texts:
        extent = text.get_window_extent()
        around = [card for card in cards if card.overlaps(extent)]
        assert all(card.x0 <= extent.x0 and extent.x1 <= card.x1 for card in around), text
