import type { ConsumerAuth } from "consumer-auth-widget";
import type { Ladder } from "./ladder.js";
import type { Log } from "./log.js";

export interface Observers {
  readonly pill: HTMLElement;
  readonly log: Log;
  readonly ladder: Ladder;
}

export function observe(client: ConsumerAuth, { pill, log, ladder }: Observers): void {
  const { state } = client.session;
  showSession(pill, state);
  log("session", state);
  client.addEventListener("sessionchange", ({ detail }) => {
    showSession(pill, detail.state);
    log("session", detail.state);
  });
  client.addEventListener("credential", ({ detail }) => {
    log("session", "credential", detail.kind);
    ladder(handedOver(detail.kind), detail.attempts, false);
  });
  client.addEventListener("error", ({ detail }) => {
    log("session", "error", detail.code);
    ladder(detail.code, detail.attempts, true);
  });
}

export function handedOver(kind: string): string {
  return `Handed over: ${kind}`;
}

export function showSession(pill: HTMLElement, state: string): void {
  pill.textContent = state;
  pill.dataset["state"] = state;
}
