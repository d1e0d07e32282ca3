/*
 * `ws`, `jose` and `koffi` are optional peers: who only uses the browser side installs none of them. They are loaded
 * when a gateway is created, so that importing the package never fails.
 */

/** The modules that a gateway cannot do without. */
export interface Peers {
  readonly ws: typeof import("ws");
  readonly jose: typeof import("jose");
}

/**
 * Loads `ws` and `jose`.
 * @throws Error with the npm command to run, if one is missing.
 */
export async function loadPeers(): Promise<Peers> {
  try {
    const [ws, jose] = await Promise.all([import("ws"), import("jose")]);
    return { ws, jose };
  } catch (cause) {
    throw new Error("The gateway needs ws and jose: npm install ws jose koffi", { cause });
  }
}
