"""What is said aloud, and from when: as many sentences of a cue as there is time for before the next one.

All that is ever said aloud stands in the line that the plain mode shows for the same cue, or, where getting ready
was too short for all the steps, in the line of getting ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from stretch.core.narration import phrases
from stretch.core.narration.tones import sound_for
from stretch.core.timing.cues import Cue, CueKind, cues
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline

AFTER_SOUND_MS = 400
"""The words wait for the best part of the sound: what is called out must not be drowned by its own bell."""
PAUSE_MS = 250
"""Between two sentences."""
FAREWELL_MS = 10_000
"""After the end nothing more is said, so the last words have time."""

SPOKEN_CUES: frozenset[CueKind] = frozenset({"phase", "half-way", "last", "end"})
"""The cues with words of their own; a breath is said on request, a count is only sounded."""
PRIORITY_CUES: frozenset[CueKind] = SPOKEN_CUES - {"half-way"}
"""The words that the steps of a stretch give way to; one that moves may change direction half-way."""

SentenceTimer = Callable[[str], int]
"""How many milliseconds it takes to say a sentence."""


def estimate_duration_ms(sentence: str) -> int:
    """Return about how long a sentence takes to say, rather too long than too short.

    Fitted to the words of the catalog as espeak-ng says them at 175 words a minute, with a tenth more for others.
    """
    pauses, digits = len(re.findall(r"[,:;]", sentence)), len(re.findall(r"\d\.?", sentence))
    return 100 + 55 * len(sentence) + 200 * pauses + 220 * digits


def speech_start(cue: Cue, timeline: Timeline) -> int:
    """Return the position from which *cue* is said: after its sound, unless that is the tone of a breath."""
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
    takes: SentenceTimer = estimate_duration_ms,
) -> tuple[str, ...]:
    """Return the sentences said aloud at *cue*; none for one that is only sounded.

    The first sentence is always said; the others as far as they fit before the next cue with words. Steps for which
    getting ready was too short follow as the stretch begins, or in its first rest. With *breath* each half of a breath
    is said too, unless somebody is speaking. *takes* is how long a sentence takes to say, where that is known exactly.
    """
    if cue.kind in ("breath-in", "breath-out"):
        return _breath(cue, timeline, takes) if breath else ()
    if cue.kind not in SPOKEN_CUES:
        return ()
    start = speech_start(cue, timeline)
    if cue.kind == "half-way" and _talking_until(cue, timeline, takes) > start:
        return ()
    own = phrases.sentences(cue, timeline, done)
    left = _left_over(cue, timeline, takes) if cue.kind == "phase" else ()
    steps = _with_steps(own, left, cue, timeline, takes)
    until = _next_words(cue, timeline, SPOKEN_CUES)
    if breath and cue.kind == "phase":
        until = min(until, _second_breath(timeline.phases[cue.index]) or until)
    return max(steps, _fitting((*steps, *own[1:]), until - start, takes), key=len)


def speech_duration_ms(sentences: Sequence[str], takes: SentenceTimer = estimate_duration_ms) -> int:
    """Return how long *sentences* take to say, one after the other."""
    return sum(map(takes, sentences)) + PAUSE_MS * max(len(sentences) - 1, 0)


def speakable(text: str) -> str:
    """Return *text* with nothing left in it that a synthesiser would take for a command instead of a word.

    Control characters change the voice of espeak-ng in mid-sentence, `[[` that of `say`; no line may end early. What
    stands between two angles is no word either: 90/90 is not ninety slash ninety.
    """
    printable = "".join(character if character.isprintable() else " " for character in text)
    numbers = re.sub(r"(?<=\d\d)/(?=\d\d)", " ", printable)
    return " ".join(re.sub(r"(?<=[\[\]])(?=[\[\]])", " ", numbers).split())


def _talking_until(cue: Cue, timeline: Timeline, takes: SentenceTimer) -> int:
    """Return the position until which the words with which the phase of *cue* begins take."""
    opening = Cue(timeline.phases[cue.index].start_ms, "phase", cue.index)
    return speech_start(opening, timeline) + speech_duration_ms(
        sentences_to_speak(opening, timeline, takes=takes), takes
    )


def _fitting(sentences: tuple[str, ...], room: int, takes: SentenceTimer) -> tuple[str, ...]:
    count = len(sentences)
    while count > 1 and speech_duration_ms(sentences[:count], takes) > room:
        count -= 1
    return sentences[:count]


def _next_words(cue: Cue, timeline: Timeline, kinds: frozenset[CueKind]) -> int:
    """Return the position from which the next cue of one of *kinds* is said."""
    if cue.kind == "end":
        return cue.at_ms + FAREWELL_MS
    later = cues(timeline, cue.at_ms, timeline.phases[cue.index].end_ms)
    return next(speech_start(other, timeline) for other in later if other.kind in kinds)


def _second_breath(phase: Phase) -> int | None:
    """Return the position of the second breath, which is said; at the end there is more to hear than the breath."""
    return phase.start_ms + sum(phase.breaths[0]) if len(phase.breaths) > 1 and phase.kind != "settle" else None


def _with_steps(
    own: Sequence[str], left: Sequence[str], cue: Cue, timeline: Timeline, takes: SentenceTimer
) -> tuple[str, ...]:
    """Return the first of its *own* sentences and as many of the steps *left* as there is time for."""
    # How a stretch is done is worth more than to hear that half of it is over.
    kinds = SPOKEN_CUES if timeline.phases[cue.index].kind == "move" else PRIORITY_CUES
    room = _next_words(cue, timeline, kinds) - speech_start(cue, timeline)
    return _fitting((*own[:1], *left), room, takes)


def _left_over(cue: Cue, timeline: Timeline, takes: SentenceTimer) -> tuple[str, ...]:
    """Return what of the steps there was no time for since getting ready for the stretch under way at *cue*."""
    phases, index = timeline.phases, cue.index
    # What is said of the first side would be wrong on the second.
    while index and phases[index].kind not in ("prepare", "switch", "warm-up", "settle"):
        index -= 1
    if index == cue.index or phases[index].kind != "prepare":
        return ()
    ready = Cue(phases[index].start_ms, "phase", index)
    own = phrases.sentences(ready, timeline)
    left = own[len(_with_steps(own, own[1:], ready, timeline, takes)) :]
    item = phases[index].item
    if item is not None and item.dose.contract is not None:
        # Press, let go, go further: a step said in another part than its own would be done there.
        left = tuple(sentence for sentence in left if sentence not in phrases.as_sentences(*item.stretch.steps))
    for between in range(index + 1, cue.index):
        if not left:
            break
        opening = Cue(phases[between].start_ms, "phase", between)
        own = phrases.sentences(opening, timeline)
        left = left[len(_with_steps(own, left, opening, timeline, takes)) - 1 :]
    return left


def _breath(cue: Cue, timeline: Timeline, takes: SentenceTimer) -> tuple[str, ...]:
    """Return what is said of half a breath; none if it would fall into other words."""
    phase = timeline.phases[cue.index]
    others = [other for other in cues(timeline, phase.start_ms - 1, phase.end_ms) if other.kind in SPOKEN_CUES]
    for other in others:
        if other.at_ms <= cue.at_ms:
            words = sentences_to_speak(other, timeline, breath=True, takes=takes)
            if speech_start(other, timeline) + speech_duration_ms(words, takes) > cue.at_ms:
                return ()
    own = phrases.sentences(cue, timeline)
    room = min([_end_of_half(cue, phase), *(other.at_ms for other in others if other.at_ms > cue.at_ms)]) - cue.at_ms
    return _fitting(own, room, takes) if takes(own[0]) <= room else ()


def _end_of_half(cue: Cue, phase: Phase) -> int:
    inhale, exhale = phase.breaths[cue.number - 1]
    return cue.at_ms + (inhale if cue.kind == "breath-in" else exhale)
