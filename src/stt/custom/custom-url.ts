import { VoiceError } from "../../errors.ts";

/**
 * Checks an address when a provider is made: absolute, or relative to the page.
 *
 * @throws TypeError if it is neither.
 */
export function checkUrl(url: string | URL): void {
  if (String(url ?? "").trim() !== "" && parse(url, "https://page.example/")) return;
  throw new TypeError(`stt.url must be an address, absolute or relative to the page, got ${JSON.stringify(url)}`);
}

/**
 * Completes an address: a relative one by the page's, `http` by `ws` or the other way round.
 *
 * @throws VoiceError `invalid-state` for a relative one where there is no page, as in Node.
 */
export function completeUrl(url: string | URL, scheme: "http" | "ws"): URL {
  const found = parse(url, typeof document === "undefined" ? undefined : document.baseURI);
  if (!found) throw new VoiceError("invalid-state", `stt.url ${String(url)} is relative, and there is no page`);
  found.protocol = found.protocol.replace(/^(?:http|ws)/, scheme);
  return found;
}

function parse(url: string | URL, base: string | undefined): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
