"""Helpers of several tests: a fake clock, scripted input, commands run in-process, sample and random routines."""

from __future__ import annotations

import functools
import inspect
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import assume
from hypothesis import strategies as st

from stretch.cli import main
from stretch.cli.app import App
from stretch.core.errors import UsageError
from stretch.core.model import Catalog
from stretch.core.planning.builder import build_routine
from stretch.core.planning.dosing import with_reps
from stretch.core.routine import Request, Routine
from stretch.core.timing.breathing import parse_pattern
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import POSITIONS, TAGS
from stretch.player.input import InputEvent
from stretch.player.layout import StyledLine
from stretch.player.terminal_answers import TerminalAnswers
from stretch.player.theme import Theme
from stretch.storage.catalogs.catalog import load_catalog

SECOND = 1_000_000_000
MS = 1_000_000
"""Nanoseconds."""
CATALOG: Catalog = load_catalog()
AREAS = [*CATALOG.areas, *CATALOG.groups]
EACH_AREA = [pytest.param(area, marks=pytest.mark.slow) if at % 3 else area for at, area in enumerate(AREAS)]
"""Every area as a parameter; two in three only in a run with the slow tests."""


def for_each(names: str, values: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with each of *values* as its argument *names*, in one test; several names get a tuple each time.

    As a parameter with a hundred values, what takes a millisecond takes four: pytest and pytest-xdist need the rest.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def test_each(**others: Any) -> None:
            for value in values:
                given = value if len(arguments) > 1 else (value,)
                try:
                    test(**dict(zip(arguments, given, strict=True)), **others)
                except BaseException as error:
                    error.add_note(f"{names} is {getattr(value, 'id', value)}")
                    raise

        signature, arguments = inspect.signature(test), names.split(", ")
        left = [parameter for parameter in signature.parameters.values() if parameter.name not in arguments]
        test_each.__dict__["__signature__"] = signature.replace(parameters=left)
        return test_each

    return decorate


class FakeClock:
    """A clock in nanoseconds that moves only when a test moves it or an input source waits."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


class ScriptedInput:
    """Input source that returns the given keys and events, lets a float of seconds pass, and then only times out.

    A timeout moves the clock, *late* seconds more than it should.
    """

    def __init__(self, clock: FakeClock, events: Iterable[InputEvent | str | float] = (), late: float = 0.0) -> None:
        self.clock, self.events, self.late = clock, deque(events), late

    def read(self, timeout: float) -> InputEvent:
        event = self.events.popleft() if self.events else None
        if isinstance(event, float):
            self.clock.now += int(event * SECOND)
            return InputEvent()
        if event is None:
            self.clock.now += int((timeout + self.late) * SECOND)
            return InputEvent()
        if isinstance(event, str):
            return InputEvent(key=event)
        self.clock.now += event.frozen_ns
        return event


def routine(catalog: Catalog = CATALOG, **request: Any) -> Routine:
    request.setdefault("areas", ("lower-back",))
    request["breath"] = parse_pattern(request.get("breath", "steady"))
    return build_routine(catalog, Request(**request))


class MemoryTerminal(ScriptedInput):
    """A terminal without a device: scripted keys, and every frame that was drawn as text."""

    def __init__(
        self, clock: FakeClock, events: Iterable[InputEvent | str | float] = (), columns: int = 80, lines: int = 24
    ) -> None:
        super().__init__(clock, events)
        self.columns, self.lines, self.answers, self.theme = columns, lines, TerminalAnswers(), Theme()
        self.frames: list[list[str]] = []

    def read(self, timeout: float) -> InputEvent:
        assert self.events, "the screen waits for another key:\n" + "\n".join(self.frames[-1])
        return super().read(timeout)

    def size(self) -> tuple[int, int]:
        return self.columns, self.lines

    def draw(self, rows: Sequence[StyledLine]) -> bool:
        self.frames.append(["".join(text for text, _ in row) for row in rows])
        return True


NAMED: Routine = routine(
    areas=(),
    stretches=(
        "chair-back-extension", "half-kneeling-hip-flexor", "cat-cow", "butterfly", "pelvic-tilt", "hamstring-90-90",
        "single-knee-to-chest", "happy-baby", "knee-to-opposite-shoulder",
    ),
)  # fmt: skip
SAMPLE: Routine = msgspec.structs.replace(
    NAMED,
    title="Lower back",
    items=(msgspec.structs.replace(NAMED.items[0], dose=with_reps(NAMED.items[0].dose, 2)), *NAMED.items[1:]),
    settle_s=31,
)
"""A routine with all kinds of phases that does not depend on the planner, for screens and phrases."""


def run(*args: str, app: App | None = None, input: str | None = None, env: dict[str, str] | None = None) -> Result:
    """Run a command in this process, with pipes instead of a terminal."""
    return CliRunner().invoke(main, args, obj=app, input=input, env=env, catch_exceptions=False)


def data(*args: str) -> Any:
    """Return the parsed JSON output of a command."""
    result = run(*args)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


requests = st.builds(
    Request,
    areas=st.lists(st.sampled_from(AREAS), min_size=1, max_size=3, unique=True).map(tuple),
    minutes=st.integers(4, 60).map(float),
    positions=st.one_of(st.just(()), st.lists(st.sampled_from(POSITIONS), min_size=3, unique=True).map(tuple)),
    level=st.sampled_from([None, "gentle", "moderate", "deep"]),
    avoid=st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
    breath=st.sampled_from(["steady", "calm", "even", "off", "4.5-6", "2-2"]).map(parse_pattern),
    warm_up=st.sampled_from([None, 0.0, 1.5]),
    seed=st.integers(0, 5),
    first_side=st.sampled_from(["left", "right"]),
)


def timeline_or_skip(request: Request) -> Timeline:
    try:
        return build_timeline(build_routine(CATALOG, request))
    except UsageError:
        assume(False)
        raise


timelines = requests.map(timeline_or_skip)
"""Timelines of random routines."""
