"""The screen at many sizes: golden files, and what must hold at any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from stretch.core.model import Move
from stretch.core.text import minutes_seconds
from stretch.core.timing.animation import FigureState
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Action, Session, Tick, seek, update
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import POSITION_LABELS
from stretch.player.big_font import big_text
from stretch.player.countdown_panel import PANEL, countdown_panel, countdown_text
from stretch.player.displays import FRAME_S, STILL_FRAME_S, ScreenDisplay
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.instructions import ahead_ms, big_message, instructions, next_pose, page_at, pause_message
from stretch.player.keymap import KEYMAP, action_of
from stretch.player.layout import StyledLine
from stretch.player.terminal import Terminal
from stretch.player.theme import TextRole
from stretch.player.view import HELP_PAGE_NS, TOO_SMALL, hides_pain_answers, render_screen, warning_ns
from stretch.storage.catalogs.catalog import load_figures
from support import CATALOG, MS, SAMPLE, SECOND, for_each, routine

ROUTINE = SAMPLE
TIMELINE = build_timeline(ROUTINE)
CONTRACT = routine(areas=(), stretches=("contract-relax-hamstring",), level="deep")
FIGURES = FigureRenderer(
    load_figures([*(move.id for move in CATALOG.warm_up.standing), *CATALOG.stretches, "rest-lying", "rest-sitting"]),
    color=False,
)
GOLDEN = Path(__file__).parent / "golden" / "screens"
SIZES = [(120, 40), (100, 30), (80, 24), (60, 20), (40, 12), (20, 6)]


def screen_text(session: Session, columns: int, lines: int, **how: Any) -> list[str]:
    how.setdefault("figures", FIGURES)
    return ["".join(text for text, _ in row) for row in render_screen(session, columns, lines, **how)]


def in_phase(kind: str, part: float = 0.4, timeline: Timeline = TIMELINE, **fields: Any) -> Session:
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


def test_header_and_hint_line_show_every_key_of_the_keymap() -> None:
    _, above, *_, last = screen_text(in_phase("hold"), 120, 40)
    for binding in KEYMAP:
        where, other = (above, last) if binding.action in ("sound", "voice") else (last, above)
        assert f" {binding.label} {binding.hint}" in where
        assert f" {binding.label} {binding.hint}" not in other


@pytest.mark.parametrize("size", SIZES[:5], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_keys_that_must_be_found_are_on_every_hint_line(size: tuple[int, int]) -> None:
    for scene in ("prepare", "hold", "settle", "paused"):
        assert {"space", "x", "?", "q"} <= set(screen_text(SCENES[scene], *size)[-1].split())


@for_each("scene", ["warm-up", "settle"])
def test_keys_that_change_a_stretch_are_shown_only_while_there_is_one(scene: str) -> None:
    keys = screen_text(SCENES[scene], 120, 40)[-1].split()
    assert {"space", "n", "b", "x"} <= set(keys)
    assert {"e", "r"}.isdisjoint(keys)


@pytest.mark.parametrize("size", SIZES[:5], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_help_has_every_key_in_whole_words_page_by_page(size: tuple[int, int]) -> None:
    pages = [
        screen_text(msgspec.structs.replace(SCENES["help"], help_ns=number * HELP_PAGE_NS), *size)
        for number in range(20)
    ]
    read = " ".join(" ".join(" ".join(page[1:]).split()) for page in pages)
    for binding in KEYMAP:
        assert f"{binding.label} {binding.help}" in read
    assert (pages[0] == pages[1]) is (size[1] >= 20)
    assert all("Any key continues." in " ".join(page) for page in pages)
    turning = update(update(in_phase("hold", clock_ns=0), "help"), Tick(HELP_PAGE_NS))
    assert screen_text(turning, *size) == pages[1]
    assert update(update(update(turning, "help"), Tick(HELP_PAGE_NS + 1)), "help").help_ns == 0


def big_rows(text: str, cells: int = 300) -> list[str]:
    return [row[0][0].rstrip() for row in big_text(text, TextRole.TIME, cells, 1, True)]


@pytest.mark.parametrize(
    ("size", "all_large"), [((60, 20), True), ((60, 16), True), ((40, 20), True), ((40, 12), False)]
)
@pytest.mark.parametrize("kind", ["prepare", "switch", "hold", "rest"])
def test_seconds_side_and_breath_are_large_on_a_small_screen(size: tuple[int, int], all_large: bool, kind: str) -> None:
    phase = next(phase for phase in TIMELINE.phases if phase.kind == kind and phase.side)
    session = Session(timeline=TIMELINE, position_ns=(phase.start_ms + 4_000) * MS)
    shown = "\n".join(screen_text(session, *size))
    side = (phase.side or "").upper()
    prompt = {"prepare": "READY", "switch": "SWITCH", "hold": "OUT", "rest": "REST"}[kind]
    ready = kind in ("prepare", "switch")
    for text, large in (
        (countdown_text(session), True),
        (side, all_large or ready),
        (prompt, all_large or not ready),
    ):
        assert all(row in shown for row in big_rows(text)) is large, text
        assert large or text.lower() in shown.lower()


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
def test_a_warning_hides_neither_the_figure_nor_the_instructions_nor_the_keys(columns: int, lines: int) -> None:
    warning = (
        "aplay failed: only the terminal's bell. `stretch doctor` helps. "
        "Voice failed: espeak-ng made no sound. See `stretch doctor`."
    )
    without, mentioned = (screen_text(in_phase("warm-up"), columns, lines, warning=text) for text in ("", warning))
    assert "pause" in without[-1]
    assert mentioned[-1] == without[-1]
    assert warning_ns(warning, columns) % (4 * SECOND) == 0
    times = range(0, warning_ns(warning, columns), 4 * SECOND)
    later, *others = (
        screen_text(in_phase("warm-up", active_ns=time), columns, lines, warning=warning) for time in times[1:]
    )
    read = " ".join(screen[-2].strip() for screen in (mentioned, later, *others))
    assert read.startswith(warning)
    assert without[:-2] == mentioned[:-2] == later[:-2]


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (80, 24), (60, 20), (40, 12), (80, 9),
        *(pytest.param(*size, marks=pytest.mark.slow) for size in ((120, 40), (61, 20), (60, 21), (40, 20))),
    ],
)  # fmt: skip
def test_the_keys_for_pain_are_on_every_screen(columns: int, lines: int) -> None:
    for timeline in WHOLE_STRETCHES:
        kind = next(phase.kind for phase in timeline.phases if phase.kind in ("hold", "move"))
        session = update(in_phase(kind, timeline=timeline), "hurt")
        assert session.moment.phase.kind == "prepare"
        screen = screen_text(session, columns, lines)
        assert len(screen) == lines
        mentioned = " ".join(" ".join(screen).split())
        asked = mentioned.partition("If you feel this: ")[2].replace(",", "")
        assert asked.startswith("1 numb or spreading 2 dizzy or breathless 3 eyes 4 chest pain 5 between the legs"), (
            screen
        )
        assert "both legs or a leg giving way" in asked
        assert "Enter to try that" in mentioned
        assert "n to leave it out" in mentioned
        # Keys of the session that do something else now, or nothing, are not offered.
        assert "pause" not in mentioned
        assert "n next" not in mentioned


SMALL = [(20, 6), (24, 8), (30, 8), (30, 10), (33, 12), (34, 10), (39, 11), (40, 9), (80, 6)]


@pytest.mark.parametrize(("columns", "lines"), SMALL)
def test_a_small_window_shows_the_answers_for_an_emergency_first(columns: int, lines: int) -> None:
    for timeline in [*WHOLE_STRETCHES, TIMELINE]:
        first, *later = (index for index, phase in enumerate(timeline.phases) if phase.kind in ("hold", "move"))
        last = timeline.stretch_numbers[first]
        second = next((index for index in later if timeline.stretch_numbers[index] > last), None)
        states = [update(Session(timeline=timeline), "hurt")]
        states.append(update(Session(timeline=timeline, position_ns=timeline.phases[first].start_ms * MS), "hurt"))
        if second is not None:
            states.append(update(seek(states[-1], timeline.phases[second].start_ms), "hurt"))
            assert states[-1].two_in_a_row_hurt
        for session in states:
            screen = " ".join(" ".join(screen_text(session, columns, lines)).split())
            assert {"STOP", "Stopped"} & set(re.findall(r"\w+", screen)), screen
            for key in ("4 chest pain", "5 b", "1 numb", "2 dizzy", "3 eyes", "Enter", "n "):
                assert key in screen.replace("n to", "n "), (screen, key)
            assert not hides_pain_answers(session, columns, lines)


def test_a_window_too_small_for_the_answers_asks_for_a_larger_one() -> None:
    session = update(in_phase("hold"), "hurt")
    assert [row.strip() for row in screen_text(session, 10, 3)] == ["STOP. Make", "the window", "larger to"]
    pages = [screen_text(msgspec.structs.replace(session, help_ns=second * SECOND), 10, 3) for second in range(20)]
    shown = " ".join(row.strip() for at, page in enumerate(pages) if page not in pages[:at] for row in page)
    assert shown.rstrip() == TOO_SMALL
    assert hides_pain_answers(session, 10, 3)
    assert not hides_pain_answers(update(session, "help"), 10, 3)
    assert not hides_pain_answers(in_phase("hold"), 10, 3)


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (60, 20), (40, 20), (40, 13), (40, 12)])
def test_a_stop_for_pain_is_large_on_every_screen(columns: int, lines: int) -> None:
    for timeline in WHOLE_STRETCHES:
        kind = next(phase.kind for phase in timeline.phases if phase.kind in ("hold", "move"))
        rows = render_screen(update(in_phase(kind, timeline=timeline), "hurt"), columns, lines, figures=FIGURES)
        shown = "\n".join("".join(text for text, _ in row) for row in rows)
        assert all(row in shown for row in big_rows("stop")), timeline.title
        alerts = [text.strip() for row in rows for text, role in row if role == TextRole.ALERT]
        assert all(row.strip() in alerts for row in big_rows("stop")), timeline.title


def test_what_was_changed_while_getting_ready_is_shown() -> None:
    for index, phase in enumerate(TIMELINE.phases):
        session = Session(timeline=TIMELINE, position_ns=phase.start_ms * MS)
        following = TIMELINE.phases[min(index + 1, len(TIMELINE.phases) - 1)]
        changed = update(session, "more")
        shown, new = (" ".join(screen_text(each, 80, 24)) for each in (session, changed))
        assert "now" not in shown.split()
        if phase.kind in ("prepare", "switch") and following.kind in ("hold", "move"):
            hold = changed.timeline.phases[index + 1]
            amount = f"{len(hold.breaths)} breaths" if hold.kind == "move" else f"{round(hold.length_ms / 1000)} s"
            starts = ", starts in" if phase.kind == "prepare" else ""
            assert f"now {amount}{starts}" in new or hold.length_ms == following.length_ms


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
def test_a_pause_has_one_prompt_word_and_the_lead_in_is_counted_down(
    fields: dict[str, Any], prompt: str, seconds: str
) -> None:
    phase = next(phase for phase in TIMELINE.phases if phase.kind == "hold")
    session = Session(timeline=TIMELINE, position_ns=(phase.end_ms - 4_000) * MS, **fields)
    rows = ["".join(text for text, _ in row).strip() for row in countdown_panel(session, PANEL, 8, unicode=False)]
    assert prompt in rows
    assert seconds in [row.split()[0] for row in rows if row]


@pytest.mark.parametrize("height", [2, 4, 8, 20])
def test_a_stop_for_pain_has_the_color_of_an_alert(height: int) -> None:
    for fields, alert in (({"pain_stop": "x"}, True), ({"paused": True}, False), ({}, False)):
        rows = countdown_panel(in_phase("hold", **fields), PANEL, height, unicode=True)
        assert (TextRole.ALERT in {role for row in rows for _, role in row}) is alert


def text_of(rows: list[StyledLine]) -> str:
    return " ".join("".join(text for text, _ in row) for row in rows)


def test_the_position_is_mentioned_exactly_where_it_changes() -> None:
    before, mentioned = ROUTINE.start_position, []
    for phase in TIMELINE.phases:
        if phase.kind == "prepare":
            position = phase.item.position
            now = Session(timeline=TIMELINE, position_ns=phase.start_ms * MS)
            mentioned.append(f"Change to: {POSITION_LABELS[position]}." in text_of(instructions(now, 60, 30)))
            assert mentioned[-1] is (position != before)
            before = position
    assert set(mentioned) == {True, False}


@pytest.mark.parametrize("words", [instructions])
@pytest.mark.parametrize("key", ["ease", "hurt"])
def test_an_eased_stretch_shows_its_easier_way_first(words: Callable[..., list[StyledLine]], key: Action) -> None:
    session = update(in_phase("hold"), key)
    assert text_of(words(session, 60, 30)).lstrip().startswith("Easier: ")
    assert not text_of(words(in_phase("hold"), 60, 30)).lstrip().startswith("Easier: ")


WHOLE_STRETCHES = [
    build_timeline(routine(areas=(), stretches=(name,), level="deep", warm_up=0.0)) for name in CATALOG.stretches
]


OUT_AND_REST = "Come out slowly and rest."


def pages_of(timeline: Timeline, phase: Phase, cells: int, height: int) -> list[tuple[int, str]]:
    """Return the pages of a phase, each with its milliseconds, before what comes next takes their place."""
    pages: list[tuple[int, str]] = []
    for position in range(phase.start_ms, phase.end_ms - ahead_ms(phase), 250):
        text = text_of(instructions(Session(timeline=timeline, position_ns=position * MS), cells, height))
        length = pages.pop()[0] if pages and pages[-1][1] == text else 0
        pages.append((length + 250, text))
    return pages


@pytest.mark.parametrize(
    ("cells", "height"),
    [(78, 4), *(pytest.param(*size, marks=pytest.mark.slow) for size in ((118, 8), (98, 6), (58, 4), (38, 4)))],
)
def test_every_step_of_every_stretch_is_shown_whole_and_long_enough(cells: int, height: int) -> None:
    for timeline in WHOLE_STRETCHES:
        for phase in timeline.phases:
            if phase.item is None:
                continue
            stretch = phase.item.stretch.for_side(phase.side)
            pages = pages_of(timeline, phase, cells, height)
            seen = " ".join(text for _, text in pages)
            complete = phase.kind == "prepare" or phase.length_ms >= 15_000
            assert all(step in seen for step in (stretch.steps if complete else ())), (stretch.id, phase.kind)
            assert any(step in seen for step in (*stretch.steps, OUT_AND_REST)), (stretch.id, phase.kind)
            assert all(length >= 3_000 for length, _ in pages) or len(pages) == 1
            whole = [*stretch.labelled_texts().values(), stretch.breath, *stretch.steps, OUT_AND_REST]
            for _, text in pages:
                # A page begins and ends with a whole sentence.
                assert text.endswith((".", "!", "?")), text
                assert text.startswith("Change to: ") or any(text.endswith((each, f"{each}.")) for each in whole), text
            if phase.kind == "hold" and phase.length_ms >= 30_000:
                assert stretch.mistake in seen
                assert stretch.ease_off in seen


def test_the_number_of_a_step_is_never_alone() -> None:
    for phase in TIMELINE.phases:
        for eighth in range(8):
            now = Session(timeline=TIMELINE, position_ns=(phase.start_ms + phase.length_ms * eighth // 8) * MS)
            lines = ["".join(text for text, _ in row).strip() for row in render_screen(now, 30, 8)]
            assert not [line for line in lines if re.fullmatch(r"\d\.", line)]


@pytest.mark.slow
@for_each("height", [3, 4, 6, 12])
@for_each("cells", [38, 58, 78])
def test_what_is_done_now_is_on_the_first_page(cells: int, height: int) -> None:
    for timeline in WHOLE_STRETCHES:
        for phase in (phase for phase in timeline.phases if phase.item):
            stretch = phase.item.stretch.for_side(phase.side)
            page = text_of(instructions(Session(timeline=timeline, position_ns=phase.start_ms * MS), cells, height))
            steps = [step for step in stretch.steps if step in page]
            match phase.kind:
                case "hold":
                    # All steps; the last ones as far as they fit; or a part of a long one.
                    assert steps == list(stretch.steps[len(stretch.steps) - len(steps) :])
                    assert steps or page.split(". ", 1)[1] in stretch.steps[-1]
                case "rest":
                    assert page.startswith(OUT_AND_REST)
                    assert not steps or len(steps) == len(stretch.steps)
                case "move" if stretch.pace and height > 3:
                    assert f"In: {stretch.pace.inhale}. Out: {stretch.pace.exhale}." in " ".join(page.split())


def test_a_hold_shows_the_step_before_the_last_one_if_both_fit() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("half-kneeling-hip-flexor",), warm_up=0.0))
    phase = next(phase for phase in timeline.phases if phase.kind == "hold")
    first = text_of(instructions(Session(timeline=timeline, position_ns=phase.start_ms * MS), 78, 4))
    assert [number for number in "123" if f"{number}. " in first] == ["2", "3"]


@for_each("kind", ["hold", "move"])
def test_nothing_stands_beside_the_easier_way_that_it_replaces(kind: str) -> None:
    for timeline in WHOLE_STRETCHES:
        for phase in (phase for phase in timeline.phases if phase.kind == kind and phase.item):
            at = Session(timeline=timeline, position_ns=phase.start_ms * MS)
            stretch = phase.item.stretch.for_side(phase.side)
            first = text_of(instructions(update(at, "ease"), 58, 4))
            assert stretch.ease_off in first, stretch.id
            assert sum(step in first for step in stretch.steps) in (0, len(stretch.steps))


@for_each("eased", [True, False])
@for_each("cells", [38, 58, 78])
def test_a_rest_begins_with_coming_out(cells: int, eased: bool) -> None:
    note = "Only as far as it is easy, and never into pain. Ask me when we meet again in two weeks."
    for name in CATALOG.stretches:
        made = routine(areas=(), stretches=(name,), level="deep", warm_up=0.0)
        noted = tuple(msgspec.structs.replace(item, note=note) for item in made.items)
        timeline = build_timeline(msgspec.structs.replace(made, items=noted))
        for phase in (phase for phase in timeline.phases if phase.kind == "rest"):
            start = Session(timeline=timeline, position_ns=phase.start_ms * MS)
            first = text_of(instructions(update(start, "ease") if eased else start, cells, 4))
            assert first.startswith(OUT_AND_REST), (name, first)
            assert "Easier:" not in first


@for_each("cells", [38, 58, 78])
@for_each("key", ["ease", "other"])
def test_both_halves_of_a_breath_are_on_one_page(cells: int, key: Action) -> None:
    for timeline in WHOLE_STRETCHES:
        for phase in (phase for phase in timeline.phases if phase.kind == "move" and phase.item):
            pace = phase.item.stretch.for_side(phase.side).pace
            start = update(Session(timeline=timeline, position_ns=phase.start_ms * MS), key)
            pages = [
                text_of(instructions(msgspec.structs.replace(start, position_ns=start.position_ns + at * MS), cells, 4))
                for at in range(0, min(phase.length_ms, 9_000), 500)
            ]
            both = [page for page in pages if f"In: {pace.inhale}." in page and f"Out: {pace.exhale}." in page]
            assert both, (phase.item.stretch.id, pages[0])
            assert pages[0] in both or (key == "ease" and cells == 38)


def test_no_page_is_shown_for_less_than_three_seconds() -> None:
    for elapsed in range(0, 5_999, 500):
        pages: list[list[StyledLine]] = [[((f"step {number}", TextRole.PLAIN),)] for number in range(3)]
        assert page_at(pages, [], elapsed, 5_999, cycling=True) == pages[0]


def test_pages_take_turns_and_begin_again() -> None:
    steps: list[list[StyledLine]] = [[(("word " * 10, TextRole.PLAIN),)]]
    notes: list[list[StyledLine]] = [[(("note", TextRole.DIM),)]]
    shown = [page_at(steps, notes, elapsed, 14_500, cycling=True) for elapsed in range(0, 14_500, 500)]
    assert shown == 8 * steps + 6 * notes + 8 * steps + 7 * notes


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [("hold", 0, "next: rest"), ("hold", 1, "next: Kneeling hip stretch, left side"), ("press", 0, "next: let go"),
     ("warm-up", 0, "next: Shoulder rolls and arm swings")],
)  # fmt: skip
def test_the_last_seconds_show_in_large_letters_what_comes_next(kind: str, number: int, words: str) -> None:
    timeline = build_timeline(CONTRACT) if kind == "press" else TIMELINE
    phase = [each for each in timeline.phases if each.kind == kind][number]
    ahead = min(5_000, phase.length_ms // 2, phase.length_ms - 3_000)
    expected = text_of(list(big_text(words, TextRole.ALERT, 300, 1, True)))
    for left, there in ((ahead, True), (ahead + 1, False), (1, True)):
        session = Session(timeline=timeline, position_ns=(phase.end_ms - left) * MS)
        assert (text_of(big_message(session, 300, 4, True)) == expected) is there
        paused = msgspec.structs.replace(session, paused=True)
        assert big_message(paused, 300, 4, True) == []


def test_nothing_comes_after_the_end() -> None:
    over = Session(timeline=TIMELINE, position_ns=TIMELINE.length_ms * MS)
    assert big_message(over, 80, 4, True) == []


def test_what_is_needed_next_is_said_one_stretch_ahead() -> None:
    timeline = build_timeline(routine(areas=(), stretches=("cat-cow", "supine-hamstring-strap"), warm_up=0.0))
    first = next(phase for phase in timeline.phases if phase.kind == "move")
    shown = screen_text(Session(timeline=timeline, position_ns=first.start_ms * MS), 100, 30)[-2]
    assert shown.strip() == "next: Hamstring stretch with strap, left side; you need a belt or towel"


def test_what_is_beside_large_letters_is_never_higher() -> None:
    for name, timeline in (("hold", TIMELINE), ("press", build_timeline(CONTRACT)), ("prepare", TIMELINE)):
        phase = next(phase for phase in timeline.phases if phase.kind == name and phase.side)
        for fields in ({}, {"paused": True}, {"lead_in_ns": SECOND}, {"waiting": True}):
            session = Session(timeline=timeline, position_ns=(phase.start_ms + 1_000) * MS, **fields)
            assert len(countdown_panel(session, 38, 4, unicode=True)) == 4, (name, fields)


@pytest.mark.parametrize(("cells", "words"), [(118, "next: Butterfly"), (50, "next: stretch"), (38, "stretch")])
def test_a_name_too_long_for_large_letters_is_only_below(cells: int, words: str) -> None:
    phase = next(each for each in TIMELINE.phases if each.kind == "move")
    session = Session(timeline=TIMELINE, position_ns=(phase.end_ms - 1_000) * MS)
    assert text_of(big_message(session, cells, 4, True)) == text_of(list(big_text(words, TextRole.ALERT, 300, 1, True)))
    assert " ".join(screen_text(session, cells + 2, 24 if cells > 38 else 12)).count("Butterfly") == 1


ROLLS = build_timeline(routine(areas=(), stretches=("shoulder-rolls",), warm_up=0.0))


def test_a_change_of_direction_is_large_and_turns_cue_and_arrows() -> None:
    phase = next(each for each in ROLLS.phases if each.kind == "move")
    assert phase.turning_ms is not None
    before, after, later = (
        Session(timeline=ROLLS, position_ns=(phase.start_ms + phase.turning_ms + ms) * MS) for ms in (-1, 0, 4_000)
    )
    assert big_message(before, 78, 4, True) == big_message(later, 78, 4, True) == []
    assert text_of(big_message(after, 78, 4, True)) == text_of(
        list(big_text("change direction", TextRole.ALERT, 78, 1, True))
    )
    assert text_of(instructions(after, 78, 4)).startswith("Change direction")
    assert "other way" not in text_of(screen_lines(before))
    assert "other way" in text_of(screen_lines(after))
    assert after.moment.figure.turned
    assert not before.moment.figure.turned
    figure = before.moment.figure
    assert figure is not None
    same_depth = msgspec.structs.replace(figure, turned=True)
    assert FIGURES.render(same_depth, 60, 20) != FIGURES.render(figure, 60, 20)


def screen_lines(session: Session, columns: int = 80, lines: int = 24) -> list[StyledLine]:
    return [((row, ""),) for row in screen_text(session, columns, lines)]


@pytest.mark.parametrize("size", SIZES[:5], ids=lambda size: f"{size[0]}x{size[1]}")
def test_sound_and_voice_are_always_visible(size: tuple[int, int]) -> None:
    for sound, voice in ((True, False), (False, True)):
        top = screen_text(in_phase("hold", sound=sound, voice=voice), *size)[1]
        assert f"s sound {'on' if sound else 'off'}  v voice {'on' if voice else 'off'}" in top
        unheard = in_phase("hold", sound=sound, voice=voice, bell_only=True, voice_silent=True)
        top = screen_text(unheard, *size)[1]
        assert f"s sound {'bell' if sound else 'off'}  v voice {'silent' if voice else 'off'}" in top
        top = screen_text(msgspec.structs.replace(unheard, muted=True), *size)[1]
        assert f"s sound {'silent' if sound else 'off'}  v" in top


@pytest.mark.parametrize(("last", "figure"), [("pelvic-tilt", "rest-lying"), ("chin-tuck", "rest-sitting")])
def test_settling_shows_a_breathing_figure_in_the_last_position(last: str, figure: str) -> None:
    timeline = build_timeline(routine(areas=(), stretches=(last,), warm_up=0.0))
    phase = timeline.phases[-1]
    states = [timeline.at(phase.start_ms + ms).figure for ms in (0, phase.breaths[0][0], sum(phase.breaths[0]))]
    assert [(state.name, round(state.inhale_depth)) for state in states] == [(figure, 0), (figure, 1), (figure, 0)]
    out, full = (FIGURES.render(state, 48, 16) for state in states[:2])
    assert out
    assert out != full


@pytest.mark.parametrize("size", SIZES[:5], ids=lambda size: f"{size[0]}x{size[1]}")
def test_settling_pages_all_its_text(size: tuple[int, int]) -> None:
    phase = TIMELINE.phases[-1]
    seen = " ".join(
        " ".join(" ".join(screen_text(Session(timeline=TIMELINE, position_ns=ms * MS), *size)).split())
        for ms in range(phase.start_ms, phase.end_ms, 1_000)
    )
    for sentence in phase.text.split(". "):
        assert sentence in seen


TURNED = build_timeline(routine(areas=(), stretches=("calf-bent-knee",), warm_up=0.0))


@pytest.mark.parametrize("kind", ["prepare", "hold", "switch", "last hold"])
def test_the_instructions_name_the_side_of_the_moment(kind: str) -> None:
    phase = [each for each in TURNED.phases if each.kind == kind.removeprefix("last ")][kind.startswith("last ") - 1]
    session = Session(timeline=TURNED, position_ns=phase.start_ms * MS)
    side, other = ("left", "right") if phase.side == "left" else ("right", "left")
    text = text_of(instructions(session, 60, 40))
    for words in (f"your {side} foot a short step back", f"the {side} knee", f"bring your {side} foot closer"):
        assert words in text
    assert f"Feel it low in your {side}" in text
    assert other not in text
    assert f"bring your {side} foot closer" in pause_message(update(session, "hurt"))


def test_a_stretch_without_words_of_its_own_names_the_areas_to_feel_and_what_the_side_is() -> None:
    item = TURNED.items[0]
    plain = msgspec.structs.replace(item.stretch, feel=None, steps=("Lean in.",), side_means="the back leg")
    made = msgspec.structs.replace(
        routine(areas=(), stretches=("calf-bent-knee",)), items=(msgspec.structs.replace(item, stretch=plain),)
    )
    text = text_of(instructions(in_phase("hold", timeline=build_timeline(made)), 60, 30))
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


@pytest.mark.parametrize(
    ("session", "seconds"),
    [
        (in_phase("hold", 0.31), STILL_FRAME_S),
        (in_phase("prepare", 0.3), STILL_FRAME_S),
        (in_phase("prepare", 0.9), FRAME_S),
        (in_phase("move", 0.02), FRAME_S),
        (in_phase("warm-up", 0.3), FRAME_S),
        (in_phase("move", 0.02, paused=True), STILL_FRAME_S),
    ],
    ids=["hold", "getting ready", "going in", "movement", "warm-up", "paused"],
)
def test_frames_are_drawn_less_often_while_the_figure_stands_still(session: Session, seconds: float) -> None:
    assert ScreenDisplay(cast("Terminal", None)).next_update_in(session) == seconds


def dots_in(rows: list[str]) -> tuple[int, int]:
    """Return the columns and lines that are covered by braille dots."""
    lines = [[x for x, character in enumerate(row) if "\u2800" < character <= "\u28ff"] for row in rows]
    used = [y for y, line in enumerate(lines) if line]
    return max(map(max, filter(None, lines))) + 1, used[-1] - used[0] + 1


@pytest.mark.parametrize(
    ("size", "figure", "scale"),
    [((80, 24), (48, 16), 1), ((120, 40), (72, 24), 2), ((200, 55), (129, 43), 3), ((300, 90), (204, 68), 4)],
)
def test_figure_and_letters_grow_with_the_window(size: tuple[int, int], figure: tuple[int, int], scale: int) -> None:
    standing = screen_text(in_phase("warm-up"), *size)[2 : -5 if size[1] < 30 else -10]
    columns, lines = dots_in([row[: figure[0]] for row in standing])
    assert figure[0] - 2 <= columns <= figure[0]
    assert figure[1] - 2 <= lines <= figure[1]
    one_sided = in_phase("hold", timeline=build_timeline(routine(areas=(), stretches=("single-knee-to-chest",))))
    beside = [row[figure[0] :].strip() for row in screen_text(one_sided, *size)]
    side = (one_sided.moment.phase.side or "").upper()
    letters = [text.strip() for ((text, _),) in big_text(side, TextRole.SIDE, 300, scale, True)]
    assert letters == beside[beside.index(letters[0]) :][: len(letters)]


def test_the_next_pose_is_a_picture_over_its_name_in_free_rows() -> None:
    session = in_phase("hold")
    *_, label, _, _ = rows = screen_text(session, 120, 40)
    after = next(phase for phase in TIMELINE.phases[session.moment.index :] if phase.kind == "prepare")
    assert label.rstrip().split("  ")[-1].strip() == after.name
    assert dots_in([row[80:] for row in rows[-11:-3]]) > (20, 6)
    assert not any(after.name in row for row in screen_text(session, 80, 24))


def test_the_next_pose_of_the_last_one_is_to_rest() -> None:
    last = max(index for index, phase in enumerate(TIMELINE.phases) if phase.kind == "hold")
    name, side, label = next_pose(TIMELINE, last) or ("", None, "")
    assert (name in ("rest-lying", "rest-sitting"), side, label) == (True, None, "rest")
    assert next_pose(TIMELINE, len(TIMELINE.phases) - 1) is None
