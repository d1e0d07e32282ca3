/** The LiveKit server whose rooms pages may join with a token of this gateway. */
export interface LivekitOptions {
  /** Where the pages reach it, `ws(s)` or `http(s)`, such as `ws://127.0.0.1:7880`. They are told as it is. */
  readonly url: string;
  /** `iss` of the tokens. */
  readonly apiKey: string;
  /** Signs them; it never leaves this process. */
  readonly apiSecret: string;
}

/**
 * Checks the options.
 * @throws RangeError naming the option that is out of range, never a secret.
 */
export function resolveLivekit(options: LivekitOptions): LivekitOptions {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === undefined || !isPlain || !/^(?:http|ws)s?:$/.test(url.protocol)) {
    // Not quoted: a URL with a password in it would end in a log.
    throw new RangeError("livekit.url must be a ws, wss, http or https URL without user, query and fragment");
  }
  if (options.apiKey === "") throw new RangeError("livekit.apiKey must not be empty");
  if (options.apiSecret === "") throw new RangeError("livekit.apiSecret must not be empty");
  return options;
}

/**
 * Reads where the LiveKit server is and how to sign for it, by the names of LiveKit's own SDKs.
 * @throws Error naming the variable that is missing.
 */
export function livekitFromEnvironment(environment: Readonly<Record<string, string | undefined>>): LivekitOptions {
  const read = (name: string): string => {
    const value = environment[name];
    if (!value) throw new Error(`A LiveKit server needs ${name} in the environment`);
    return value;
  };
  return { url: read("LIVEKIT_URL"), apiKey: read("LIVEKIT_API_KEY"), apiSecret: read("LIVEKIT_API_SECRET") };
}
