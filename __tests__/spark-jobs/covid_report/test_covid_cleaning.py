"""Values and reasons of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from chispa import assert_df_equality
from covid_report.cleaning import CHECKED_COLUMNS, with_checks
from covid_report.duplicates import with_duplicates_rejected
from covid_report.errors import CovidReportError
from covid_report.reading import ROW_COLUMNS
from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

GOOD = {
    "source_file": "a.csv",
    "line": "",
    "defect": None,
    "state": "FL",
    "date": "2020-08-26",
    "inpatient_beds": "100",
    "total_staffed_adult_icu_beds": "20",
    "inpatient_bed_covid_utilization_numerator": "5",
    "inpatient_bed_covid_utilization_denominator": "50",
}
SCHEMA = ", ".join(f"{name} string" for name in ROW_COLUMNS)


def frame(spark: SparkSession, *changes: Mapping[str, str | None]) -> DataFrame:
    """Valid rows with these changes and a line number each."""
    rows = [{**GOOD, "line": str(index), **change} for index, change in enumerate(changes)]
    return spark.createDataFrame([tuple(row[name] for name in ROW_COLUMNS) for row in rows], SCHEMA)


def checked(spark: SparkSession, *changes: Mapping[str, str | None]) -> list[Row]:
    return frame(spark, *changes).transform(with_checks).orderBy(by_line()).collect()


def by_line() -> Column:
    return F.col("line").cast("int")


def test_valid_texts_are_converted(spark: SparkSession) -> None:
    expected = spark.createDataFrame(
        [("a.csv", "0", "FL", date(2020, 8, 26), *map(Decimal, ("100", "20", "5", "50")), 4, None, None)],
        "source_file string, line string, state string, day date, inpatient_beds decimal(12,3), "
        "total_staffed_adult_icu_beds decimal(12,3), inpatient_bed_covid_utilization_numerator decimal(12,3), "
        "inpatient_bed_covid_utilization_denominator decimal(12,3), metrics_present int, reason string, detail string",
    )
    assert_df_equality(frame(spark, {}).transform(with_checks), expected, ignore_nullable=True)


def test_numbers_may_have_thousands_separators_decimals_and_spaces(spark: SparkSession) -> None:
    texts = ["34,074", " 1,234,567 ", "12.5", "0", "007", "999999999.999", "3.", "\u00a05\t", "", "  ", None]
    found = checked(spark, *({"inpatient_beds": text} for text in texts))
    values = ["34074", "1234567", "12.5", "0", "7", "999999999.999", "3", "5"]
    assert [row["inpatient_beds"] for row in found] == [*map(Decimal, values), None, None, None]
    assert {row["reason"] for row in found} == {None}


@pytest.mark.parametrize(
    "metric",
    [
        "inpatient_beds",
        "total_staffed_adult_icu_beds",
        "inpatient_bed_covid_utilization_numerator",
        "inpatient_bed_covid_utilization_denominator",
    ],
)
def test_an_invalid_number_is_rejected_with_its_text(spark: SparkSession, metric: str) -> None:
    texts = ["-5", "-999999", "n/a", "3,41", "1,2345", "1e3", "NaN", "+4", "12 3", ".5", "1.2.3", "1000000000", "٣"]
    found = checked(spark, *({metric: text} for text in texts))
    assert [(row["reason"], row["detail"]) for row in found] == [
        ("invalid_number", f"{metric} '{text}'") for text in texts
    ]


@pytest.mark.parametrize("digits", ["0" * 31, "1" * 800_000, "0." + "0" * 31, "1" + ",000" * 10])
def test_a_number_with_too_many_digits_is_rejected_with_a_truncated_text(spark: SparkSession, digits: str) -> None:
    (row,) = checked(spark, {"inpatient_beds": digits})
    shown = digits if len(digits) <= 80 else f"{digits[:80]}…"
    assert (row["reason"], row["detail"]) == ("invalid_number", f"inpatient_beds '{shown}'")


def test_a_number_with_the_maximum_of_digits_is_converted(spark: SparkSession) -> None:
    found = checked(spark, {"inpatient_beds": "7".zfill(30) + "." + "0" * 30}, {"inpatient_beds": "0,000,007"})
    assert [row["inpatient_beds"] for row in found] == [Decimal(7), Decimal(7)]


def test_all_date_formats_of_exports_are_converted(spark: SparkSession) -> None:
    texts = [
        "2020-08-26",
        "2020/08/26",
        " 2020/8/26 ",
        "2020-08-26T00:00:00.000",
        "2020-08-26 00:00:00",
        "2020-08-26T00:00:00Z",
        "2020/08/26T00:00:00.000+00:00",
        "2020-02-29",
    ]
    found = checked(spark, *({"date": text} for text in texts))
    assert [row["day"] for row in found] == [date(2020, 8, 26)] * 7 + [date(2020, 2, 29)]
    assert {row["reason"] for row in found} == {None}


def test_an_invalid_date_is_rejected_with_its_text(spark: SparkSession) -> None:
    texts = ["2021-02-29", "2020-13-01", "08/26/2020", "26.08.2020", "20200826", "2020-08/26", "2020-08", "date", "0"]
    found = checked(spark, *({"date": text} for text in [*texts, "", None]))
    assert [(row["reason"], row["detail"]) for row in found] == [
        *(("invalid_date", f"date '{text}'") for text in texts),
        ("invalid_date", "date is empty"),
        ("invalid_date", "date is empty"),
    ]


def test_states_in_lower_case_and_territories_are_valid(spark: SparkSession) -> None:
    texts = [" fl ", "Dc", "PR", "VI", "GU", "AS", "MP"]
    found = checked(spark, *({"state": text} for text in texts))
    assert [(row["state"], row["reason"]) for row in found] == [
        (state, None) for state in ("FL", "DC", "PR", "VI", "GU", "AS", "MP")
    ]


def test_unknown_states_are_rejected_with_their_text(spark: SparkSession) -> None:
    found = checked(spark, *({"state": text} for text in ["ZZ", "Florida", "FM", "", None]))
    details = ["state 'ZZ'", "state 'FLORIDA'", "state 'FM'", "state is empty", "state is empty"]
    assert [(row["reason"], row["detail"]) for row in found] == [("unknown_state", detail) for detail in details]


def test_more_covid_beds_than_beds_are_rejected(spark: SparkSession) -> None:
    numerator, denominator = list(GOOD)[-2:]
    found = checked(
        spark,
        {numerator: "51", denominator: "50"},
        {numerator: "50", denominator: "50"},
        {numerator: "51", denominator: None},
    )
    assert [(row["reason"], row["detail"]) for row in found] == [
        ("numerator_above_denominator", "51 of 50 beds"),
        (None, None),
        (None, None),
    ]


def test_a_row_has_the_first_of_several_reasons(spark: SparkSession) -> None:
    wrong: dict[str, str | None] = {
        "defect": "wrong_number_of_cells",
        "date": "x",
        "state": "ZZ",
        "inpatient_beds": "-1",
    }
    found = checked(
        spark,
        wrong,
        {**wrong, "defect": None},
        {**wrong, "defect": None, "date": "2020-08-26"},
        {"inpatient_beds": "-1", "total_staffed_adult_icu_beds": "x"},
    )
    assert [row["detail"] for row in found] == [
        "not as many cells as the header",
        "date 'x'",
        "state 'ZZ'",
        "inpatient_beds '-1'",
    ]


def test_a_null_row_is_rejected_and_an_empty_frame_is_valid(spark: SparkSession) -> None:
    (row,) = frame(spark, dict.fromkeys(ROW_COLUMNS)).transform(with_checks).collect()
    assert (row["reason"], row["metrics_present"]) == ("invalid_date", 0)
    empty = frame(spark).transform(with_checks).transform(with_duplicates_rejected)
    assert empty.collect() == []
    assert tuple(empty.columns) == CHECKED_COLUMNS


def test_a_frame_without_a_column_is_rejected_with_the_present_columns(spark: SparkSession) -> None:
    with pytest.raises(CovidReportError, match=r"columns missing: line, defect; present: source_file, state"):
        frame(spark, {}).drop("line", "defect").transform(with_checks)
    with pytest.raises(CovidReportError, match="columns missing: reason"):
        frame(spark, {}).transform(with_checks).drop("reason").transform(with_duplicates_rejected)


def outcomes(spark: SparkSession, *changes: Mapping[str, str | None]) -> list[tuple[str | None, str | None]]:
    rows = frame(spark, *changes).transform(with_checks).transform(with_duplicates_rejected).orderBy(by_line())
    return [(row["reason"], row["detail"]) for row in rows.collect()]


def test_the_duplicate_with_more_metrics_is_counted(spark: SparkSession) -> None:
    fewer: dict[str, str | None] = {"inpatient_beds": "", "source_file": "z.csv"}
    assert outcomes(spark, fewer, {}) == [("duplicate", "FL 2020-08-26 is counted from a.csv"), (None, None)]


def test_the_duplicate_of_the_last_file_name_is_counted(spark: SparkSession) -> None:
    changes: list[dict[str, str | None]] = [
        {"source_file": "export_20220209.csv", "date": "2020/08/26"},
        {"source_file": "export_20220210.csv", "state": "fl"},
        {"source_file": "export_20220101.csv"},
    ]
    loser = ("duplicate", "FL 2020-08-26 is counted from export_20220210.csv")
    assert outcomes(spark, *changes) == [loser, (None, None), loser]


def test_the_duplicate_of_the_last_line_is_counted_in_any_order(spark: SparkSession) -> None:
    changes: list[dict[str, str | None]] = [{"inpatient_beds": str(beds), "line": str(beds)} for beds in (1, 2, 3)]
    assert [reason for reason, _ in outcomes(spark, *changes)] == ["duplicate", "duplicate", None]
    assert [reason for reason, _ in outcomes(spark, *reversed(changes))] == ["duplicate", "duplicate", None]


def test_identical_rows_are_counted_once(spark: SparkSession) -> None:
    assert sorted(str(reason) for reason, _ in outcomes(spark, {"line": "1"}, {"line": "1"})) == ["None", "duplicate"]


def test_a_rejected_row_is_not_a_duplicate(spark: SparkSession) -> None:
    bad: dict[str, str | None] = {"inpatient_beds": "-1", "source_file": "z.csv"}
    assert [reason for reason, _ in outcomes(spark, bad, {}, bad)] == ["invalid_number", None, "invalid_number"]


def test_rows_of_other_states_and_days_are_not_duplicates(spark: SparkSession) -> None:
    assert outcomes(spark, {}, {"state": "CA"}, {"date": "2020-08-27"}) == [(None, None)] * 3
