import { dirname, join } from "node:path/posix";
import { parseSync } from "rolldown/utils";

/*
 *   demo ─▶ index, testing ─▶ session | worklets ─▶ agent ─▶ gate | turns ─▶
 *     microphone | vad | stt | realtime (with room) | playback ─▶ net | assets ─▶ audio | errors | conversation
 *
 * A room imports only from floors below its own.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["audio", "errors", "conversation"],
  ["net", "assets"],
  ["microphone", "vad", "stt", "realtime", "room", "playback"],
  ["gate", "turns"],
  ["agent"],
  ["session", "worklets"],
  ["index", "testing"],
  ["demo"],
];

/** The only file that knows onnxruntime, and the only one that may know that file: so that no entry brings it along. */
const ONNX_ENGINE = "src/vad/onnx-engine.ts";
const ONNX_WORKER = "worklets/onnx.worker.ts";
/** The only file that knows livekit-client, and where alone that file may be known: so that no other entry brings it along. */
const LIVEKIT_PORT = "src/room/livekit-port.ts";
const LIVEKIT_ENTRY = "src/agent/livekit-room/";
/** All that gateway and library share. */
const WIRE_TYPES = ["src/stt/livekit/wire.ts", "src/agent/livekit/wire.ts", "src/realtime/wire.ts"];

/** One import or re-export. */
export interface Arrow {
  /** Path of the importing file, from the repository's root. */
  readonly from: string;
  /** As written: a relative path or a package. */
  readonly specifier: string;
  /** Whether the whole statement is gone after compilation. */
  readonly isTypeOnly: boolean;
}

/** The import, export-from and dynamic import lines of a source text. */
export function arrowsOf(from: string, source: string): Arrow[] {
  const text = withoutComments(source);
  const statements = text.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[^;"'()]*?\sfrom\s+)?["']([^"'\n]+)["']/gm);
  const calls = text.matchAll(/(typeof\s+)?\bimport\(\s*["']([^"']+)["']/g);
  return [...statements, ...calls].map(([, type, specifier]) => ({
    from,
    specifier: specifier ?? "",
    isTypeOnly: type !== undefined,
  }));
}

/** The text of a module without its comments, so that words in them count for nothing. */
export function withoutComments(source: string): string {
  const { comments } = parseSync("module.ts", source);
  return comments.reduceRight((text, { start, end }) => text.slice(0, start) + text.slice(end), source);
}

/** Why an arrow is against the picture; `undefined` if it is not. */
export function offenceOf(arrow: Arrow): string | undefined {
  const reason = arrow.specifier.startsWith(".") ? fileOffence(arrow) : packageOffence(arrow);
  return reason && `${arrow.from} imports ${arrow.specifier}: ${reason}`;
}

function fileOffence({ from, specifier, isTypeOnly }: Arrow): string | undefined {
  const to = join(dirname(from), specifier);
  const [home, target] = [roomOf(from), roomOf(to)];
  if (to === ONNX_ENGINE && from !== ONNX_WORKER) return `only ${ONNX_WORKER} may`;
  if (to === LIVEKIT_PORT && !from.startsWith(LIVEKIT_ENTRY)) return `only ${LIVEKIT_ENTRY} may`;
  if (from.startsWith("src/agent/") && !from.startsWith(LIVEKIT_ENTRY) && to.startsWith(LIVEKIT_ENTRY)) {
    return `${LIVEKIT_ENTRY} is an entry of its own`;
  }
  if (home === target) return undefined;
  if (home === "gateway") {
    return WIRE_TYPES.includes(to) && isTypeOnly
      ? undefined
      : `gateway takes nothing from outside but types of ${WIRE_TYPES.join(", ")}`;
  }
  if (home === "demo") return "the page uses the library as its users do, by package name";
  if (target === "worklets" || target === "gateway") return `nobody imports ${target}`;
  if (home === "room" && target === "realtime") return undefined;
  const [floor, below] = [floorOf(home), floorOf(target)];
  if (floor < 0) return `${home} has no floor`;
  if (below < 0) return `${target} has no floor`;
  return below < floor ? undefined : `${target} is not below ${home}`;
}

function packageOffence({ from, specifier }: Arrow): string | undefined {
  const home = roomOf(from);
  if (home === "demo") return /^vivavoce(\/|$)/.test(specifier) ? undefined : "the page needs nothing but vivavoce";
  if (home === "gateway") return /^(node:.*|ws|jose|koffi)$/.test(specifier) ? undefined : "not a peer of the gateway";
  if (from === ONNX_ENGINE && specifier.startsWith("onnxruntime-web")) return undefined;
  if (from === LIVEKIT_PORT && specifier === "livekit-client") return undefined;
  return "the library needs no package";
}

function roomOf(path: string): string {
  const [folder = "", name = ""] = path.split("/");
  return folder === "src" ? name.replace(/\.ts$/, "") : folder;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((floor) => floor.includes(room));
}
