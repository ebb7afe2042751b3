import { SignJWT } from "jose";
import type { SigningKey } from "../../keys.js";
import type { InstalledApp } from "./apps.js";

/** The token of an application for itself, signed as each version of the service does. */
export async function makeAppToken(
  app: InstalledApp,
  key: SigningKey,
  lifetime: number,
  now: () => number,
): Promise<string> {
  const seconds = Math.floor(now() / 1000);
  return await new SignJWT({ azp: app.clientId, scope: app.scope })
    .setProtectedHeader({ alg: "RS256", kid: key.kid, typ: "JWT" })
    .setIssuer("Sentinel")
    .setAudience(app.account)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + lifetime)
    .sign(key.privateKey);
}
