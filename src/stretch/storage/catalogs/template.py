"""The commented beginning of a stretch of one's own: blanks to fill, and beside each what goes there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import fill
from typing import get_args

from stretch.core.validation.guide import GUIDE
from stretch.core.vocabulary import EQUIPMENT, LEVELS, POSITIONS, Spine

_TEMPLATE = """\
# A stretch of your own.
# Fill in what is blank: the lines that end in a colon or a dash; then run `stretch catalog check`.
# Until then it is left out. What stands behind a # is for you; take it away as you like.
id: {name}

# {hint[name]}.
name:
# {hint[aliases]}:
# aliases: [knee hug, one knee to chest]

# Which areas it is for, as in [neck, shoulders], and which it reaches as well:
{areas}
areas:
  primary:
  secondary: []

# {hint[position]}:
{positions}
position:
# {hint[also]}:
# also: [standing]

# {hint[equipment]}. There are {equipment}.
equipment: [none]

# {hint[sides]}.
sides: both
# {hint[side_means]}:
# side_means: the back leg

# {hint[mode]}.
mode: static
# Seconds of one hold, 60 at most, and how many holds.
dose: {{hold_s: 30, reps: 2}}
# With mode: dynamic, reps are whole breaths, and pace says what moves, 10 words at most for each half:
# dose: {{reps: 8}}
# pace: {{inhale: lift the chest, exhale: round the back}}
# With mode: contract-relax:
# dose: {{reps: 3, contract: {{contract_s: 6, release_s: 4, hold_s: 20, effort_pct: 30}}}}

# {hint[level]}: {levels}.
level: gentle
# {hint[desk]}.
desk: false
# {hint[spine]}:
#   {spine}
spine:

# {hint[steps]}.
steps:
  -
  -
# {hint[breath]}.
breath:
# {hint[mistake]}.
mistake:
# {hint[ease_off]}.
ease_off:

# avoid: who must leave it out; adapt: who takes the easier way, half as long and once.
{tags}
cautions:
  avoid: []
  adapt: []

# {hint[source]}:
# source: [NHS-BACK]
"""


def stretch_template(name: str, areas: Iterable[str], tags: Mapping[str, str]) -> str:
    """Return the template of a stretch with the id *name*; *areas* are those there are, *tags* the cautions in words.

    It passes the check once its blanks are filled.
    """
    return _TEMPLATE.format(
        name=name,
        hint={field: hint[0].upper() + hint[1:] for field, hint in GUIDE["Stretch"].items()},
        areas=_comment(areas),
        positions=_comment(POSITIONS),
        equipment=", ".join(EQUIPMENT),
        levels=", ".join(LEVELS),
        spine=", ".join(get_args(Spine)),
        tags="\n".join(f"#   {tag:<16}{text}" for tag, text in tags.items()),
    )


def _comment(names: Iterable[str]) -> str:
    margin = "#   "
    return fill(", ".join(names), 110, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)
