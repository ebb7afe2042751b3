// The widget's own types of a provider, until its main entry exports them; then this file goes.
export {};

declare module "consumer-auth-widget" {
  /** What the widget asks of the page's `provider`. */
  export interface ProviderRequest {
    /** The window's S256 challenge, for an authorization code that is bound to it. */
    readonly codeChallenge?: string;
    /** Whether a person may be asked: a popup may open. */
    readonly interactive: boolean;
    /** What was given before will not do any more: give a fresh one. */
    readonly renew: boolean;
    /** Aborted when nobody waits for the answer any more. */
    readonly signal: AbortSignal;
  }

  /** What a provider answers; nothing means that nobody is signed in. */
  export type ProviderAnswer =
    string | { id_token: string } | { code: string; redirect_uri: string } | null | undefined;
}
