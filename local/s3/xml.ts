import { XMLBuilder, XMLParser } from "fast-xml-parser";

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false });

const parser = new XMLParser({ parseTagValue: false, trimValues: false });

/** An XML document with one root element. Fields that are undefined are left out; arrays repeat their element. */
export function renderXml(root: string, content: object): string {
  const body = builder.build({
    [root]: root === "Error" ? content : { "@_xmlns": namespace, ...content },
  }) as string;
  // XML parsers turn a bare carriage return into a line feed, and refuse other control characters.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them
  const safe = body.replace(/[\u0000-\u0008\u000b-\u001f]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${safe}`;
}

/** The content of the document's root element, text as strings; undefined if it is no such document. */
export function parseXml(text: string, root: string): Record<string, unknown> | undefined {
  try {
    const content = (parser.parse(text, true) as Record<string, unknown>)[root];
    if (content === "") {
      return {};
    }
    return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Elements that may be there not at all, once or several times. */
export function elements(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((item) => typeof item === "object" && item !== null);
}
