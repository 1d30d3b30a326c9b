"""Page: the appendix as one HTML file that needs nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Template

from pipeline.consolidation.report import Report
from pipeline.outputs.templating import environment_of_package
from pipeline.outputs.wording import reasons_shown, small_numbers_shown
from pipeline.workspace.folder import write_whole


@cache
def _template() -> Template:
    return environment_of_package("pipeline.outputs").get_template("page.html.j2")


def render_page(report: Report) -> str:
    """The appendix as one HTML5 document: no script, no external resource, styles inside."""
    reasons, suppressed = reasons_shown(report), small_numbers_shown(report.register)
    return _template().render(report=report, reasons=reasons, suppressed=suppressed)


def write(report: Report, path: Path) -> None:
    """Writes the page as UTF-8, whole or not at all; makes the folder where there is none."""
    write_whole(path, render_page(report).encode("utf-8"))
