import type { Inspected } from "./inspected.js";

/** What puppeteer's `evaluate` takes: a script, or a function for the page. */
export type Script = string | ((...args: never[]) => unknown);

interface RemoteObject {
  readonly type: string;
  readonly className?: string;
  readonly value?: unknown;
  readonly description?: string;
  readonly objectId?: string;
}

interface Evaluated {
  readonly result: RemoteObject;
  readonly wasThrown?: boolean;
}

/** The script as an expression. */
export const scriptOf = (script: Script, args: readonly unknown[] = []): string =>
  typeof script === "string"
    ? script
    : `(${String(script)})(${args.map((arg) => (arg === undefined ? "undefined" : JSON.stringify(arg))).join(",")})`;

/**
 * Evaluates on a page, and waits for what comes of it.
 *
 * @param gesture - whether it counts as the consumer's
 * @returns the value, as JSON has it
 */
export async function evaluateOn(
  page: Inspected,
  script: string,
  gesture: boolean,
): Promise<unknown> {
  const found = await settled(page, script, gesture);
  return found.objectId ? valueOf(page, found.objectId) : found.value;
}

/** Evaluates to an object of the page, by its id; `undefined` where it is none. */
export const objectOn = async (page: Inspected, script: string): Promise<string | undefined> =>
  (await settled(page, script, false)).objectId;

/** Calls a function with the object as its first argument. */
export async function callOn(
  page: Inspected,
  objectId: string,
  script: Script,
  args: readonly unknown[] = [],
): Promise<unknown> {
  const outcome = await page.send<Evaluated>("Runtime.callFunctionOn", {
    objectId,
    functionDeclaration: `function (...args) { return (${String(script)})(this, ...args); }`,
    arguments: args.map((value) => ({ value })),
    returnByValue: true,
    emulateUserGesture: true,
  });
  return checked(outcome).value;
}

async function settled(page: Inspected, expression: string, gesture: boolean) {
  const evaluated = await page.send<Evaluated>("Runtime.evaluate", {
    expression,
    emulateUserGesture: gesture,
  });
  const { className, objectId } = checked(evaluated);
  if (className !== "Promise") return evaluated.result;
  return checked(await page.send<Evaluated>("Runtime.awaitPromise", { promiseObjectId: objectId }));
}

const valueOf = async (page: Inspected, objectId: string): Promise<unknown> =>
  checked(
    await page.send<Evaluated>("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: "function () { return this; }",
      returnByValue: true,
    }),
  ).value;

function checked({ result, wasThrown }: Evaluated): RemoteObject {
  if (wasThrown) throw new Error(result.description ?? String(result.value));
  return result;
}
