"""Old drawings of a workbook: boxes of comments, and controls. VML need not be well-formed."""

from __future__ import annotations

import re
from html import unescape

from pipeline.outputs.correction.in_place.formulas import IsLive
from pipeline.outputs.correction.in_place.xml_tree import in_utf8
from pipeline.workbooks.details.detail import BrokenPartError

_TAG = re.compile(rb"""<[^<>"']*+(?:(?:"[^"]*"|'[^']*')[^<>"']*+)*+>""")
#: What leads to a page or a picture elsewhere.
_LINK = re.compile(
    rb"""\s(?:[\w.-]+:)?(?:href|althref|src)\s*=\s*(?:"[^"#][^"]*"|'[^'#][^']*')""", re.IGNORECASE
)
_FORMULA = re.compile(rb"<((?:[\w.-]+:)?Fmla(\w+))(?:\s[^<>]*)?>([^<]*)</\1\s*>")
_BEGUN = re.compile(rb"<(?:[\w.-]+:)?Fmla\w")
#: Excel writes a box of another form as what it is.
_SHAPE = re.compile(
    rb"""<(/?)(?:[\w.-]+:)?(?:shape|rect|roundrect|oval)(?=[\s/>])(?:[^<>"']|"[^"]*"|'[^']*')*?(/?)>"""
)


def without_live(content: bytes, is_live: IsLive) -> tuple[bytes, int, int]:
    """A drawing without macros, links and live formulas; how many macros and others there were.

    Raises BrokenPartError where it is not plain which they are.
    """
    macros = others = 0

    def of_formula(match: re.Match[bytes]) -> bytes:
        nonlocal macros, others
        is_macro = match[2] == b"Macro"
        if not is_macro and not is_live(unescape(match[3].decode("utf-8", "replace"))):
            return match[0]
        macros, others = macros + is_macro, others + (not is_macro)
        return b""

    def of_tag(match: re.Match[bytes]) -> bytes:
        nonlocal others
        said, found = _LINK.subn(b"", match[0])
        others += found
        return said

    plain = in_utf8(content)
    said = _TAG.sub(of_tag, _FORMULA.sub(of_formula, plain))
    if len(_BEGUN.findall(plain)) != len(_FORMULA.findall(plain)):
        raise BrokenPartError("a drawing is not laid out as usual")
    return (said if macros or others else content), macros, others


def shapes(content: bytes) -> list[tuple[int, int]]:
    """Where the shapes of a drawing begin and end."""
    found, begun = list[tuple[int, int]](), None
    for tag in _SHAPE.finditer(content):
        if tag[1]:
            if begun is not None:
                found.append((begun, tag.end()))
            begun = None
        elif tag[2]:
            found.append((tag.start(), tag.end()))
        else:
            begun = tag.start()
    return found
