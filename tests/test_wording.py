"""Claims that no text of the program may make: promises that stretching does not keep, or pushing through pain."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = [
    *(file for suffix in ("yaml", "md") for file in (ROOT / "data").rglob(f"*.{suffix}")),
    *(ROOT / "src").rglob("*.py"),
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
]
FORBIDDEN = {
    r"\bcur(es?|ed|ing)\b": "may ease stiffness",
    r"\bheal(s|ed|ing)?\b": "may ease stiffness",
    r"\b(gets?|getting) rid of\b": "may ease stiffness",
    r"\bfix(es)? (your |the )?(back|pain)": "may ease stiffness",
    r"prevents? (an )?injur": "keeps you comfortable in positions you use",
    r"strengthens? (the |your )?(spine|back|muscles?|core)": "improves how far you can move",
    r"\b(feel|go for) the burn\b|\bburns?\b": "a mild pull, 3 out of 10 at most",
    r"push(ing)? through": "a mild pull, 3 out of 10 at most",
    r"nerve (runs|passes) through the piriformis": "it usually runs beneath it",
    r"\b54 ?%": "about 4 in 10 adults in a 3-month window",
}
"""Patterns, each with a better wording."""


BRITISH = re.compile(
    r"\b(\w*(?:olour|avour|umour|isation|metres?\b|ractis)\w*|licence|catalogue|towards)\b", re.IGNORECASE
)
"""Spellings of which the American one is used everywhere."""


def test_all_texts_have_american_spelling() -> None:
    found = [(path.name, word) for path in FILES for word in BRITISH.findall(path.read_text(encoding="utf-8"))]
    assert not found


def test_no_file_overclaims() -> None:
    found = []
    for path in FILES:
        # The only place that says what stretching does not do.
        text = " ".join(path.read_text(encoding="utf-8").lower().split()).replace("it does not cure", "")
        for pattern, better in FORBIDDEN.items():
            for match in re.finditer(pattern, text):
                context = text[max(0, match.start() - 40) : match.end() + 20]
                found.append(f"{path.relative_to(ROOT)}: {context!r}: rather {better!r}")
    assert not found
