const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;
const ABSOLUTE = /^[a-z][a-z\d+.-]*:/i;

/**
 * Checks where to connect, before there need be a page.
 *
 * @throws TypeError naming the option, the rule and the value.
 */
export function checkBaseUrl(base: string | URL): void {
  if (ABSOLUTE.test(String(base))) socketUrl(base, "");
}

/**
 * Where to connect: `http` becomes `ws`, a relative URL is one of the page.
 *
 * @throws TypeError naming the option, the rule and the value.
 */
export function socketUrl(base: string | URL, model: string): string {
  let url: URL;
  try {
    url = new URL(base, typeof document === "undefined" ? undefined : document.baseURI);
  } catch (cause) {
    throw new TypeError(`realtime.baseUrl must be a URL, absolute or of the page, got "${String(base)}"`, { cause });
  }
  url.protocol = url.protocol.replace("http", "ws");
  if (url.protocol !== "wss:" && !(url.protocol === "ws:" && LOOPBACK.test(url.hostname))) {
    throw new TypeError(`realtime.baseUrl must be wss:, or ws: on this machine, got "${String(base)}"`);
  }
  url.searchParams.set("model", model);
  return url.href;
}
