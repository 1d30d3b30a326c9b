"""Rows that came and went, and cells that differ, sheet by sheet.

Every column of every sheet is compared as the sheet shows it, so that nothing that differs is
passed over. What a change means for those who work by it stands beside the column in `_MEANS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise

from pipeline.register.differences.difference import Concern, RegisterChange
from pipeline.register.rows import Amount, Cell, tables
from schemas.model import Register
from schemas.names import address_key
from schemas.register_columns import RegisterSheet
from schemas.units import shown
from schemas.wording import day_shown

#: What is said of sheets that have sentences of their own for some columns.
_APART = {
    "framework": {"tolerance", "tolerance_kind"},
    "indicators": {"areas", "tolerance", "tolerance_kind"},
    "periods": {"due", "open"},
}
_CONCERNS = {
    "framework": Concern.FRAMEWORK,
    "priorities": Concern.INDICATORS,
    "indicators": Concern.INDICATORS,
    "areas": Concern.RETURNS,
    "periods": Concern.RETURNS,
    "recipients": Concern.MAIL,
    "approvers": Concern.MAIL,
    "decisions": Concern.MAIL,
    "policies": Concern.FRAMEWORK,
    "bands": Concern.FRAMEWORK,
}
_MAIL = {"areas.email", "framework.remind_before", "framework.remind_after", "framework.draft_days"}
_ASKED = "It is asked of returns that come from now on; what was accepted stays."
_ASKED_BESIDE = f"{_ASKED} Write new templates, which have a column for it."
_OLD_TEMPLATE = "A return from a template of before is asked whether its figure answers that."
_PRINTED_SO = "Appendices that are made from now on are printed so."
_TAKES_OVER = "After the last period whoever it becomes is asked for what it returned."
#: What a change of a column means, by sheet and column; nothing where the sentence says it all.
_MEANS = {
    "framework.policy": "Every colour is worked out anew.",
    "framework.green_from": "The colour of the whole is worked out anew.",
    "framework.amber_from": "The colour of the whole is worked out anew.",
    "framework.coverage_from": "The colour of the whole is worked out anew.",
    "framework.exceeded_by": "Every colour is worked out anew.",
    "framework.small_below": "What was printed before stays printed; what is suppressed is worked "
    "out anew beside it.",
    "framework.keep_years": "quarterday forget --dry-run says which returns are past their time.",
    "framework.thousands": _PRINTED_SO,
    "framework.most_achievements": _ASKED,
    "framework.most_achievement": _ASKED,
    "framework.most_commentary": _ASKED,
    "framework.most_whole": _ASKED,
    "framework.ask_action": _ASKED_BESIDE,
    "framework.ask_forecast": _ASKED_BESIDE,
    "framework.ask_confidence": _ASKED_BESIDE,
    "priorities.heading": "Achievements are found by it: templates that were sent before offer the "
    "old wording.",
    "priorities.achievements_heading": "Achievements are found by it: templates that were sent "
    "before offer the old wording.",
    "indicators.wording": f"Its figures stay. {_OLD_TEMPLATE}",
    "indicators.kind": "What was received of it was of the other kind and no longer fits: have its "
    "areas report it again.",
    "indicators.unit": "Figures that were received are not converted: have its areas send them "
    f"again. {_OLD_TEMPLATE}",
    "indicators.decimals": "Figures that were received keep the decimals that they came with; "
    "means and weighted figures are rounded anew.",
    "indicators.polarity": "The figures that were received are rated by it.",
    "indicators.merge_rule": "The figures that were received are merged by it.",
    "indicators.plausible_minimum": _ASKED,
    "indicators.plausible_maximum": _ASKED,
    "indicators.plausible_change": _ASKED,
    "indicators.commentary": _ASKED,
    "indicators.accumulation": "What is rated and printed of it is worked out anew, and compared "
    "with no figure that accumulated otherwise.",
    "indicators.replaces": "Appendices say so; no figures are compared across it.",
    "indicators.ask_action": _ASKED_BESIDE,
    "indicators.ask_forecast": _ASKED_BESIDE,
    "indicators.ask_confidence": _ASKED_BESIDE,
    "indicators.small_numbers": "What is suppressed is worked out anew, beside all that was "
    "printed before.",
    "areas.name": "A return whose cover has the old name alone is not known to be of it: write a "
    "new template.",
    "areas.first": "Before it whoever becomes it is asked.",
    "areas.last": f"{_TAKES_OVER} What it reported goes on counting.",
    "areas.becomes": _TAKES_OVER,
    "areas.email": "Mail that waits for an address that is gone is not sent.",
    "bands.word": _PRINTED_SO,
    "bands.symbol": _PRINTED_SO,
    "bands.colour": _PRINTED_SO,
    "periods.formerly": "What stands under a former name counts for the period.",
    "periods.starts": "Which period comes before which is worked out anew.",
    "periods.ends": "Which period comes before which is worked out anew.",
}
#: How a cell is called in a sentence, where its heading does not say it.
_CALLED = {
    "indicators.wording": "The wording of {ref}",
    "indicators.decimals": "The number of decimals of {name}",
    "indicators.small_numbers": "The rule for small numbers of {name}",
    "areas.becomes": "What {name} becomes",
    "periods.formerly": "The former name of {name}",
    "periods.starts": "The first day of {name}",
    "periods.ends": "The last day of {name}",
    "periods.issue_on": "The day from which {name} is issued",
    "recipients.gets": "What {name} gets",
}

#: The cells of a row as they are shown, by the keys of their columns.
_Row = Mapping[str, str]
_Key = tuple[str, ...]


def cells(old: Register, new: Register) -> Iterator[RegisterChange]:
    """Everything else: the rows that came and went, and the cells that differ, sheet by sheet."""
    before = {sheet.attribute: rows for sheet, rows in _rows_of(old)}
    for sheet, rows in _rows_of(new):
        if sheet.attribute == "targets":
            continue
        earlier = before[sheet.attribute]
        for key, row in rows.items():
            if key in earlier:
                yield from _cells(sheet, earlier[key], row)
            elif said := _came(sheet, row, _before(row, rows)):
                yield RegisterChange(_CONCERNS[sheet.attribute], said)
        for key, row in earlier.items():
            if key not in rows and (said := _went(sheet, row, _before(row, earlier))):
                yield RegisterChange(_CONCERNS[sheet.attribute], said)
        kept = [key for key in rows if key in earlier]
        before_kept = [key for key in earlier if key in rows]
        if sheet.attribute in ("indicators", "areas") and kept != before_kept:
            said = f"The rows of {sheet.title} stand in another order, and so does what is printed."
            yield RegisterChange(_CONCERNS[sheet.attribute], said)


def _rows_of(register: Register) -> Iterator[tuple[RegisterSheet, dict[_Key, _Row]]]:
    for sheet, rows in tables(register):
        keys = [column.key for column in sheet.columns]
        shown_rows = [dict(zip(keys, map(_shown, cells), strict=True)) for cells in rows]
        yield sheet, {_key(sheet, row): row for row in shown_rows}


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Amount():
            return shown(cell.value, cell.unit)
        case date():
            return day_shown(cell)
    return str(cell)


def _key(sheet: RegisterSheet, row: _Row) -> _Key:
    """What a row is known by again."""
    match sheet.attribute:
        case "framework":
            return ()
        case "recipients":
            return (address_key(row["email"]),)
        case "decisions":
            return (*row.values(),)
        case "targets":
            return row["indicator"], row["period"]
        case "indicators" | "areas":
            return row["ref"], row["since"]
    return (row[sheet.columns[0].key],)


def _cells(sheet: RegisterSheet, before: _Row, after: _Row) -> Iterator[RegisterChange]:
    for column in sheet.columns:
        was, now = before[column.key], after[column.key]
        if was == now or column.key in _APART.get(sheet.attribute, ()):
            continue
        place = f"{sheet.attribute}.{column.key}"
        is_setting = sheet.attribute == "framework"
        called = "{setting}" if is_setting else _CALLED.get(place, "The {heading} of {name}")
        what = called.format(
            setting=column.heading,
            heading=column.heading.casefold(),
            name=_name(before),
            ref=before.get("ref", ""),
        )
        said = f"{what} is {_quoted(now)}; it was {_quoted(was)}."
        concern = Concern.MAIL if place in _MAIL else _CONCERNS[sheet.attribute]
        yield RegisterChange(concern, " ".join(filter(None, (said, _MEANS.get(place, "")))))


def _quoted(text: str) -> str:
    """A cell in a sentence: words that may hold anything are set apart."""
    if not text:
        return "blank"
    return f"“{text}”" if " " in text else text


def _name(row: _Row) -> str:
    """How a row is called: `P1-1 (Number of repeat incidents)`, `Community safety`."""
    if "wording" in row:
        return f"{row['ref']} ({row['wording']})"
    names = (row.get(key) for key in ("name", "heading", "band", "since"))
    return next(filter(None, names), "")


def _before(row: _Row, rows: Mapping[_Key, _Row]) -> _Row | None:
    """The row that holds until one with its ref takes its place; None where it is the first."""
    if not row.get("since") or "ref" not in row:
        return None
    same = [each for each in rows.values() if each["ref"] == row["ref"]]
    return next((a for a, b in pairwise(same) if b is row), None)


def _changes(sheet: RegisterSheet, before: _Row, row: _Row) -> str:
    """What differs in a row from the one before it: `Unit percent (before: count)`."""
    differing = (
        f"{column.heading} {_quoted(row[column.key])} (before: {_quoted(before[column.key])})"
        for column in sheet.columns
        if column.key != "since" and row[column.key] != before[column.key]
    )
    return "; ".join(differing) or "nothing"


def _came(sheet: RegisterSheet, row: _Row, before: _Row | None) -> str:
    """What is said of a row that is new; empty where that is said elsewhere."""
    name = _name(row)
    if before:
        return f"From {row['since']} on {_name(before)} changes: {_changes(sheet, before, row)}."
    match sheet.attribute:
        case "priorities":
            return f"“{name}” is a new priority."
        case "indicators":
            kind = f"{row['kind']} in {row['unit']}" if row["unit"] else row["kind"]
            better = f", {row['polarity']}" if row["polarity"] else ""
            return f"{name} is new: a {kind}{better}."
        case "areas" if row["since"]:
            return f"{name} is new from {row['since']} on: {_line(row)}."
        case "recipients":
            return f"{name} ({row['email']}) is sent: {row['gets'] or 'appendix'}."
        case "approvers":
            return f"{name} may decide."
        case "decisions":
            return f"There is a new line on Decisions: {_line(row)}."
        case "bands":
            return f"The band {name} is printed otherwise: {_line(row)}. {_PRINTED_SO}"
        case "policies":
            return f"From {row['since']} on the colours go by another policy: {_line(row)}."
    return ""


def _went(sheet: RegisterSheet, row: _Row, before: _Row | None) -> str:
    """What is said of a row that is gone; empty where that is said elsewhere."""
    name = _name(row)
    if before:
        return f"{_name(before)} no longer changes from {row['since']} on: it stays what it was."
    match sheet.attribute:
        case "priorities":
            return f"“{name}” is no longer a priority."
        case "indicators":
            return (
                f"{name} is no longer in the register: no appendix shows it. What was received of "
                "it is kept."
            )
        case "recipients":
            return f"{name} ({row['email']}) is sent nothing any more."
        case "approvers":
            return f"{name} may no longer decide."
        case "decisions":
            return f"A line on Decisions is gone, and what came of it stays: {_line(row)}."
        case "bands":
            return f"The band {name} is printed as it is without a row on Bands. {_PRINTED_SO}"
        case "policies":
            return f"The policy that held from {row['since']} on is gone."
    return ""


def _line(row: _Row) -> str:
    return ", ".join(filter(None, row.values()))
