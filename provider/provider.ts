/**
 * `pulumi-pooled-emr/provider`: the ABI that is written into users' state (see `resource.ts`). Its name and the
 * signatures below never change; state written by every earlier version must be understood by them.
 */
import type { dynamic } from "@pulumi/pulumi";

// Node 20 is supported here; the SDK's notice about its own future would stand under Diagnostics of every `up`.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

type Provider = Required<dynamic.ResourceProvider>;

/**
 * The SDK prints the stack trace of what `read`, `diff` and `delete` throw. Our errors say where and what to do, so
 * that the trace would only push the words out of sight.
 */
async function withoutTrace<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === "PooledEmrError")
      error.stack = (error as Error & { code: string }).code;
    throw error;
  }
}

/** Keeps the stack's configuration for the calls that follow. Synchronous inside: the SDK doesn't wait for it. */
export const configure: Provider["configure"] = async (request) =>
  require("./lifecycle/configure").configure(request);

/** Validates inputs and says where the job would be placed. Runs at preview and at `up`; writes nothing. */
export const check: Provider["check"] = (olds, news) => require("./lifecycle/check").check(olds, news);

/** Says what a change of inputs, or the state found by a refresh, makes the next `up` do. Calls nothing. */
export const diff: Provider["diff"] = (id, olds, news) =>
  withoutTrace(() => require("./lifecycle/diff").diff(id, olds, news));

/** Places the job and submits its steps, or adopts what an earlier attempt has done. */
export const create: Provider["create"] = (inputs) => require("./lifecycle/create").create(inputs);

/** Brings states, times and the cause of a failure into the state; writes nothing to S3 or EMR. */
export const read: Provider["read"] = (id, props) =>
  withoutTrace(() => require("./lifecycle/read").read(id, props));

/** Applies what changes in place, and runs again what `resubmit` allows. */
export const update: Provider["update"] = (id, olds, news) =>
  require("./lifecycle/update").update(id, olds, news);

const deleteJob: Provider["delete"] = (id, props) =>
  withoutTrace(() => require("./lifecycle/delete").deleteJob(id, props));

/** Cancels what is unfinished, or leaves it, and frees the job's place. Never touches the cluster. */
export { deleteJob as delete };

/** The methods of `PooledEmrCluster`. */
export const cluster: Required<Omit<Provider, "configure">> = {
  check: (olds, news) => require("./clusterLifecycle/clusterProvider").check(olds, news),
  diff: (id, olds, news) => require("./clusterLifecycle/clusterProvider").diff(id, olds, news),
  create: (inputs) => require("./clusterLifecycle/clusterProvider").create(inputs),
  read: (id, props) => withoutTrace(() => require("./clusterLifecycle/clusterProvider").read(id, props)),
  update: (id, olds, news) => require("./clusterLifecycle/clusterProvider").update(id, olds, news),
  delete: (id, props) => withoutTrace(() => require("./clusterLifecycle/clusterProvider").remove(id, props)),
};
