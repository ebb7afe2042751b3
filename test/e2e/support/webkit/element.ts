import { setTimeout as pause } from "node:timers/promises";

import type { Command } from "./driver.js";
import { callOn, objectOn, type Script } from "./evaluate.js";
import type { Inspected } from "./inspected.js";
import { firstOf } from "./selectors.js";

/** The driver, with one window before it. */
export type WithWindow = <Result>(work: (command: Command) => Promise<Result>) => Promise<Result>;

/** What an element stands on. */
export interface Place {
  readonly inspected: Inspected;
  readonly withWindow: WithWindow;
}

export interface Element {
  click(): Promise<void>;
  tap(): Promise<void>;
  focus(): Promise<void>;
  type(text: string): Promise<void>;
  boundingBox(): Promise<Box>;
  evaluate(script: Script, ...args: readonly unknown[]): Promise<unknown>;
  dispose(): Promise<void>;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The first element that the selector finds. */
export async function findElement(place: Place, selector: string): Promise<Element | null> {
  const objectId = await objectOn(place.inspected, firstOf(selector));
  return objectId === undefined ? null : elementOn(place, objectId);
}

/** The element that is known to be there. */
export async function theElement(place: Place, selector: string): Promise<Element> {
  const element = await findElement(place, selector);
  if (!element) throw new Error(`No element found for selector: ${selector}`);
  return element;
}

function elementOn({ inspected, withWindow }: Place, objectId: string): Element {
  const evaluate = (script: Script, ...args: readonly unknown[]) =>
    callOn(inspected, objectId, script, args);
  const boundingBox = async (): Promise<Box> => (await evaluate(BOX)) as Box;
  const point = async (pointerType: "mouse" | "touch"): Promise<void> => {
    await evaluate(SCROLL_THERE);
    const { x, y, width, height } = await atRest(boundingBox);
    if (width === 0 || height === 0) {
      throw new Error("Node is either not clickable or not an Element");
    }
    const [left, top] = [Math.floor(x + width / 2), Math.floor(y + height / 2)];
    await pressAt(withWindow, left, top, pointerType);
  };
  const focus = async (): Promise<void> => {
    await evaluate("(element) => element.focus()");
  };
  return {
    click: () => point("mouse"),
    tap: () => point("touch"),
    focus,
    async type(text) {
      await focus();
      await typeKeys(withWindow, Array.from(text));
    },
    boundingBox,
    evaluate,
    dispose: () => Promise.resolve(),
  };
}

/** Where it stays: what moves isn't hit. */
async function atRest(look: () => Promise<Box>): Promise<Box> {
  for (let before = await look(); ;) {
    await pause(STILL);
    const now = await look();
    if (now.x === before.x && now.y === before.y) return now;
    before = now;
  }
}

/** Milliseconds: longer than a frame. */
const STILL = 34;

const BOX = `(element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
}`;

const SCROLL_THERE = `(element) => {
  const { top, left, bottom, right } = element.getBoundingClientRect();
  if (top < 0 || left < 0 || bottom > innerHeight || right > innerWidth) {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  }
}`;

/** Presses at a place of the viewport. */
export async function pressAt(
  withWindow: WithWindow,
  x: number,
  y: number,
  pointerType: "mouse" | "touch" = "mouse",
): Promise<void> {
  const actions = [
    { type: "pointerMove", duration: 0, x, y, origin: "viewport" },
    { type: "pointerDown", button: 0 },
    { type: "pointerUp", button: 0 },
  ];
  await withWindow((command) =>
    command("POST", "/actions", {
      actions: [{ type: "pointer", id: pointerType, parameters: { pointerType }, actions }],
    }),
  );
}

/** Presses one key after the other. */
export async function typeKeys(withWindow: WithWindow, keys: readonly string[]): Promise<void> {
  const actions = keys.flatMap((value) => [
    { type: "keyDown", value },
    { type: "keyUp", value },
  ]);
  await withWindow((command) =>
    command("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] }),
  );
}
