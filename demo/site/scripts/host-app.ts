/**
 * Plays the bank's own app around the page: a bridge as Android's `WebViewCompat.addWebMessageListener`
 * makes it, and what is behind it. In the page's place it could be any page's, so it shares nothing with
 * the page but the bridge.
 */
import { log } from "../../window/log.js";

interface Request {
  readonly type?: unknown;
  readonly version?: unknown;
  readonly nonce?: unknown;
  readonly interactive?: unknown;
  readonly renew?: unknown;
}

interface SignedIn {
  readonly name: string;
  /** The app's own session at the bank. */
  readonly session: string;
}

type Content =
  { readonly id_token: string } | { readonly nobody: true } | { readonly error: string };

const KEY = "demo-app-session";

const {
  host = "",
  account = "",
  endpoint = "",
  foreign,
} = (document.currentScript as HTMLScriptElement).dataset;

const requests: Request[] = [];
Reflect.set(window, "demoApp", { requests });
const panel = new Promise<void>((resolve) => {
  document.addEventListener("DOMContentLoaded", () => resolve());
});

if (foreign === "true") {
  // Every app that is made with React Native has this one.
  install("ReactNativeWebView", note);
} else {
  const say = install(host, (request) => void hear(request).then(say));
  void panel.then(() => startPanel(say));
}

/**
 * Puts the bridge there.
 *
 * @returns says something to the page
 */
function install(name: string, receive: (request: Request) => void): (message: object) => void {
  const events = new EventTarget();
  const bridge = {
    postMessage(text: unknown) {
      if (typeof text !== "string") throw new TypeError("Only strings cross this bridge.");
      receive(JSON.parse(text) as Request);
    },
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
  };
  Object.defineProperty(window, name, { value: Object.freeze(bridge) });
  return (message) => {
    const data = JSON.stringify({ version: 1, ...message });
    events.dispatchEvent(new MessageEvent("message", { data }));
  };
}

function note(request: Request): void {
  requests.push(request);
  const { interactive, renew } = request;
  log("app", "asked by the page", { interactive, renew });
  void panel.then(() => {
    element("app-asked").textContent = String(requests.length);
  });
}

async function hear(request: Request): Promise<object> {
  const { type, version, nonce, interactive } = request;
  note(request);
  const known = type === `${host}.request` && version === 1;
  const content = known ? await answer(interactive === true) : { error: "invalid_request" };
  log("app", `answered with ${Object.keys(content).join()}`);
  return { type: `${host}.answer`, nonce, ...content };
}

async function answer(mayShowLogin: boolean): Promise<Content> {
  await panel;
  if (!signedIn() && mayShowLogin) await showLogin();
  const known = signedIn();
  if (!known) return { nobody: true };
  try {
    const idToken = await fetchIdToken(known);
    return idToken === null ? { nobody: true } : { id_token: idToken };
  } catch {
    return { error: "server_error" };
  }
}

/** @returns `null` where the app's session is over */
async function fetchIdToken({ session }: SignedIn): Promise<string | null> {
  const response = await fetch(endpoint, {
    method: "POST",
    credentials: "omit",
    headers: { Authorization: `Bearer ${session}` },
  });
  if (response.status === 401) {
    keep(null);
    return null;
  }
  if (!response.ok) throw new Error(`The bank's endpoint answered with ${response.status}.`);
  return ((await response.json()) as { id_token: string }).id_token;
}

/** Resolves when somebody has signed in, or doesn't want to. */
async function showLogin(): Promise<void> {
  const dialog = element("app-login") as HTMLDialogElement;
  if (dialog.open) return;
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}

function startPanel(say: (message: object) => void): void {
  const dialog = element("app-login") as HTMLDialogElement;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-app-consumer]")) {
    button.addEventListener("click", () => {
      void signIn(button.dataset["appConsumer"] ?? "", button.textContent.trim()).then(() =>
        dialog.close(),
      );
    });
  }
  element("app-decline").addEventListener("click", () => dialog.close());
  element("app-sign-out").addEventListener("click", () => {
    void signOut().then(() => {
      log("app", "signed out");
      say({ type: `${host}.signedOut` });
    });
  });
  element("app-hand-in").addEventListener("click", () => {
    const known = signedIn();
    if (!known) return;
    void fetchIdToken(known).then((idToken) => {
      if (idToken === null) return;
      log("app", "handed in a credential");
      say({ type: `${host}.credential`, id_token: idToken });
    });
  });
  show();
}

async function signIn(consumer: string, name: string): Promise<void> {
  const response = await fetch(`${account}/sign-in`, {
    method: "POST",
    credentials: "omit",
    body: new URLSearchParams({ consumer }),
  });
  const { session } = (await response.json()) as { session: string };
  keep({ name, session });
  log("app", "signed in", name);
}

async function signOut(): Promise<void> {
  const known = signedIn();
  keep(null);
  if (!known) return;
  await fetch(`${account}/sign-out`, {
    method: "POST",
    credentials: "omit",
    headers: { Authorization: `Bearer ${known.session}` },
  });
}

// An app keeps it outside of the web view, and from page to page. Here is no such place.
function keep(person: SignedIn | null): void {
  sessionStorage.setItem(KEY, JSON.stringify(person));
  show();
}

function signedIn(): SignedIn | null {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as SignedIn | null;
}

function show(): void {
  const known = signedIn();
  element("app-consumer").textContent = known?.name ?? "Nobody";
  element("app-signed-out").hidden = known !== null;
  element("app-signed-in").hidden = known === null;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
