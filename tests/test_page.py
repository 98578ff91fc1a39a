"""Pages that play a session: complete, self-contained and safe, whatever a catalog contains. No browser here."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import wave
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.cli.app import App
from stretch.cli.plan import plan_data
from stretch.core.narration.tones import SOUNDS
from stretch.core.routine import Routine
from stretch.core.safety.checklist import Outcome
from stretch.core.timing.timeline import build_timeline
from stretch.export.page import render_page
from stretch.figure.file_format import turned_to
from stretch.figure.parts import figure_parts
from stretch.figure.skeleton import skeleton_at
from stretch.storage.files.locations import data_root
from stretch.storage.files.shipped import load_safety
from support import SAMPLE, data, routine, run

APP = App(environ={"STRETCH_HOME": "/nowhere"})
SAFETY = load_safety()
MAX_BYTES = 500_000
MAX_SCRIPT_LINES = 720
HOSTILE = "</script><script>window.hacked=1</script><!--\u2028\u202e\"'`${x}&lt;{{DATA}}"


def page_of(made: Routine, **options: Any) -> str:
    symptoms = [("eyes", ["Come up now."])]
    return render_page(plan_data(made), made, figures=APP.figures, safety=SAFETY, symptoms=symptoms, **options)


def content_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="content">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


class Elements(HTMLParser):
    """The elements of a page, with their attributes and the text within scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Mapping[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.texts.append((self.cdata_elem, data))


@pytest.fixture(scope="module")
def sample() -> str:
    return page_of(SAMPLE)


def test_the_page_plays_the_plan_that_is_printed_as_json(tmp_path: Path) -> None:
    args = ("neck", "-m", "6", "--seed", "3")
    assert run("page", *args, "--silent", "-o", str(tmp_path / "a.html")).exit_code == 0
    assert content_of((tmp_path / "a.html").read_text())["plan"] == data("routine", *args, "--plan", "--json")


def test_the_phases_of_the_page_are_those_of_the_timeline(sample: str) -> None:
    content, timeline = content_of(sample), build_timeline(SAMPLE)
    seconds = [
        part["seconds"]
        for step in content["plan"]["steps"]
        for part in (step["moves"] or [{"seconds": step["seconds"]}])
    ]
    assert [round(each * 1000) for each in seconds] == [phase.length_ms for phase in timeline.phases]
    assert [phase["name"] for phase in content["phases"]] == [phase.name for phase in timeline.phases]


def test_every_phase_has_its_sentences_and_every_figure_the_sides_that_are_shown(sample: str) -> None:
    content = content_of(sample)
    for phase, step in zip(content["phases"], build_timeline(SAMPLE).phases, strict=True):
        texts = content["texts"][phase["text"]]
        assert len(texts) == (2 if phase["turns"] is None else 4)
        for text in texts:
            words = " ".join(re.sub(r"^\d\. ", "", words) for kind, words in text if kind == "step")
            alone = step.move.text if step.move else step.text
            assert words == (" ".join(step.item.stretch.for_side(step.side).steps) if step.item else alone)
        assert (step.side or "right") in content["figures"][phase["figure"]]["sides"]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", ["supine-figure-four", "half-kneeling-hip-flexor", "hip-circles"])
def test_figures_are_the_hulls_of_the_figure_at_each_depth(name: str, side: str) -> None:
    from stretch.export.page import DEPTHS, UNITS, figure_data

    figure = APP.figures([name])[name]
    made = figure_data(figure, ["left", "right"], turns=False)
    parts = made["parts"][made["sides"][side]["parts"]]
    seen, *flip = turned_to(figure, left=side == "left")
    assert made["sides"][side]["flip"] == flip
    for at in (0, DEPTHS // 2, DEPTHS - 1):
        drawn = figure_parts(seen, skeleton_at(seen, at / (DEPTHS - 1)), pressing=True)
        for part, expected in zip(parts, drawn, strict=True):
            hulls = part["frames"][min(at, len(part["frames"]) - 1)][0]
            assert part["role"] == expected.role
            assert hulls == [[round(value * UNITS) for each in hull for value in each] for hull in expected.hulls]


@pytest.mark.parametrize(
    "request_",
    [{"areas": ("lower-back",)}, {"areas": ("back", "legs")}, {"areas": ("hips",), "breath": "calm"}],
    ids=str,
)
def test_a_page_of_15_minutes_is_small(request_: dict[str, Any]) -> None:
    page = page_of(routine(minutes=15.0, **request_))
    assert len(page.encode()) <= MAX_BYTES


def test_the_script_is_short_and_the_page_loads_nothing(sample: str) -> None:
    scripts = [path.read_text() for path in (data_root() / "page").glob("*.js")]
    assert sum(len(script.splitlines()) for script in scripts) < MAX_SCRIPT_LINES
    assert "//" not in re.sub(r"(?m)(^|\s)// .*$", "", "\n".join(scripts))
    addresses = re.findall(r"\w+://[^\s\"']*", sample)
    assert not addresses
    for _, attributes in Elements(sample).found:
        assert not attributes.keys() & {"src", "srcset", "action", "xmlns", "style"}
        assert (attributes.get("href") or "data:,").startswith("data:")


def test_the_policy_allows_only_what_is_in_the_page(sample: str) -> None:
    elements = Elements(sample)
    policy = next(
        each["content"] for tag, each in elements.found if each.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for name in ("style", "script"):
        text = elements.texts[-1][1] if name == "script" else next(text for tag, text in elements.texts if tag == name)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"


def test_hostile_names_and_texts_stay_text() -> None:
    item = SAMPLE.items[0]
    stretch = msgspec.structs.replace(item.stretch, name=HOSTILE, steps=(HOSTILE,), feel=HOSTILE, ease_off=HOSTILE)
    made = msgspec.structs.replace(
        SAMPLE, title=HOSTILE, items=(msgspec.structs.replace(item, stretch=stretch), *SAMPLE.items[1:])
    )
    page = page_of(made)
    assert [tag for tag, _ in Elements(page).found] == [tag for tag, _ in Elements(page_of(SAMPLE)).found]
    content = content_of(page)
    assert HOSTILE in [name for name, _ in content["routine"]]
    assert page.isascii()


def test_sounds_are_as_long_as_in_a_session(sample: str) -> None:
    sounds = content_of(sample)["sounds"]
    assert sounds.keys() == {*SOUNDS, "breath-in", "breath-out"}
    for name, sound in SOUNDS.items():
        with wave.open(io.BytesIO(base64.b64decode(sounds[name].partition(",")[2]))) as file:
            assert abs(1000 * file.getnframes() / file.getframerate() - sound.length_ms) < 2
            assert max(map(abs, memoryview(file.readframes(file.getnframes())).cast("h"))) > 5000


def test_without_counted_breaths_a_movement_keeps_its_pace() -> None:
    made = routine(minutes=6.0, breath="off")
    content = content_of(page_of(made))
    assert "breath-in" not in content["sounds"]
    moving = [phase for phase in build_timeline(made).phases if phase.kind == "move"]
    assert moving
    shown = [phase["uncounted"] for phase in content["phases"] if phase["uncounted"]]
    assert shown == [[[*breath] for breath in phase.breaths] for phase in moving]


def test_the_health_check_of_the_page_is_that_of_the_program(sample: str) -> None:
    health = content_of(sample)["health"]
    for name, shown in health["questions"].items():
        for choice, made in zip(SAFETY.question(name).choices, shown["choices"], strict=True):
            assert made["text"] == choice.text
            assert set(choice.then) <= health["questions"].keys()
            message = health["messages"][made["message"]] if "message" in made else ""
            if choice.outcome is Outcome.EMERGENCY:
                assert message == SAFETY.messages.emergency
            if choice.outcome is Outcome.SEE_CLINICIAN and choice.urgency:
                assert message == getattr(SAFETY.messages, choice.urgency.value)
            assert len(made.get("said", "a statement")) > len("Yes")
            assert bool(message) == bool(
                (choice.outcome and choice.outcome is not Outcome.GO)
                or choice.tags or choice.too_young or choice.severe_pain or choice.wait_days
                or choice.breath_off or choice.gentle_only
            )  # fmt: skip


def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    cases = {
        "a.txt": "must end in .html",
        "folder.html": "directory",
        "missing/a.html": "No such file",
    }
    (tmp_path / "folder.html").mkdir()
    for name, words in cases.items():
        result = run("page", "-m", "3", "-o", str(tmp_path / name))
        assert result.exit_code in (1, 2)
        assert words in result.stderr
        assert len(result.stderr.strip().splitlines()) <= 2
    assert run("page", "--silent", "--voice", "-o", str(tmp_path / "a.html")).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
