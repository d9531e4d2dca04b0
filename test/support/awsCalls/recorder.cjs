/**
 * Loaded into every process of the test suite (`NODE_OPTIONS=--require`): writes down each command that the AWS SDK is
 * asked to send, and by which file of this repository, to the folder `RECORD_AWS_CALLS`. One line a call:
 * `{ service, operation, by, kind }`; `kind` is what `RECORD_AWS_CALLS_AS` says, for tests that label what they start.
 */
const { appendFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const folder = process.env.RECORD_AWS_CALLS;
const root = path.join(__dirname, "..", "..", "..") + path.sep;
const clients = /[\\/]@aws-sdk[\\/]client-(emr|s3|cloudwatch)[\\/]dist-cjs[\\/]index\.js$/;
const patched = Symbol.for("pulumi-pooled-emr.recorded");

function record(service, command) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const frames = (new Error().stack ?? "").split("\n").filter((line) => !line.includes("node_modules"));
  Error.stackTraceLimit = limit;
  const own = frames
    .map((line) => line.split(root)[1])
    .filter((file) => file && !file.includes("recorder.cjs"));
  const operation = command.constructor.name.replace(/Command$/, "");
  const by = own[0]?.replace(/^dist\//, "").replace(/[:)].*/, "");
  const line = JSON.stringify({ service, operation, by, kind: process.env.RECORD_AWS_CALLS_AS });
  try {
    appendFileSync(path.join(folder, `${process.pid}.jsonl`), `${line}\n`);
  } catch {
    // A process that outlives the test run: its folder is gone, and so is who would read it.
  }
}

function patch(service, client) {
  const send = client.prototype.send;
  if (client.prototype[patched]) return;
  client.prototype[patched] = true;
  client.prototype.send = function (command, ...rest) {
    record(service, command);
    return send.call(this, command, ...rest);
  };
}

if (folder) {
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const loaded = load.call(this, request, parent, ...rest);
    if (!request.includes("client-")) return loaded;
    const service = clients.exec(Module._resolveFilename(request, parent))?.[1];
    const client = service && (loaded.EMRClient ?? loaded.S3Client ?? loaded.CloudWatchClient);
    if (client) patch(service, client);
    return loaded;
  };
}
