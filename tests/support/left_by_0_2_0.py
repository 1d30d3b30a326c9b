"""A workspace that version 0.2.0 left, unpacked and asked as 0.2.0 was asked."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import time_machine
from openpyxl import load_workbook
from typer.testing import Result

from pipeline.outputs.appendix.table import Gap
from pipeline.workspace.folder import open_workspace
from tests.support.command_line import quarterday
from tests.support.mailserver import mail_server
from tests.support.mixed import set_up
from tests.support.tables import rows_of_table

DATA = Path(__file__).parents[1] / "data"
SETTINGS = DATA / "settings-0.2.0"
#: The night on which 0.2.0 was asked; the one before was cut off.
MOMENT = datetime(2013, 5, 7, 2, tzinfo=ZoneInfo("Europe/London"))
PERIODS = ("2010-11", "2011-12", "2012-13")
#: Forgotten, restated, approved, suppressed, and made final.
TRACED = ("P2-1 2010-11", "P2-2 2011-12", "P1-1 2012-13", "P2-2 2012-13", "P1-4 2012-13")
#: What the doctor says of these depends on the workspace alone.
CHECKS = ("settings", "register", "texts of mail", "archive", "journal", "mailbox", "lock",
          "left over", "last run")  # fmt: skip


def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def unpacked(name: str, folder: Path) -> Path:
    """A workspace as 0.2.0 left it, with its rights."""
    with tarfile.open(DATA / f"{name}-0.2.0.tar.xz") as packed:
        # Ours, and its rights and its link are part of it. No filter takes them off.
        packed.extraction_filter = lambda member, _: member
        packed.extractall(folder)  # noqa: S202
    return folder


def called(root: Path, *words: str) -> Result:
    with time_machine.travel(MOMENT):
        result = quarterday(*words, "--workspace", str(root))
    assert "Traceback" not in result.output
    return result


def ask(root: Path, *words: str) -> Any:
    """The document that a command prints, without where the workspace lies."""
    result = called(root, *words, "--json")
    assert result.exit_code in (0, 1), result.output
    return json.loads(result.stdout.replace(str(root), "WORKSPACE"))


def told_of(root: Path, what: str) -> Any:
    """What commands say that only look, of each thing that they are asked about."""
    match what:
        case "status":
            return {period: ask(root, "status", "--period", period) for period in PERIODS}
        case "trace":
            asked = {each: each.split() for each in TRACED}
            return {each: ask(root, "trace", r, "--period", p) for each, (r, p) in asked.items()}
        case "doctor":
            checks = {check["name"]: check for check in ask(root, "doctor")["checks"]}
            said = {name: [checks[name]["state"], checks[name]["found"]] for name in CHECKS}
            return said | {name: [checks[name]["state"]] for name in ("store", "store, inside")}
        case _:
            return ask(root, what)


def rows_of(root: Path) -> dict[str, int]:
    """How many rows each table of the store has."""
    engine = sa.create_engine(open_workspace(root).store_url, poolclass=sa.NullPool)
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: len(connection.execute(sa.select(table)).all())
            for name, table in sorted(tables.tables.items())
        }


#: The sheets that have come since, or say otherwise by now what the committee sheet says as well.
ARRANGED_ANEW = ("Contents", "Summary", "Trends")
#: The columns of the data that have come since.
SINCE = (
    "Restatement",
    "Edition",
    "Indicator accumulated over",
    "Indicator in the period alone",
)


def cells_of(root: Path, period: str) -> list[list[str]]:
    """What the appendix in the outbox says: sheet, cell and value."""
    book = load_workbook(root / "outbox" / period / f"Appendix 3 - {period}.xlsx")
    # What later versions put before it is passed over.
    sheet = book["Appendix 3"]
    # Later versions number each issue, in a row of its own below the title.
    if str(sheet["A2"].value).startswith("Issue "):
        sheet.delete_rows(2)
    for each in book:
        # Their tables stand below what they hold, with a code where a cell was blank.
        if each.tables:
            above = each.max_row - len(rows_of_table(each.iter_rows(values_only=True)))
            if above:
                each.delete_rows(1, above)
            for row in each.iter_rows():
                for cell in row:
                    cell.value = None if cell.value in set(Gap) else cell.value
    # And their data say at the end of each row how it came, and of which issue it is.
    data = book["Data"]
    for column in range(data.max_column, 0, -1):
        if data.cell(1, column).value in SINCE:
            data.delete_cols(column)
    return [
        # A time to the minute: the clock went on.
        [sheet.title, cell.coordinate, f"{cell.value:{'%Y-%m-%d %H:%M' if cell.is_date else ''}}"]
        for sheet in (sheet, *(other for other in book if other is not sheet))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


#: Headings of the committee sheet that are arranged otherwise by now.
_ARRANGED = {"Priority", "Target achieved?", "Direction of travel"}
#: What is never rated has a table of its own by now, and there another word.
_NEVER_RATED = {"Not rated: no target": "Contextual"}


def said_by_committee(cells: list[list[str]]) -> tuple[Counter[str], dict[str, list[str]]]:
    """What a committee sheet says, wherever it stands: its lines, and the row of each indicator.

    That is its target, performance and rating, by its wording; either may be blank.
    """
    title = cells[0][0]
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    lines = Counter[str]()
    for place, said in ((place, said) for sheet, place, said in cells if sheet == title):
        rows[place.lstrip("ABCDEFGHIJ")][place[:1]] = said
        for line in said.replace("\N{NO-BREAK SPACE}", " ").replace(", was ", "\nwas ").split("\n"):
            lines[_bare(line)] += 1
    indicators: dict[str, list[str]] = {}
    columns = "BCD"
    for row in rows.values():
        if headed := {said: at for at, said in row.items() if said in _HEADS}:
            columns = "".join(headed.values()) if len(headed) == 3 else columns
        *figures, rating = (row.get(at, "").partition("\n")[0] for at in columns)
        if row.get("A") and rating[:1] in ("✔", "◆", "✖", "N", "C"):
            name = _bare(row["A"].partition("\n")[0])
            indicators[name] = [*filter(None, figures), rating]
    return lines, indicators


#: What heads the columns of an indicator's figures and its rating, and of those of a priority.
_HEADS = {"Target", "Performance", "Target achieved?", "Indicators", "Rated", "Overall"}
#: An indicator's ref and service area, which may stand behind its wording.
_OWNED = re.compile(r" – P\d-\d+, .*")


def _bare(line: str) -> str:
    return _OWNED.sub("", line).removeprefix("• ").removesuffix(" (continued)")


def unsaid(new: list[list[str]], old: list[list[str]]) -> list[str]:
    """What a committee sheet of before said, and one of now does not."""
    (lines, rows), (lines_then, rows_then) = map(said_by_committee, (new, old))
    said = {each for line in lines for each in (line, _unnumbered(line))}
    now = {line: _NEVER_RATED.get(line, _as_said_now(line)) for line in lines_then}
    gone = [line for line in now if line not in _ARRANGED and now[line] not in said]
    for each, row in rows_then.items():
        *figures, rating = row
        if rows.get(each) not in (row, [*figures, _NEVER_RATED.get(rating)]):
            gone.append(f"{each}: {row}, and now {rows.get(each)}")
    return gone


def night_of(root: Path) -> dict[str, Any]:
    """The next night: what was taken in, what went to whom, and what is issued then."""
    with mail_server() as box:
        set_up(root, section="mail", port=box.port)
        night = ask(root, "run")
        went = zip(box.recipients, (str(m["Subject"]).strip() for m in box.messages), strict=True)
        sent = [list(each) for each in went]
    said = ("filename", "outcome", "area", "period", "replaces")
    taken = [[one[name] for name in said] for one in night["ingested"]["taken"]]
    stuck = [[one["to"], one["outcome"]] for one in night["mail"]["stuck"]]
    return {
        "taken": taken,
        "sent": sent,
        "stuck": stuck,
        "appendix": cells_of(root, PERIODS[-1]),
        "inbox": sorted(path.name for path in (root / "inbox").iterdir()),
        "leaving": [path.name for path in (root / "var").glob("leaving/**/*")],
        "archived": sorted(path.name for path in (root / "var" / "archive").glob("??/*")),
        "journal": _without_later(told_of(root, "doctor")["journal"], rows_of(root)["suppressed"]),
        "rows": rows_of(root),
    }


def _without_later(said: list[str], rows: int) -> list[str]:
    """What is said of the journal, less the rows of a table that 0.2.0 did not have."""
    state, found = said
    return [state, re.sub(r"^\d+", lambda number: str(int(number[0]) - rows), found)]


_NOW = {
    "Received late": "Received",
    "accepted, late: ": "accepted: ",
    "was 48.5 (2011-12)": "was 48.50 (2011-12)",
}
#: What the data sheets say in words by now, and without a symbol.
_IN_WORDS = {
    "✔ Green": "Green",
    "◆ Amber": "Amber",
    "✖ Red": "Red",
    "Policy": r"note \d+",
    "▲ ▼ ► say whether the figure went up, went down or stayed the same since the figure "
    "named beside it; the word says whether that is better or worse.": r"An arrow up, down .*",
}
_SUM_RESTATED = re.compile(r"\nRestated: it was [\w ✔◆✖]+ when the period was closed on [\w ]+\.")
#: Where a return stands that was taken in for a closed period.
_RESTATED = "Received as a restatement"
_BY_REGISTER = (
    " The register that the period was closed with is not kept, or cannot be read any more; it is "
    "rated by the current one."
)


def _as_said_now(old: Any) -> Any:
    """What has other words by now.

    What came in time, and was corrected later, was called late; and earlier figures were printed
    without the decimals that they were published with.
    """
    if not isinstance(old, str):
        return old
    for before, now in _NOW.items():
        old = old.replace(before, now)
    return "warning accepted" if old == "approved" else old


def _unnumbered(new: Any) -> Any:
    """What is said now of an issue, without its number and by which register it was made.

    Nor with what its sums were when the period was closed.
    """
    if not isinstance(new, str):
        return new
    new = _SUM_RESTATED.sub("", new)
    return re.sub(r",? issue \d+( \(\w+\))?(?=[,: ]|$)", "", new).replace(_BY_REGISTER, "")


def differences(new: Any, old: Any, where: str = "") -> list[str]:
    """Where something else is said than before; a document may say more by now."""
    if isinstance(old, dict) and isinstance(new, dict):
        each = [(new.get(name), said, f"{where}/{name}") for name, said in old.items()]
    elif where.endswith("appendix"):
        apart = {new[0][0], *ARRANGED_ANEW}
        cells = [[each for each in some if each[0] not in apart] for some in (new, old)]
        return unsaid(new, old) + differences(*cells, f"{where} ")
    elif where.endswith("/returns"):
        # Of a closed period those areas that reported then.
        areas = [one["area"]["ref"] for one in new]
        old = [one for one in old if one["area"]["ref"] in areas]
        each = [(*pair, f"{where}/{n}") for n, pair in enumerate(zip(new, old, strict=True))]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        each = [(*pair, f"{where}/{n}") for n, pair in enumerate(zip(new, old, strict=True))]
    else:
        is_same = new == old or _unnumbered(new) in (old, _as_said_now(old))
        is_same = is_same or (new == _RESTATED and old in ("Received", "Received late"))
        is_same = is_same or any(
            old == then and re.fullmatch(now, str(new)) for then, now in _IN_WORDS.items()
        )
        return [] if is_same else [f"{where}: {new!r}, and before {old!r}"]
    return [line for one in each for line in differences(*one)]
