"""xlsxwriter's workbook with what a screen reader goes by: its language, and titles as headings.

xlsxwriter knows neither, so they are put into the parts of the package once it has written them.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager

from pipeline.workbooks.tags import HEADING, HEADING_ID, LANGUAGE


class _Format(Format):  # type: ignore[misc] # xlsxwriter states no types
    #: Whether programs list cells of this format as headings.
    is_heading = False

    def _get_format_key(self) -> str:
        # A cell that looks the same and is no heading has a format of its own.
        return f"{super()._get_format_key()}{self.is_heading}"


class TaggedWorkbook(Workbook):  # type: ignore[misc] # xlsxwriter states no types
    """A workbook whose parts are made in memory, in British English, with tagged headings."""

    def __init__(self, filename: Any, options: dict[str, Any] | None = None) -> None:
        super().__init__(filename, {"in_memory": True} | (options or {}))

    def add_format(self, properties: dict[str, Any] | None = None) -> Format:
        made = super().add_format(properties)
        made.__class__ = _Format
        return made

    def add_heading_format(self, properties: dict[str, Any]) -> Format:
        """A format for the titles of sheets, which programs list as headings."""
        made = self.add_format(properties)
        made.is_heading = True
        return made

    def close(self) -> None:
        """Write the file. No sheet is the workbook's after that."""
        super().close()
        # Sheets know their workbook: a circle, which would keep all cells for the collector.
        self.worksheets_objs.clear()
        self.sheetnames.clear()

    def _get_packager(self) -> Packager:
        return _TaggingPackager()


class _TaggingPackager(Packager):  # type: ignore[misc] # xlsxwriter states no types
    def _write_styles_file(self) -> None:
        used = self.workbook.xf_formats
        headings = [each for each in used if each.is_heading]
        # The styles are the plain one, that of links where there are any, then the headings'.
        number = 2 if any(each.hyperlink for each in used) else 1
        for each in headings:
            each.xf_id = number
        super()._write_styles_file()
        if not headings:
            return
        font = headings[0].font_index
        looks = f'<xf numFmtId="0" fontId="{font}" fillId="0" borderId="0" applyFont="1"/>'
        style = f'<cellStyle name="{HEADING}" xfId="{number}" builtinId="{HEADING_ID}"/>'
        self._put_in(
            (f'<cellStyleXfs count="{number}">', f'<cellStyleXfs count="{number + 1}">'),
            ("</cellStyleXfs>", f"{looks}</cellStyleXfs>"),
            (f'<cellStyles count="{number}">', f'<cellStyles count="{number + 1}">{style}'),
        )

    def _write_core_file(self) -> None:
        super()._write_core_file()
        end = "</cp:coreProperties>"
        self._put_in((end, f"<dc:language>{LANGUAGE}</dc:language>{end}"))

    def _put_in(self, *changes: tuple[str, str]) -> None:
        """Change the part that was written last."""
        part: StringIO = self.filenames[-1][0]
        text = part.getvalue()
        for old, new in changes:
            before, found, after = text.partition(old)
            if not found:
                raise LookupError(f"xlsxwriter wrote no {old}")
            text = f"{before}{new}{after}"
        part.seek(0)
        part.truncate()
        part.write(text)
