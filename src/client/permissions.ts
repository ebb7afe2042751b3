import { hasOwnSource, type ResolvedConfig } from "../config/options.js";

/** Whether there is a sign-in, and the engagement knows signed-in consumers. */
export const mayAsk = ({ engagement, clientId, redirectUri }: ResolvedConfig): boolean =>
  engagement !== "unauthenticated" && (clientId && redirectUri) !== undefined;

/** Whether an anonymous token may be handed over, as the engagement is declared. */
export const mayBeAnonymous = ({ engagement, anonymous }: ResolvedConfig): boolean =>
  engagement !== "authenticated" && anonymous;

/** Whether this browser can ask the identity provider itself. */
export const hasFedcm = ({ fedcmConfigUrl }: ResolvedConfig): boolean =>
  fedcmConfigUrl !== undefined && "IdentityCredential" in globalThis;

/** Whether a call may be answered without a person. */
export const hasQuiet = (config: ResolvedConfig): boolean =>
  config.silent || config.exchange === "widget" || hasOwnSource(config);

/** Whether the window gets a code, and the page learns nothing of whose it is. */
export const isPlainCode = ({ flow, exchange, responseType }: ResolvedConfig): boolean =>
  flow === "code" && exchange === "window" && responseType !== "code id_token";
