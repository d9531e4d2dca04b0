/** A step that can't be run, or whose preparation failed; the message goes to its stderr. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";

  constructor(
    message: string,
    readonly reason = "Unknown Error.",
  ) {
    super(message);
  }
}
