import type { SupportedInstanceType } from "@aws-sdk/client-emr";
import applicationVersions from "./data/applicationVersions.json";
import type { ReleasesFile } from "./data/makeReleases";
import { instanceTypeColumns } from "./data/makeReleases";
import data from "./data/releases.json";

/** What EMR knows of releases: which there are, which instance types and application versions each has. */

const file = data as unknown as ReleasesFile;

/** Release labels, newest first. */
export const releaseLabels: readonly string[] = file.releases.map((release) => release.label);

const instanceTypes = new Map<string, SupportedInstanceType>(
  file.instanceTypes.map((row) => [
    row[0],
    Object.fromEntries(instanceTypeColumns.map((column, index) => [column, row[index]])),
  ]),
);

const typesByRelease = new Map<string, ReadonlySet<string>>();
{
  let types = new Set<string>();
  for (const { label, add, remove } of file.releases) {
    types = new Set([...types, ...add].filter((type) => !remove.includes(type)));
    typesByRelease.set(label, types);
  }
}

export function isKnownRelease(label: string): boolean {
  return typesByRelease.has(label);
}

export function instanceType(name: string): SupportedInstanceType | undefined {
  return instanceTypes.get(name);
}

export function isSupported(label: string, type: string): boolean {
  return typesByRelease.get(label)?.has(type) ?? false;
}

/** Instance types that `label` can be launched with, by name. */
export function instanceTypesOf(label: string): SupportedInstanceType[] {
  return [...(typesByRelease.get(label) ?? [])].sort().flatMap((name) => instanceTypes.get(name) ?? []);
}

/** `-1`, `0` or `1` for how `label` stands to `other`, both of the form `emr-7.5.0`. */
export function compareReleases(label: string, other: string): number {
  const [a, b] = [label, other].map((text) => text.replace(/^emr-/, "").split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

export function isAtLeast(label: string | undefined, minimum: string): boolean {
  return label !== undefined && compareReleases(label, minimum) >= 0;
}

/** Version of an application in a release, where the table has it. */
export function applicationVersion(label: string | undefined, application: string | undefined) {
  return applicationsOf(label).find((known) => known.Name?.toLowerCase() === application?.toLowerCase())
    ?.Version;
}

/** Applications of a release with their versions; those of the newest release in the table that isn't newer. */
export function applicationsOf(label: string | undefined): { Name: string; Version: string }[] {
  if (label === undefined) return [];
  const row = applicationVersions.releases.find((release) => compareReleases(release.label, label) <= 0);
  return Object.entries(row?.applications ?? {}).map(([Name, Version]) => ({
    Name,
    Version: Version as string,
  }));
}

/** Releases since 5.36 and 6.6 pick the newest Amazon Linux release by themselves and say which. */
export function osReleaseLabel(label: string | undefined, asked: string | undefined): string | undefined {
  if (asked !== undefined || label === undefined) return asked;
  if (isAtLeast(label, "emr-7.0.0")) return osReleases.amazonLinux2023;
  const selectable =
    isAtLeast(label, "emr-6.6.0") || (isAtLeast(label, "emr-5.36.0") && !isAtLeast(label, "emr-6.0.0"));
  return selectable ? osReleases.amazonLinux2 : undefined;
}

const osReleases = { amazonLinux2023: "2023.6.20241212.0", amazonLinux2: "2.0.20241217.0" };
