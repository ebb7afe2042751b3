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

/** What the prompt shows, and what its buttons do. */
export interface PromptView {
  /** `ask`: a click is wanted; `wait`: the sign-in window is open. */
  readonly step: "ask" | "wait";
  readonly problem?: ConsumerProblem | undefined;
  /** Whether the conversation can go on without a sign-in. */
  readonly guest: boolean;
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
