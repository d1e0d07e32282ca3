// An agent as an app would write it with LiveKit's own framework: its recogniser, model and voice are LiveKit Inference,
// wherever the environment says that it is. The job's metadata is JSON: `turns` ("stt", or "manual" for turns that the
// page ends by calls) and `model`. Writes what happens as JSON lines, each with its room.
import { EventEmitter, once } from "node:events";
import { defineAgent, inference, voice } from "@livekit/agents";
import { mendWritableStreams } from "./node-20.js";
import { tell } from "./tell.js";

mendWritableStreams();

export default defineAgent({
  entry: async (job) => {
    const { turns = "stt", model = "openai/gpt-4.1-mini" } = JSON.parse(job.job.metadata || "{}");
    const session = new voice.AgentSession({
      stt: new inference.STT({ model: "deepgram/nova-3", language: "en" }),
      llm: new inference.LLM({ model }),
      tts: new inference.TTS({ model: "cartesia/sonic-3" }),
      vad: null,
      turnHandling: { turnDetection: turns },
    });
    const { name: room } = job.job.room;
    const say = (event) => tell({ room, ...event });
    tellOf(session, say);
    const calls = callsTo(session);
    const agent = new voice.Agent({ instructions: "Be brief." });
    // The recogniser's own rate: others would be resampled frame by frame.
    await session.start({ agent, room: job.room, record: false, inputOptions: { audioSampleRate: 16_000 } });
    const { localParticipant: me } = job.room;
    for (const [method, answer] of Object.entries(calls)) {
      me.registerRpcMethod(method, async ({ payload }) => {
        say({ type: "call", method, payload });
        void answer();
        return "";
      });
    }
    say({ type: "joined", identity: me.identity });
  },
});

/** What the page's calls do. A turn is committed with the text that is there by then: a busy machine's comes late. */
function callsTo(session) {
  const finals = new EventEmitter();
  let understood;
  session.on("user_input_transcribed", ({ isFinal }) => isFinal && finals.emit("final"));
  return {
    start_turn: () => (understood = once(finals, "final")),
    end_turn: async () => {
      await understood;
      session.commitUserTurn();
    },
    cancel_turn: () => session.clearUserTurn(),
    interrupt: () => session.interrupt(),
  };
}

function tellOf(session, say) {
  session.on("user_input_transcribed", ({ transcript, isFinal }) => say({ type: "heard", text: transcript, isFinal }));
  session.on("agent_state_changed", ({ newState }) => say({ type: "state", state: newState }));
  session.on("conversation_item_added", ({ item }) => {
    if (item.type !== "message") return;
    say({ type: "item", role: item.role, text: item.textContent, isInterrupted: item.interrupted });
  });
  session.on("error", ({ error }) => say({ type: "error", message: String(error?.error ?? error) }));
  session.on("close", ({ reason }) => say({ type: "closed", reason }));
}
