/**
 * The address of one of the gateway's paths below its base.
 *
 * @throws TypeError if the base is no http or ws URL, absolute or of this page.
 */
export function gatewayUrl(base: string | URL, path: string, scheme: "http" | "ws"): URL {
  const page = typeof document === "undefined" ? undefined : document.baseURI;
  const url = new URL(base, page);
  if (!/^(?:http|ws)s?:$/.test(url.protocol)) throw new TypeError(`${url.href} is no http or ws URL`);
  const isSafe = url.protocol === "https:" || url.protocol === "wss:";
  url.protocol = `${scheme}${isSafe ? "s" : ""}:`;
  url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
  return url;
}

/** Checks the base, as far as that can be done without a page. @throws TypeError naming the option and the value. */
export function checkGatewayUrl(path: string, base: string | URL): void {
  try {
    if (/^(?:http|ws)s?:$/.test(new URL(base, "http://page").protocol)) return;
  } catch {
    // told below
  }
  throw new TypeError(`${path} must be an http or ws URL, absolute or of this page, got "${String(base)}"`);
}
