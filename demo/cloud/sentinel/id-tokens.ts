import { SignJWT } from "jose";
import type { SigningKey } from "../../keys.js";
import type { Agent } from "./agents.js";

const LIFETIME = 600;

export interface IdTokenOptions {
  readonly clientId: string;
  readonly nonce: string | undefined;
  readonly key: SigningKey;
  readonly now: () => number;
}

export async function makeIdToken(
  agent: Agent,
  { clientId, nonce, key, now }: IdTokenOptions,
): Promise<string> {
  const seconds = Math.floor(now() / 1000);
  return await new SignJWT({
    is_admin: agent.isAdmin,
    is_lpa: agent.isLpa,
    ...(nonce === undefined ? {} : { nonce }),
  })
    .setProtectedHeader({ alg: "RS256", kid: key.kid, typ: "JWT" })
    .setIssuer("sentinel")
    .setSubject(agent.sub)
    .setAudience(clientId)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + LIFETIME)
    .sign(key.privateKey);
}
