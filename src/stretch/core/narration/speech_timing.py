"""Speech for each cue: the longest of its forms that fits before the next words, and when it starts."""

import re
from collections.abc import Callable, Sequence

from stretch.core.narration import phrases
from stretch.core.narration.script import spoken_forms
from stretch.core.narration.tones import sound_for
from stretch.core.text import one_line
from stretch.core.timing.cues import Cue, CueKind, cues
from stretch.core.timing.timeline import Timeline
from stretch.core.vocabulary import VoiceMode

AFTER_SOUND_MS = 400
"""Speech waits for the first part of the sound of its cue, so that the two do not overlap."""
PAUSE_MS = 250
"""Pause between two sentences."""
FAREWELL_MS = 10_000
"""Time for the last words, after the end."""

SPOKEN_CUES: frozenset[CueKind] = frozenset({"phase", "half-way", "last", "end"})
"""Cues with words; breaths are spoken only on request, counts are only sounds."""
LESSER_CUES: frozenset[CueKind] = frozenset({"half-way", "last", "breath-in", "breath-out"})
"""Cues whose words never cut others off."""
WORDS_PER_MINUTE = 140
"""Speed asked of the speech engines: slower than their own, for instructions that are followed while they are heard."""

SentenceTimer = Callable[[str], int]
"""Returns the milliseconds it takes to say a sentence."""


def estimate_duration_ms(sentence: str) -> int:
    """Return an estimate of the time it takes to say a sentence, too long rather than too short.

    Fitted to the sentences of the catalog as spoken by espeak-ng at WORDS_PER_MINUTE, plus a tenth.
    """
    commas, stops, digits = (len(re.findall(kind, sentence)) for kind in (r"[,;]", r":|[.!?] ", r"\d\.?"))
    return 300 + 66 * len(sentence) + 300 * commas + 450 * stops + 250 * digits


def speech_start(cue: Cue, timeline: Timeline) -> int:
    """Return the position in milliseconds at which *cue* is spoken: after its sound, unless that is a breath tone."""
    sound = sound_for(cue, timeline)
    if sound is None or cue.kind in ("breath-in", "breath-out"):
        return cue.at_ms
    return cue.at_ms + min(sound.length_ms, AFTER_SOUND_MS)


def sentences_to_speak(
    cue: Cue,
    timeline: Timeline,
    mode: VoiceMode = "yes",
    *,
    done: tuple[int, int] | None = None,
    duration_of: SentenceTimer = estimate_duration_ms,
) -> tuple[str, ...]:
    """Return the sentences spoken at *cue*; empty for a cue that is only a sound.

    It is the longest form that fits before the next words. A phase and the end are always announced, at least in their
    shortest form. With the *mode* `breath` each half of a breath is spoken too, unless something else is being said.
    *done* is as for `phrases.sentences`.
    """
    if cue.kind in ("breath-in", "breath-out"):
        return _breath_sentences(cue, timeline, duration_of) if mode == "breath" else ()
    forms = spoken_forms(cue, timeline, mode, done)
    limit_ms = _next_speech_start(cue, timeline, mode) - speech_start(cue, timeline) if forms else 0
    fitting = (form for form in forms if speech_duration_ms(form, duration_of) <= limit_ms)
    shortest = forms[-1] if forms and cue.kind not in LESSER_CUES else ()
    return next(fitting, shortest)


def speech_duration_ms(sentences: Sequence[str], duration_of: SentenceTimer = estimate_duration_ms) -> int:
    """Return the time it takes to say *sentences*, with the pauses between them."""
    return sum(map(duration_of, sentences)) + PAUSE_MS * max(len(sentences) - 1, 0)


def speakable(text: str) -> str:
    """Return *text* without anything that a speech synthesizer would take for a command.

    Control characters change the voice of espeak-ng, and `[[` that of `say`.
    """
    return one_line(re.sub(r"(?<=[\[\]])(?=[\[\]])", " ", one_line(text)))


def _next_speech_start(cue: Cue, timeline: Timeline, mode: VoiceMode) -> int:
    """Return the position at which the next words may begin: those of a cue in this phase, or the next phase."""
    if cue.kind == "end":
        return cue.at_ms + FAREWELL_MS
    later = cues(timeline, cue.at_ms, timeline.phases[cue.index].end_ms)
    return next(
        speech_start(other, timeline)
        for other in later
        if other.kind in ("phase", "end") or spoken_forms(other, timeline, mode)
    )


def _breath_sentences(cue: Cue, timeline: Timeline, duration_of: SentenceTimer) -> tuple[str, ...]:
    """Return the words for half a breath; empty if they would overlap with others."""
    phase = timeline.phases[cue.index]
    others = [other for other in cues(timeline, phase.start_ms - 1, phase.end_ms) if other.kind in SPOKEN_CUES]
    for other in (other for other in others if other.at_ms <= cue.at_ms):
        words = sentences_to_speak(other, timeline, "breath", duration_of=duration_of)
        if speech_start(other, timeline) + speech_duration_ms(words, duration_of) > cue.at_ms:
            return ()
    own = phrases.sentences(cue, timeline)
    inhale_ms, exhale_ms = phase.breaths[cue.number - 1]
    end_ms = cue.at_ms + (inhale_ms if cue.kind == "breath-in" else exhale_ms)
    limit_ms = min([end_ms, *(other.at_ms for other in others if other.at_ms > cue.at_ms)]) - cue.at_ms
    return next((form for form in (own, own[:1]) if speech_duration_ms(form, duration_of) <= limit_ms), ())
