import type { dynamic } from "@pulumi/pulumi";

let stackConfig: dynamic.Config | undefined;

/**
 * Keeps the stack's configuration. Nothing else happens here, and nothing is awaited: the SDK lets other calls in
 * before `configure` has ended (measured; design page pulumi.md, 1.1).
 */
export function configure(request: dynamic.ConfigureRequest): void {
  stackConfig = request.config;
}

/** A value of the stack's configuration, such as `aws:region`; undefined if there is none. */
export function configValue(key: string): string | undefined {
  return stackConfig?.get(key);
}
