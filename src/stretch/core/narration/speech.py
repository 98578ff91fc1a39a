"""Speech for each cue: what can be said, the longest form of it that fits before the next words, and when it starts."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from stretch.core.narration import phrases
from stretch.core.narration.phrases import (
    COME_OUT,
    end_summary,
    explanation,
    halfway_instruction,
    is_first,
    movement_parts,
    needs,
    rep_label,
    settle_parts,
    side_instruction,
    spoken_duration,
)
from stretch.core.narration.tones import sound_for
from stretch.core.routine import Item
from stretch.core.text import as_sentences, one_line, side_label
from stretch.core.timing.phases import Phase
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Cue, CueKind, Timeline, cues
from stretch.core.vocabulary import POSITION_LABELS, VoiceMode

Form = tuple[str, ...]
"""Sentences of one line."""
LATEST_BREATH = 3
"""The breath by which the movement of the breath in is explained, if there is no time for it in the first one."""
DISPENSABLE = (frozenset({"last", "half-way", "hold", "rest"}), frozenset({"warm-up"}), frozenset({"move"}))
"""Cues and phases that have a few words only in a session in which too much is said, the first ones first."""
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
LANGUAGE = "en"
"""Of all that is said, for the programs that speak."""
WORDS_PER_MINUTE = 146
"""Speed asked of the speech engines: slower than their own, for instructions that are followed while they are heard."""

SentenceTimer = Callable[[str], int]
"""Returns the milliseconds it takes to say a sentence."""


def words_for_change(before: Session, after: Session) -> Form:
    """Return what is said because of a key.

    That is where one is when the voice is turned on, that a stretch that hurts is stopped, and the easier way.
    """
    turned_on = after.voice and not before.voice
    stopped = after.pain_stop is not None and before.pain_stop is None
    if not turned_on and not stopped and after.easier_phases <= before.easier_phases:
        return ()
    phase = after.moment.phase
    if turned_on:
        return as_sentences(", ".join(filter(None, (phase.name, side_label(phase.side)))))
    offer = phase.item.stretch.for_side(phase.side).labelled("ease_off") if phase.item else ""
    if stopped and after.two_in_a_row_hurt:
        offer = "two stretches in a row hurt: better to rest now"
    return as_sentences(*(("stopped", "come out of it slowly") if stopped else ()), offer)


def _is_familiar(phase: Phase, timeline: Timeline) -> bool:
    """Return whether the stretch of *phase* is familiar; the warm-up and the end are if any was before this session."""
    if phase.item is not None:
        return phase.item.familiar
    return any({item.stretch.id: item.familiar for item in reversed(timeline.items)}.values())


def _phase_parts(phase: Phase, index: int, timeline: Timeline) -> tuple[Form, ...]:
    """Return the parts of the opening line of *phase*: names only, a few words, and longer forms."""
    length, side = spoken_duration(phase.length_ms), side_label(phase.side)
    match phase.kind:
        case "warm-up" if phase.move:
            opening = "keep moving: " if phase.cool_down else "warm up: "
            same = index > 0 and timeline.phases[index - 1].cool_down == phase.cool_down
            name = f"{'' if same and timeline.phases[index - 1].move else opening}{phase.move.name}"
            return (name,), (name,), (name, phase.move.text)
        case "prepare" if phase.item:
            return _stretch_parts(phase.item, phase, index, timeline)
        case "hold":
            label = rep_label(phase) if phase.item and not phase.item.dose.contract else ""
            seconds = f", {length}" if is_first(phase, index, timeline) else ""
            return (), ("hold",), (f"{label or 'hold'}{seconds}",)
        case "move":
            return (), ("begin",), movement_parts(phase, index, timeline)[:1]
        case "press":
            return (), ("press",), (f"press gently and breathe out, {length}",)
        case "release":
            return (), ("let go",), ("let go, breathe in, and go a little further",)
        case "rest":
            return (), ("rest",), (COME_OUT,)
        case "switch" if phase.item:
            switch, meaning = f"switch to the {side}", side_instruction(phase.item.stretch, phase.side)
            # What is meant by the side names it as well.
            return (side,), (switch,), (meaning,), (switch, meaning)
    return ("rest",), ("rest",), ("rest", settle_parts(phase)[0])


def _stretch_parts(item: Item, phase: Phase, index: int, timeline: Timeline) -> tuple[Form, ...]:
    """Return the parts of the announcement of a stretch: side and name, what it needs, then its explanation."""
    opening = "first" if timeline.is_opening(index) else "next"
    name = f"{side_label(phase.side) or opening}: {item.stretch.name}"
    # A mat stays where it is, and somebody who sits on a chair has one.
    start = (name, needs(item.stretch, but="chair" if item.position == "seated" else "none"))
    position = POSITION_LABELS[item.position] if phase.new_position else ""
    # The breath and the side meant are left out first if there is little time.
    whole = (*start, *explanation(item, phase))
    return (name,), (*start, item.note, position), whole[:-2], whole[:-1], whole


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
    return _Script(timeline, mode, _shortened(timeline, mode), done, duration_of).sentences(cue)


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
    """How many of DISPENSABLE have a few words only."""
    done: tuple[int, int] | None = None
    """As for `phrases.sentences`."""
    duration_of: SentenceTimer = estimate_duration_ms

    def sentences(self, cue: Cue) -> tuple[str, ...]:
        """Return the longest form of the line for *cue* that fits."""
        if cue.kind in BREATHS and self.mode == "breath":
            return self._breath_sentences(cue)
        forms = self.forms(cue)
        if cue.kind == "breath-in" and forms and not self._is_free(cue, forms[0]):
            return ()
        limit_ms = self._next_start(cue) - speech_start(cue, self.timeline) if forms else 0
        fitting = (form for form in forms if speech_duration_ms(form, self.duration_of) <= limit_ms)
        shortest = forms[-1] if forms and cue.kind not in LESSER_CUES else ()
        return next(fitting, shortest)

    def forms(self, cue: Cue) -> tuple[Form, ...]:
        """Return what can be said at *cue*, the longest form first; empty for a cue without words in this mode.

        A voice that is off, `no`, says the same as `yes` when it is turned on.
        """
        timeline, phase = self.timeline, self.timeline.phases[cue.index]
        names: Form = ()
        brief: Form = ()
        full: list[Form] = []
        match cue.kind:
            case "phase":
                names, brief, *full = _phase_parts(phase, cue.index, timeline)
            case "half-way":
                names = brief = (halfway_instruction(phase),)
                halfway = not any(names) and phase.kind == "hold" and is_first(phase, cue.index, timeline)
                full = [("halfway",) if halfway else names]
            case "last" if is_first(phase, cue.index, timeline):
                full = [("last one" if phase.kind == "move" else f"last {cue.number} seconds",)]
            case "end":
                names = brief = (end_summary(self.done),)
                full = [(settle_parts(phase)[1], *brief)]
            case "breath-out" if cue.number == 1:
                full = [movement_parts(phase, cue.index, timeline)[1:]]
            case "breath-in" if 1 < cue.number <= LATEST_BREATH:
                full = [movement_parts(phase, cue.index, timeline)[:1]]
        forms = [names] if self.mode == "names" else [names, brief]
        if any({cue.kind, phase.kind} & kinds for kinds in DISPENSABLE[: self.shortened]):
            full = []
        if self.mode == "full" or (self.mode in ("yes", "no", "breath") and not _is_familiar(phase, timeline)):
            forms += full
        return tuple(form for parts in reversed(forms) if (form := as_sentences(*parts)))

    def _next_start(self, cue: Cue) -> int:
        """Return the position at which the next words may begin: those of a cue in this phase, or the next phase."""
        if cue.kind == "end":
            return cue.at_ms + FAREWELL_MS
        later = cues(self.timeline, cue.at_ms, self.timeline.phases[cue.index].end_ms)
        return next(
            speech_start(other, self.timeline)
            for other in later
            if other.kind in ("phase", "end") or (other.kind != "breath-in" and self.forms(other))
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
