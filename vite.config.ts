import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Builds the page in `demo/`. It takes the library from `dist/`, by its package name, as an app does. */
export default defineConfig({
  root: fromHere("demo"),
  build: {
    outDir: fromHere("demo/dist"),
    emptyOutDir: true,
    // Under the strict policy a worklet that was inlined as a data: URL does not load.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // LiveKit's client alone is more than Vite likes; only who talks in a room fetches it.
    chunkSizeWarningLimit: 1_000,
  },
});
