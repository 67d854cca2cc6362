"""Headers, and files that are not CSV."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from covid_report.errors import CovidReportError
from covid_report.sources import START_BYTES, empty_columns, list_sources
from covid_report.storage import Storage
from covid_runs import write_files
from pyspark.sql import SparkSession

GOOD = "state,date,inpatient_beds\nFL,2020-08-26,10\n"


@pytest.fixture
def storage(spark: SparkSession) -> Storage:
    return Storage(spark)


def error_of(storage: Storage, folder: Path, content: bytes | str) -> str:
    """The message for one invalid file, without the name of the folder."""
    write_files(folder, {"bad.csv": content, "good.csv": GOOD})
    with pytest.raises(CovidReportError) as caught:
        list_sources(storage, f"file://{folder}")
    return re.sub(r"file:/+\S*/bad\.csv", "bad.csv", str(caught.value))


def test_headers_are_trimmed_and_in_lower_case_without_byte_order_marks(storage: Storage, tmp_path: Path) -> None:
    header = '\ufeff" State",\tDATE ,"Inpatient_Beds\u00a0",\r\n'
    write_files(tmp_path, {"a.csv": header})
    (source,) = list_sources(storage, f"file://{tmp_path}").sources
    assert source.header == ("state", "date", "inpatient_beds", "")
    assert source.missing == (
        "total_staffed_adult_icu_beds",
        "inpatient_bed_covid_utilization_numerator",
        "inpatient_bed_covid_utilization_denominator",
    )


def test_quoted_commas_and_line_breaks_belong_to_a_name(storage: Storage, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.csv": 'state,"note, with\nbreak",date,inpatient_beds\n'})
    (source,) = list_sources(storage, f"file://{tmp_path}").sources
    assert source.header == ("state", "note, with\nbreak", "date", "inpatient_beds")


def test_subfolders_are_searched_and_other_files_are_ignored(storage: Storage, tmp_path: Path) -> None:
    names = ["2022/b.CSV", "a.csv", "out.csv/part-0.csv", "_temporary/c.csv", ".d.csv", "notes.txt", "e.csv.gz"]
    write_files(tmp_path, dict.fromkeys(names, GOOD))
    write_files(tmp_path, {"2022_$folder$": "", "2022/sub.csv_$folder$": ""})
    (tmp_path / "empty.csv").mkdir()
    listing = list_sources(storage, f"file://{tmp_path}/")
    assert [source.name for source in listing.sources] == ["2022/b.CSV", "a.csv", "out.csv/part-0.csv"]
    assert listing.ignored == (".d.csv", "_temporary/c.csv", "e.csv.gz", "notes.txt")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD.encode("utf-16"), "bad.csv is UTF-16 text, not CSV; save it as CSV in UTF-8"),
        (GOOD.encode("utf-16-le"), "bad.csv has zero bytes, as UTF-16 text and binary files do"),
        (b"PK\x03\x04rest", "bad.csv is a zip file or an Excel workbook, not CSV"),
        (b"\x1f\x8b\x08\x00", "bad.csv is compressed with gzip, not CSV"),
        ("état,date\n".encode("latin-1"), "bad.csv is not UTF-8 at byte 0 (0xe9); save it as CSV in UTF-8"),
        ("\ufeff\n <!DOCTYPE html><html>", "bad.csv is a web page or XML, it begins with '<!DOCTYPE html><html>'"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 149786199\n",
            "bad.csv is a pointer of Git LFS, not the file; run 'git lfs pull'",
        ),
        ("\ufeffsep=,\r\n" + GOOD, "bad.csv begins with the line 'sep=,' for Excel; remove that line"),
        ("SEP=;\nstate;date;inpatient_beds\n", "bad.csv begins with the line 'SEP=;' for Excel"),
        ("hospital_pk,collection_week,state\n", "this looks like the data set by facility; export 'COVID-19 Reported"),
        ("state,critical_staffing_shortage_today_yes\n", "looks like the snapshot by state, one row a state"),
        ("Week Ending Date,Geographic aggregation\n", "looks like the weekly data set by jurisdiction of NHSN"),
        ("weekendingdate,jurisdiction,numinptbeds\n", "looks like the weekly data set by jurisdiction of NHSN"),
        ("state\u200b,dat\xad e,x\n", "its header has state\\u200b, dat\\xad e, x; export the file with them"),
        ("", "bad.csv is empty (0 bytes); upload it again, or remove it"),
        ("\ufeff \r\n\r\n", "bad.csv is empty (8 bytes)"),
        ("state,date\rFL,2020-08-26\r", "bad.csv has no line feed in its first 25 characters; end its lines with LF"),
        ("state," * START_BYTES, f"bad.csv has no line feed in its first {START_BYTES} characters"),
        ("date,inpatient_beds\n", "bad.csv lacks the column state; its header has date, inpatient_beds; export"),
        ("a,b\n", "bad.csv lacks the column state and date; its header has a, b; export the file with them"),
        ("state;date;inpatient_beds\n", "its header has state;date;inpatient_beds; separate the cells by commas"),
        ("state," + "x," * 30 + "y\n", "its header has " + ", ".join(["state", *["x"] * 19]) + " and 12 more; export"),
        ("state,date,State\n", "bad.csv has the column state twice; remove the wrong one"),
        ("state,date,inpatient_beds,inpatient_beds\n", "bad.csv has the column inpatient_beds twice"),
    ],
)
def test_an_invalid_file_is_reported_with_the_reason(
    storage: Storage, tmp_path: Path, content: bytes | str, message: str
) -> None:
    assert message in error_of(storage, tmp_path, content)


def test_an_incomplete_character_at_the_end_of_the_first_bytes_is_valid(storage: Storage, tmp_path: Path) -> None:
    padding = "x" * (START_BYTES - len(GOOD) - 1)
    write_files(tmp_path, {"a.csv": f"{GOOD}{padding}é\n"})
    assert len(list_sources(storage, f"file://{tmp_path}").sources) == 1


def test_files_without_a_metric_are_rejected(storage: Storage, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.csv": "state,date,deaths_covid\nFL,2020-08-26,1\n"})
    with pytest.raises(CovidReportError, match=r"none of a\.csv has a column to report on; export at least one of inp"):
        list_sources(storage, f"file://{tmp_path}")


def test_a_missing_folder_and_a_folder_without_csv_files_are_reported(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(CovidReportError, match=r"the folder file://.*/raw does not exist; check --input"):
        list_sources(storage, f"file://{tmp_path}/raw")
    (tmp_path / "raw").mkdir()
    with pytest.raises(
        CovidReportError, match=r"no CSV file in .*/raw: it is empty; upload files with the extension \.csv"
    ):
        list_sources(storage, f"file://{tmp_path}/raw")
    write_files(tmp_path / "raw", {"a.xlsx": b"PK"})
    with pytest.raises(CovidReportError, match=r"no CSV file in .*/raw: it contains a\.xlsx; upload"):
        list_sources(storage, f"file://{tmp_path}/raw")


def test_notes_list_the_files_without_a_column(storage: Storage, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.csv": GOOD, "b.csv": "state,date,total_staffed_adult_icu_beds\n"})
    assert empty_columns(list_sources(storage, f"file://{tmp_path}").sources) == [
        "avg_inpatient_beds excludes rows of b.csv, which have no column inpatient_beds",
        "avg_icu_beds excludes rows of a.csv, which have no column total_staffed_adult_icu_beds",
        "covid_patient_rate is empty: no file has the column inpatient_bed_covid_utilization_numerator",
        "covid_patient_rate is empty: no file has the column inpatient_bed_covid_utilization_denominator",
    ]
