import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, test } from "vitest";

function run(...args: string[]) {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", "cli.ts", ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { output: "", errors: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.errors += chunk.toString()));
  return { child, text, closed: once(child, "close") as Promise<[code: number | null]> };
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "prints one line when it is ready, and %s ends it cleanly",
  async (signal) => {
    const { child, text, closed } = run("--port", "0", "--warm", "0", "--alias", "deepgram/nova-3=ledger");
    await once(child.stdout, "data");
    expect(text.output).toMatch(/^vivavoce-gateway ready at http:\/\/127\.0\.0\.1:\d+ .*\n$/);
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
    expect(text.errors).toBe("");
  },
);

it("says in one line which option is wrong, and fails", async () => {
  const { text, closed } = run("--alias", "nonsense");
  expect((await closed)[0]).toBe(1);
  expect(text.errors).toBe("--alias must be name=engine, got nonsense\n");
});
