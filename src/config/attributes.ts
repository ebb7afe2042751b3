import type { ConsumerAuthConfig } from "./options.js";

/** `clientId` → `client-id`: an option as an attribute, or behind `data-` on the script tag. */
export const toAttribute = (option: string): string =>
  option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The `data-*` attributes of a script tag as a configuration; checked later, all at once. */
export const fromDataset = (element: HTMLElement | SVGElement | null): ConsumerAuthConfig =>
  Object.assign({ __proto__: null } as ConsumerAuthConfig, element?.dataset);
