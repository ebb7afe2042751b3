import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { json } from "../../http.js";
import type { SigningKey } from "../../keys.js";
import type { Call, Route } from "../routes.js";
import { assertGrantType, assertVersion, authenticateApp } from "./client-authentication.js";
import { readForm } from "./form.js";
import { oauthRefusal } from "./refusals.js";
import type { SentinelRequestKind, SentinelWorld } from "./world.js";

/** Seconds. */
const LIFETIME = 3600;

/** Tokens of applications for themselves, in both versions of the service. */
export function appTokenRoutes(world: SentinelWorld): readonly Route<SentinelRequestKind>[] {
  const { counters, key, staticKey, now } = world;

  const issue = async (call: Call, signingKey: SigningKey) => {
    counters.appToken += 1;
    const form = await readForm(call.request);
    const grantType = form.get("grant_type") ?? call.query.get("grant_type");
    if (grantType !== "client_credentials") {
      throw oauthRefusal("unsupported_grant_type", "only client_credentials");
    }
    const app = authenticateApp(call, form, world);
    assertGrantType(app, "client_credentials");
    const seconds = Math.floor(now() / 1000);
    const token = await new SignJWT({ azp: app.clientId, scope: app.scope })
      .setProtectedHeader({ alg: "RS256", kid: signingKey.kid, typ: "JWT" })
      // With a capital here: ID tokens have "sentinel".
      .setIssuer("Sentinel")
      .setAudience(app.account)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + LIFETIME)
      .setJti(randomUUID())
      .sign(signingKey.privateKey);
    return { access_token: token, token_type: "Bearer" };
  };

  return [
    [
      "POST",
      "appToken",
      /^\/sentinel\/api\/account\/([^/]+)\/app\/token$/,
      async (call) => {
        assertVersion(call);
        return json(200, await issue(call, staticKey));
      },
    ],
    [
      "POST",
      "appToken",
      /^\/sentinel\/api\/v2\/account\/([^/]+)\/app\/token$/,
      async (call) => json(200, { ...(await issue(call, key())), expires_in: LIFETIME }),
    ],
  ];
}
