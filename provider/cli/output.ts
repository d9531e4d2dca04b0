/** Writes a line to stdout: results only; progress and errors go to stderr. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes one JSON document to stdout. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value, undefined, 2));
}

/** Writes a table with a head row to stdout. Cells are text; `undefined` shows as `-`. */
export async function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): Promise<void> {
  const { default: Table } = await import("cli-table3");
  const table = new Table({
    head: [...head],
    // Plain text: tables are piped into files and issues as often as they are read in a terminal.
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map((cell) => (cell === undefined ? "-" : String(cell))));
  printLine(table.toString());
}

/** `2 d 3 h`, `5 h 20 min`, `7 min`, `40 s`: the two largest units of a duration in milliseconds. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
