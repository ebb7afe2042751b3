import { json, type Reply } from "../../http.js";
import type { Route } from "../routes.js";
import type { InstalledApp } from "./apps.js";
import { assertGrantType, assertVersion, authenticateApp } from "./client-authentication.js";
import { readForm } from "./form.js";
import type { Tokens } from "./grants.js";
import { makeIdToken } from "./id-tokens.js";
import { oauthRefusal } from "./refusals.js";
import type { SentinelRequestKind, SentinelWorld } from "./world.js";

type Form = ReadonlyMap<string, string>;

/** Tokens for users of applications, their end, and the keys that sign them. */
export function tokenRoutes(world: SentinelWorld): readonly Route<SentinelRequestKind>[] {
  const { grants, signedIn, counters, key, now, accessLifetime } = world;

  const redeem = async (app: InstalledApp, form: Form): Promise<Reply> => {
    counters.token += 1;
    assertGrantType(app, "authorization_code");
    const redeemed = grants.redeem(app, {
      code: required(form, "code"),
      redirectUri: form.get("redirect_uri"),
      verifier: form.get("code_verifier"),
    });
    if (typeof redeemed === "string") throw oauthRefusal("invalid_grant", redeemed);
    const { agent, nonce } = redeemed;
    const idToken = await makeIdToken(agent, { clientId: app.clientId, nonce, key: key(), now });
    return answer(redeemed, { id_token: idToken });
  };

  const refresh = (app: InstalledApp, form: Form): Reply => {
    counters.refresh += 1;
    assertGrantType(app, "refresh_token");
    const tokens = grants.refresh(app, required(form, "refresh_token"));
    if (typeof tokens === "string") throw oauthRefusal("invalid_grant", tokens);
    return answer(tokens);
  };

  const answer = ({ accessToken, refreshToken }: Tokens, more: Record<string, string> = {}) =>
    json(200, {
      access_token: accessToken,
      token_type: "Bearer",
      refresh_token: refreshToken,
      expires_in: accessLifetime(),
      ...more,
    });

  return [
    [
      "POST",
      "token",
      /^\/sentinel\/api\/account\/([^/]+)\/token$/,
      async (call) => {
        assertVersion(call);
        const form = await readForm(call.request);
        const app = authenticateApp(call, form, world);
        if (form.get("grant_type") === "authorization_code") return await redeem(app, form);
        if (form.get("grant_type") === "refresh_token") return refresh(app, form);
        throw oauthRefusal("unsupported_grant_type", "only authorization_code and refresh_token");
      },
    ],
    [
      "POST",
      "revoke",
      /^\/sentinel\/api\/account\/([^/]+)\/token\/revoke$/,
      async (call) => {
        counters.revoke += 1;
        assertVersion(call);
        const form = await readForm(call.request);
        const app = authenticateApp(call, form, world);
        const agent = grants.revoke(app, required(form, "token"));
        for (const [session, one] of signedIn) if (one === agent) signedIn.delete(session);
        // RFC 7009 section 2.2: a token that nobody knows is as good as revoked.
        return { status: 200 };
      },
    ],
    [
      "GET",
      "jwks",
      /^\/sentinel\/well-known\/jwks$/,
      () => {
        counters.jwks += 1;
        const { kty, n, e, kid, alg, use } = key().privateJwk;
        return json(200, { keys: [{ kty, n, e, kid, alg, use }] });
      },
    ],
  ];
}

function required(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw oauthRefusal("invalid_request", `${name} is missing`);
  return value;
}
