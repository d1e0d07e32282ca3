// A worker of LiveKit's own framework for agents, in a process of its own: takes jobs of the LiveKit server that its
// environment names, for the agent whose name is its only argument, until its input ends. Each job is `agent.js`, in a
// process that the worker makes. Both write what happens as JSON lines.
import { fileURLToPath } from "node:url";
import { AgentServer, ServerOptions, initializeLogger } from "@livekit/agents";
import { tell } from "./tell.js";

initializeLogger({ pretty: false, level: "error" });
const worker = new AgentServer(
  new ServerOptions({
    agent: fileURLToPath(new URL("agent.js", import.meta.url)),
    agentName: process.argv[2],
    wsURL: process.env.LIVEKIT_URL,
    host: "127.0.0.1",
    numIdleProcesses: 1, // one is kept ready
    loadFunc: async () => 0, // the machine's: who is busy gets no jobs
    initializeProcessTimeout: 60_000,
    shutdownProcessTimeout: 5_000,
  }),
);
worker.event.once("worker_registered", () => tell({ type: "registered" }));
process.stdin.resume(); // who started us may be gone: so is the pipe then
process.stdin.once("end", async () => {
  await worker.close();
  process.exit();
});
await worker.run();
