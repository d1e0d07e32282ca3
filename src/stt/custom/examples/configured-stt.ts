import { createStt, type SttConfig } from "../../create/index.ts";
import type { Stt } from "../index.ts";
import { acmeStt } from "./acme-stt.ts";

/** How the app's own provider is configured. */
export interface AcmeConfig {
  readonly provider: "acme";
  readonly server: string;
  readonly token: () => Promise<string>;
}

/** Makes what a configuration asks for: Acme, or any provider of the library's. */
export function configuredStt(config: AcmeConfig | SttConfig): Stt {
  return createStt<AcmeConfig>(config, { acme: ({ server, token }) => acmeStt(server, token) });
}
