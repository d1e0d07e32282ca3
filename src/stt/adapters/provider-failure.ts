import { VoiceError } from "../../errors.ts";

/** What an STT threw, as an error of ours: unchanged if it is one, else `provider-failed`. */
export function providerFailure(cause: unknown): VoiceError {
  if (cause instanceof VoiceError) return cause;
  return new VoiceError("provider-failed", `The provider failed: ${String(cause)}`, { cause });
}
