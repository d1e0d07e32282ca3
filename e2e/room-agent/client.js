// An agent in a LiveKit room, in a process of its own: hears the first person there with the gateway's recogniser, thinks
// with its rules, and answers with its voice. It says things in the room as LiveKit's own agents do. Takes a job as JSON in
// its only argument, then commands as JSON lines; writes what happens as JSON lines. Without a job it only proves that the
// packages load.
import { createInterface } from "node:readline";
import { dispose } from "@livekit/rtc-node";
import { Agent } from "./agent.js";

if (process.argv[2]) await serve(JSON.parse(process.argv[2]));
await dispose();
process.exit();

async function serve(job) {
  const agent = new Agent(job, tell);
  process.on("unhandledRejection", (error) => tell({ type: "error", message: String(error?.message ?? error) }));
  await agent.join();
  const commands = createInterface({ input: process.stdin });
  commands.on("line", (line) => {
    const { type, ...command } = JSON.parse(line);
    if (type === "leave") commands.close();
    else agent.obey(type, command).catch((error) => tell({ type: "error", message: error.message }));
  });
  // Who started us may be gone: so is the pipe then.
  await Promise.race([new Promise((resolve) => commands.once("close", resolve)), agent.left]);
  await agent.leave();
}

function tell(event) {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...event })}\n`);
}
