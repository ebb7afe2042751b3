import type { ConsumerAuthError } from "../base/errors.js";
import type { InteractiveOptions } from "../ladder/interactive.js";
import type { Purpose, Rung, RungGroup, Step } from "../ladder/ladder.js";
import type { AnonymousSource } from "../sources/anonymous.js";
import type { AuthorizationSource, SourceContext } from "../sources/authorization.js";
import type { IdTokenCredential } from "../sources/credential.js";
import type { FedcmSource } from "../sources/fedcm.js";
import type { RefreshSource } from "../sources/refresh.js";
import type { ConsumerAuth, SignOutOptions } from "./consumer-auth.js";
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
  /** Is told that the consumer signed out in another tab. */
  readonly signedOut: () => void;
  /** Is told that the app around the page has handed in a credential, or that the consumer signed out there. */
  readonly notice: (notice: "credential" | "signedOut") => void;
  /** Is told that the identity provider refuses browsers inside of apps, and this one with them. */
  readonly refused: () => Promise<void>;
}

/** What a life takes from its client. */
export interface Origin extends SourceContext {
  readonly session: SessionKeeper;
  readonly report: (error: ConsumerAuthError) => void;
  /** Ends whatever flies: the consumer signed out. */
  readonly signedOut: () => void;
  /** The rung where a person acts, where there is a sign-in. */
  readonly interactive: readonly Rung[];
  /** Begins a flight of that purpose, without a person, and settles when it has landed. */
  readonly fly: (purpose: "quiet" | "renew") => Promise<void>;
}

/**
 * What outlives a call: who was here, what is held of them, what the other tabs know. Loaded before
 * the first call that can be answered without a person, else when nothing else is to be done.
 */
export interface Life {
  readonly keeper: Keeper;
  readonly loaders: Loaders;
  /** Whether the page itself goes to the identity provider. */
  readonly redirects: InteractiveOptions["redirects"];
  /** The rungs of a purpose, in the order in which they are tried. */
  readonly getRungs: (purpose: Purpose) => readonly Step[];
  /** Sends the page itself to the identity provider; it rejects, or the page is gone. */
  readonly redirect: InteractiveOptions["redirect"];
  signOut(options: SignOutOptions): Promise<void>;
  /** Keeps up with the consumer between calls. @returns ends it */
  accompany(auth: ConsumerAuth): Promise<() => void>;
}
