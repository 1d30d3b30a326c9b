"""What a competent analyst would write for the happy path, and nothing else; left as it is.

    python -m benchmarks.analyst FOLDER TARGETS.csv APPENDIX.xlsx

Reads every return in the folder, checks its figures against the list of indicators, takes the mean
of the areas' figures, rates it against the target, and writes one coloured workbook. It keeps
nothing, tells nobody what is wrong, and knows returns of one layout only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

_COLOURS = {"Green": "#4FB58C", "Amber": "#FFC83D", "Red": "#B3123A"}
_TOLERANCE = 0.05


def read_return(path: Path) -> pd.DataFrame:
    sheets = pd.read_excel(path, sheet_name=["Cover", "Indicators"], header=None, engine="openpyxl")
    cover, sheet = sheets["Cover"], sheets["Indicators"]
    area = cover[cover.eq("Service area").any(axis=1)].iloc[0].dropna().iloc[-1]
    heading = sheet.index[sheet.eq("Performance").any(axis=1)][0]
    table = sheet.iloc[heading + 1 :].set_axis(sheet.iloc[heading], axis=1)
    table = table[["Ref", "Unit", "Performance"]].dropna(subset="Ref")
    return table.assign(Area=area, File=path.name)


def schema_of(targets: pd.DataFrame) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            "Ref": pa.Column(str, pa.Check.isin(targets["Ref"])),
            "Unit": pa.Column(str),
            "Performance": pa.Column(float, pa.Check.ge(0), coerce=True),
            "Area": pa.Column(str),
            "File": pa.Column(str),
        },
        unique=["Ref", "Area"],
    )


def rate(row: pd.Series) -> str:
    if row["Performance"] >= row["Target"]:
        return "Green"
    return "Amber" if row["Performance"] >= row["Target"] * (1 - _TOLERANCE) else "Red"


def write_appendix(report: pd.DataFrame, figures: pd.DataFrame, path: Path) -> None:
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        report.to_excel(writer, sheet_name="Appendix", index=False)
        figures.to_excel(writer, sheet_name="Data", index=False)
        book, sheet = writer.book, writer.sheets["Appendix"]
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 60, book.add_format({"text_wrap": True}))
        sheet.set_column(2, len(report.columns) - 1, 14)
        column = report.columns.get_loc("Rating")
        for row, rating in enumerate(report["Rating"], 1):
            form = book.add_format({"bg_color": _COLOURS[rating], "border": 1, "bold": True})
            sheet.write_string(row, column, rating, form)
        counts = report["Rating"].value_counts()
        counts.to_excel(writer, sheet_name="Summary")
        chart = book.add_chart({"type": "bar"})
        last = len(counts)
        chart.add_series(
            {"categories": ["Summary", 1, 0, last, 0], "values": ["Summary", 1, 1, last, 1]}
        )
        writer.sheets["Summary"].insert_chart("D2", chart)


def main(folder: Path, targets_file: Path, appendix: Path) -> None:
    targets = pd.read_csv(targets_file)
    figures = pd.concat([read_return(path) for path in sorted(folder.glob("*.xlsx"))])
    figures = schema_of(targets).validate(figures, lazy=True)
    # A cell with a percent sign holds the fraction.
    hundredths = figures["Unit"].eq("percent")
    figures["Performance"] = figures["Performance"].where(~hundredths, figures["Performance"] * 100)
    means = figures.groupby("Ref", as_index=False)["Performance"].mean()
    report = targets.merge(means, on="Ref", how="left", validate="one_to_one")
    report["Rating"] = report.apply(rate, axis=1)
    write_appendix(report, figures, appendix)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
