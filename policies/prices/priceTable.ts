import { readFileSync } from "node:fs";
import { z } from "zod";
import { PooledEmrError } from "../../provider/errors";
import type { ConfigProperty } from "../definePolicy";
import { parseInstanceType, xlargeMultiple } from "../instanceType";
import snapshot from "./usEast1.json";

const price = z.number().positive();
const priceFileSchema = z.strictObject({
  date: z.iso.date(),
  region: z.string().min(1),
  currency: z.literal("USD"),
  source: z.string().optional(),
  emr: z.strictObject({ shareOfEc2: z.number().min(0), maximumPerInstance: price }),
  familiesPerXlarge: z.record(z.string(), price),
  types: z.record(z.string(), price),
});

/**
 * A file of prices, in US dollars an hour. An instance type's EC2 price is its entry in `types`, else that of its
 * family in `familiesPerXlarge` times the size; EMR's own price is added as a share of it, up to a maximum.
 */
export type PriceFile = z.infer<typeof priceFileSchema>;

/** Estimated prices; every figure taken from here is shown with {@link caption}. */
export class PriceTable {
  constructor(private readonly file: PriceFile) {}

  /** What the figures are, for messages. */
  get caption(): string {
    return `estimated from list prices of ${this.file.region} dated ${this.file.date}`;
  }

  /** Estimated on-demand price of one node in US dollars an hour, EC2 and EMR; undefined for an unknown type. */
  hourly(instanceType: string): number | undefined {
    const ec2 = this.ec2Hourly(instanceType);
    if (ec2 === undefined) return undefined;
    const { shareOfEc2, maximumPerInstance } = this.file.emr;
    return ec2 + Math.min(ec2 * shareOfEc2, maximumPerInstance);
  }

  private ec2Hourly(name: string): number | undefined {
    const own = this.file.types[name];
    if (own !== undefined) return own;
    const type = parseInstanceType(name);
    const perXlarge = type && this.file.familiesPerXlarge[type.family];
    const multiple = type && xlargeMultiple(type.size);
    return perXlarge === undefined || multiple === undefined ? undefined : perXlarge * multiple;
  }
}

const shippedPrices = new PriceTable(snapshot as PriceFile);
const tables = new Map<string, PriceTable>();

/**
 * The table in the file at `path`, or the shipped snapshot for `""`.
 *
 * @throws PooledEmrError `INVALID_INPUT` if the file can't be read or has another form.
 */
export function priceTable(path: string): PriceTable {
  if (path === "") return shippedPrices;
  let table = tables.get(path);
  if (table === undefined) {
    table = new PriceTable(readPriceFile(path));
    tables.set(path, table);
  }
  return table;
}

function readPriceFile(path: string): PriceFile {
  try {
    return priceFileSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new PooledEmrError("INVALID_INPUT", {
      subject: "Policy configuration priceFile",
      problem: `can't be used: ${cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message}`,
      got: path,
      allowed: "the absolute path of a JSON file in the form of dist/policies/prices/usEast1.json",
      cause,
    });
  }
}

/** The configuration property of the rules that count money. */
export const priceFileProperty: ConfigProperty<string> = {
  type: "string",
  default: "",
  description:
    "Absolute path of a JSON file of prices that replaces the shipped snapshot (form: dist/policies/prices/usEast1.json); empty: the snapshot.",
};

/** How to give a type a price, for messages. */
export const addPrice =
  "To give it a price, copy dist/policies/prices/usEast1.json of the package, add the type's EC2 price under types, and name the copy in priceFile.";
