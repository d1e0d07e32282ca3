import type { Stt } from "../contract.ts";
import { livekitInference, type LivekitInferenceOptions } from "../livekit/index.ts";
import type { CustomHttpOptions } from "../custom/custom-http-options.ts";
import { CustomHttpStt } from "../custom/custom-http-stt.ts";
import type { CustomWebSocketOptions } from "../custom/custom-web-socket-options.ts";
import { CustomWebSocketStt } from "../custom/custom-web-socket-stt.ts";
import { sttFromGenerator, type GeneratorSttOptions } from "../custom/stt-from-generator.ts";

/** A provider of the library's, by name, and the options that it takes. */
export type SttConfig =
  | ({ readonly provider: "livekit" } & LivekitInferenceOptions)
  | ({ readonly provider: "custom-http" } & CustomHttpOptions)
  | ({ readonly provider: "custom-websocket" } & CustomWebSocketOptions)
  | ({ readonly provider: "custom-generator" } & GeneratorSttOptions);

/** Providers of the app's own, by name. */
export type SttProviders<Config extends { readonly provider: string }> = {
  readonly [Name in Config["provider"]]: (config: Extract<Config, { readonly provider: Name }>) => Stt;
};

const PROVIDERS: SttProviders<SttConfig> = {
  livekit: (config) => livekitInference(config),
  "custom-http": (config) => new CustomHttpStt(config),
  "custom-websocket": (config) => new CustomWebSocketStt(config),
  "custom-generator": sttFromGenerator,
};

/**
 * Makes a provider out of a configuration: one object whose `provider` names it. Brings every provider of the library along;
 * a page that needs one only had better call that one.
 *
 * @throws TypeError for a provider that is not known; what the provider throws at its options.
 */
export function createStt(config: SttConfig): Stt;
/** Makes a provider as above; those of the app's own, by name, come first. */
export function createStt<Config extends { readonly provider: string }>(
  config: Config | SttConfig,
  providers: SttProviders<Config>,
): Stt;
export function createStt(config: { readonly provider: string }, providers: object = {}): Stt {
  const known: Readonly<Record<string, (given: never) => Stt>> = { ...PROVIDERS, ...providers };
  const name = config?.provider;
  const make = Object.hasOwn(known, name) ? known[name] : undefined;
  if (make) return make(config as never);
  throw new TypeError(`stt.provider must be one of ${Object.keys(known).join(", ")}, got ${JSON.stringify(name)}`);
}
