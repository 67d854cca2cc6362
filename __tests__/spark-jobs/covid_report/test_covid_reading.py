"""Lines of CSV files: rows, headers, blank lines and defects."""

from __future__ import annotations

from pathlib import Path

import pytest
from covid_report.errors import CovidReportError
from covid_report.reading import check_lines, count_lines, filter_rows, read_rows
from covid_report.sources import list_sources
from covid_report.storage import Storage
from covid_runs import write_files
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

HEADER = "state,date,inpatient_beds\n"


def read(spark: SparkSession, folder: Path, files: dict[str, str | bytes]) -> DataFrame:
    write_files(folder, files)
    storage = Storage(spark)
    uri = f"file://{folder}"
    return read_rows(spark, list_sources(storage, uri).sources, storage.qualified(uri))


def cells(df: DataFrame, *columns: str) -> list[tuple[str | None, ...]]:
    return sorted((tuple(row) for row in df.transform(filter_rows).select(*columns).collect()), key=str)


def lines(df: DataFrame) -> dict[str, dict[str, int]]:
    return count_lines(df.groupBy("source_file", "defect").agg(F.count(F.lit(1)).alias("row_count")).collect())


def test_a_file_may_have_both_kinds_of_line_endings(spark: SparkSession, tmp_path: Path) -> None:
    first = '\ufeffstate,date,inpatient_beds\r\nFL,2020-08-26,"1,234"\r\n\r\n'
    second = 'CA,2020-08-26,7\nTX,2020-08-26,"9"\r\n \n'
    df = read(spark, tmp_path, {"a.csv": first + second})
    found = [tuple(str(cell).strip() for cell in row) for row in cells(df, "state", "inpatient_beds")]
    assert found == [("CA", "7"), ("FL", "1,234"), ("TX", "9")]
    assert lines(df)["a.csv"] == {"": 3, "header": 1, "blank_line": 2}


def test_quoted_commas_quotes_and_line_breaks_belong_to_the_cell(spark: SparkSession, tmp_path: Path) -> None:
    content = 'note,state,date,inpatient_beds\n"say ""hi"",\nPOINT (1, 2)",FL,2020-08-26,"34,074"\n'
    df = read(spark, tmp_path, {"a.csv": content})
    assert cells(df, "state", "inpatient_beds", "line") == [
        ("FL", "34,074", '"say ""hi"",\nPOINT (1, 2)",FL,2020-08-26,"34,074"')
    ]


def test_files_with_other_columns_are_joined_by_name(spark: SparkSession, tmp_path: Path) -> None:
    other = "Total_Staffed_Adult_ICU_Beds ,Date,STATE\n5,2020/08/26,CA\n"
    df = read(spark, tmp_path, {"a.csv": HEADER + "FL,2020-08-26,10\n", "b/c.csv": other})
    columns = ("source_file", "state", "date", "inpatient_beds", "total_staffed_adult_icu_beds")
    assert cells(df, *columns) == [
        ("a.csv", "FL", "2020-08-26", "10", None),
        ("b/c.csv", "CA", "2020/08/26", None, "5"),
    ]


@pytest.mark.parametrize("name", ["a b+c%20 [x]{1}*?.csv", "día/ñ&=#;.csv"])
def test_special_characters_in_file_names_are_supported(spark: SparkSession, tmp_path: Path, name: str) -> None:
    df = read(spark, tmp_path / "with space", {name: HEADER + "FL,2020-08-26,10\n"})
    assert cells(df, "source_file") == [(name,)]


def test_a_line_with_too_few_or_too_many_cells_is_unchanged(spark: SparkSession, tmp_path: Path) -> None:
    df = read(spark, tmp_path, {"a.csv": HEADER + 'FL,2020-08-26,34,074\nCA,2020-08\nTX,2020-08-26,"1'})
    assert cells(df, "defect", "line") == [
        ("wrong_number_of_cells", "CA,2020-08"),
        ("wrong_number_of_cells", "FL,2020-08-26,34,074"),
        (None, "TX,2020-08-26,1"),
    ]


def test_a_repeated_header_is_not_a_row(spark: SparkSession, tmp_path: Path) -> None:
    repeated = '\ufeff"State", DATE,inpatient_beds\r\n'
    df = read(spark, tmp_path, {"a.csv": f"{HEADER}FL,2020-08-26,1\n{repeated}CA,2020-08-26,2\n{HEADER}"})
    assert cells(df, "state") == [("CA",), ("FL",)]
    assert lines(df)["a.csv"] == {"": 2, "header": 3}


@pytest.mark.parametrize(
    "second",
    ["date,state,inpatient_beds\n", "state,date,deaths_covid\n", "state,date\n", "x,state,date,inpatient_beds\n"],
)
def test_a_second_header_with_other_columns_is_rejected(spark: SparkSession, tmp_path: Path, second: str) -> None:
    df = read(spark, tmp_path, {"a.csv": f"{HEADER}FL,2020-08-26,1\n{second}"})
    with pytest.raises(CovidReportError, match=r"a\.csv has a second header with other columns than its first line"):
        check_lines(lines(df))


@pytest.mark.parametrize(
    "damaged",
    [
        'FL,2020-08-26,"3\nCA,2020-08-26,7\nTX,2020-08-26,9\n',
        'FL,"2020-08-26,3\nCA,2020-08-26,7\n',
        'FL,2020-08-26,"3\nCA,2020-08-26,7\nTX,2020-08-26,"9,1"\n',
    ],
)
def test_a_quote_that_includes_later_lines_is_rejected(spark: SparkSession, tmp_path: Path, damaged: str) -> None:
    df = read(spark, tmp_path, {"a.csv": HEADER + damaged})
    with pytest.raises(CovidReportError, match=r"a\.csv has a quote that is not closed on its line and includes"):
        check_lines(lines(df))


def test_a_file_with_only_a_header_has_no_rows(spark: SparkSession, tmp_path: Path) -> None:
    df = read(spark, tmp_path, {"a.csv": HEADER})
    assert cells(df, "state") == []
    check_lines(lines(df))
