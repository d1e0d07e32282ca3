import { GatewayError } from "../errors.ts";

/** HTTP statuses that may be another one soon: timeout, too early, too many requests. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** What it means that the upstream answered with this HTTP status instead of doing what it was asked. */
export function refusalOf(status = 0): GatewayError {
  const reason = status >= 500 || PASSING.has(status) ? "upstream-busy" : "upstream-refused";
  return new GatewayError(reason, `The upstream refused (HTTP ${status})`);
}

/** What it means that no answer came. Says the system's word for it, never an address. */
export function dialFailure(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new GatewayError("upstream-unreachable", `The upstream could not be reached${code}`, { cause });
}
