/** What happened so far, for tests and for whoever looks from the console. */

export type WindowState = "idle" | "waiting" | "connected" | "refused" | "stuck" | "failed";

/** Why the window called: the first four are the consumer's doing. */
export type CallReason = "start" | "later" | "again" | "autostart" | "page-load" | "expiry";

export interface Described {
  readonly kind: string;
  readonly value: unknown;
}

export interface AnswerRecord {
  readonly args: readonly Described[];
  /** Milliseconds after the call. */
  readonly at: number;
}

export interface CallRecord {
  readonly reason: CallReason;
  readonly challenge?: string;
  /** Whether the window still had the consumer's click when it called. */
  readonly gesture: boolean;
  readonly answers: AnswerRecord[];
  /** On the page's own clock. */
  readonly started: number;
  /** Milliseconds until the first answer, or until now. */
  elapsed: number;
}

export interface AgentView {
  readonly authenticated: boolean;
  readonly issuer: string;
  /** Seconds until the cloud wants a new proof. */
  readonly expiresIn: number;
  readonly conversation: {
    readonly id: string;
    /** Who the consumer was before they signed in, where the conversation went on. */
    readonly steppedUpFrom: string | null;
  };
  readonly connector: { readonly id: string; readonly name: string };
  readonly name: string | null;
  readonly customerInfo: Readonly<Record<string, unknown>>;
  readonly personalInfo: Readonly<Record<string, unknown>>;
  readonly engagementAttributes: readonly unknown[];
}

/** Whose token the conversation was opened with. */
export interface PersonRecord {
  readonly iss: string;
  readonly sub: string;
}

export interface IdentityAnswer {
  readonly identity: unknown;
  /** Why the cloud doesn't take it. */
  readonly refused: string | null;
  /** Whether it is in good form, whoever is on the line. */
  readonly clear: boolean;
}

/** One round of asking all identity functions. */
export interface IdentityPoll {
  readonly event: "load" | "newPage";
  /** As `lpTag.newPage` was told. */
  readonly page?: { readonly url: unknown; readonly section: unknown };
  /** Judged again whenever the window learns who is there. */
  answers: readonly IdentityAnswer[];
}

export interface DemoWindow {
  calls: CallRecord[];
  authenticate: { status: number; body: unknown; connectorId: string } | null;
  agent: AgentView | null;
  /** The first identity that the page's functions answered with last and that was taken. */
  identity: unknown;
  /** Why the last answers of the identity functions were refused, if they were. */
  identityRefused: string | null;
  /** All rounds of asking, in order. */
  identities: IdentityPoll[];
  state: WindowState;
  violations: number;
}

export function createRecord(): DemoWindow {
  return {
    calls: [],
    authenticate: null,
    agent: null,
    identity: null,
    identityRefused: null,
    identities: [],
    state: "idle",
    violations: 0,
  };
}

export function publish(record: DemoWindow): void {
  Object.defineProperty(window, "demoWindow", {
    configurable: true,
    get: () => freeze(structuredClone(record)),
  });
}

/** A value that came from the page, as it can be kept. */
export function describe(value: unknown): Described {
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  try {
    return { kind, value: structuredClone(value) };
  } catch {
    return { kind, value: String(value) };
  }
}

function freeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
