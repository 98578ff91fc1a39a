"""What to write into each field of a catalog file: the words of the template, the schema and the errors."""

from __future__ import annotations

from collections.abc import Mapping

GUIDE: Mapping[str, Mapping[str, str]] = {
    "Stretch": {
        "id": "the name it is asked for by and the name of its file: a to z, digits and single dashes",
        "name": "what it is called on the screen and aloud",
        "aliases": "other names people know it by",
        "tier": "1, or 2 for one that a routine takes when nothing of tier 1 is left",
        "opt_in": "true: only when it is asked for by name",
        "areas": "what it is for",
        "position": "the position it is done in",
        "also": "other positions in which the same steps work",
        "equipment": "all that is needed; [none] when nothing is",
        "sides": "both: the two sides at once; each: the dose is done once for each side",
        "side_means": "with sides: each, what left and right refer to, such as: the back leg",
        "mode": "static: held; dynamic: moved with the breath; contract-relax: pressed, released, then held",
        "dose": "how much",
        "pace": "dynamic only: what moves on each half of the breath",
        "halfway": "what is said half-way, such as: Change direction",
        "per_side_s": "computed from the dose; leave it out",
        "level": "how strong it is; deep ones are left out for the first two weeks",
        "desk": "true when it can be done at a desk",
        "spine": "how the spine moves; people with a disc problem or stenosis depend on it",
        "steps": "what to do, a line each, 70 words at most in all, without counts and seconds",
        "breath": "how to breathe while in it",
        "mistake": "what not to do",
        "ease_off": "the easier way",
        "cautions": "for whom it is not, and for whom only with care",
        "source": "citation keys, each explained under sources; leave it out when there are none",
    },
    "Areas": {
        "primary": "areas it is for; `stretch areas` lists them",
        "secondary": "areas it reaches as well",
    },
    "Dose": {
        "reps": "holds, whole breaths of a dynamic stretch, or rounds of contract-relax",
        "hold_s": "seconds of one hold, 60 at most; static only",
        "contract": "contract-relax only: the timings of one round",
    },
    "Contract": {
        "contract_s": "seconds of pressing, 3 to 6",
        "release_s": "seconds of letting go",
        "hold_s": "seconds of the hold that follows, 10 to 30",
        "effort_pct": "how hard to press, 20 to 75 percent",
    },
    "Pace": {
        "inhale": "what moves on the breath in, in 10 words at most",
        "exhale": "what moves on the breath out, in 10 words at most",
    },
    "Cautions": {
        "avoid": "tags of those who must leave it out",
        "adapt": "tags of those who take the easier way, half as long and once",
    },
    "Program": {
        "id": "the name it is asked for by: a to z, digits and single dashes",
        "name": "what it is called",
        "about": "what it is and whom it is for, in one line",
        "source": "citation keys, each explained under sources",
        "warm_up_min": "minutes of warm-up before it, 0 to 10",
        "items": "the stretches in their order, each with the dose it has here",
        "as_written": "the order and dose of the document it came from",
    },
    "ProgramItem": {
        "stretch": "the id of a stretch",
        "reps": "holds, whole breaths of a dynamic stretch, or rounds of contract-relax",
        "hold_s": "seconds of one hold, 60 at most; for static stretches only",
        "note": "a word on why it is here",
    },
    "AsWritten": {
        "warm_up_min": "minutes of warm-up before it, 0 to 10",
        "notes": "what was replaced, and why",
        "items": "the stretches in the order of the document, each with its dose",
    },
    "Area": {
        "id": "the name it is asked for by: a to z, digits and single dashes",
        "name": "what it is called",
        "partners": "areas that balance it",
        "focus": "sets of areas of which a routine for this one has at least one stretch each",
    },
    "Group": {
        "id": "the name it is asked for by: a to z, digits and single dashes",
        "name": "what it is called",
        "areas": "the areas it stands for",
    },
    "Source": {
        "key": "what it is cited by",
        "grade": "A: an authority's own text was read; B: a copy of it; C: technique only",
        "supports": "what it says",
        "where": "where it is found",
    },
}
"""By the name of the record and of the field."""
