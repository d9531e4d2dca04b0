"""report.py <raw folder> <report folder> <daily|hourly>: counts events by day or hour."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

source, target, period = sys.argv[1:]
unit = {"daily": "day", "hourly": "hour"}[period]

spark = SparkSession.builder.appName(f"{period} report").getOrCreate()
events = spark.read.json(source)
counts = events.groupBy(f.date_trunc(unit, f.to_timestamp("time")).alias(unit), "kind").count()
counts.write.mode("overwrite").parquet(target)
spark.stop()
