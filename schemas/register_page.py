"""`docs/register.md`, made from the register's layout (`python -m schemas.register_page`)."""

from __future__ import annotations

from pathlib import Path

from schemas.colours import LEAST_APART, LEAST_CONTRAST
from schemas.merge_rules import MergeRule
from schemas.register_layout import SHEETS
from schemas.units import Unit
from schemas.wording import listed

#: What no layout says: the words of the page above its tables.
_START = Path(__file__).with_suffix(".md")


def page() -> str:
    """Every sheet of the register with its columns, what to type and what to choose from."""
    lines = [_start()]
    for sheet in SHEETS:
        lines += [f"## {sheet.title}", "", "| column | needed | what to type | choices |"]
        lines.append("| --- | --- | --- | --- |")
        for column in sheet.columns:
            needed = "yes" if column.required else ""
            asks = column.asks.replace("\n", " ").replace("|", "\\|")
            choices = ", ".join(f"`{choice}`" for choice in column.choices)
            lines.append(f"| {column.heading} | {needed} | {asks} | {choices} |")
        lines.append("")
    return "\n".join(lines)


def _start() -> str:
    """What stands above the tables, with what it says of merge rules and units."""
    needing = [rule for rule in MergeRule if rule.merging.needs_every_area]
    never_negative = " or ".join(unit.row.called for unit in Unit if unit.row.never_negative)
    return _START.read_text(encoding="utf-8").format(
        least_apart=LEAST_APART,
        least_contrast=LEAST_CONTRAST,
        merge_rules="\n".join(f"| {rule} | {rule.merging.becomes} |" for rule in MergeRule),
        need_every_area=listed(needing, "or"),
        without_figures=listed((r for r in MergeRule if not r.merging.needs_figures), "or"),
        never_negative=f"{never_negative[0].upper()}{never_negative[1:]}",
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this module's command prints the page
