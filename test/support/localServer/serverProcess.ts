import { startLocalServer } from "../../../local/server";

/** A local server in a process of its own, for tests that kill it: `tsx serverProcess.ts <data folder> [port]`. */
async function main([dataDir, port]: string[]): Promise<void> {
  const server = await startLocalServer({ dataDir: dataDir!, port: Number(port ?? 0) });
  console.log(server.url);
  process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(String(error));
  process.exit(1);
});
