"""Settings: read from file and variables, checked, and used as defaults of the options."""

from __future__ import annotations

import io
import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.cli.options import default_map, playback_options, routine_options
from stretch.cli.request import PlaybackOptions, RoutineOptions, build_request
from stretch.player.theme import theme_for
from stretch.storage.config_file import change_setting
from stretch.storage.settings import (
    DEFAULTS,
    NAMES,
    LoadedSettings,
    SettingsError,
    describe,
    load_settings,
    template,
    unknown_variables,
    variable,
)
from support import CATALOG, run

ROOT = Path(__file__).parents[1]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def write_config(home: Path, text: str) -> Path:
    (home / "config.yaml").write_text(text, encoding="utf-8")
    return home


def app(home: Path, **environ: str) -> App:
    return App(environ={"STRETCH_HOME": str(home), **environ})


@click.command("routine")
@routine_options
@playback_options
@click.pass_obj
def probe(here: App, /, **values: Any) -> dict[str, Any]:
    """Return what a command with these options is called with."""
    return values


def parsed(here: App, *args: str) -> tuple[RoutineOptions, PlaybackOptions]:
    values = probe.main([*args], obj=here, default_map=default_map(here), standalone_mode=False)
    return values["options"], values["playback"]


def options_of(here: App, *args: str) -> RoutineOptions:
    return parsed(here, *args)[0]


def playback_of(here: App, *args: str) -> PlaybackOptions:
    return parsed(here, *args)[1]


def problems(home: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(write_config(home, text), environ)
    return str(caught.value).replace(str(home / "config.yaml"), "config.yaml").splitlines()


# -- read


def test_without_a_file_all_settings_are_defaults(home: Path) -> None:
    found = load_settings(home / "not" / "there", {})
    assert found.settings == DEFAULTS
    assert set(found.origins.values()) == {("default",)}
    assert not (home / "not").exists()


def test_the_file_takes_single_names_lists_and_switches(home: Path) -> None:
    found = load_settings(
        write_config(
            home,
            "# mine\narea: neck\nminutes: 10\nbreath: off\nposition: [standing, seated]\nequipment: chair\n"
            "level: gentle\navoid: knee\nnever: [sphinx, happy-baby]\nmorning: on\nexperienced: yes\ntrack_pain: on\n"
            "sound: off\nvolume: 20\nvoice: on\n"
            "voice_command: espeak-ng {text}\nfigure: none\nbackground: light\npalette: color-blind\n"
            "catalog: mine.yaml\n",
        ),
        {},
    )
    settings = found.settings
    assert (settings.area, settings.minutes, settings.breath) == (("neck",), 10.0, "off")
    assert (settings.position, settings.equipment, settings.level) == (("standing", "seated"), ("chair",), "gentle")
    assert (settings.avoid, settings.never) == (("knee",), ("sphinx", "happy-baby"))
    assert (settings.sound, settings.volume, settings.voice) == (False, 20, "yes")
    assert (settings.voice_command, settings.figure, settings.background) == ("espeak-ng {text}", "none", "light")
    assert (settings.catalog, settings.palette) == ((str(home / "mine.yaml"),), "color-blind")
    assert (settings.morning, settings.experienced, settings.track_pain) == ("on", True, True)
    assert {name for name, origin in found.origins.items() if origin == ("file",)} == set(NAMES) - {"sound_command"}


@pytest.mark.parametrize("text", ["", "# nothing\n", "area:\nvoice: ~\n"])
def test_an_empty_file_sets_nothing(home: Path, text: str) -> None:
    assert load_settings(write_config(home, text), {}).settings == DEFAULTS


def test_variables_override_the_file(home: Path) -> None:
    environ = {
        "STRETCH_AREA": "neck, shoulders",
        "STRETCH_MINUTES": "7.5",
        "STRETCH_SOUND": "1",
        "STRETCH_VOICE": "0",
        "STRETCH_VOLUME": " ",
        "STRETCH_CATALOG": os.pathsep.join(("a.yaml", "b")),
    }
    found = load_settings(
        write_config(home, "area: calves\nminutes: 30\nsound: no\nvoice: breath\nvolume: 5\n"), environ
    )
    settings = found.settings
    assert (settings.area, settings.minutes, settings.sound) == (("neck", "shoulders"), 7.5, True)
    assert (settings.voice, settings.volume, settings.catalog) == ("no", 5, ("a.yaml", "b"))
    assert found.origins["area"] == ("environment",)
    assert found.origins["volume"] == ("file",)
    assert found.place("area") == "$STRETCH_AREA"


def test_avoid_and_never_are_merged_from_variables_and_file(home: Path) -> None:
    environ = {"STRETCH_AVOID": "neck knee", "STRETCH_NEVER": "happy-baby sphinx"}
    found = load_settings(write_config(home, "avoid: [knee, disc]\nnever: sphinx\n"), environ)
    assert found.settings.avoid == ("knee", "disc", "neck")
    assert found.settings.never == ("sphinx", "happy-baby")
    assert found.origins["avoid"] == found.origins["never"] == ("environment", "file")


@pytest.mark.parametrize(("text", "environ"), [("catalog: ~/mine\n", {}), ("", {"STRETCH_CATALOG": "~/mine"})])
def test_a_tilde_in_a_path_is_the_home_folder(home: Path, text: str, environ: dict[str, str]) -> None:
    assert load_settings(write_config(home, text), environ).settings.catalog == (str(Path("~/mine").expanduser()),)


@pytest.mark.parametrize("word", ["off", "false", "False", "'off'"])
def test_breath_false_means_off(home: Path, word: str) -> None:
    assert load_settings(write_config(home, f"breath: {word}\n"), {}).settings.breath == "off"


# -- refused


def test_all_problems_are_reported_with_line_and_similar_names(home: Path) -> None:
    text = "minuts: 10\n\n# loud\nvolume: 300\nbreath: fast\navoid: [knee, kneee]\nlevel: hard\nzzz: 1\n"
    output = problems(home, text, STRETCH_MINUTES="ten", STRETCH_FIGURE="ascii")
    assert output[0] == "config.yaml:1: There is no setting called 'minuts'. Did you mean minutes?"
    assert output[1] == "config.yaml:4: volume must be a number from 0 to 100, not 300"
    assert output[2].startswith("config.yaml:5: breath must be steady, calm, even, off, or seconds in and out")
    assert output[2].endswith(", not 'fast'")
    assert output[3].startswith("config.yaml:6: avoid must be one of pregnancy, ")
    assert output[3].endswith(", not 'kneee'. Did you mean knee?")
    assert output[4] == "config.yaml:7: level must be one of gentle, moderate, deep, not 'hard'"
    assert output[5] == "config.yaml:8: There is no setting called 'zzz'. `stretch config` lists them all."
    assert output[6] == "$STRETCH_MINUTES must be a number from 1 to 180, not 'ten'"
    assert output[7] == "$STRETCH_FIGURE must be one of auto, pixels, octants, braille, blocks, none, not 'ascii'"
    assert problems(home, "sound: loud\n") == ["config.yaml:1: sound must be on or off, not 'loud'"]
    assert len(output) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("minutes: 10\n  area: neck\n", "config.yaml:2: not valid YAML"),
        ("- minutes\n", "config.yaml:1: must hold settings, one on a line"),
        ("minutes\n", "config.yaml:1: must hold settings, one on a line"),
        ("area: [neck\n", "not valid YAML"),
        ("minutes: 10\nminutes: 20\n", "config.yaml:2"),
        ("area: []\n", "area"),
        ("area: {a: b}\n", "area"),
        ("sound: loud\n", "config.yaml:1: sound"),
        ("minutes: 0\n", "from 1 to 180, not 0"),
        ("minutes: .nan\n", "minutes"),
        ("never: Sphinx\n", "never"),
        ("catalog: [1]\n", "catalog"),
    ],
)
def test_invalid_files_are_refused_with_the_line(home: Path, text: str, words: str) -> None:
    assert words in "\n".join(problems(home, text))


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), plain_data, max_size=5))
def test_any_data_is_loaded_or_refused(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    home = write_config(tmp_path_factory.mktemp("home"), yaml.safe_dump(data, allow_unicode=True))
    try:
        assert isinstance(load_settings(home, {}), LoadedSettings)
    except SettingsError as error:
        assert str(error).isprintable() or "\n" in str(error)


def test_unknown_variables_are_reported() -> None:
    output = list(
        unknown_variables({"STRETCH_AERA": "neck", "STRETCH_HOME": "/x", "STRETCH_AREA": "neck", "OTHER": ""})
    )
    assert output == ["$STRETCH_AERA is not a setting. Did you mean $STRETCH_AREA?"]


# -- the template


def test_the_template_sets_nothing_until_uncommented(home: Path) -> None:
    assert load_settings(write_config(home, template()), {}).settings == DEFAULTS
    spoken = re.sub(r"^#(?=[a-z_]+:)", "", template(), flags=re.MULTILINE)
    found = load_settings(write_config(home, spoken), {})
    assert found.settings == DEFAULTS
    assert set(re.findall(r"^([a-z_]+):", spoken, re.MULTILINE)) == set(NAMES)
    assert found.origins["minutes"] == ("file",)


# -- the command


def test_config_shows_values_and_origins(home: Path) -> None:
    write_config(home, "minutes: 10\navoid: knee\n")
    here = app(home, STRETCH_AVOID="disc", STRETCH_BREATH="calm", STRETCH_AERA="neck")
    result = run("config", app=here)
    assert result.exit_code == 0
    rows = {line.split()[0]: line for line in result.stdout.splitlines() if line}
    assert str(home) in rows["Folder"]
    assert str(home / "config.yaml") in rows["Settings"]
    assert re.match(r"minutes +10 +config\.yaml ", rows["minutes"])
    assert re.match(r"breath +calm +\$STRETCH_BREATH ", rows["breath"])
    assert re.match(r"avoid +\[knee, disc\] +\$STRETCH_AVOID and config\.yaml ", rows["avoid"])
    assert re.match(r"volume +50 +default ", rows["volume"])
    assert set(NAMES) <= set(rows)
    assert "Did you mean $STRETCH_AREA?" in result.stderr


@pytest.mark.parametrize("columns", [80, 120])
def test_config_fits_a_terminal(home: Path, columns: int) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    here = App(environ={"STRETCH_HOME": str(home)}, stdout=out)
    environ = {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}
    output = run("config", app=here, env=environ).stderr
    assert ("--template" in output) == (columns == 80)
    assert (describe("volume") in out.getvalue()) == (columns == 120)
    assert all(f"\n{name} " in out.getvalue() for name in NAMES)


def test_config_json(home: Path) -> None:
    write_config(home, "area: neck\n")
    output = json.loads(run("config", "--json", app=app(home)).stdout)
    assert output["version"] == 1
    assert (output["folder"], output["exists"]) == (str(home), True)
    assert output["settings"]["area"] == {"value": ["neck"], "from": ["file"]}
    assert set(output["settings"]) == set(NAMES)


def test_config_prints_the_template_even_if_the_file_is_broken(home: Path) -> None:
    write_config(home, "minuts: 1\n")
    assert run("config", "--template", app=app(home)).stdout == template()
    result = run("config", app=app(home))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean minutes?" in result.stderr


# -- changes

COMMENTED = """# my settings
never:
  # two that hurt
  - sphinx  # my back
  - happy-baby # my knee
# how long
minutes: 12   # short

#volume: 50
area: [neck,  # stiff
  shoulders]  # too
"""


def changed(home: Path, *args: str, text: str = COMMENTED, exit_code: int = 0) -> str:
    """Return the file after `stretch config` with *args*."""
    result = run("config", *args, app=app(write_config(home, text)))
    assert result.exit_code == exit_code, result.output
    return (home / "config.yaml").read_text(encoding="utf-8")


def test_a_changed_setting_keeps_its_comment_and_all_other_lines(home: Path) -> None:
    assert changed(home, "set", "minutes", "20") == COMMENTED.replace("12   #", "20   #")
    assert changed(home, "set", "volume", "9") == COMMENTED.replace("#volume: 50\n", "#volume: 50\nvolume: 9\n")
    assert changed(home, "set", "sound", "no") == COMMENTED + "sound: off\n"
    assert changed(home, "unset", "minutes") == COMMENTED.replace("minutes: 12   # short\n", "")
    assert changed(home, "set", "level", "deep", text="minutes: 9") == "minutes: 9\nlevel: deep\n"
    assert changed(home, "set", "level", "deep", text="level:  # any\n") == "level: deep  # any\n"
    assert changed(home, "unset", "level", text="level: deep") == ""


def test_a_list_grows_by_a_line_or_is_written_anew(home: Path) -> None:
    grown = COMMENTED.replace("# my knee\n", "# my knee\n  - cat-cow\n")
    assert changed(home, "set", "never", "sphinx, happy-baby", "Cat-Cow") == grown
    output = changed(home, "set", "never", "cat-cow")
    assert output.splitlines()[:4] == ["# my settings", "# two that hurt", "# my back", "never: [cat-cow] # my knee"]
    assert changed(home, "set", "area", "Lower Back,neck").endswith("# stiff\narea: [lower-back, neck]  # too\n")


def test_an_item_is_added_once_to_a_list(home: Path) -> None:
    for text, expected in (
        (COMMENTED, ("sphinx", "happy-baby", "cat-cow")),
        ("never: sphinx\n", ("sphinx", "cat-cow")),
    ):
        here = app(write_config(home, text))
        assert "cat-cow" not in here.settings.never
        for _ in range(2):
            here.add_to_list("never", "cat-cow")
            assert here.settings.never == expected


def test_a_text_is_quoted_where_yaml_needs_it(home: Path) -> None:
    speak = "espeak-ng -s 150 {text} # loud"
    assert changed(home, "set", "voice_command", *speak.split(), text="") == f'voice_command: "{speak}"\n'
    assert load_settings(home, {}).settings.voice_command == speak


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("set", "minuts", "5"), "There is no setting called 'minuts'. Did you mean minutes?"),
        (("unset", "minuts"), "There is no setting called 'minuts'. Did you mean minutes?"),
        (("set", "minutes", "ten"), "minutes must be a number from 1 to 180, not 'ten'."),
        (("set", "volume", "-5"), "volume must be a number from 0 to 100, not '-5'."),
        (("set", "area", "nek"), "There is no area called 'nek'. Did you mean neck?"),
        (("set", "voice_command", "a\nb"), "voice_command must be on one line, without invisible characters."),
        (("set", "catalog", "a\udcffb"), "catalog must be on one line, without invisible characters."),
        (("set", "never", "cat-cw"), "There is no stretch called 'cat-cw'. Did you mean cat-cow?"),
    ],
)
def test_a_wrong_setting_is_refused_and_the_file_kept(home: Path, args: tuple[str, ...], words: str) -> None:
    write_config(home, COMMENTED)
    result = run("config", *args, app=app(home))
    assert (result.exit_code, result.stderr) == (2, f"stretch: {words}\n")
    assert (home / "config.yaml").read_text(encoding="utf-8") == COMMENTED


def test_a_wrong_line_can_be_removed_and_corrected(home: Path) -> None:
    assert changed(home, "unset", "minuts", text="minuts: 1\nminutes: ten\n") == "minutes: ten\n"
    assert changed(home, "set", "minutes", "10", text="minutes: {a: [b]}\n") == "minutes: 10\n"


@pytest.mark.parametrize("text", ["{minutes: 9}\n", "minutes: 9\n...\n", "volume: &a 5\nminutes: *a\n"])
def test_a_form_that_cannot_be_changed_is_refused(home: Path, text: str) -> None:
    assert changed(home, "set", "volume", "7", text=text, exit_code=2) == text


def test_a_list_with_a_repeated_value_is_changed(home: Path) -> None:
    text = "sound_command: &x sphinx\nnever:\n- *x\n"
    assert changed(home, "set", "never", "sphinx", "cat-cow", text=text) == f"{text}- cat-cow\n"
    assert changed(home, "set", "never", "cat-cow", text=text) == "sound_command: &x sphinx\nnever: [cat-cow]\n"
    changed(home, "set", "sound_command", "play", text=text, exit_code=2)


def test_a_variable_that_overrides_a_changed_setting_is_named(home: Path) -> None:
    result = run("config", "set", "minutes", "9", app=app(home / "new", STRETCH_MINUTES="7"))
    assert "$STRETCH_MINUTES is set as well, and overrides it." in result.stderr
    assert (home / "new" / "config.yaml").read_text() == "minutes: 9\n"
    assert (home / "new").stat().st_mode & 0o077 == 0 or os.name == "nt"


lines_of_settings = st.lists(
    st.sampled_from(
        [
            "minutes: 9", "minutes: '9'  # nine", "never:\n  # a\n  - sphinx # b\n  # c\n  - cat-cow",
            "never:\n- sphinx", "never: [sphinx, # d\n  cat-cow]",
            "never:", "voice_command: >\n  one\n  two\n", "area: {a: 1}", "# e",
            "#minutes: 15", "", " # f", "sound: &x on  # g", "level: |\n  #minutes: 1",
        ]
    ),
    max_size=8,
    unique_by=lambda line: line.partition(":")[0] if line and ":" in line else object(),
)  # fmt: skip
new_values = {"minutes": 20.0, "never": ("sphinx", "cat-cow", "child"), "sound": False, "voice_command": "a: #b"}


@given(lines_of_settings, st.sampled_from([*new_values]), st.sampled_from(["\n", "\r\n"]))
def test_any_file_keeps_its_data_and_its_comments(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], name: str, line_end: str
) -> None:
    home = tmp_path_factory.mktemp("home")
    file = home / "config.yaml"
    text = "".join(f"{line}\n" for line in lines).replace("\n", line_end)
    file.write_bytes(text.encode())
    old = yaml.safe_load(text) or {}
    change_setting(home, name, new_values[name])
    new = file.read_bytes().decode()
    data = yaml.safe_load(new)
    assert {key: value for key, value in data.items() if key != name} == {k: v for k, v in old.items() if k != name}
    assert data[name] == (list(value) if isinstance(value := new_values[name], tuple) else value)
    assert sorted(re.findall(r"#[^\r\n]*", new.replace("a: #b", ""))) == sorted(re.findall(r"#[^\r\n]*", text))
    assert new.count("\n") == new.count(line_end) or not text
    change_setting(home, name, None)
    assert name not in (yaml.safe_load(file.read_bytes()) or {})


# -- defaults of the options


def plan(home: Path, *args: str, **environ: str) -> dict[str, Any]:
    result = run("routine", "--plan", "--json", *args, app=app(home, **environ))
    assert result.exit_code == 0, result.stderr
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_options_override_variables_and_these_the_file(home: Path) -> None:
    write_config(home, "breath: even\narea: calves\nminutes: 9\n")
    assert plan(home)["breath"] == "even"
    assert plan(home, STRETCH_BREATH="calm")["breath"] == "calm"
    assert plan(home, "--breath", "4-6", STRETCH_BREATH="calm")["breath"] == "4-6"
    assert plan(home)["areas"] == ["calves"]
    assert plan(home, STRETCH_AREA="chest")["areas"] == ["chest"]
    assert plan(home, "-a", "neck", STRETCH_AREA="chest")["areas"] == ["neck"]
    assert plan(home, "-m", "5")["seconds"] <= 300 < plan(home)["seconds"] <= 540


def test_area_and_minutes_do_not_change_programs_and_named_stretches(home: Path) -> None:
    bare = plan(home, "--program", "easy-five")
    named = plan(home, "--stretch", "sphinx")
    write_config(home, "area: calves\nminutes: 6\n")
    assert plan(home, "--program", "easy-five") == bare
    assert plan(home, "--stretch", "sphinx") == named


def test_avoid_is_added_to_the_option_and_never_gives_way_to_a_named_stretch(home: Path) -> None:
    write_config(home, "avoid: disc\nnever: [cat-cow]\n")
    left = {entry["stretch"]: entry["reason"] for entry in plan(home, "--avoid", "knee", "-m", "60")["left_out"]}
    assert left["cat-cow"] == "excluded"
    assert "cautions: disc" in left.values()
    named = plan(home, "--stretch", "cat-cow")
    assert [step["stretch"] for step in named["steps"] if step["kind"] == "move"] == ["cat-cow"]


def test_an_unknown_area_is_refused_with_its_place(home: Path) -> None:
    result = run("routine", "--plan", app=app(write_config(home, "area: nek\n")))
    assert result.exit_code == 2
    assert f"{home / 'config.yaml'}: area: There is no area called 'nek'. Did you mean neck?" in result.stderr
    assert run("routine", "--plan", "-a", "neck", app=app(home)).exit_code == 0


def test_an_unknown_stretch_in_never_is_only_reported(home: Path) -> None:
    result = run("routine", "--plan", app=app(write_config(home, "never: chin-tuk\n")))
    assert result.exit_code == 0
    assert f"{home / 'config.yaml'}: never: There is no stretch called 'chin-tuk'." in result.stderr


@pytest.mark.parametrize(
    ("at", "morning"), [((3, 59), False), ((4, 0), True), ((7, 59), True), ((8, 0), False), ((18, 0), False)]
)
def test_morning_auto_is_from_4_to_8_unless_an_option_is_given(
    home: Path, monkeypatch: pytest.MonkeyPatch, at: tuple[int, int], morning: bool
) -> None:
    monkeypatch.setattr(App, "now", lambda self: datetime(2026, 3, 4, *at).astimezone())
    here = app(write_config(home, "morning: auto\n"))
    assert build_request(here, options_of(here)).morning is morning
    assert build_request(here, options_of(here, "--morning")).morning is True
    assert build_request(here, options_of(here, "--no-morning")).morning is False


def test_a_program_keeps_forward_bends_unless_morning_is_an_option(home: Path) -> None:
    def played(*args: str) -> set[str]:
        steps = plan(home, "--program", "classic-five", *args)["steps"]
        return {step["stretch"] for step in steps} - {None}

    write_config(home, "morning: on\n")
    listed = [CATALOG.stretches[item.stretch] for item in CATALOG.programs["classic-five"].items]
    bends = {stretch.id for stretch in listed if (stretch.spine, stretch.mode) == ("flexion", "static")}
    assert played() == {stretch.id for stretch in listed}
    assert bends
    assert played("--morning") == played() - bends


@pytest.mark.parametrize("text", ["nan", "inf", "-1e999", "ten", "\u00b2", "1e3", "0"])
def test_invalid_numbers_are_refused(home: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"^\$STRETCH_MINUTES must be a number from 1 to 180, not "):
        load_settings(home, {"STRETCH_MINUTES": text})


def test_settings_are_the_defaults_of_routine_options(home: Path) -> None:
    here = app(write_config(home, "position: seated\nequipment: chair\nlevel: gentle\nbreath: calm\nminutes: 9\n"))
    said = build_request(here, options_of(here))
    assert (said.positions, said.equipment, said.level) == (("seated",), ("chair",), "gentle")
    assert (said.breath.name, said.minutes, said.areas) == ("calm", 9.0, ("lower-back",))
    output = build_request(
        here, options_of(here, "--position", "prone", "--level", "deep", "--breath", "off", "--minutes", "0")
    )
    assert (output.positions, output.level, output.breath.name, output.minutes) == (("prone",), "deep", "off", 0.0)


def test_settings_are_the_defaults_of_playback_options(home: Path) -> None:
    here = app(write_config(home, "sound: off\nvolume: 7\nvoice: breath\nfigure: blocks\n"))
    said = playback_of(here)
    assert (said.sound, said.volume, said.voice, said.figure) == (False, 7, "breath", "blocks")
    assert playback_of(here, "--voice", "yes", "--no-voice").voice == "no"
    assert playback_of(here, "--voice").voice == "yes"
    output = playback_of(here, "--sound", "--volume", "0", "--voice", "no", "--figure", "none")
    assert (output.sound, output.volume, output.voice, output.figure) == (True, 0, "no", "none")


def test_options_without_settings_have_their_defaults(home: Path) -> None:
    here = app(home)
    assert playback_of(here) == PlaybackOptions(ask=True, sound=True, volume=50, voice="no", figure="auto")
    said = options_of(here)
    assert (said.breath.name, said.level, said.positions, said.equipment) == ("steady", None, (), ())
    assert (said.minutes, said.warm_up, said.morning, said.experienced, said.seed) == (None, None, None, False, 0)


def test_the_catalog_option_replaces_the_setting(home: Path) -> None:
    for name in ("mine", "other"):
        text = (ROOT / "data/stretches/sphinx.yaml").read_text(encoding="utf-8").replace("id: sphinx", f"id: {name}")
        (home / f"{name}.yaml").write_text(f"stretches:\n- {text.strip().replace(chr(10), chr(10) + '  ')}\n")
    write_config(home, "catalog: mine.yaml\n")
    assert run("show", "mine", app=app(home)).exit_code == 0
    assert run("show", "other", "--catalog", str(home / "other.yaml"), app=app(home)).exit_code == 0
    assert run("show", "mine", "--catalog", str(home / "other.yaml"), app=app(home)).exit_code == 2


def test_the_background_setting_chooses_the_theme(home: Path) -> None:
    assert app(home, STRETCH_BACKGROUND="light").settings.background == "light"
    assert (
        theme_for({}, "utf-8", app(write_config(home, "background: light\n")).settings.background).background == "light"
    )


def test_help_works_with_a_broken_file(home: Path) -> None:
    here = app(write_config(home, "minuts: 1\n"))
    assert run("routine", "--help", app=here).exit_code == 0
    result = run("routine", "--plan", app=here)
    assert result.exit_code == 2
    assert "Did you mean minutes?" in result.stderr


def test_the_variable_of_a_setting_is_its_name_in_capitals() -> None:
    assert variable("voice_command") == "$STRETCH_VOICE_COMMAND"
