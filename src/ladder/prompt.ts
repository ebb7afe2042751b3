import type { ErrorCode } from "../base/errors.js";

/** The problems that the consumer can do something about, and is therefore told. */
export type ConsumerProblem = Extract<
  ErrorCode,
  | "access_denied"
  | "authorization_failed"
  | "popup_blocked"
  | "popup_closed"
  | "request_failed"
  | "request_timeout"
>;

/** Whether a sign-in that ended so is worth another try. */
export const isWorthARetry = (code: unknown): code is ConsumerProblem =>
  /^(access|authorization|request)_/.test(String(code));

/**
 * Whether the page itself goes to the identity provider, in place of a popup. Inside of an app:
 * `doubtful` where the consumer has come back without an answer, so that the provider may refuse this
 * browser; `refused` where it does, so that nobody can sign in here.
 */
export type Redirects = boolean | "doubtful" | "refused";

/** What the prompt shows, and what its buttons do. */
export interface PromptView {
  /** `ask`: a click is wanted; `wait`: the sign-in window is open. */
  readonly step: "ask" | "wait";
  readonly problem?: ConsumerProblem | undefined;
  /** Whether the conversation can go on without a sign-in. */
  readonly guest: boolean;
  /** How the sign-in goes on; missing where that is the same to the prompt. */
  readonly redirects?: Redirects | undefined;
  /** Must be called within the consumer's click, synchronously: it opens the popup. */
  readonly signIn: () => void;
  /** Declines: with `guest` the conversation goes on anonymously. */
  readonly cancel: () => void;
}

/** Something that can ask a person: the element, or what a page builds itself. */
export interface Prompt {
  /** Shows a view, in place of the one before. */
  show(view: PromptView): void;
  hide(): void;
}

/** The ladder's way to whatever prompt there is. */
export interface PromptPort {
  /** @param failed - is told when there is no prompt to be had */
  show(view: PromptView, failed: (error: unknown) => void): void;
  hide(): void;
}
