"""The validation of a file before its upload."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from covid_report.check import check_file
from covid_report.errors import CovidReportError

HEADER = (
    "state,date,inpatient_beds,total_staffed_adult_icu_beds,"
    "inpatient_bed_covid_utilization_numerator,inpatient_bed_covid_utilization_denominator"
)
ROW = "TX,2021-01-01,100,20,5,50"
GOOD = f"{HEADER}\n{ROW}\nFL,2021-02-01,100,20,5,50\n"
FOUND = {"rows": 2, "states": ["FL", "TX"], "first": "2021-01-01", "last": "2021-02-01", "notes": []}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GOOD, {**FOUND, "byte_order_mark": False, "missing": [], "bytes": len(GOOD)}),
        ("\ufeff" + GOOD.upper().replace("\n", "\r\n").replace(",100", ',"1,000"').rstrip(), FOUND),
        (f'{HEADER},note\n{ROW},"two\nlines"\n', {"rows": 1}),
        # Invalid dates, unknown states and rows with another number of cells do not extend the period.
        (GOOD + "XX,2023-01-01,,,,\nTX,2023-02-30,,,,\ntx ,2021/3/1,,,,\nTX,2024-01-01,1\n", {"last": "2021-03-01"}),
        (
            f"{GOOD}\n{GOOD}",
            {
                "rows": 4,
                "notes": [
                    "the header is repeated in 1 line, which the job skips",
                    "1 line without any text, which the job skips",
                ],
            },
        ),
        (
            f"{GOOD}TX,2922-12-01,1,1,1,1\nTX,2019-12-31,1,1,1,1\nTX,1922-01-01,1,1,1,1\n",
            {
                "last": "2922-12-01",
                "notes": [
                    "2 lines with a day before 2020-01-01, the first 1922-01-01",
                    "1 line with a day after today, the last 2922-12-01",
                ],
            },
        ),
        (f"{GOOD}TX,2021-01-03,{'1' * 800_000},1,1,1\n", {"rows": 3, "notes": []}),
        (
            GOOD.encode() + f"{ROW}\n".encode() * 4000 + ROW.encode() + b"\xe9\n",
            {"notes": ["1 line with bytes that are not UTF-8"]},
        ),
        (
            f"{HEADER.rpartition(',')[0]}\nTX,2021-01-01,1,1,1\n",
            {
                "missing": [
                    {
                        "column": "inpatient_bed_covid_utilization_denominator",
                        "leavesEmpty": "covid_patient_rate",
                    }
                ]
            },
        ),
    ],
)
def test_the_check_describes_a_valid_file(tmp_path: Path, content: str | bytes, expected: dict[str, object]) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = check_file(file)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<!DOCTYPE html>\n<html>", "is a web page"),
        (f"{HEADER}\n", "has a header and no rows"),
        ("state,date,deaths\nTX,2021-01-01,1\n", "has no column to report on; export at least one of inpatient_beds"),
        (f'{HEADER}\nTX,2021-01-01,"100,20,5,50\n' + f"{ROW}\n" * 5, "a quote that is not closed"),
        (
            f'{HEADER}\nTX,2021-01-01,"' + "no comma here\n" * 80_000,
            "a cell of more than 1048576 characters, or a quote that is not",
        ),
        (f"{GOOD}{ROW}{'x' * 2_000_000}\n", "has more than 1048576 bytes in line 4; end the lines with LF"),
        (f"{GOOD}{ROW}{',x' * 2_000}\n", "has 2006 cells in line 4, more than 1000; correct it"),
        (f'{HEADER}\nTX,"2021-01-01,1,2,3,4\n{ROW}\nFL,2021-01-01",1,2,3,4\n', "includes the lines up to 4"),
        (f"{GOOD}state,date,deaths\nTX,2021-01-01,1\n", "second header with other columns in line 4"),
        (
            f"{HEADER}\nTX,12/01/2022,1,1,1,1\nTX,1/2/2022 0:00,1,1,1,1\n",
            'a date as yyyy-MM-dd .* in line 2, is "TX,12/01/2022,1.*month/day/year are not supported: write',
        ),
        (f"{HEADER}\nT\u200bX,2021-01-01,1,1,1,1\n", 'line 2, is "T.u200bX,2021-01-01'),
        (f"{HEADER}\n{ROW},7\n", "none has 6 cells"),
        (f"{HEADER}\nXX,2021-01-01,1,1,1,1\n", ": all 1 rows would be rejected"),
    ],
)
def test_the_check_rejects_a_file_without_a_valid_row(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "export.csv"
    file.write_text(content)
    with pytest.raises(CovidReportError, match=f"{re.escape(str(file))}.* ?{reason}"):
        check_file(file)


def test_the_check_rejects_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CovidReportError, match="is not a regular file"):
        check_file(tmp_path)
    with pytest.raises(CovidReportError, match="does not exist"):
        check_file(tmp_path / "none.csv")
