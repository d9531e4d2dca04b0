/** Answers of a service, each kept for a while and asked for once by all who want it at the same time. */
export class RecentAnswers {
  private readonly answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();

  /**
   * @param maximumAge milliseconds an answer is good for, counted from the request
   * @param monotonic milliseconds that never go back
   */
  constructor(
    private readonly maximumAge: number,
    private readonly monotonic: () => number,
  ) {}

  /** The answer known for `key`, else that of `ask`. A failure is told to all who wait and is not kept. */
  get<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const now = this.monotonic();
    for (const [old, { at }] of this.answers) {
      if (now - at <= this.maximumAge) break;
      this.answers.delete(old);
    }
    const known = this.answers.get(key);
    if (known) return known.answer as Promise<T>;
    const answer = ask();
    this.answers.set(key, { at: now, answer });
    answer.catch(() => {
      if (this.answers.get(key)?.answer === answer) this.answers.delete(key);
    });
    return answer;
  }
}
