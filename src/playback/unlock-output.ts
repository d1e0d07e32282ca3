/**
 * Makes iOS let a context sound: plays one silent sample. Call it in the click that starts, before anything is awaited;
 * elsewhere it does nothing. Never throws.
 */
export function unlockOutput(context: BaseAudioContext): void {
  try {
    const node = context.createBufferSource();
    node.buffer = context.createBuffer(1, 1, context.sampleRate);
    node.connect(context.destination);
    node.onended = () => node.disconnect();
    node.start();
  } catch {
    // A context that is closed has nothing to unlock.
  }
}
