"""Pages that play a session, in headless Chromium with a fake clock: times, keys, taps, reloads, accessibility."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.core.narration.speech import sentences_to_speak
from stretch.core.narration.tones import sound_for
from stretch.core.routine import Routine
from stretch.core.timing.animation import figure_state_at
from stretch.core.timing.breathing import breath_at
from stretch.core.timing.timeline import Timeline, back_start, build_timeline, cues, next_item_start, next_start
from support import SAMPLE, routine
from test_page import HOSTILE, SAFETY, page_of

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install '.[browser]'")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
SHORT: Routine = routine(areas=("wrists",), minutes=1.0)
AGAIN: Routine = routine(minutes=10.0)
"""Its last stretch is its first."""
HARMFUL: Routine = msgspec.structs.replace(
    SHORT,
    title=HOSTILE,
    items=tuple(
        msgspec.structs.replace(
            item, stretch=msgspec.structs.replace(item.stretch, name=HOSTILE[:80], steps=(HOSTILE,), ease_off=HOSTILE)
        )
        for item in SHORT.items
    ),
)
SPIES = """
window.played = [];
window.spoken = [];
HTMLMediaElement.prototype.play = function () {
  if (!this.muted) played.push([Math.round(performance.now()), this.src]);
  return Promise.resolve();
};
const voices = [["Far", false, "en-GB"], ["Near", true, "en-US"], ["Nah", true, "de-DE"]];
Object.defineProperty(window, "speechSynthesis", { value: {
  speaking: false,
  getVoices: () => voices.map(([name, localService, lang]) => ({ name, localService, lang, default: false })),
  speak: (words) => spoken.push([Math.round(performance.now()), words.voice.name, words.text, words.volume]),
  cancel() {},
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""Records what is played and said; headless Chromium has neither loudspeakers nor voices."""


class Player:
    """A page in the browser, with its clock at 0."""

    def __init__(self, page: Any, file: Path) -> None:
        self.page, self.file, self.problems = page, file, list[str]()
        self.requests = list[str]()
        self.listeners: dict[str, Callable[[Any], None]] = {
            "pageerror": lambda error: self.problems.append(str(error)),
            "console": lambda message: self.problems.append(message.text),
            "request": lambda request: self.requests.append(request.url),
        }
        for event, listener in self.listeners.items():
            page.on(event, listener)
        self.open()

    def open(self) -> None:
        self.page.goto(self.file.as_uri())
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1000 + 1)

    def start(self, position_ms: int = 0) -> None:
        self.page.locator("#start-actions .primary").click()
        if position_ms:
            self.run(f"session.seek({position_ms})")
        self.wait(0.1)

    def wait(self, seconds: float) -> None:
        self.page.clock.run_for(round(1000 * seconds))

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.wait(0.1)

    def text(self, name: str) -> str:
        return str(self.page.locator(f"#{name}").inner_text())

    @property
    def position(self) -> float:
        return float(self.run("session.position"))

    @property
    def screen(self) -> str:
        return str(self.run("['start', 'session', 'end'].find((id) => !document.getElementById(id).hidden)"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {"sample": SAMPLE, "short": SHORT, "again": AGAIN, "harmful": HARMFUL}
    for name, each in made.items():
        (folder / f"{name}.html").write_text(page_of(each))
    return {name: folder / f"{name}.html" for name in made}


Open = Callable[..., Player]


def new_page(browser: Any, **options: Any) -> Any:
    """Return an empty page without network, whose clock is at 0."""
    context = browser.new_context(**{"viewport": PHONE, "offline": True, "has_touch": True, **options})
    context.add_init_script(SPIES)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.clock.install(time=0)
    return page


@pytest.fixture(scope="module")
def phone(browser: Any) -> Any:
    """A page for all tests without options of their own, because a new one takes half a second of the processor."""
    return new_page(browser)


@pytest.fixture
def play(browser: Any, phone: Any, files: dict[str, Path]) -> Iterator[Open]:
    """Open a page without network; at the end no page may have asked for anything else or reported a problem."""
    players: list[Player] = []

    def opened(name: str = "sample", **options: Any) -> Player:
        players.append(Player(new_page(browser, **options) if options or players else phone, files[name]))
        return players[-1]

    yield opened
    for player in players:
        assert not player.problems
        assert {*player.requests} <= {player.file.as_uri(), *player.run("Object.values(content.sounds)"), "data:,"}
        if player.page is phone:
            player.run("localStorage.clear()")
            for event, listener in player.listeners.items():
                phone.remove_listener(event, listener)
        else:
            player.page.context.close()


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    return build_timeline(SAMPLE)


def moments(timeline: Timeline) -> list[tuple[int, int]]:
    """Return phases with times in them, from the start to just before the end."""
    return [(at, phase.length_ms * part // 8) for at, phase in enumerate(timeline.phases) for part in range(8)]


def test_figure_and_breath_move_as_in_the_player(play: Open, timeline: Timeline) -> None:
    player = play()
    shown = player.page.evaluate(
        """(moments) => moments.map(([index, at]) => {
          const phase = phasesOf(content)[index];
          const breath = breathAt(phase.breaths, at);
          const state = [...depthsAt(phase, at), cycleAt(phase, at), hasTurned(phase, at)];
          return [...state, breath && [breath.number, breath.half, breath.elapsed, breath.length]];
        })""",
        moments(timeline),
    )
    for (index, elapsed_ms), found in zip(moments(timeline), shown, strict=True):
        phase = timeline.phases[index]
        state = figure_state_at(timeline.phases, index, elapsed_ms)
        breath = breath_at(phase.breaths, elapsed_ms)
        depth, inhale_depth, cycle, turned, breath_shown = found
        assert state
        assert (depth, inhale_depth) == pytest.approx((state.depth, state.inhale_depth), abs=2e-3)
        assert (cycle, turned) == (state.cycle, state.turned)
        assert breath_shown == (breath and [breath.number, breath.half, breath.elapsed_ms, breath.length_ms])


REFUSING = "navigator.wakeLock.request = () => Promise.reject(new DOMException('low battery', 'NotAllowedError')); 0"


def test_a_screen_that_will_not_stay_on_is_told_in_the_session(play: Open) -> None:
    player = play("short")
    assert not player.page.locator("#wake").is_visible()
    player.run(REFUSING)
    player.start()
    assert player.page.locator("#wake").is_visible()
    assert player.run("document.documentElement.scrollHeight <= innerHeight")


def test_all_cues_are_given_once_at_their_time(play: Open, timeline: Timeline) -> None:
    given = play().run(
        """() => {
          const session = new Session(content);
          const given = [];
          for (let now = 0; !session.ended; now += 97) {
            for (const { kind, at, sound, say } of session.tick(now)) {
              given.push([kind, at, sound, say, session.position - at < 98]);
            }
          }
          return [given, session.position, session.done.size];
        }"""
    )
    expected = []
    for cue in cues(timeline, -1, timeline.length_ms - 1):
        sound = sound_for(cue, timeline)
        words = [*sentences_to_speak(cue, timeline)]
        expected.append([cue.kind, cue.at_ms, sound.name if sound else "", words, True])
    by_time = lambda cue: (cue[1], cue[0])  # noqa: E731
    assert sorted(given[0], key=by_time) == sorted(expected, key=by_time)
    assert given[1:] == [timeline.length_ms, len(timeline.items)]


def test_next_and_back_go_where_those_of_the_player_go(play: Open, timeline: Timeline) -> None:
    positions = [timeline.phases[index].start_ms + elapsed_ms for index, elapsed_ms in moments(timeline)]
    found = play().page.evaluate(
        """(positions) => positions.map((position) => ["next", "back", "leaveOut"].map((name) => {
          const session = new Session(content, { position });
          session[name]();
          return session.position;
        }))""",
        positions,
    )
    for position, (after, before, left_out) in zip(positions, found, strict=True):
        assert after == next_start(timeline, position)
        assert before == back_start(timeline, position)
        if timeline.at(position).phase.item:
            assert left_out == next_item_start(timeline, position)


def test_a_whole_session_takes_as_long_as_its_plan(play: Open) -> None:
    timeline = build_timeline(SHORT)
    player = play("short")
    player.start()
    for phase in timeline.phases:
        player.wait((phase.start_ms - player.position) / 1000 + 1)
        assert player.text("name") == phase.name
        assert player.text("side") == (phase.side or "").upper()
        assert int(player.text("seconds")) == pytest.approx((phase.end_ms - player.position) / 1000, abs=1)
        assert player.screen == "session"
    player.wait((timeline.length_ms - player.position) / 1000 + 1)
    assert player.screen == "end"
    assert player.text("end-title") == "Well done"
    begins = player.run("played[0][0]")
    names = player.run("Object.fromEntries(Object.entries(content.sounds).map(([name, src]) => [src, name]))")
    played = [(at - begins, names[src]) for at, src in player.run("played")]
    sounds = ((cue.at_ms, sound_for(cue, timeline)) for cue in cues(timeline, -1, timeline.length_ms))
    expected = [(at, sound.name) for at, sound in sounds if sound and not sound.name.startswith("breath")]
    for (at, name), due in zip((each for each in played if not each[1].startswith("breath")), expected, strict=True):
        assert (name, at) == (due[1], pytest.approx(due[0], abs=60))
    breaths = [name for _, name in played if name.startswith("breath")]
    assert {"breath-in", "breath-out"} == {*breaths}
    said = [text for _, voice, text, volume in player.run("spoken") if volume and voice == "Near"]
    words = [" ".join(sentences_to_speak(cue, timeline)) for cue in cues(timeline, -1, timeline.length_ms - 1)]
    assert said[:-1] == [*filter(None, words)]


def test_the_clock_stops_in_a_pause_and_while_the_machine_sleeps(play: Open) -> None:
    player = play()
    player.start(20_000)
    player.key("Space")
    stopped = player.position
    player.wait(4)
    assert player.position == stopped
    assert player.text("prompt") == "PAUSED"
    player.key("Space")
    player.wait(2)
    assert player.position == pytest.approx(stopped + 2000, abs=200)
    slept_at = player.position
    player.page.clock.fast_forward(600_000)
    player.wait(0.5)
    assert player.position == pytest.approx(slept_at, abs=100)
    assert "10 min" in player.text("big")
    player.page.get_by_role("button", name="Go on").tap()
    player.wait(1)
    assert player.position == pytest.approx(slept_at + 1000, abs=200)


def test_keys_and_taps_do_what_they_say(play: Open, timeline: Timeline) -> None:
    hold = next(phase for phase in timeline.phases if phase.kind == "hold" and phase.length_ms >= 20_000)
    player = play()
    player.start(hold.start_ms + 2000)
    for key in ("n", "ArrowRight", "PageDown"):
        target = next_start(timeline, int(player.position))
        player.key(key)
        assert player.position == pytest.approx(target, abs=150)
    ways: tuple[tuple[str | None, str | None], ...] = (("Next", None), ("Back", None), (None, "b"), (None, "PageUp"))
    for name, letter in ways:
        move = next_start if name == "Next" else back_start
        target = move(timeline, int(player.position))
        player.wait(0.1)
        if letter:
            player.key(letter)
        else:
            player.page.get_by_role("button", name=name).tap()
            player.wait(0.1)
        assert player.position == pytest.approx(target, abs=250)
    player.key("s")
    assert player.text("sound") == "Sound off"
    player.key("v")
    assert player.text("voice") == "Voice off"
    player.run("played.length = 0; spoken.length = 0")
    player.wait(7)
    assert player.run("[played.length, spoken.length]") == [0, 0]


def test_the_easier_way_halves_the_rest_in_whole_breaths(play: Open, timeline: Timeline) -> None:
    index = next(at for at, phase in enumerate(timeline.phases) if phase.kind == "hold" and len(phase.breaths) >= 5)
    phase = timeline.phases[index]
    player = play()
    player.start(phase.start_ms + 1000)
    player.key("e")
    length, breaths, total = player.run(
        f"[session.phases[{index}].length, session.phases[{index}].breaths.length, session.length]"
    )
    assert phase.length_ms / 2 <= length < 0.75 * phase.length_ms
    assert length == sum(map(sum, phase.breaths[:breaths]))
    assert total == timeline.length_ms - phase.length_ms + length
    assert phase.item
    assert phase.item.stretch.for_side(phase.side).ease_off in player.text("text")
    player.open()
    player.start()
    assert player.run("session.length") == total


def goes_on_from(player: Player, position: float) -> None:
    """Check that the question is answered and the session plays on from *position*."""
    assert player.position == pytest.approx(position, abs=200)
    assert not player.page.locator("#hurt").is_visible()
    player.wait(3)
    assert player.position == pytest.approx(position + 3000, abs=300)


def test_what_hurts_is_stopped_and_asked_about(play: Open, timeline: Timeline) -> None:
    numbers = [at for at, phase in enumerate(timeline.phases) if phase.kind == "hold"]
    phase = timeline.phases[numbers[0]]
    player = play()
    player.start(phase.start_ms + 5000)
    player.page.get_by_role("button", name="Hurts").tap()
    player.wait(5)
    start = back_start(timeline, phase.start_ms + 5000, again_ms=0)
    assert player.position == start
    assert player.run("document.activeElement.id") == "accept"
    assert phase.item
    assert phase.item.stretch.for_side(phase.side).ease_off in player.text("offer")
    player.key("Enter")
    goes_on_from(player, start)
    player.key("x")  # the second time it is left out
    assert player.position == pytest.approx(next_item_start(timeline, start), abs=200)
    player.key("x")
    assert "Two stretches in a row hurt" in player.text("offer")
    player.key("Enter")
    goes_on_from(player, player.run("session.phases.at(-1).start"))


def test_what_hurts_and_is_left_out_does_not_come_again(play: Open) -> None:
    made = build_timeline(AGAIN)
    player = play("again")
    player.start(next(phase.start_ms for phase in made.phases if phase.kind == "move") + 1000)
    player.key("x")
    asked = player.run("session.length")
    player.key("n")
    last = [at for at, phase in enumerate(made.phases) if phase.item and made.stretch_numbers[at] == len(made.items)]
    player.open()
    player.start()
    assert player.run("session.length") == asked - sum(made.phases[at].length_ms for at in last)
    player.run(f"session.seek(session.phases[{last[0] - 1}].start)")
    player.wait(0.1)
    assert player.text("next") == "Next: rest"
    player.key("n")
    assert player.text("where") == "Rest"
    player.wait(1)
    player.key("b")
    assert AGAIN.items[-2].stretch.name == player.text("name")


def test_a_symptom_ends_the_session_and_is_shown_until_it_is_over(play: Open) -> None:
    player = play()
    player.start(60_000)
    player.key("x")
    player.key("1")
    assert player.screen == "end"
    assert player.text("end-text") == "Come up now."
    player.open()
    assert "Come up now." in player.text("answers")
    assert player.page.get_by_role("button").count() == 1
    player.page.get_by_role("button").tap()
    assert player.text("question") == SAFETY.question("themes").text.replace("computer", "device")


def test_an_emergency_sign_before_the_start_allows_no_session(play: Open) -> None:
    player = play()
    player.page.get_by_role("button", name="Numb between the legs").tap()
    assert player.page.locator("#start-actions button").all_inner_texts() == ["None of these", "Back"]
    player.page.locator("#answers button").first.tap()
    for _ in range(2):
        assert SAFETY.messages.emergency in player.text("answers")
        assert f"{SAFETY.messages.said} {SAFETY.lines['R01'].text}." in player.text("answers")
        assert player.page.get_by_role("button").count() == 1
        player.key("Enter")
        assert SAFETY.messages.emergency in player.text("answers")
        player.open()
    player.page.get_by_role("button").tap()
    player.page.get_by_role("button", name="Pregnant").tap()
    player.page.get_by_role("button", name="Easily breathless").tap()
    assert player.text("question") == SAFETY.messages.on_page
    player.page.get_by_role("button", name="Back").tap()
    player.key("Enter")
    assert player.screen == "session"


def test_a_page_loaded_again_goes_on_where_it_was(play: Open) -> None:
    player = play()
    player.start(100_000)
    player.wait(5)
    left = player.position
    player.open()
    assert player.screen == "start"
    assert player.text("question") == SAFETY.question("daily").text
    player.start()
    assert player.position == pytest.approx(left, abs=1500)
    player.open()
    player.page.get_by_role("button", name="From the beginning").tap()
    player.wait(0.1)
    assert player.position < 500


@pytest.mark.parametrize("still", [False, True])
def test_nothing_moves_for_people_who_want_no_motion(play: Open, timeline: Timeline, still: bool) -> None:
    hold = next(phase for phase in timeline.phases if phase.kind == "hold" and phase.length_ms >= 20_000)
    player = play(reduced_motion="reduce" if still else "no-preference")
    player.start(hold.start_ms + 8000)
    drawn = set()
    for _ in range(6):
        player.wait(0.5)
        drawn.add(player.run("document.getElementById('figure').innerHTML"))
    assert (len(drawn) == 1) is still


def test_hostile_names_are_only_text(play: Open) -> None:
    player = play("harmful")
    assert player.run("window.hacked") is None
    assert player.run("document.querySelectorAll('script').length") == 2
    assert HOSTILE[:80] in player.run("document.getElementById('list').textContent")
    player.start(1000)
    assert "</script>" in player.text("name")
    assert player.run("window.hacked") is None


STATES = {
    "start": "",
    "ready": "session.seek(session.phases.find((phase) => phase.kind === 'prepare').start + 2000)",
    "hold": "session.seek(session.phases.find((phase) => phase.kind === 'hold').start + 2000)",
    "last": "session.seek(session.phases.find((phase) => phase.kind === 'hold').start + 26500)",
    "paused": "act('pause')",
    "hurts": "act('hurts')",
    "end": "session.seek(session.length - 50)",
}


@pytest.mark.parametrize(
    ("scheme", "size", "states"),
    [("dark", PHONE, STATES), ("light", LAPTOP, ("start", "hold", "hurts"))],
    ids=["phone", "laptop"],
)
def test_every_state_is_accessible(play: Open, scheme: str, size: dict[str, int], states: Iterable[str]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    player = play(viewport=size, color_scheme=scheme)
    player.page.clock.resume()  # axe waits for timers
    for name in states:
        if name != "start":
            if player.screen == "start":
                player.start()
            player.run(STATES[name])
            player.wait(0.5)
        found = axe.Axe().run(player.page).response["violations"]
        assert not [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found], name
        for button in player.page.locator("button:visible").all():
            box = button.bounding_box()
            assert button.inner_text()
            assert min(box["width"], box["height"]) >= 44, (name, button.inner_text())
        assert player.run("document.documentElement.scrollWidth <= innerWidth"), name
        if name not in ("start", "end"):
            assert player.run("document.documentElement.scrollHeight <= innerHeight"), name


def test_the_keyboard_reaches_every_button_in_reading_order(play: Open) -> None:
    player = play(viewport=LAPTOP)
    player.start()
    player.run("document.getElementById('sound').focus()")
    reached = []
    for _ in range(8):
        reached.append(player.run("document.activeElement.innerText.trim()"))
        player.page.keyboard.press("Tab")
    assert [reached[0], reached[1], *reached[-5:]] == [
        "Sound on",
        "Voice on",
        "Back",
        "Easier",
        "Pause",
        "Hurts",
        "Next",
    ]
    spoken = player.text("live")
    player.key("n")
    assert player.text("live") != spoken
    assert player.run("document.getElementById('live').getAttribute('aria-live')") == "polite"
