import type { Page } from "puppeteer-core";

/** What puppeteer has of WebDriver BiDi but doesn't offer. */
interface Bidi {
  readonly connection: {
    send(method: string, parameters: object): Promise<{ readonly result: unknown }>;
  };
}

/** Sends a command of WebDriver BiDi to a page of Firefox. */
async function send<Result>(page: Page, method: string, parameters: (context: string) => object) {
  const { connection } = page.browser() as unknown as Bidi;
  const { _id: context } = page.mainFrame() as unknown as { readonly _id: string };
  const { result } = await connection.send(method, parameters(context));
  return result as Result;
}

interface Evaluated {
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** Evaluates an expression for a text, without a gesture. */
export async function evaluateOverBidi(
  page: Page,
  expression: string,
): Promise<string | undefined> {
  const { result, exceptionDetails } = await send<Evaluated>(
    page,
    "script.evaluate",
    (context) => ({
      expression,
      target: { context },
      awaitPromise: true,
      resultOwnership: "none",
      userActivation: false,
    }),
  );
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result?.value;
}

/** Takes the network from a page, or gives it back. */
export const setOffline = (page: Page, offline: boolean): Promise<void> =>
  send(page, "emulation.setNetworkConditions", (context) => ({
    contexts: [context],
    networkConditions: offline ? { type: "offline" } : null,
  }));
