import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { LogReader } from "../../../provider/diagnosis/logReader";

/** Logs in a folder on disk, laid out as EMR lays them out below `<LogUri>/<clusterId>/`. */
export function folderLogReader(folder: string, prefix: string): LogReader {
  const path = (uri: string) => join(folder, uri.slice(prefix.length));
  return {
    async list(folderUri, limit) {
      if (!folderUri.startsWith(prefix)) return [];
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => ({
          uri: prefix + relative(folder, file).split(sep).join("/"),
          size: statSync(file).size,
          lastModified: new Date(0),
        }))
        .filter(({ uri }) => uri.startsWith(folderUri))
        .slice(0, limit);
    },
    async tail(object) {
      return { text: readFileSync(path(object.uri), "utf8"), firstLine: 1 };
    },
  };
}
