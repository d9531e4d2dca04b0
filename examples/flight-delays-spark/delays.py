"""delays.py <input> <output> <origin|destination|hour>: flights and mean delay by key, as tab-separated lines."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

source, target, group_by = sys.argv[1:]
columns = ["date", "delay", "distance", "origin", "destination"]

spark = SparkSession.builder.appName(f"mean delay by {group_by}").getOrCreate()
flights = spark.read.csv(source, sep="\t").toDF(*columns)
key = f.substring("date", len("2001/01/01 ") + 1, 2) if group_by == "hour" else f.col(group_by)
means = (
    flights.groupBy(key.alias("key"))
    .agg(f.count("*").alias("flights"), f.avg(f.col("delay").cast("int")).alias("mean"))
    .select(f.concat_ws("\t", "key", "flights", f.format_string("%.2f", "mean")))
)
means.coalesce(1).write.text(target)
spark.stop()
