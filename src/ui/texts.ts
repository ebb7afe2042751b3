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
  /** Inside of an app, whose browser the identity provider refuses, or may refuse. */
  readonly browser: {
    /** Nobody can sign in here. */
    readonly refused: string;
    /** Somebody has tried, and come back. */
    readonly doubtful: string;
    /** The link to the phone's own browser. */
    readonly open: string;
    /** The button that copies the page's address. */
    readonly copy: string;
    /** What to do with it; stands beside a link that may not work, and where there is none. */
    readonly paste: string;
    readonly copied: string;
    /** The address is shown instead, in a field of this name. */
    readonly notCopied: string;
  };
  /** What went wrong, and what to do. */
  readonly problems: Readonly<Record<ConsumerProblem, string>>;
}
