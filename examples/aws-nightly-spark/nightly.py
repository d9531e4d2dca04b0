"""nightly.py <raw folder of a night> <result folder>: totals by customer; may be run again."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

source, target = sys.argv[1:]

spark = SparkSession.builder.appName("nightly totals").getOrCreate()
totals = spark.read.json(source).groupBy("customer").agg(f.count("*").alias("orders"), f.sum("amount").alias("amount"))
totals.write.mode("overwrite").parquet(target)
spark.stop()
