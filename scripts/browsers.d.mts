export const CHROMIUM_ARGS: readonly string[];
export const FIREFOX_SETTINGS: Readonly<Record<string, boolean>>;
/** Where an engine's programs are, by name; throws when one is missing. */
export function programsOf(engine: "chromium"): { readonly chromium: string };
export function programsOf(engine: "firefox"): { readonly firefox: string };
export function programsOf(
  engine: "webkit",
): Readonly<Record<"driver" | "browser" | "display", string>>;
export function chromiumPath(): string;
