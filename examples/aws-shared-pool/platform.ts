import { EmrPool } from "pulumi-pooled-emr";

/** The pool, with all that AWS needs around it. Launches nothing. */
export function platform(data: string, network: { subnet?: string; certificates?: string }) {
  const pool = new EmrPool("shared", {
    pool: { maxClusters: 3, maxConcurrentSteps: 4 },
    data: { read: [`${data}/raw`], write: [`${data}/reports`] },
    subnetIds: network.subnet ? [network.subnet] : undefined,
    inTransitCertificates: network.certificates || undefined,
    tags: { owner: "platform", "cost-centre": "analytics", env: "prod" },
  });
  return { args: pool.args, store: pool.store };
}
