"""The monthly report in pandas without checks, for scripts/bench.ts."""

import sys

import pandas as pd

rows = pd.read_csv(sys.argv[1], thousands=",", dtype={"date": str, "state": str})
rows["month"] = pd.to_datetime(rows["date"].str[:10].str.replace("/", "-"), errors="coerce").dt.strftime("%Y-%m")
groups = rows.groupby(["state", "month"])
numerator, denominator = (f"inpatient_bed_covid_utilization_{part}" for part in ("numerator", "denominator"))
report = groups.agg(
    avg_inpatient_beds=("inpatient_beds", "mean"),
    avg_icu_beds=("total_staffed_adult_icu_beds", "mean"),
    days_reported=("date", "nunique"),
)
report["covid_patient_rate"] = groups[numerator].sum() / groups[denominator].sum()
report.round(4).to_csv(sys.stdout)
