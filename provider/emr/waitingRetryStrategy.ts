import { ConfiguredRetryStrategy } from "@smithy/util-retry";

type RetryToken = Awaited<ReturnType<ConfiguredRetryStrategy["acquireInitialRetryToken"]>>;
type RetryErrorInfo = Parameters<ConfiguredRetryStrategy["refreshRetryTokenForRetry"]>[1];

/** A wait before a request is sent again. */
export interface ThrottleWait {
  /** Name of the error that asked for it, such as `ThrottlingException`. */
  readonly error: string;
  /** Milliseconds. */
  readonly delay: number;
  /** The request that failed: 1 is the first. */
  readonly attempt: number;
}

/** How often and how long a {@link WaitingRetryStrategy} waits. */
export interface WaitingRetryOptions {
  /** Requests at most, the first included. */
  readonly attempts: number;
  /** Milliseconds of the first wait at most. */
  readonly firstWait: number;
  readonly random: () => number;
  readonly onWait: (wait: ThrottleWait) => void;
}

/** No wait is longer, in milliseconds. */
const longestWait = 20_000;

/** Requests at most for what is not throttling: an address that refuses connections won't get better in minutes. */
const attemptsOtherwise = 4;

/**
 * Waits throttling out with full jitter: a random time up to a bound that doubles each time.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * Each call gets a strategy of its own. The SDK's retry quota is shared by all calls of a client and protects
 * services that are down; under EMR's small account-wide quotas it runs dry in a busy process, and then reads
 * fail that only had to wait.
 */
export class WaitingRetryStrategy {
  private readonly ofToken = new WeakMap<RetryToken, ConfiguredRetryStrategy>();

  constructor(private readonly options: WaitingRetryOptions) {}

  async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    const { attempts, firstWait, random } = this.options;
    const strategy = new ConfiguredRetryStrategy(
      attempts,
      // `attempt` is the number of the request to come, 1 for the first retry.
      (attempt) => random() * Math.min(longestWait, firstWait * 2 ** (attempt - 1)),
    );
    return this.remember(strategy, await strategy.acquireInitialRetryToken(scope));
  }

  async refreshRetryTokenForRetry(token: RetryToken, errorInfo: RetryErrorInfo): Promise<RetryToken> {
    if (errorInfo.errorType !== "THROTTLING" && token.getRetryCount() + 1 >= attemptsOtherwise)
      throw errorInfo.error;
    const strategy = this.ofToken.get(token)!;
    const begun = performance.now();
    const next = await strategy.refreshRetryTokenForRetry(token, errorInfo);
    this.options.onWait({
      error: (errorInfo.error as Error | undefined)?.name ?? errorInfo.errorType,
      delay: Math.round(performance.now() - begun),
      attempt: token.getRetryCount() + 1,
    });
    return this.remember(strategy, next);
  }

  recordSuccess(): void {}

  private remember(strategy: ConfiguredRetryStrategy, token: RetryToken): RetryToken {
    this.ofToken.set(token, strategy);
    return token;
  }
}
