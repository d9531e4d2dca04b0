import type { CallLog } from "./callLog";
import type { LocalClock } from "./clock";
import type { Faults } from "./faults";

/** What the local server hands to each of the services it runs (S3, EMR). */
export interface LocalServiceContext {
  /** Folder of this service alone, below the server's data folder. Exists when the service is created. */
  readonly dataDir: string;
  /** The server's time: every timestamp, `Date` header and timer comes from it, never from `Date.now()`. */
  readonly clock: LocalClock;
  /** Consulted once a call: see {@link Faults.run}. */
  readonly faults: Faults;
  /** Every call is recorded here, once, by {@link Faults.run}. */
  readonly calls: CallLog;
  /** 12 digits. The one account whose resources exist here. */
  readonly accountId: string;
  /** URL of this server, both S3 and EMR, for child processes; known once the server listens. */
  readonly endpoint: () => string;
}

/** One AWS service on the local server. */
export interface LocalService {
  /**
   * Answers one request of the service's own protocol. Never rejects but with `AnswerLost`; every other failure
   * is a response in the service's error shape.
   *
   * @param rawTarget path and query as they stood in the request line; `request.url` has `..` and `//` resolved.
   */
  fetch(request: Request, rawTarget?: string): Promise<Response>;
  /** Answers `/_local/<service>/…`, for people and tests: settings and a look inside. */
  admin?(request: Request): Promise<Response>;
  /** Ends child processes and timers and writes what is not on disk yet. The service is not called afterwards. */
  close(): Promise<void>;
}
