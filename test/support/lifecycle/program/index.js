const pulumi = require("@pulumi/pulumi");
const { PooledEmrJob } = require("pulumi-pooled-emr");

/** JOBS: inputs by resource name; an object with the one key `secret` stands for a Pulumi secret. */
const jobs = JSON.parse(process.env.JOBS ?? "{}");

function withSecrets(value) {
  if (Array.isArray(value)) return value.map(withSecrets);
  if (value === null || typeof value !== "object") return value;
  if (Object.keys(value).join() === "secret") return pulumi.secret(value.secret);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSecrets(inner)]));
}

for (const [name, inputs] of Object.entries(jobs)) {
  const job = new PooledEmrJob(name, withSecrets(inputs));
  module.exports[name] = { clusterId: job.clusterId, state: job.state, placement: job.placement };
}
