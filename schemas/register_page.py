"""`docs/register.md`, made from the register's layout (`python -m schemas.register_page`)."""

from __future__ import annotations

from schemas.register_layout import SHEETS

_START = """\
# The register

`register.xlsx` says what is measured. It is edited in Excel, by whoever owns the performance
framework; nobody edits code to add an indicator. Every heading has a note that says what to type,
and cells with a fixed choice have a drop-down.

- **A new indicator** is a row on Indicators and, for each period in which it has something to
  reach, a row on Targets.
- **A new period** is a row on Periods, and rows on Targets. Close the old one when its appendix has
  gone to committee; returns for a closed period are sent back.
- **A new service area or recipient** is a row on its sheet. Nothing is sent to an address that the
  register does not hold.

A percentage is typed with its sign: 25%. The figures are printed with the decimals you type.

The register is checked whenever it has changed. A mistake stops the job before anything is taken
in, with a line for each that names the sheet and the cell and says what to type.

[How figures are rated](rating.md) explains polarity, operators, tolerance and policy at work.

This page is made from the register's own definitions by `make docs`.
"""


def page() -> str:
    """Every sheet of the register with its columns, what to type and what to choose from."""
    lines = [_START]
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


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this module's command prints the page
