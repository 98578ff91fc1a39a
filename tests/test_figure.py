"""The shipped figures: drawn, mirrored, saved as SVG, linted and compared with golden frames."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
import yaml

from figure_rules import figure_problems
from stretch.core.text import is_printable
from stretch.figure.colors import PALETTES, ColorRole, hex_color
from stretch.figure.file_format import Figure, View
from stretch.figure.render import CharacterFrame, octants, render_frame
from stretch.figure.svg import render_svg
from support import for_each

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden" / "figures"
SIZES = ((60, 20), (48, 16), (36, 12), (24, 8))
GOLDEN_FRAMES = (
    ("cat-cow", 1.0),
    ("single-knee-to-chest", 1.0),
    ("supine-spinal-twist", 1.0),
    ("neck-side-bend", 0.5),
    ("wrist-extensor", 1.0),
)


def _load(path: Path) -> Figure:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return msgspec.convert(yaml.load(path.read_text(encoding="utf-8"), loader), Figure)


FIGURES = {path.stem: _load(path) for path in sorted((ROOT / "data" / "figures").glob("*.yaml"))}
every_figure = for_each("figure", FIGURES.values())


def test_every_stretch_has_a_figure() -> None:
    stretches = {path.stem for path in (ROOT / "data" / "stretches").glob("*.yaml")}
    assert stretches - FIGURES.keys() == set()


def test_every_warm_up_move_has_a_figure() -> None:
    session = yaml.safe_load((ROOT / "data" / "session.yaml").read_text(encoding="utf-8"))
    moves = {move["id"] for kind in ("standing", "seated") for move in session["warm_up"][kind]}
    assert moves - FIGURES.keys() == set()


@every_figure
def test_a_figure_is_named_like_its_file(figure: Figure) -> None:
    assert FIGURES[figure.id] is figure


@every_figure
def test_shipped_figures_have_no_problems(figure: Figure) -> None:
    assert figure_problems(figure) == []


@pytest.mark.slow
@every_figure
def test_frames_have_the_requested_size_and_plain_spaces(figure: Figure) -> None:
    for columns, rows in SIZES:
        for glyphs in ("braille", "blocks"):
            drawn = render_frame(figure, columns, rows, 1.0, glyphs=glyphs)
            assert len(drawn) == rows
            assert {sum(len(text) for text, _ in row) for row in drawn} == {columns}
            assert "\u2800" not in _text(drawn)


@pytest.mark.slow
@every_figure
def test_adjacent_characters_of_one_color_are_merged(figure: Figure) -> None:
    for row in render_frame(figure, 48, 16, 1.0):
        assert all(before != after for before, after in pairwise(color for _, color in row))


@for_each("figure", [figure for figure in FIGURES.values() if figure.view is not View.SIDE])
def test_the_left_side_of_a_view_from_the_front_is_the_exact_mirror_image(figure: Figure) -> None:
    right, left = (_dots(render_frame(figure, 48, 16, 0.7, left=left)) for left in (False, True))
    match figure.left_change:
        case None:
            assert left == {(95 - x, y) for x, y in right}
        case "flip":
            assert left == {(x, 63 - y) for x, y in right}
        case _:
            assert figure.id == "thread-the-needle" or figure.view is View.CLOSE


@pytest.mark.slow
@every_figure
def test_the_muscle_lights_up_as_the_stretch_deepens(figure: Figure) -> None:
    def brightness(drawn: CharacterFrame) -> int:
        return sum(len(text) * color.highlight for row in drawn for text, color in row if color)

    start, middle, stretch = (brightness(render_frame(figure, 48, 16, depth)) for depth in (0.0, 0.5, 1.0))
    assert start == 0
    if figure.muscles:
        assert 0 < middle < stretch


@pytest.mark.slow
@every_figure
def test_without_color_no_character_has_a_color(figure: Figure) -> None:
    assert all(color is None for row in render_frame(figure, 48, 16, 1.0, color=False) for _, color in row)


@pytest.mark.slow
@every_figure
def test_the_svg_is_small_well_formed_and_self_contained(figure: Figure) -> None:
    for left in (False, True):
        drawn = render_svg(figure, left=left, title="A & B", description="<both>")
        root = ElementTree.fromstring(drawn)
        assert len(drawn.encode()) < 8192
        assert root.find("{http://www.w3.org/2000/svg}title").text == "A & B"
        assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        used = {element.get("href", "")[1:] for element in root.iter() if element.get("href")}
        assert used <= set(ids)


def test_without_color_a_lit_muscle_is_striped() -> None:
    from_side = FIGURES["cat-cow"]
    unlit = msgspec.structs.replace(from_side, muscles=())
    assert _text(render_frame(from_side, 48, 16, 0.0, color=False)) == _text(
        render_frame(unlit, 48, 16, 0.0, color=False)
    )
    assert _text(render_frame(from_side, 48, 16, 1.0, color=False)) != _text(
        render_frame(unlit, 48, 16, 1.0, color=False)
    )


def test_similar_depths_share_one_cached_frame() -> None:
    figure = FIGURES["cat-cow"]
    assert render_frame(figure, 48, 16, 0.5) is render_frame(figure, 48, 16, 0.502)


def test_a_fully_lit_muscle_has_the_accent_color() -> None:
    for palette in PALETTES.values():
        assert set(palette) == set(ColorRole)
        colors = {color for row in render_frame(FIGURES["cat-cow"], 48, 16, 1.0) for _, color in row if color}
        lit = {hex_color(color, palette) for color in colors if color.highlight == 8}
        assert lit == {palette[ColorRole.ACCENT]}


@pytest.mark.parametrize(("name", "depth"), GOLDEN_FRAMES)
def test_golden_frames(name: str, depth: float, pytestconfig: pytest.Config) -> None:
    """Braille, half blocks and no color of a few figures, as frames."""
    figure = FIGURES[name]
    frames = [
        _text(render_frame(figure, 48, 16, depth)),
        _text(render_frame(figure, 48, 16, depth, left=True, glyphs="blocks")),
        _text(render_frame(figure, 36, 12, depth, color=False)),
    ]
    drawn = f"\n{'-' * 48}\n".join(frames) + "\n"
    golden = GOLDEN / f"{name}.txt"
    if pytestconfig.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(drawn, encoding="utf-8")
    assert drawn == golden.read_text(encoding="utf-8")


def _text(frame: CharacterFrame) -> str:
    return "\n".join("".join(text for text, _ in row).rstrip() for row in frame)


def _dots(drawn: CharacterFrame) -> set[tuple[int, int]]:
    dots = {0: (0, 0), 1: (0, 1), 2: (0, 2), 3: (1, 0), 4: (1, 1), 5: (1, 2), 6: (0, 3), 7: (1, 3)}
    found = set()
    for y, row in enumerate(drawn):
        for x, character in enumerate("".join(text for text, _ in row)):
            bits = ord(character) - 0x2800 if character != " " else 0
            found |= {(2 * x + dots[i][0], 4 * y + dots[i][1]) for i in range(8) if bits >> i & 1}
    return found


def octant_names() -> dict[str, str]:
    """Return the names that Unicode 16 gives to the characters with one dot, two rows and the middle quarters."""
    return {
        "1": "\U0001cea8", "2": "\U0001ceab", "7": "\U0001cea3", "8": "\U0001cea0", "12": "\U0001fb82", "78": "▂",
        "35": "\U0001fbe6", "46": "\U0001fbe7", "123456": "\U0001fb85", "345678": "▆", "1234": "▀", "5678": "▄",
        "1357": "▌", "2468": "▐", "13": "▘", "24": "▝", "57": "▖", "68": "▗", "123457": "▛", "2457": "▞",
        "12345678": "█", "": " ",
        # BLOCK OCTANT-3, -23, -123, -4, -14, -5, -15, -2345678 as the code chart has them
        "3": "\U0001cd00", "23": "\U0001cd01", "123": "\U0001cd02", "4": "\U0001cd03", "14": "\U0001cd04",
        "5": "\U0001cd09", "15": "\U0001cd0a", "2345678": "\U0001cde5",
    }  # fmt: skip


def test_octants_are_the_characters_of_unicode_16() -> None:
    # The dots of a braille code are numbered down the columns, those of an octant along the rows.
    bits = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
    for name, character in octant_names().items():
        assert octants()[sum(bits[int(dot) - 1] for dot in name)] == character, name
    assert len(set(octants())) == 256
    assert sum("\U0001cd00" <= character <= "\U0001cde5" for character in octants()) == 230
    known = [unicodedata.name(character, "") for character in octants()]
    assert sum(name.startswith("BLOCK OCTANT-") for name in known) in (0, 230)  # from Python 3.14 on they are known
    for code, name in enumerate(known):
        if name.startswith("BLOCK OCTANT-"):
            assert {int(dot) for dot in name[13:]} == {i + 1 for i, bit in enumerate(bits) if code & bit}


def test_octants_are_drawn_where_braille_has_dots() -> None:
    dots, solid = (render_frame(FIGURES["cat-cow"], 48, 16, 1.0, glyphs=glyphs) for glyphs in ("braille", "octants"))
    for row, same in zip(dots, solid, strict=True):
        assert [style for _, style in row] == [style for _, style in same]
        for (text, _), (other, _) in zip(row, same, strict=True):
            assert other == text.translate({0x2800 + code: octants()[code] for code in range(256)})
            assert all(map(is_printable, other))
