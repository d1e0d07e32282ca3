import type { RelayOptions } from "./relay-options.ts";

const PRODUCTION_URL = "https://agent-gateway.livekit.cloud/v1";
const STAGING_URL = "https://agent-gateway.staging.livekit.cloud/v1";
/** What `LIVEKIT_URL` contains in projects of the staging cloud. */
const STAGING_MARK = ".staging.livekit.cloud";

/**
 * Reads where LiveKit Inference is and how to sign for it, by the names and in the order of LiveKit's own SDKs.
 * @throws Error naming the variables that are missing.
 */
export function relayFromEnvironment(environment: Readonly<Record<string, string | undefined>>): RelayOptions {
  const isStaging = environment["LIVEKIT_URL"]?.includes(STAGING_MARK) === true;
  const read = (...names: readonly [string, string]): string => {
    const value = names.map((name) => environment[name]).find((found) => found);
    if (value === undefined) throw new Error(`--relay needs ${names.join(" or ")} in the environment`);
    return value;
  };
  return {
    url: environment["LIVEKIT_INFERENCE_URL"] || (isStaging ? STAGING_URL : PRODUCTION_URL),
    apiKey: read("LIVEKIT_INFERENCE_API_KEY", "LIVEKIT_API_KEY"),
    apiSecret: read("LIVEKIT_INFERENCE_API_SECRET", "LIVEKIT_API_SECRET"),
  };
}
