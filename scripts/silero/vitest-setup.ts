export { ensureKernel as setup } from "./compile-kernel.ts";
