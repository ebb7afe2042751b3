import type { ConsumerAuthError } from "../base/errors.js";
import type { InteractiveOptions } from "../ladder/interactive.js";
import type { RungGroup } from "../ladder/ladder.js";
import type { AnonymousSource } from "../sources/anonymous.js";
import type { AuthorizationSource, SourceContext } from "../sources/authorization.js";
import type { IdTokenCredential } from "../sources/credential.js";
import type { FedcmSource } from "../sources/fedcm.js";
import type { RefreshSource } from "../sources/refresh.js";
import type { Keeper } from "./keeper.js";
import type { SessionKeeper } from "./session.js";

/** What the tabs of a client share: one turn, and what each has got. Nothing of it is stored. */
export interface Sharing {
  /** Runs work when no other tab does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Asks the other tabs for a valid ID token.
   *
   * @param fresher - only one that lives longer than this page's will do
   */
  ask(fresher: boolean): Promise<IdTokenCredential | undefined>;
  /** Looks whether somebody signed out in a tab that could not be heard. */
  readonly check: () => void;
  /** Stops listening to the other tabs, until the next question or news. */
  close(): void;
}

/** The parts of a client, loaded when they are first used; what fails to load is tried again. */
export interface Loaders {
  readonly authorization: () => Promise<AuthorizationSource>;
  readonly anonymous: () => Promise<AnonymousSource>;
  /** The rungs that need no person; missing where there are none. */
  readonly quiet: (() => Promise<RungGroup>) | undefined;
  readonly fedcm: () => Promise<FedcmSource>;
  /** The rung where the browser itself asks; missing where it can't. */
  readonly dialog: (() => Promise<RungGroup>) | undefined;
  readonly refresh: () => Promise<RefreshSource>;
  readonly sharing: () => Promise<Sharing>;
}

/** What the parts work with. */
export interface Parts extends SourceContext {
  readonly keeper: Keeper;
  readonly report: (error: ConsumerAuthError) => void;
  readonly session: SessionKeeper;
  /** Is told that the app around the page has handed in a credential, or that the consumer signed out there. */
  readonly notice: (notice: "credential" | "signedOut") => void;
  /** Is told that the consumer signed out in another tab. */
  readonly signedOut: () => void;
}

/** What the rungs are made of. */
export type RungParts = Pick<InteractiveOptions, "mayOpen" | "onBegin" | "onEnd" | "prompt"> &
  Parts & { readonly loaders: Loaders };
