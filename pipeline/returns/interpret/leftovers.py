"""Leftovers: what of a tab, a line over a table and a line of the cover nobody can place.

What stands there alone is a name for the figures, unless it is known to be something else: a place,
a group of people or a way of counting is not told from a motto by its words. So the rule is to ask.
A short line is passed over where each word of it is understood, the register's, or ordinary; where
it is a sentence; and where it gives a person, an address or a number to reach somebody by. What
sentences say of the figures, and what begins with them, `remarks` looks at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import is_whole
from pipeline.returns.interpret.cover import Cover
from pipeline.returns.interpret.headings import LONGEST_HEADING
from pipeline.returns.interpret.instructions import is_harmless
from pipeline.returns.interpret.labels import COVER_LABELS, Label, Vocabulary
from pipeline.returns.interpret.ordinary import EVERYBODY, NOT_ALONE, ORDINARY
from pipeline.returns.interpret.parts import told
from pipeline.returns.interpret.periods import Mentions, spoken
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.remarks import OVER, part_said
from pipeline.returns.interpret.tables import Table
from pipeline.returns.interpret.titles import Title
from pipeline.workbooks.addresses import position
from schemas.findings import Finding, shorten
from schemas.layout_rules import WORDS_UNPLACED
from schemas.wording import listed

#: A line of more words is a sentence, or several.
_MOST_WORDS = 8
#: So many lines of a sheet are quoted, and so much of each.
_MOST_QUOTED, _LONGEST_QUOTED = 2, 30
#: What only sentences have, and how one begins that asks for something or is a motto.
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|shall|should|must|might|can|could|do"
    r"|does|did|don't|please|you|your|yours|we|us|our|my|it|its|they|their|them|if|when|where|how"
    r"|who|why|which|what)\b|^(?:\S+ ){3,}\S+[.!?]$"
    r"|^(?:complete|enter|return|fill|click|select|choose|type|insert|see|refer|go|use|save|send"
    r"|check|ensure|contact|delete|keep|read|press|add|tick|submit|copy|paste|print|working|serving"
    r"|making|putting|building|delivering|improving|creating|investing) (?:\w+ )+\w+"
)
#: Whoever holds such a post may have any name.
_PERSON = re.compile(
    r"\b(?<!per )(?:officer|manager|director|analyst|assistant|administrator|accountant|advis[eo]r"
    r"|co-?ordinator|team leader|councillor|cllr|mr|mrs|ms|miss|dr|chair(?:man|woman|person)?"
    r"|head of|lead(?! times?\b)|author|owners?(?![ -]occup)|(?:portfolio|post) ?holder"
    r"|chief executive|champion|sponsor|inputter|signatory|approver)\b"
)
_PLACE = r"\b(?:street|road|lane|avenue|house|hall|centre|square|way|wharf|quay|offices?)\b"
_ADDRESS = re.compile(rf"\b[a-z]{{1,2}}\d[\da-z]? ?\d[a-z]{{2}}\b|{_PLACE}.*,|,.*{_PLACE}")
_FILLED_IN = "|".join(
    re.escape(label) for label, key in COVER_LABELS.items() if key not in ("area", "period")
)
#: What the form and who fills it in have beside such a label may be anything.
_ENTRY = re.compile(
    rf"(?:{_FILLED_IN}|(?:full |print |job |contact |officer |file )*names?|(?:job|post) title"
    r"|signature|signed(?: off)?|e-?mail(?: address)?|(?:tele)?phone(?=:|$)|tel ext"
    r"|address|post ?code|town(?! centre)|file ?name|date(?: \w+)?|contacts?(?: details)?"
    r"|website|comments?|return to"
    r"|(?:file|form|return|doc(?:ument)?|unique) (?:id|reference|ref|number|no)"
    r"|(?:id|ref|reference|path|folder|document)(?=:)"
    r"|(?:completed|prepared|produced|compiled|collated|checked|approved|authorised|submitted"
    r"|verified|agreed|returned|supplied|updated|entered|reviewed|signed|countersigned|saved"
    r"|quality assured) (?:by|on))"
    r"(?:\s?[:\-\u2013]|\s|$)"
)
#: What governs or is the whole of a service may have any name; a team may be that of a part.
_BODY = re.compile(r"\b(?:directorate|department|dept|committee|board|partnership)\b")
#: Numbers of sections, pages and versions, and letters of appendices.
_NUMBER = re.compile(r"[\W_]*|\d+(?:\.\d+)*(?:st|nd|rd|th)?|v(?:er)?\d[\d.]*|[a-h]|[ivx]+")
_JOINING = frozenset({"and", "or", "of"})
_NUMBERED = re.compile(r"(?:sheet|tab|table|page|form|appendix|annex|section|part)\d+")


def unplaced(
    cover: Cover, tables: Iterable[Table], known: Belonging, said: Collection[Finding]
) -> Iterator[Finding]:
    """One finding for each sheet with lines that nobody can place.

    `said` is what was found before: a row of which something is said already is no matter here.
    """
    lines = [*cover.lines, *(title for table in tables for title in table.titles)]
    asked = {(found.sheet, _row(found.cell)) for found in said}
    left = {
        (line.sheet, line.cell): line
        for line in lines
        if (line.sheet, _row(line.cell)) not in asked
        and (is_unplaced(known.words, line.text) or _is_of_another_length(line, known))
        and not is_whole(part_said(line.text), known)
    }
    for sheet, on_sheet in groupby(left.values(), key=attrgetter("sheet")):
        first, *others = on_sheet
        texts = [*dict.fromkeys(shorten(line.text, _LONGEST_QUOTED) for line in (first, *others))]
        quoted = [f'"{text}"' for text in texts[:_MOST_QUOTED]]
        more = len(texts) - len(quoted)
        quoted += [f"{more} more"] if more else []
        yield WORDS_UNPLACED.found(sheet, first.cell, first.text, said=listed(quoted))


def _row(cell: str) -> int | None:
    place = position(cell)
    return place[0] if place else None


def _is_of_another_length(line: Title, known: Belonging) -> bool:
    """Whether a line says nothing but a length of time that is not the period's: `Mid-year`."""
    said = Mentions(relative=line.label.periods.relative)
    is_alone = line.label == Label(line.label.text, periods=said) and not line.text.endswith(":")
    return is_alone and known.among(said) is not Fit.SAME


@lru_cache(maxsize=4_000)
def is_unplaced(words: Vocabulary, text: str) -> bool:
    """Whether a line is short, no sentence, and has words that nobody can place."""
    if len(text) > LONGEST_HEADING:
        return False
    return any(_is_left(words, part) for part in map(spoken, told(text)) if not is_harmless(part))


def _is_left(words: Vocabulary, part: str) -> bool:
    if len(part.split()) > _MOST_WORDS or _ENTRY.match(part) or OVER.match(part):
        return False
    if any(pattern.search(part) for pattern in (_SENTENCE, _PERSON, _ADDRESS, _BODY)):
        return False
    left = {each for word in words.title(part).unknown if (each := _without_number(word))}
    named = {word for word in left if not _is_any(word, ORDINARY) and word not in words.own_words}
    if any(not _is_any(word, NOT_ALONE) for word in named):
        return True
    # A group of people alone is none that a service is for.
    is_beside = any(_is_any(word, ORDINARY) for word in left - _JOINING)
    return bool(named) and not (is_beside or left >= EVERYBODY)


def _without_number(word: str) -> str:
    """A word without the sign of an owner; empty of a number."""
    is_number = _NUMBER.fullmatch(word) or _NUMBERED.fullmatch(word)
    return "" if is_number else word.removesuffix("'s").removesuffix("s'")


def _is_any(word: str, known: Collection[str]) -> bool:
    """Whether a word, or what it is the plural of, is one of those."""
    return word in known or word.removesuffix("s") in known
