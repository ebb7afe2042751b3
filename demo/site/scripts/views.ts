import type { Session } from "consumer-auth-widget";

export interface Actions {
  readonly signIn: () => void;
  readonly signOut: () => void;
}

/** The app's two views; what they know of the consumer comes from verified claims. */
export function renderView(host: HTMLElement, path: string, session: Session, on: Actions): void {
  host.replaceChildren(...(path.endsWith("/help") ? help() : accounts(session, on)));
}

function accounts({ state, claims }: Session, on: Actions): HTMLElement[] {
  const name = claims?.["given_name"];
  if (state !== "authenticated" || typeof name !== "string") {
    return [
      node("h1", "Your accounts"),
      node("p", "Sign in to see them. A conversation that you have begun goes on as yours."),
      buttons(button("Sign in", on.signIn, true, state === "authenticating")),
    ];
  }
  return [
    node("h1", `Good to see you, ${name}.`),
    node("p", `${account(claims)}, ${balance(claims)}`),
    buttons(button("Sign out here", on.signOut, false, false)),
  ];
}

function help(): HTMLElement[] {
  return [
    node("h1", "Help"),
    node(
      "p",
      "Ask us anything in the messaging window below. It stays open while you look around.",
    ),
  ];
}

function account(claims: Session["claims"]): string {
  return textOf(customer(claims)["accountName"]) ?? "Your account";
}

function balance(claims: Session["claims"]): string {
  const { balance: amount, currency } = customer(claims);
  if (typeof amount !== "number" || typeof currency !== "string") return "no balance to show";
  return new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(amount);
}

function customer(claims: Session["claims"]): Record<string, unknown> {
  const attributes = claims?.["lp_sdes"];
  const found = (Array.isArray(attributes) ? (attributes as unknown[]) : []).find(
    (one): one is { info: Record<string, unknown> } =>
      typeof one === "object" && one !== null && "info" in one,
  );
  return found?.info ?? {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function button(text: string, act: () => void, primary: boolean, disabled: boolean): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.disabled = disabled;
  if (primary) made.className = "primary";
  made.id = primary ? "app-sign-in" : "app-sign-out";
  made.addEventListener("click", act);
  return made;
}

function buttons(...inside: HTMLElement[]): HTMLElement {
  const made = document.createElement("div");
  made.className = "buttons";
  made.append(...inside);
  return made;
}

function node(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
