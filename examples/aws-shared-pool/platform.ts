import { EmrPool } from "pulumi-pooled-emr";

/** The pool, with all that AWS needs around it. Launches nothing. */
export function platform(data: string) {
  const pool = new EmrPool("shared", {
    pool: { maxClusters: 3, maxConcurrentSteps: 4 },
    data: { read: [`${data}/raw`], write: [`${data}/reports`] },
    tags: { owner: "platform", env: "prod" },
  });
  return { args: pool.args, store: pool.store };
}
