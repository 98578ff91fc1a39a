"""Commands in a pipe: data on stdout, messages on stderr, and exit codes."""

from __future__ import annotations

import io
import json
import math
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from click import Context
from msgspec.structs import replace

from stretch.cli import COMMANDS, main
from stretch.cli.app import App
from stretch.cli.console import write_wrapped
from stretch.cli.listing import find_stretch
from stretch.core.errors import UsageError
from stretch.core.model import Stretch
from stretch.storage.files.shipped import load_safety
from support import AREAS, CATALOG, FakeClock, ScriptedInput, data, for_each, run


def plain_app(*events: str) -> App:
    clock = FakeClock()
    return App(environ={}, clock=clock, input_source=ScriptedInput(clock, events))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def at_terminal(*args: str, columns: int) -> str:
    """Run a command and return what a person at a terminal without color sees."""
    out = Terminal()
    app = App(environ={}, stdout=out)
    assert run(*args, app=app, env={"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}).exit_code == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())


@pytest.mark.parametrize("columns", [30, 80, 120])
@pytest.mark.parametrize(
    "args", [("list",), ("show", "open-book", "--figure", "none"), ("areas",), ("programs",), ("routine", "--plan")]
)
def test_no_word_is_cut_at_any_terminal_width(args: tuple[str, ...], columns: int) -> None:
    text = at_terminal(*args, columns=columns)
    assert max(map(len, text.splitlines())) <= columns
    assert "…" not in text
    if columns >= 80:
        assert set(text.split()) == set(run(*args).stdout.split()) or args == ("list",)


def test_stretch_alone_shows_examples_and_commands() -> None:
    result = run()
    assert result.exit_code == 0
    assert "stretch neck shoulders" in result.stdout
    for name in COMMANDS:
        assert f"  {name} " in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    command = main.get_command(Context(main), name)
    assert command.name == name
    assert command.help
    for option in command.params:
        assert getattr(option, "help", None) or option.param_type_name == "argument", option.name


def test_version_prints_name_and_version() -> None:
    assert run("--version").stdout.startswith("stretch ")


@pytest.mark.parametrize(
    "args",
    [
        ("routine", "--events", "--plan"),
        ("routine", "--events", "--why"),
        ("routine", "--events", "--plain"),
        ("routine", "--speed", "9", "--voice"),
        ("routine", "--speed", "9", "--sound"),
        ("show", "sphinx", "--json", "--svg", "x.svg"),
        ("show", "sphinx", "--svg", "x.svg", "--figure", "none"),
        ("list", "--json", "--figures"),
        ("config", "--json", "--template"),
        ("safety", "check", "--forget", "--json"),
    ],
)
def test_options_of_which_one_would_do_nothing_are_refused(args: tuple[str, ...]) -> None:
    first, second = (word for word in args if word.startswith("--"))
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"stretch: {first} and {second} do not go together: leave one of them out.\n"


def test_a_dry_run_may_say_that_it_is_silent() -> None:
    assert run("routine", "--plan", "--speed", "9", "--no-sound", "--no-voice").exit_code == 0


def test_equipment_is_none_or_something() -> None:
    result = run("routine", "--plan", "--equipment", "none", "--equipment", "chair")
    assert result.exit_code == 2
    assert "--equipment none and other equipment contradict each other" in result.stderr


@pytest.mark.parametrize(
    "args", [("config", "--json", "set"), ("history", "--last=2", "export"), ("safety", "--json", "check")]
)
def test_an_option_of_a_group_before_a_command_is_refused(args: tuple[str, ...]) -> None:
    result = run(*args)
    option = args[1].partition("=")[0]
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"`stretch {args[0]} {option}` takes no command: leave out {option} or {args[2]}." in result.stderr


@pytest.mark.parametrize("words", [(), ("routine",), ("config", "set")])
def test_help_is_a_command_too(words: tuple[str, ...]) -> None:
    result = run("help", *words)
    assert (result.exit_code, result.stdout) == (0, run(*words, "--help").stdout)
    assert "Usage: stretch " + " ".join((*words, "[OPTIONS]")) in result.stdout


def test_help_for_an_unknown_command_suggests_similar_ones() -> None:
    result = run("help", "rotine")
    assert result.exit_code == 2
    assert "Did you mean routine?" in result.stderr
    assert "Did you mean help?" in run("halp").stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("rotine",), "routine"),
        (("routine", "--area", "lower-bak"), "Did you mean lower-back"),
        (("routine", "-m", "0"), "--minutes 0"),
        (("routine", "-m", "-3"), "--minutes -3"),
        (("routine", "-m", "99999"), "1 to 180"),
        (("routine", "-m", "nan"), "1 to 180"),
        (("routine", "-m", "ten"), "ten"),
        (("routine", "-m", "1h"), "takes a number of minutes, such as 15, not '1h'."),
        (("routine", "-m", "2:75"), "'2:75'"),
        (("routine", "-m", "1:-1"), "'1:-1'"),
        (("routine", "--program", "easy-five", "-m", "5"), "takes its own time: leave out --minutes or --program."),
        (("routine", "--avoid", "kneee"), "knee"),
        (("routine", "--position", "lying"), "supine"),
        (("routine", "--equipment", "rope"), "strap"),
        (("routine", "--level", "hard"), "gentle"),
        (("routine", "--breath", "fast"), "--breath"),
        (("routine", "--program", "easyfive"), "easy-five"),
        (("routine", "--program", "easy-five", "-a", "neck"), "the areas or --program"),
        (("routine", "--program", "easy-five", "--stretch", "sphinx"), "--stretch or --program"),
        (("routine", "--as-written"), "--program"),
        (("routine", "--json"), "--plan"),
        (("routine", "--speed", "0"), "--speed"),
        (("routine", "--seed", "-1"), "--seed"),
        (("routine", "-a", "inner-thighs", "--position", "prone"), "No stretch is left"),
        (("routine", "--wrong"), "--wrong"),
        (("list", "-a", "nek"), "neck"),
        (("show", "happy-babby"), "happy-baby"),
        (("show",), "ID"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(args: tuple[str, ...], words: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert result.stderr.startswith("stretch: ")
    assert result.stderr.count("\n") == 1


def test_list_filters() -> None:
    def ids(*args: str) -> set[str]:
        return {stretch["id"] for stretch in data("list", "--json", *args)}

    everything = CATALOG.stretches.values()
    assert ids() == set(CATALOG.stretches)
    assert ids("-a", "neck") == {s.id for s in everything if "neck" in s.areas.primary}
    assert ids("-a", "legs", "--level", "deep") == {"standing-forward-fold", "contract-relax-hamstring"}
    assert ids("--position", "prone") == {s.id for s in everything if s.position == "prone"}
    assert ids("--equipment", "strap") == {s.id for s in everything if "strap" in s.equipment}
    assert ids("--desk") == {s.id for s in everything if s.desk}
    assert ids("-a", "neck", "--position", "prone") == set()


def test_list_json_has_the_fields_of_the_catalog() -> None:
    listed = data("list", "--json")
    assert listed == json.loads(msgspec.json.encode([each.for_side("left") for each in CATALOG.stretches.values()]))
    assert data("show", "sphinx", "--json") == next(entry for entry in listed if entry["id"] == "sphinx")


def test_list_in_a_pipe_is_not_cut_or_padded() -> None:
    lines = run("list").stdout.splitlines()
    assert len(lines) == len(CATALOG.stretches) + 1
    assert not [line for line in lines if line != line.rstrip() or "…" in line]


def test_list_in_80_columns_has_each_stretch_with_its_name_on_one_line() -> None:
    lines = at_terminal("list", columns=80).splitlines()
    for stretch in CATALOG.stretches.values():
        assert [line for line in lines if line.startswith(f"{stretch.id} ") and stretch.name in line], stretch.id
    assert len([line for line in lines if line.strip()]) == len(CATALOG.stretches) + 1
    assert max(map(len, lines)) <= 80


@pytest.mark.slow
@for_each("name", CATALOG.stretches)
def test_show_prints_all_texts_cautions_and_sources(name: str) -> None:
    stretch = CATALOG.stretches[name]
    for side in ("left", "right") if stretch.both_sides else ("left",):
        text = run("show", name, "--side", side, "--sources").stdout
        for path, words in stretch.for_side(side).texts():
            assert words in text or path[0] in ("halfway", "side_means")
        assert (f"This is the {side} side. Then do the other side" in text) is stretch.both_sides
    assert stretch.name in text
    # A blank line after the name, the facts, the texts, each list of cautions and the steps.
    blocks = [block.splitlines()[0] for block in text.split("\n\n")]
    lists = ("avoid", "adapt")
    assert len(blocks) == 5 + sum(bool(getattr(stretch.cautions, each)) for each in lists), blocks
    for tag in (*stretch.cautions.avoid, *stretch.cautions.adapt):
        assert f"({tag})" in text
    if contract := stretch.dose.contract:
        seconds = (contract.contract_s, contract.release_s, contract.hold_s)
        assert "press {} s, let go {} s, hold {} s".format(*seconds) in text
    for key in stretch.source:
        assert f"{key}:" in text or f"{key} (grade" in text


def test_show_finds_a_stretch_by_an_alias() -> None:
    assert run("show", "balasana").stdout == run("show", "childs-pose").stdout


@for_each(
    "name, stretch_id",
    [
        ("pelvic tilt", "pelvic-tilt"),
        ("cat/cow", "cat-cow"),
        ("cat cow stretch", "cat-cow"),
        ("knee to chest", "single-knee-to-chest"),
        ("knee-to-chest stretch", "single-knee-to-chest"),
        ("piriformis stretch", "supine-figure-four"),
        ("glute stretch", "supine-figure-four"),
        ("trunk rotation", "supine-spinal-twist"),
        ("Spinal Twist", "supine-spinal-twist"),
        ("quad stretch", "side-lying-quad"),
        ("HAMSTRING STRETCH", "supine-hamstring-strap"),
        ("hip flexor stretch", "half-kneeling-hip-flexor"),
        ("happy baby stretch", "happy-baby"),
        ("neck  stretch", "neck-side-bend"),
        ("Wall calf stretch, bent knee", "calf-bent-knee"),
        ("Wall calf stretch, straight knee", "calf-straight-knee"),
        ("Seated back extension over a chair", "chair-back-extension"),
        ("Chair-supported flat-back stretch", "chair-flat-back"),
        ("Contract-relax hamstring stretch", "contract-relax-hamstring"),
        ("Cow-face legs", "cow-face-legs"),
        ("Cross-body shoulder stretch", "cross-body-shoulder"),
        ("Double knee to chest", "double-knee-to-chest"),
        ("Glute bridge", "glute-bridge"),
        ("Half-kneeling hip flexor stretch", "half-kneeling-hip-flexor"),
        ("90/90 active hamstring stretch", "hamstring-90-90"),
        ("Levator scapulae stretch", "levator-scapulae"),
        ("Neck rotation", "neck-rotation"),
        ("Seated neck side bend", "neck-side-bend"),
        ("Supine pelvic tilt", "pelvic-tilt"),
        ("Prone press-up", "prone-press-up"),
        ("Seated spinal twist", "seated-spinal-twist"),
        ("Side-lying quad stretch", "side-lying-quad"),
        ("Single knee to chest", "single-knee-to-chest"),
        ("Standing forward fold", "standing-forward-fold"),
        ("Standing heel-prop hamstring stretch", "standing-hamstring"),
        ("Standing hip flexor stretch", "standing-hip-flexor"),
        ("Standing quad stretch", "standing-quad"),
        ("Supine figure-four", "supine-figure-four"),
        ("Supine hamstring stretch, hands behind thigh", "supine-hamstring-hold"),
        ("Supine hamstring stretch with strap", "supine-hamstring-strap"),
        ("Supine spinal twist", "supine-spinal-twist"),
    ],
)
def test_show_finds_a_stretch_by_everyday_and_earlier_names(name: str, stretch_id: str) -> None:
    assert find_stretch(CATALOG, name).id == stretch_id


@pytest.mark.slow
@for_each("stretch", CATALOG.stretches.values())
def test_every_name_opens_one_stretch(stretch: Stretch) -> None:
    assert find_stretch(CATALOG, stretch.name) is stretch
    for alias in stretch.aliases:
        assert find_stretch(CATALOG, alias) is stretch or alias in ("prayer stretch", "windscreen wipers")


def test_a_name_of_two_stretches_names_both() -> None:
    also = replace(CATALOG.stretches["sphinx"], aliases=("balasana",))
    with pytest.raises(UsageError, match="childs-pose and sphinx"):
        find_stretch(replace(CATALOG, stretches={**CATALOG.stretches, "sphinx": also}), "balasana")


def test_a_misspelled_name_suggests_ids() -> None:
    shown = run("show", "knee to chst")
    assert shown.exit_code == 2
    assert "Did you mean single-knee-to-chest or double-knee-to-chest?" in shown.stderr


def test_areas_and_programs_list_the_whole_catalog() -> None:
    assert [entry["id"] for entry in data("areas", "--json")] == AREAS
    programs = data("programs", "--json")
    assert [entry["id"] for entry in programs] == list(CATALOG.programs)
    for entry in programs:
        assert entry["seconds"] == data("routine", "--program", entry["id"], "--plan", "--json")["seconds"]
    for name in CATALOG.programs:
        assert name in run("programs").stdout


def test_safety_prints_the_whole_checklist_in_80_columns_and_as_json() -> None:
    text = at_terminal("safety", columns=80)
    assert max(map(len, text.splitlines())) <= 80
    folded = " ".join(text.split())
    piped = run("safety").stdout
    assert not piped.startswith("\n")
    lines = data("safety", "--json")
    for line in lines:
        assert line["text"] in folded
        assert f"  - {line['text']}\n" in piped
    ids = {line["id"] for line in lines}
    assert {f"R{number:02}" for number in range(1, 27)} <= ids
    assert {f"ST{number}" for number in range(1, 9)} <= ids
    for words in ("999", "bounc", "0 to 3", "oose clothing", "chair", "floor", "arm up", "hold your breath"):
        assert words in folded, words


PLANS = [
    *(("-a", area, "-m", "15") for area in AREAS),
    *(("--program", name) for name in CATALOG.programs),
    *(("--program", name, "--as-written") for name, program in CATALOG.programs.items() if program.as_written),
    ("--breath", "calm"),
    ("--breath", "off"),
    ("--breath", "3.5-6"),
    ("--warm-up", "0"),
]
OTHER_LENGTHS = [("-a", area, "-m", minutes) for area in AREAS for minutes in ("5", "60")]


@pytest.mark.parametrize(
    "plans", [PLANS, pytest.param(OTHER_LENGTHS, marks=pytest.mark.slow)], ids=["usual", "lengths"]
)
def test_plan_json_has_all_fields_and_steps_that_add_up(plans: list[tuple[str, ...]]) -> None:
    for args in plans:
        check_plan_json(args)


def check_plan_json(args: tuple[str, ...]) -> None:
    plan = data("routine", "--plan", "--json", *args)
    fields = ["version", "areas", "seconds", "seed", "breath", "steps", "left_out", "notes", "why", "held"]
    assert list(plan) == [*fields, "program", "prescription"]
    assert plan["version"] == 1
    start = 0.0
    for step in plan["steps"]:
        fields = ["start", "seconds", "kind", "stretch", "side", "rep", "reps", "breaths"]
        assert list(step) == [*fields, "set", "sets", "note", "moves"]
        assert step["start"] == start
        start += step["seconds"]
        if step["breaths"]:
            assert math.fsum(map(math.fsum, step["breaths"])) == pytest.approx(step["seconds"], abs=1e-9)
    assert start == plan["seconds"]
    assert sum(step["seconds"] for step in plan["steps"]) == plan["seconds"]
    # A break of two minutes has no time to settle.
    assert (plan["steps"][-1]["kind"] == "settle") is (plan["seconds"] > 120)
    assert sum(step["kind"] == "warm-up" for step in plan["steps"]) <= 1
    for step in plan["steps"]:
        moves = sum(move["seconds"] for move in step["moves"])
        assert moves == (step["seconds"] if step["kind"] == "warm-up" else 0)
    if "-m" in args:
        assert plan["seconds"] <= 60 * int(args[-1])


@pytest.mark.parametrize(("breath", "counted"), [("steady", True), ("4.5-6", True), ("off", False)])
def test_plan_json_has_breaths_only_if_they_are_counted(breath: str, counted: bool) -> None:
    plan = data("routine", "--plan", "--json", "--breath", breath)
    assert any(step["breaths"] for step in plan["steps"]) is counted


@pytest.mark.parametrize("columns", [40, 60, 80, 120, None])
def test_the_plan_ends_with_the_start_name_and_dose_of_each_stretch(columns: int | None) -> None:
    args = ("routine", "--plan", "-a", "hip-area")
    text = at_terminal(*args, columns=columns) if columns else run(*args).stdout
    # In a narrow terminal the dose is below the name.
    lines = re.sub(r" *\n {8}", " ", text.rstrip()).splitlines()
    steps = [step for step in data(*args, "--json")["steps"] if step["kind"] in ("warm-up", "prepare", "settle")]
    for line, step in zip(lines[-len(steps) :], steps, strict=True):
        minutes, seconds = divmod(int(step["start"]), 60)
        assert line.strip().startswith(f"{minutes}:{seconds:02}  ")
        if step["stretch"]:
            stretch = CATALOG.stretches[step["stretch"]]
            assert stretch.name in line
            assert ("each side" in line) is stretch.both_sides
    assert "\nLeft side first.\n" in re.sub(r" +\n", "\n", text)


def test_reasons_are_printed_with_why_above_the_plan() -> None:
    args = ("routine", "--avoid", "disc", "-m", "30", "-a", "hip-area")
    plan, text = run(*args, "--plan").stdout, run(*args, "--why").stdout
    reasons = text.removesuffix(plan)
    assert reasons != text
    assert run(*args, "--why", "--plan").stdout == text
    routine = data(*args, "--plan", "--json")
    for left in routine["left_out"]:
        name = CATALOG.stretches[left["stretch"]].name
        assert name in reasons
        assert name not in plan
    for stretch, why in routine["why"].items():
        assert re.search(rf"^{re.escape(CATALOG.stretches[stretch].name)} +{re.escape(why)}$", reasons, re.MULTILINE)
    # What matters today is said without --why.
    assert all(note in plan for note in routine["notes"])
    assert "Because of disc  " in reasons


def test_a_session_in_a_pipe_prints_lines_and_exits_with_0() -> None:
    result = run("routine", "-m", "8", app=plain_app())
    assert result.exit_code == 0
    assert re.search(r" Done: \d stretches\.$", result.stdout.splitlines()[-1])
    assert "\x1b" not in result.stdout
    assert "A mild pull" in result.stderr
    assert "stretches, 8 min" in result.stderr or "7 min" in result.stderr


def test_the_first_three_sessions_have_advice_before_and_after() -> None:
    expected = [line.text for line in load_safety().section("expect").lines]
    for number in range(5):
        result = run("routine", "-m", "3", "--warm-up", "0", app=plain_app())
        # It names only what this routine needs: no mat and no chair for everybody.
        assert "Before you start" not in result.stderr
        assert ("through the nose if you like" in result.stderr) is (number < 3)
        assert [text for text in expected if text in result.stderr] == expected[number : number + 1]


def test_advice_after_a_session_is_for_those_who_finish_it() -> None:
    expected = load_safety().section("expect").lines[0].text
    assert expected not in run("routine", "-m", "3", app=plain_app("q")).stderr
    assert expected not in run("routine", "-m", "3", "--events", app=plain_app()).stderr


def test_yes_skips_the_advice() -> None:
    assert "A mild pull" not in run("routine", "-m", "8", "--yes", app=plain_app()).stderr


def test_a_stopped_session_exits_with_3_and_says_how_much_was_done() -> None:
    result = run("routine", "--yes", app=plain_app("q"))
    assert result.exit_code == 3
    assert "Stopped: 0 of " in result.stderr


@pytest.mark.parametrize(
    ("args", "voice"), [([], None), (["--voice"], "yes"), (["--voice", "breath"], "breath"), (["--voice=no"], "no")]
)
def test_voice_without_a_value_means_yes(args: list[str], voice: str) -> None:
    command = main.get_command(Context(main), "routine")
    assert command.make_context("routine", args, obj=App(environ={})).params["voice"] == voice


def test_a_plan_with_a_voice_has_time_to_hear_the_steps() -> None:
    plan = ("routine", "--program", "easy-five", "--plan", "--json")
    times = [data(*plan, *voice)["seconds"] for voice in ((), ("--voice=no",), ("--voice",), ("--voice=full",))]
    assert times[0] == times[1] < times[2] <= times[3]


def test_a_message_at_a_terminal_is_broken_between_words_and_a_path_stays_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Screen(Terminal):
        def fileno(self) -> int:
            return 2

    path = "/home/anna/exercises-of-the-clinic/after-the-first-visit/mrs-jones.yaml"
    text = f"stretch: {path} cannot be read, because it is a folder and not a file, or because it is empty."
    for columns in (20, 40, 60):
        monkeypatch.setattr("os.get_terminal_size", lambda descriptor, size=columns: os.terminal_size((size, 24)))
        out = Screen()
        write_wrapped(text, out)
        lines = out.getvalue().splitlines()
        assert " ".join(lines) == text
        assert all(len(line) <= columns or line == path for line in lines)


def test_environment_variables_replace_defaults() -> None:
    plan = json.loads(run("routine", "--plan", "--json", env={"STRETCH_AREA": "neck", "STRETCH_MINUTES": "9"}).stdout)
    assert plan["areas"] == ["neck"]
    assert plan["seconds"] <= 540


def test_a_closed_stdin_is_not_a_terminal() -> None:
    closed = io.StringIO()
    closed.close()
    app = App(environ={"TERM": "xterm"}, stdin=closed)
    assert not app.interactive


def test_show_draws_the_figure_at_a_terminal_and_on_request() -> None:
    braille = re.compile("[\u2801-\u28ff]")
    wide = at_terminal("show", "cat-cow", columns=120)
    narrow = at_terminal("show", "cat-cow", columns=60)
    assert len(braille.findall(wide)) > 1.3 * len(braille.findall(narrow)) > 100
    assert not braille.search(run("show", "cat-cow").stdout)
    left, right = (run("show", "open-book", "--figure", "braille", "--side", side).stdout for side in ("left", "right"))
    assert braille.search(left)
    assert left != right
    assert "▀" in run("show", "cat-cow", "--figure", "blocks").stdout


@pytest.mark.parametrize("name", ["single-knee-to-chest", "levator-scapulae", "chair-flat-back"])
def test_show_ends_on_figure_and_steps_in_one_screen(name: str) -> None:
    lines = at_terminal("show", name, columns=80).splitlines()
    last = "\n".join(lines[-23:])
    stretch = CATALOG.stretches[name].for_side("left")
    assert all(" ".join(step.split()[:4]) in last for step in stretch.steps)
    assert sum(bool(re.search("[\u2801-\u28ff]", line)) for line in lines[-23:]) > 5
    assert "Sources" not in "\n".join(lines)
    assert "Sources" in run("show", name, "--sources").stdout


def test_show_writes_an_svg(tmp_path: Path) -> None:
    path = tmp_path / "cat.svg"
    assert run("show", "cat-cow", "--svg", str(path)).stdout == ""
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert run("show", "cat-cow", "--svg", "-").stdout == path.read_text(encoding="utf-8")
    assert run("show", "cat-cow", "--svg", str(tmp_path / "no" / "where.svg")).exit_code == 1


def test_list_figures_names_every_stretch() -> None:
    text = run("list", "--figures").stdout
    for name in CATALOG.stretches:
        assert name[:24] in text


@pytest.mark.slow
@for_each("name", CATALOG.stretches)
def test_every_svg_is_smaller_than_8_kilobytes(name: str) -> None:
    assert len(run("show", name, "--svg", "-").stdout.encode()) < 8 * 1024


@pytest.mark.parametrize(
    ("names", "areas"),
    [
        (("Lower Back",), ["lower-back"]),
        (("lower  back",), ["lower-back"]),
        (("NECK, shoulders",), ["neck", "shoulders"]),
        (("neck,shoulders", "neck"), ["neck", "shoulders"]),
        (("Front of the hip",), ["hip-flexors"]),
        (("around the hips",), ["hips", "hip-flexors", "glutes", "piriformis", "inner-thighs"]),
    ],
)
def test_an_area_can_be_written_as_people_do(names: tuple[str, ...], areas: list[str]) -> None:
    options = [word for name in names for word in ("--area", name)]
    assert data("routine", "--plan", "--json", "-m", "10", *options)["areas"] == areas
    ids = data("list", "--json", *options)
    assert ids == data("list", "--json", *(word for area in areas for word in ("--area", area)))


def test_an_unknown_area_is_named_as_an_id_would_be() -> None:
    result = run("routine", "--plan", "-a", "neck, Lower Bak")
    assert result.exit_code == 2
    assert "There is no area called 'Lower Bak'. Did you mean lower-back" in result.stderr


@pytest.mark.parametrize("text", ["7.5", "7.5min", "7:30", "7.5 minutes", "7.5m", " 7:30 "])
def test_minutes_can_be_written_as_people_do(text: str) -> None:
    assert data("routine", "--plan", "--json", "-m", text) == data("routine", "--plan", "--json", "-m", "7.5")


def test_a_program_tells_beginners_that_it_keeps_its_doses() -> None:
    note = "A program keeps its own doses in your first two weeks too."
    assert note in run("routine", "--program", "easy-five", "--plan").stdout
    assert note not in run("routine", "--program", "easy-five", "--plan", "--experienced").stdout


def test_reasons_of_a_program_have_no_empty_table() -> None:
    text = run("routine", "--program", "classic-five", "--why").stdout
    assert text.startswith("area ")
    assert "stretch " not in text


def test_reasons_have_the_names_of_areas() -> None:
    text = run("routine", "-a", "lower-back", "--why").stdout
    assert "front of the hip, also helps the lower back" in text
    assert not [area for area in ("hip flexors", "hip-flexors", "piriformis", "core ", "hamstrings") if area in text]
