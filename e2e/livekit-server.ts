import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { freePort } from "./free-port.ts";
import { livekitServerProgram } from "./livekit-server/program.ts";

export { BUILD_LIMIT_MS } from "./livekit-server/program.ts";

const HOST = "127.0.0.1";
const START_LIMIT_MS = 20_000;
const POLL_MS = 50;
/** Characters of the server's last words that are kept, to tell why it went. */
const LAST_WORDS = 4_000;

/** A LiveKit server of its own, on this machine only, with nobody in it. */
export interface LivekitServer {
  /** For clients, such as `ws://127.0.0.1:41234`. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Holds its breath: connections stay, and nothing comes, until `resume()`. */
  pause(): void;
  resume(): void;
  /** Ends it at once, as a crash would: nobody in it is told. Idempotent. */
  stop(): Promise<void>;
  /** After `stop()`: starts again at the same ports, with the same key and no rooms. */
  restart(): Promise<void>;
}

/** Starts LiveKit's server, and resolves when it answers; or with one line that says why there is none. */
export async function startLivekitServer(): Promise<LivekitServer | string> {
  try {
    const program = await livekitServerProgram();
    const server = new OwnServer(program, await freePort(), await freeUdpPort());
    await server.restart();
    return server;
  } catch (error) {
    return `No LiveKit server: ${(error as Error).message}`;
  }
}

class OwnServer implements LivekitServer {
  readonly url: string;
  readonly apiKey = "devkey";
  readonly apiSecret = randomBytes(32).toString("hex");
  readonly #program: string;
  readonly #config: string;
  #child: ChildProcess | undefined;
  #lastWords = "";

  constructor(program: string, port: number, mediaPort: number) {
    this.url = `ws://${HOST}:${port}`;
    this.#program = program;
    // YAML takes JSON.
    this.#config = JSON.stringify({
      port,
      bind_addresses: [HOST],
      keys: { [this.apiKey]: this.apiSecret },
      logging: { level: "warn" },
      rtc: {
        node_ip: HOST,
        udp_port: mediaPort,
        tcp_port: 0, // it would listen at every address
        use_external_ip: false,
        enable_loopback_candidate: true,
        interfaces: { includes: ["lo"] },
        ips: { includes: [`${HOST}/32`] },
        // Else clients are sent to public ones. Nobody answers there; at the media port they would take media for answers.
        stun_servers: [`${HOST}:${port}`],
      },
    });
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Not by SIGTERM, after which it waits for all to leave. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async restart(): Promise<void> {
    const child = spawn(this.#program, ["--dev", "--config-body", this.#config], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    const killWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", killWithUs);
    child.once("exit", () => process.off("exit", killWithUs));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (this.#lastWords = (this.#lastWords + chunk).slice(-LAST_WORDS)));
    }
    await this.#answers(child).catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  async #answers(child: ChildProcess): Promise<void> {
    const failed = once(child, "error").then(([error]: unknown[]) => Promise.reject(error as Error));
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    const answered = (async (): Promise<void> => {
      while (!(await this.#isHealthy())) {
        if (child.exitCode !== null) throw new Error(`it ended at once: ${this.#lastWords.trim()}`);
        if (limit.aborted) throw new Error(`it does not answer: ${this.#lastWords.trim()}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    })();
    await Promise.race([answered, failed]);
  }

  async #isHealthy(): Promise<boolean> {
    try {
      return (await fetch(this.url.replace("ws", "http"))).ok;
    } catch {
      return false;
    }
  }
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, HOST);
  await once(socket, "listening");
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
