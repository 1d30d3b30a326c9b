"""A borough of 20 service areas: what each is called and reports, as its officer typed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from tests.support.officer import RegisterBook, editing

#: By ref. Libraries has no e-mail address.
AREAS = {
    "ASC": "Adult social care",
    "CSC": "Children's social care",
    "EDU": "Education",
    "HOU": "Housing",
    "PUB": "Public health",
    "CS": "Community safety",
    "LIB": "Libraries",
    "LEI": "Leisure",
    "CUL": "Culture",
    "REV": "Revenues and benefits",
    "PLA": "Planning",
    "ENV": "Environment",
    "WAS": "Waste",
    "HIG": "Highways",
    "TRA": "Transport",
    "TS": "Trading standards",
    "FIN": "Finance",
    "HR": "Human resources",
    "DIG": "Digital services",
    "LEG": "Legal services",
}
WITHOUT_ADDRESS = "LIB"
YEAR, Q1, Q2, Q3, Q4 = "2011-12", "2012-13 Q1", "2012-13 Q2", "2012-13 Q3", "2012-13 Q4"
QUARTERS = {
    Q1: (date(2012, 4, 1), date(2012, 6, 30), date(2012, 7, 20)),
    Q2: (date(2012, 7, 1), date(2012, 9, 30), date(2012, 10, 19)),
    Q3: (date(2012, 10, 1), date(2012, 12, 31), date(2013, 1, 18)),
    Q4: (date(2013, 1, 1), date(2013, 3, 31), date(2013, 4, 19)),
}

#: Ref, areas, wording, unit, decimals, polarity, target; the colour of the usual figure by the
#: tolerance of 5% follows from them.
_INDICATORS = (
    ("HOME-1", "ASC; HOU", "People helped to live at home", "count", 0, "higher", 1000),
    ("CSC-1", "CSC", "Children moved three times", "count", 0, "lower", 10),
    ("EDU-1", "EDU", "Pupils in good schools", "percent", 1, "higher", "85%"),
    ("PUB-1", "PUB", "Health checks", "count", 0, "higher", 2000),
    ("CS-1", "CS", "Incidents of antisocial behaviour", "count", 0, "lower", 4000),
    ("LIB-1", "LIB", "Visits to libraries", "count", 0, "higher", 50000),
    ("LEI-1", "LEI", "Visits to leisure centres", "count", 0, "higher", 80000),
    ("CUL-1", "CUL", "Visits to museums", "count", 0, "higher", 9000),
    ("REV-1", "REV", "Days to decide a claim", "days", 0, "lower", 20),
    ("PLA-1", "PLA", "Adopt the local plan", None, None, None, None),
    ("ENV-1", "ENV", "Air quality readings within limits", "percent", 1, "higher", "95%"),
    ("WAS-1", "WAS", "Household waste recycled", "percent", 1, "higher", "45%"),
    ("HIG-1", "HIG", "Road defects repaired in time", "percent", 1, "higher", "90%"),
    ("TRA-1", "TRA", "Bus journeys", "count", 0, "higher", 120000),
    ("TS-1", "TS", "Premises inspected", "count", 0, "higher", 400),
    ("FIN-1", "FIN", "Savings made", "currency", 0, "higher", "£500,000"),
    ("HR-1", "HR", "Working days lost to sickness", "days", 1, "lower", "8.0"),
    ("DIG-1", "DIG", "Calls answered", "percent", 1, "higher", "90%"),
    ("LEG-1", "LEG", "How complaints were settled", None, None, None, None),
)
_KINDS = {"PLA-1": "milestone", "LEG-1": "narrative"}
_PLACE = ("PLA", "ENV", "WAS", "HIG", "TRA", "TS", "FIN", "HR", "DIG", "LEG")

#: What an area reports for an indicator where nothing else is said. Of a figure for several areas
#: each has its own.
USUAL: Mapping[tuple[str, str], object] = {
    ("ASC", "HOME-1"): 640,  # green, with Housing's
    ("HOU", "HOME-1"): 410,
    ("CSC", "CSC-1"): 3,  # suppressed
    ("EDU", "EDU-1"): "86.5%",  # green
    ("PUB", "PUB-1"): 1700,  # red
    ("CS", "CS-1"): 4248,  # red, and above what is plausible
    ("LIB", "LIB-1"): 51200,  # green
    ("LEI", "LEI-1"): 79000,  # amber
    ("CUL", "LEI-1"): 79000,
    ("LEI", "LEI-2"): 12,
    ("CUL", "CUL-1"): 9100,  # green
    ("REV", "REV-1"): 22,  # red
    ("PLA", "PLA-1"): "On track",  # green
    ("ENV", "ENV-1"): "96.0%",  # green
    ("WAS", "WAS-1"): "44.1%",  # amber
    ("HIG", "HIG-1"): "82.0%",  # red
    ("TRA", "TRA-1"): 118000,  # amber
    ("TS", "TS-1"): 412,  # green
    ("FIN", "FIN-1"): "£520,000",  # green
    ("HR", "HR-1"): "8.3",  # amber
    ("DIG", "DIG-1"): "91.0%",  # green
    ("LEG", "LEG-1"): "Most in the first month",
    ("LEG", "LEG-2"): "81.0%",
}


def begin(register: Path) -> None:
    """Type the borough's register over that of a new workspace, which issues on approval."""
    with editing(register) as book:
        settings = {
            "Council": "Example Borough Council",
            "Title": "A fair borough",
            "Appendix number": "Appendix 3",
            "Remind days after": "1; 7",
            "Drafts on": "tuesday; friday",
        }
        for name, value in settings.items():
            book.put("Framework", name, {"Value": value})
        for sheet in ("Priorities", "Indicators", "Targets", "Service areas", "Periods"):
            book.clear(sheet)
        book.clear("Recipients")
        book.add(
            "Priorities",
            [
                {"Ref": "P1", "Heading": "Priority 1: People", "Order": 1},
                {"Ref": "P2", "Heading": "Priority 2: Place", "Order": 2},
            ],
        )
        book.add("Indicators", map(_indicator, _INDICATORS))
        book.put("Indicators", "CS-1", {"Plausible maximum": 4100})
        set_targets(book, YEAR)
        book.add(
            "Service areas",
            [
                {
                    "Ref": ref,
                    "Name": name,
                    "Lead": f"Head of {name}",
                    "E-mail": None if ref == WITHOUT_ADDRESS else f"{ref.lower()}@council.example",
                }
                for ref, name in AREAS.items()
            ],
        )
        add_period(book, YEAR, date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30))
        add_period(book, Q1, *QUARTERS[Q1])
        for name, gets in (("clerk", "appendix"), ("chair", "appendix")):
            add_recipient(book, name, gets)
        add_recipient(book, "officer", "draft; digest")
        book.add("Approvers", [{"Name": "Performance officer", "Login": "pofficer"}])
        book.add("Approvers", [{"Name": "Deputy officer"}])


def _indicator(row: tuple[object, ...]) -> Mapping[str, object]:
    ref, areas, wording, unit, decimals, polarity, _ = row
    return {
        "Ref": ref,
        "Priority": "P2" if str(ref).partition("-")[0] in _PLACE else "P1",
        "Indicator": wording,
        "Kind": _KINDS.get(str(ref), "measure"),
        "Unit": unit,
        "Decimals": decimals,
        "Polarity": polarity,
        "Service areas": areas,
        "Merge rule": "sum" if ";" in str(areas) else None,
        "Source": "The area's own count",
    }


def set_targets(book: RegisterBook, period: str, other: Mapping[str, object] = {}) -> None:
    """Type the usual targets for a period, but for others of these refs."""
    usual = {str(ref): target for ref, *_, target in _INDICATORS}
    book.add(
        "Targets",
        [
            {"Indicator": ref, "Period": period, "Target": target}
            for ref, target in (usual | dict(other)).items()
            if target is not None
        ],
    )


def add_period(book: RegisterBook, name: str, starts: date, ends: date, due: date) -> None:
    days = {"Starts": starts, "Ends": ends, "Returns due": due}
    book.put("Periods", name, {**days, "Open or closed": "open"})


def add_recipient(book: RegisterBook, name: str, gets: str) -> None:
    book.add("Recipients", [{"Name": name, "E-mail": f"{name}@council.example", "Gets": gets}])


#: What the officer makes of the indicators for the new year.
_NEW_YEAR: Mapping[str, Mapping[str, object]] = {
    "HOME-1": {"Merge rule": "maximum"},
    "EDU-1": {"Indicator": "Pupils in schools that are good or outstanding"},
    "LEI-1": {"Service areas": "CUL"},
    "WAS-1": {"Tolerance": 1, "Tolerance kind": "points"},
    "HIG-1": {"Unit": "count", "Decimals": 0},
}
NEW_TARGETS = {"HOME-1": 600, "HIG-1": 500, "LEI-2": 10, "LEG-2": "80%", "LEG-1": None}
NEW_USUAL: Mapping[tuple[str, str], object] = {**USUAL, ("HIG", "HIG-1"): 450}


def begin_year(register: Path) -> None:
    """Other tolerances, indicators, owners and units, and a plan of another name."""
    with editing(register) as book:
        book.put("Framework", "Title", {"Value": "Fairer still"})
        book.put("Framework", "Tolerance", {"Value": "10%"})
        for ref, cells in _NEW_YEAR.items():
            book.put("Indicators", ref, cells)
        book.remove("Indicators", "Ref", "LEG-1")
        # Of another unit than a count.
        book.remove("Targets", "Indicator", "HIG-1")
        measure = {"Kind": "measure", "Decimals": 0, "Polarity": "higher"}
        book.put(
            "Indicators",
            "LEI-2",
            {
                **measure,
                "Priority": "P1",
                "Indicator": "Swimming lessons",
                "Unit": "count",
                "Service areas": "LEI",
            },
        )
        book.put(
            "Indicators",
            "LEG-2",
            {
                **measure,
                "Priority": "P2",
                "Indicator": "Contracts published",
                "Unit": "percent",
                "Decimals": 1,
                "Service areas": "LEG",
            },
        )
        set_targets(book, Q1, NEW_TARGETS)


def entries_of(
    area: str, usual: Mapping[tuple[str, str], object], other: Mapping[str, object]
) -> Mapping[str, Mapping[str, object]]:
    """What an area types into its return, by ref: the usual figures but for others of these."""
    mine = {ref: figure for (owner, ref), figure in usual.items() if owner == area}
    return {ref: {"Performance": figure} for ref, figure in {**mine, **other}.items()}


def all_but(*refs: str) -> Iterable[str]:
    return [ref for ref in AREAS if ref not in refs]
