"""Lengths: how much a return may say in words, since all of it is printed, mailed and kept."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.reading import Reading
from schemas import layout_rules as rules
from schemas.findings import Finding
from schemas.model import TextBounds
from schemas.rules import SAID_OTHERWISE

#: The most characters of a line of the cover, and of a name.
COVER = 300


class _Said(Struct, frozen=True):
    """A text of a return: what it is, what it may have, and where it stands."""

    text: str
    what: str
    most: int
    sheet: str
    cell: str


def bounded(reading: Reading, bounds: TextBounds) -> Reading:
    """The reading with its texts cut to what they may have, and a finding for each that had more.

    Beyond its bounds a return is sent back; what it says is cut so that one cannot fill memory.
    """
    findings = [*_too_long(reading, bounds)]
    if not findings:
        return reading
    rows = [
        replace(
            row,
            commentary=row.commentary[: bounds.commentary],
            narrative=row.narrative[: bounds.commentary],
            action=row.action[: bounds.commentary],
            action_owner=row.action_owner[:COVER],
        )
        for row in reading.rows
    ]
    achievements = [
        replace(each, text=each.text[: bounds.achievement])
        for each in reading.achievements[: bounds.achievements]
    ]
    cover = {key: replace(line, text=line.text[:COVER]) for key, line in reading.cover.items()}
    return replace(
        reading,
        cover=cover,
        rows=rows,
        achievements=achievements,
        findings=reading.findings + findings,
    )


def told_once(findings: list[Finding]) -> list[Finding]:
    """The findings, each once, and one for all cells of a sheet that say the same words."""
    told: dict[object, list[Finding]] = {}
    plainer = {SAID_OTHERWISE.code, rules.FIGURES_UNHEADED.code}
    otherwise = {(f.sheet, f.cell) for f in findings if f.code in plainer}
    for number, found in enumerate(dict.fromkeys(findings)):
        is_remark = found.code == rules.REMARK_UNCLEAR.code
        if is_remark and (found.sheet, found.cell) in otherwise:
            # What of it can be said more plainly is said already.
            continue
        told.setdefault((found.sheet, found.problem) if is_remark else number, []).append(found)
    return [_with_count(first, len(others)) for first, *others in told.values()]


def _with_count(found: Finding, more: int) -> Finding:
    if not more:
        return found
    cells = "1 more cell says" if more == 1 else f"{more:,} more cells say"
    return replace(found, problem=f"{found.problem} On this sheet {cells} the same.")


def _too_long(reading: Reading, bounds: TextBounds) -> Iterator[Finding]:
    said = [*_texts(reading, bounds)]
    for each in said:
        if len(each.text) > each.most:
            yield rules.TEXT_TOO_LONG.found(
                *(each.sheet, each.cell, each.text[: each.most]),
                length=f"{len(each.text):,}",
                what=each.what,
                most=f"{each.most:,}",
            )
    if len(reading.achievements) > bounds.achievements:
        next_one = reading.achievements[bounds.achievements]
        yield rules.TOO_MANY_ACHIEVEMENTS.found(
            *(next_one.sheet, next_one.cell, next_one.text[: bounds.achievement]),
            count=f"{len(reading.achievements):,}",
            most=f"{bounds.achievements:,}",
        )
        return
    length = 0
    for each in said:
        length += len(each.text)
        if length > bounds.whole:
            words = {"length": f"{length:,}", "most": f"{bounds.whole:,}"}
            yield rules.TEXTS_TOO_LONG.found(each.sheet, each.cell, each.text[: each.most], **words)
            return


def _texts(reading: Reading, bounds: TextBounds) -> Iterator[_Said]:
    """Every text that is kept, in the order of reading."""
    for line in reading.cover.values():
        yield _Said(line.text, "a line of the cover", COVER, line.sheet, line.cell)
    for row in reading.rows:
        for text, field, most in (
            (row.narrative, "performance", bounds.commentary),
            (row.commentary, "commentary", bounds.commentary),
            (row.action, "action", bounds.commentary),
            (row.action_owner, "action_owner", COVER),
        ):
            if text:
                cell = reading.cell(row, field)
                yield _Said(text, "a text on an indicator", most, row.sheet, cell)
    for each in reading.achievements:
        yield _Said(each.text, "an achievement", bounds.achievement, each.sheet, each.cell)
