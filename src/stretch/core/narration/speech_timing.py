"""Speech for each cue: the longest of its forms that fits before the next words, and when it starts."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from stretch.core.narration import phrases
from stretch.core.narration.script import DISPENSABLE, Form, spoken_forms
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
MAX_SHARE, SHORT_SESSION_MS = 0.27, 300_000
"""Most of a session that may be spoken by the estimate, a quarter in fact, unless the session is shorter than that."""

SPOKEN_CUES: frozenset[CueKind] = frozenset({"phase", "half-way", "last", "end"})
"""Cues with words; breaths are spoken only on request, counts are only sounds."""
BREATHS = ("breath-in", "breath-out")
LESSER_CUES: frozenset[CueKind] = frozenset({"half-way", "last", "breath-in", "breath-out"})
"""Cues whose words never cut others off."""
WORDS_PER_MINUTE = 146
"""Speed asked of the speech engines: slower than their own, for instructions that are followed while they are heard."""

SentenceTimer = Callable[[str], int]
"""Returns the milliseconds it takes to say a sentence."""


def estimate_duration_ms(sentence: str) -> int:
    """Return an estimate of the time it takes to say a sentence, too long rather than too short.

    Fitted to the sentences of the catalog as spoken by espeak-ng at WORDS_PER_MINUTE, plus a tenth.
    """
    commas, stops, digits = (len(re.findall(kind, sentence)) for kind in (r"[,;]", r":|[.!?] ", r"\d\.?"))
    return 290 + 63 * len(sentence) + 290 * commas + 430 * stops + 240 * digits


def speech_start(cue: Cue, timeline: Timeline) -> int:
    """Return the position in milliseconds at which *cue* is spoken: after its sound, unless that is a breath tone."""
    sound = sound_for(cue, timeline)
    if sound is None or cue.kind in BREATHS:
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
    return _Script(timeline, mode, _shortened(timeline, mode), duration_of).sentences(cue, done)


def _shortened(timeline: Timeline, mode: VoiceMode) -> int:
    """Return how much is said in a few words only, so that at most MAX_SHARE of the session is spoken."""
    cached: dict[str, int] = timeline.__dict__.setdefault("shortened", {})
    if mode not in cached:
        every = cues(timeline, -1, timeline.length_ms)
        unlimited = mode == "breath" or timeline.length_ms < SHORT_SESSION_MS
        for cached[mode] in range(len(DISPENSABLE) + 1):
            script = _Script(timeline, mode, cached[mode])
            spoken_ms = sum(speech_duration_ms(script.sentences(cue)) for cue in every)
            if unlimited or spoken_ms <= MAX_SHARE * timeline.length_ms:
                break
    return cached[mode]


def speech_duration_ms(sentences: Sequence[str], duration_of: SentenceTimer = estimate_duration_ms) -> int:
    """Return the time it takes to say *sentences*, with the pauses between them."""
    return sum(map(duration_of, sentences)) + PAUSE_MS * max(len(sentences) - 1, 0)


def speakable(text: str) -> str:
    """Return *text* without anything that a speech synthesizer would take for a command.

    Control characters change the voice of espeak-ng, and `[[` that of `say`.
    """
    return one_line(re.sub(r"(?<=[\[\]])(?=[\[\]])", " ", one_line(text)))


class _Script(NamedTuple):
    """What is said in a session: the forms of the lines that fit their times."""

    timeline: Timeline
    mode: VoiceMode
    shortened: int
    duration_of: SentenceTimer = estimate_duration_ms

    def sentences(self, cue: Cue, done: tuple[int, int] | None = None) -> tuple[str, ...]:
        """Return the longest form of the line for *cue* that fits."""
        if cue.kind in BREATHS and self.mode == "breath":
            return self._breath_sentences(cue)
        forms = self._forms(cue, done)
        if cue.kind == "breath-in" and forms and not self._is_free(cue, forms[0]):
            return ()
        limit_ms = self._next_start(cue) - speech_start(cue, self.timeline) if forms else 0
        fitting = (form for form in forms if speech_duration_ms(form, self.duration_of) <= limit_ms)
        shortest = forms[-1] if forms and cue.kind not in LESSER_CUES else ()
        return next(fitting, shortest)

    def _forms(self, cue: Cue, done: tuple[int, int] | None = None) -> tuple[Form, ...]:
        return spoken_forms(cue, self.timeline, self.mode, done, shortened=self.shortened)

    def _next_start(self, cue: Cue) -> int:
        """Return the position at which the next words may begin: those of a cue in this phase, or the next phase."""
        if cue.kind == "end":
            return cue.at_ms + FAREWELL_MS
        later = cues(self.timeline, cue.at_ms, self.timeline.phases[cue.index].end_ms)
        return next(
            speech_start(other, self.timeline)
            for other in later
            if other.kind in ("phase", "end") or (other.kind != "breath-in" and self._forms(other))
        )

    def _breath_sentences(self, cue: Cue) -> tuple[str, ...]:
        """Return the words for half a breath; empty if they would overlap with others."""
        if not self._is_free(cue):
            return ()
        own, phase = phrases.sentences(cue, self.timeline), self.timeline.phases[cue.index]
        inhale_ms, exhale_ms = phase.breaths[cue.number - 1]
        end_ms = cue.at_ms + (inhale_ms if cue.kind == "breath-in" else exhale_ms)
        later = cues(self.timeline, cue.at_ms, phase.end_ms)
        limit_ms = min([end_ms, *(other.at_ms for other in later if other.kind in SPOKEN_CUES)]) - cue.at_ms
        return next((form for form in (own, own[:1]) if speech_duration_ms(form, self.duration_of) <= limit_ms), ())

    def _is_free(self, cue: Cue, words: Form = ()) -> bool:
        """Return whether at *cue*, half of a breath, nothing else is being said, and *words* were not said before."""
        for other in cues(self.timeline, self.timeline.phases[cue.index].start_ms - 1, cue.at_ms):
            if other.kind in SPOKEN_CUES or (self.mode != "breath" and other != cue):
                said = self.sentences(other)
                end_ms = speech_start(other, self.timeline) + speech_duration_ms(said, self.duration_of)
                if end_ms > cue.at_ms or (said and said == words):
                    return False
        return True
