import { Command, CommanderError } from "commander";
import { adoptCommand } from "./commands/adopt";
import { diagnoseCommand } from "./commands/diagnose";
import { doctorCommand } from "./commands/doctor";
import { drainCommand } from "./commands/drain";
import { explainCommand } from "./commands/explain";
import { fenceCommand } from "./commands/fence";
import { fingerprintCommand } from "./commands/fingerprint";
import { iamPolicyCommand } from "./commands/iamPolicy";
import { listCommand } from "./commands/list";
import { localCommand } from "./commands/local";
import { locksCommand } from "./commands/locks";
import { storePolicyCommand } from "./commands/storePolicy";
import { sweepCommand } from "./commands/sweep";
import { exitCodes, reportFailure } from "./failure";
import { packageVersion } from "./packageVersion";

const commands = [
  explainCommand,
  fingerprintCommand,
  listCommand,
  locksCommand,
  diagnoseCommand,
  doctorCommand,
  sweepCommand,
  adoptCommand,
  drainCommand,
  fenceCommand,
  storePolicyCommand,
  iamPolicyCommand,
  localCommand,
];

/**
 * The whole `emrpool` command line. Commands load what they need (AWS SDK, local servers) when they run, so that
 * `--help` starts at once.
 */
export function createProgram(): Command {
  const program = new Command("emrpool")
    .description("Look at, explain and repair pools of Amazon EMR clusters shared by PooledEmrJob resources.")
    .version(packageVersion(), "-V, --version", "print the version of pulumi-pooled-emr")
    .helpOption("-h, --help", "print help for a command")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "emrpool: ")) })
    .addHelpText(
      "after",
      `
Region, credentials and endpoints come from the AWS SDK's own chain (AWS_REGION, AWS_PROFILE,
AWS_ENDPOINT_URL_EMR, AWS_ENDPOINT_URL_S3, ...); --region overrides the region.

Exit codes:
  ${exitCodes.done}  done
  ${exitCodes.failed}  an error, in one line on stderr (with its stack under --verbose); or a doctor check that failed
  ${exitCodes.usage}  wrong use: unknown command or option, a value that is not allowed, a file that is no JSON

Examples:
  $ emrpool local --port 4580
  $ emrpool list --pool etl --store s3://my-bucket/emr-pool
  $ emrpool explain job.json --json
  $ emrpool help explain`,
    );
  for (const create of commands) program.addCommand(create().copyInheritedSettings(program));
  return program;
}

/** Runs one command line (without node and script) and returns the exit code; never rejects. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.usage;
    }
    await program.parseAsync([...args], { from: "user" });
    return process.exitCode === undefined ? exitCodes.done : Number(process.exitCode);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return reportFailure(error, args.includes("--verbose"));
  }
}
