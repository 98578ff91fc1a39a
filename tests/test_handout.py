"""Handouts: complete in both formats, safe whatever a catalog contains, and fit to print."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from stretch.cli.app import App
from stretch.core.fields import Name, is_sentence
from stretch.core.model import LABELS, SENTENCES, TEXT_FIELDS
from stretch.core.planning.dosing import with_reps
from stretch.core.planning.programs import build_program, needs_rest_day
from stretch.core.routine import Request, Routine
from stretch.core.safety.checklist import Outcome, Urgency
from stretch.core.safety.screening_record import ScreeningRecord
from stretch.core.text import one_line
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import CAUTION_LABELS, WEEKDAYS, Side
from stretch.export import handout
from stretch.export.handout import DISCLAIMER, EASIER_FIRST, Handout, build_handout, frequency_advice
from stretch.export.handout_formats import stylesheet, to_html, to_markdown
from stretch.export.ical import SESSION_DAYS, consecutive_days, default_days
from stretch.figure.colors import PALETTES
from stretch.figure.file_format import Figure
from stretch.figure.svg import render_svg
from stretch.storage import screening_file
from stretch.storage.catalogs.catalog import load_catalog, load_sources
from stretch.storage.files.shipped import load_safety
from support import CATALOG, for_each, routine, run
from test_prescription import RX, prescribed, rx_file

APP = App(environ={"STRETCH_HOME": "/nowhere"})
SAFETY, SOURCES = load_safety(), load_sources()
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VOID = {"meta", "img", "col", "br", "input", "link", "hr"}


@cache
def figure(name: str) -> Figure:
    return APP.figures([name])[name]


def handout_of(made: Routine, *, pictures: bool = True) -> Handout:
    names = [item.stretch.id for item in made.items]
    return build_handout(
        made,
        safety=SAFETY,
        sources=SOURCES,
        figures={name: figure(name) for name in names} if pictures else {},
        rest=needs_rest_day(made),
        command="stretch routine --area lower-back",
    )


@cache
def everything() -> Handout:
    return handout_of(routine(areas=(), stretches=tuple(CATALOG.stretches)))


@cache
def small() -> Handout:
    return handout_of(routine(areas=("lower-back",), minutes=8.0), pictures=False)


@pytest.mark.parametrize(
    ("made", "ends"),
    [
        (routine(areas=("neck",), minutes=2.0), ""),
        (routine(areas=("legs",), before_sport=True), "Step to one side"),
        (routine(areas=("neck",)), "Sit quietly"),
    ],
    ids=["micro-break", "before sport", "usual"],
)
def test_it_says_what_follows_the_stretches(made: Routine, ends: str) -> None:
    page = handout_of(made, pictures=False)
    for text in (to_html(page), to_markdown(page)):
        assert ("To end" in text, ends in text) == (bool(ends), True)


class Page(HTMLParser):
    """A strict HTML parser that collects elements and text, and fails if an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.elements if tag in tags)


def words_of_markdown(text: str) -> str:
    return Page(f"<div>{MarkdownIt('commonmark').enable('table').render(text)}</div>").text


@pytest.mark.slow
@for_each("name", CATALOG.stretches)
def test_every_format_has_everything_about_a_stretch(name: str) -> None:
    stretch = CATALOG.stretches[name].for_side("left")
    said = [stretch.name, *stretch.steps, stretch.breath, stretch.mistake, stretch.ease_off]
    said += [CAUTION_LABELS[tag] for tag in (*stretch.cautions.avoid, *stretch.cautions.adapt)]
    said += [half[1:] for half in (stretch.pace.inhale, stretch.pace.exhale)] if stretch.pace else []
    for text in _written():
        for words in said:
            assert words in text


@cache
def _written() -> tuple[str, ...]:
    shown = everything()
    return Page(to_html(shown)).text, words_of_markdown(to_markdown(shown))


def test_every_format_has_the_checklist_and_the_sources() -> None:
    shown = small()
    said = [shown.title, shown.summary, *shown.frequency, shown.cool_down[1], DISCLAIMER, "Two weeks"]
    # How often to do it depends on the routine.
    said += [line.text for part in SAFETY.checklist for line in part.lines if line.id != "D12"]
    said += [part.action for part in SAFETY.checklist if part.id != "expect"]
    said += [move.text for move, _ in routine(minutes=8.0).warm_up]
    said += [source.supports for source in shown.sources]
    for text in (Page(to_html(shown)).text, words_of_markdown(to_markdown(shown))):
        for words in said:
            assert one_line(words) in text


def test_every_format_has_the_notes_on_an_article() -> None:
    made = build_program(CATALOG, "hips-and-hams", Request(), as_written=True)
    shown = handout_of(made, pictures=False)
    assert len(made.notes) >= 3
    for text in (Page(to_html(shown)).text, words_of_markdown(to_markdown(shown))):
        for note in made.notes:
            assert note in text


def test_the_dose_has_hold_repetitions_and_sides() -> None:
    cards = {card.name: card for card in everything().cards}
    assert cards["Knee hug, one leg"].dose == (
        ("Hold", "30 s"),
        ("Repeat", "2 times"),
        ("Sides", "left, then right"),
    )
    assert cards["Cat-cow"].dose == (("Move", "8 slow breaths"), ("Sides", "both at once"))
    contract = dict(cards["Press-and-release hamstring"].dose)
    assert contract["Press"].startswith("6 s")
    assert contract["Hold"] == "20 s"
    assert "sides **left, then right**" in to_markdown(everything())


def test_the_dose_on_paper_repeats_as_often_as_the_timer() -> None:
    made = routine(areas=(), stretches=("single-knee-to-chest",))
    for reps, words in ((1, "once only"), (2, "2 times"), (3, "3 times"), (4, "4 times")):
        items = tuple(msgspec.structs.replace(item, dose=with_reps(item.dose, reps)) for item in made.items)
        again = msgspec.structs.replace(made, items=items)
        (card,) = handout_of(again, pictures=False).cards
        assert dict(card.dose)["Repeat"] == words
        holds = sum(phase.kind == "hold" and phase.side == "left" for phase in build_timeline(again).phases)
        assert holds == reps


def test_there_are_fourteen_boxes_for_each_stretch() -> None:
    shown = small()
    assert to_html(shown).count("<i></i>") == 14 * len(shown.cards)
    assert "Two weeks, with a box for each stretch and day" in Page(to_html(shown)).text
    assert to_markdown(shown).count("☐") == 14 * len(shown.cards)


def test_an_adapted_stretch_names_the_caution_once() -> None:
    shown = handout_of(routine(areas=("quads",), avoid=("knee",), level="moderate"))
    easier = [card for card in shown.cards if card.easier]
    assert easier
    for text in (to_html(shown), to_markdown(shown)):
        assert text.count(EASIER_FIRST) == len(easier)
    assert all(card.easier == f"{EASIER_FIRST}: {CAUTION_LABELS['knee']}." for card in easier)
    # It is stated once, and not again among the cautions.
    assert all(CAUTION_LABELS["knee"] not in words for card in easier for _, words in card.cautions)


def test_the_picture_shows_the_first_side() -> None:
    left, right = (
        next(card for card in handout_of(routine(stretches=("calf-straight-knee",), areas=(), first_side=side)).cards)
        for side in ("left", "right")
    )
    assert (left.captions[1], right.captions[1]) == ("stretch, left side", "stretch, right side")
    assert left.picture
    assert right.picture
    assert left.picture != right.picture
    for card, is_left in ((left, True), (right, False)):
        figure = APP.figures(["calf-straight-knee"])["calf-straight-knee"]
        assert card.picture == render_svg(figure, left=is_left, title=card.name, palette=PALETTES["paper"])


@pytest.mark.parametrize(("side", "other"), [("left", "right"), ("right", "left")])
def test_the_texts_are_for_the_first_side(side: Side, other: Side) -> None:
    made = handout_of(routine(stretches=("neck-side-bend",), areas=(), first_side=side), pictures=False)
    card, notes = made.cards[0], dict(made.cards[0].notes)
    assert f"with your {side} hand" in card.steps[0]
    assert f"Tip your head to the {other}" in card.steps[1]
    assert notes["Side"] == f"This is the {side} side. Then do the other side, with left and right swapped."
    assert notes["Feel it"] == f"Along the {side} side of your neck"
    assert "{" not in to_markdown(everything())


def test_a_stretch_without_a_figure_has_no_picture() -> None:
    shown = small()
    assert "<img" not in to_html(shown)
    assert "![" not in to_markdown(shown)
    assert all(card.name in to_html(shown) for card in shown.cards)


# -- self-contained and accessible


def test_the_page_is_self_contained() -> None:
    text = to_html(everything())
    page = Page(text)
    assert not {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "base", "form"}
    assert all((image["src"] or "").startswith("data:image/svg+xml;base64,") for image in page.all("img"))
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("href", "action")]
    assert "@import" not in text
    assert "url(" not in text
    assert "http" not in stylesheet("")
    assert 'href="http' not in to_markdown(everything())


def test_the_page_suits_a_screen_reader() -> None:
    text = to_html(everything())
    page = Page(text)
    assert ("html", {"lang": "en"}) in page.elements
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    images = list(page.all("img"))
    assert len(images) == 2 * len(CATALOG.stretches)
    assert all(image["alt"] and ("start" in image["alt"] or "stretch" in image["alt"]) for image in images)
    assert all(cell.get("scope") for cell in page.all("th"))
    assert "<caption>" in text


def test_text_has_high_contrast() -> None:
    colours = set(re.findall(r"(?<![-\w])color:(#[0-9a-f]{3,6})", stylesheet("")))
    assert colours == {"#111", "#fff", "#333", "#444"}
    for colour in colours - {"#fff"}:
        share = (int(colour[1] * 2, 16) / 255 + 0.055) / 1.055
        assert 1.05 / (share**2.4 + 0.05) > 7  # the strictest grade of the guidelines for the web
    assert "background:#111;color:#fff" in stylesheet("")


# -- untrusted catalogs

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "*bold* _under_ `code` [link](javascript:alert(1)) <b>",
    "# heading",
    "1. list",
    "- list",
    "| cell | cell |",
    "&amp; &lt; \\* ~~gone~~",
    "http://evil.example www.evil.example",
    "a\nb\tc\x00\x1b[31md\u202ee",
    "]]> --> </style></svg>",
]


def named(name: str, *, pictures: bool = False) -> Handout:
    made = routine(areas=(), stretches=("single-knee-to-chest",))
    item = made.items[0]
    stretch = msgspec.structs.replace(item.stretch, name=name, steps=(name,), mistake=name)
    item = msgspec.structs.replace(item, stretch=stretch)
    return handout_of(msgspec.structs.replace(made, title=name, items=(item,)), pictures=pictures)


def check_harmless(name: str) -> None:
    shown = named(name)
    usual = {tag for tag, _ in Page(to_html(named("Knee"))).elements}
    page = Page(to_html(shown))
    assert {tag for tag, _ in page.elements} == usual
    assert page.text.count(one_line(name)) >= 5
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(to_markdown(shown))
    tags = {tag for tag, _ in Page(f"<div>{rendered}</div>").elements}
    assert tags <= {
        "div",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "ol",
        "li",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
    }
    assert words_of_markdown(to_markdown(shown)).lower().count(one_line(name).lower()) == 6


@pytest.mark.parametrize("name", HOSTILE)
def test_catalog_text_is_escaped(name: str) -> None:
    check_harmless(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_escaped_in_the_text_of_a_picture(name: str) -> None:
    (card,) = named(name, pictures=True).cards
    page = Page(to_html(named(name, pictures=True)))
    assert [image["alt"] for image in page.all("img")] == [f"{one_line(name)}: {caption}" for caption in card.captions]
    assert card.picture
    assert ElementTree.fromstring(card.picture).findtext("{http://www.w3.org/2000/svg}title") == one_line(name)


@pytest.mark.parametrize("command", [*HOSTILE, "echo ``$(id)`` `id`"])
def test_the_command_is_shown_as_typed(command: str) -> None:
    shown = msgspec.structs.replace(small(), command=f"stretch {command}")
    for text in (Page(to_html(shown)).text, words_of_markdown(to_markdown(shown))):
        assert one_line(shown.command) in text


@given(st.text(min_size=1, max_size=40).filter(lambda text: len(one_line(text)) > 2))
def test_any_text_is_escaped(name: str) -> None:
    shown = named(name)
    assert one_line(name) in Page(to_html(shown)).text


@given(st.text(max_size=30))
def test_the_footer_cannot_end_its_css_string(title: str) -> None:
    written = re.search(r'@bottom-left\{content:"(.*?)";font', stylesheet(title))
    assert written
    assert re.fullmatch(r"(?:[A-Za-z0-9 ]|\\[0-9a-f]+ )*", written[1])


# -- how often (rules D12-D14)


@pytest.mark.parametrize(
    ("request_", "rest"),
    [
        ({"areas": ("neck",), "minutes": 6.0}, False),
        ({"areas": ("lower-back",)}, False),
        ({"areas": (), "stretches": ("contract-relax-hamstring",)}, True),
        ({"areas": (), "stretches": ("standing-forward-fold",)}, True),
    ],
)
def test_a_deep_or_contract_relax_stretch_needs_a_rest_day(request_: dict[str, Any], rest: bool) -> None:
    made = routine(**request_)
    assert needs_rest_day(made) is rest
    assert ("rest day" in frequency_advice(made, rest=rest)[0]) == (
        rest or "not needed" in frequency_advice(made, rest=rest)[0]
    )


def test_a_gentle_contract_relax_stretch_needs_a_rest_day_too() -> None:
    made = routine(areas=(), stretches=("contract-relax-hamstring",))
    gentle = msgspec.structs.replace(made.items[0].stretch, level="gentle")
    item = msgspec.structs.replace(made.items[0], stretch=gentle)
    assert needs_rest_day(msgspec.structs.replace(made, items=(item,)))


def test_the_program_of_article_004_as_written_needs_a_rest_day() -> None:
    program = CATALOG.programs["hips-and-hams"]
    made = build_program(CATALOG, program.id, Request(), as_written=True)
    assert needs_rest_day(made, program, as_written=True)
    assert not needs_rest_day(build_program(CATALOG, program.id, Request()), program)
    other = CATALOG.programs["easy-five"]
    assert not needs_rest_day(made, other, as_written=True)


def test_only_movement_is_for_three_times_a_day() -> None:
    moving = routine(areas=(), stretches=("cat-cow", "pelvic-tilt"))
    assert "3 short sessions" in " ".join(frequency_advice(moving, rest=False))
    held = routine(areas=(), stretches=("cat-cow", "single-knee-to-chest"))
    assert "Once a day" in " ".join(frequency_advice(held, rest=False))


def test_default_days_are_three_a_week_or_each_working_day_for_a_desk_break() -> None:
    assert default_days(15.0, rest=False) == ("mon", "wed", "fri")
    assert default_days(6.0, rest=False) == ("mon", "tue", "wed", "thu", "fri")
    assert default_days(6.0, rest=True) == ("mon", "wed", "fri")
    assert consecutive_days(SESSION_DAYS) == ()


def test_monday_follows_sunday() -> None:
    assert consecutive_days(("mon", "wed", "fri")) == ()
    assert consecutive_days(("sun", "mon")) == (("sun", "mon"),)
    assert len(consecutive_days(WEEKDAYS)) == 7


# -- the command


@pytest.mark.parametrize("ending", ["html", "md", "HTML"])
def test_handout_writes_a_file(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"back.{ending}"
    result = run("handout", "-a", "lower-back", "-m", "8", "-o", str(file))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert str(file) in result.stderr
    text = file.read_text(encoding="utf-8")
    assert "stretch routine --area lower-back --minutes 8" in text.replace("\\-", "-")
    assert b"\r" not in file.read_bytes()


def test_both_formats_are_written_at_once(tmp_path: Path) -> None:
    page, text = tmp_path / "back.html", tmp_path / "back.md"
    result = run("handout", "-m", "5", "-o", str(page), "-o", str(text))
    assert result.exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert text.read_text(encoding="utf-8").startswith("# ")
    assert result.stderr.count("Saved ") == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("-o", "back.pdf"), ".html"),
        (("-o", "back.svg"), ".html (a page to print) or .md (Markdown)"),
        (("-o", "back"), ".html"),
        ((), "-o"),
        (("-o", "back.html", "-a", "nek"), "neck"),
        (("-o", "back.html", "--program", "easy-five", "-a", "neck"), "the areas or --program"),
    ],
)
def test_handout_refuses_wrong_options_before_writing(
    args: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("handout", *args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_file_is_reported_in_one_sentence(tmp_path: Path) -> None:
    result = run("handout", "-o", str(tmp_path / "missing" / "back.html"))
    assert result.exit_code == 1
    assert "missing" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_user_stretch_has_its_figure_and_command(tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "data"
    own = tmp_path / "own"
    for kind in ("stretches", "figures"):
        (own / kind).mkdir(parents=True)
        text = (data / kind / "sphinx.yaml").read_text(encoding="utf-8").replace("id: sphinx", "id: mine")
        (own / kind / "mine.yaml").write_text(text.replace("name: Sphinx", "name: <b>Mine</b>"), encoding="utf-8")
    file = tmp_path / "mine.html"
    assert run("handout", "--stretch", "mine", "--catalog", str(own), "-o", str(file)).exit_code == 0
    page = Page(file.read_text(encoding="utf-8"))
    assert "<b>Mine</b>" in page.text
    assert len(list(page.all("img"))) == 2
    assert f"stretch routine --stretch mine --catalog {own}" in page.text


def test_a_stored_stop_is_reported_and_the_handout_is_written(tmp_path: Path) -> None:
    app = App(environ={"STRETCH_HOME": str(tmp_path / "home")})
    today = app.today()
    stop = ScreeningRecord(
        outcome=Outcome.SEE_CLINICIAN, urgency=Urgency.TODAY, screened=today, since=today, tags=("knee",)
    )
    screening_file.save(app.folder, stop)
    result = run("handout", "-a", "quads", "-o", str(tmp_path / "quads.md"), app=app)
    assert result.exit_code == 0
    assert SAFETY.messages.today in result.stderr
    assert EASIER_FIRST in (tmp_path / "quads.md").read_text(encoding="utf-8")


# -- printed


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which prints the page")
@pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="needs pdftotext of poppler-utils, which reads what was printed"
)
@pytest.mark.parametrize(("paper", "width"), [("A4", 595), ("letter", 612)])
def test_no_stretch_is_split_between_printed_pages(tmp_path: Path, paper: str, width: int) -> None:
    made = routine(areas=("legs", "neck"), minutes=40.0, avoid=("knee",), level="deep")
    shown = handout_of(made)
    pages = printed(to_html(shown).replace("@page{", f"@page{{size:{paper};", 1), tmp_path)
    texts = [" ".join(words for words, _ in page) for page in pages]
    for card in shown.cards:
        # A long name is two lines, with the dose beside them.
        name = " ".join(card.name.split()[:3])
        whole = [text for text in texts if card.notes[-1][1] in text and name in text]
        assert len(whole) == 1, card.name
        for words in (*card.steps, *card.captions, *(text for _, text in card.notes)):
            assert words in whole[0]
    assert len(pages) <= len(shown.cards) // 2 + 5
    assert max(right for page in pages for _, right in page) < width - 36
    assert "When to get help" in texts[-1]
    assert f"{len(pages)} / {len(pages)}" in texts[-1]


def printed(page: str, folder: Path) -> list[list[tuple[str, float]]]:
    """Print *page*; return the words of each sheet of paper with their right edges in points."""
    source, pdf = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    assert CHROMIUM
    options = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--disable-component-update",
        "--disable-background-networking",
        "--no-first-run",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder}/user",
    )
    subprocess.run(
        [CHROMIUM, *options, f"--print-to-pdf={pdf}", str(source)], check=True, capture_output=True, timeout=60
    )
    boxes = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, timeout=60).stdout
    root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", boxes.decode()))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        [(word.text or "", float(word.attrib["xMax"])) for word in sheet_.iter(f"{space}word")]
        for sheet_ in root.iter(f"{space}page")
    ]


@pytest.mark.parametrize("name", ["cat-cow", "single-knee-to-chest", "shoulder-rolls", "contract-relax-hamstring"])
def test_every_text_with_a_label_is_on_paper_and_in_show(name: str) -> None:
    stretch = CATALOG.stretches[name]
    handout = handout_of(routine(stretches=(name,), areas=(), level="deep"))
    card = next(card for card in handout.cards if card.name == stretch.name)
    shown = run("show", name).stdout
    labels = stretch.labelled_texts()
    # A text that people read must have a label, or it is shown nowhere.
    assert {LABELS[field] for field in TEXT_FIELDS if field != "side_means" and getattr(stretch, field)} <= {*labels}
    assert {"In", "Out"} & {*labels} == ({"In", "Out"} if stretch.pace else set())
    assert [label.partition(",")[0] for label, _ in card.notes if label != "Side"] == [*labels]
    for label, text in stretch.for_side("left" if stretch.both_sides else None).labelled_texts().items():
        assert re.search(rf"^{label} +{re.escape(text)}$", shown, re.MULTILINE)


def test_sentences_begin_with_a_capital_letter_and_names_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {*LABELS.values()} == SENTENCES
    assert not is_sentence(Name)
    stretch = CATALOG.stretches["sphinx"]
    texts = msgspec.structs.replace(stretch, mistake="lifting", ease_off="theraband")
    item = msgspec.structs.replace(routine(stretches=("sphinx",), areas=()).items[0], stretch=texts, note="anna@x.org")
    monkeypatch.setattr(handout, "SENTENCES", SENTENCES - {LABELS["ease_off"]})
    notes = dict(
        handout_of(msgspec.structs.replace(routine(stretches=("sphinx",), areas=()), items=(item,))).cards[0].notes
    )
    assert (notes["Note"], notes["Avoid"], notes["Easier"]) == ("anna@x.org", "Lifting", "theraband")


def prescribed_handout(*changes: tuple[str, str], **request: Any) -> Handout:
    """The handout of the prescription after *changes* to its text."""
    text = RX
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with TemporaryDirectory() as folder:
        made = prescribed(load_catalog(extra=[rx_file(Path(folder), text)]), **request)
    return build_handout(made, safety=SAFETY, sources={}, figures={}, rest=False)


def test_a_handout_says_what_is_prescribed() -> None:
    shown = prescribed_handout()
    for text in (to_html(shown), to_markdown(shown)):
        for words in ("Maria Jones", "Anna Berg, 030 123456", "13 Dec 2026", "Put on socks without pain", "is easy"):
            assert words in text
        assert "Twice a day on Monday, Wednesday and Friday." in text
        assert "Once a day is enough" not in text
        assert "Both sides, always" not in text
        assert "Right side only, as prescribed." in text
        assert "From week 3: 8 breaths. After 8 sessions at that dose without pain: 10 breaths." in text
    hug, four, hamstring, _ = shown.cards
    assert ("Sets", "2, 30 s rest") in hug.dose
    assert ("Sides", "right only") in four.dose
    assert ("Sets", "1 right, 2 left; 30 s rest") in hamstring.dose


@pytest.mark.parametrize(("times", "boxes"), [(1, 1), (2, 2), (4, 4), (5, 0), (12, 0)])
def test_a_handout_has_the_boxes_that_fit(times: int, boxes: int) -> None:
    shown = prescribed_handout(("times_a_day: 2", f"times_a_day: {times}"))
    days, weeks, rows = 3, 2, 4
    assert to_html(shown).count("<i></i>") == boxes * days * weeks * rows
    assert to_markdown(shown).count("\N{BALLOT BOX}") == boxes * days * weeks * rows
    assert to_html(shown).count(f">/{times}</td>") == (0 if boxes else days * weeks * rows)
    weekly = prescribed_handout(("[mon, wed, fri]", "5"))
    assert to_html(weekly).count("<i></i>") == 2 * 7 * weeks * rows


def test_a_handout_names_the_caution_and_offers_the_easier_way() -> None:
    shown = prescribed_handout(avoid=("knee",))
    card = next(card for card in shown.cards if card.easier)
    assert card.easier == f"Take the easier way if it bothers you; it is prescribed: {CAUTION_LABELS['knee']}."
    assert card.easier in to_html(shown)
    assert not any(CAUTION_LABELS["knee"] in text for _, text in card.cautions)


def test_paper_names_no_options_and_numbers_its_sources() -> None:
    made = routine(areas=("lower-back",), minutes=8.0, beginner=True)
    assert any("--experienced" in note for note in made.notes)
    shown = handout_of(made, pictures=False)
    assert "Easy start: small doses and nothing deep, as in your first two weeks." in shown.notes
    for text in (Page(to_html(shown)).text, words_of_markdown(to_markdown(shown))):
        assert "--experienced" not in text
    assert len(shown.sources) > 1
    for card, item in zip(shown.cards, made.items, strict=True):
        assert [shown.sources[int(number) - 1].key for number in card.sources] == [*item.stretch.source]
