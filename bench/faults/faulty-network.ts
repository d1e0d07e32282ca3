import type { Ledger } from "../../gateway/engines/ledger.ts";
import { createGateway, type Gateway } from "../../gateway/gateway.ts";
import type { OpenSocket } from "../../src/net/socket.ts";
import { fetchToken, type TokenRequest } from "../../src/net/token.ts";
import type { Endpoint } from "../../src/stt/codec.ts";
import { capturedSamplesIn } from "./audio-message.ts";
import type { Dice } from "./dice.ts";
import type { Fault } from "./fault-plan.ts";
import { FaultySocket, type Line, type SocketWatcher } from "./faulty-socket.ts";
import { TokenDesk } from "./token-desk.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Known to both gateways of a restart. */
const SIGNER = { apiKey: "vivavoce", apiSecret: "of the fault bench" };
/** As LiveKit Inference says it. */
const IDLE = JSON.stringify({ type: "error", message: "session closed due to agent inactivity", code: 2007 });
/** Port 1 is reserved, and nobody's: a connection is refused at once. */
const NOWHERE = "ws://127.0.0.1:1/v1";

/** What a network is made with. */
export interface NetworkOptions {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly model: string;
  readonly faults: readonly Fault[];
  /** The model computes in a process of its own, as long as it takes. */
  readonly hasRealRecognizer: boolean;
  /** Hears of everything, for a trace. */
  readonly trace: (what: string) => void;
}

/** Everything between the client and the recogniser, the gateway included, with all that goes wrong there. */
export class FaultyNetwork implements SocketWatcher {
  readonly #options: NetworkOptions;
  readonly #line: Line;
  readonly #sockets: FaultySocket[] = [];
  readonly #ledgers: Ledger[] = [];
  #gateway: Gateway;
  #isDown = false;
  /** Faults whose time has come, but not their moment. */
  #armed: Fault[] = [];
  #openDelayMs = 0;
  readonly #desk: TokenDesk;
  #sentSamples = 0;
  readonly #injectedMs: number[] = [];
  readonly #aliveMs: number[] = [];

  private constructor(options: NetworkOptions, gateway: Gateway) {
    this.#options = options;
    this.#gateway = gateway;
    const { dice, time, trace } = options;
    this.#desk = new TokenDesk(time, SIGNER, trace);
    const latencyMs = dice.pick([5, 30, 120]);
    this.#line = {
      bytesPerMs: dice.pick([120, 500, 5_000]),
      latencyMs: () => latencyMs * dice.between(0.7, 1.6),
      answerMs: dice.between(20, 600),
      waitsForAnswers: options.hasRealRecognizer,
    };
    for (const fault of options.faults) time.inWorld(fault.atMs, () => this.#inject(fault));
  }

  /** A network with its gateway running. */
  static async open(options: NetworkOptions): Promise<FaultyNetwork> {
    return new FaultyNetwork(options, await openGateway());
  }

  readonly openSocket: OpenSocket = (_url, protocols) => {
    const { time, trace } = this.#options;
    trace(`socket ${this.#sockets.length + 1} connects`);
    const socket = new FaultySocket(() => this.#address, protocols, this.#openDelayMs, time, this.#line, this);
    this.#openDelayMs = 0;
    this.#sockets.push(socket);
    return socket;
  };

  readonly endpoint = async (request: TokenRequest): Promise<Endpoint> => {
    const { token } = await fetchToken(() => this.#desk.issue(), request);
    return { url: this.#address, protocols: ["vivavoce", `bearer.${token}`] };
  };

  /** Sockets that were tried. */
  get socketCount(): number {
    return this.#sockets.length;
  }

  /** Sockets that the page has not been told are closed, and those that the system still has. */
  get openSocketCount(): number {
    return this.#sockets.filter(({ isLive, hasRealSocket }) => isLive || hasRealSocket).length;
  }

  /** Captured samples that were handed to sockets, each time they were. */
  get sentSamples(): number {
    return this.#sentSamples;
  }

  /** When the faults struck. */
  get injectedMs(): readonly number[] {
    return this.#injectedMs;
  }

  /** When a socket opened or a final came. */
  get aliveMs(): readonly number[] {
    return this.#aliveMs;
  }

  /** What the gateways received, session by session. */
  get ledgers(): readonly Ledger[] {
    return [...this.#ledgers, ...this.#gateway.ledgers];
  }

  /** Ends the gateway. */
  close(): Promise<void> {
    return this.#gateway.close();
  }

  onOpen(socket: FaultySocket): void {
    this.#alive("opened");
    if (this.#strike((fault) => fault.type === "drop" && fault.when === "hello")) {
      this.#options.time.inWorld(this.#options.dice.between(0, 60), () => socket.cut());
    }
  }

  onClose(_socket: FaultySocket, code: number): void {
    this.#options.trace(`closed ${code}`);
  }

  onSend(socket: FaultySocket, text: string): void {
    const samples = capturedSamplesIn(text);
    this.#sentSamples += samples ?? 0;
    if (samples !== undefined) return;
    this.#options.trace(`→ ${text.slice(0, 60)}`);
    if (!text.includes('"session.finalize"')) return;
    const drop = this.#strike((fault) => fault.type === "drop" && fault.when === "finalize");
    if (drop?.type === "drop") socket.cut(drop.noticedMs);
  }

  onArrival(socket: FaultySocket, text: string): void {
    const when = text.includes('"session.created"') ? "created" : text.includes('"final_transcript"') ? "answer" : "";
    const drop = this.#strike((fault) => fault.type === "drop" && fault.when === when);
    if (drop?.type === "drop") return socket.cut(drop.noticedMs);
    if (when !== "answer") return;
    if (this.#strike((fault) => fault.type === "reorder" && fault.how === "close-first")) socket.cutBefore(text);
  }

  onDelivered(socket: FaultySocket, text: string): void {
    if (!text.includes('"final_transcript"')) return;
    this.#alive("final");
    if (this.#strike((fault) => fault.type === "reorder" && fault.how === "final-then-close")) socket.cut();
  }

  /** Where the gateway is. While it is down its port may be another run's, so that of nobody stands in. */
  get #address(): string {
    const base = this.#isDown ? NOWHERE : this.#gateway.webSocketUrl;
    return `${base}/stt?model=${this.#options.model}`;
  }

  /** The socket on which harm can be done. */
  get #current(): FaultySocket | undefined {
    const newest = this.#sockets.at(-1);
    return newest?.isWhole ? newest : undefined;
  }

  #inject(fault: Fault): void {
    const { time, dice } = this.#options;
    const socket = this.#current;
    switch (fault.type) {
      case "drop":
        if (fault.when !== "now") this.#armed.push(fault);
        if (fault.when === "hello" || fault.when === "created") socket?.cut();
        else if (fault.when === "now" && socket) {
          this.#struck(fault);
          socket.cut(fault.noticedMs);
        }
        return;
      case "reorder":
        this.#armed.push(fault);
        return;
      case "stall":
        if (!socket) return;
        this.#struck(fault);
        return socket.stall(fault.lengthMs);
      case "half-open":
        if (!socket) return;
        this.#struck(fault);
        return socket.die();
      case "refuse":
        this.#desk.spoil(fault.how, fault.times);
        this.#struck(fault);
        return socket?.cut();
      case "slow-open":
        if (fault.what === "token") this.#desk.delay(fault.delayMs);
        else this.#openDelayMs = fault.delayMs;
        this.#struck(fault);
        return socket?.cut();
      case "restart":
        this.#struck(fault);
        return void time.during(this.#restart(fault));
      case "page-stall":
        this.#struck(fault);
        return time.stallPage(fault.lengthMs, fault.resumption);
      case "idle-close":
        if (socket) this.#struck(fault);
        return socket?.dismiss(IDLE, dice.pick([1_000, 1_006]));
    }
  }

  async #restart({ downMs, isGraceful }: Extract<Fault, { type: "restart" }>): Promise<void> {
    const { time } = this.#options;
    if (!isGraceful) for (const socket of this.#sockets) socket.cut();
    const gateway = this.#gateway;
    this.#isDown = true;
    await gateway.close();
    time.inWorld(downMs, () => {
      const reopened = openGateway().then((next) => {
        this.#ledgers.push(...gateway.ledgers);
        this.#gateway = next;
        this.#isDown = false;
        this.#options.trace("the gateway is back");
      });
      void time.during(reopened);
    });
  }

  /** The first armed fault of the kind, which strikes now. */
  #strike(isMeant: (fault: Fault) => boolean): Fault | undefined {
    const fault = this.#armed.find(isMeant);
    if (!fault) return undefined;
    this.#armed = this.#armed.filter((one) => one !== fault);
    this.#struck(fault);
    return fault;
  }

  #struck(fault: Fault): void {
    const { time, trace } = this.#options;
    this.#injectedMs.push(time.nowMs);
    trace(`✗ ${JSON.stringify(fault)}`);
  }

  #alive(what: string): void {
    const { time, trace } = this.#options;
    this.#aliveMs.push(time.nowMs);
    trace(what);
  }
}

function openGateway(): Promise<Gateway> {
  // Time stands still while a decoder warms up.
  return createGateway({ warm: 0, ...SIGNER });
}
