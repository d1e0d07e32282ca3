// OpenAI's own realtime client, in a process of its own. Takes a job as JSON in its only argument, and writes what the
// client says as JSON lines. Without a job it only proves that the packages load.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";
import { z } from "zod";

if (process.argv[2]) await converse(JSON.parse(process.argv[2]));
process.exit();

/** Speaks `pcmFile` (headless, 16-bit mono, 24 kHz), then writes `text`, for which the agent needs its tool. */
async function converse({ url, model, apiKey, pcmFile, text }) {
  const getTime = tool({
    name: "get_time",
    description: "Tells the time.",
    parameters: z.object({}),
    execute: () => {
      say({ type: "TOOL" });
      return JSON.stringify({ time: "14:30" });
    },
  });
  const agent = new RealtimeAgent({ name: "Clock", instructions: "Tell the time.", tools: [getTime] });
  const session = new RealtimeSession(agent, { model, transport: new OpenAIRealtimeWebSocket({ url }) });
  session.on("error", ({ error }) =>
    say({ type: "ERROR", message: error?.error?.message ?? String(error?.message ?? error) }),
  );
  const transport = session.transport;
  transport.on("*", ({ type }) => say({ type: "EVENT", name: type }));
  let audioBytes = 0;
  session.on("audio", ({ data }) => (audioBytes += data.byteLength));
  session.on("audio_stopped", () => {
    say({ type: "AUDIO", milliseconds: audioBytes / 48 });
    audioBytes = 0;
  });
  try {
    await session.connect({ apiKey });
  } catch (error) {
    say({ type: "REFUSED", message: error.message });
    return;
  }

  let turn = nextAudio(session);
  const pcm = readFileSync(pcmFile);
  session.sendAudio(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength));
  session.sendAudio(new ArrayBuffer(48_000 * 1.5));
  await turn;
  turn = nextAudio(session);
  session.sendMessage(text);
  await turn;
  for (const { type, role, content, name, output } of session.history)
    say({
      type: "HISTORY",
      kind: type,
      role,
      name,
      output,
      text: content?.map((part) => part.text ?? part.transcript).join(" "),
    });
  session.close();
}

/** Resolves when an answer's sound is complete. */
async function nextAudio(session) {
  await once(session, "audio_stopped");
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
