/** Writes a line of JSON, dated. Worker and jobs share the same pipe, which takes such a line as a whole. */
export function tell(event) {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...event })}\n`);
}
