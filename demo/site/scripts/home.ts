import type { ConsumerAuth } from "consumer-auth-widget";
import { enableConsumer } from "./consumer.js";
import { startHomeViews } from "./home-views.js";
import { startLadder } from "./ladder.js";
import { startLog } from "./log.js";
import { observe } from "./session.js";

const log = startLog(element("log"));
const ladder = startLadder(element("ladder"));
startHomeViews(element("navigate"), element("view"));

for (const name of ["setup", "engagement", "trouble", "vendorTag"]) {
  const select = element(name) as HTMLSelectElement;
  select.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set(name, select.value);
    location.assign(address);
  });
}

element("copy-tag").addEventListener("click", (event) => {
  const button = event.currentTarget as HTMLButtonElement;
  void navigator.clipboard.writeText(element("tag").textContent).then(
    () => (button.textContent = "Copied"),
    () => (button.textContent = "Select it and copy"),
  );
});

const library = Reflect.get(window, "ConsumerAuth") as
  { readonly ready: Promise<ConsumerAuth> } | undefined;

// Asking for the client loads the library: not before the page itself is there.
addEventListener("load", () => {
  if (library) {
    library.ready.then(
      (client) => {
        observe(client, { pill: element("session-state"), log, ladder });
        enableConsumer(client, element("library-actions"), log);
      },
      (error: unknown) => log("session", "the library didn’t start", String(error)),
    );
  } else {
    element("session-state").textContent = "not there";
    log("session", "there is no ConsumerAuth on this page: is the library built?");
  }
});

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
