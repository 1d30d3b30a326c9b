"""Labels: what the words of a heading, a title or a tab say of the figures that they stand over.

Every word is accounted for: a field's name, a period, a service area, a kind of figure, a unit, a
scale, or one of `CHANGE_NOTHING`. What is left over is `unknown`, and is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.homonyms import without_homonyms
from pipeline.returns.interpret.instructions import is_harmless, without_denials
from pipeline.returns.interpret.papers import OF_OFFICES, without_acts, without_papers
from pipeline.returns.interpret.periods import ANY_SAYING, NONE, Mentions, spoken
from pipeline.returns.interpret.phrases import Phrases
from pipeline.returns.interpret.register_periods import Calendar
from pipeline.returns.interpret.unknown_words import UnknownWords
from pipeline.workbooks.names import name_key
from schemas.asking import things_asked
from schemas.fields import (
    ACHIEVEMENT_FIELDS,
    ASKED,
    ASKED_FIELDS,
    COVER_FIELDS,
    INDICATOR_FIELDS,
    MARKS,
    UNSURE_NAMES,
    UNTAUGHT_FIELDS,
    Field,
    Fields,
)
from schemas.model import Indicator, Register
from schemas.units import Unit

#: Words that say nothing of what a figure is. Each is tested to change nothing.
CHANGE_NOTHING = frozenset(
    {"the", "a", "of", "for", "in", "at", "name", "figure", "figures", "value", "values"}
    | {"reported", "final"}
    | {word for mark in MARKS for word in spoken(mark).split()}
)
#: What makes of a figure another than the one that a period had, each with its own words. A
#: provisional figure is the period's, and is marked.
PROVISIONAL, OF_A_PART, FORECAST = "provisional", "of a part", "a forecast"
CUMULATIVE = "cumulative"
KINDS: dict[str, tuple[str, ...]] = {
    PROVISIONAL: ("provisional", "preliminary", "prelim", "prelim."),
    FORECAST: (
        *("forecast", "forecasts", "forecasted", "fcst", "projected", "projection", "projections"),
        *("predicted", "prediction", "predictions", "expected", "planned", "modelled", "what if"),
        *("scenario", "scenarios", "best case", "worst case"),
    ),
    "an estimate": ("estimate", "estimated", "estimates", "est.", "indicative", "approximate"),
    "not final": (
        *("draft", "drafts", "unaudited", "unvalidated", "not yet validated", "superseded"),
        *("obsolete", "dummy", "do not use", "withdrawn", "void", "incomplete", "unverified"),
        *("not validated", "not audited", "not verified", "interim", "to be checked", "specimen"),
        *("placeholder", "previous version", "not yet approved", "part data", "part year"),
        "not final",
    ),
    "an example": ("example", "sample"),
    CUMULATIVE: ("cumulative", "cum", "cum.", "year to date", "ytd", "to date"),
    "of another length of time": ("rolling", "annualised", "annualized", "in arrears"),
    "an average": ("average", "averages", "mean"),
    "a baseline": ("baseline", "benchmark", "benchmarks", "benchmarking"),
    "a rate": ("per capita", "per head", "rate per", "rates per"),
    "a total": ("total", "totals", "sum"),
    "what is aimed at": ("budget", "plan"),
    "a difference": ("variance", "change", "difference"),
    OF_A_PART: ("only", "excl.", "excluding", "excl"),
    "of a part, or of more": ("incl.", "including", "part"),
    "of elsewhere": (
        *("national figure", "national figures", "national average", "england", "regional"),
        *("statistical neighbour", "statistical neighbours", "nearest neighbours"),
        *("comparator", "comparators", "family group", "peer group", "other councils"),
    ),
    "not to be used": (
        *("test", "test data", "old", "old version", "archive", "archived", "backup", "copy"),
    ),
}
#: Those that a title says of the figures under it only where it says nothing else.
_SAID_ALONE = frozenset(
    {"an example", "a total", "what is aimed at", "a difference", "of a part, or of more"}
    | {"not to be used"}
)
#: Those that may be said of the whole form: `Sample return`.
_OF_FORMS = frozenset({"an example", "not to be used"})
_FORMS = frozenset({"return", "returns", "form", "template", "sheet", "data", "workbook"})
#: A currency that no figure is kept in.
OTHER_MONEY = "another currency"

INDICATORS = Fields((*INDICATOR_FIELDS, *ASKED_FIELDS, *UNTAUGHT_FIELDS))
ACHIEVEMENTS = Fields(ACHIEVEMENT_FIELDS)

#: What a line of the cover may be called, with the key of its field.
COVER_LABELS = {
    name_key(spoken(label)): f.key for f in COVER_FIELDS for label in (f.heading, *f.aliases)
}


@lru_cache(maxsize=2_000)
def cover_key(text: str) -> str | None:
    """The field that a label of the cover names, whatever follows its colon."""
    return COVER_LABELS.get(name_key(spoken(text.partition(":")[0])))


def is_cover_line(texts: list[str]) -> bool:
    """Whether a row's texts are labels of the cover, each with one entry at most."""
    said = [text for text in texts if text]
    labels = sum(cover_key(text) is not None for text in said)
    return bool(said) and cover_key(said[0]) is not None and len(said) <= 2 * labels


class Scaled(Struct, frozen=True):
    """By how many tens figures are to be multiplied, and what says so."""

    power: int
    said: str


class Label(Struct, frozen=True):
    """What a text says, word by word."""

    text: str
    #: Keys of the fields that it names.
    fields: frozenset[str] = frozenset()
    periods: Mentions = NONE
    kinds: frozenset[str] = frozenset()
    #: Refs of service areas.
    areas: frozenset[str] = frozenset()
    #: Names of units, or `OTHER_MONEY`.
    units: frozenset[str] = frozenset()
    scales: frozenset[Scaled] = frozenset()
    #: What of it is not understood, as it is written.
    unknown: tuple[str, ...] = ()

    @property
    def kinds_of_all(self) -> frozenset[str]:
        """The kinds that a title says of all the figures under it; others it may only speak of."""
        is_alone = not self.unknown and "performance" not in self.fields
        alone = _SAID_ALONE - _OF_FORMS if _FORMS.issuperset(self.unknown) else _SAID_ALONE
        return self.kinds - {PROVISIONAL} - (frozenset() if is_alone else alone)

    def __or__(self, other: Label) -> Label:
        """What two labels say together; the text stays this one's."""
        return Label(
            self.text,
            self.fields | other.fields,
            self.periods | other.periods,
            self.kinds | other.kinds,
            self.areas | other.areas,
            self.units | other.units,
            self.scales | other.scales,
            (*self.unknown, *other.unknown),
        )


_TENS = {"k": 3, "000": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
_MANY = r"'?000'?s?|k|thousands?|mn?|millions?|bn|billions?"
_SCALES = (
    re.compile(rf"(?P<money>£|gbp) ?(?P<many>{_MANY})(?!\w)"),
    re.compile(r"(?:in )?(?P<many>thousands|millions|billions) of (?P<money>pounds|£)(?!\w)"),
    re.compile(r"(?<![\w£$€'])(?:in )?(?P<many>'000'?s?|000'?s|thousands|millions|billions)(?!\w)"),
)
#: Without any of these a text says nothing of a scale.
_MAY_SCALE = re.compile(rf"000|(?:£|gbp) ?(?:{_MANY})|thousands|millions|billions")
_FOREIGN = re.compile(r"(?:us|au|ca)?[$€¥]|(?<!\w)(?:eur|euros?|usd|dollars?)(?!\w)")
#: What follows is not said of the figures under a title, only compared with them.
_COMPARED = re.compile(
    r"\b(?:compar(?:ed|able) (?:with|to)|versus|vs|against|than|for example|such as|e\.g"
    r"|(?:up|down|chang|increas|decreas|improv|reduc|ris|rose|fall|fell|differ)\w*"
    r"(?: [\w%.,]+){0,3} (?:from|since))\b.*",
    re.IGNORECASE | re.DOTALL,
)
_RAISED = re.compile(r"(?<=\w)[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]")
_APART = re.compile(r"[\s\0()\[\]{}:;,/|&\"-]+")


def _scales(text: str) -> tuple[frozenset[Scaled], bool, str]:
    """The scales that a text says, whether of money, and the text without them."""
    if not _MAY_SCALE.search(text):
        return frozenset(), False, text
    scales, is_money = set[Scaled](), False
    for pattern in _SCALES:
        for match in pattern.finditer(text):
            many = match["many"].replace("'", "")
            scales.add(Scaled(_TENS.get(many) or _TENS[many.removesuffix("s")], match[0]))
            is_money |= "money" in match.groupdict()
        text = pattern.sub(" \0 ", text)
    return frozenset(scales), is_money, text


def _of_units() -> dict[str, str]:
    """What a heading may call a unit, with its name."""
    words = {}
    for unit in Unit:
        row = unit.row
        nouns = (row.noun, f"{row.noun}s") if row.noun else ()
        for word in (row.name, row.shown, *row.before, *row.behind, *nouns):
            if word:
                words[word] = unit.name
    words |= {"percentage": Unit.PERCENT.name, "percentages": Unit.PERCENT.name}
    return words | {"no.": Unit.COUNT.name, "no": Unit.COUNT.name}


_UNITS = Phrases(_of_units())
_KIND = Phrases({word: kind for kind, words in KINDS.items() for word in words})
#: What may be understood of any text, beside what a register makes known.
_PHRASES = (*CHANGE_NOTHING, *_of_units(), *(word for words in KINDS.values() for word in words))
_READ_BY = tuple(each.pattern for each in (ANY_SAYING, *_SCALES, _FOREIGN))


#: Fields whose names are words of other headings and titles too.
_ALONE = frozenset({"period", "scale", *ASKED})


class _Names(Struct):
    """The headings of a kind of table, as phrases with the keys of their fields."""

    keys: dict[str, str]
    phrases: Phrases

    @classmethod
    def of(cls, fields: Sequence[Field]) -> _Names:
        keys = {spoken(alias): f.key for f in fields for alias in f.aliases}
        keys |= {spoken(f.heading): f.key for f in fields}
        # Names only where nothing stands beside them: elsewhere `quarter` and `no` are words.
        alone = {name for name, key in keys.items() if key in _ALONE or name == "no"}
        alone.update(UNSURE_NAMES)
        return cls(keys, Phrases({name: name for name in keys.keys() - alone}))


class Vocabulary:
    """What words mean in the returns on a register."""

    def __init__(self, register: Register, like: Vocabulary | None = None) -> None:
        """Of a register; `like` is that of one with the same indicators."""
        self.register, areas, about = register, register.known_areas, register.framework
        self.calendar = Calendar(register.periods)
        #: Each indicator by its reference, as they are compared.
        self.by_ref: dict[str, Indicator] = (
            like.by_ref if like else {name_key(i.ref): i for i in register.indicators}
        )
        #: The same by its wording; None where two share it, and it names neither.
        self.by_wording: dict[str, Indicator | None] = (
            like.by_wording if like else _by_wording(register)
        )
        self._areas = Phrases({spoken(area.name): area.ref for area in areas})
        #: The ref of each area, by its name or ref as they are compared.
        self.areas = {name_key(name): a.ref for a in areas for name in (a.ref, a.name)}
        self.area_names = register.names_of_areas
        #: Refs of areas are words only as they are written.
        self._area_refs = Phrases({area.ref: area.ref for area in areas})
        #: What the register asks for beside figures, whose columns are known then.
        self._things = things_asked(register)
        self._names = {
            fields: _Names.of([*filter(self.has_field, fields)])
            for fields in (INDICATORS, ACHIEVEMENTS)
        }
        #: A title may be the council's name, the framework's or the appendix's.
        self.council = name_key(about.council)
        #: Whom else it names: where figures come from, and who is sent them.
        self.bodies = {name_key(i.source) for i in register.indicators if i.source}
        self.bodies |= {name_key(recipient.name) for recipient in register.recipients}
        self._own_names = [
            re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
            for name in (about.council, about.title, about.appendix)
            if " " in name and not self.calendar.mentions(spoken(name))[0]
        ]
        names = (name for each in self._names.values() for name in each.keys)
        of_areas = (name for area in areas for name in (area.ref, area.name))
        called = (name for p in register.periods for name in (p.name, *p.formerly))
        phrases = (*names, *of_areas, *called, *_PHRASES)
        self._unknown = UnknownWords(phrases, _READ_BY)
        self._read = lru_cache(maxsize=2_000)(self._label)
        self._read_title = lru_cache(maxsize=2_000)(self._title)
        #: What `spoken` texts say without areas, by whose names returns from one template differ.
        self.read_rest = lru_cache(maxsize=2_000)(self._rest)

    @cached_property
    def own_words(self) -> frozenset[str]:
        """What the register says of itself, but for definitions: they speak of much."""
        register, about = self.register, self.register.framework
        texts = (about.council, about.title, about.appendix, *self.bodies)
        texts += tuple(t for p in register.priorities for t in (p.ref, p.heading))
        texts += tuple(t for a in register.known_areas for t in (a.ref, a.name, a.lead))
        texts += tuple(t for i in register.indicators for t in (i.ref, i.wording))
        return frozenset(w.strip(".'") for t in texts for w in _APART.split(spoken(t)))

    def has_field(self, field: Field) -> bool:
        """Whether a table may have the column: the register asks for what stands in it."""
        return not field.asked_for or field.asked_for in self._things

    def label(self, text: str, fields: Fields = INDICATORS) -> Label:
        """What a text says."""
        return self._read(text, fields)

    def surely_leaves_unknown(self, text: str) -> bool:
        """Whether something of a text is unknown for certain; where not, its label tells."""
        return self._unknown.has_one(text)

    def indicator(self, ref: str, wording: str) -> Indicator | None:
        """The indicator that a row names."""
        return self.by_ref.get(name_key(ref)) or self.by_wording.get(name_key(wording))

    def title(self, text: str) -> Label:
        """What a title says itself, without what its figures are only compared with."""
        return self._read_title(text)

    def _title(self, text: str) -> Label:
        for pattern in (*self._own_names, _COMPARED, OF_OFFICES):
            text = pattern.sub("", text)
        said = "" if is_harmless(text) else without_papers(text)
        return self._label(without_acts(said), INDICATORS)

    def _label(self, text: str, fields: Fields) -> Label:
        # A raised number is a mark, and no part of the word before it.
        said = _RAISED.sub(r" \g<0>", without_denials(without_homonyms(text)))
        names = self._names[fields]
        if whole := names.keys.get(spoken(said).strip(" :.")) or self._dated(spoken(said), names):
            named = frozenset({whole})
            if whole in ASKED:
                # Wherever it stands but over its own column, it goes on meaning what it did.
                beside = self.read_rest(spoken(said), fields)
                return replace(beside, text=text, fields=named, unknown=())
            return Label(text, named)
        areas, rest = self.areas_named(said)
        return replace(self.read_rest(rest, fields), text=text, areas=areas)

    def _dated(self, said: str, names: _Names) -> str | None:
        """The column asked for beside figures that a text names with a period, and nothing else."""
        if not self._things:
            return None
        _, rest = self.calendar.mentions(said)
        words = [word for word in _APART.split(rest) if word]
        key = names.keys.get(" ".join(words).removesuffix(" for"))
        return key if key in ASKED else None

    def areas_named(self, text: str) -> tuple[frozenset[str], str]:
        """The refs of the areas that a text names, and the rest of it as it is `spoken`."""
        by_ref, left = self._area_refs.taken_from(text)
        by_name, rest = self._areas.taken_from(spoken(left))
        return frozenset(by_ref | by_name), rest

    def _rest(self, rest: str, fields: Fields) -> Label:
        """What a text says beside the areas that it names."""
        names = self._names[fields]
        kinds, rest = _KIND.taken_from(rest)
        periods, rest = self.calendar.mentions(rest)
        scales, is_money, rest = _scales(rest)
        phrases, rest = names.phrases.taken_from(rest)
        # Beside another name, `value` is only a word.
        named = {names.keys[phrase] for phrase in phrases - CHANGE_NOTHING or phrases}
        foreign = _FOREIGN.search(rest)
        if foreign:
            rest = _FOREIGN.sub(" \0 ", rest)
        units, rest = _UNITS.taken_from(rest)
        units |= {Unit.CURRENCY.name} if is_money else set()
        units |= {OTHER_MONEY} if foreign else set()
        words = (word.strip(".'") for word in _APART.split(rest))
        return Label(
            rest,
            frozenset(named),
            periods,
            frozenset(kinds),
            units=frozenset(units),
            scales=scales,
            unknown=tuple(word for word in words if word and word not in CHANGE_NOTHING),
        )


def _by_wording(register: Register) -> dict[str, Indicator | None]:
    found: dict[str, Indicator | None] = {}
    for indicator in register.indicators:
        key = name_key(indicator.wording)
        found[key] = None if key in found else indicator
    return found


#: The last register's vocabulary: a worker reads all its returns on one.
_last: tuple[Register, Vocabulary] | None = None


def vocabulary_of(register: Register) -> Vocabulary:
    """The vocabulary of a register, made once."""
    global _last  # noqa: PLW0603 - comparing registers by value would take as long as a return
    if _last is None or _last[0] is not register:
        _last = register, Vocabulary(register)
    return _last[1]


@cache
def known_names(fields: Fields) -> dict[str, Field]:
    """Each name of a heading, as it is compared, with its field."""
    return {name_key(name): f for f in fields for name in (*f.aliases, f.heading)}
