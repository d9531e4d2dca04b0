/** Counters of a job: Hadoop's own, and those that tasks report on stderr as `reporter:counter:group,name,amount`. */
export class Counters {
  private readonly groups = new Map<string, Map<string, number>>();

  add(group: string, name: string, amount: number): void {
    const counters = this.groups.get(group) ?? new Map<string, number>();
    counters.set(name, (counters.get(name) ?? 0) + amount);
    this.groups.set(group, counters);
  }

  /**
   * Takes a line of a task's stderr.
   * @returns false when the line is none of the streaming protocol's and belongs in the log.
   */
  takeReport(line: string): boolean {
    if (line.startsWith("reporter:status:")) return true;
    const parts = /^reporter:counter:([^,]*),([^,]*),(-?\d+)$/.exec(line.trimEnd());
    if (parts === null) return false;
    this.add(parts[1]!, parts[2]!, Number(parts[3]));
    return true;
  }

  /** As Hadoop prints them at the end of a job. */
  lines(): string[] {
    const count = [...this.groups.values()].reduce((sum, counters) => sum + counters.size, 0);
    return [
      `Counters: ${count}`,
      ...[...this.groups].flatMap(([group, counters]) => [
        `\t${group}`,
        ...[...counters].map(([name, amount]) => `\t\t${name}=${amount}`),
      ]),
    ];
  }
}
