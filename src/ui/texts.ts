import type { ConsumerProblem } from "../ladder/prompt.js";

/** Every text that a consumer reads, in one language. */
export interface Texts {
  /** The language of these texts, a BCP 47 tag. */
  readonly language: string;
  /** The direction in which it is written. */
  readonly direction: "ltr" | "rtl";
  readonly title: string;
  /** Why the consumer is asked; `brand` is who asks. */
  readonly ask: (brand: string) => string;
  readonly askWithGuest: (brand: string) => string;
  readonly wait: string;
  readonly signIn: string;
  readonly tryAgain: string;
  readonly continueAsGuest: string;
  readonly cancel: string;
  /** What went wrong, and what to do. */
  readonly problems: Readonly<Record<ConsumerProblem, string>>;
}
