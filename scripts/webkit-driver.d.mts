import type { ChildProcess } from "node:child_process";

export interface WebKitDriver {
  /** On 127.0.0.1. */
  readonly port: number;
  stop(): void;
}
export function startWebKitDriver(): Promise<WebKitDriver>;
export function webkitCapabilities(options?: {
  readonly args?: readonly string[];
}): Readonly<Record<string, unknown>>;
export function freePort(): Promise<number>;
/** Starts an X server; gives what its programs need in their environment. */
export function startDisplay(children: ChildProcess[]): Promise<Readonly<Record<string, string>>>;
/** Ends children, the last one first, when this process ends, or when the returned function is called. */
export function endTogether(children: ChildProcess[]): () => void;
/** Waits until a server on 127.0.0.1 takes connections. */
export function untilListening(port: number): Promise<void>;
