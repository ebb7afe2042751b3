import type { ConsumerAuthConfig } from "../config/options.js";

/** Milliseconds for a sign-in without the consumer's help. */
export const getSilentTimeout = ({ silentTimeout = 5000 }: ConsumerAuthConfig): number =>
  silentTimeout;
