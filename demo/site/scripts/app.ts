import type { Attempt, ConsumerAuthError, Session } from "consumer-auth-widget";
import "consumer-auth-widget/define";

import { startLadder } from "./ladder.js";
import { startLog } from "./log.js";
import { startRouter } from "./router.js";
import { handedOver, showSession } from "./session.js";
import { renderView } from "./views.js";

interface HandOver {
  readonly kind: string;
  readonly attempts: readonly Attempt[];
}

const log = startLog(element("log"));
const ladder = startLadder(element("ladder"));
const auth = widget();
const pill = element("session-state");
const view = element("view");

const router = startRouter((path) => {
  render(path);
  tellVendor(path);
});

auth.addEventListener("consumer-auth-session", (event) => {
  const session = (event as CustomEvent<Session>).detail;
  log("session", session.state);
  showSession(pill, session.state);
  render(router.path());
});
auth.addEventListener("consumer-auth-credential", (event) => {
  const { kind, attempts } = (event as CustomEvent<HandOver>).detail;
  log("session", "credential", kind);
  ladder(handedOver(kind), attempts, false);
});
auth.addEventListener("consumer-auth-error", (event) => {
  const { code, attempts } = (event as CustomEvent<ConsumerAuthError>).detail;
  log("session", "error", code);
  ladder(code, attempts, true);
});

showSession(pill, auth.session.state);
render(router.path());

function render(path: string): void {
  renderView(view, path, auth.session, {
    // Whoever changes their mind is no error of the page; the log tells of it.
    signIn: () => void auth.signIn().catch(() => undefined),
    signOut: () => void auth.signOut(),
  });
}

/** In a single-page app the vendor's tag has to be told that this is another page now. */
function tellVendor(path: string): void {
  const tag = Reflect.get(window, "lpTag") as { newPage?: (url: string) => void } | undefined;
  tag?.newPage?.(new URL(path, location.href).href);
}

function widget() {
  const found = document.querySelector("consumer-auth");
  if (!found) throw new Error("the page has no <consumer-auth>");
  return found;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
