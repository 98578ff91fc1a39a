"""A session as one self-contained HTML page that plays in a browser, without network."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from json import dumps
from typing import Any

from stretch.core.model import LABELS
from stretch.core.narration.phrases import needs, next_label, rep_label, settle_parts, side_instruction
from stretch.core.narration.speech_timing import sentences_to_speak
from stretch.core.narration.tones import sound_for
from stretch.core.routine import Routine, needs_line
from stretch.core.safety.checklist import Choice, Outcome, SafetyData, Urgency
from stretch.core.text import as_sentences, one_line, pluralize
from stretch.core.timing.animation import figure_state_at
from stretch.core.timing.cues import Cue, cues
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import POSITION_LABELS, Side, VoiceMode
from stretch.export.page_figure import figure_data, figure_style
from stretch.export.page_sound import page_sounds
from stretch.figure.file_format import Figure
from stretch.storage.files.locations import data_root

MESSAGES = ("on_page", "wait", "severe_pain", "too_young", "routine", "soon", "today", "emergency")
"""Messages for what is answered before the start, the most severe last; only the first one allows a session."""
DEVICE = ("this computer", "this device")
"""Words of the health check, and the same on a page."""
SCRIPTS = ("session.js", "figure.js", "page.js")
POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; media-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""Content security policy: nothing runs and nothing is loaded but what the page itself contains."""


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
    timeline = build_timeline(routine)
    content = {
        "title": one_line(timeline.title),
        "plan": plan,
        "count": pluralize(len(routine.items), "stretch"),
        "needs": needs_line(routine),
        "routine": [[item.stretch.name, item.dose_label] for item in routine.items],
        "phases": [_phase(index, timeline, mode) for index in range(len(timeline.phases))],
        "rise": settle_parts(timeline.phases[-1])[1],
        "resting": timeline.resting_figure,
        "texts": _texts(timeline),
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


def _phase(index: int, timeline: Timeline, mode: VoiceMode) -> dict[str, Any]:
    """Return what the page shows, plays and says in the phase at *index*, beside what its plan has."""
    phase = timeline.phases[index]
    end = figure_state_at(timeline.phases, index, phase.length_ms)
    own = (cue for cue in cues(timeline, phase.start_ms - 1, phase.end_ms) if cue.index == index and cue.kind != "end")
    return {
        "name": one_line(phase.name),
        "figure": phase.figure or phase.activity_id,
        "text": _text_key(phase),
        "first": _first(phase),
        "count": _count(phase),
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


def _text_key(phase: Phase) -> str:
    return f"{phase.activity_id} {phase.side or ''}".strip()


def _first(phase: Phase) -> str:
    """Return what is needed before the steps: another position, and equipment."""
    if phase.kind != "prepare" or phase.item is None:
        return ""
    position = f"Change to: {POSITION_LABELS[phase.item.position]}." if phase.new_position else ""
    return " ".join(filter(None, (position, *as_sentences(needs(phase.item.stretch)))))


def _count(phase: Phase) -> str:
    if phase.kind == "warm-up":
        return "keep moving" if phase.cool_down else "warm-up"
    if phase.kind == "prepare" and phase.item:
        return phase.item.dose_on(phase.side)
    return rep_label(phase)


def _texts(timeline: Timeline) -> dict[str, list[tuple[str, str, str]]]:
    """Return the sentences of each stretch and side, of each move and of the rest at the end, in order.

    Each has its kind, `in` and `out` for the movements of a breath, and when it is shown: always, once the movement has
    turned, or if it was made easier or not.
    """
    return {
        _text_key(phase): [(kind, words, when) for kind, words, when in _sentences(phase) if words]
        for phase in timeline.phases
    }


def _sentences(phase: Phase) -> Iterator[tuple[str, str, str]]:
    if phase.item is None:
        yield "alert", (phase.move and phase.move.halfway) or "", "turned"
        yield "step", phase.move.text if phase.move else phase.text, ""
        return
    stretch = phase.item.stretch.for_side(phase.side)
    adapted = bool(phase.item.adapted or phase.item.cautions)
    side = "" if phase.item.stretch.names_side else side_instruction(phase.item.stretch, phase.side)
    yield "alert", stretch.halfway or "", "turned"
    yield "alert", f"Note: {phase.item.note}" if phase.item.note else "", ""
    yield "alert", stretch.labelled("ease_off"), "" if adapted else "eased"
    if stretch.pace:
        yield "in", f"{LABELS['inhale']}: {stretch.pace.inhale}", ""
        yield "out", f"{LABELS['exhale']}: {stretch.pace.exhale}", ""
    yield "side", " ".join(as_sentences(side)), ""
    numbered = len(stretch.steps) > 1
    yield from (("step", f"{n}. {step}" if numbered else step, "") for n, step in enumerate(stretch.steps, start=1))
    yield "note", f"{LABELS['feel']} {stretch.feel}." if stretch.feel else "", ""
    yield "note", stretch.breath, ""
    yield "note", stretch.labelled("mistake"), ""
    yield "note", "" if adapted else stretch.labelled("ease_off"), "full"


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
        choices = [_choice(choice) for choice in question.choices]
        questions[name] = {"text": question.text.replace(*DEVICE), "none": question.none, "choices": choices}
        new = (name for choice in question.choices for name in choice.then)
        waiting += [name for name in dict.fromkeys(new) if name not in waiting]
    return {
        "first": first,
        "daily": [daily.text, *(choice.text for choice in daily.choices[:2])],
        "rules": safety.first_sessions,
        "questions": questions,
        "said": safety.messages.said,
        "messages": [getattr(safety.messages, name) for name in MESSAGES],
    }


def _choice(choice: Choice) -> dict[str, Any]:
    """Return a choice, with the number of the message for what it means if it means something."""
    message = ""
    if choice.outcome is not None and choice.outcome.stops:
        urgency = (choice.urgency or Urgency.ROUTINE).value
        message = "emergency" if choice.outcome is Outcome.EMERGENCY else urgency
    elif choice.too_young or choice.severe_pain or choice.wait_days:
        message = "too_young" if choice.too_young else "severe_pain" if choice.severe_pain else "wait"
    elif choice.outcome or choice.tags or choice.breath_off or choice.gentle_only:
        message = "on_page"
    found = {"heading": choice.heading, "text": choice.text, "then": choice.then}
    number = {"message": MESSAGES.index(message)} if message else {}
    return {key: value for key, value in found.items() if value} | number
