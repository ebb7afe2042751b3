import { randomUUID } from "node:crypto";
import { jwtVerify, SignJWT, type JWTPayload } from "jose";
import type { SigningKey } from "../keys.js";
import type { Account } from "./accounts.js";
import type { Connector } from "./connectors.js";
import { createConversations, type Consumer, type Conversation } from "./conversations.js";
import { uncodedRefusal } from "./errors.js";

const KEPT = 1000;

interface Session {
  readonly connector: Connector;
  readonly claims: JWTPayload;
  readonly consumer: Consumer;
  readonly conversation: Conversation;
}

/** The cloud's own sessions, and what an agent is shown of each. */
export interface Sessions {
  /**
   * @param messagingWindow - tells windows apart, where the window says which one it is
   */
  open(
    account: Account,
    connector: Connector,
    claims: JWTPayload,
    messagingWindow: string | null,
  ): Promise<string>;
  view(accountId: string, token: string): Promise<AgentView>;
}

export interface AgentView {
  readonly authenticated: boolean;
  /** Of the token that says who this is. */
  readonly issuer: string;
  /** Seconds until the cloud wants a new proof. */
  readonly expiresIn: number;
  readonly conversation: Conversation;
  readonly connector: { readonly id: string; readonly name: string };
  readonly name: string | null;
  readonly customerInfo: Readonly<Record<string, unknown>>;
  readonly personalInfo: Readonly<Record<string, unknown>>;
  readonly engagementAttributes: readonly unknown[];
}

export function createSessions(issuer: string, key: SigningKey, now: () => number): Sessions {
  const kept = new Map<string, Session>();
  const byWindow = new Map<string, Session>();
  const conversations = createConversations();

  return {
    open: async (account, connector, claims, messagingWindow) => {
      const id = randomUUID();
      const place = messagingWindow === null ? null : `${account.id} ${messagingWindow}`;
      const before = place === null ? undefined : byWindow.get(place);
      const consumer = consumerOf(account, connector, claims);
      const conversation = conversations.enter(account, consumer, before);
      const session = { connector, claims, consumer, conversation };
      kept.set(id, session);
      if (place !== null) byWindow.set(place, session);
      const oldest = kept.keys().next();
      if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value);
      const iat = Math.floor(now() / 1000);
      return await new SignJWT()
        .setProtectedHeader({ alg: "RS256", kid: key.kid })
        .setIssuer(issuer)
        .setSubject(String(claims.sub))
        .setAudience(`acc:${account.id}`)
        .setIssuedAt(iat)
        .setExpirationTime(Number(claims.exp))
        .setJti(id)
        .sign(key.privateKey);
    },
    view: async (accountId, token) => {
      const session = kept.get(await sessionIdOf(token, accountId));
      if (!session) throw uncodedRefusal(401, "no such session");
      return viewOf(session, now());
    },
  };

  async function sessionIdOf(token: string, accountId: string): Promise<string> {
    try {
      const { payload } = await jwtVerify(token, key.publicKey, {
        algorithms: ["RS256"],
        issuer,
        audience: `acc:${accountId}`,
        currentDate: new Date(now()),
      });
      return payload.jti ?? "";
    } catch {
      throw uncodedRefusal(401, "not a session token");
    }
  }
}

function consumerOf(account: Account, { kind }: Connector, { iss, sub }: JWTPayload): Consumer {
  const key = JSON.stringify([account.id, iss, sub]);
  return { key, customerId: String(sub), authenticated: kind !== "anonymous" };
}

function viewOf({ connector, claims, consumer, conversation }: Session, now: number): AgentView {
  const { authenticated } = consumer;
  const names = [claims["given_name"], claims["family_name"]].filter(
    (part) => typeof part === "string",
  );
  const attributes = claims["lp_sdes"];
  return {
    authenticated,
    issuer: String(claims.iss),
    expiresIn: Math.max(0, Number(claims.exp) - Math.floor(now / 1000)),
    conversation,
    connector: { id: connector.id, name: connector.name },
    name: names.length > 0 ? names.join(" ") : null,
    customerInfo: present({
      customerId: claims.sub,
      userName: claims["preferred_username"],
      imei: claims["phone_number"],
    }),
    personalInfo: present({
      firstName: claims["given_name"],
      lastName: claims["family_name"],
      contactEmail: claims["email"],
      gender: claims["gender"],
    }),
    engagementAttributes: Array.isArray(attributes) ? attributes : [],
  };
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
