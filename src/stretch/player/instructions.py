"""What to do in words: the steps, the breath, what goes wrong and the easier way, in the room there is."""

from __future__ import annotations

from stretch.core.timing.phases import WORKING_KINDS
from stretch.core.timing.session import Session
from stretch.core.vocabulary import POSITION_LABELS
from stretch.player.layout import StyledLine, wrap_text
from stretch.player.theme import TextRole

Part = tuple[str, TextRole]


def full_column(session: Session, cells: int, room: int) -> list[StyledLine]:
    """Return the words for a column of their own: a paragraph for each part, as many as fit."""
    rows: list[StyledLine] = [()]
    for text, ink in _parts(session):
        block: list[StyledLine] = [((line, ink),) for line in wrap_text(text, cells)]
        if len(rows) + len(block) > room:
            break
        rows += [*block, ()] if len(rows) + len(block) < room else block
    return rows


def under_figure(session: Session, cells: int, room: int) -> list[StyledLine]:
    """Return the words for a few rows; while getting ready, those that do not fit are turned like pages."""
    parts = _parts(session)
    phase = session.moment.phase
    if phase.kind in WORKING_KINDS:
        # The picture shows the steps; what it cannot show comes first.
        shown = [part for part in parts if phase.item and part[0] not in phase.item.stretch.steps]
        parts = shown + [part for part in parts if part not in shown]
    rows: list[StyledLine] = [((line, ink),) for text, ink in _joined(parts) for line in wrap_text(text, cells)]
    if phase.kind != "prepare" or len(rows) <= room:
        return rows[:room]
    pages = [rows[at : at + room] for at in range(0, len(rows), room)]
    elapsed = session.position - phase.start
    return pages[min(elapsed * len(pages) // phase.length, len(pages) - 1)]


def _joined(parts: list[Part]) -> list[Part]:
    """Run parts of one ink into one paragraph."""
    joined: list[Part] = []
    for text, ink in parts:
        if joined and joined[-1][1] == ink:
            joined[-1] = (f"{joined[-1][0]} {text}", ink)
        else:
            joined.append((text, ink))
    return joined


def _parts(session: Session) -> list[Part]:
    phase = session.moment.phase
    if phase.move:
        return [(phase.move.text, TextRole.PLAIN)]
    if phase.item is None:
        return [(phase.text, TextRole.PLAIN)]
    stretch = phase.item.stretch
    parts: list[Part] = []
    easier = f"Easier: {stretch.ease_off}"
    eased = bool(phase.item.adapted) or stretch.id in session.eased
    if eased:
        parts.append((easier, TextRole.ALERT))
    if phase.kind == "prepare" and phase.moved:
        parts.append((f"Now {POSITION_LABELS[phase.item.position]}.", TextRole.ALERT))
    if stretch.side_means and phase.side:
        parts.append((f"{phase.side.capitalize()}: {stretch.side_means}.", TextRole.SIDE))
    parts += [(step, TextRole.PLAIN) for step in stretch.steps]
    if phase.kind in WORKING_KINDS:
        # In words too: without colour the lit muscle is only a pattern.
        parts.append((f"Feel it: {', '.join(stretch.areas.primary)}.", TextRole.DONE))
        parts.append((stretch.breath, TextRole.BREATH_IN))
    parts.append((f"Not: {stretch.mistake}", TextRole.DIM))
    return parts if eased else [*parts, (easier, TextRole.DIM)]
