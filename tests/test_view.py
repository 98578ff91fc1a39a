"""The screen at many sizes: golden files, and what must hold at any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from stretch.core.model import Move
from stretch.core.text import minutes_seconds
from stretch.core.timing.animation import FigureState
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Session, update
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import POSITION_LABELS
from stretch.player.countdown_panel import PANEL, countdown_panel
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.instructions import full_column, pause_message, under_figure
from stretch.player.keymap import KEYMAP, action_of
from stretch.player.layout import StyledLine
from stretch.player.view import render_screen
from stretch.storage.catalogs.catalog import load_figures
from support import CATALOG, MS, SAMPLE, SECOND, routine

ROUTINE = SAMPLE
TIMELINE = build_timeline(ROUTINE)
CONTRACT = routine(areas=(), stretches=("contract-relax-hamstring",), level="deep")
FIGURES = FigureRenderer(
    load_figures([*(move.id for move in CATALOG.warm_up.standing), *CATALOG.stretches]), color=False
)
GOLDEN = Path(__file__).parent / "golden" / "screens"
SIZES = [(120, 40), (100, 30), (80, 24), (60, 20), (40, 12), (20, 6)]


def screen_text(session: Session, columns: int, lines: int, **how) -> list[str]:
    how.setdefault("figures", FIGURES)
    return ["".join(text for text, _ in row) for row in render_screen(session, columns, lines, **how)]


def in_phase(kind: str, part: float = 0.4, timeline=TIMELINE, **fields: object) -> Session:
    phase: Phase = next(phase for phase in timeline.phases if phase.kind == kind)
    return Session(timeline=timeline, position_ns=int(phase.start_ms + part * phase.length_ms) * MS, **fields)


SCENES = {
    "warm-up": in_phase("warm-up"),
    "prepare": in_phase("prepare"),
    "move": in_phase("move"),
    "hold": in_phase("hold"),
    "rest": in_phase("rest"),
    "switch": in_phase("switch"),
    "settle": in_phase("settle"),
    "press": in_phase("press", timeline=build_timeline(CONTRACT)),
    "release": in_phase("release", timeline=build_timeline(CONTRACT)),
    "paused": in_phase("hold", paused=True),
    "away": in_phase("hold", paused=True, sleep_gap_ns=840 * SECOND),
    "help": in_phase("hold", help_open=True),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_golden_screens(name: str, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    check_golden(f"{name}-{size[0]}x{size[1]}", screen_text(SCENES[name], *size), request)


@pytest.mark.parametrize("size", SIZES[:4], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", ["prepare", "hold", "away"])
def test_golden_screens_without_a_figure(name: str, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    check_golden(f"{name}-{size[0]}x{size[1]}-words", screen_text(SCENES[name], *size, figures=None), request)


def check_golden(name: str, rows: list[str], request: pytest.FixtureRequest) -> None:
    drawn = "\n".join(row.rstrip() for row in rows) + "\n"
    path = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), f"\n{drawn}"


@given(
    st.sampled_from(sorted(SCENES)),
    st.integers(1, 300),
    st.integers(1, 100),
    st.floats(0, 1),
    st.booleans(),
)
def test_the_screen_has_exactly_the_asked_size(name: str, columns: int, lines: int, part: float, unicode: bool) -> None:
    scene = SCENES[name]
    scene = msgspec.structs.replace(scene, position_ns=int(part * scene.timeline.length_ms) * MS)
    rows = screen_text(scene, columns, lines, unicode=unicode)
    assert len(rows) == lines
    assert {cell_len(row) for row in rows} == {columns}
    if not unicode:
        assert "".join(rows).isascii()


@pytest.mark.parametrize("size", SIZES[:5])
def test_name_and_count_are_on_every_screen_but_the_smallest(size: tuple[int, int]) -> None:
    text = " ".join(screen_text(in_phase("hold"), *size)).lower()
    assert "lean back over a" in text
    assert "hold 1 of 2" in text
    assert "1 of" in text


def test_wide_characters_keep_every_line_at_its_width() -> None:
    item = ROUTINE.items[0]
    wide = msgspec.structs.replace(item.stretch, name="猫と牛のポーズ", steps=("猫のように背中を丸めます。" * 6,))
    items = (msgspec.structs.replace(item, stretch=wide), *ROUTINE.items[1:])
    made = msgspec.structs.replace(ROUTINE, items=items)
    timeline = build_timeline(made)
    for columns in range(1, 140, 3):
        rows = screen_text(in_phase("prepare", timeline=timeline), columns, 24)
        assert {cell_len(row) for row in rows} == {columns}


def test_the_hint_line_shows_the_keymap() -> None:
    last = screen_text(in_phase("hold"), 100, 30)[-1]
    for binding in KEYMAP:
        assert f" {binding.label} {binding.hint}".rstrip() in last


def test_seconds_left_are_rounded_up() -> None:
    phase = next(phase for phase in TIMELINE.phases if phase.kind == "hold")
    one = Session(timeline=TIMELINE, position_ns=(phase.end_ms - 1) * MS)
    assert "1 s" in screen_text(one, 20, 4)[1]


@pytest.mark.parametrize(
    "title",
    ["Lower back, Upper back, Hips, Front of the hip, Buttocks, Deep in the buttock", "\u8170\u80cc\u90e8" * 20],
)
@pytest.mark.parametrize("columns", [120, 80, 60, 40])
def test_a_long_title_does_not_hide_the_time_left(title: str, columns: int) -> None:
    timeline = msgspec.structs.replace(TIMELINE, title=title)
    top = screen_text(in_phase("hold", timeline=timeline), columns, 24)[0]
    assert top.endswith(f"{minutes_seconds(in_phase('hold').moment.total_left_ms)} left ")
    assert top.startswith(f" {title[:2]}")
    assert cell_len(top) == columns


@pytest.mark.parametrize(("columns", "lines"), [(120, 40), (100, 30), (80, 24), (60, 20), (40, 12)])
def test_a_warning_hides_neither_the_figure_nor_the_keys(columns: int, lines: int) -> None:
    warning = "No sound player found, so the terminal bell is used. See `stretch doctor`."
    without, mentioned = (screen_text(in_phase("warm-up"), columns, lines, warning=text) for text in ("", warning))
    assert "pause" in without[-1]
    assert mentioned[-1] == without[-1]
    assert "stretch doctor" in " ".join(" ".join(mentioned[-4:]).split())
    assert [row for row in without if set(row) & set("\u28ff\u28c0")] == [
        row for row in mentioned if set(row) & set("\u28ff\u28c0")
    ]


@pytest.mark.parametrize(("columns", "lines"), [(120, 40), (80, 24), (61, 20), (60, 20), (60, 21), (40, 20), (80, 9)])
def test_the_keys_for_pain_are_on_every_screen(columns: int, lines: int) -> None:
    session = update(in_phase("hold"), "hurt")
    mentioned = " ".join(" ".join(screen_text(session, columns, lines)).split())
    assert session.moment.phase.kind == "prepare"
    assert "n to leave it out. If you feel this: 1 numb or spreading, 2 dizzy or breathless" in mentioned
    assert "4 chest pain, 5 between the legs, both legs, or a leg giving way." in mentioned


@pytest.mark.parametrize(
    ("fields", "prompt", "seconds"),
    [
        ({"paused": True}, "PAUSED", "4"),
        ({"waiting": True}, "READY", "4"),
        ({"lead_in_ns": 2 * SECOND + 1}, "READY", "3"),
        ({"pain_stop": "x"}, "STOP", "4"),
    ],
    ids=["paused", "waiting", "getting back in", "stopped"],
)
def test_a_pause_has_one_prompt_word_and_the_lead_in_is_counted_down(fields: dict, prompt: str, seconds: str) -> None:
    phase = next(phase for phase in TIMELINE.phases if phase.kind == "hold")
    session = Session(timeline=TIMELINE, position_ns=(phase.end_ms - 4_000) * MS, **fields)
    rows = ["".join(text for text, _ in row).strip() for row in countdown_panel(session, PANEL, 8, unicode=False)]
    assert prompt in rows
    assert seconds in rows


def text_of(rows: list[StyledLine]) -> str:
    return " ".join("".join(text for text, _ in row) for row in rows)


def test_the_position_is_mentioned_exactly_where_it_changes() -> None:
    before, mentioned = ROUTINE.start_position, []
    for phase in TIMELINE.phases:
        if phase.kind == "prepare":
            position = phase.item.position
            now = Session(timeline=TIMELINE, position_ns=phase.start_ms * MS)
            mentioned.append(f"Change to: {POSITION_LABELS[position]}." in text_of(full_column(now, 60, 30)))
            assert mentioned[-1] is (position != before)
            before = position
    assert set(mentioned) == {True, False}


@pytest.mark.parametrize("words", [full_column, under_figure])
@pytest.mark.parametrize("key", ["ease", "hurt"])
def test_an_eased_stretch_shows_its_easier_way_first(words: Callable[..., list[StyledLine]], key: str) -> None:
    session = update(in_phase("hold"), key)
    assert text_of(words(session, 60, 30)).lstrip().startswith("Easier: ")
    assert not text_of(words(in_phase("hold"), 60, 30)).lstrip().startswith("Easier: ")


TURNED = build_timeline(routine(areas=(), stretches=("calf-bent-knee",), warm_up=0.0))


@pytest.mark.parametrize("kind", ["prepare", "hold", "switch", "last hold"])
def test_the_instructions_name_the_side_of_the_moment(kind: str) -> None:
    phase = [each for each in TURNED.phases if each.kind == kind.removeprefix("last ")][kind.startswith("last ") - 1]
    session = Session(timeline=TURNED, position_ns=phase.start_ms * MS)
    side, other = ("left", "right") if phase.side == "left" else ("right", "left")
    text = text_of(full_column(session, 60, 40))
    for words in (f"your {side} foot a short step back", f"the {side} knee", f"bring your {side} foot closer"):
        assert words in text
    assert ("Feel it low in your " + side in text) is ("hold" in kind)
    # The first step names the side too, and stands first until the stretch begins.
    assert (f"Step your {side} foot back." in text) is ("hold" in kind)
    assert other not in text
    assert f"bring your {side} foot closer" in pause_message(update(session, "hurt"))


def test_a_stretch_without_words_of_its_own_names_the_areas_to_feel_and_what_the_side_is() -> None:
    item = TURNED.items[0]
    plain = msgspec.structs.replace(item.stretch, feel=None, steps=("Lean in.",), side_means="the back leg")
    made = msgspec.structs.replace(
        routine(areas=(), stretches=("calf-bent-knee",)), items=(msgspec.structs.replace(item, stretch=plain),)
    )
    text = text_of(full_column(in_phase("hold", timeline=build_timeline(made)), 60, 30))
    assert "Left: the back leg." in text
    assert "Feel it in the calves." in text


def test_the_keys_in_the_pain_message_have_their_actions() -> None:
    asked = re.findall(r"(\d) ([\w ]+)", pause_message(update(in_phase("hold"), "hurt")))
    assert [key for key, _ in asked] == ["1", "2", "3", "4", "5"]
    assert all(action_of(key, in_pain=True) in said.split() for key, said in asked)


@pytest.mark.parametrize("move", CATALOG.warm_up.standing, ids=lambda move: move.id)
def test_a_move_that_alternates_sides_is_mirrored_every_other_time(move: Move) -> None:
    figure = load_figures([move.id])[move.id]
    first, second, third = (FIGURES.render(FigureState(move.id, None, 1.0, 1.0, turn), 60, 20) for turn in range(3))
    assert (first != second) is figure.alternates_sides
    assert first == third
