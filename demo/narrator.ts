/** Prints what the demo does, in lines a person reads, and remembers whether all it claimed was so. */
export class Narrator {
  private readonly startedAt = performance.now();
  private readonly broken: string[] = [];

  chapter(title: string): void {
    const seconds = ((performance.now() - this.startedAt) / 1000).toFixed(0);
    console.log(`\n── ${title} ${"─".repeat(Math.max(3, 88 - title.length))} ${seconds} s`);
  }

  say(text: string): void {
    console.log(text);
  }

  /** Output of a command, set apart. Blank lines and the CLI's signs of life are left out. */
  quote(text: string): void {
    for (const line of text.split("\n"))
      if (!/^\s*$|^@ |^Loading policy packs|pulumi-analyzer-policy-\w+ from \$PATH/.test(line))
        console.log(`   │ ${line.trimEnd()}`);
  }

  /** Says what should be so, and whether it is. */
  claim(what: string, holds: boolean): void {
    console.log(`   ${holds ? "✓" : "✗ NOT SO:"} ${what}`);
    if (!holds) this.broken.push(what);
  }

  /** The exit code: 0 if every claim held. */
  finish(): number {
    const seconds = ((performance.now() - this.startedAt) / 1000).toFixed(0);
    if (this.broken.length === 0) {
      console.log(`\nEverything the demo claims is so, in ${seconds} s.`);
      return 0;
    }
    console.log(`\n${this.broken.length} claim(s) of the demo are not so:`);
    for (const what of this.broken) console.log(`  ✗ ${what}`);
    return 1;
  }
}
