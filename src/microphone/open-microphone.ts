import { VoiceError, type VoiceErrorCode } from "../errors.ts";

const CODES: Readonly<Record<string, VoiceErrorCode>> = {
  NotAllowedError: "microphone-denied",
  SecurityError: "microphone-denied",
  NotFoundError: "microphone-missing",
  OverconstrainedError: "microphone-missing", // what WebKitGTK says when there is no device
  NotReadableError: "microphone-busy",
  AbortError: "microphone-busy",
};

const MESSAGES: Partial<Record<VoiceErrorCode, string>> = {
  "microphone-denied": "The person, or the page's permissions policy, did not allow the microphone",
  "microphone-missing": "No microphone was found that fits the request",
  "microphone-busy": "The microphone could not be started: another program may be using it",
};

/**
 * Asks the browser for a microphone. Calls `getUserMedia` before it returns, so it keeps the user activation.
 *
 * @throws VoiceError `microphone-denied`, `-missing`, `-busy` or `-failed`.
 */
export async function openMicrophone(constraints: MediaTrackConstraints): Promise<MediaStream> {
  // Undefined on insecure pages, whatever the type library believes.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new VoiceError("microphone-failed", "Microphones work on https:// pages and on localhost only");
  try {
    return await devices.getUserMedia({ audio: constraints });
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : "";
    const code = CODES[name] ?? "microphone-failed";
    throw new VoiceError(code, MESSAGES[code] ?? `The microphone could not be opened: ${String(cause)}`, { cause });
  }
}
