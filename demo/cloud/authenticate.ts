import type { JWTPayload } from "jose";
import type { Account } from "./accounts.js";
import { readAnonymousToken, type AnonymousIssuer } from "./anonymous.js";
import type { Challenges } from "./challenges.js";
import type { Connector } from "./connectors.js";
import { refusal, uncodedRefusal } from "./errors.js";
import { exchangeCode } from "./exchange.js";
import { verifyIdToken } from "./id-tokens.js";

export interface AuthenticateWorld {
  readonly anonymous: AnonymousIssuer;
  readonly challenges: Challenges;
  readonly now: () => number;
}

/** What the window posts. The handle is the cloud's own, from when it made the challenge. */
export type AuthenticateBody = Readonly<
  Partial<Record<"id_token" | "code" | "redirect_uri" | "handle", unknown>>
>;

/** Finds out who the consumer is, or throws the cloud's refusal. */
export async function authenticate(
  account: Account,
  connector: Connector,
  body: AuthenticateBody,
  { anonymous, challenges, now }: AuthenticateWorld,
): Promise<JWTPayload> {
  const idToken = text(body.id_token);
  const code = text(body.code);
  if (!idToken && !code) throw uncodedRefusal(400, "neither id_token nor code");

  if (connector.kind === "anonymous") {
    if (!idToken) throw refusal("9015");
    return await readAnonymousToken(idToken, account, anonymous, "live");
  }
  if (connector.kind === "implicit") {
    if (!idToken) throw refusal("9015");
    return await verifyIdToken(idToken, connector, now);
  }

  if (!code) throw refusal("9015");
  const verifier = connector.pkce ? challenges.take(connector.id, text(body.handle) ?? "") : null;
  if (connector.pkce && !verifier) throw refusal("1057");
  const redirectUri = text(body.redirect_uri);
  return await verifyIdToken(
    await exchangeCode(connector, { code, redirectUri, verifier }),
    connector,
    now,
  );
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
