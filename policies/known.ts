import { UnknownValueError } from "@pulumi/policy";

/** What `read` returns, or `otherwise` where it meets a value that isn't known at preview. */
export function known<Value, Otherwise>(read: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return otherwise;
    throw error;
  }
}

/** Calls `judge` for each item; one that meets an unknown value is passed over, the others are still judged. */
export function eachKnown<Item>(items: readonly Item[], judge: (item: Item, index: number) => void): void {
  for (let index = 0; index < items.length; index++) known(() => judge(items[index]!, index), undefined);
}
