"""The start screen and the body map: keys, new plans, what is kept, and the screen at many sizes."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from fake_programs import FakePrograms
from stretch.cli.app import App
from stretch.cli.request import RoutinePlanner
from stretch.core.errors import UsageError
from stretch.core.planning.builder import build_routine
from stretch.core.planning.replacement import replace_stretch
from stretch.core.routine import Continuity, Request, Routine, needs_line
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import PreflightResult, ScreeningRecord
from stretch.core.text import duration
from stretch.core.timing.session import Session, with_voice
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import EQUIPMENT_LABELS
from stretch.player.body_map import BodyMap, body_map, map_rows
from stretch.player.body_map import update as update_map
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.input import InputEvent
from stretch.player.loop import GUARD_NS
from stretch.player.start_screen import (
    ANSWER_HELP,
    PLAN_KEYS,
    StartScreen,
    animate,
    finished,
    guarded,
    next_minutes,
    update,
)
from stretch.player.start_view import CYCLE_NS, help_pages, start_rows
from stretch.storage import screening_file
from stretch.storage.catalogs.catalog import load_figures
from stretch.storage.files.shipped import load_safety
from stretch.storage.journal.journal import Journal
from stretch.storage.settings import load_settings
from support import CATALOG, SAMPLE, SECOND, FakeClock, MemoryTerminal, ScriptedInput, routine, run
from test_preflight import TODAY, Typed
from test_steady import OPTIONS

GOLDEN = Path(__file__).parent / "golden" / "start"
SIZES = [(120, 40), (80, 24), (60, 20), (40, 12)]
SAFETY = load_safety()
DAILY = next(question.text for question in SAFETY.questions if question.id == "daily")
FIGURES = FigureRenderer(load_figures(CATALOG.stretches), color=False)
MAP = body_map(CATALOG)
ENTRIES = tuple(entry for entry in MAP.entries if entry.id in ("neck", "shoulders", "lower-back", "hips", "calves"))
LASTING = replace(SAMPLE, continuity=Continuity("key", date(2026, 1, 1)))
START = StartScreen(
    asked=Request(areas=("lower-back",), minutes=15.0),
    routine=LASTING,
    voice="no",
    sound=True,
    map=MAP,
    health_question=DAILY,
    advice=SAFETY.first_sessions,
)


class FakePlanner:
    """Plans the sample for every request, or refuses; remembers what was asked."""

    def __init__(self, refuse: str = "") -> None:
        self.refuse, self.asked = refuse, list[Request]()

    def plan(self, asked: Request, before: Routine) -> Routine:
        self.asked.append(asked)
        if self.refuse:
            raise UsageError(self.refuse)
        return replace(before, title=f"{asked.minutes:g} minutes", warm_up=() if asked.warm_up == 0 else SAMPLE.warm_up)

    def replace(self, asked: Request, routine: Routine, name: str) -> Routine | None:
        if self.refuse:
            return None
        items = [item for item in routine.items if item.stretch.id != name]
        new = replace(routine.items[0], stretch=CATALOG.stretches["sphinx"])
        return replace(routine, items=(*items, new))


def press(*keys: str, state: StartScreen = START, planner: FakePlanner | None = None) -> StartScreen:
    planner = planner or FakePlanner()
    for key in keys:
        state = update(state, key, planner)
    return state


def shown(state: StartScreen, columns: int = 80, lines: int = 24, **how: Any) -> list[str]:
    return ["".join(text for text, _ in row) for row in start_rows(state, columns, lines, **how)]


@pytest.mark.parametrize(
    ("keys", "answer"), [("enter", "start"), ("q", "leave"), ("y", "new"), ("Q", "leave")], ids=lambda word: word
)
def test_one_key_answers(keys: str, answer: str) -> None:
    state = press(keys)
    assert state.answer == answer
    assert finished(state)


@pytest.mark.parametrize("key", ["z", "n", "space", "tab", "left", "ä"])
def test_a_key_that_means_nothing_does_nothing(key: str) -> None:
    assert press(key) is START


def test_digits_do_what_letters_do_on_keyboards_without_them() -> None:
    assert [press(key).answer for key in "120"] == ["new", "pain", "leave"]
    assert [press(key).window for key in "489"] == ["drop", "help", "map"]
    assert press("5", "6", "7") == press("w", "s", "v")
    assert press("3") == press("r")


def test_only_the_health_question_has_to_be_seen_before_a_key_counts() -> None:
    assert guarded(START) == DAILY
    assert guarded(replace(START, health_question="")) is None


def test_the_mark_moves_and_stops_at_both_ends() -> None:
    assert press("up").selected == 0
    assert press("down", "down").selected == 2
    last = len(LASTING.items) - 1
    assert press(*["down"] * 20).selected == last
    assert press(*["down"] * 20, "up").selected == last - 1


def test_r_puts_another_stretch_in_place_and_marks_it() -> None:
    state = press("down", "r")
    assert state.item.stretch.id == "sphinx"
    assert state.message == f"{state.item.stretch.name} instead of {LASTING.items[1].stretch.name}, today."
    assert press("r", planner=FakePlanner("no")).routine is LASTING


class RealPlanner(FakePlanner):
    def replace(self, asked: Request, routine: Routine, name: str) -> Routine | None:
        return replace_stretch(CATALOG, asked, routine, name)


def test_all_that_a_replacement_changes_is_named() -> None:
    asked = Request(areas=("lower-back",), minutes=15.0)
    start = replace(START, routine=replace(build_routine(CATALOG, asked), continuity=LASTING.continuity))
    most = 0
    for downs in range(len(start.routine.items)):
        state = press(*["down"] * downs, "r", state=start, planner=RealPlanner())
        old = start.routine.items[downs].stretch.name
        before, after = ({item.stretch.name for item in each.routine.items} for each in (start, state))
        if before == after:
            continue
        assert state.message.startswith(f"{state.item.stretch.name} instead of {old}, from now on.")
        assert state.item.stretch.name in after - before
        for name in before ^ after:
            assert name in state.message
        most = max(most, len(before ^ after))
    assert most > 2


@pytest.mark.parametrize(("key", "never"), [("t", ()), ("a", (LASTING.items[1].stretch.id,))])
def test_d_asks_whether_to_leave_it_out_today_or_always(key: str, never: tuple[str, ...]) -> None:
    name = LASTING.items[1].stretch.id
    state = press("down", "d")
    assert (state.window, state.routine) == ("drop", LASTING)
    state = press(key, state=state)
    assert name not in [item.stretch.id for item in state.routine.items]
    assert state.length_ms < START.length_ms
    assert (state.asked.exclude, state.never) == ((name,), never)
    assert press("down", "d", "enter").routine is LASTING


def test_the_last_stretch_is_not_left_out() -> None:
    one = replace(START, routine=replace(LASTING, items=LASTING.items[1:2]))
    state = press("d", state=one)
    assert (state.window, state.routine, state.never) == ("plan", one.routine, ())
    assert "only stretch" in state.message


@pytest.mark.parametrize(
    ("minutes", "longer", "shorter"),
    [(15, 20, 10), (10, 15, 9), (9, 10, 8), (3, 4, 2), (17, 20, 15), (7.5, 8, 7), (60, 65, 55)],
)
def test_plus_and_minus_are_five_minutes_and_one_below_ten(minutes: float, longer: float, shorter: float) -> None:
    assert (next_minutes(minutes, longer=True), next_minutes(minutes, longer=False)) == (longer, shorter)
    planner = FakePlanner()
    state = replace(START, asked=Request(areas=("neck",), minutes=float(minutes)))
    assert press("+", state=state, planner=planner).routine.title == f"{longer:g} minutes"
    assert press("-", state=state, planner=planner).asked.minutes == shorter


def test_a_plan_that_cannot_be_made_says_why_and_changes_nothing() -> None:
    state = press("-", planner=FakePlanner("Too short."))
    assert (state.asked, state.routine, state.message) == (START.asked, LASTING, "Too short.")
    assert any("Too short." in row for row in shown(state))
    assert press("down", state=state).message == ""


def test_a_program_takes_its_own_time_and_has_its_own_stretches() -> None:
    program = replace(START, asked=Request(), routine=SAMPLE)
    for key in ("+", "-", "a"):
        state = press(key, state=program)
        assert (state.window, state.routine) == ("plan", SAMPLE)
        assert "own" in state.message
    keys = shown(program)[-1]
    assert ("time" in keys, "areas" in keys, "r other" in keys) == (False, False, True)


def test_w_v_and_s_switch_and_show_their_state() -> None:
    assert "w warm-up on  v voice off  s sound on" in shown(START)[-1]
    state = press("w", "v", "s")
    assert "w warm-up off  v voice on  s sound off" in shown(state)[-1]
    assert (state.asked.warm_up, state.voice, state.sound) == (0.0, "yes", False)
    again = press("w", "v", "s", state=state)
    assert (again.asked.warm_up, again.voice, again.sound) == (None, "no", True)
    assert press("v", "v", state=replace(START, voice="breath", voice_on="breath")).voice == "breath"
    assert press("w", "w", state=replace(START, warm_up_on=2.0)).asked.warm_up == 2.0


def test_a_routine_that_has_no_warm_up_says_so() -> None:
    class Never(FakePlanner):
        def plan(self, asked: Request, before: Routine) -> Routine:
            return replace(super().plan(asked, before), warm_up=())

    state = replace(START, routine=replace(LASTING, warm_up=()))
    assert press("w", state=state, planner=Never()).message == "This routine has no warm-up."


def test_the_body_map_begins_with_the_areas_of_the_plan_and_gives_a_new_one() -> None:
    state = press("a")
    assert state.map.in_order() == ("lower-back",)
    planner = FakePlanner()
    state = press("up", "space", "enter", state=state, planner=planner)
    assert state.window == "plan"
    assert planner.asked[-1].areas == ("core", "lower-back")
    assert press("a", "space", "enter").message == "Choose at least one area."


def test_leaving_the_body_map_or_choosing_the_same_plans_nothing() -> None:
    planner = FakePlanner()
    legs = replace(START, asked=Request(areas=("legs",), minutes=10.0))
    for keys in (("a", "space", "b"), ("a", "space", "q"), ("a", "enter"), ("a", "space", "space", "a")):
        assert press(*keys, state=legs, planner=planner).window == "plan"
    assert planner.asked == []


def test_a_group_is_chosen_and_left_out_whole_and_gives_the_plan_its_name() -> None:
    groups = [entry.id for entry in MAP.entries]
    at = replace(MAP, marked=groups.index("hip-area"))
    chosen = update_map(at, "space")
    assert chosen.chosen == set(CATALOG.groups["hip-area"].areas)
    assert update_map(chosen, "space").chosen == set()
    assert update_map(replace(at, chosen=frozenset({"hips", "neck"})), "space").in_order() == ("hip-area", "neck")
    one_by_one = replace(MAP, chosen=frozenset({"lower-back", "upper-back", "hips"}))
    assert one_by_one.in_order() == ("back", "hips")
    assert MAP.opened(("desk",)) == replace(
        MAP, chosen=frozenset(CATALOG.groups["desk"].areas), marked=groups.index("desk")
    )


HOWS = [{"glyphs": glyphs, "color": color} for glyphs in ("braille", "blocks") for color in (True, False)]


@pytest.mark.parametrize("how", HOWS, ids=lambda how: f"{how['glyphs']}-{how['color']}")
def test_what_is_chosen_marked_or_both_looks_different_in_the_picture(how: dict[str, Any]) -> None:
    def picture(body: BodyMap) -> list[object]:
        # The name and the box before it are not part of the picture.
        return [row[:-3] for row in map_rows(body, 80, 20, **how)]

    for at in range(1, len(MAP.entries)):
        areas = MAP.entries[at].areas
        pictures = [
            picture(replace(MAP, marked=marked, chosen=chosen)) for marked in (0, at) for chosen in (frozenset(), areas)
        ]
        assert len({str(each) for each in pictures}) == 4, MAP.entries[at]


def test_a_missing_player_or_voice_is_told_while_it_is_wanted() -> None:
    state = replace(START, sound_problem="No player.", voice_problem="No voice.")
    assert [text in "".join(shown(state)) for text in ("No player.", "No voice.")] == [True, False]
    assert "v voice off  s sound bell" in shown(state)[-1]
    state = press("v", "s", state=state)
    assert "v voice silent  s sound off" in shown(state)[-1]
    assert [text in "".join(shown(state)) for text in ("No player.", "No voice.")] == [False, True]


ALL_SIZES = [*SIZES, (34, 10), (40, 6), (24, 8), (15, 4)]
MUCH = replace(
    START,
    shows_advice=True,
    notes=tuple(f"Note {number} of the safety check, with a good many words about today." for number in range(1, 6)),
    routine=replace(LASTING, notes=("A note of the plan.",)),
    sound_problem="No sound player.",
)
"""A screen that has more to say than fits most windows."""


@pytest.mark.parametrize("size", ALL_SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_help_has_every_key_and_everything_that_was_cut_on_its_pages(size: tuple[int, int]) -> None:
    pages = help_pages(MUCH, *size)
    state, texts = press("?", state=MUCH), []
    for number in range(1, len(pages) + 1):
        assert (state.window, state.page) == ("help", number - 1)
        *rows, last = [row.strip() for row in shown(state, *size)]
        texts += [row for row in rows if row]
        end = "any key: back" if number == len(pages) else f"any key: more ({number} of {len(pages)})"
        assert last == end[: size[0] - 1].strip()
        state = update(state, "space", FakePlanner(), len(pages))
    assert state == MUCH
    text = " ".join(" ".join(texts).split())
    wanted = (
        ()
        if size[0] < 20
        else (
            *(key.help for key in PLAN_KEYS),
            *dict(ANSWER_HELP).values(),
            *MUCH.notes,
            MUCH.sound_problem,
            *MUCH.routine.notes,
            MUCH.advice,
        )
    )
    assert [each for each in wanted if each not in text] == []
    assert update(press("?", state=MUCH), "b", FakePlanner(), len(pages)) == MUCH


@pytest.mark.parametrize("size", ALL_SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_keys_that_answer_are_visible_at_every_size_and_say_if_there_is_more(size: tuple[int, int]) -> None:
    for state in (START, MUCH, replace(MUCH, message="Something that was done, in a few words.")):
        rows = shown(state, *size)
        words = " ".join(rows).split()
        assert {"Enter", "y", "p", "q", "?"} <= {*words}
        if size[1] >= SIZES[-1][1]:
            text = " ".join(words)
            whole = all(
                each in text
                for each in (*state.notes, *state.routine.notes, "a areas", *[state.advice] * state.shows_advice)
            )
            assert ("? help" in text, "? more" in text) == (whole, not whole)
    assert any("..." in row for row in shown(MUCH, 24, 4))


@pytest.mark.parametrize("columns", [40, 34, 20])
def test_a_list_that_is_cut_says_where_it_is(columns: int) -> None:
    names = [entry.name for entry in MAP.entries]
    for lines in (4, 8, 12):
        state = press("a", *["down"] * 3, state=replace(START, asked=Request(areas=("neck",))))
        assert any(names[3][: columns - 6] in row for row in shown(state, columns, lines))
        assert (f"Areas 4 of {len(names)}" in shown(state, columns, lines)[0]) is (lines == 12)
    count = len(LASTING.items)
    assert f" 2 of {count}" in shown(press("down"), columns, 12)[0]
    assert " of " not in shown(START, columns, 40)[0]


def test_the_advice_comes_before_the_first_sessions_and_in_the_help() -> None:
    first_words = SAFETY.first_sessions[:30]
    assert first_words not in "\n".join(shown(START))
    assert first_words in "\n".join(shown(replace(START, shows_advice=True)))
    assert first_words in "\n".join(shown(press("?")))


def test_what_is_needed_is_exactly_what_the_plan_uses() -> None:
    used = {thing for item in SAMPLE.items for thing in item.stretch.needs}
    words = needs_line(SAMPLE)
    assert all((label in words) == (thing in used) for thing, label in EQUIPMENT_LABELS.items())
    assert needs_line(routine(areas=(), stretches=("shoulder-rolls",))) == ""


def test_the_figure_moves_for_a_while_and_then_stays_in_the_stretch() -> None:
    def figure(elapsed_ns: int) -> list[str]:
        return shown(replace(START, elapsed_ns=elapsed_ns), 120, 40, figures=FIGURES)

    assert figure(0) != figure(CYCLE_NS // 2) != figure(CYCLE_NS * 3 // 4)
    assert figure(CYCLE_NS // 2) == figure(100 * CYCLE_NS) == figure(101 * CYCLE_NS + 7)
    in_stretch = [figure(each * CYCLE_NS // 4) == figure(CYCLE_NS // 2) for each in range(60)]
    assert [now for now, before in zip(in_stretch[1:], in_stretch, strict=False) if now and not before] == [True] * 3


@pytest.mark.parametrize("selected", range(2))
def test_the_figure_is_below_a_list_with_long_doses(selected: int) -> None:
    long = tuple(replace(item, sets=(1, 2), sides=("right", "left")) for item in LASTING.items[1:3])
    state = replace(START, routine=replace(LASTING, items=long), selected=selected)
    rows, bare = shown(state, 72, 30, figures=FIGURES), shown(state, 72, 30)
    last = next(at for at, row in enumerate(rows) if long[1].stretch.name in row)
    assert rows[: last + 2] == bare[: last + 2]
    drawn = [at for at, row in enumerate(rows) if re.search("[\u2801-\u28ff]", row)]
    assert drawn
    assert min(drawn) > last + 1
    assert not any(bare[at].strip() for at in drawn)
    assert {cell_len(row) for row in rows} == {72}


def test_a_list_longer_than_the_figure_is_whole() -> None:
    long = replace(START, routine=replace(LASTING, items=LASTING.items * 4))
    assert sum("Butterfly" in row for row in shown(long, 120, 60, figures=FIGURES)) == 4


SCENES = {
    "plan": START,
    "first": replace(START, shows_advice=True, health_question="", selected=2),
    "message": replace(
        press("v", "r"), notes=("Your pain today is 4: ease off when it reaches 5, stop a stretch at 7.",)
    ),
    "drop": press("down", "down", "d"),
    "map": press("a", "down", "space", state=replace(START, map=replace(MAP, entries=ENTRIES))),
    "help": press("?"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
def test_golden_screens(name: str, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    rows = shown(SCENES[name], *size, figures=FIGURES, glyphs="braille", color=False)
    # The length of the plan is for other tests: it changes with the words of its steps.
    drawn = re.sub(r" {3}\d+ min (\d+ s )?\n", "   a length\n", "\n".join(rows) + "\n", count=1)
    drawn = re.sub(r" +\n", "\n", drawn)
    path = GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), f"\n{drawn}"


@given(st.sampled_from(sorted(SCENES)), st.integers(1, 200), st.integers(1, 70), st.booleans())
def test_the_screen_has_exactly_the_asked_size(name: str, columns: int, lines: int, figures: bool) -> None:
    rows = shown(
        SCENES[name], columns, lines, figures=FIGURES if figures else None, glyphs="braille" if figures else None
    )
    assert len(rows) == lines
    assert {cell_len(row) for row in rows} == {columns}


@pytest.mark.parametrize("size", [*SIZES, (34, 10), (40, 6), (80, 4)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_health_question_is_whole_at_every_size(size: tuple[int, int]) -> None:
    text = " ".join(" ".join(shown(START, *size)).split())
    assert DAILY in text
    assert "Enter nothing, start" in text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("selected", range(len(LASTING.items)))
def test_the_marked_stretch_and_its_dose_are_always_visible(size: tuple[int, int], selected: int) -> None:
    rows = shown(replace(SCENES["first"], selected=selected), *size)
    assert sum(row.startswith(" > ") for row in rows) == 1
    at = next(at for at, row in enumerate(rows) if row.startswith(" > "))
    assert LASTING.items[selected].stretch.name in rows[at]
    assert any(unit in "".join(rows[at : at + 2]) for unit in (" s ", "breath", "round"))


def test_the_warm_up_is_named_before_the_first_stretch() -> None:
    rows = [row.split() for row in shown(START)]
    assert rows[2][:3] == ["Warm-up", "5", "min"]
    assert rows[3][:2] == [">", "Lean"]
    assert not any(row[:1] == ["Warm-up"] for row in map(str.split, shown(press("w"))))


def test_names_in_wide_letters_keep_the_doses_in_line() -> None:
    wide = replace(LASTING.items[0], stretch=replace(LASTING.items[0].stretch, name="膝を抱える"))
    rows = shown(replace(START, routine=replace(LASTING, items=(wide, *LASTING.items[1:]))))
    assert (
        len(
            {
                cell_len(row[: row.index(dose)])
                for row, dose in ((rows[2], "5 min"), (rows[3], "5 s"), (rows[4], "30 s"))
            }
        )
        == 1
    )


def test_without_unicode_everything_is_ascii() -> None:
    for state in SCENES.values():
        assert "".join(shown(state)).isascii()


class ScreenPerson(App):
    """An App with a person at a full screen, who presses *keys* there and then `q` in the session."""

    stdout: Typed
    stderr: io.StringIO

    def __init__(self, folder: Path, *keys: InputEvent | str | float) -> None:
        clock = FakeClock()
        super().__init__(
            environ={"STRETCH_HOME": str(folder), "TERM": "xterm"},
            stdin=Typed(),
            stdout=Typed(),
            stderr=io.StringIO(),
            clock=clock,
            input_source=ScriptedInput(clock, (1.0, "q")),
        )
        self.screen = MemoryTerminal(clock, (GUARD_NS / SECOND, *keys))
        self.entered = self.within = 0

    def today(self) -> date:
        return TODAY

    def now(self) -> datetime:
        return datetime.combine(self.today(), datetime.min.time(), UTC)

    @contextmanager
    def terminal(self, *, screen: bool) -> Iterator[MemoryTerminal]:  # type: ignore[override]
        self.entered += not self.within
        self.within += 1
        yield self.screen
        self.within -= 1


def sit_down(folder: Path, *keys: InputEvent | str | float, args: tuple[str, ...] = ()) -> tuple[int, ScreenPerson]:
    """Start a routine as somebody who was screened yesterday."""
    if not folder.exists() or screening_file.load(folder) is None:
        day = TODAY - timedelta(days=1)
        screening_file.save(folder, ScreeningRecord(outcome=Outcome.GO, screened=day, since=day, asked=day))
    person = ScreenPerson(folder, *keys)
    return run("routine", *(args or ("-m", "8")), app=person).exit_code, person


def test_enter_starts_and_counts_as_nothing_new_today(tmp_path: Path) -> None:
    code, person = sit_down(tmp_path, "enter")
    assert code == 3  # q in the session
    assert "You need" in " ".join(person.screen.frames[0])
    assert DAILY in " ".join(person.screen.frames[0])
    assert person.entered == 1
    _, person = sit_down(tmp_path, "enter")
    assert DAILY not in " ".join(person.screen.frames[0])


def test_a_volume_of_0_is_told_with_the_sound(tmp_path: Path) -> None:
    _, person = sit_down(tmp_path, "s", "q", args=("-m", "8", "--volume", "0"))
    before, after = (" ".join(frame) for frame in person.screen.frames[-2:])
    assert ("s sound silent" in before, "The volume is 0." in before) == (True, True)
    assert ("s sound off" in after, "The volume is 0." in after) == (True, False)


def test_keys_before_the_health_question_was_visible_start_nothing(tmp_path: Path) -> None:
    day = TODAY - timedelta(days=1)
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=day, since=day, asked=day))
    person = ScreenPerson(tmp_path)
    person.screen.events.clear()
    person.screen.events.extend(("enter", 1.0, "q"))
    assert run("routine", "-m", "8", app=person).exit_code == 3
    assert "Done" not in person.stderr.getvalue()
    assert "Stopped" not in person.stderr.getvalue()


def test_q_leaves_without_a_session_and_the_question_comes_again(tmp_path: Path) -> None:
    code, person = sit_down(tmp_path, "q")
    assert code == 3
    assert "Stopped" not in person.stderr.getvalue()
    _, person = sit_down(tmp_path, "q")
    assert DAILY in " ".join(person.screen.frames[0])


def test_pain_today_makes_the_plan_gentle_and_says_the_limits(tmp_path: Path) -> None:
    code, person = sit_down(tmp_path, "p", GUARD_NS / SECOND, "2", GUARD_NS / SECOND, "q")
    assert code == 3
    assert "stop a stretch at" in " ".join(person.screen.frames[-1])


@pytest.mark.parametrize("wait", [0.1, 0.5, 2.0, 60.0])
def test_a_ten_is_typed_with_two_keys_however_slowly(tmp_path: Path, wait: float) -> None:
    _, person = sit_down(tmp_path, "p", GUARD_NS / SECOND, "1", wait, "0", 0.9, "q")
    assert "worst or strangest" in " ".join(person.screen.frames[-1])


def test_a_one_takes_enter(tmp_path: Path) -> None:
    sit_down(tmp_path, "p", GUARD_NS / SECOND, "1", 2.0, "enter", 0.9, "enter")
    with Journal.open_for_writing(tmp_path, TODAY) as journal:
        assert [record.scores.before for record in journal.recent(1)] == [1]


def test_severe_pain_starts_nothing(tmp_path: Path) -> None:
    wait = GUARD_NS / SECOND
    code, person = sit_down(tmp_path, "p", wait, "8", wait, "n", wait, "y", wait, "q")
    assert code == 4
    assert person.entered == 1
    assert "No stretching today" in " ".join(person.screen.frames[-1])


@pytest.mark.parametrize(
    "keys", [("y",), ("p",), ("p", 1.0, "8", 1.0, "b"), ("p", 1.0, "8", 1.0, "y", 1.0, "b", 1.0, "b")], ids=len
)
def test_b_at_the_first_question_goes_back_to_the_start_screen(tmp_path: Path, keys: tuple[str | float, ...]) -> None:
    wait = GUARD_NS / SECOND
    sit_down(tmp_path, "q")
    before = screening_file.load(tmp_path)
    code, person = sit_down(tmp_path, *keys, wait, "b", wait, "q")
    assert code == 3
    assert any("b: back." in " ".join(frame) for frame in person.screen.frames)
    assert "You need" in " ".join(person.screen.frames[-1])
    assert screening_file.load(tmp_path) == before


@pytest.mark.parametrize(
    ("engine", "state"), [("plays", "on"), ("fails", "silent"), ("empty", "silent"), ("", "silent")]
)
def test_the_voice_is_tried_and_its_true_state_shown(tmp_path: Path, engine: str, state: str) -> None:
    programs = FakePrograms(**({"espeak_ng": engine} if engine else {}))
    person = ScreenPerson(tmp_path, "v", *[0.1] * 40, "q")
    programs.clock = person.clock  # type: ignore[assignment]
    person.__dict__["audio_backends"] = programs.backends(tmp_path)
    day = TODAY - timedelta(days=1)
    screening_file.save(tmp_path, ScreeningRecord(outcome=Outcome.GO, screened=day, since=day, asked=TODAY))
    assert run("routine", "-m", "8", app=person).exit_code == 3
    assert "v voice off" in person.screen.frames[0][-1]
    assert f"v voice {state}" in person.screen.frames[-1][-1]
    assert programs.texts == (["Lower back, 9 minutes."] if engine else [])
    assert programs.playing == []


def test_something_new_opens_the_themes_in_the_same_screen_and_changes_the_plan(tmp_path: Path) -> None:
    wait = GUARD_NS / SECOND
    keys = ("y", wait, "9", wait, "2", wait, "enter", wait, "enter", wait, "enter")
    code, person = sit_down(tmp_path, *keys)
    assert (code, person.entered) == (3, 1)
    assert any("What is new?" in " ".join(frame) for frame in person.screen.frames)
    assert "what does not suit you is left out" in " ".join(person.screen.frames[-1])
    assert screening_file.load(tmp_path).tags == ("disc",)


def test_a_healthy_person_presses_two_keys_the_first_time(tmp_path: Path) -> None:
    person = ScreenPerson(tmp_path, "enter", GUARD_NS / SECOND, "enter")
    assert run("routine", "-m", "8", app=person).exit_code == 3
    assert "does any of these fit you" in " ".join(person.screen.frames[0])
    assert "You need" in " ".join(person.screen.frames[-1])
    assert "Stopped: 0 of" in person.stderr.getvalue()
    assert (screening_file.load(tmp_path).asked, person.entered) == (TODAY, 1)


def test_keys_before_the_first_question_was_visible_answer_nothing(tmp_path: Path) -> None:
    person = ScreenPerson(tmp_path)
    person.screen.events.clear()
    person.screen.events.extend(("enter", "1", GUARD_NS / SECOND, "q"))
    assert run("routine", "-m", "8", app=person).exit_code == 4
    assert screening_file.load(tmp_path) is None


def test_an_emergency_is_kept_and_what_was_said_can_be_corrected(tmp_path: Path) -> None:
    wait = GUARD_NS / SECOND
    # A key typed before the message was visible corrects nothing.
    person = ScreenPerson(tmp_path, "1", wait, "1", "b", InputEvent(signal=1))
    assert run("routine", "-m", "8", app=person).exit_code == 129
    assert screening_file.load(tmp_path).outcome is Outcome.EMERGENCY
    keys = ("b", wait, "n", wait, "enter", wait, "q")
    person = ScreenPerson(tmp_path, *keys)
    assert run("routine", "-m", "8", app=person).exit_code == 3
    assert "genitals" in " ".join(person.screen.frames[0])
    assert screening_file.load(tmp_path).outcome is Outcome.GO


def test_choices_are_kept_in_the_settings(tmp_path: Path) -> None:
    _, person = sit_down(tmp_path, "v", "s", "d", "a", "q")
    settings = load_settings(tmp_path, {}).settings
    assert (settings.voice, settings.sound) == ("yes", False)
    first = next(row for row in person.screen.frames[0] if row.startswith(" > ")).removeprefix(" > ").partition("  ")[0]
    (never,) = settings.never
    assert CATALOG.stretches[never].name == first
    _, person = sit_down(tmp_path, "q")
    # It is on, or silent once the voice of this machine was found to make no sound.
    assert re.search("v voice (on|silent)", person.screen.frames[0][-1])
    assert not any(first in row for row in person.screen.frames[0])


def test_a_replaced_stretch_stays_replaced_the_next_time(tmp_path: Path) -> None:
    _, person = sit_down(tmp_path, "down", "down", "r", "enter")
    before, after = person.screen.frames[0], person.screen.frames[-1]
    (new,) = (row for row in after if row.startswith(" > "))
    assert new[3:20] not in "".join(row[3:20] for row in before)
    _, person = sit_down(tmp_path, "q")
    assert any(new[3:20] == row[3:20] for row in person.screen.frames[0])


def test_plain_and_yes_show_no_start_screen(tmp_path: Path) -> None:
    for option in ("--plain", "--yes"):
        _, person = sit_down(tmp_path, args=("-m", "8", option))
        assert person.screen.frames == []


def planned(folder: Path, asked: Request) -> tuple[StartScreen, RoutinePlanner]:
    planner = RoutinePlanner(ScreenPerson(folder), OPTIONS, PreflightResult())
    return replace(START, asked=asked, routine=planner.plan(asked)), planner


def test_other_minutes_keep_what_was_replaced_and_other_areas_begin_anew(tmp_path: Path) -> None:
    state, planner = planned(tmp_path, Request(areas=("lower-back",), minutes=15.0))
    state = update(replace(state, selected=3), "r", planner)
    (old,) = state.routine.continuity.replaced
    longer = update(state, "+", planner).routine
    assert old not in [item.stretch.id for item in longer.items]
    assert longer.continuity.replaced == (old,)
    up = [entry.id for entry in state.map.entries].index("lower-back")
    keys = ["a", "space", *["up"] * up, "space", "enter"]
    for key in keys:
        state = update(state, key, planner)
    assert (state.window, state.asked.areas) == ("plan", ("neck",))
    assert state.routine == planner.plan(Request(areas=("neck",), minutes=15.0))


def test_the_limits_of_the_minutes_are_told_without_an_option(tmp_path: Path) -> None:
    for minutes, key in ((1.0, "-"), (180.0, "+")):
        state, planner = planned(tmp_path, Request(areas=("lower-back",), minutes=minutes))
        assert update(state, key, planner).message == "A routine takes 1 to 180 minutes."


@pytest.mark.parametrize("mode", ["yes", "full"])
def test_the_voice_changes_no_dose_and_the_length_says_what_it_takes(tmp_path: Path, mode: str) -> None:
    state, planner = planned(tmp_path, Request(areas=("lower-back",), minutes=15.0, warm_up=0.0))
    known = tuple(replace(item, familiar=at > 1) for at, item in enumerate(state.routine.items))
    state = replace(state, routine=replace(state.routine, items=known), voice_on=mode)
    spoken = update(state, "v", planner)
    assert [item.familiar for item in spoken.played.items] == [at > 1 and mode != "full" for at in range(len(known))]
    assert [item.dose for item in spoken.played.items] == [item.dose for item in known]
    assert spoken.message == f"It takes {duration(spoken.length_ms)} with the voice."
    unheard = animate(spoken, 0, "No voice.")
    assert (unheard.length_ms < spoken.length_ms, unheard.message) == (True, "")
    silent = update(spoken, "v", planner)
    assert silent.message == f"It takes {duration(state.length_ms)} without the voice."
    assert silent.played == state.played


def test_the_length_shown_has_time_for_the_voice(tmp_path: Path) -> None:
    state, planner = planned(tmp_path, Request(areas=("lower-back",), minutes=15.0, warm_up=0.0))
    spoken = update(state, "v", planner)
    session = with_voice(Session(timeline=build_timeline(spoken.played)), True)
    assert spoken.length_ms == session.timeline.length_ms
    assert with_voice(session, False).timeline.length_ms < spoken.length_ms


def test_new_plans_take_less_than_100_ms(tmp_path: Path) -> None:
    state, planner = planned(tmp_path, Request(areas=("lower-back",), minutes=15.0))
    state = replace(state, selected=3)
    keys: list[Callable[[], StartScreen]] = [
        lambda key=key: update(state, key, planner)  # type: ignore[misc]
        for key in ("r", "+", "-", "w")
    ]
    for key in keys:
        times = []
        for _ in range(3):
            start = time.process_time()
            assert key().routine != state.routine
            times.append(time.process_time() - start)
        assert min(times) < 0.1
