import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  GetMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import type { ReadYarnMemory } from "./poolFacts";

/** EMR writes its metrics every five minutes; two periods and what they are late by. */
const lookBack = 15 * 60_000;

/**
 * Free YARN memory by CloudWatch (`MemoryAvailableMB`), the newest value of the last 15 minutes. Free cores are not
 * among EMR's metrics. Unreadable, for whatever reason, is `null`: such a cluster is not joined (R38).
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/UsingEMR_ViewingMetrics.html
 */
export function createYarnMemoryReader(
  config: CloudWatchClientConfig = {},
  now: () => Date = () => new Date(),
): ReadYarnMemory {
  const client = new CloudWatchClient(config);
  return async (clusterId) => {
    const end = now();
    try {
      const answer = await client.send(
        new GetMetricDataCommand({
          StartTime: new Date(end.getTime() - lookBack),
          EndTime: end,
          ScanBy: "TimestampDescending",
          MetricDataQueries: [
            {
              Id: "memory",
              MetricStat: {
                Metric: {
                  Namespace: "AWS/ElasticMapReduce",
                  MetricName: "MemoryAvailableMB",
                  Dimensions: [{ Name: "JobFlowId", Value: clusterId }],
                },
                Period: 300,
                Stat: "Minimum",
              },
            },
          ],
        }),
      );
      const newest = answer.MetricDataResults?.[0]?.Values?.[0];
      return newest === undefined ? null : { availableMB: newest };
    } catch {
      return null;
    }
  };
}
