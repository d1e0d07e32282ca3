/**
 * A local speech gateway for Node: LiveKit Inference's speech-to-text protocol, with real recognition and with
 * engines for tests.
 * @module
 */
export { createGateway } from "./gateway.ts";
export type { Gateway } from "./gateway.ts";
export type { GatewayOptions, RequestHandler } from "./options.ts";
export type { RelayOptions } from "./relay/relay-options.ts";
export type { LivekitOptions } from "./rooms/room-options.ts";
export type { IssuedToken } from "./http/issued-token.ts";
export type { Ledger } from "./engines/ledger.ts";
export type { Script, ScriptAction, ScriptStep, ScriptTrigger } from "./engines/script.ts";
export type { Recording } from "./http/recordings.ts";
export { GATEWAY_ERRORS } from "./errors.ts";
export type { GatewayErrorName } from "./errors.ts";
