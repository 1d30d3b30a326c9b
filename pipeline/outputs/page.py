"""Page: the appendix as one HTML file that needs nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader

from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.report import Report
from pipeline.outputs.templating import environment_of
from pipeline.outputs.wording import REASONS, small_numbers_shown
from pipeline.workspace.folder import replacing


@cache
def _environment() -> Environment:
    return environment_of(Environment, PackageLoader("pipeline.outputs"))


def render_page(report: Report) -> str:
    """The appendix as one HTML5 document: no script, no external resource, styles inside."""
    not_rated = {line.rating.not_rated for line in report.lines}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            reasons=[(why, REASONS[why]) for why in NotRated if why in not_rated],
            suppressed=small_numbers_shown(report.register),
        )
    )


def write(report: Report, path: Path) -> None:
    """Writes the page as UTF-8, whole or not at all; makes the folder where there is none."""
    content = render_page(report).encode("utf-8")
    with replacing(path) as temporary:
        temporary.write_bytes(content)
