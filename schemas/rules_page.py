"""`docs/findings.md`, made from the catalogue of rules (`python -m schemas.rules_page`)."""

from __future__ import annotations

from itertools import groupby

from schemas.rules import RULES

#: What a rule is about, by the first letter of its code.
_KINDS = {
    "F": "The file",
    "L": "The layout",
    "V": "The value in one cell",
    "C": "Checks",
    "T": "The template and the register",
    "R": "The register",
}


def _readable(template: str) -> str:
    return template.replace("{", "‹").replace("}", "›")


def page() -> str:
    """`docs/findings.md`: every rule with what it says, what to do and why."""
    lines = [
        "# Findings",
        "",
        "What Quarterday says about a return, by code. An **error** sends the return back for",
        "correction; a **warning** is taken in and needs a person to look; **info** only tells.",
        "What it says about the register stands at the end; an error there stops every command",
        "that reads the register.",
        "",
        "This page is generated from `schemas/rules.py` by `make docs`.",
    ]
    for kind, rules in groupby(RULES, key=lambda rule: rule.code[0]):
        lines += ["", f"## {_KINDS[kind]}"]
        for rule in rules:
            lines += ["", f"### {rule.code}", "", f"**{rule.title}** ({rule.severity})", ""]
            lines += [f"- Says: {_readable(rule.problem)}", f"- To do: {_readable(rule.fix)}"]
            lines.append(f"- Why: {rule.why}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this module's command prints the page
