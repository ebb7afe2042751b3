import type { ResolvedConfig } from "../config/options.js";

/** Whether there is a sign-in, and the engagement knows signed-in consumers. */
export const mayAsk = ({ engagement, clientId }: ResolvedConfig): boolean =>
  engagement !== "unauthenticated" && clientId !== undefined;

/** Whether an anonymous token may be handed over, as the engagement is declared. */
export const mayBeAnonymous = ({ engagement, anonymous }: ResolvedConfig): boolean =>
  engagement !== "authenticated" && anonymous;

/** Whether this browser can ask the identity provider itself. */
export const hasFedcm = ({ fedcmConfigUrl }: ResolvedConfig): boolean =>
  fedcmConfigUrl !== undefined && "IdentityCredential" in globalThis;
