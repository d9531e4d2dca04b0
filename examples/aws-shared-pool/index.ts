import * as pulumi from "@pulumi/pulumi";
import { platform } from "./platform";
import { report } from "./report";

const config = new pulumi.Config();
const data = config.get("data") ?? "s3://my-company-data";
const pool = config.get("pool");

/** One program, two kinds of stacks: `platform` makes the pool, `daily` and `hourly` use it. */
module.exports = pool
  ? report(pool, config.get("report") ?? "daily", data)
  : platform(data, { subnet: config.get("subnet"), certificates: config.get("certificates") });
