"""The documentation says what is true: commands, links, settings, ratings, figures and examples."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jinja2.meta import find_undeclared_variables
from msgspec.structs import replace
from openpyxl import load_workbook
from typer.main import get_command

from pipeline.cli import app
from pipeline.consolidation.disclosure import disclose
from pipeline.consolidation.editions import edition_of
from pipeline.consolidation.merge import Consolidated, merge
from pipeline.consolidation.rating import Colour, NotRated, Rating, rate, tally
from pipeline.job import nightly
from pipeline.mail.messages.rendering import environment, package_templates
from pipeline.operations.demo import run_demo
from pipeline.operations.history import EventKind
from pipeline.store import Store
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import Scale
from pipeline.workspace.folder import open_workspace
from pipeline.workspace.settings import Settings, sections
from schemas.merge_rules import MergeRule
from schemas.model import (
    NO_CASES,
    Kind,
    MilestoneState,
    Operator,
    Polarity,
    Policy,
    PolicyKind,
    Status,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.observations import Observation
from schemas.register_layout import SHEETS
from schemas.register_page import page as register_page
from schemas.rules import RULES
from schemas.units import Unit
from tests.support.builders import SAFETY, indicator, small_register
from tests.support.command_line import quarterday
from tests.support.council import BEFORE, PERIOD, Council

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def commands(group: Any) -> Iterator[tuple[str, Any]]:
    """Each command by its name, those of a group by both names."""
    for name, one in vars(group)["commands"].items():
        if "commands" in vars(one):
            yield from ((f"{name} {below}", each) for below, each in commands(one))
        else:
            yield name, one


COMMANDS: dict[str, Any] = dict(commands(get_command(app)))
#: Where the pages' examples have their workspace.
PLACE = "/srv/performance"


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text("utf-8")


def tables(page: str, *headings: str) -> list[list[str]]:
    """The cells of every table of a page that has exactly these headings."""
    rows: list[list[str]] = []
    inside = False
    for line in text_of(page).splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            inside = False
        elif tuple(cells) == headings:
            inside = True
        elif inside and set("".join(cells)) != {"-"}:
            rows.append(cells)
    assert rows, f"{page} has no table headed {headings}"
    return rows


# --- Commands ------------------------------------------------------------------------------------


def fenced(text: str) -> Iterator[str]:
    """The lines of a page's blocks of code, one after the other."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()


def commands_shown(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command that a page shows, in a block of code or between backticks, with its words."""
    text = path.read_text("utf-8")
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    quoted = [line for line in re.findall(r"`([^`]+)`", outside) if line.startswith("quarterday ")]
    for line in (*fenced(text), *quoted):
        called = re.search(r"(?:^|[\s/`])quarterday (?=[a-z-])([^`]*)", line)
        if called is not None:
            # A sentence may end with a command.
            words = shlex.split(called[1].removesuffix("."), comments=True)
            grouped = " ".join(words[:2])
            yield line, [grouped, *words[2:]] if grouped in COMMANDS else words


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_command_that_is_shown_can_be_typed(path: Path) -> None:
    for line, (name, *words) in commands_shown(path):
        if name.startswith("-"):
            assert name in {"--help", "--version"}, line
            continue
        assert name in COMMANDS, line
        if words:
            # Whatever is no option or argument of the command is refused here.
            COMMANDS[name].make_context(name, words)


def test_the_pages_show_every_command() -> None:
    named = {words[0] for path in PAGES for _, words in commands_shown(path)}
    assert set(COMMANDS) <= named


# --- Links ---------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """What a link may name in a page, as GitHub and its kin make it of the headings."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    made: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-")
        again = sum(anchor == plain for anchor in made)
        made.append(f"{plain}-{again}" if again else plain)
    return set(made)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_link_between_pages_leads_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        goal = path.parent / target if target else path
        assert goal.exists(), link
        if anchor:
            assert anchor in anchors(goal), link


def test_every_page_is_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[a-z]+\.md)\)", (ROOT / "README.md").read_text("utf-8")))
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} == linked


def test_every_code_has_a_heading_to_link_to() -> None:
    assert {rule.code.casefold() for rule in RULES} <= anchors(ROOT / "docs" / "findings.md")


# --- The register --------------------------------------------------------------------------------


def test_the_page_of_the_register_is_made_from_its_layout() -> None:
    assert text_of("register.md") == register_page()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_the_page_of_the_register_has_every_column_and_every_choice(sheet: Any) -> None:
    section = re.search(
        rf"^## {sheet.title}\n(.*?)(?=^## |\Z)", text_of("register.md"), re.MULTILINE | re.DOTALL
    )
    assert section is not None
    lines = section[1].splitlines()
    for column in sheet.columns:
        line = next((one for one in lines if one.startswith(f"| {column.heading} |")), "")
        assert column.asks in line, column.heading
        for choice in column.choices:
            assert f"`{choice}`" in line, f"{column.heading}: {choice}"


# --- Settings ------------------------------------------------------------------------------------

SETTINGS = sections(Settings())


def _in_toml(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_every_setting_is_explained_with_its_default() -> None:
    explained = {row[0]: row[1] for row in tables("settings.md", "setting", "default", "meaning")}
    assert explained == {
        f"`{section}.{name}`": f"`{_in_toml(default)}`" if default != "" else "(empty)"
        for section, settings in SETTINGS.items()
        for name, default in settings.items()
    }


def test_the_settings_file_of_a_new_workspace_holds_every_setting_at_its_default() -> None:
    written = tomllib.loads(
        files("pipeline.workspace").joinpath("pipeline.toml").read_text("utf-8")
    )
    assert msgspec.convert(written, Settings, strict=True) == Settings()
    written |= {f"mail.{name}": written["mail"].pop(name) for name in ("send", "receive")}
    assert written == SETTINGS


def test_the_example_of_settings_can_be_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", text_of("settings.md"), re.DOTALL)
    assert msgspec.convert(tomllib.loads(example), Settings) != Settings()


def test_the_limits_that_can_be_set_are_those_of_the_settings() -> None:
    for _, limit, name in tables("running.md", "what", "limit", "set in `pipeline.toml`"):
        if name:
            section, key = name.strip("`").rsplit(".", 1)
            assert limit.split()[0] == str(SETTINGS[section][key])


# --- Mail ---


def test_each_text_of_mail_is_listed_with_the_words_that_it_may_use() -> None:
    env, texts = environment(), package_templates()
    listed = {row[0].strip("`"): row[2] for row in tables("mail.md", "text", "for", "its words")}
    shared = {"mail_base.html.j2", "mail_macros.html.j2"}
    assert {f"{name}.{form}.j2" for name in listed for form in ("txt", "html")} | shared == set(
        texts
    )
    for name, words in listed.items():
        used = {
            word
            for form in ("txt", "html")
            for word in find_undeclared_variables(env.parse(texts[f"{name}.{form}.j2"]))
        }
        given = set(re.findall(r"`(\w+)`", words))
        # `m` is the frame's name for its parts, the next three are macros of the texts themselves,
        # and what they set for themselves; the recipient's name, and what is not rated, are for
        # texts of one's own.
        own = {"m", "about", "item", "line", "attachment", "subject", "spelled", "most", "counts"}
        assert used - own - {*env.globals} <= given, name
        assert given - used <= {"recipient", "reasons", "suppressed"}, name


# --- Ratings -------------------------------------------------------------------------------------


def figure(text: str) -> Decimal:
    return Decimal(text.rstrip("%"))


def rated(
    performance: str, goal: str, better: str, tolerance: str, kind: PolicyKind, before: str = "none"
) -> str:
    """The colour that the code gives a line of the page's tables."""
    ends = [figure(end) for end in goal.split(" to ")] if " to " in goal else None
    target = Target(
        "P1-1",
        "2012-13",
        operator=Operator.MORE_THAN if goal.startswith(">") else None,
        value=None if ends else figure(goal.lstrip(">")),
        lower=ends[0] if ends else None,
        upper=ends[1] if ends else None,
    )
    in_points = tolerance.endswith(" points")
    allowed = Tolerance(
        figure(tolerance.removesuffix(" points")),
        ToleranceKind.POINTS if in_points else ToleranceKind.PERCENT_OF_TARGET,
    )
    measured = indicator("P1-1", "Any", Unit.PERCENT, decimals=2, polarity=Polarity(better))
    rating = rate(
        Consolidated(measured, "2012-13", value=figure(performance)),
        target,
        Policy(kind, allowed),
        None if before == "none" else figure(before),
    )
    return str(rating.colour)


def test_each_line_by_target_and_tolerance_has_the_colour_that_the_page_gives_it() -> None:
    lines = tables("rating.md", "figure", "target", "better", "tolerance", "colour")
    assert {line[-1] for line in lines} == {"green", "amber", "red"}
    for *line, colour in lines:
        performance, goal, better, tolerance = line
        found = rated(performance, goal, better, tolerance, PolicyKind.TARGET)
        assert found == colour, line


def test_each_line_by_target_or_improvement_has_the_colour_that_the_page_gives_it() -> None:
    lines = tables(
        "rating.md", "figure", "target", "better", "tolerance", "a year before", "colour"
    )
    assert {line[-1] for line in lines} == {"green", "amber", "red"}
    for *line, colour in lines:
        performance, goal, better, tolerance, before = line
        found = rated(performance, goal, better, tolerance, PolicyKind.IMPROVEMENT, before)
        assert found == colour, line


def figure_or_none(text: str) -> Decimal | None:
    return None if text == "blank" else figure(text)


def test_each_line_of_thresholds_has_the_colour_that_the_page_gives_it() -> None:
    headings = ("green from", "red from", "exceeded from")
    lines = tables("rating.md", "figure", "target", "better", *headings, "colour")
    assert {line[-1] for line in lines} == set(Colour)
    for performance, goal, better, *thresholds, colour in lines:
        names = (heading.replace(" ", "_") for heading in headings)
        own = dict(zip(names, map(figure_or_none, thresholds), strict=True))
        target = Target("I", "2012-13", value=figure(goal), **own)
        measured = indicator("P1-1", "Any", Unit.PERCENT, decimals=2, polarity=Polarity(better))
        merged = Consolidated(measured, "2012-13", value=figure(performance))
        assert rate(merged, target, Policy()).colour == colour


def test_each_line_of_what_exceeds_has_the_colour_that_the_page_gives_it() -> None:
    lines = tables("rating.md", "figure", "target", "better", "exceeded by", "colour")
    assert {line[-1] for line in lines} == {"exceeded", "green"}
    for performance, goal, better, by, colour in lines:
        kind = ToleranceKind.POINTS if "points" in by else ToleranceKind.PERCENT_OF_TARGET
        amount = figure(by.removesuffix(" points"))
        policy = Policy(tolerance=Tolerance(Decimal(5), kind), exceeded_by=amount)
        measured = indicator("P1-1", "Any", Unit.PERCENT, decimals=2, polarity=Polarity(better))
        merged = Consolidated(measured, "2012-13", value=figure(performance))
        target = Target("I", "2012-13", value=figure(goal))
        assert rate(merged, target, policy).colour == colour


def test_overall_comes_out_as_the_page_says() -> None:
    for green, amber, red, mean, overall in tables(
        "rating.md", "green", "amber", "red", "mean", "overall"
    ):
        counts = {Colour.GREEN: int(green), Colour.AMBER: int(amber), Colour.RED: int(red)}
        ratings = [Rating(colour) for colour, many in counts.items() for _ in range(many)]
        total = tally(ratings, Policy())
        assert total.score is not None
        assert (str(round(total.score, 3)), str(total.colour)) == (mean, overall)


@pytest.mark.parametrize(
    ("page", "headings"),
    [("rating.md", ("state", "rating")), ("returns.md", ("state", "the appendix shows"))],
)
def test_each_state_of_a_milestone_has_the_colour_that_the_page_gives_it(
    page: str, headings: Sequence[str]
) -> None:
    colours = dict(tables(page, *headings))
    assert set(colours) == set(MilestoneState)
    milestone = indicator("P2-1", "Appoint an analyst", kind=Kind.MILESTONE)
    for state in MilestoneState:
        rating = rate(Consolidated(milestone, "2012-13", state=state), None, Policy())
        assert str(rating.colour or "not rated") == colours[state]


def test_every_reason_for_no_colour_is_explained() -> None:
    assert {row[0] for row in tables("rating.md", "printed", "when")} == set(NotRated)


def test_the_page_on_returns_has_every_status() -> None:
    assert {row[0] for row in tables("returns.md", "choose", "when")} == {
        *Status,
        NO_CASES,
    }


# --- Small numbers -------------------------------------------------------------------------------


def test_each_line_of_small_numbers_is_suppressed_as_the_page_says() -> None:
    headings = ("small numbers below 5", "Safety", "Care", "Staff", "merged")
    lines = tables("register.md", *headings)
    assert len(lines) == 8
    for reported, *expected in lines:
        rule, _, figures = reported.partition(": ")
        refs = ("SAFE", "CARE", "STAFF")
        counted = replace(
            indicator("P1-1", "Any", areas=refs),
            merge_rule=MergeRule(rule),
        )
        register = small_register()
        framework = replace(register.framework, small_below=5)
        register = replace(register, framework=framework, indicators=(counted,))
        told = [
            Observation("P1-1", ref, "2012-13", Status.FINAL, figure(number))
            for ref, number in zip(refs, figures.split(", "), strict=True)
        ]
        (found,) = disclose(register, merge(register, "2012-13", told))
        printed = [*((o.value, o.suppressed) for o in found.observations)]
        printed.append((found.value, found.suppressed))
        shown = ["Suppressed" if hidden else f"{value}" for value, hidden in printed]
        assert shown == expected, reported


# --- Figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "unit", "expected"),
    [
        ("31.5%", Unit.PERCENT, "31.5"),
        ("62", Unit.PERCENT, "62"),
        ("4,605", Unit.COUNT, "4605"),
        ("4 605", Unit.COUNT, "4605"),
        ("(1,234)", Unit.COUNT, "-1234"),
        ("£1.2m", Unit.CURRENCY, "1200000"),
        ("10 of 50", Unit.PERCENT, "20"),
        ("24% (p)", Unit.PERCENT, "24"),
        ("24%*", Unit.PERCENT, "24"),
        ("n/a", Unit.COUNT, "not available"),
        ("tbc", Unit.COUNT, "not available"),
        ("-", Unit.PERCENT, "not available"),
        ("not yet available", Unit.COUNT, "not available"),
        ("0 of 0", Unit.PERCENT, "no cases"),
        ("0/0", Unit.PERCENT, "no cases"),
        ("no cases", Unit.PERCENT, "no cases"),
        ("no cases", Unit.COUNT, "V16"),
        ("<5", Unit.COUNT, "suppressed"),
        ("c", Unit.PERCENT, "suppressed"),
        ("0.62", Unit.PERCENT, "V01"),
        ("31,5", Unit.PERCENT, "V09"),
        (">3.30%", Unit.PERCENT, "V08"),
        ("about 40", Unit.COUNT, "V08"),
        ("10-12", Unit.COUNT, "V08"),
        ("40%", Unit.COUNT, "V05"),
        ("12.5", Unit.COUNT, "V07"),
        ("#REF!", Unit.COUNT, "V03"),
        ("31.5 per cent", Unit.PERCENT, "31.5"),
        ("1'234", Unit.COUNT, "1234"),
        ("GBP 120", Unit.CURRENCY, "120"),
        ("14 days", Unit.DAYS, "14"),
        ("2012/13", Unit.COUNT, "V08"),
        ("$40", Unit.CURRENCY, "V05"),
        ("none", Unit.COUNT, "V16"),
        ("nil", Unit.CURRENCY, "V16"),
        ("10²", Unit.COUNT, "V08"),
        ("+2.5%", Unit.PERCENT, "V24"),
    ],
)
def test_the_page_on_figures_says_what_the_reader_does(
    typed: str, unit: Unit, expected: str
) -> None:
    assert f"`{typed}`" in text_of("figures.md")
    read = parse(typed, Scale(unit, decimals=1 if unit is Unit.PERCENT else 0), None)
    if read.is_bad:
        assert [trouble.rule.code for trouble in read.troubles] == [expected]
    elif read.value is not None:
        assert f"{read.value:f}" == expected
    else:
        meaning = "suppressed" if read.suppressed else "not available"
        meaning = "no cases" if read.no_cases else meaning
        assert meaning == expected


# --- What is shown as output ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "demo"
    run_demo(folder, lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def returns(demo: Path) -> dict[str, Path]:
    """What the demonstration received, by service area; Community safety's with its slips."""
    found: dict[str, Path] = {}
    for path in sorted((demo / "var" / "archive").glob("??/*.xlsx")):
        book = load_workbook(path)
        area = str(book["Cover"]["C12"].value)
        if area != "Community safety" or book["Indicators"]["H5"].value == "4,6O5":
            found[area] = path
    return found


@pytest.fixture
def night(demo: Path, returns: dict[str, Path], tmp_path: Path) -> Path:
    """A workspace after a night with three returns, one of them with slips."""
    workspace = tmp_path / "performance"
    (workspace / "inbox").mkdir(parents=True)
    shutil.copyfile(demo / "register.xlsx", workspace / "register.xlsx")
    for area in ("Children's services", "Community safety", "Human resources"):
        shutil.copyfile(returns[area], workspace / "inbox" / f"Return 2012-13 - {area}.xlsx")
    place = open_workspace(workspace)
    limits = msgspec.structs.replace(
        place.settings.limits, settle_seconds=0.0, incomplete_minutes=0
    )
    place = replace(place, settings=msgspec.structs.replace(place.settings, limits=limits))
    nightly.run(place, datetime(2013, 5, 3, 2, tzinfo=UTC), lambda *_: None)
    return workspace


def said(*words: str | Path) -> list[str]:
    """What a command prints, line by line."""
    result = quarterday(*words)
    assert result.exit_code in {0, 1, 2}, result.output
    return [line.rstrip() for line in result.output.splitlines()]


def shown_on(page: str, first: str) -> list[str]:
    """The block of output on a page that starts with a line."""
    blocks = re.findall(r"```text\n(.*?)```", text_of(page), re.DOTALL)
    return str(next(block for block in blocks if block.startswith(first))).splitlines()


def test_a_return_with_slips_is_answered_as_the_page_shows(
    demo: Path, returns: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "Return 2012-13 - Community safety.xlsx"
    shutil.copyfile(returns["Community safety"], path)
    # Before it was sent, that is.
    before = tmp_path / "before"
    shutil.copytree(demo, before, ignore=shutil.ignore_patterns("var"))
    answer = said("validate", path, "--workspace", before)
    assert shown_on("returns.md", "Return 2012-13") == answer
    assert any("`" + line.split(": ", 1)[1] + "`" in text_of("returns.md") for line in answer[1:])


def test_a_new_workspace_is_made_as_the_page_shows(tmp_path: Path) -> None:
    made = said("init", tmp_path / "new")
    assert shown_on("running.md", "made") == [
        line.replace(str(tmp_path / "new"), PLACE) for line in made
    ]


def test_a_folder_that_is_not_there_is_answered_as_the_page_shows(tmp_path: Path) -> None:
    (line,) = said("run", "--workspace", tmp_path / "none")
    assert shown_on("running.md", "quarterday: ") == [line.replace(str(tmp_path / "none"), PLACE)]


def test_a_setting_that_is_unknown_is_answered_as_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "pipeline.toml").write_text("[limits]\nfile_mbs = 3\n", "utf-8")
    (line,) = said("run", "--workspace", tmp_path)
    assert shown_on("settings.md", "quarterday: ") == [line.replace(str(tmp_path), PLACE)]


def test_where_the_returns_stand_is_answered_as_the_page_shows(night: Path) -> None:
    example = shown_on("running.md", "2012-13, due")
    answer = said("status", "--workspace", night)[: len(example)]
    # The last column is a time in the zone of whoever runs this.
    assert [line.split("\t")[:3] for line in answer] == [line.split("\t")[:3] for line in example]


def test_the_page_on_rating_counts_the_worked_example_rightly(demo: Path) -> None:
    (report,) = json.loads("\n".join(said("merge", "--workspace", demo, "--json")))
    reasons = [one["rating"]["not_rated"] for one in report["indicators"]]
    assert (len(reasons), report["overall"]["not_rated"]) == (14, 8)
    counted = [reasons.count(each) for each in ("no target", "contextual", "no data")]
    assert counted == [4, 1, 3]
    performance = {one["performance"]: one["target"] for one in report["indicators"]}
    lines = tables("rating.md", "figure", "target", "better", "tolerance", "colour")
    assert all(performance[value] == goal for value, goal, *_ in lines[:4])


@pytest.fixture
def warned(tmp_path: Path) -> Council:
    """A workspace in which a warning waits to be accepted."""
    council = Council(tmp_path / "council")
    for figure, period in ((10, BEFORE), (1000, PERIOD)):
        council.drop(SAFETY, {"P1-1": figure}, period=period)
        council.night()
    return council


def test_a_figure_is_traced_and_the_store_replayed_as_the_page_shows(demo: Path) -> None:
    def without_times(lines: list[str]) -> list[str]:
        return [re.sub(r"\d\d \w{3} \d{4} \d\d:\d\d|\w\w/\w{64}", "…", line) for line in lines]

    traced = said("trace", "P2-1", "--workspace", demo, "--period", "2012-13")
    assert without_times(shown_on("history.md", "P2-1 ")) == without_times(
        [line.replace(str(demo), PLACE) for line in traced]
    )
    assert shown_on("history.md", "8 submissions") == said("replay", "--workspace", demo)


def test_a_lost_store_is_answered_as_the_page_shows(demo: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "performance"
    shutil.copytree(demo, workspace)
    (workspace / "var" / "quarterday.sqlite3").unlink()
    (workspace / "inbox" / "return.xlsx").write_bytes(b"something new")
    (line,) = said("run", "--workspace", workspace)
    assert shown_on("running.md", "quarterday: The store") == [line.replace(str(workspace), PLACE)]


def test_what_may_happen_is_explained() -> None:
    explained = [row[0] for row in tables("history.md", "what", "when")]
    assert ", ".join(explained).split(", ") == [kind.value for kind in EventKind]


def test_each_document_for_machines_has_the_keys_that_the_page_names(
    night: Path, returns: dict[str, Path], warned: Council, tmp_path: Path
) -> None:
    here: list[str | Path] = ["--workspace", night, "--json"]
    # A mailbox that cannot be reached, which is one line beside the document.
    mailbox = '[mail.receive]\nserver = "127.0.0.1"\nport = 1\nuser = "returns@council.example"\n'
    (night / "pipeline.toml").write_text(mailbox, "utf-8")

    def decision(option: str) -> list[str | Path]:
        words = ["2012-13", option, "CODE", "--because", "It is."]
        return [*words, "--workspace", tmp_path / "demo", "--json"]

    # In an order in which the run is the first to see anything new.
    calls: dict[str, list[str | Path]] = {
        "run": here,
        "fetch": ["--dry-run", *here],
        "ingest": here,
        "validate": [returns["Human resources"], *here],
        "merge": here,
        "status": here,
        "register check": here,
        "register diff": here,
        "register upgrade": [*here, "--to", tmp_path / "upgraded.xlsx"],
        "register example": [tmp_path / "example register.xlsx", "--json"],
        "template": here,
        "appendix": here,
        "send": here,
        "init": [tmp_path / "new", "--json"],
        "schedule": ["show", "--for", "windows", *here],
        "runs": here,
        "doctor": here,
        "backup": [tmp_path / "night.tar", *here],
        "restore": [tmp_path / "night.tar", tmp_path / "back", "--json"],
        "history": here,
        "trace": ["P6-1", *here],
        "replay": here,
        "accept": ["C05", "--because", "It is.", "--workspace", warned.root, "--json"],
        "enter": [*ENTERED, "--because", "It is.", "--workspace", warned.root, "--json"],
        "forget": here,
        "demo": [tmp_path / "demo", "--json"],
        # Of what was issued there.
        "data": ["--workspace", tmp_path / "demo", "--json"],
        # What was recalled may be approved once more.
        "recall": decision("--issue"),
        "approve": decision("--draft"),
    }
    named = dict(tables("running.md", "command", "document"))
    # `watch` has its document when a signal ends it; see tests/test_watching.py.
    assert set(calls) == set(COMMANDS) - {"watch"}
    assert set(named) == {f"`quarterday {name}`" for name in COMMANDS}
    for name, words in calls.items():
        typed = [issued_code(tmp_path / "demo") if each == "CODE" else str(each) for each in words]
        called = quarterday(*name.split(), *typed)
        document = json.loads(called.stdout)
        kind, keys = named[f"`quarterday {name}`"].split(";")[0].split(": ")
        assert isinstance(document, list if kind == "list" else dict), name
        content = document[0] if isinstance(document, list) else document
        assert list(content) == re.findall(r"`(\w+)`", keys), name


def issued_code(root: Path) -> str:
    """The code that is printed on the last issue of the demonstration."""
    with Store(open_workspace(root).store_url) as store:
        issue = store.last_issue("2012-13")
        assert issue is not None
        return edition_of(store, issue).code


#: What is typed for a figure of the workspace with a warning.
ENTERED = ("2012-13", "CS", "P1-1", "4600")


# --- Rooms ---------------------------------------------------------------------------------------


def test_the_design_has_a_sentence_for_each_room() -> None:
    rooms = [room.strip("`") for room, _ in tables("design.md", "room", "what it is")]
    folders = {path.parent.name for path in (ROOT / "pipeline").glob("*/__init__.py")}
    assert set(rooms) == folders
    assert len(rooms) == 12


def test_each_file_that_the_design_names_exists() -> None:
    for name in re.findall(r"`((?:pipeline|schemas|tests)/[a-z_/]+\.py)`", text_of("design.md")):
        assert (ROOT / name).is_file(), name
