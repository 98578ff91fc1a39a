"""Values of catalog fields and command-line options, each with a label in everyday words.

This module must not import msgspec: shell completion needs these tables and must stay fast.
"""

from typing import Literal, NamedTuple, get_args

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_ID = 60
"""Ids are in kebab case and ASCII, because they are typed in a shell and may become file names."""

Position = Literal["standing", "seated", "kneeling", "quadruped", "prone", "side-lying", "seated-floor", "supine"]
POSITION_LABELS: dict[Position, str] = {
    "standing": "standing",
    "seated": "sitting on a chair",
    "kneeling": "kneeling on the floor",
    "quadruped": "on hands and knees",
    "prone": "on your front",
    "side-lying": "on your side",
    "seated-floor": "sitting on the floor",
    "supine": "on your back",
}
POSITIONS = tuple(POSITION_LABELS)
"""From standing down to the floor, the order of a session (rule RB5)."""
UPRIGHT: tuple[Position, ...] = ("standing", "seated")
"""Positions off the floor."""
KNEELING: tuple[Position, ...] = ("kneeling", "quadruped")
"""Positions with weight on the knees."""

Equipment = Literal["none", "chair", "wall", "step", "doorway", "strap", "mat"]
EQUIPMENT_LABELS: dict[Equipment, str] = {
    "none": "no equipment",
    "chair": "a chair",
    "wall": "a wall",
    "step": "a low step or stair",
    "doorway": "a doorway or corner",
    "strap": "a belt or towel",
    "mat": "a mat with a cushion",
}
EQUIPMENT = tuple(EQUIPMENT_LABELS)

Level = Literal["gentle", "moderate", "deep"]
LEVEL_LABELS: dict[Level, str] = {
    "gentle": "a light stretch",
    "moderate": "a clear but mild pull",
    "deep": "a strong pull, not in the first two weeks",
}
LEVELS = tuple(LEVEL_LABELS)
"""From the easiest to the hardest."""

Mode = Literal["static", "dynamic", "contract-relax"]
MODE_LABELS: dict[Mode, str] = {
    "static": "held",
    "dynamic": "moved with the breath",
    "contract-relax": "pressed, released, then held",
}

Spine = Literal["neutral", "flexion", "extension", "rotation", "side-bend", "mixed"]
SPINE_LABELS: dict[Spine, str] = {
    "neutral": "straight",
    "flexion": "bending forward",
    "extension": "bending back",
    "rotation": "twisting",
    "side-bend": "bending sideways",
    "mixed": "bending forward and back",
}

Side = Literal["left", "right"]
SIDE_LABELS: dict[Side, str] = {"left": "left side", "right": "right side"}

Palette = Literal["standard", "high-contrast", "color-blind"]
VoiceMode = Literal["yes", "full", "brief", "names", "breath", "no"]
VOICE_LABELS: dict[VoiceMode, str] = {
    "yes": "explain a stretch the first three times, then say little",
    "full": "explain every stretch",
    "brief": "name the stretch and say when to hold, rest and switch",
    "names": "name the stretch and the side",
    "breath": "as yes, and each breath too",
    "no": "do not speak",
}

Caution = Literal[
    "pregnancy", "osteoporosis", "knee", "hip", "ankle", "shoulder", "wrist", "neck", "disc", "stenosis", "sciatica",
    "head-down", "recent-surgery", "balance", "hypermobility",
]  # fmt: skip
CAUTION_LABELS: dict[str, str] = {
    "pregnancy": "in pregnancy and the six weeks after birth",
    "osteoporosis": "with osteoporosis or after a fracture of the spine",
    "knee": "with a painful, injured or replaced knee",
    "hip": "with a hip replacement, hip surgery or a pinch in the groin",
    "ankle": "with a painful, stiff or replaced ankle or foot",
    "shoulder": "with a painful, frozen or unstable shoulder",
    "wrist": "with a painful or replaced wrist, hand or elbow",
    "neck": "with neck trouble that reaches the arm or makes you dizzy",
    "disc": "with a disc problem, or pain that is worse bending or sitting",
    "stenosis": "with a narrow spinal canal, or legs that ache standing and ease when you sit",
    "sciatica": "with nerve pain down one leg that has been checked",
    "head-down": "with glaucoma, uncontrolled blood pressure, or faintness with the head low",
    "recent-surgery": "in the twelve weeks after an operation",
    "balance": "when you are unsteady or dizzy",
    "hypermobility": "with very bendy joints",
}
"""Cautions that stretches name, with the people they are for."""

Tag = Literal[Caution, "floor", "older-adult"]
"""Anything a person may report: a caution of stretches, or one about the routine as a whole."""
ROUTINE_CAUTION_LABELS = {
    "floor": "when getting down to the floor or up again is hard",
    "older-adult": "from the age of 65",
}
TAG_LABELS = CAUTION_LABELS | ROUTINE_CAUTION_LABELS
TAGS: tuple[Tag, ...] = get_args(Tag)


class Pattern(NamedTuple):
    """A way to breathe: its name as typed, and the milliseconds of a breath in and out; presets have a label."""

    name: str
    inhale_ms: int
    exhale_ms: int
    label: str = ""

    @property
    def cycle_ms(self) -> int:
        """Milliseconds of one breath, which is also the pace of a dynamic stretch (rule B10)."""
        return self.inhale_ms + self.exhale_ms

    @property
    def has_cues(self) -> bool:
        """True if breaths are cued at all; `off` is a plain timer."""
        return self.name != "off"


BREATH_PRESETS = {
    "steady": Pattern("steady", 3_000, 3_000, "3 s in, 3 s out at most"),
    "calm": Pattern("calm", 4_000, 6_000, "4 s in, 6 s out"),
    "even": Pattern("even", 5_000, 5_000, "5 s in, 5 s out"),
    "off": Pattern("off", 3_000, 3_000, "a plain timer"),
}
"""Rules B1, B2 and B8. `off` has no breath cues; dynamic stretches then take six seconds a repetition (rule B10)."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAY_LABELS: dict[Weekday, str] = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday",
    "sun": "Sunday",
}  # fmt: skip
WEEKDAYS = tuple(WEEKDAY_LABELS)
"""Monday first, as `date.weekday()` counts; the short name is `key.capitalize()`, iCalendar's is `key[:2].upper()`."""

EntryKind = Literal["stretch", "figure", "program", "area", "group", "source"]
ENTRY_LISTS: dict[EntryKind, str] = {
    "stretch": "stretches", "figure": "figures", "program": "programs", "area": "areas", "group": "groups",
    "source": "sources",
}  # fmt: skip
"""Kinds of catalog entries, each with the field under which a file lists several of them."""
ENTRY_KINDS = tuple(ENTRY_LISTS)
