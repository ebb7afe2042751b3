/** What happened so far, for tests and for whoever looks from the console. */

export type WindowState = "idle" | "waiting" | "connected" | "refused" | "stuck" | "failed";

export interface AnswerRecord {
  readonly args: readonly { readonly kind: string; readonly value: unknown }[];
  /** Milliseconds after the call. */
  readonly at: number;
}

export interface CallRecord {
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
  readonly connector: { readonly id: string; readonly name: string };
  readonly name: string | null;
  readonly customerInfo: Readonly<Record<string, unknown>>;
  readonly personalInfo: Readonly<Record<string, unknown>>;
  readonly engagementAttributes: readonly unknown[];
}

export interface DemoWindow {
  calls: CallRecord[];
  authenticate: { status: number; body: unknown; connectorId: string } | null;
  agent: AgentView | null;
  /** What the page's identity function said last, as the vendor's tag asks it. */
  identity: unknown;
  state: WindowState;
  violations: number;
}

export function createRecord(): DemoWindow {
  return {
    calls: [],
    authenticate: null,
    agent: null,
    identity: null,
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

function freeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
