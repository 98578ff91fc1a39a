"""Result of the safety check before a session."""

from __future__ import annotations

from msgspec import Struct

from stretch.core.safety.scores import Spread
from stretch.core.safety.standing import Standing


class PreflightResult(Struct, frozen=True):
    """A person's safety record and the answers given before this session."""

    standing: Standing | None = None
    pain: int | None = None
    """Pain before the session, 0 to 10."""
    spread: Spread | None = None
    """How far the pain reaches."""
    sudden: bool = False
    """Whether the pain came on suddenly or is unlike any before."""
    gentle_only: bool = False
    half_dose: bool = False
    """Half the hold and half the repetitions, after mornings with more pain (rule T1)."""


NO_INFORMATION = PreflightResult()
