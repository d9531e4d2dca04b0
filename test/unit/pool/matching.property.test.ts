import type { Configuration, RunJobFlowInput } from "@aws-sdk/client-emr";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalForm } from "../../../provider/pool/canonicalForm";
import { canonicalJson } from "../../../provider/pool/canonicalJson";
import { decide } from "../../../provider/pool/decide";
import { type ClusterFacts, entryCandidate } from "../../../provider/pool/entryCandidate";
import { fingerprint } from "../../../provider/pool/fingerprint";
import { shippedInstanceTypes } from "../../../provider/pool/instanceTypes";
import { launchRequest, matchableCluster } from "../../../provider/pool/launchRequest";
import { specDiff } from "../../../provider/pool/specDiff";
import { poolEntry, poolRequest } from "./poolFixtures";
import { clusterSpec } from "./specArbitrary";
import { userFields } from "./userFields";

const context = { now: new Date(0), instanceTypes: shippedInstanceTypes };
const form = (spec: RunJobFlowInput) => canonicalJson(canonicalForm(spec));

/** The same meaning written differently: keys and lists without order turned round, absent for empty and default. */
function rewritten(spec: RunJobFlowInput): RunJobFlowInput {
  const configurations = (list: Configuration[] | undefined): Configuration[] => {
    // Of one classification the later entry wins, so only the last of each may move.
    const last = new Map((list ?? []).map((item) => [item.Classification, item]));
    return [...last.values()].reverse().map((item) => ({
      ...reversed(item),
      Properties: reversed(item.Properties ?? {}),
      Configurations: configurations(item.Configurations),
    }));
  };
  return reversed({
    ...spec,
    Applications: [...(spec.Applications ?? []), ...(spec.Applications ?? [])]
      .reverse()
      .map(({ Name }) => ({ Version: "9", Name: Name?.toUpperCase() })),
    Configurations: [
      ...configurations(spec.Configurations),
      ...(spec.Configurations?.some(({ Classification }) => Classification === "zzzzzzz")
        ? []
        : [{ Classification: "zzzzzzz", Properties: {} }]),
    ],
    BootstrapActions: (spec.BootstrapActions ?? []).map((action) => ({
      Name: "another name",
      ScriptBootstrapAction: {
        Args: action.ScriptBootstrapAction!.Args ?? [],
        Path: action.ScriptBootstrapAction!.Path,
      },
    })),
    AdditionalInfo: spec.AdditionalInfo && JSON.stringify(JSON.parse(spec.AdditionalInfo), undefined, 3),
    ServiceRole: spec.ServiceRole && `arn:aws:iam::123456789012:role/path/${spec.ServiceRole}`,
    RepoUpgradeOnBoot: spec.RepoUpgradeOnBoot ?? (spec.CustomAmiId ? "SECURITY" : undefined),
    Tags: [{ Key: "a", Value: "b" }],
  });
}

function reversed<T extends object>(value: T): T {
  const entries = Object.entries(value).reverse();
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of entries) result[key] = item;
  return result as T;
}

/** What runs of it: all, but under managed scaling, which scales an idle cluster in, only `running` of each group. */
function scaledIn(spec: RunJobFlowInput, running: number): ClusterFacts {
  const managed = (role: string | undefined) => Boolean(spec.ManagedScalingPolicy) && role !== "MASTER";
  return {
    groups: spec.Instances!.InstanceGroups?.map(({ InstanceRole, InstanceType, InstanceCount, Market }) => ({
      InstanceGroupType: InstanceRole,
      InstanceType,
      Market: Market ?? "ON_DEMAND",
      RequestedInstanceCount: InstanceCount,
      RunningInstanceCount: managed(InstanceRole) ? Math.min(running, InstanceCount!) : InstanceCount,
    })),
    fleets: spec.Instances!.InstanceFleets?.map((fleet) => ({
      InstanceFleetType: fleet.InstanceFleetType,
      ProvisionedOnDemandCapacity: managed(fleet.InstanceFleetType) ? 0 : fleet.TargetOnDemandCapacity,
      ProvisionedSpotCapacity: managed(fleet.InstanceFleetType) ? running : fleet.TargetSpotCapacity,
    })),
  };
}

describe("canonical form and fingerprint", () => {
  it("are the same for the same meaning", () => {
    fc.assert(
      fc.property(clusterSpec, (spec) => {
        expect(form(rewritten(spec))).toBe(form(spec));
        expect(fingerprint(rewritten(spec))).toEqual(fingerprint(spec));
        expect(specDiff(spec, rewritten(spec))).toEqual([]);
      }),
    );
  });

  it("are of the form itself: taken twice, or sent over the wire, nothing changes", () => {
    fc.assert(
      fc.property(clusterSpec, (spec) => {
        expect(form(JSON.parse(JSON.stringify(spec)) as RunJobFlowInput)).toBe(form(spec));
        expect(canonicalJson(JSON.parse(form(spec)))).toBe(form(spec));
      }),
    );
  });

  it("differ together: no two forms share a fingerprint, and the difference has a name", () => {
    fc.assert(
      fc.property(clusterSpec, clusterSpec, (one, other) => {
        const same = form(one) === form(other);
        expect(fingerprint(one).fingerprint === fingerprint(other).fingerprint).toBe(same);
        expect(specDiff(one, other).length === 0).toBe(same);
        expect(specDiff(other, one).length).toBe(specDiff(one, other).length);
      }),
    );
  });

  it("hold no password, in any form", () => {
    fc.assert(
      fc.property(clusterSpec, fc.stringMatching(/^[A-Z]{12}$/), (spec, password) => {
        const secret = {
          ...spec,
          KerberosAttributes: { Realm: "r", KdcAdminPassword: password, ADDomainJoinPassword: password },
        };
        const without = { ...spec, KerberosAttributes: { Realm: "r", KdcAdminPassword: "" } };
        expect(fingerprint(secret)).toEqual(fingerprint(without));
        const settings = { poolName: "etl", store: "s3://b" };
        const launch = launchRequest(userFields(secret) as never, settings);
        expect(JSON.stringify(launch.record)).not.toContain(password);
        expect(JSON.stringify(launch.request)).toContain(password);
      }),
    );
  });
});

describe("matching", () => {
  it("is reflexive: a cluster launched for a request satisfies that request, in whatever way it is written", () => {
    fc.assert(
      fc.property(clusterSpec, fc.boolean(), fc.nat({ max: 1 }), (spec, byMemory, running) => {
        const settings = { poolName: "etl", store: "s3://b" };
        const { record, slots } = launchRequest(userFields(spec) as never, settings);
        const facts = { state: "WAITING", ...scaledIn(spec, running), yarn: { availableMB: 2048 } };
        const candidate = entryCandidate(poolEntry(spec, { launch: record, slots }), "etl", facts);
        const rest = byMemory ? { minAvailableMB: 1024 } : {};
        for (const asked of [matchableCluster(userFields(spec) as never, settings), rewritten(spec)]) {
          const { verdicts } = decide(poolRequest(asked, rest), [candidate], context);
          expect(verdicts[0]!.refused).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never joins another fingerprint", () => {
    fc.assert(
      fc.property(clusterSpec, clusterSpec, (asked, there) => {
        const { verdicts } = decide(poolRequest(asked), [entryCandidate(poolEntry(there), "etl")], context);
        if (form(asked) !== form(there)) expect(verdicts[0]!.joinable).toBe(false);
      }),
    );
  });

  it("does not depend on the order of the candidates", () => {
    const candidates = fc.array(clusterSpec, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(candidates, fc.nat({ max: 4 }), (specs, pick) => {
        const asked = poolRequest(specs[pick % specs.length]);
        const all = specs.map((spec, index) =>
          entryCandidate(poolEntry(spec, { clusterId: `j-${index}` }), "etl"),
        );
        const ids = (list: typeof all) =>
          decide(asked, list, context).ranking.map((index) => list[index]!.id);
        expect(ids([...all].reverse())).toEqual(ids(all));
        expect(ids(all)).toContain(`j-${pick % specs.length}`);
      }),
    );
  });
});
