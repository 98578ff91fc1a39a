"""Audio of a session in a real terminal: what fake programs on PATH are given to play and speak, and when."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stretch.core.narration.speech import sentences_to_speak, speakable, speech_start
from stretch.core.narration.tones import sound_for
from stretch.core.timing.timeline import build_timeline, cues
from stretch.storage.catalogs.catalog import load_catalog
from support import CATALOG, routine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the programs look into /proc"),
]

if sys.platform != "win32":
    from test_pty import TerminalRun, run_queue_s

MAX_LATE_S = 0.1
"""On a machine that is not busy; what the program waits for a processor comes on top."""
FAKE_PROGRAM = """\
#!/bin/sh
now=$(date +%s.%N)
for last; do :; done
running=0
for other in $(cat "{folder}/{kind}.pids" 2>/dev/null); do
  grep -q '^State:.[RSD]' /proc/$other/status 2>/dev/null && running=$((running + 1))
done
echo $$ >>"{folder}/{kind}.pids"
echo "$now $running $$ {what}" >>"{folder}/{kind}"
{then}
"""
PLAYS = 'name=${last##*/}; name=${name%-*-*}; exec sleep "$(echo "${name##*-}" | sed "s/...$/.&/")"'
SOUND = {"kind": "sounds", "what": "${last##*/}", "then": PLAYS}
VOICE = {"kind": "words", "what": "$(cat)", "then": "exec sleep 2"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a player, a voice, and a catalog with a stretch that is done quickly, under a nasty name."""
    for name, how in (("aplay", SOUND), ("espeak-ng", VOICE)):
        program = tmp_path / name
        program.write_text(FAKE_PROGRAM.format(folder=tmp_path, **how), encoding="utf-8")
        program.chmod(0o755)
    quick = msgspec.to_builtins(CATALOG.stretches["seated-side-bend"])
    quick |= {"id": "quick", "name": "$(touch no) `touch no`; touch no", "steps": ["One hand up."]}
    quick |= {"dose": {"hold_s": 5, "reps": 1}, "per_side_s": None}
    (tmp_path / "quick.yaml").write_bytes(msgspec.json.encode(quick))
    return tmp_path


@pytest.fixture
def session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    path = f"{folder}:/usr/bin:/bin"
    monkeypatch.chdir(folder)
    run = TerminalRun(
        *("routine", "--yes", "--warm-up", "0", "--stretch", "quick", "--breath", "2-2", "--figure", "none"),
        *("--voice", "yes", "--catalog", str(folder / "quick.yaml")),
        env={"PATH": path, "STRETCH_HOME": str(folder / "home"), "SSH_CONNECTION": ""},
    )
    yield run
    run.close()


def calls(folder: Path, kind: str) -> list[tuple[float, int, int, str]]:
    """Return the calls of a program: when, how many others were running, its process id, and its argument or input."""
    lines = (folder / kind).read_text(encoding="utf-8").splitlines() if (folder / kind).exists() else []
    parts = [line.split(" ", 3) for line in lines]
    return [(float(when), int(running), int(process), what) for when, running, process, what in parts]


def wait_until(session: Any, what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        if what():
            return
        session.read_screen()
    raise AssertionError(session.read_screen())


def running_calls(folder: Path) -> list[int]:
    """Return the processes of the fake programs that still run."""
    processes = [process for _, _, process, _ in calls(folder, "words") + calls(folder, "sounds")]
    return [process for process in processes if Path(f"/proc/{process}").exists()]


def test_sounds_and_words_start_within_100_ms_of_their_cues(session: Any, folder: Path) -> None:
    session.wait_for("One hand up")
    wait_until(session, lambda: any("switch-" in what for *_, what in calls(folder, "sounds")))
    late = MAX_LATE_S + run_queue_s(session.pid)
    session.read_screen(0.8)
    session.press("q")
    assert session.wait_for_exit() == 3
    made = routine(
        catalog=load_catalog(extra=[folder / "quick.yaml"]), areas=(), stretches=("quick",), warm_up=0.0, breath="2-2"
    )
    timeline = build_timeline(made)
    expected_cues = cues(timeline, -1, timeline.phases[2].start_ms + 500)
    assert timeline.phases[2].kind == "switch"

    sounds = calls(folder, "sounds")
    planned = sorted((sound.name, cue.at_ms / 1000) for cue in expected_cues if (sound := sound_for(cue, timeline)))
    # By name: of two that are started at once, either may be the first to look at its clock.
    heard = sorted((what.rsplit("-", 3)[0], when) for when, *_, what in sounds)
    assert [name for name, _ in heard] == [name for name, _ in planned]
    assert {name for name, _ in planned} == {"get-ready", "count", "start", "breath-in", "breath-out", "switch"}
    start = min(when - at for (_, when), (_, at) in zip(heard, planned, strict=True))
    check_times([when for _, when in heard], [at for _, at in planned], start, late)
    assert max(running for _, running, *_ in sounds) == 1

    words = calls(folder, "words")
    spoken = ((speech_start(cue, timeline) / 1000, sentences_to_speak(cue, timeline)) for cue in expected_cues)
    said = [(at, speakable(" ".join(sentences))) for at, sentences in spoken if sentences]
    assert [what for *_, what in words] == [text for _, text in said]
    assert [text[:12] for _, text in said] == ["Left side: $", "Hold, 5 seco", "Switch to th"]
    check_times([when for when, *_ in words], [at for at, _ in said], start, late)
    assert max(running for _, running, *_ in words) == 0

    assert not (folder / "no").exists()
    assert not running_calls(folder)


def check_times(heard: list[float], planned: list[float], start: float, late: float) -> None:
    """Compare times with those of the plan, which begins at *start*."""
    found = [when - start - at for when, at in zip(heard, planned, strict=True)]
    assert max(map(abs, found)) < late, found


@pytest.mark.parametrize("how", ["q", signal.SIGTERM, signal.SIGHUP])
def test_quitting_leaves_no_sound_or_voice_running(session: Any, folder: Path, how: str | int) -> None:
    session.wait_for("One hand up")
    wait_until(session, lambda: calls(folder, "words") and calls(folder, "sounds"))
    session.press(how) if isinstance(how, str) else session.signal(how)
    assert session.wait_for_exit() in (3, 128 + signal.SIGTERM, 128 + signal.SIGHUP)
    assert not running_calls(folder)


def test_a_pause_is_silent_and_skipped_words_are_not_spoken(session: Any, folder: Path) -> None:
    session.wait_for("One hand up")
    wait_until(session, lambda: calls(folder, "words"))
    session.press(" ")
    session.wait_for("aused")
    wait_until(session, lambda: not running_calls(folder))
    session.press("q")
    assert session.wait_for_exit() == 3
    assert len(calls(folder, "words")) == 1
