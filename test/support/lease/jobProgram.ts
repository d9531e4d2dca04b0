import { type ProgramRequest, runJobs } from "./runJobs";

/** What a program gets, as JSON in its first argument. */
export interface ProgramArgument extends ProgramRequest {
  /** The program kills itself when this request has been answered, before it sees the answer. */
  readonly killAfterRequest?: number;
  /** The program stops itself (SIGSTOP) before it calls this method of a port for the first time. */
  readonly stopBefore?: string;
}

const argument = JSON.parse(process.argv[2]!) as ProgramArgument;

let stopped = false;

void runJobs(
  argument,
  (number, when, method) => {
    if (when === "before" && method === argument.stopBefore && !stopped) {
      stopped = true;
      process.kill(process.pid, "SIGSTOP");
    }
    if (when === "after" && number === argument.killAfterRequest) process.kill(process.pid, "SIGKILL");
  },
  (line) => console.log(JSON.stringify(line)),
).then(({ requests }) => console.log(JSON.stringify({ requests })));
