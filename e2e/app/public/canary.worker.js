// Tells whether the policy holds in a worker: each of these must fail.
const blob = URL.createObjectURL(new Blob(["export default 1"], { type: "text/javascript" }));
let workerEval = false;
try {
  new Function("return 1")();
} catch {
  workerEval = true;
}
const workerBlob = await import(blob).then(
  () => false,
  () => true,
);
postMessage({ workerEval, workerBlob });
