export const CHROMIUM_ARGS: readonly string[];
export function findChromium(): string | undefined;
/** Like `findChromium`, but throws when there is none. */
export function chromiumPath(): string;
/** Like `chromiumPath`, but installs Chromium first where that needs no question: on Debian, as root. */
export function ensureChromium(): string;
