import type {
  DescribeReleaseLabelOutput,
  ListReleaseLabelsOutput,
  ListSupportedInstanceTypesOutput,
} from "@aws-sdk/client-emr";
import { z } from "zod";
import { validationError } from "../errors";
import type { Operation } from "../operation";
import { operation } from "../operation";
import { page } from "../paging";
import {
  applicationsOf,
  applicationVersion,
  instanceTypesOf,
  isKnownRelease,
  osReleaseLabel,
  releaseLabels,
} from "../releases";
import { marker } from "../schemas/members";

const listInput = z.object({
  Filters: z.object({ Prefix: z.string().optional(), Application: z.string().optional() }).optional(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(100).optional(),
});

/** Newest first: https://docs.aws.amazon.com/emr/latest/APIReference/API_ListReleaseLabels.html */
export const listReleaseLabels: Operation = operation<typeof listInput, ListReleaseLabelsOutput>(
  "ListReleaseLabels",
  listInput,
  ({ Filters, NextToken, MaxResults }) => {
    const labels = releaseLabels.filter(
      (label) => label.startsWith(Filters?.Prefix ?? "") && hasApplication(label, Filters?.Application),
    );
    const shown = page(labels, (label) => labels.indexOf(label), NextToken, MaxResults);
    return { ReleaseLabels: shown.items, NextToken: shown.marker };
  },
);

/** `spark@3.5.2`, or `spark` for any version. */
function hasApplication(label: string, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const [name, version] = asked.split("@");
  const actual = applicationVersion(label, name);
  return actual !== undefined && (version === undefined || version === actual);
}

const describeInput = z.object({
  ReleaseLabel: z.string().optional(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(100).optional(),
});

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_DescribeReleaseLabel.html */
export const describeReleaseLabel: Operation = operation<typeof describeInput, DescribeReleaseLabelOutput>(
  "DescribeReleaseLabel",
  describeInput,
  ({ ReleaseLabel: label = releaseLabels[0]! }) => {
    checkRelease(label);
    const osRelease = osReleaseLabel(label, undefined);
    return {
      ReleaseLabel: label,
      Applications: applicationsOf(label),
      AvailableOSReleases: osRelease === undefined ? [] : [{ Label: osRelease }],
    };
  },
);

const typesInput = z.object({ ReleaseLabel: z.string(), Marker: marker });

/** https://docs.aws.amazon.com/emr/latest/APIReference/API_ListSupportedInstanceTypes.html */
export const listSupportedInstanceTypes: Operation = operation<
  typeof typesInput,
  ListSupportedInstanceTypesOutput
>("ListSupportedInstanceTypes", typesInput, ({ ReleaseLabel, Marker }) => {
  checkRelease(ReleaseLabel);
  const types = instanceTypesOf(ReleaseLabel);
  const shown = page(types, (type) => types.indexOf(type), Marker);
  return { SupportedInstanceTypes: shown.items, Marker: shown.marker };
});

function checkRelease(label: string): void {
  if (!isKnownRelease(label)) throw validationError(`The supplied release label is invalid: ${label}.`);
}
