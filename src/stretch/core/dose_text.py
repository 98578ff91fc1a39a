"""Parser of the dose in a line of an exercise sheet: `30 sec x 3 each side`, `2x10`, `hold 20s, R only`.

Each word is reduced to a letter for its kind, and the patterns are matched against these letters.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from stretch.core.sheet_words import KINDS, NUMBERS, OTHER_DAYS, TIMES_A_DAY, WHEN
from stretch.core.vocabulary import WEEKDAYS, Side

_KIND_OF = {word: kind for kind, words in reversed(KINDS.items()) for word in words.split()}
_PLAIN_MARKS = str.maketrans("\u2013\u2014\u2212\xd7\u201c\u201d\u2033\u2018\u2019\u2032", "---x\"\"\"'''")
_NUMBER = "|".join(NUMBERS)
_COUNTED = rf"(?:\d+(?: ?(?:-|to|or) ?\d+)?|{_NUMBER})"
_LONG = r"(?:weeks|wks|months?|mths?|mos)\b"
_HALVES = r"(?:(?:(?<!\bx)(?<!\bx )\d )?1/2|\d*\.5|\d+)"
"""A number of minutes; `x 3 1/2` are two numbers."""
_THEN = r"(?:it|this|that|you|your|pain|able|easy|comfortable|the|these)\b"
"""What follows on `once` in a condition."""
_SPELLINGS = [(re.compile(pattern, re.IGNORECASE), replacement) for pattern, replacement in (
    (
        r"^(?:\s|->|#\d{1,2}\b|[^\w\s(/\"'+-]|[-*o](?=\s)|\[.?\]|\(?(?:\d{1,2}|[a-kmnopqs-z])[.)](?=\s|[a-z])"
        r"|\d{1,2}/(?=\s)|(?:ex(?:ercise)?|stretch|step|day|no)\b\.? ?#?\d{1,2}\s?[-:.)])+\s*",
        "",
    ),
    (r"\s?\u00bd", " 1/2"),
    (r"\b(\d)\s?m(?:in)?\s?([0-5]\d)\b(?:\s?s(?:ecs?)?\b)?", lambda m: f"{int(m[1]) * 60 + int(m[2])} s"),
    (r"\b(\d)\s?d(?:ays?)?\s?/\s?w(?:k|eek)?\b", r"\1 days/week"),
    (r"(\d)\s?(?:\"|'')", r"\1 s "),
    (r"(\d)\s?'(?!\w)", r"\1 min "),
    (
        r"(?:\b(\d)|(?<!\S)):([0-5]\d)\b(?:\s?m(?:in(?:ute)?s?)?\b)?",
        lambda m: f"{int(m[1] or 0) * 60 + int(m[2])} s",
    ),
    (r"\b([abpqt])\.([imo])\.?(d?)\b\.?", r"\1\2\3"),
    (r"\bb/l\b|\(b\)", " bilateral "),
    (r"\b([lrb]) ?([lu]e)(?:'?s)?\b", r"\1 \2"),
    (r"\b(?:(c)|(t)|l)(?:/?sp|/s)\b", lambda m: "cervical" if m[1] else "thoracic" if m[2] else "lumbar"),
    (r"\bd/?c(?:'?d|ed)?\b", "discontinue"),
    (r"\(([lr])\)(\s?(?:/|&|\+|and|then)\s?)\(([lr])\)", r"\1\2\3"),
    (r"\b(?:(l|left)|r|right)\s?(?:/|&|\+|and|then)\s?(?(1)(?:r|right)|(?:l|left))\b|\be/s(?:ide)?\b", " each side "),
    (r"(?<=[a-z] )st\b\.?(?! )|(?<=[a-z] )st\.", "stretch"),
    (r"(?:for )?(?:a |the )?(?:slow )?count of (\d+)|\b(\d+)[- ]count\b", r" \1\2 s "),
    (r"(\d ?(?:s|secs?|seconds?|mins?|reps?))x(?=\d)", r"\1 x "),
    (r"\bat (45|90)\b(?!\s?(?:s|\d|x))", r"at \1 degrees"),
    (r"\b(quad|glute|ham|hamstring)s?[- ]sets?\b", r"\1-sets"),
    (r"(?<=[a-z])\s/\s(?=[a-z])", "/"),
    (r"(?<=\d)-(?=[a-z])|(?<=[a-z])-(?=(?:sec(?:ond)?|min(?:ute)?)s?\b)", " "),
    (r"\b(?:affected|involved)[ (]+(left|right|[lr]t?)\b\)?(?: (?:side|leg|arm)\b)?", r"\1 side only"),
    (r"\b(?:(?:every|each) (?:other|second|2nd)|alternat(?:e|ing)) days?\b|\bqod\b", "every-other-day"),
    (r"\bpause at (?:the )?end(?: of)?(?: the)?(?: range)?\b", "hold"),
    (r"\bc(?= (?:strap|towel|belt)\b)", "with"),
    (r"\b(\d)-(\d)-(\d)\b", r"\1/\2/\3"),
    (r"\b(?:q|every) ?(\d+(?:-\d+)?) ?h(?:rs?|ours?)?\b", r"every \1 hours"),
    (rf"\b({_NUMBER}) (to|or) ({_NUMBER})\b", lambda m: f"{NUMBERS[m[1].lower()]} {m[2]} {NUMBERS[m[3].lower()]}"),
    (r"^\s*(?:(?:please|continue|resume|(?:don't|do not) forget)(?: (?:with|to do))?\b|(?:add|new|start)\s?[:-])", ""),
    (r"(?:~|\b(?:at least|up to|about|around|approx(?:imately)?\b\.?))\s?(?=\d)", ""),
    (r"\bsides?:?\s+(both|right|left|[rl])\b(?! side)", r", \1 side only"),
    (r"\b([lr])\s?>", r"\1 more than "),
    (r"\bm([/,]) ?w\1 ?f\b|\bmwf\b", "mon/wed/fri"),
    (r"\bw/(?:(o)\b)?\s*", lambda m: "without " if m[1] else "with "),
    (r"\b(?<=once|wice|rice) daily\b", " a day"),
    (r"\bonce (?:or|to) twice\b", "1-2 times"),
    (rf"\b(?:(once)(?! {_THEN})|(twice)|thrice)\b", lambda m: f"{1 if m[1] else 2 if m[2] else 3} times"),
    (r"\b(?:(half )(?:a |1 )?|a )min(?:ute)?\b", lambda m: "30 s" if m[1] else "1 min"),
    (r"\bea\. ?(?=[a-z])", "ea "),
    (rf"(?<![\d./])({_HALVES})(?: ?(?:-|to) ?({_HALVES}))? ?(?:m|min(?:ute)?s?)\b", lambda m: _in_seconds(m)),
    (r"\b(\d)/(\d)(?=\s?(?:x|times|reps))", r"\1-\2"),
    (r"(\d)(?= (?:(?:for|back)wards?|(?:anti-?|counter-?)?clockwise|fwd|b[kw]*d|c?cw)\b)", r"\1 x"),
    (r"\bfig(?:ure)?\.?[- ]?4\b", "figure four"),
    (r"\bboth knees(?= to\b)|(?<=hug )both knees", "double knee"),
    (r"\bstr8\b", "straight"),
    (r"@", " at "),
    (r"\bhold:(?=\s?\d)", "hold "),
    (r"\bb/w\b", "between"),
    (rf"(?<=\d)(?={_LONG})", " "),
    (rf"\bx ?(?={_COUNTED} {_LONG})", "for "),
    (r"\bst(?:re|er)(?:t?ch|tc|cth|th|hc)(?=(?:es|ing)?\b)", "stretch"),
)]  # fmt: skip
"""What is replaced before a line is read."""
_ASIDE = re.compile(
    r"(?i)(?:\b(?:skip|stop|avoid|omit|not|only|even|except|(?:hold|back|ease) off)\b(?: [a-z]+){0,3} )?"
    rf"\b(?:if|unless|once(?= {_THEN})|when(?:ever)?)\b"
    r"(?:[<>] ?\d+(?![\w/.])|[^,;.()\d]|\d+/10\b|\d+(?= ?(?:min|h(?:ou)?r|day)))*"
    r"|(?<=[,;.] )\d[^,;.()]*\b(?:if|once|when) (?:stronger|easy|easier|able|ready|tolerated|comfortable)\b"
    rf"|\b(?:for|over) (?:a|{_COUNTED}) (?:days?(?! ?(?:/|a\b|per\b|each\b|every\b|we?e?k))|week|wk)\b"
    r"|(?:\b(?:for|over|in|within|after|every|until) )?(?:\b(?:the|next|first|last|another|other) )*"
    rf"(?<![\w/.-]){_COUNTED} {_LONG}"
    r"|\b(?:progress(?:ing)?|(?:build|work)(?:ing)?(?: up)? to|increas(?:e|ing)|advance) [^,;.()]*"
)
"""A condition, for how long, or what is to come later: it says nothing of the name or of the dose."""
_DAY = rf"(?:{'|'.join(WEEKDAYS)})[enrsu]{{0,3}}(?:days?)?\b\.?"
_DAYS = re.compile(
    rf"(?i)(?:\b(?:on|from|every|each) )?(\b{_DAY}(?:\s?(?:[-/,&+\s]|\b(?:to|and|thru|through)\b)\s?{_DAY})+)"
)
"""Two or more days of the week."""
_TOKEN = re.compile(
    rf"(?!(?:{'|'.join(sorted({*_KIND_OF} - {*'&+*'}))})\d)(?:[ct]|[^\W\d_]{{2,}})\d\w*"
    r"|\d+/\d+(?:/\d+)*|\d+\s?(?:degrees?|deg|\xb0|cm|inch(?:es)?|lbs?|kg|#)(?!\w)|(?P<low>\d{1,4})(?:\s?(?:-|to\b|or\b)\s?(?P<high>\d{1,4})(?![\d/]|-\d))?"
    r"|[<>\u2264\u2265]=?\s?\d+(?:\s?-\s?\d+)?(?:/10\b|\s?(?:%|\xb0|deg(?:ree)?s?\b))"
    r"|(?:(?<=pain)|(?<=pain ))[<>]\s?\d+\b"
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*|[^\w\s]|\d+|_",
    re.IGNORECASE,
)
_SIDE = r"[(]?+a*l[iI]?+[)]?+"
_COUNT = r"(?:x?n[xtTz]+a*n[sm]h?|n[sm]h?[,a]*x?n[xtT]?|x?n(?![sm])[xtTz]*)"
"""How often, perhaps with how long, as `3 x 20 s` or `20 s x 3`."""
_RULES = [(name, re.compile(pattern)) for name, pattern in (
    ("days", r"(n)(?:[xtDd][/ea]*|[/ea]+)k"),
    ("times_a_day", r"(n)t[/ea]*[dv]|(?<!x)(n)(?:x?[/ea]*d|xv)|(?<=nx)(n)(?:/d|xv)|(?<=[sm]x)(n)v|(?<!n)x(n)[/e]+d"),
    ("times_a_day", r"e([dD])|([vV])"),
    ("often", r"e?(?:(?<!x)n)?[/ea]*u|a*e?q(?:[/a,]*q)*|U"),
    ("rest_s", r"r[a,]*(n)[sm](?!a*h)(?:a[ztT]?)?|(n)[sm]a*r(?!a*n[sm](?!a*h))(?:a[ztTe]?)?"),
    ("each", rf"{_SIDE}[,a]*{_COUNT}[,/a]*{_SIDE}[,a]*{_COUNT}|(?:{_COUNT}[,a]*{_SIDE}[,/a]*){{2}}(?![,ax]*n(?![sm]))"),
    ("reps sets", r"(n)x(n)z|x?(n)[tTb][a,x]*(n)z(?!a*n[tT])"),
    ("reps hold_s", r"(?:[pT],?)?x?(n)[xtTzh][ax]*(n)[sm]h?"),
    ("hold_s reps", r"h?[ae]*(n)[sm]h?e?x(n)[tTz]?|(?<![sm])h[ae]*(n)x(n)[tT]?"),
    ("sets reps", r"(n)(?:x|z[a,x]*)(n)(?![sm])[tTb]?"),
    ("sets", r"z,?(n)|x?(n)z"),
    ("more", r"p?a?(n)g[tT]?"),
    ("hold_s", r"(?:h[ae,]*(n)[sm]?(?![xtTb])|(n)[sm]h?)(?:e(?=[,(|]|$))?"),
    ("reps", r"[ptT][,a]*x?(n)[tTxb]?|a?(n)a*[tTbx]|x(n)[tTb]?|(n)(?=[a(]*(?:e(?:[iI,)|]|$)|y)|/I)|^(n)(?=a?[wi])"),
    ("both", r"a*(?:e|/)I|a*ei(?=[,|()]|$)|y[iI]?|e(?=[,)|]|$)"),
    ("first_side", r"fa*(l)I?|(l)I?f"),
    ("sides", r"(l)[iI]?o|oa*(l)[iI]?|\((l)[iI]?\)|(?<![^,|])a*(l)[iI]?(?=[,|]|$)"),
    ("sides", r"(?<![^,|])w?(l)(?=i)"),
    ("sides", r"^[wiIa]*[wi](l)I?(?=[,|(]|$)|^a*(l)(?=[wi])"),
)]  # fmt: skip
"""Patterns in the order in which they are tried, named for the fields that their numbers and sides fill, or `_FILL`.

They are for `3 times a week`, `2x/day`, `daily`, `every 2 hours`, `rest 30 s`, `3 x 20 s L, 2 x 20 s R`, `10 x 3 sets`,
`3 reps of 20 s`, `hold 20 s x 3`, `3 x 10`, `3 sets`, `2 more`, `hold 5 s`, `x 10`, `each side`, `left first`,
`left only`, `left knee` within a name, and `Calf stretch R`.
"""
_TURNS, _CIRCLES = ("way", "ways", "direction", "directions"), r"(?i)circl|\b(?:ankle|wrist|foot|hand) (?:rot|roll)"
"""Words for sides that are the directions of a circle in these exercises."""
_EACH_HOLD = r"(?i)\d ?(?:s|m)[a-z]* ea(?:ch)?\b(?! (?:way|direction))"
"""A hold that each side has, such as `30 sec each`, where there is no number of which that is said."""
_REPS_OR_TIMES = r"n[xt][/ea]*v|(?<!n)xn[/e]+d"
"""Kinds of `8 x daily` and `x 3/day`."""
_UNNAMED_SIDE = r"(?i)\b(?:un)?(?:affected|involved) (?:side|leg|arm)"
_SAYS_NOTHING = frozenset("aehptTxgzsmbo,/()")
"""Kinds of which nothing is left to read where there are no others."""
AMOUNTS = ("hold_s", "reps", "sets", "rest_s", "sides", "first_side")
"""Fields of `DoseText` that an entry of a program has, too."""


class Token(NamedTuple):
    """A word, a number or a mark, its kind as a letter, and the number; of a range the lower end, of `bid` 2."""

    text: str
    kind: str
    start: int
    value: int
    is_range: bool = False


class DoseText(Struct, kw_only=True):
    """The dose in one line; None where it has none."""

    sets: int | None = None
    reps: int | None = None
    hold_s: int | None = None
    rest_s: int | None = None
    sides: str | dict[str, int] | None = None
    each_side: bool = False
    """True if the numbers are those of one side, and the other is to have the same."""
    both: str = ""
    """Words such as `both legs`, which may be a part of the name instead of the sides."""
    first_side: Side | None = None
    times_a_day: int | None = None
    days: int | str | None = None
    """How many, or those named, as a program has them: `[mon, wed, fri]`."""
    often: tuple[str, ...] = ()
    """Words for how often or when it is done that no number can hold, such as `every 2 hours`."""
    asides: tuple[str, ...] = ()
    """Conditions and what is to come later, such as `if you can`."""
    text: str = ""
    """The line in usual spelling."""
    rest: tuple[str, ...] = ()
    """The parts of the line that say nothing of the dose."""
    doubts: dict[str, str] = {}
    """What is not clear, by field."""
    lower: dict[str, str] = {}
    """Ranges of which the lower end was taken, by field."""

    @property
    def amounts(self) -> dict[str, object]:
        """The fields of an entry that the line fills."""
        return {name: value for name in AMOUNTS if (value := getattr(self, name)) is not None}

    @property
    def has_numbers(self) -> bool:
        """Whether the line says more of the amount than the sides, such as `x 10`."""
        return bool(self.amounts.keys() - {"sides"})


def read_dose(text: str) -> DoseText:
    """Return the dose in the line *text*; whatever is not understood is in its `doubts`."""
    text = text.translate(_PLAIN_MARKS)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    dose = DoseText(text=text, asides=tuple(aside.strip(" -:") for aside in _ASIDE.findall(text)), doubts={}, lower={})
    bare, days = _ASIDE.sub(lambda match: "," * len(match[0]), text), ""
    if not re.search(OTHER_DAYS, text):
        days = ", ".join(_DAYS.findall(bare))
        bare = _DAYS.sub(lambda match: "," * len(match[0]), bare)
    tokens = _tokens(bare)
    left = _apply_rules(dose, tokens)
    _name_days(dose, days)
    _conclude(dose, _kinds(tokens))
    if unclear := re.search(r"[nTz]|(?<=\|)k", left):
        dose.doubts["reps"] = f"what does {tokens[unclear.start()].text} mean"
    if "l" in left or (dose.sides is None and re.search(_UNNAMED_SIDE, text)):
        dose.doubts["sides"] = "which side"
    dose.rest = tuple(_parts(text, tokens, left))
    return dose


def _in_seconds(minutes: re.Match[str]) -> str:
    """Return halves of minutes, such as `1/2-1 min`, in seconds, and whole ones as they are."""
    if not re.search(r"/|\.", minutes[0]):
        return minutes[0]
    return "-".join(str(int(60 * sum(map(Fraction, end.split())))) for end in minutes.groups() if end) + " s"


def _tokens(text: str) -> list[Token]:
    """Return the words, numbers and marks of *text*: of `3-5 x` a number and a word."""
    tokens = list[Token]()
    for match in _TOKEN.finditer(text):
        word = match[0].lower()
        if match["low"] is None:
            kind = _KIND_OF.get(word) or ("w" if word[0].isalnum() or word[1:] else word if word in "()/" else ",")
            tokens.append(Token(word, kind, match.start(), TIMES_A_DAY.get(word, 1)))
            continue
        low, high = int(match["low"]), int(match["high"] or 0)
        # "x 3 - 5 sec" and "3 - 30 sec" are two numbers.
        apart = " " in word and "-" in word and re.search("[xpT],?$", _kinds(tokens))
        if not high or (low <= high <= (2 if " " in word else 4) * low and not apart):
            tokens.append(Token(word, "n", match.start(), low, is_range=high > low))
        else:
            tokens += [Token(match[part], "n", match.start(part), int(match[part])) for part in ("low", "high")]
    kinds = f" {_kinds(tokens)} "
    for at, token in enumerate(tokens):
        # A word such as "one" is a number only beside a unit, or as in "two sets of ten": it may be one knee.
        units = kinds[at] == "x" or kinds[at + 2] in "smxtTzbgdDke"
        if token.text in NUMBERS and (units or (kinds[at - 1] == "z" and tokens[at - 1].text == "of")):
            tokens[at] = Token(token.text, "n", token.start, NUMBERS[token.text])
    return tokens


def _kinds(tokens: Iterable[Token]) -> str:
    return "".join(token.kind for token in tokens)


def _apply_rules(dose: DoseText, tokens: list[Token]) -> str:
    """Take what the rules find in *tokens* into *dose*; return their kinds with a bar for each that is understood."""
    kinds = _kinds(tokens)
    for name, pattern in _RULES:
        while match := pattern.search(kinds):
            groups = [tokens[match.start(i)] for i in range(1, pattern.groups + 1) if match.start(i) >= 0]
            # What stands before a side may be the name.
            start, end = match.start(match.lastindex or 0) if name == "sides" else match.start(), match.end()
            if name == "reps" and dose.reps == groups[0].value:
                # "10 forward, 10 back" is twenty.
                dose.doubts["reps"] = f"{dose.reps} or {2 * dose.reps}"
            if name in _FILL:
                _FILL[name](dose, tokens[start:end])
            else:
                for field, token in zip(name.split(), groups, strict=False):
                    _fill(dose, field, token, tokens[start:end])
            # "Pull right knee to chest" stays one part.
            mark = "a" if name == "sides" and kinds[end - 1 : end + 1] == "li" else "|"
            kinds = kinds[:start] + mark * (end - start) + kinds[end:]
    return kinds


def _conclude(dose: DoseText, kinds: str) -> None:
    """Put right in *dose* what only the whole line, whose words are of *kinds*, tells."""
    if dose.hold_s and not dose.reps and not dose.sides and re.search(_EACH_HOLD, dose.text):
        _set(dose, "sides", "both")
    if not dose.reps and dose.hold_s:
        # "3 sets of 30 seconds": each set is one hold.
        dose.sets, dose.reps = None, dose.sets
    if (dose.sets or 0) > (dose.reps or 0) > 0:
        dose.doubts |= dict.fromkeys(("sets", "reps"), f"{dose.sets} or {dose.reps}")
    if dose.reps is None and dose.times_a_day and re.search(_REPS_OR_TIMES, kinds):
        dose.doubts["reps"] = f"{dose.times_a_day} each time, or times a day"


def _fill(dose: DoseText, field: str, token: Token, span: list[Token]) -> None:
    """Take *token* with the words around it, *span*, such as `30 sec` or `left leg`, into *dose*."""
    if token.kind == "l":
        _set(dose, field, _side(token))
        return
    after = _kinds(span[span.index(token) + 1 :])
    minutes, more = after.startswith("m"), field == "more"
    _set(dose, "reps" if more else field, token.value * (60 if minutes else 1) + more, token)
    if minutes and token.is_range:
        dose.lower[field] += " min"
    words = {each.text for each in span}
    if field == "rest_s" and "pause" in words and "between" not in words:
        # It may be one at the end of a movement.
        dose.doubts["rest_s"] = "a rest or a hold"


def _fill_often(dose: DoseText, span: list[Token]) -> None:
    """Take how often or when it is done, such as `every 2 hours` or `am + pm`, into *dose*."""
    kinds = _kinds(span)
    if "U" in kinds:
        dose.doubts["days"] = "every other day"
        dose.asides += ("every other day",)
    elif "u" in kinds:
        dose.doubts["times_a_day"] = hours = " ".join(token.text for token in span)
        dose.often += (re.sub(r"\bhr", "hour", hours),)
    else:
        when = dict.fromkeys(WHEN[token.text[0]] for token in span if token.kind == "q")
        dose.often += (" and ".join(when),)
        if len(when) > 1:
            _set(dose, "times_a_day", len(when))


def _fill_both(dose: DoseText, span: list[Token]) -> None:
    """Take both sides, said in words such as `each leg`, into *dose*."""
    words = [token.text for token in span]
    # "10 each way" of ankle circles is said of their directions.
    if words[-1] not in _TURNS or not re.search(_CIRCLES, dose.text):
        _set(dose, "sides", "both")
    dose.each_side = not {*words} & {"both", "b", "bilateral", "bilaterally", "bilat"}
    if words[0] == "both" and words[1:] and not {*words} & {"sides", *_TURNS}:
        dose.both = " ".join(words)


def _fill_each(dose: DoseText, span: list[Token]) -> None:
    """Take what each side does, such as `3 x 20 s L, 2 x 20 s R`, into *dose*."""
    sides = [_side(token) for token in span if token.kind == "l"]
    holds = [number for number, unit in pairwise(span) if number.kind == "n" and unit.kind in "sm"]
    counts = [token for token in span if token.kind == "n" and token not in holds]
    for hold in holds:
        _fill(dose, "hold_s", hold, span)
    if len({count.value for count in counts}) == 1:
        _set(dose, "sides", "both")
        _fill(dose, "reps", counts[0], span)
        dose.each_side = True
    else:
        each = dict(zip(sides, (count.value for count in counts), strict=False))
        for count in counts:
            _set(dose, "sides", each, count)
    if len({*sides}) == 1:
        dose.doubts["sides"] = "which side"


_FILL = {"often": _fill_often, "each": _fill_each, "both": _fill_both}


def _side(token: Token) -> Side:
    return "left" if token.text.startswith("l") else "right"


def _set(dose: DoseText, field: str, value: object, token: Token | None = None) -> None:
    """Set *field*, unless the line has another value for it."""
    if getattr(dose, field) not in (None, value):
        dose.doubts[field] = f"{getattr(dose, field)} or {value}"
    setattr(dose, field, value)
    if token and token.is_range:
        dose.lower[field] = token.text


def _name_days(dose: DoseText, words: str) -> None:
    """Take the days of the week that *words* name, such as `Mon-Fri`, into *dose*."""
    if not words:
        return
    days = [WEEKDAYS.index(day.lower()) for day in re.findall(rf"(?i)\b({'|'.join(WEEKDAYS)})", words)]
    if re.search(r"(?i)-|\bto\b|\bthr", words):
        days = [*range(days[0], days[-1] + 1)] if len(days) == 2 else []
    if days and dose.days in (None, len({*days})):
        dose.days = f"[{', '.join(WEEKDAYS[day] for day in sorted({*days}))}]"
    else:
        often = f"{dose.days} days a week: {words}" if dose.days else words
        dose.days, dose.doubts["days"], dose.asides = None, often, (*dose.asides, often)


def _parts(text: str, tokens: list[Token], kinds: str) -> Iterator[str]:
    """Yield the parts of *text* between punctuation and what is understood already."""
    for match in re.finditer(r"[^|,()]+", kinds):
        if not set(match[0]) <= _SAYS_NOTHING:
            first, last = tokens[match.start()], tokens[match.end() - 1]
            yield text[first.start : last.start + len(last.text)]
