// In the worker, before the library: puts a stamp on every decision that it posts.
import { noteFrames } from "./rows.js";

let rows;
const post = globalThis.postMessage;
globalThis.postMessage = (message, options) => {
  if (rows) noteFrames(rows, message);
  post.call(globalThis, message, options);
};
addEventListener("message", (event) => {
  if (event.data?.type !== "instruments") return;
  event.stopImmediatePropagation();
  rows = new Float64Array(event.data.rows);
});
