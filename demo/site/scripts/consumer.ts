import type { ConsumerAuth } from "consumer-auth-widget";
import type { Log } from "./log.js";

/** The level for which the identity provider wants a second proof. */
const STRONG = "urn:alder:2";

interface Doings {
  signIn(call?: Record<string, unknown>): Promise<unknown>;
  signOut(options?: Record<string, unknown>): Promise<void>;
}

/** The buttons of what a consumer does through the library. */
export function enableConsumer(client: ConsumerAuth, buttons: HTMLElement, log: Log): void {
  // A library that is older than the demo doesn't heed what it doesn't know.
  const auth: Doings = client;
  const doings: Readonly<Record<string, () => Promise<unknown>>> = {
    "sign-in": () => auth.signIn(),
    "step-up": () => auth.signIn({ acrValues: STRONG }),
    "sign-out": () => auth.signOut(),
    "sign-out-everywhere": () => auth.signOut({ everywhere: true }),
  };
  for (const button of buttons.querySelectorAll("button")) {
    const act = doings[button.id];
    if (!act) continue;
    button.disabled = false;
    button.addEventListener("click", () => {
      act().catch((error: unknown) => {
        log("session", `${button.textContent.trim()} didn’t work`, codeOf(error));
      });
    });
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : String(error);
}
