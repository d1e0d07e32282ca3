import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

const HOST = "127.0.0.1";

/** A TCP port of this machine at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
