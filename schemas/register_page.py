"""`docs/register.md`, made from the register's layout (`python -m schemas.register_page`)."""

from __future__ import annotations

from pathlib import Path

from schemas.register_layout import SHEETS

#: What no layout says: the words of the page above its tables.
_START = Path(__file__).with_suffix(".md")


def page() -> str:
    """Every sheet of the register with its columns, what to type and what to choose from."""
    lines = [_START.read_text(encoding="utf-8")]
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
