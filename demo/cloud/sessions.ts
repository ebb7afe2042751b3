import { randomUUID } from "node:crypto";
import { jwtVerify, SignJWT, type JWTPayload } from "jose";
import type { SigningKey } from "../keys.js";
import type { Connector } from "./connectors.js";
import { uncodedRefusal } from "./errors.js";

const LIFETIME = 3600;
const KEPT = 1000;

interface Session {
  readonly connector: Connector;
  readonly claims: JWTPayload;
}

/** The cloud's own sessions, and what an agent is shown of each. */
export interface Sessions {
  open(accountId: string, connector: Connector, claims: JWTPayload): Promise<string>;
  view(accountId: string, token: string): Promise<AgentView>;
}

export interface AgentView {
  readonly authenticated: boolean;
  readonly connector: { readonly id: string; readonly name: string };
  readonly name: string | null;
  readonly customerInfo: Readonly<Record<string, unknown>>;
  readonly personalInfo: Readonly<Record<string, unknown>>;
  readonly engagementAttributes: readonly unknown[];
}

export function createSessions(issuer: string, key: SigningKey, now: () => number): Sessions {
  const kept = new Map<string, Session>();

  return {
    open: async (accountId, connector, claims) => {
      const id = randomUUID();
      kept.set(id, { connector, claims });
      const oldest = kept.keys().next();
      if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value);
      const iat = Math.floor(now() / 1000);
      return await new SignJWT()
        .setProtectedHeader({ alg: "RS256", kid: key.kid })
        .setIssuer(issuer)
        .setSubject(String(claims.sub))
        .setAudience(`acc:${accountId}`)
        .setIssuedAt(iat)
        .setExpirationTime(iat + LIFETIME)
        .setJti(id)
        .sign(key.privateKey);
    },
    view: async (accountId, token) => {
      const session = kept.get(await sessionIdOf(token, accountId));
      if (!session) throw uncodedRefusal(401, "no such session");
      return viewOf(session);
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

function viewOf({ connector, claims }: Session): AgentView {
  const authenticated = connector.kind !== "anonymous";
  const names = [claims["given_name"], claims["family_name"]].filter(
    (part) => typeof part === "string",
  );
  const attributes = claims["lp_sdes"];
  return {
    authenticated,
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
