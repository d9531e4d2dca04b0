/** A Hadoop glob over paths: `*` and `?` stay within a name, `[a-c]`, `[^a]`, `{a,b}`, `\` takes the next as it is. */
export interface GlobPattern {
  /** What every match begins with. */
  readonly prefix: string;
  readonly matches: (path: string) => boolean;
}

/** https://hadoop.apache.org/docs/stable/api/org/apache/hadoop/fs/FileSystem.html#globStatus-org.apache.hadoop.fs.Path- */
export function globPattern(glob: string): GlobPattern {
  let expression = "";
  let prefix: string | undefined;
  let depth = 0;
  for (let index = 0; index < glob.length; index++) {
    const character = glob[index]!;
    const set = character === "[" ? /^\[[\^!]?[^\]]+\]/.exec(glob.slice(index))?.[0] : undefined;
    if (prefix === undefined && (/[*?{\\]/.test(character) || set !== undefined))
      prefix = glob.slice(0, index);
    if (set !== undefined) {
      expression += set.replace(/^\[!/, "[^").replace(/\\/g, "\\\\");
      index += set.length - 1;
    } else if (character === "*") expression += "[^/]*";
    else if (character === "?") expression += "[^/]";
    else if (character === "{") {
      expression += "(?:";
      depth++;
    } else if (character === "}" && depth > 0) {
      expression += ")";
      depth--;
    } else if (character === "," && depth > 0) expression += "|";
    else if (character === "\\" && index + 1 < glob.length) expression += escaped(glob[++index]!);
    else expression += escaped(character);
  }
  const pattern = depth === 0 ? new RegExp(`^${expression}$`, "s") : undefined;
  return {
    prefix: prefix ?? glob,
    matches: (path) => (pattern === undefined ? path === glob : pattern.test(path)),
  };
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
}
