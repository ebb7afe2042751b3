import type { Attempt, ConsumerAuthError } from "../base/errors.js";
import type { Credential } from "../sources/credential.js";
import type { Session } from "./session.js";

/** That a credential was handed over; the credential itself stays out of events. */
export interface HandOver {
  readonly kind: Credential["kind"];
  /** What the ladder tried, in order. */
  readonly attempts: readonly Attempt[];
}

/** The events of a client, by name. */
export interface ConsumerAuthEventMap {
  /** The session changed; `detail` is the new one. */
  sessionchange: CustomEvent<Session>;
  /** A credential was handed over. */
  credential: CustomEvent<HandOver>;
  /**
   * A call was answered without a credential, or with a lesser one since something failed before it;
   * or there is no storage. `detail` is the error.
   */
  error: CustomEvent<ConsumerAuthError>;
}
