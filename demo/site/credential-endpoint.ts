import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { json, page, pathOf, readBody, type Reply } from "../http.js";
import { CLIENTS, RETURN_PAGE } from "../idp/clients.js";
import { makeIdToken, type SignedIn } from "../idp/id-token.js";
import { loginPage } from "../idp/pages.js";
import type { SigningKey } from "../keys.js";
import type { EndpointTrouble } from "../scenarios.js";
import type { SiteAccounts } from "./accounts.js";

const CODE_LIFETIME_MS = 60_000;

export interface CredentialEndpointOptions {
  readonly siteOrigin: string;
  /** The `iss` of the site's own tokens: the brand is one, whoever signs for it. */
  readonly issuer: string;
  readonly accounts: SiteAccounts;
  readonly signingKey: () => SigningKey;
  /** Seconds. */
  readonly idTokenLifetime: () => number;
  /** Of the cloud, at the site's token endpoint. */
  readonly clientSecret: string;
  readonly slowMs: number;
}

/** The site vouches for whoever is signed in there, without its identity provider. */
export interface CredentialEndpoint {
  /** Answers the page; `undefined` where the connection is to break off. */
  credential(request: IncomingMessage): Promise<Reply | undefined>;
  /** Answers the cloud, which brings a code. */
  token(request: IncomingMessage): Promise<Reply>;
}

interface Code {
  readonly signedIn: SignedIn;
  readonly challenge: string | null;
  readonly until: number;
}

export function createCredentialEndpoint(options: CredentialEndpointOptions): CredentialEndpoint {
  const codes = new Map<string, Code>();
  const redirectUri = `${options.siteOrigin}${RETURN_PAGE}`;

  return {
    credential: async (request) => {
      const { searchParams } = pathOf(request);
      const form = new URLSearchParams(await readBody(request));
      const made = await makeTrouble(searchParams.get("trouble"), options.slowMs);
      if (made === "cut") return undefined;
      if (made) return made;

      const signedIn = options.accounts.consumerOf(request);
      if (!signedIn) return nobody(searchParams.get("nobody"));
      const challenge = form.get("code_challenge") ?? searchParams.get("code_challenge");
      if (challenge === null && searchParams.get("mode") !== "code") {
        const nonce = form.get("nonce") ?? undefined;
        return json(200, { id_token: await mint(signedIn, CLIENTS.implicit, options, nonce) });
      }
      if (challenge !== null && !isS256(challenge, form, searchParams)) {
        return json(400, { error: "invalid_request" });
      }
      const code = randomBytes(24).toString("base64url");
      codes.set(code, { signedIn, challenge, until: Date.now() + CODE_LIFETIME_MS });
      return json(200, { code, redirect_uri: redirectUri });
    },
    token: async (request) => {
      const form = new URLSearchParams(await readBody(request));
      if (!isTheCloud(request, options.clientSecret)) {
        return json(401, { error: "unauthorized_client" });
      }
      if (form.get("grant_type") !== "authorization_code") {
        return json(400, { error: "unsupported_grant_type" });
      }
      const value = form.get("code") ?? "";
      const code = codes.get(value);
      codes.delete(value);
      const fits =
        code &&
        code.until > Date.now() &&
        form.get("redirect_uri") === redirectUri &&
        verifies(form.get("code_verifier"), code.challenge);
      if (!fits) return json(400, { error: "invalid_code" });
      return json(200, {
        access_token: randomBytes(24).toString("base64url"),
        token_type: "Bearer",
        id_token: await mint(code.signedIn, CLIENTS.brand, options),
      });
    },
  };
}

async function makeTrouble(name: string | null, slowMs: number): Promise<Reply | "cut" | null> {
  switch (name as EndpointTrouble | null) {
    case "down":
      return json(500, { error: "internal" });
    case "html":
      return page(200, loginPage({ action: "/", returnsTo: "", language: "en" }));
    case "cut":
      return "cut";
    case "slow":
      await sleep(slowMs);
      return null;
    case null:
      return null;
  }
}

function nobody(wanted: string | null): Reply {
  return wanted === "204" ? { status: 204 } : json(401, { error: "login_required" });
}

function mint(
  signedIn: SignedIn,
  audience: string,
  { issuer, signingKey, idTokenLifetime }: CredentialEndpointOptions,
  nonce?: string,
): Promise<string> {
  const signer = { issuer, key: signingKey(), lifetime: idTokenLifetime() };
  return makeIdToken(signer, signedIn, audience, nonce);
}

function isS256(challenge: string, ...sent: readonly URLSearchParams[]): boolean {
  const method = sent.map((one) => one.get("code_challenge_method")).find((one) => one !== null);
  return method === "S256" && /^[\w-]{43}$/.test(challenge);
}

// Neither without the other: a verifier for a code that has no challenge is a mistake too.
function verifies(verifier: string | null, challenge: string | null): boolean {
  if (verifier === null || challenge === null) return verifier === challenge;
  return createHash("sha256").update(verifier).digest("base64url") === challenge;
}

function isTheCloud({ headers }: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Basic ${btoa(`${CLIENTS.brand}:${secret}`)}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
