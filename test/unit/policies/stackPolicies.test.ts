import { describe, expect, it } from "vitest";
import { judgeStack, setAt, unknown } from "../../support/policies/judge";
import {
  clusterResource,
  goodClusterProps,
  goodJobProps,
  goodKeptClusterProps,
  jobResource,
  keptClusterResource,
  type Props,
  type TestResource,
} from "../../support/policies/programs";

const job = (name: string, changes: Record<string, unknown> = {}) => {
  const props = goodJobProps();
  for (const [path, value] of Object.entries(changes)) setAt(props, path, value);
  return jobResource(name, props);
};
const cluster = (name: string, changes: Record<string, unknown> = {}) => {
  const props = goodClusterProps();
  for (const [path, value] of Object.entries(changes)) setAt(props, path, value);
  return clusterResource(name, props);
};
const kept = (name: string, changes: Record<string, unknown> = {}) => {
  const props = goodKeptClusterProps();
  for (const [path, value] of Object.entries(changes)) setAt(props, path, value);
  return keptClusterResource(name, props);
};
const resource = (
  type: string,
  name: string,
  props: Props,
  dependencies?: Record<string, string[]>,
): TestResource => ({ type, name, props, dependencies });
const jobs = (count: number, changes: (index: number) => Record<string, unknown> = () => ({})) =>
  Array.from({ length: count }, (_, index) => job(`job-${index}`, changes(index)));
const messages = (...args: Parameters<typeof judgeStack>) =>
  judgeStack(...args).map((violation) => violation.message.split(". ")[0]);

describe("stack-max-jobs", () => {
  it("counts pooled jobs, also those whose inputs are unknown", () => {
    expect(messages("stack-max-jobs", jobs(20))).toEqual([]);
    expect(
      messages("stack-max-jobs", [...jobs(20), job("more", { pool: unknown, placement: unknown })]),
    ).toEqual(["The stack has 21 pooled jobs"]);
  });

  it("does not count jobs of exempt pools", () => {
    const exemptPools = [{ pool: "etl", reason: "nightly backfill", until: "2026-12-31" }];
    const surroundings = { config: { exemptPools }, now: new Date("2026-12-31T23:00:00Z") };
    expect(messages("stack-max-jobs", jobs(21), surroundings)).toEqual([]);
  });
});

describe("launches", () => {
  const separate = (count: number) => jobs(count, (index) => ({ "placement.launchId": `launch-${index}` }));

  it("are counted once for jobs that share one", () => {
    expect(messages("stack-max-launches", jobs(20))).toEqual([]);
    expect(messages("stack-max-launches", separate(6))).toEqual(["The deployment would launch 6 clusters"]);
  });

  it("count raw clusters each, and not joins, finished jobs and unknown plans", () => {
    const stack = [
      ...separate(2),
      cluster("a"),
      cluster("b"),
      cluster("c"),
      job("joins", { "placement.action": "join", "placement.clusterId": "j-1" }),
      job("placed", { "placement.launchId": "launch-8", "placement.clusterId": "j-2" }),
      job("done", { "placement.launchId": "launch-9", state: "COMPLETED" }),
      job("unknown", { placement: unknown }),
    ];
    expect(messages("stack-max-launches", stack)).toEqual([]);
    expect(
      messages("stack-max-launches", [...stack, job("sixth", { "placement.launchId": "launch-7" })]),
    ).toEqual(["The deployment would launch 6 clusters"]);
  });

  it("count kept clusters that have no cluster yet", () => {
    const stack = [...separate(5), kept("runs", { clusterId: "j-1" })];
    expect(messages("stack-max-launches", stack)).toEqual([]);
    for (const changes of [{}, { clusterId: unknown }])
      expect(messages("stack-max-launches", [...stack, kept("new", changes)])).toEqual([
        "The deployment would launch 6 clusters",
      ]);
  });

  it("price kept clusters", () => {
    const large = { "cluster.instances.instanceGroups.1.instanceCount": 600 };
    expect(messages("stack-hourly-price-limit", [kept("runs", { ...large, clusterId: "j-1" })])).toEqual([]);
    expect(messages("stack-hourly-price-limit", [kept("new", large)])).toEqual([
      "The deployment would launch 1 clusters for $122.81 an hour (estimated from list prices of us-east-1 dated 2025-06-01)",
    ]);
  });

  it("of types without a price are reported with how to give them one", () => {
    const unpriced = { "cluster.instances.instanceGroups.1.instanceType": "u9z.xlarge" };
    const [violation, ...more] = judgeStack("stack-hourly-price-limit", [
      job("one", { ...unpriced, "placement.launchId": "launch-2" }),
      kept("warm", unpriced),
      kept("runs", { ...unpriced, clusterId: "j-1" }),
    ]);
    expect(violation!.message).toContain(
      "The deployment would launch 2 clusters for $0.82 an hour (estimated from list prices of us-east-1 dated 2025-06-01) and for u9z.xlarge, whose price is unknown. Allowed: at most $100 an hour.",
    );
    expect(violation!.message).toMatch(
      /add the type's EC2 price under types, and name the copy in priceFile\.$/,
    );
    expect(more).toEqual([]);
  });

  it("are priced together", () => {
    const large = (launchId: string) => ({
      "placement.launchId": launchId,
      "cluster.instances.instanceGroups.1.instanceCount": 100,
    });
    // Each: 0.408 for the primary node and 100 x 0.204.
    expect(
      messages(
        "stack-hourly-price-limit",
        jobs(4, (index) => large(`l-${index}`)),
      ),
    ).toEqual([]);
    expect(
      messages(
        "stack-hourly-price-limit",
        jobs(9, () => large("shared")),
      ),
    ).toEqual([]);
    expect(
      messages(
        "stack-hourly-price-limit",
        jobs(5, (index) => large(`l-${index}`)),
      ),
    ).toEqual([
      "The deployment would launch 5 clusters for $104.04 an hour (estimated from list prices of us-east-1 dated 2025-06-01)",
    ]);
  });
});

describe("pool-fragmentation", () => {
  const fingerprints = (count: number) =>
    jobs(count, (index) => ({ "placement.fingerprint": `fingerprint-${index}` }));

  it("counts different fingerprints by pool", () => {
    expect(
      messages("pool-fragmentation", [
        ...fingerprints(3),
        job("same", { "placement.fingerprint": "fingerprint-0" }),
      ]),
    ).toEqual([]);
    expect(messages("pool-fragmentation", fingerprints(4))).toEqual([
      "Jobs ask for 4 different clusters in pool etl at s3://etl-pools/emr",
    ]);
    const elsewhere = job("elsewhere", { "pool.name": "other", "placement.fingerprint": "fingerprint-9" });
    expect(messages("pool-fragmentation", [...fingerprints(3), elsewhere])).toEqual([]);
  });

  it("passes over jobs without a plan", () => {
    expect(
      messages("pool-fragmentation", [...fingerprints(3), job("unknown", { placement: unknown })]),
    ).toEqual([]);
  });
});

describe("managed scaling", () => {
  const scaling = (dependencies: Record<string, string[]>, clusterId: unknown = unknown) =>
    resource("aws:emr/managedScalingPolicy:ManagedScalingPolicy", "scaling", { clusterId }, dependencies);
  const large = cluster("large", { "coreInstanceGroup.instanceCount": 4, stepConcurrencyLevel: 4 });
  const smallMaster = cluster("small", {
    stepConcurrencyLevel: 4,
    "masterInstanceGroup.instanceType": "m7g.xlarge",
  });

  it("is asked for above the threshold, for jobs, kept clusters and raw clusters", () => {
    const wide = { "cluster.instances.instanceGroups.1.instanceCount": 4 };
    const stack = [job("narrow"), job("wide", wide), kept("warm"), kept("hot", wide), large];
    const found = judgeStack("managed-scaling-required", stack);
    expect(found.map((violation) => violation.resource)).toEqual(["wide", "hot", "large"]);
    expect(found[0]!.message).toMatch(/^The cluster has 4 core and task nodes and no managed scaling\./);
  });

  it("is found in the stack by dependency, at preview, or by id", () => {
    expect(judgeStack("managed-scaling-required", [large, scaling({ clusterId: ["large"] })])).toEqual([]);
    const known = { ...large, props: { ...large.props, id: "j-1" } };
    expect(judgeStack("managed-scaling-required", [known, scaling({}, "j-1")])).toEqual([]);
    expect(judgeStack("managed-scaling-required", [known, scaling({}, "j-2")])).toHaveLength(1);
  });

  it("or a large primary node is needed for concurrent steps", () => {
    expect(messages("step-concurrency-limit", [smallMaster])).toEqual([
      "stepConcurrencyLevel is 4 with a primary node of 4 vCPUs (m7g.xlarge) and no managed scaling",
    ]);
    expect(messages("step-concurrency-limit", [smallMaster, scaling({ clusterId: ["small"] })])).toEqual([]);
    expect(messages("step-concurrency-limit", [large])).toEqual([]);
    const small = {
      "pool.maxConcurrentSteps": 4,
      "cluster.instances.instanceGroups.0.instanceType": "m7g.xlarge",
    };
    expect(messages("step-concurrency-limit", [kept("warm", small)])).toEqual([
      "pool.maxConcurrentSteps is 4 with a primary node of 4 vCPUs (m7g.xlarge) and no managed scaling",
    ]);
    const unknownType = cluster("u", {
      stepConcurrencyLevel: 4,
      "masterInstanceGroup.instanceType": unknown,
    });
    expect(messages("step-concurrency-limit", [unknownType])).toEqual([]);
  });
});

describe("private-subnet over the stack", () => {
  const subnet = (mapPublicIpOnLaunch: unknown, id: unknown = unknown) =>
    resource("aws:ec2/subnet:Subnet", "net", { mapPublicIpOnLaunch, id });

  it("refuses linked subnets that give out public addresses", () => {
    const user = { ...job("user"), dependencies: { cluster: ["net"] } };
    const found = judgeStack("private-subnet", [user, subnet(true)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      resource: "user",
      message: expect.stringMatching(
        /^Subnet net of the cluster gives nodes public addresses\. Allowed: private subnets\./,
      ),
    });
    expect(judgeStack("private-subnet", [user, subnet(false)])).toEqual([]);
    expect(judgeStack("private-subnet", [user, subnet(unknown)])).toEqual([]);
    expect(judgeStack("private-subnet", [job("other"), subnet(true)])).toEqual([]);
    expect(judgeStack("private-subnet", [kept("k"), subnet(true, "subnet-0a1b2c3d")])).toHaveLength(1);
    expect(judgeStack("private-subnet", [cluster("c"), subnet(true, "subnet-0a1b2c3d")])).toHaveLength(1);
  });
});

describe("no-open-security-groups", () => {
  const group = (ingress: unknown) =>
    resource("aws:ec2/securityGroup:SecurityGroup", "nodes", { ingress, id: unknown });
  const user = {
    ...cluster("user", { "ec2Attributes.emrManagedMasterSecurityGroup": unknown }),
    dependencies: { ec2Attributes: ["nodes"] },
  };
  const open = { fromPort: 8088, toPort: 8088, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] };

  it("judges a kept cluster's groups", () => {
    const warm = { ...kept("warm"), dependencies: { cluster: ["nodes"] } };
    expect(judgeStack("no-open-security-groups", [warm, group([open])])).toMatchObject([
      { resource: "warm" },
    ]);
  });

  it.each([
    { what: "IPv4", rule: open },
    { what: "IPv6", rule: { fromPort: 8088, toPort: 8088, ipv6CidrBlocks: ["::/0"] } },
  ])("finds a group's own rule that is open to the world, $what", ({ rule }) => {
    expect(messages("no-open-security-groups", [user, group([rule])])).toEqual([
      "Security group nodes of the cluster is open to the world on ports 8088 to 8088",
    ]);
    expect(messages("no-open-security-groups", [user, group([rule])], { config: { ports: [8088] } })).toEqual(
      [],
    );
  });

  it.each([
    { type: "aws:ec2/securityGroupRule:SecurityGroupRule", props: { type: "ingress", ...open } },
    { type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", props: { cidrIpv4: "0.0.0.0/0" } },
  ])("finds an open $type", ({ type, props }) => {
    const rule = resource(type, "rule", props, { securityGroupId: ["nodes"] });
    expect(messages("no-open-security-groups", [user, group([]), rule])).toHaveLength(1);
    const elsewhere = resource(type, "rule", { ...props, securityGroupId: "sg-2" });
    expect(messages("no-open-security-groups", [user, group([]), elsewhere])).toEqual([]);
  });

  it("passes over egress, closed, unknown and other clusters' groups", () => {
    const egress = resource(
      "aws:ec2/securityGroupRule:SecurityGroupRule",
      "rule",
      { ...open, type: "egress" },
      { securityGroupId: ["nodes"] },
    );
    expect(
      messages("no-open-security-groups", [user, group([{ cidrBlocks: ["10.0.0.0/8"] }]), egress]),
    ).toEqual([]);
    expect(messages("no-open-security-groups", [user, group(unknown)])).toEqual([]);
    expect(messages("no-open-security-groups", [cluster("other"), group([open])])).toEqual([]);
    expect(messages("no-open-security-groups", [user, group([unknown, open])])).toHaveLength(1);
  });
});
