import type { MethodPlace } from "./page-method.js";
import type { AgentView } from "./record.js";

const UNAUTHENTICATED_METHOD = "lpTag.taglets.unAuthMessaging.lpUnauthFunction";

export interface Settings {
  readonly cloud: string;
  readonly accountId: string;
  readonly connectorId: string;
}

export interface WindowConnector extends MethodPlace {
  readonly id: string;
  readonly codeFlow: boolean;
  readonly pkce: boolean;
}

export interface Connectors {
  readonly named: WindowConnector;
  readonly anonymous: { readonly id: string; readonly issuer: string } | null;
}

export interface Challenge {
  readonly handle: string;
  readonly codeChallenge: string;
}

export async function loadConnectors(settings: Settings): Promise<Connectors> {
  const path = "configuration/le-connectors/all-connectors";
  const response = await fetch(addressOf(settings, `${path}?from=window`));
  if (!response.ok) throw new Error(`the connectors can't be read (${response.status})`);
  const all = readConnectors(await response.json());

  const named = all.find(({ id }) => id === settings.connectorId);
  if (!named) throw new Error(`there is no connector ${settings.connectorId}`);
  const anonymous = all.find(
    ({ configuration }) => configuration["jsMethodName"] === UNAUTHENTICATED_METHOD,
  );
  return {
    named: {
      id: named.id,
      codeFlow: text(named.configuration["tokenEndpoint"]) !== null,
      pkce: named.configuration["pkceEnabled"] === true,
      jsContext: text(named.configuration["jsContext"]) ?? "window",
      jsMethodName: text(named.configuration["jsMethodName"]) ?? "lpGetAuthenticationToken",
    },
    anonymous: anonymous
      ? { id: anonymous.id, issuer: String(anonymous.configuration["issuer"]) }
      : null,
  };
}

interface PublicConnector {
  readonly id: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

function readConnectors(list: unknown): PublicConnector[] {
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one) => {
    const { id, configuration } = (one ?? {}) as Record<string, unknown>;
    const known = typeof id === "string" || typeof id === "number";
    if (!known || typeof configuration !== "object" || configuration === null) return [];
    return [{ id: String(id), configuration: configuration as Record<string, unknown> }];
  });
}

/** Tells the cloud that the page was looked at, and that its identity functions were asked. */
export function reportPageView(settings: Settings, event: "load" | "newPage"): void {
  const options = { method: "POST", mode: "no-cors", keepalive: true } as const;
  fetch(addressOf(settings, `page-view?event=${event}`), options).catch(() => undefined);
}

export async function makeChallenge(settings: Settings): Promise<Challenge> {
  const path = `app/${settings.connectorId}/pkce`;
  const response = await fetch(addressOf(settings, path), { method: "POST" });
  if (!response.ok) throw new Error(`the cloud made no challenge (${response.status})`);
  return (await response.json()) as Challenge;
}

export interface AuthenticateAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly connectorId: string;
}

export async function authenticate(
  settings: Settings,
  connectorId: string,
  body: Record<string, string>,
): Promise<AuthenticateAnswer> {
  const response = await fetch(addressOf(settings, `app/${connectorId}/authenticate?v=3.0`), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: parsed(await response.text()), connectorId };
}

export async function loadAgentView(settings: Settings, token: string): Promise<AgentView> {
  const response = await fetch(addressOf(settings, "agent-view"), {
    headers: { Authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`the agent's view can't be read (${response.status})`);
  return (await response.json()) as AgentView;
}

function addressOf({ cloud, accountId }: Settings, path: string): string {
  return `${cloud}/api/account/${accountId}/${path}`;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
