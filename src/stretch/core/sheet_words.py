"""Vocabulary of exercise sheets: words and abbreviations by their meaning."""

from stretch.core.vocabulary import Position


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TIMES_A_DAY = {"daily": 1, "qd": 1, "od": 1, "bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4}
KINDS = {
    "s": "s sec secs second seconds",
    "m": "m min mins minute minutes",
    "u": "hr hrs hour hours hourly hrly",
    "x": "x *",
    "t": "time times",
    "T": "rep reps repetition repetitions rounds cycles",
    "z": "set sets lot lots",
    "b": "breath breaths",
    "h": "hold holds holding held",
    "r": "rest rests relax pause break",
    "p": "repeat repeated repeats rpt do perform complete",
    "g": "more",
    "e": "each ea either both per every",
    "d": "day d",
    "D": "days",
    "k": "week weeks wk wks weekly",
    "v": "daily",
    "U": "every-other-day",
    "V": " ".join(TIMES_A_DAY),
    "q": "am pm morning mornings evening evenings night bedtime nightly",
    "l": "left right l r lt rt",
    "I": "side sides leg legs le arm arms ue way ways direction directions",
    "i": "knee knees foot feet hip hips hand hands ankle ankles shoulder shoulders shld wrist wrists elbow elbows",
    "o": "only",
    "f": "first start starting begin",
    "y": "bilateral bilaterally bilat b alternate alternating",
    "a": "a an the of for on to and with in at your by or it this between slow controlled deep full freq frequency & +",
}
"""The words of each kind."""
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "sixty": 60,
}  # fmt: skip
"""Numbers in words."""
WHEN = {
    "a": "in the morning", "m": "in the morning", "p": "in the evening", "e": "in the evening", "n": "at night",
    "b": "at bedtime",
}  # fmt: skip
"""What a note says for a word of the kind q, by its first letter."""
OTHER_DAYS = (
    r"(?i)\b(?:no|not|never|except|excluding|but|skip|avoid|omit|off|rest|call|phone|tel|contact|email|clinic|open|class|group"
    r"|reception|available|appointments?|review|see|seen)\b|n't\b"
)
"""Words of lines with days of the week on which the exercises may not be done."""
SAME_WORDS = {
    "single knee to chest": "sktc", "double knee to chest": "dktc", "knee to chest": "ktc", "quad": "quadriceps",
    "lower trunk rotation": "ltr", "posterior pelvic tilt": "ppt", "hamstring": "hs ham hams hammies hammy",
    "trapezius": "trap traps", "pectoral": "pec pecs", "gastrocnemius": "gastroc", "levator": "lev",
    "scap": "scapula scapulae scapular", "glute": "gluteal buttock", "lying": "supine lie", "side lying": "sidelying",
    "seated": "sitting sit", "standing": "stand", "kneeling": "kneel", "strap": "towel belt", "double": "both",
    "rotation": "twist turn rotate rot rotn", "thoracic": "t-spine tx", "neck": "cervical c-spine cx", "forward": "fwd",
    "up": "ups", "flexion": "flex flexn", "extension": "ext extn", "dorsiflexion": "df", "mobility": "mob",
    "opposite": "opp opposition", "clasped": "clasp", "cross": "across", "windscreen": "windshield",
    "bridge": "bridging", "glide": "gliding", "foot": "feet", "calf": "calve", "butterfly": "butterflie",
    "middle": "mid", "upper trapezius": "ut", "levator scapula": "ls", "hip flexor": "hf", "heel cord": "hc",
    "piriformis": "piri", "posterior": "post", "radial deviation": "rd", "ulnar deviation": "ud",
    "adductor": "add adds", "external rotation": "er", "internal rotation": "ir", "backward": "bkwd bwd",
    "prone on elbow": "poe", "prone press up": "ppu", "extension in lying": "eil reil",
    "standing extension": "eis reis", "side bend": "sb", "clockwise": "cw", "counterclockwise": "ccw anticlockwise",
}  # fmt: skip
"""Words, and those that mean the same; a name of the catalog is read in the same way."""
PHRASES = {
    r"\bhug (?:both|double) knees?\b": "double knee to chest",
    r"\bknees(?=[ -]to[ -](?:the )?chest)": "double knee",
    r"\b(?:lie |lying )?(?:flat )?on (?:your |the )?back\b|\bhook[- ]?lying\b": "supine",
    r"\b(?:lie |lying )?(?:face down|on (?:your |the )?(?:stomach|front|tummy|belly))\b": "prone",
    r"\b(thoracic|cervical|lumbar) spine\b": r"\1",
    r"\b(?:x|cross)[- ]?body\b": "cross body",
    r"\blat(?:eral)? (?:(trunk|neck|cervical) )?flex(?:ion)?\b|\bside[- ]?bend(?:s|ing)?\b": r"\1 side bend",
    r"\bhips? (?=add(?:uctor)?s?\b)": "",
    r"\b(sit(?:ting)?|seated|stand(?:ing)?) (?:up )?(?:tall|upright|straight)\b": r"\1",
    r"\bin (?:a |the |your )?chair\b": "seated chair",
    r"\bleg(?= (?:straight|bent)\b)": "knee",
    r"\b(?:on )?(?:all fours|(?:your )?hands (?:and|[&+]) knees)\b": "quadruped",
    r"\bdoor ?frame\b": "doorway",
}
"""Patterns of phrases, and the words for them."""
FILLERS = _set(
    "a an the of for on to and or with in at your by it this between from as my each against only into off then while"
    " right left r l rt lt stretch strech stretching exercise pose s str"
)
"""Words that no name depends on."""
PLAIN = _set(
    "gentle gently slow slowly easy easily deep static relaxed passive simple basic arom aarom prom rom repeated pull"
    " bring keep do hold perform complete repeat lie try clockwise counterclockwise"
)
"""Words that can stand beside a name and do not make it another stretch."""
DIRECTIONS = _set("forward backward back reverse")
"""Words that say which way a roll or a circle goes."""
PLACES = _set("lying prone quadruped seated standing kneeling floor mat bed tall")
"""Words for where and how it is done."""
LIMBS = _set("arm hand elbow palm straight bent crossed overhead support strap behind under exhale inhale breath out")
"""Words that say how the arms are, or what helps."""
_LEG, _ARM = (
    "hips hip-flexors glutes piriformis hamstrings quads calves inner-thighs ankles feet",
    "shoulders wrists hands",
)
AREAS_OF = {
    part: _set(areas)
    for part, areas in {
        "leg": _LEG, "le": _LEG, "arm": _ARM, "ue": _ARM, "extremity": f"{_LEG} {_ARM}", "neck": "neck",
        "shoulder": "shoulders", "elbow": "wrists", "forearm": "wrists", "wrist": "wrists hands",
        "hand": "hands wrists", "finger": "hands", "back": "lower-back upper-back", "spine": "lower-back upper-back",
        "lumbar": "lower-back", "thoracic": "upper-back",
        "hip": "hips hip-flexors glutes piriformis inner-thighs hamstrings quads",
        "knee": "quads hamstrings calves", "ankle": "ankles calves feet", "foot": "feet ankles calves",
    }.items()
}  # fmt: skip
"""Parts of the body in headings, and the areas of their stretches."""
TOPICS = frozenset(f"{part}{ending}" for part in AREAS_OF for ending in ("", "s")) | _set(
    "body feet cervical low lower upper middle core posture balance mobility flexibility strength strengthening motion"
    " rom warm cool"
)
"""Parts of the body and aims, which may be a heading, also before a name."""
VAGUE = TOPICS | _set("adduction rotation extension flexion capsule opposite edge cord couch overhead")
"""Words that do not describe a stretch on their own: of which joint?"""
UNTELLING = (
    PLAIN
    | PLACES
    | LIMBS
    | _set("chair wall raise lift drop edge open squeeze glide cross back over round around up down side leg single")
)
"""Words that too many names have for one to be suggested because of them."""
GENERIC = VAGUE | _set("flexor extensor roll circle heel")
"""Words of which a suggestion needs a second one."""
CHANGING = _set("single one reverse advanced")
"""Words that make another exercise of a stretch that has none of them in its names."""
STRENGTH = _set(
    "weighted weight band ball theraband tb tband dumbbell roller roll resistance march walkout kick curl abduction"
    " isometric elevated"
)
"""Words that make another exercise of it wherever they are."""
MAKE_ANOTHER = (
    ("child", r"\b(?:arms?|hands?|reach\w*|walk\w*|lean\w*|bend\w*)\b[^,;]*\b(?:side|left|right|[lr])\b", "side reach"),
    ("calf", r"\bknees? (?:is |slightly |a (?:bit|little) )*bent|\bbend\w* (?:\w+ ){0,2}knee|\bsoft knee", "knee bent"),
    ("soleus", r"\b(?:knee|leg)s? (?:is |kept )?straight|\bstraight(?:en)? (?:\w+ ){0,2}(?:knee|leg)", "knee straight"),
    ("quad", r"\b(?:hold\w* (?:on|\w* ?(?:counter|bench|rail))|balance|counter|rail|stand\w*)\b", "standing"),
    ("quad", r"\bfoot (?:up |back )?(?:on|onto) (?:a |the )?(?:chair|couch|sofa|bench)", "chair"),
    ("hamstring", r"\bdoor(?:way|frame| frame)?\b", "doorway"),
    ("hamstring", r"\b(?:foot|heel|leg) (?:is |up |propped )*on (?:a |the )?(?:step|stool|chair)", "heel on step"),
    ("flexor", r"\bhip\b.*\b(?:arms?|reach\w*)\b[^,;]*\b(?:overhead|up|over)\b", "arm up"),
    ("trapezius", r"\barmpit\b|\b(?:nose|look\w*|turn\w* (?:your )?head)\b[^,;]*\bdown\b", "nose to armpit"),
    ("trunk", r"^(?=.*(?:\bsupine|(?<!side.)\blying))(?!.*(?:\d ?[sm]|\bhold)).*\btrunk rotations\b.*\d", "knee rolls"),
    ("chest", r"\bwith both (?:legs|knees)\b(?! bent)", "double"),
    ("pelvic", r"\bwall\b", "wall"),
    ("wrist", r"\bstr(?:etch|\b).*\bpalms? (?:facing )?down", "extensor"),
    ("wrist", r"\bstr(?:etch|\b).*\bpalms? (?:facing )?up", "flexor"),
    ("prayer", r"\bback(?:s|hand)?\b[^,;]*\b(?:together|hands)", "reverse"),
    ("bridge", r"\b(?:lift|rais|march)\w* (?:\w+ )?(?:leg|foot)\b|\bleg (?:lift|raise)", "single leg"),
)  # fmt: skip
"""A word of a stretch, a pattern of what makes another one of it, and what the name of that one must have, too."""
NAMELESS = TOPICS | _set(
    "home daily my your the each all these this stretch stretches stretching exercise exercises program programme plan"
    " list sheet protocol hep for hold repeat do perform complete of a and or in on up down range phase day week"
    " between set sets every right left r l le ue am pm morning evening rest frequency time times"
)
"""Words that name no exercise."""
CONDITIONS = (
    r"hep program(?:me)? exercises stretches rehab phase stage pain(?!.?free) sprain strain tears? rupture injury"
    r" fracture o\.?a (?:osteo)?arthriti[sc] frozen stiffness capsulitis fasciitis bursitis tend[io]nitis tendinopathy"
    r" impingement syndrome sciatica dislocation meniscus [amp]clr? th[ra] tk[ra] s/p post-?op\w* op surg\w+"
    r" operation replacement repair reconstruction arthroscopy sore worse affected involved operated"
    r" injured painful weak"
)
"""Patterns of words for which condition a list is; with a side, they say which side all of it is about."""
POSITIONS: dict[str, tuple[Position, ...]] = {
    "supine|on (?:your |the )?back": ("supine",),
    "prone|face down|on (?:your |the )?(?:stomach|front)": ("prone",),
    "lying": ("supine", "prone", "side-lying"),
    "long[- ]sit(?:ting)?": ("seated-floor",),
    "(?<!long[- ])(?:seated|sitting)": ("seated", "seated-floor"),
    "chair": ("seated",),
    "standing|stand": ("standing",),
    "kneeling|all fours|quadruped|hands (?:and|[&+]) knees|(?<!hands )on (?:heels|knees)": ("kneeling", "quadruped"),
    "side[- ]?lying": ("side-lying",),
}  # fmt: skip
"""Patterns of words for positions."""
NOT = r"(?:avoid|contra-?indicated|omit|skip|stop(?!-)|discontinued?|hold off|leave out|no longer|no more|not)"
NOW = r"(?:for now|yet|(?:un)?till? (?:next|further|cleared|seen|told|then)|this|next|today|at this)\b.*"
THINGS = r"(?:(?:the|these|those|following|all|any|exercises?|stretch(?:es)?|movements?|things)\b ?)*"
"""Patterns of words for not to do something, for how long, and for exercises as such."""
