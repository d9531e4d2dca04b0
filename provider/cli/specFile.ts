import { z } from "zod";
import type { ClusterSpec, PoolSpec, StepConfig } from "../args";
import { PooledEmrError } from "../errors";
import { readJsonFile } from "./jsonFile";

/** What a command reads of a job or cluster spec. */
export interface JobSpecFile {
  readonly cluster: ClusterSpec;
  readonly pool: Partial<PoolSpec>;
  readonly steps: readonly StepConfig[];
  readonly parallelSteps?: boolean;
}

const jobSchema = z.looseObject({
  cluster: z.looseObject({ instances: z.looseObject({}) }),
  pool: z
    .looseObject({
      name: z.string().optional(),
      store: z.string().optional(),
      maxConcurrentSteps: z.number().int().min(1).max(256).optional(),
      joinStarting: z.boolean().optional(),
      prefer: z.enum(["most-powerful", "best-fit"]).optional(),
      clusterId: z.string().optional(),
      minAvailable: z.looseObject({ memoryMB: z.number().positive() }).optional(),
    })
    .default({}),
  steps: z.array(z.looseObject({})).default([]),
  parallelSteps: z.boolean().optional(),
});

/**
 * Reads the inputs of a `PooledEmrJob` (`{ pool, cluster, steps }`), or only its `cluster`, from a JSON file.
 *
 * @throws PooledEmrError INVALID_ARGUMENT
 */
export async function readSpecFile(file: string): Promise<JobSpecFile> {
  const json = await readJsonFile(file);
  const isCluster = typeof json === "object" && json !== null && "instances" in json;
  const parsed = jobSchema.safeParse(isCluster ? { cluster: json } : json);
  if (!parsed.success)
    throw new PooledEmrError("INVALID_ARGUMENT", {
      subject: file === "-" ? "stdin" : `file ${file}`,
      problem: `is no job or cluster spec: ${z.prettifyError(parsed.error)}`,
      allowed:
        'the inputs of a PooledEmrJob ({ "pool", "cluster", "steps" }) or its "cluster", field names as in the program',
      fix: "Correct the file and try again",
    });
  return parsed.data as unknown as JobSpecFile;
}
