import type { ConsumerAuth } from "consumer-auth-widget";
import type { Log } from "./log.js";

export function observe(client: ConsumerAuth, pill: HTMLElement, log: Log): void {
  const { state } = client.session;
  showSession(pill, state);
  log("session", state);
  client.addEventListener("sessionchange", ({ detail }) => {
    showSession(pill, detail.state);
    log("session", detail.state);
  });
  client.addEventListener("credential", ({ detail }) => {
    log("session", "credential", detail.kind);
  });
  client.addEventListener("error", ({ detail }) => {
    log("session", "error", detail.code);
  });
}

export function showSession(pill: HTMLElement, state: string): void {
  pill.textContent = state;
  pill.dataset["state"] = state;
}
