"""Workbooks as .xlsx, with texts in the sheets themselves, as other programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

from tests.corpus.sheets import Area, Broken, Cell, Font, Rich, Sheet, stored, style, styles
from tests.support.containers import HEAD, MAIN, parts, zipped
from tests.support.containers import sheet as part
from tests.support.containers import workbook as listing


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook as .xlsx."""
    looks = styles(sheets)
    listed = "".join(
        f'<sheet name={quoteattr(each.name)} sheetId="{n}" r:id="rId{n}" '
        f'state="{"hidden" if each.hidden else "visible"}"/>'
        for n, each in enumerate(sheets, 1)
    )
    return zipped(
        parts(
            [(f"Sheet{n}", _sheet(each, looks)) for n, each in enumerate(sheets, 1)],
            more={"xl/workbook.xml": listing(listed), "xl/styles.xml": _styles(looks)},
        )
    )


def _sheet(each: Sheet, looks: list[tuple[str, Font]]) -> bytes:
    cells = each.cells()
    rows = ""
    for number in sorted({row for row, _ in cells} | set(each.hidden_rows)):
        hidden = ' hidden="1"' if number in each.hidden_rows else ""
        written = "".join(
            _cell(_place(row, column), content, looks.index(style(content)))
            for (row, column), content in sorted(cells.items(), key=lambda item: item[0])
            if row == number
        )
        rows += f'<row r="{number + 1}"{hidden}>{written}</row>'
    columns = "".join(
        f'<col min="{n + 1}" max="{n + 1}" width="9" hidden="1"/>' for n in each.hidden_columns
    )
    merged = "".join(f'<mergeCell ref="{_reference(area)}"/>' for area in each.merged())
    return part(
        rows,
        before=f"<cols>{columns}</cols>" if columns else "",
        after=f"<mergeCells>{merged}</mergeCells>" if merged else "",
    )


def _place(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row + 1}"


def _reference(area: Area) -> str:
    return f"{_place(area.top, area.left)}:{_place(area.bottom, area.right)}"


def _cell(place: str, content: Cell, look: int) -> str:
    start = f'<c r="{place}" s="{look}"'
    if isinstance(content, Rich):
        runs = "".join(
            f"<r>{_font(run.font, 'rPr', 'rFont')}{_text(run.text)}</r>" for run in content.runs
        )
        return f'{start} t="inlineStr"><is>{runs}</is></c>'
    if isinstance(content, Broken):
        return f'{start} t="e"><f>0/0</f><v>{content.error}</v></c>'
    match stored(content):
        case str() as text:
            return f'{start} t="inlineStr"><is>{_text(text)}</is></c>'
        case bool() as truth:
            return f'{start} t="b"><v>{int(truth)}</v></c>'
        case number:
            return f"{start}><v>{number!r}</v></c>"


def _text(text: str) -> str:
    return f'<t xml:space="preserve">{escape(text)}</t>'


def _font(font: Font, element: str, name: str) -> str:
    script = "superscript" if font.raised else "subscript" if font.lowered else "baseline"
    return (
        f"<{element}>{'<b/>' * font.bold}{'<strike/>' * font.struck}"
        f'<sz val="11"/><color rgb="{"FFFF0000" if font.red else "FF000000"}"/>'
        f'<{name} val="Calibri"/><vertAlign val="{script}"/></{element}>'
    )


def _styles(looks: Sequence[tuple[str, Font]]) -> bytes:
    fonts = list(dict.fromkeys(font for _, font in looks))
    codes = list(dict.fromkeys(code for code, _ in looks))
    formats = "".join(
        f'<numFmt numFmtId="{163 + n}" formatCode={quoteattr(code)}/>'
        for n, code in enumerate(codes)
        if n
    )
    used = "".join(
        f'<xf numFmtId="{163 + codes.index(code) if codes.index(code) else 0}" '
        f'fontId="{fonts.index(font)}" fillId="0" borderId="0" xfId="0" '
        f'applyNumberFormat="1" applyFont="1"/>'
        for code, font in looks
    )
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}">'
        + (f'<numFmts count="{len(codes) - 1}">{formats}</numFmts>' if formats else "")
        + f'<fonts count="{len(fonts)}">{"".join(_font(f, "font", "name") for f in fonts)}</fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{len(looks)}">{used}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    ).encode()
