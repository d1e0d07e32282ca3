import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { encodeWav } from "../../hear/wav.ts";
import { findProgram, Program } from "./programs.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

/**
 * `micfeed` is what is played into the microphone, `speaker` what the browser plays. Without `norewinds` the clock of
 * Chromium stands for a second and Firefox takes two to start; without the remapped source two browsers see no device.
 */
const MODULES = (socket: string): string => `
load-module module-native-protocol-unix auth-anonymous=1 socket=${socket}
load-module module-null-sink sink_name=speaker rate=48000 norewinds=1
load-module module-null-sink sink_name=micfeed rate=48000 norewinds=1
load-module module-remap-source source_name=mic master=micfeed.monitor
set-default-sink speaker
set-default-source mic
`;

/** A sound server of our own: a microphone into which recordings are played, and a speaker that nobody hears. */
export class Pulse implements AsyncDisposable {
  /** What a browser needs in its environment to use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: TemporaryFolder;
  readonly #daemon: Program;

  private constructor(folder: TemporaryFolder, daemon: Program, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#daemon = daemon;
    this.env = env;
  }

  /** Starts it, and resolves when it answers. @throws MissingProgram */
  static async start(): Promise<Pulse> {
    const path = findProgram(["pulseaudio"], "pulseaudio");
    findProgram(["paplay"], "pulseaudio-utils");
    const temporary = new TemporaryFolder("pulse");
    const folder = temporary.path;
    const socket = join(folder, "native");
    await writeFile(join(folder, "modules.pa"), MODULES(socket));
    await writeFile(join(folder, "daemon.conf"), "default-sample-rate = 48000\nalternate-sample-rate = 48000\n");
    const own = {
      PULSE_RUNTIME_PATH: folder,
      PULSE_STATE_PATH: folder,
      PULSE_CONFIG: join(folder, "daemon.conf"),
    };
    const args = "--daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes --realtime=yes";
    const daemon = new Program(
      path,
      ["-n", "-F", join(folder, "modules.pa"), "--high-priority=yes", ...args.split(" ")],
      { env: { ...process.env, ...own } },
    );
    const pulse = new Pulse(temporary, daemon, { PULSE_SERVER: `unix:${socket}` });
    try {
      await pulse.#answers();
      return pulse;
    } catch (cause) {
      await pulse[Symbol.asyncDispose]();
      throw cause;
    }
  }

  /** Plays samples (mono, -1..1) into the microphone; resolves when they have been played. */
  async play(samples: Float32Array, sampleRate: number): Promise<void> {
    const file = join(this.#folder.path, "played.wav");
    await writeFile(file, encodeWav(samples, sampleRate));
    await using player = new Program("paplay", ["--device=micfeed", "--latency-msec=500", file], { env: this.#env() });
    await player.finished();
  }

  /** Ends it and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #answers(): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const isUp = await promisify(execFile)("pactl", ["get-default-source"], { env: this.#env() }).then(
        ({ stdout }) => stdout.trim() === "mic",
        () => false,
      );
      if (isUp) return;
      await sleep(100);
    }
    throw new Error(`pulseaudio does not answer: ${this.#daemon.said}`);
  }

  #env(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env };
  }
}
