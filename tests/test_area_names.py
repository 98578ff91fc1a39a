"""Names of body areas as people type them: after --area, as bare words, in settings."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.area_names import area_ids, area_names, read_areas
from stretch.core.errors import UnknownName
from stretch.core.model import Area, Group
from support import CATALOG, data, run

KNOWN = area_names(CATALOG)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("lower back", ("lower-back",)),
        ("LOWER-BACK", ("lower-back",)),
        ("lower back neck", ("lower-back", "neck")),
        ("back neck back", ("back", "neck")),
        ("neck,shoulders", ("neck", "shoulders")),
        ("my neck and the shoulders", ("neck", "shoulders")),
        ("lowerback", ("lower-back",)),
        ("lower_back HipFlexors", ("lower-back", "hip-flexors")),
        ("bum", ("glutes",)),
        ("back pain", ("lower-back",)),
        ("front of the hip, belly and sides", ("hip-flexors", "core")),
        ("inner thigh abs", ("inner-thighs", "core")),
    ],
)
def test_the_longest_name_counts_and_small_words_do_not(text: str, ids: tuple[str, ...]) -> None:
    assert area_ids(CATALOG, [text]) == ids


@given(st.lists(st.sampled_from([*KNOWN]), min_size=1, max_size=4), st.sampled_from([", ", " , ", ","]))
def test_every_name_is_found_in_any_list(names: list[str], comma: str) -> None:
    assert area_ids(CATALOG, [comma.join(names).title()]) == tuple(dict.fromkeys(KNOWN[name] for name in names))


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    words = re.sub("[-_,]", " ", text.lower()).split()
    assert set(read_areas(text, KNOWN).unknown) <= set(words)
    try:
        assert area_ids(CATALOG, [text])
    except UnknownName as error:
        assert "There is no area called" in str(error)


def test_what_was_typed_is_quoted() -> None:
    assert "'whole-body'. It is a program" in run("routine", "--area", "whole-body").stderr
    assert "'foo'" in run("routine", "--area", "neck foo").stderr


def test_no_two_areas_have_a_name_in_common() -> None:
    entries: list[Area | Group] = [*CATALOG.areas.values(), *CATALOG.groups.values()]
    names = [
        name.lower() for entry in entries for name in {entry.id, entry.name.lower().replace(" ", "-"), *entry.aliases}
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lower bak", "'lower bak'. Did you mean lower-back"),
        ("neck shouldrs", "'shouldrs'. Did you mean shoulders?"),
        ("wings", "'wings'. `stretch areas` lists them."),
        ("", "''."),
        (",", "','."),
        ("and", "'and'."),
    ],
)
def test_the_wrong_part_of_a_text_is_named(text: str, words: str) -> None:
    with pytest.raises(UnknownName) as caught:
        area_ids(CATALOG, [text])
    assert f"There is no area called {words}" in str(caught.value)


# -- bare words


@pytest.mark.parametrize(
    "args",
    [
        ("neck", "shoulders", "-m", "6"),
        ("-m", "6", "neck", "shoulders"),
        ("-aneck,shoulders", "-m6"),
        ("neck", "-m", "6", "shoulders"),
        ("Neck,", "shoulders", "-m", "6"),
    ],
)
def test_bare_words_are_areas_of_a_routine(args: tuple[str, ...]) -> None:
    assert data(*args, "--plan", "--json") == neck_and_shoulders()


def test_bare_words_are_areas_after_a_command_too() -> None:
    assert data("routine", "neck", "--plan", "--json", "shoulders", "-m", "6") == neck_and_shoulders()


@cache
def neck_and_shoulders() -> Any:
    return data("routine", "--plan", "--json", "-a", "neck", "-a", "shoulders", "-m", "6")


def test_bare_words_add_to_the_option() -> None:
    assert data("lower", "back", "-a", "neck", "--plan", "--json")["areas"] == ["lower-back", "neck"]
    assert data("list", "bum", "--json") == data("list", "-a", "glutes", "--json")


def test_a_command_wins_over_an_area() -> None:
    assert run("areas").stdout.startswith("area ")


def test_the_list_of_areas_shows_their_other_names() -> None:
    assert "bum, butt" in run("areas").stdout
    assert data("areas", "--json")[0]["aliases"][0] == "low back"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("rotine",), "no command or area called 'rotine'. Did you mean routine?"),
        (("rotine", "neck"), "no command or area called 'rotine'. Did you mean routine?"),
        (("nek", "-m", "6"), "no command or area called 'nek'. Did you mean neck?"),
        (("start",), "no command or area called 'start'. Did you mean routine?"),
        (("continue",), "no command or area called 'continue'. Did you mean resume?"),
        (("hst",), "no command or area called 'hst'. Did you mean chest or history?"),
        (("foo",), "no command or area called 'foo'. `stretch --help` lists the commands, `stretch areas` the areas."),
        (("lowr", "back"), "no area called 'lowr back'. Did you mean lower-back"),
        (("neck", "shouldrs"), "no area called 'shouldrs'. Did you mean shoulders?"),
    ],
)
def test_a_typo_suggests_commands_and_areas(args: tuple[str, ...], words: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"stretch: There is {words}" in result.stderr


@pytest.mark.parametrize("words", [["whole-body"], ["Whole", "body"]])
def test_a_program_among_the_areas_is_named_with_its_option(words: list[str]) -> None:
    known = "It is a program: `stretch routine --program whole-body`.\n"
    for args in (words, ["routine", *words, "--plan"], ["list", *words]):
        result = run(*args)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.endswith(f". {known}")


@pytest.mark.parametrize(
    ("words", "number"),
    [("neck 6", "6"), ("15m neck", "15"), ("neck and shoulders 7,5 min", "7,5"), ("lower back 2:30", "2:30")],
)
def test_minutes_among_the_areas_are_written_as_an_option(words: str, number: str) -> None:
    for args in (words.split(), ["routine", *words.split()], ["handout", "-o", "x.html", *words.split()]):
        result = run(*args)
        assert (result.exit_code, result.output) == (2, f"stretch: Write the minutes as `-m {number}`.\n")
    assert "There is no area called" in run("list", *words.split()).stderr


@pytest.mark.parametrize("words", ["neck 6 8", "shouldrs 6"])
def test_other_numbers_are_no_minutes(words: str) -> None:
    assert "`-m" not in run("routine", *words.split()).stderr


def test_a_typo_is_named_with_broken_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRETCH_HOME", str(tmp_path))
    (tmp_path / "config.yaml").write_text("minuts: 1\n")
    assert "Did you mean routine?" in run("rotine").stderr
