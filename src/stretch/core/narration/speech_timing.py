"""Speech for each cue: as many of its sentences as fit before the next cue, and when they start.

Everything spoken is also in the line that the plain mode prints for the same cue, or, for steps that did not fit into
the preparation, in the line of that preparation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from stretch.core.narration import phrases
from stretch.core.narration.tones import sound_for
from stretch.core.text import one_line
from stretch.core.timing.cues import Cue, CueKind, cues
from stretch.core.timing.timeline import Timeline

AFTER_SOUND_MS = 400
"""Speech waits for the first part of the sound of its cue, so that the two do not overlap."""
PAUSE_MS = 250
"""Pause between two sentences."""
FAREWELL_MS = 10_000
"""Time for the last words, after the end."""

SPOKEN_CUES: frozenset[CueKind] = frozenset({"phase", "half-way", "last", "end"})
"""Cues with words; breaths are spoken only on request, counts are only sounds."""
PRIORITY_CUES: frozenset[CueKind] = SPOKEN_CUES - {"half-way"}
"""Cues that come before left-over steps; so do halfway cues of moving stretches, which may change direction."""

SentenceTimer = Callable[[str], int]
"""Returns the milliseconds it takes to say a sentence."""


def estimate_duration_ms(sentence: str) -> int:
    """Return an estimate of the time it takes to say a sentence, too long rather than too short.

    Fitted to the sentences of the catalog as spoken by espeak-ng at 175 words per minute, plus a tenth.
    """
    pauses, digits = len(re.findall(r"[,:;]", sentence)), len(re.findall(r"\d\.?", sentence))
    return 100 + 55 * len(sentence) + 200 * pauses + 220 * digits


def speech_start(cue: Cue, timeline: Timeline) -> int:
    """Return the position in milliseconds at which *cue* is spoken: after its sound, unless that is a breath tone."""
    sound = sound_for(cue, timeline)
    if sound is None or cue.kind in ("breath-in", "breath-out"):
        return cue.at_ms
    return cue.at_ms + min(sound.length_ms, AFTER_SOUND_MS)


def sentences_to_speak(
    cue: Cue,
    timeline: Timeline,
    *,
    breath: bool = False,
    done: tuple[int, int] | None = None,
    duration_of: SentenceTimer = estimate_duration_ms,
) -> tuple[str, ...]:
    """Return the sentences spoken at *cue*; empty for a cue that is only a sound.

    The first sentence is always spoken, the others if they fit before the next cue with words. Steps that did not fit
    into the preparation follow when the stretch starts, or in its first rest. With *breath*, each half of a breath is
    spoken too, unless something else is being said. *done* is as for `phrases.sentences`.
    """
    if cue.kind in ("breath-in", "breath-out"):
        return _breath_sentences(cue, timeline, duration_of) if breath else ()
    if cue.kind not in SPOKEN_CUES:
        return ()
    start = speech_start(cue, timeline)
    if cue.kind == "half-way" and _speech_end(_opening(timeline, cue.index), timeline, duration_of) > start:
        return ()
    own = phrases.sentences(cue, timeline, done)
    steps = _unspoken_steps(cue, timeline, duration_of) if cue.kind == "phase" else ()
    with_steps = _with_steps(own, steps, cue, timeline, duration_of)
    until = _next_speech_start(cue, timeline, SPOKEN_CUES)
    phase = timeline.phases[cue.index]
    if breath and cue.kind == "phase" and len(phase.breaths) > 1 and phase.kind != "settle":
        # Other words end before the second breath.
        until = min(until, phase.start_ms + sum(phase.breaths[0]))
    return max(with_steps, _fitting((*with_steps, *own[1:]), until - start, duration_of), key=len)


def speech_duration_ms(sentences: Sequence[str], duration_of: SentenceTimer = estimate_duration_ms) -> int:
    """Return the time it takes to say *sentences*, with the pauses between them."""
    return sum(map(duration_of, sentences)) + PAUSE_MS * max(len(sentences) - 1, 0)


def speakable(text: str) -> str:
    """Return *text* without anything that a speech synthesizer would take for a command.

    Control characters change the voice of espeak-ng, and `[[` that of `say`.
    """
    return one_line(re.sub(r"(?<=[\[\]])(?=[\[\]])", " ", one_line(text)))


def _opening(timeline: Timeline, index: int) -> Cue:
    return Cue(timeline.phases[index].start_ms, "phase", index)


def _speech_end(cue: Cue, timeline: Timeline, duration_of: SentenceTimer, *, breath: bool = False) -> int:
    """Return the position at which the words of *cue* end."""
    words = sentences_to_speak(cue, timeline, breath=breath, duration_of=duration_of)
    return speech_start(cue, timeline) + speech_duration_ms(words, duration_of)


def _fitting(sentences: tuple[str, ...], limit_ms: int, duration_of: SentenceTimer) -> tuple[str, ...]:
    """Return the first sentences that fit into *limit_ms*, at least one."""
    count = len(sentences)
    while count > 1 and speech_duration_ms(sentences[:count], duration_of) > limit_ms:
        count -= 1
    return sentences[:count]


def _next_speech_start(cue: Cue, timeline: Timeline, kinds: frozenset[CueKind]) -> int:
    """Return the position at which the next cue of one of *kinds* is spoken."""
    if cue.kind == "end":
        return cue.at_ms + FAREWELL_MS
    later = cues(timeline, cue.at_ms, timeline.phases[cue.index].end_ms)
    return next(speech_start(other, timeline) for other in later if other.kind in kinds)


def _with_steps(
    own: Sequence[str], steps: Sequence[str], cue: Cue, timeline: Timeline, duration_of: SentenceTimer
) -> tuple[str, ...]:
    """Return the first of the cue's *own* sentences and as many of *steps* as fit."""
    # For a hold, the steps matter more than the halfway cue.
    kinds = SPOKEN_CUES if timeline.phases[cue.index].kind == "move" else PRIORITY_CUES
    limit_ms = _next_speech_start(cue, timeline, kinds) - speech_start(cue, timeline)
    return _fitting((*own[:1], *steps), limit_ms, duration_of)


def _unspoken_steps(cue: Cue, timeline: Timeline, duration_of: SentenceTimer) -> tuple[str, ...]:
    """Return the steps of the current stretch for which there was no time before *cue*."""
    phases, index = timeline.phases, cue.index
    # Stops at a switch: what is said about the first side would be wrong for the second.
    while index and phases[index].kind not in ("prepare", "switch", "warm-up", "settle"):
        index -= 1
    if index == cue.index or phases[index].kind != "prepare":
        return ()
    preparation = _opening(timeline, index)
    own = phrases.sentences(preparation, timeline)
    steps = own[len(_with_steps(own, own[1:], preparation, timeline, duration_of)) :]
    item = phases[index].item
    if item is not None and item.dose.contract is not None:
        # Press, release and hold each have their step: one spoken in the wrong phase would be done there.
        announced = phrases.as_sentences(*item.stretch.for_side(phases[index].side).steps)
        steps = tuple(step for step in steps if step not in announced)
    for between in range(index + 1, cue.index):
        if not steps:
            break
        opening = _opening(timeline, between)
        own = phrases.sentences(opening, timeline)
        steps = steps[len(_with_steps(own, steps, opening, timeline, duration_of)) - 1 :]
    return steps


def _breath_sentences(cue: Cue, timeline: Timeline, duration_of: SentenceTimer) -> tuple[str, ...]:
    """Return the words for half a breath; empty if they would overlap with others."""
    phase = timeline.phases[cue.index]
    others = [other for other in cues(timeline, phase.start_ms - 1, phase.end_ms) if other.kind in SPOKEN_CUES]
    before = [other for other in others if other.at_ms <= cue.at_ms]
    if any(_speech_end(other, timeline, duration_of, breath=True) > cue.at_ms for other in before):
        return ()
    own = phrases.sentences(cue, timeline)
    inhale_ms, exhale_ms = phase.breaths[cue.number - 1]
    end_ms = cue.at_ms + (inhale_ms if cue.kind == "breath-in" else exhale_ms)
    limit_ms = min([end_ms, *(other.at_ms for other in others if other.at_ms > cue.at_ms)]) - cue.at_ms
    return _fitting(own, limit_ms, duration_of) if duration_of(own[0]) <= limit_ms else ()
