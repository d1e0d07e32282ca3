import { VoiceError } from "../../errors.ts";

/** What an app's own code threw, as the library tells it: `provider-failed`, unless it is an error of the library's. */
export function providerFailed(cause: unknown): VoiceError {
  if (cause instanceof VoiceError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new VoiceError("provider-failed", `The provider failed: ${why}`, { cause });
}
