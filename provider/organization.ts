import * as pulumi from "@pulumi/pulumi";

/** The stack's organization; `organization`, as all DIY backends say, where a program runs under mocks without one. */
export function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "organization";
  }
}
