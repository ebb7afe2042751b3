import {
  runWindowReturn,
  type WindowAnswer,
  type WindowRequest,
} from "consumer-auth-widget/window-return";

const main = element("login");
const buttons = element("consumers");
const status = main.querySelector("[role=status]");
const { window: windowAddress = "", issuer, clientId, endpoint = "" } = main.dataset;

runWindowReturn({
  allowedRedirectUris: [windowAddress],
  clientId,
  issuer,
  signIn,
}).catch((error: unknown) => {
  buttons.hidden = true;
  say("This page can’t sign you in. Please open the conversation again.");
  console.error(error);
});

async function signIn(request: WindowRequest, signal?: AbortSignal): Promise<WindowAnswer> {
  const known = await askForCredential(request, signal);
  if (known || !request.interactive) return known;
  say("Sign in to start the conversation.");
  buttons.hidden = false;
  const consumer = await chosen();
  if (consumer === undefined) return undefined;
  await fetch("/account/sign-in", { method: "POST", body: new URLSearchParams({ consumer }) });
  buttons.hidden = true;
  say("You are signed in. The conversation opens…");
  return askForCredential(request, signal);
}

/** A credential for the consumer who is signed in at the site; undefined where nobody is. */
async function askForCredential(
  { responseType, nonce }: WindowRequest,
  signal: AbortSignal | undefined,
): Promise<WindowAnswer> {
  // The demo's connectors for a window of its own are implicit ones.
  if (responseType === "code") return { error: "unsupported_response_type" };
  const response = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams(nonce === undefined ? {} : { nonce }),
    ...(signal && { signal }),
  });
  if (response.status === 401) return undefined;
  if (!response.ok) throw new Error(`The credential endpoint answered ${response.status}.`);
  return (await response.json()) as WindowAnswer;
}

/** Whom the consumer says to be; undefined where they decline. */
function chosen(): Promise<string | undefined> {
  return new Promise((resolve) => {
    for (const button of buttons.querySelectorAll("button")) {
      button.addEventListener("click", () => resolve(button.dataset["consumer"]), { once: true });
    }
  });
}

function say(text: string): void {
  if (status) status.textContent = text;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
