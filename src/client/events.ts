import type { Attempt, ConsumerAuthError } from "../base/errors.js";
import type { Credential } from "../sources/credential.js";
import type { Session } from "./session.js";

/** The session changed. */
export class SessionChangeEvent extends Event {
  declare readonly type: "sessionchange";
  readonly session: Session;

  constructor(session: Session) {
    super("sessionchange");
    this.session = session;
  }
}

/** A credential was handed over. The event tells of it and does not carry it. */
export class CredentialEvent extends Event {
  declare readonly type: "credential";
  readonly kind: Credential["kind"];
  /** What the ladder tried, in order. */
  readonly attempts: readonly Attempt[];

  constructor(kind: Credential["kind"], attempts: readonly Attempt[]) {
    super("credential");
    this.kind = kind;
    this.attempts = attempts;
  }
}

/** A call was answered without a credential, or something else went wrong (storage, prompt). */
export class AuthErrorEvent extends Event {
  declare readonly type: "error";
  readonly error: ConsumerAuthError;

  constructor(error: ConsumerAuthError) {
    super("error");
    this.error = error;
  }
}

/** The events of a client, by name. */
export interface ConsumerAuthEventMap {
  sessionchange: SessionChangeEvent;
  credential: CredentialEvent;
  error: AuthErrorEvent;
}
