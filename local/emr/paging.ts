import { validationError } from "./errors";
import { pageSize } from "./schemas/members";

/** A page of `items` and the marker of the next. */
export interface Page<Item> {
  readonly items: Item[];
  readonly marker?: string;
}

/**
 * One page of `items`, which have to stand in ascending order of `orderOf`. The marker names the last item shown
 * by its order, not by its position: what appears or disappears meanwhile neither repeats nor hides another.
 * @throws EmrError ValidationException when the marker is not one of ours.
 */
export function page<Item>(
  items: readonly Item[],
  orderOf: (item: Item) => number,
  marker: string | undefined,
  size: number = pageSize,
): Page<Item> {
  const after = marker ? decode(marker) : Number.NEGATIVE_INFINITY;
  const rest = items.filter((item) => orderOf(item) > after);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  return last === undefined || rest.length <= size
    ? { items: shown }
    : { items: shown, marker: Buffer.from(String(orderOf(last))).toString("base64url") };
}

function decode(marker: string): number {
  const order = Number(Buffer.from(marker, "base64url").toString() || "none");
  if (Number.isNaN(order)) throw validationError(`Marker '${marker}' is not valid.`);
  return order;
}
