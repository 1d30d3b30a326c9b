"""Workbooks as .ods, with runs of text, number formats and merged cells.

The elements are those of OpenDocument 1.2; the one format that this writer leaves out is a code
with several sections (`0;-0;"nil"`), which OpenDocument says by a style for each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from tests.corpus.sheets import (
    GENERAL,
    PLAIN,
    Area,
    Broken,
    Cell,
    Font,
    Rich,
    Sheet,
    Shown,
    style,
    styles,
)
from tests.support.containers import HEAD, zipped

_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = {
    "office": f"{_OPEN}:office:1.0",
    "table": f"{_OPEN}:table:1.0",
    "text": f"{_OPEN}:text:1.0",
    "style": f"{_OPEN}:style:1.0",
    "number": f"{_OPEN}:datastyle:1.0",
    "fo": f"{_OPEN}:xsl-fo-compatible:1.0",
    "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
}
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
#: Literal text, digits, commas behind them that stand for thousands, literal text.
_CODE = re.compile(
    r'(?P<before>(?:"[^"]*"|\[\$[^\]]*\]|[£$€-])*)'
    r"(?P<digits>#,##0|0+)(?P<decimals>\.0+)?(?P<thousands>,*)"
    r'(?P<behind>(?:"[^"]*"|%)*)'
)
_HIDDEN = ' table:visibility="collapse"'
_DATES = {
    "yyyy": '<number:year number:style="long"/>',
    "mmmm": '<number:month number:textual="true" number:style="long"/>',
    "mmm": '<number:month number:textual="true"/>',
    "mm": '<number:month number:style="long"/>',
    "yy": "<number:year/>",
    "dd": '<number:day number:style="long"/>',
    "m": "<number:month/>",
    "d": "<number:day/>",
}


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook as .ods."""
    looks = styles(sheets)
    fonts = list(
        dict.fromkeys(
            run.font
            for each in sheets
            for content in each.cells().values()
            if isinstance(content, Rich)
            for run in content.runs
        )
    )
    made = "".join(
        f'<style:style style:name="T{n}" style:family="text">{_font(font)}</style:style>'
        for n, font in enumerate(fonts)
    )
    for number, (code, font) in enumerate(looks):
        made += _format(f"N{number}", code)
        data = f' style:data-style-name="N{number}"' if code != GENERAL else ""
        made += (
            f'<style:style style:name="ce{number}" style:family="table-cell"{data}>'
            f"{_font(font)}</style:style>"
        )
    made += (
        '<style:style style:name="hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    names = "".join(f' xmlns:{name}="{address}"' for name, address in _NAMES.items())
    content = (
        f'{HEAD}<office:document-content{names} office:version="1.2">'
        f"<office:automatic-styles>{made}</office:automatic-styles>"
        "<office:body><office:spreadsheet>"
        f"{''.join(_table(each, looks, fonts) for each in sheets)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'{HEAD}<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="'
        f'{_SPREADSHEET.decode()}"/><manifest:file-entry manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": _SPREADSHEET,
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _font(font: Font) -> str:
    properties = ""
    if font.struck:
        properties += ' style:text-line-through-style="solid"'
    if font.raised or font.lowered:
        properties += f' style:text-position="{"super" if font.raised else "sub"} 58%"'
    if font.bold:
        properties += ' fo:font-weight="bold"'
    if font.red:
        properties += ' fo:color="#ff0000"'
    return f"<style:text-properties{properties}/>" if properties else ""


def _format(name: str, code: str) -> str:
    """A number format as OpenDocument has it."""
    if code == GENERAL:
        return ""
    if code == "@":
        return f'<number:text-style style:name="{name}"><number:text-content/></number:text-style>'
    if re.fullmatch(r"[dmy /.-]+", code):
        parts = re.findall(r"yyyy|mmmm|mmm|mm|yy|dd|m|d|[ /.-]", code)
        body = "".join(_DATES.get(part) or _literal(part) for part in parts)
        return f'<number:date-style style:name="{name}">{body}</number:date-style>'
    found = _CODE.fullmatch(code)
    if found is None:
        raise ValueError(f"this writer does not say {code} in OpenDocument")
    digits = found["digits"]
    attributes = f' number:decimal-places="{len(found["decimals"] or ".") - 1}"'
    attributes += f' number:min-integer-digits="{1 if "#" in digits else len(digits)}"'
    if "#" in digits:
        attributes += ' number:grouping="true"'
    if found["thousands"]:
        attributes += f' number:display-factor="{1000 ** len(found["thousands"])}"'
    element = "percentage-style" if _is_share(code) else "number-style"
    return (
        f'<number:{element} style:name="{name}">{_literal(found["before"])}'
        f"<number:number{attributes}/>{_literal(found['behind'])}</number:{element}>"
    )


def _is_share(code: str) -> bool:
    """Whether a code shows hundredths; a percent sign in quotes is text."""
    return "%" in re.sub(r'"[^"]*"', "", code)


def _literal(part: str) -> str:
    """Text of a format, out of its quotes; of `[$£-809]` the sign."""
    text = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r"\1", part).replace('"', "")
    return f"<number:text>{escape(text)}</number:text>" if text else ""


def _table(each: Sheet, looks: list[tuple[str, Font]], fonts: list[Font]) -> str:
    cells, areas = each.cells(), each.merged()
    width = max(column for _, column in cells) + 1
    width = max(width, *(area.right + 1 for area in areas), 1)
    height = max((row for row, _ in cells), default=0) + 1
    covered = {
        (row, column)
        for area in areas
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    }
    starts = {(area.top, area.left): area for area in areas}
    columns = "".join(
        f"<table:table-column{_HIDDEN if n in each.hidden_columns else ''}/>" for n in range(width)
    )
    rows = ""
    for row in range(height):
        rows += f"<table:table-row{_HIDDEN if row in each.hidden_rows else ''}>"
        for column in range(width):
            place = (row, column)
            content = cells.get(place)
            if place in covered and place not in starts:
                rows += "<table:covered-table-cell/>"
                continue
            look = looks.index(style(content))
            rows += _cell(content, look, starts.get(place), fonts)
        rows += "</table:table-row>"
    hidden = ' table:style-name="hidden"' if each.hidden else ""
    return f"<table:table table:name={quoteattr(each.name)}{hidden}>{columns}{rows}</table:table>"


def _cell(content: Cell, look: int, area: Area | None, fonts: list[Font]) -> str:
    attributes = f' table:style-name="ce{look}"' if look else ""
    if area:
        attributes += f' table:number-columns-spanned="{area.right - area.left + 1}"'
        attributes += f' table:number-rows-spanned="{area.bottom - area.top + 1}"'
    kind, shown = _value(content)
    if isinstance(content, Rich):
        shown = "".join(
            escape(run.text)
            if run.font == PLAIN
            else f'<text:span text:style-name="T{fonts.index(run.font)}">{escape(run.text)}'
            "</text:span>"
            for run in content.runs
        )
    else:
        shown = escape(shown)
    # A line of a cell is a paragraph; blanks at its ends and in rows are elements.
    shown = re.sub(" {2,}|^ | $", lambda blanks: f'<text:s text:c="{len(blanks[0])}"/>', shown)
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in shown.split("\n") if shown)
    return f"<table:table-cell{attributes}{kind}>{paragraphs}</table:table-cell>"


def _value(content: Cell) -> tuple[str, str]:
    """The attributes of a cell's value, and what it shows."""
    match content:
        case None:
            return "", ""
        case Rich() as text:
            return ' office:value-type="string"', text.text
        case Broken(error):
            return ' table:formula="of:=0/0" office:value-type="string"', error
        case Shown(value=date() as day, text=text):
            return f' office:value-type="date" office:date-value="{day.isoformat()}"', text
        case Shown(value=str() as value):
            return ' office:value-type="string"', value
        case Shown(value=value, code=code, text=text):
            kind = "percentage" if _is_share(code) else "float"
            return f' office:value-type="{kind}" office:value="{value!r}"', text
        case str():
            return ' office:value-type="string"', content
        case bool():
            return (
                f' office:value-type="boolean" office:boolean-value="{str(content).lower()}"',
                str(content).upper(),
            )
    return f' office:value-type="float" office:value="{content!r}"', str(content)
