"""A session as one self-contained HTML page that plays in a browser, without network."""

from __future__ import annotations

import re
import wave
from array import array
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from io import BytesIO
from itertools import groupby, zip_longest
from json import dumps
from typing import Any

from stretch.core.narration.phrases import count_label, next_label, notes, opening, settle_parts, steps
from stretch.core.narration.speech import sentences_to_speak
from stretch.core.narration.tones import RATE, SOUNDS, SoundCue, breath_sound, samples, sound_for
from stretch.core.routine import Routine, needs_line
from stretch.core.safety.checklist import Choice, Outcome, Question, SafetyData, Urgency
from stretch.core.text import one_line, pluralize
from stretch.core.timing.animation import figure_state_at
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Cue, Timeline, build_timeline, cues
from stretch.core.vocabulary import Pattern, Side, VoiceMode
from stretch.figure.colors import PALETTES
from stretch.figure.file_format import Figure, turned_to, with_arrows_reversed
from stretch.figure.parts import FigurePart, figure_parts
from stretch.figure.raster import bounding_box
from stretch.figure.skeleton import skeleton_at
from stretch.storage.files.locations import data_root

MESSAGES = ("on_page", "wait", "severe_pain", "too_young", "routine", "soon", "today", "emergency")
"""Messages for what is answered before the start, the most severe last; only the first one allows a session."""
PAGE_WORDS = {"this computer": "this device", '"e"': '"Easier"', '"x"': '"Hurts"'}
"""Words of the program about itself, and the same on a page."""
_Texts = dict[str, tuple[int, list[list[tuple[str, str]]]]]
"""Texts of the phases with their numbers, by their JSON."""
SCRIPTS = ("session.js", "figure.js", "page.js")
POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; media-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""Content security policy: nothing runs and nothing is loaded but what the page itself contains."""
DEPTHS = 9
"""Pictures of each figure, the first and the last keyframe included; between them joints move on straight lines."""
UNITS = 10
"""Units for one percent of body height; whole numbers are short to write."""
_MARGIN = 2
"""Body units around the picture."""
VOLUME = 90
DIVISOR, BREATH_DIVISOR = 3, 4
"""Parts of the sample rate that are left; the highest partials have 3,139 Hz, those of a breath 784 Hz."""


def render_page(
    plan: Mapping[str, Any],
    routine: Routine,
    *,
    figures: Callable[[Iterable[str]], Mapping[str, Figure]],
    safety: SafetyData,
    symptoms: Sequence[tuple[str, Sequence[str]]],
    mode: VoiceMode = "yes",
) -> str:
    """Return the page that plays *routine*, whose *plan* is that of `--plan --json`.

    *figures* loads figures by their ids. The *symptoms*, each with what to do, end the session when something hurts.
    """
    timeline, texts = build_timeline(routine), _Texts()
    content = {
        "title": one_line(timeline.title),
        "plan": plan,
        "count": pluralize(len(routine.items), "stretch"),
        "needs": needs_line(routine),
        "routine": [[item.stretch.name, item.dose_label] for item in routine.items],
        "phases": [_phase(index, timeline, mode, texts) for index in range(len(timeline.phases))],
        "texts": [text for _, text in texts.values()],
        "rise": settle_parts(timeline.phases[-1])[1],
        "resting": timeline.resting_figure,
        "figures": _figures(timeline, figures),
        "sounds": page_sounds(timeline.pattern),
        "health": _health(safety),
        "symptoms": [{"label": label, "advice": advice} for label, advice in symptoms],
    }
    content["key"] = sha256(dumps(content).encode()).hexdigest()[:16]
    script, style = "\n".join(map(_file, SCRIPTS)), _file("page.css") + figure_style()
    parts = {
        "TITLE": escape(one_line(timeline.title)),
        "POLICY": POLICY.format(script=_hash(script), style=_hash(style)),
        "STYLE": style,
        # All of it is ASCII; without < no text can end the element.
        "DATA": dumps(content, separators=(",", ":")).replace("<", "\\u003c"),
        "SCRIPT": script,
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda name: parts[name[1]], _file("page.html"))


def _file(name: str) -> str:
    return (data_root() / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _phase(index: int, timeline: Timeline, mode: VoiceMode, texts: _Texts) -> dict[str, Any]:
    """Return what the page shows, plays and says in the phase at *index*, beside what its plan has.

    Its text is a number in *texts*, to which it is added.
    """
    phase = timeline.phases[index]
    end = figure_state_at(timeline.phases, index, phase.length_ms)
    own = (cue for cue in cues(timeline, phase.start_ms - 1, phase.end_ms) if cue.index == index and cue.kind != "end")
    return {
        "name": one_line(phase.name),
        "figure": phase.figure or phase.activity_id,
        "text": texts.setdefault(dumps(text := _text(phase)), (len(texts), text))[0],
        "count": count_label(phase),
        "next": one_line(next_label(timeline, index)),
        "number": timeline.stretch_numbers[index] if phase.item else 0,
        # How far the figure is in at the end, for the way there.
        "entry": end.depth if end else 1,
        "turns": phase.turning_ms,
        # The plan has the breaths that are counted.
        "uncounted": [] if timeline.pattern.has_cues else phase.breaths,
        "cues": [_cue(cue, timeline, mode) for cue in own],
    }


def _cue(cue: Cue, timeline: Timeline, mode: VoiceMode) -> list[Any]:
    """Return the kind of a cue, its time from the start of its phase or, negative, from the end, sound and sentences.

    The sound has a length, by which that of a breath is fitted.
    """
    phase, sound = timeline.phases[cue.index], sound_for(cue, timeline)
    at_ms = cue.at_ms - (phase.end_ms if cue.kind in ("count", "last") else phase.start_ms)
    words = sentences_to_speak(cue, timeline, mode)
    return [cue.kind, at_ms, sound.name if sound else "", sound.length_ms if sound else 0, *words]


def _text(phase: Phase) -> list[list[tuple[str, str]]]:
    """Return the instructions with their kinds: as planned, made easier, and both after the movement has turned."""
    adapted = bool(phase.item and phase.item.adapted)
    return [
        [*opening(phase, turned=turned, eased=eased), *steps(phase), *notes(phase, eased=eased)]
        for turned in ((False, True) if phase.turning_ms is not None else (False,))
        for eased in (adapted, True)
    ]


def _figures(timeline: Timeline, load: Callable[[Iterable[str]], Mapping[str, Figure]]) -> dict[str, Any]:
    """Return all figures that are shown, each with the sides that it is seen from and the arrows that it needs."""
    sides: dict[str, set[Side]] = {timeline.resting_figure: {"right"}}
    for phase in timeline.phases:
        sides.setdefault(phase.figure or phase.activity_id, set()).add(phase.side or "right")
    turning = {phase.activity_id for phase in timeline.phases if phase.turning_ms is not None}
    return {
        name: figure_data(figure, {"right", "left"} if figure.alternates_sides else sides[name], turns=name in turning)
        for name, figure in load(sides).items()
    }


def _health(safety: SafetyData) -> dict[str, Any]:
    """Return the questions of the health check that can follow from its first screen, and the one of each day."""
    first, daily = safety.screens[0], safety.question(safety.quick[0])
    questions: dict[str, Any] = {}
    waiting = [first]
    for name in waiting:
        question = safety.question(name)
        choices = [_choice(choice, question, safety) for choice in question.choices]
        questions[name] = {"text": _on_page(question.text), "none": question.none, "choices": choices}
        new = (name for choice in question.choices for name in choice.then)
        waiting += [name for name in dict.fromkeys(new) if name not in waiting]
    return {
        "first": first,
        "daily": [daily.text, *(choice.text for choice in daily.choices[:2])],
        "rules": _on_page(safety.first_sessions),
        "questions": questions,
        "said": safety.messages.said,
        "messages": [getattr(safety.messages, name) for name in MESSAGES],
    }


def _on_page(text: str) -> str:
    for word, other in PAGE_WORDS.items():
        text = text.replace(word, other)
    return text


def _choice(choice: Choice, question: Question, safety: SafetyData) -> dict[str, Any]:
    """Return a choice, with the number of the message for what it means, and with the words to read it back."""
    message = ""
    if choice.outcome is not None and choice.outcome.stops:
        urgency = (choice.urgency or Urgency.ROUTINE).value
        message = "emergency" if choice.outcome is Outcome.EMERGENCY else urgency
    elif choice.too_young or choice.severe_pain or choice.wait_days:
        message = "too_young" if choice.too_young else "severe_pain" if choice.severe_pain else "wait"
    elif choice.outcome or choice.tags or choice.breath_off or choice.gentle_only:
        message = "on_page"
    found = {"heading": choice.heading, "text": choice.text, "then": choice.then}
    said = safety.lines[choice.line].text if choice.line else f"{question.text} {choice.text}"
    means = {"message": MESSAGES.index(message), "said": choice.text if question.many else said} if message else {}
    return {key: value for key, value in found.items() if value} | means


def figure_data(figure: Figure, sides: Collection[Side], *, turns: bool) -> dict[str, Any]:
    """Return *figure* for the page: its box, how it moves, and its parts with each of these *sides* at work.

    *turns* is whether the direction of its movement changes, so that its arrows are needed the other way round too.
    """
    x0, y0, x1, y1 = bounding_box(figure)
    box = (x0 - _MARGIN, -(y1 + _MARGIN), x1 - x0 + 2 * _MARGIN, y1 - y0 + 2 * _MARGIN)
    seen = {side: turned_to(figure, left=side == "left") for side in sorted(sides)}
    # A mirrored figure is the same one: its parts are written once.
    ways = list(dict.fromkeys(way for way, *_ in seen.values()))
    return {
        "box": [round(value * UNITS) for value in box],
        "floor": figure.has_floor,
        "into": figure.deepens_on,
        "alternates": figure.alternates_sides,
        "sides": {side: {"flip": flip, "parts": ways.index(way)} for side, (way, *flip) in seen.items()},
        "parts": [[*_parts(way, turns=turns)] for way in ways],
    }


def figure_style() -> str:
    """Return CSS for the color of each role, on a dark page and on a light one."""
    dark, light = (
        "".join(f".{role}{{fill:{color}}}" for role, color in PALETTES[name].items()) for name in ("dark", "light")
    )
    return f"{dark}@media(prefers-color-scheme:light){{{light}}}"


def _parts(figure: Figure, *, turns: bool) -> Iterator[dict[str, Any]]:
    """Yield the parts of *figure*; those with `when` only at that time: `press`, or `before` or `after` a turn."""
    ways = [figure, with_arrows_reversed(figure)] if turns else [figure]
    for way, when in zip(ways, ("before", "after"), strict=False):
        parts = _parts_at_depths(way)
        first_arrow = len(parts) - len(way.arrows)
        if way is figure:
            yield from map(_part, parts[:first_arrow])
        for arrow, frames in zip(way.arrows, parts[first_arrow:], strict=True):
            yield {**_part(frames), "when": "press" if arrow.press else when if turns else ""}


def _parts_at_depths(figure: Figure) -> list[tuple[FigurePart | None, ...]]:
    """Return each part at all depths; None where it is not seen, such as fingers behind each other."""
    frames = [figure_parts(figure, skeleton_at(figure, step / (DEPTHS - 1)), pressing=True) for step in range(DEPTHS)]
    runs = [[[*group] for _, group in groupby(parts, key=lambda part: part.name)] for parts in frames]
    return [part for groups in zip(*runs, strict=True) for part in zip_longest(*groups)]


def _part(frames: tuple[FigurePart | None, ...]) -> dict[str, Any]:
    part = next(filter(None, frames))
    hidden = part._replace(hulls=(), cutouts=(), muscles=(), overlays=tuple((role, ()) for role, _ in part.overlays))
    layers = [_layers(each or hidden) for each in frames]
    return {
        "role": part.role,
        "overlays": [role for role, _ in part.overlays],
        # Around its root a part joins the one before it.
        "gap": "" if not part.has_gap else "open" if part.root else "all",
        "dotted": part.dotted,
        # What stands still has one picture.
        "frames": layers[:1] if all(each == layers[0] for each in layers) else layers,
    }


def _layers(part: FigurePart) -> list[list[list[int]]]:
    """Return hulls, holes, muscles and overlays as the numbers of their circles."""
    layers = (part.hulls, part.cutouts, part.muscles, *(hulls for _, hulls in part.overlays))
    return [[[round(value * UNITS) for circle in hull for value in circle] for hull in hulls] for hulls in layers]


def page_sounds(pattern: Pattern) -> dict[str, str]:
    """Return each sound by its name, and the tones of a breath of this *pattern*, if its breaths are counted."""
    sounds: dict[str, str] = {name: _data_uri(sound, DIVISOR) for name, sound in SOUNDS.items()}
    if pattern.has_cues:
        for sound in (breath_sound("in", pattern.inhale_ms), breath_sound("out", pattern.exhale_ms)):
            sounds[sound.name] = _data_uri(sound, BREATH_DIVISOR)
    return sounds


@cache
def _data_uri(sound: SoundCue, divisor: int) -> str:
    wave_samples = samples(sound, VOLUME)
    # The average of neighbors is all the filter that these low tones need.
    groups = zip(*(wave_samples[start::divisor] for start in range(divisor)), strict=False)
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, RATE // divisor, 0, "NONE", "not compressed"))
        file.writeframes(array("h", (sum(group) // divisor for group in groups)).tobytes())
    return "data:audio/wav;base64," + b64encode(buffer.getvalue()).decode()
