import { fetchModel } from "../src/vad/fetch-model.ts";
import { OnnxEngine } from "../src/vad/onnx-engine.ts";
import { serveVad } from "./serve-vad.ts";

serveVad(async ({ modelUrl, wasmUrl = "" }) => {
  const model = await fetchModel(modelUrl);
  return OnnxEngine.create(model, wasmUrl).catch(async (cause: unknown) => {
    await fetchModel(wasmUrl); // says it better, if the file is the reason
    throw cause;
  });
});
