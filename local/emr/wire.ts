/**
 * A structure of `@aws-sdk/client-emr` as AWS JSON 1.1 carries it: the same fields, but time stamps are epoch
 * seconds (with milliseconds as fraction). Typing answers by the SDK's own shapes lets the compiler find a field
 * that the real service doesn't have.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** Epoch milliseconds, as the server keeps them, to the epoch seconds of the wire. */
export function epochSeconds(milliseconds: number): number;
export function epochSeconds(milliseconds: number | undefined): number | undefined;
export function epochSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
