import { performance } from "node:perf_hooks";
import type {
  DeploymentEvents,
  OperationKind,
  OperationResult,
  Severity,
  ShownResource,
  StepDetails,
  StepOperation,
} from "./events";
import type { PolicyRemediation, PolicyViolation } from "./policyPack";
import {
  changedKeys,
  containsUnknowns,
  isSecret,
  type PropertyMap,
  type PropertyValue,
  unknownValue,
  withoutInternalKeys,
} from "./propertyValues";
import { parseUrn, rootStackType } from "./urn";

/** Where the lines go. */
export interface LineOutput {
  write(text: string): void;
  /** Colours are used when true. */
  readonly color: boolean;
}

const signs: Record<StepOperation, string> = {
  same: "  ",
  create: "+ ",
  update: "~ ",
  replace: "+-",
  "create-replacement": "++",
  delete: "- ",
  "delete-replaced": "--",
  read: "> ",
  refresh: "~ ",
};

/** Present, progressive and past form of each operation. */
const verbs: Record<StepOperation, readonly [plan: string, doing: string, done: string]> = {
  same: ["unchanged", "unchanged", "unchanged"],
  create: ["create", "creating", "created"],
  update: ["update", "updating", "updated"],
  replace: ["replace", "replacing", "replaced"],
  "create-replacement": ["create replacement", "creating replacement", "created replacement"],
  delete: ["delete", "deleting", "deleted"],
  "delete-replaced": ["delete original", "deleting original", "deleted original"],
  read: ["read", "reading", "read"],
  refresh: ["refresh", "refreshing", "refreshed"],
};

const titles: Record<OperationKind, string> = {
  preview: "Previewing update",
  update: "Updating",
  refresh: "Refreshing",
  destroy: "Destroying",
};

const escapeCharacter = String.fromCharCode(27);
const colours: Record<string, number> = { "+": 32, "~": 33, "-": 31, error: 31, warning: 33, title: 35 };

/** Prints one operation as lines, modelled on what the CLI prints when it isn't interactive. */
export class Display implements DeploymentEvents {
  private readonly started = performance.now();
  private readonly changes: Partial<Record<StepOperation, number>> = {};
  private readonly diagnostics: { severity: Severity; message: string; urn?: string }[] = [];
  private readonly violations: PolicyViolation[] = [];
  private readonly remediations: { remediation: PolicyRemediation; urn: string }[] = [];
  private readonly running = new Map<string, { operation: StepOperation; since: number; line: string }>();

  constructor(
    private readonly output: LineOutput,
    private readonly kind: OperationKind,
    private readonly stack: string,
    private readonly packs: readonly string[],
  ) {
    const title =
      kind === "destroy" || kind === "refresh" || kind === "update" ? titles[kind] : titles.preview;
    this.line(`${this.paint(title, "title")} (${stack}):\n`);
  }

  stepStarted(operation: StepOperation, resource: ShownResource, details: StepDetails): void {
    this.running.set(resource.urn, { operation, since: performance.now(), line: "" });
    if (this.kind !== "preview") {
      if (operation !== "same") this.row(operation, resource, verbs[operation][1]);
      return;
    }
    this.count(operation);
    if (operation === "same") return;
    this.row(operation, resource, `${verbs[operation][0]}${diffText(details)}`);
  }

  stepDone(operation: StepOperation, resource: ShownResource, seconds: number): void {
    this.running.delete(resource.urn);
    if (this.kind === "preview") return;
    this.count(operation);
    if (operation !== "same")
      this.row(operation, resource, `${verbs[operation][2]} (${seconds.toFixed(2)}s)`);
  }

  stepFailed(operation: StepOperation, resource: ShownResource, seconds: number): void {
    this.running.delete(resource.urn);
    this.row(
      operation,
      resource,
      this.paint(`${verbs[operation][1]} failed (${seconds.toFixed(2)}s)`, "error"),
    );
  }

  log(severity: Severity, message: string, urn: string | undefined, ephemeral: boolean): void {
    if (severity === "debug") return;
    const text = message.trimEnd();
    if (!ephemeral) this.diagnostics.push({ severity, message: text, urn });
    const running = urn === undefined ? undefined : this.running.get(urn);
    const first = text.split("\n")[0] ?? "";
    if (running?.line === first && ephemeral) return;
    if (running !== undefined) running.line = first;
    const { type, name } = urn ? parseUrn(urn) : { type: rootStackType, name: this.stack };
    const seconds = running ? ` (${Math.floor((performance.now() - running.since) / 1000)}s)` : "";
    const doing = running && this.kind !== "preview" ? ` ${verbs[running.operation][1]}${seconds}` : "";
    const sign = running ? this.sign(running.operation) : "  ";
    const label = severity === "info" ? "" : `${this.paint(severity, severity)}: `;
    this.line(` ${sign} ${type} ${name}${doing} ${label}${first}`);
  }

  policyViolation(violation: PolicyViolation): void {
    this.violations.push(violation);
  }

  policyRemediation(remediation: PolicyRemediation, urn: string): void {
    this.remediations.push({ remediation, urn });
  }

  /** Prints what comes after the last row and gives the outcome. */
  finish(succeeded: boolean, stackOutputs: PropertyMap | undefined, previous: PropertyMap): OperationResult {
    this.printDiagnostics();
    this.printPolicies();
    if (stackOutputs !== undefined) this.printOutputs(stackOutputs, previous);
    // As the CLI: after a refusal by policy the counts of what would have been would only mislead.
    if (!this.violations.some((violation) => violation.level === "mandatory")) this.printResources();
    if (this.kind !== "preview") {
      this.line(`Duration: ${Math.max(1, Math.round((performance.now() - this.started) / 1000))}s\n`);
    }
    return {
      succeeded,
      changes: this.changes,
      outputs: knownOutputs(stackOutputs ?? previous),
      violations: this.violations,
      diagnostics: this.diagnostics,
    };
  }

  private count(operation: StepOperation): void {
    this.changes[operation] = (this.changes[operation] ?? 0) + 1;
  }

  private row(operation: StepOperation, resource: ShownResource, text: string): void {
    this.line(` ${this.sign(operation)} ${resource.type} ${resource.name} ${text}`);
  }

  private printDiagnostics(): void {
    if (this.diagnostics.length === 0) return;
    this.line("Diagnostics:");
    const byUrn = new Map<string, { severity: Severity; message: string }[]>();
    for (const { urn = "", ...rest } of this.diagnostics) byUrn.set(urn, [...(byUrn.get(urn) ?? []), rest]);
    for (const [urn, messages] of byUrn) {
      const { type, name } = urn ? parseUrn(urn) : { type: rootStackType, name: this.stack };
      this.line(`  ${type} (${name}):`);
      for (const { severity, message } of messages) {
        const label = severity === "info" ? "" : `${this.paint(severity, severity)}: `;
        this.line(`    ${label}${message.replace(/\n/g, "\n    ")}`);
      }
      this.line("");
    }
  }

  private printPolicies(): void {
    if (this.packs.length === 0) return;
    this.line("Policies:");
    for (const pack of this.packs) {
      const violations = this.violations.filter((violation) => violation.pack === pack);
      const refused = violations.some((violation) => violation.level === "mandatory");
      this.line(`    ${refused ? "❌" : violations.length > 0 ? "⚠️" : "✅"} ${pack}`);
      for (const violation of violations) {
        const { type, name } = parseUrn(violation.urn);
        const level = this.paint(
          `[${violation.level}]`,
          violation.level === "mandatory" ? "error" : "warning",
        );
        this.line(`        - ${level}  ${violation.policy}  (${type}: ${name})`);
        this.line(`          ${violation.message.replace(/\n/g, "\n          ")}`);
      }
      for (const { remediation, urn } of this.remediations) {
        if (remediation.pack !== pack) continue;
        const { type, name } = parseUrn(urn);
        this.line(`        - [remediate]  ${remediation.policy}  (${type}: ${name})`);
      }
    }
    this.line("");
  }

  private printOutputs(outputs: PropertyMap, previous: PropertyMap): void {
    const names = [...new Set([...Object.keys(outputs), ...Object.keys(previous)])].sort();
    if (names.length === 0) return;
    const width = Math.max(...names.map((name) => name.length));
    this.line("Outputs:");
    for (const name of names) {
      const before = previous[name];
      const removed = outputs[name] === undefined;
      const now = shownValue(outputs[name] ?? before ?? null);
      const changed = before !== undefined && shownValue(before) !== now;
      const sign = removed ? "-" : before === undefined ? "+" : changed ? "~" : " ";
      const text = changed ? `${shownValue(before)} => ${now}` : now;
      this.line(`  ${this.paint(sign, sign)} ${name.padEnd(width)}: ${text}`);
    }
    this.line("");
  }

  private printResources(): void {
    const order: StepOperation[] = ["create", "update", "replace", "delete", "read", "refresh"];
    const planned = this.kind === "preview";
    const lines = order
      .filter((operation) => (this.changes[operation] ?? 0) > 0)
      .map((operation) => {
        const words = planned ? `to ${verbs[operation][0]}` : verbs[operation][2];
        return `    ${this.sign(operation).trim()} ${this.changes[operation]} ${words}`;
      });
    const same = this.changes.same ?? 0;
    if (same > 0) lines.push(`    ${same} unchanged`);
    this.line(lines.length === 0 ? "Resources: none\n" : `Resources:\n${lines.join("\n")}\n`);
  }

  private sign(operation: StepOperation): string {
    return this.paint(signs[operation], signs[operation][0] ?? "");
  }

  private paint(text: string, kind: string): string {
    const code = colours[kind];
    return this.output.color && code !== undefined
      ? `${escapeCharacter}[${code}m${text}${escapeCharacter}[0m`
      : text;
  }

  private line(text: string): void {
    this.output.write(`${text}\n`);
  }
}

/** Changed inputs, shortly: `[diff: ~steps,+triggers]`, replacing keys marked. */
function diffText({ oldInputs, newInputs, replaceKeys = [] }: StepDetails): string {
  if (oldInputs === undefined || newInputs === undefined) return "";
  const before = withoutInternalKeys(oldInputs);
  const after = withoutInternalKeys(newInputs);
  const keys = changedKeys(before, after).map((key) => {
    const sign = before[key] === undefined ? "+" : after[key] === undefined ? "-" : "~";
    return `${sign}${key}${replaceKeys.includes(key) ? " (replaces)" : ""}`;
  });
  return keys.length === 0 ? "" : ` [diff: ${keys.join(",")}]`;
}

function shownValue(value: PropertyValue): string {
  if (isSecret(value)) return "[secret]";
  if (value === unknownValue) return "[unknown]";
  return JSON.stringify(value, (_key, inner: PropertyValue) =>
    isSecret(inner) ? "[secret]" : inner === unknownValue ? "[unknown]" : inner,
  );
}

function knownOutputs(outputs: PropertyMap): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).filter(
      ([, value]) => !containsUnknowns(value) && shownValue(value).includes("[secret]") === false,
    ),
  );
}
