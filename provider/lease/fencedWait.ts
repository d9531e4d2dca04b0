import { type Drive, tell } from "./drive";

/** Says why nothing happens: without it a wait of up to F looks like a hang. */
export function tellFenced(drive: Drive, until: Date, doing: string): void {
  tell(
    drive,
    "fenced",
    `A previous attempt may still be in flight: waiting until ${until.toISOString().slice(11, 19)} (UTC) before ` +
      `trying again, because EMR may yet accept a request that was sent for ${drive.job.who} while ${doing}, and ` +
      "would then do it twice",
  );
}
