import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createAuthorizationCodes,
  createCredentialEndpoint as createHandler,
  createTokenEndpoint,
  createTokenIssuer,
  type ConsumerClaims,
  type Handler,
  type IssuerError,
} from "../../src/issuer.js";
import { toReply, toRequest } from "../fetch-handlers.js";
import { json, page, pathOf, type Reply } from "../http.js";
import { CLIENTS, RETURN_PAGE } from "../idp/clients.js";
import { makeIdToken, type SignedIn } from "../idp/id-token.js";
import { LEVELS } from "../idp/levels.js";
import { loginPage } from "../idp/pages.js";
import type { SigningKey } from "../keys.js";
import type { EndpointTrouble } from "../scenarios.js";
import type { SiteAccounts } from "./accounts.js";

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
  readonly quiet: boolean;
}

/** The site vouches for whoever is signed in there, without its identity provider. */
export interface CredentialEndpoint {
  /** Answers the page; `undefined` where the connection is to break off. */
  credential(request: IncomingMessage): Promise<Reply | undefined>;
  /** Answers the cloud, which brings a code. */
  token(request: IncomingMessage): Promise<Reply>;
}

interface Handlers {
  readonly idToken: Handler<IncomingMessage>;
  readonly code: Handler<IncomingMessage>;
  readonly token: Handler;
}

export function createCredentialEndpoint(options: CredentialEndpointOptions): CredentialEndpoint {
  const { siteOrigin, slowMs } = options;
  const handlers = createHandlers(options);

  return {
    credential: async (request) => {
      const { searchParams } = pathOf(request);
      const asked = toRequest(request, siteOrigin);
      const kind = (await wantsCode(asked.clone(), searchParams)) ? "code" : "idToken";
      const made = await makeTrouble(searchParams.get("trouble"), slowMs);
      if (made === "cut") return undefined;
      if (made) return made;
      const over = await tokenThatIsOver(request, options);
      if (over) return over;
      const response = await (await handlers())[kind](asked, request);
      const isNobody = response.status === 204 && asked.method === "POST";
      return isNobody ? nobody(searchParams.get("nobody")) : toReply(response);
    },
    token: async (request) =>
      toReply(await (await handlers()).token(toRequest(request, siteOrigin))),
  };
}

/** Where a test wants one: the issuer can't be brought to make it. */
async function tokenThatIsOver(
  request: IncomingMessage,
  { issuer, accounts, signingKey, idTokenLifetime }: CredentialEndpointOptions,
): Promise<Reply | undefined> {
  const signedIn = accounts.consumerOf(request);
  const lifetime = idTokenLifetime();
  if (lifetime > 0 || !signedIn) return undefined;
  const signer = { issuer, key: signingKey(), lifetime };
  return json(200, { id_token: await makeIdToken(signer, signedIn, CLIENTS.implicit) });
}

/** Made anew where a test has changed the key, or the lifetime of tokens. */
function createHandlers(options: CredentialEndpointOptions): () => Promise<Handlers> {
  const codes = createAuthorizationCodes();
  const made = new Map<string, Promise<Handlers>>();
  const onError = (error: IssuerError): void => {
    if (!options.quiet) console.error(error);
  };

  const make = async (key: SigningKey, lifetime: number): Promise<Handlers> => {
    const { issuer: iss, siteOrigin, accounts, clientSecret } = options;
    const issuer = await createTokenIssuer({ issuer: iss, signingKey: key.privateJwk, lifetime });
    const shared = {
      issuer,
      allowedOrigins: [siteOrigin],
      findConsumer: (_: Request, request: IncomingMessage) =>
        claimsOf(accounts.consumerOf(request)),
      onError,
    };
    const client = { clientId: CLIENTS.brand, clientSecret };
    return {
      idToken: createHandler({ ...shared, clientId: CLIENTS.implicit }),
      code: createHandler({
        ...shared,
        clientId: CLIENTS.brand,
        codes,
        redirectUri: `${siteOrigin}${RETURN_PAGE}`,
      }),
      token: createTokenEndpoint({ issuer, codes, clients: [client], onError }),
    };
  };

  return () => {
    const [key, lifetime] = [options.signingKey(), options.idTokenLifetime()];
    const name = `${key.kid} ${lifetime}`;
    const handlers = made.get(name) ?? make(key, lifetime);
    made.set(name, handlers);
    return handlers;
  };
}

function claimsOf(signedIn: SignedIn | undefined): ConsumerClaims | undefined {
  if (!signedIn) return undefined;
  const { consumer, since } = signedIn;
  return { ...consumer.claims, sub: consumer.sub, acr: LEVELS[0], auth_time: since };
}

/** Most sites have one connector, and one kind of credential; this one has all of them. */
async function wantsCode(request: Request, query: URLSearchParams): Promise<boolean> {
  if (query.get("mode") === "code") return true;
  return new URLSearchParams(await request.text()).has("code_challenge");
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
