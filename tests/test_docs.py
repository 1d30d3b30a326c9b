"""The documentation says what is true: commands, links, settings and figures."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from typer.main import get_command

from pipeline.catalogue import RULES
from pipeline.cli import app
from pipeline.figures import Scale, parse
from pipeline.model import Unit
from pipeline.settings import Settings
from schemas.register_page import page

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def commands_shown() -> Iterator[tuple[str, str, str]]:
    for path in PAGES:
        for match in re.finditer(r"quarterday ([a-z]+)([^`\n]*)", path.read_text("utf-8")):
            if match[1] in vars(get_command(app))["commands"] or match[2].startswith(" --"):
                yield path.name, match[1], match[2]


def test_each_command_that_is_shown_exists_with_its_options() -> None:
    known = vars(get_command(app))["commands"]
    shown = list(commands_shown())
    assert len(shown) > 8
    for page_name, command, rest in shown:
        assert command in known, f"{page_name}: quarterday {command}"
        options = {name for parameter in known[command].params for name in parameter.opts}
        used = set(re.findall(r"(?<!\S)--[a-z-]+", rest))
        assert used <= options | {"--help"}, f"{page_name}: quarterday {command} {rest}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_link_between_pages_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), target


def test_the_page_of_the_register_is_made_from_its_layout() -> None:
    assert (ROOT / "docs" / "register.md").read_text("utf-8") == page()


def test_every_setting_is_explained_with_its_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for section, settings in msgspec.to_builtins(Settings()).items():
        for name, default in settings.items():
            shown = f"`{default}`" if default != "" else "(empty)"
            assert f"| `{section}.{name}` | {shown} |" in text


def test_the_settings_file_of_a_new_workspace_holds_every_setting_at_its_default() -> None:
    written = tomllib.loads(files("pipeline").joinpath("data", "pipeline.toml").read_text("utf-8"))
    assert written == msgspec.to_builtins(Settings())


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
    ],
)
def test_the_page_on_figures_says_what_the_reader_does(
    typed: str, unit: Unit, expected: str
) -> None:
    assert f"`{typed}`" in (ROOT / "docs" / "figures.md").read_text("utf-8")
    figure = parse(typed, Scale(unit, decimals=1 if unit is Unit.PERCENT else 0), None)
    if figure.is_bad:
        assert [trouble.rule.code for trouble in figure.troubles] == [expected]
    elif figure.value is not None:
        assert f"{figure.value:f}" == expected
    else:
        meaning = "suppressed" if figure.suppressed else "not available"
        assert meaning == expected


def test_every_code_has_a_heading_to_link_to() -> None:
    text = (ROOT / "docs" / "findings.md").read_text("utf-8")
    assert all(f"\n### {rule.code}\n" in text for rule in RULES)
