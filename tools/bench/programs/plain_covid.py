"""The monthly report in plain PySpark without checks, for scripts/bench.ts."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

source, output = sys.argv[1:]
spark = SparkSession.builder.appName("plain").config("spark.sql.shuffle.partitions", "8").getOrCreate()
rows_df = spark.read.csv(source, header=True)
report_df = (
    rows_df.withColumn("date", F.to_date(F.regexp_replace(F.substring("date", 1, 10), "/", "-")))
    .withColumn("month", F.date_format("date", "yyyy-MM"))
    .groupBy("state", "month")
    .agg(
        F.round(F.avg(F.regexp_replace("inpatient_beds", ",", "").cast("double")), 2).alias("avg_inpatient_beds"),
        F.round(F.avg("total_staffed_adult_icu_beds"), 2).alias("avg_icu_beds"),
        F.round(
            F.sum("inpatient_bed_covid_utilization_numerator") / F.sum("inpatient_bed_covid_utilization_denominator"), 4
        ).alias("covid_patient_rate"),
        F.countDistinct("date").alias("days_reported"),
    )
    .orderBy("state", "month")
)
report_df.coalesce(1).write.mode("overwrite").csv(output, header=True)
spark.stop()
