import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import type { Browser, Page, Protocol } from "puppeteer-core";

import { pathOf, send } from "../../../demo/http.js";
import { listen, type Listener } from "../../../demo/listening.js";
import { lacks } from "../../support/engines.js";
import { PATIENCE } from "./browser.js";
import type { FedcmIdp } from "./fedcm-idp.js";
import type { Outcome, Question } from "./fedcm-page.js";
import { peek } from "./peek.js";

/** The script of the brand's page, with the source as it is in `src`. */
export async function bundleFedcmPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./fedcm-page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    tsconfigRaw: {},
  });
  return String(outputFiles[0]?.text);
}

/** The brand's site; `/strict` forbids it to connect to anybody else. */
export async function startFedcmSite(script: string): Promise<Listener> {
  const site = await listen({ host: "localhost", port: 0 });
  site.serve((request, response) => {
    const { pathname } = pathOf(request);
    const isScript = pathname === "/page.js";
    send(response, {
      status: 200,
      headers: {
        "Content-Type": `text/${isScript ? "javascript" : "html"}; charset=utf-8`,
        ...(pathname === "/strict" && { "Content-Security-Policy": "connect-src 'self'" }),
      },
      body: isScript
        ? script
        : '<!doctype html><title>Brand</title><button>Sign in</button><script src="/page.js"></script>',
    });
  });
  return site;
}

type Dialog = Protocol.FedCm.DialogShownEvent;

/** What the browser shows of FedCM on one page, and the consumer's hand there. */
export interface FedcmDialogs {
  /** Every dialog that the browser has shown, by its type. */
  readonly dialogs: string[];
  /** Waits for a dialog of this type that no test has waited for yet. */
  dialog(type: Dialog["dialogType"]): Promise<Dialog>;
  dialogClosed(dialogId: string): Promise<void>;
  select(dialog: Dialog): Promise<void>;
  /** @param coolDown - as where the consumer closes it, and not somebody else */
  dismiss(dialog: Dialog, coolDown?: boolean): Promise<void>;
  /** Acknowledges the browser's own words about an error. */
  acknowledge(dialog: Dialog): Promise<void>;
}

/** One consumer on the brand's page. */
export interface FedcmVisit extends FedcmDialogs {
  readonly page: Page;
  signInAtIdp(idp: FedcmIdp, who?: string): Promise<void>;
  /** Asks without a gesture, as a window that calls on its own. */
  ask(question: Question): Promise<Outcome>;
  /** Asks in a click. */
  click(question: Question): Promise<void>;
  outcome(): Promise<Outcome>;
  /** Evaluates without the gesture that the driver's own evaluation brings along. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

const noDialog = (): Promise<never> => Promise.reject(new Error("This browser has no FedCM."));

/** Watches the dialogs of a page, which tests answer in the consumer's place. */
export async function watchDialogs(page: Page): Promise<FedcmDialogs> {
  if (lacks("fedcm")) {
    return {
      dialogs: [],
      dialog: noDialog,
      dialogClosed: noDialog,
      select: noDialog,
      dismiss: noDialog,
      acknowledge: noDialog,
    };
  }
  const cdp = await page.createCDPSession();
  const dialogs: string[] = [];
  const closed = new Set<string>();
  const waiting: Dialog[] = [];
  let notice: () => void = () => undefined;
  cdp.on("FedCm.dialogShown", (dialog) => {
    dialogs.push(dialog.dialogType);
    waiting.push(dialog);
    notice();
  });
  cdp.on("FedCm.dialogClosed", ({ dialogId }) => {
    closed.add(dialogId);
    notice();
  });
  // The browser says "nobody" late, by a time that it draws; a test need not wait for it.
  await cdp.send("FedCm.enable", { disableRejectionDelay: true });
  async function until(holds: () => boolean, what: string): Promise<void> {
    const timeout = AbortSignal.timeout(PATIENCE);
    while (!holds()) {
      await new Promise<void>((resolve, reject) => {
        notice = resolve;
        timeout.addEventListener("abort", () => {
          reject(new Error(`Waited in vain for ${what}; dialogs so far: ${dialogs.join()}.`));
        });
      });
    }
  }

  return {
    dialogs,
    async dialog(type) {
      const index = (): number => waiting.findIndex(({ dialogType }) => dialogType === type);
      await until(() => index() >= 0, `the dialog ${type}`);
      return waiting.splice(index(), 1)[0]!;
    },
    async dialogClosed(dialogId) {
      await until(() => closed.has(dialogId), "the end of the dialog");
    },
    async select({ dialogId }) {
      await cdp.send("FedCm.selectAccount", { dialogId, accountIndex: 0 });
    },
    async dismiss({ dialogId }, coolDown = false) {
      await cdp.send("FedCm.dismissDialog", { dialogId, triggerCooldown: coolDown });
    },
    async acknowledge({ dialogId }) {
      await cdp.send("FedCm.clickDialogButton", { dialogId, dialogButton: "ErrorGotIt" });
    },
  };
}

/**
 * In the browser's own profile: incognito ones sign in nobody silently. What the browser remembers of
 * FedCM it remembers by origins, so that new ones are met by a browser that was never there.
 */
export async function visitFedcm(browser: Browser, siteUrl: string): Promise<FedcmVisit> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const dialogs = await watchDialogs(page);
  await page.goto(siteUrl);

  const visit: FedcmVisit = {
    page,
    ...dialogs,
    async signInAtIdp({ origin }, who = "ada") {
      const back = page.url();
      await page.goto(`${origin}/login?as=${who}`);
      await page.goto(back);
    },
    ask: (question) =>
      visit.evaluate(`fedcmPage.ask(${JSON.stringify(question)})`) as Promise<Outcome>,
    async click(question) {
      await visit.evaluate(
        `((fedcmPage.outcome = undefined), (fedcmPage.question = ${JSON.stringify(question)}))`,
      );
      await page.click("button");
    },
    async outcome() {
      await page.waitForFunction("fedcmPage.outcome");
      return (await visit.evaluate("fedcmPage.outcome")) as Outcome;
    },
    evaluate: (expression) => peek(page, expression),
    async close() {
      // The provider's own window too, where the browser has opened it.
      const pages = (await browser.pages()).filter((one) => one.url() !== "about:blank");
      await Promise.all(pages.map((one) => one.close()));
    },
  };
  return visit;
}
