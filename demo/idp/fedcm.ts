import type { IncomingMessage } from "node:http";
import { json, pathOf, readBody, type Reply } from "../http.js";

/** Somebody who is signed in at the provider, as the browser shows them. */
export interface FedcmAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly login_hints: readonly string[];
}

/** What the browser brought to the ID assertion endpoint. */
export interface Assertion {
  readonly form: URLSearchParams;
  /** What the page passed on. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The JSON of the ID assertion endpoint, and its HTTP status. */
export interface AssertionAnswer {
  readonly status?: number;
  readonly body: unknown;
}

export interface FedcmOptions<Account extends FedcmAccount> {
  readonly origin: string;
  /** Where the browser has the consumer sign in at the provider. */
  readonly loginPath: string;
  /** Who is signed in, by the provider's own cookie. */
  readonly accountOf: (
    request: IncomingMessage,
  ) => Account | undefined | Promise<Account | undefined>;
  /** The origin that is registered for a client. */
  readonly originOf: (clientId: string) => string | undefined;
  readonly answer: (
    assertion: Assertion,
    account: Account,
  ) => AssertionAnswer | Promise<AssertionAnswer>;
}

/** The endpoints of an identity provider that browsers ask (W3C FedCM, "Identity Provider HTTP API"). */
export interface Fedcm {
  /** @returns `undefined` where the request is not for one of them */
  reply(request: IncomingMessage): Promise<Reply | undefined>;
}

export const FEDCM_CONFIG = "/fedcm/config.json";

const PATHS = {
  accounts: "/fedcm/accounts",
  metadata: "/fedcm/client-metadata",
  assertion: "/fedcm/assertion",
};

export function createFedcm<Account extends FedcmAccount>(options: FedcmOptions<Account>): Fedcm {
  const { origin, loginPath, accountOf, originOf, answer } = options;
  /** The clients that a consumer has signed in at. */
  const approved = new Map<string, Set<string>>();

  async function assert(request: IncomingMessage): Promise<Reply> {
    const form = new URLSearchParams(await readBody(request));
    const clientId = form.get("client_id") ?? "";
    const account = await accountOf(request);
    const registered = originOf(clientId);
    const fits = registered !== undefined && request.headers.origin === registered;
    if (!fits || !account || form.get("account_id") !== account.id)
      return json(403, { error: { error: "unauthorized_client" } });
    const parameters = JSON.parse(form.get("params") ?? "{}") as Assertion["parameters"];
    const { status = 200, body } = await answer({ form, parameters }, account);
    if (typeof body === "object" && body !== null && "token" in body) {
      approved.set(account.id, new Set([...(approved.get(account.id) ?? []), clientId]));
    }
    return json(status, body);
  }

  async function accounts(request: IncomingMessage): Promise<Reply> {
    const account = await accountOf(request);
    if (!account) return json(401, {});
    const { id, name, email, login_hints } = account;
    const approved_clients = [...(approved.get(id) ?? [])];
    return json(200, { accounts: [{ id, name, email, login_hints, approved_clients }] });
  }

  async function own(request: IncomingMessage): Promise<Reply | undefined> {
    switch (`${request.method} ${pathOf(request).pathname}`) {
      case `GET ${FEDCM_CONFIG}`:
        return json(200, {
          accounts_endpoint: PATHS.accounts,
          client_metadata_endpoint: PATHS.metadata,
          id_assertion_endpoint: PATHS.assertion,
          login_url: loginPath,
        });
      case `GET ${PATHS.accounts}`:
        return accounts(request);
      case `GET ${PATHS.metadata}`:
        return json(200, { privacy_policy_url: `${origin}/` });
      case `POST ${PATHS.assertion}`:
        return assert(request);
      default:
        return undefined;
    }
  }

  return {
    async reply(request) {
      const { pathname } = pathOf(request);
      if (pathname === "/.well-known/web-identity") {
        return json(200, {
          provider_urls: [`${origin}${FEDCM_CONFIG}`],
          accounts_endpoint: PATHS.accounts,
          login_url: loginPath,
        });
      }
      if (pathname !== FEDCM_CONFIG && !Object.values(PATHS).includes(pathname)) return undefined;
      // Only the browser itself can say that: a page that asks in the consumer's name can't.
      if (request.headers["sec-fetch-dest"] !== "webidentity")
        return json(400, { error: "not a FedCM request" });
      const reply = await own(request);
      const { origin: client } = request.headers;
      if (!reply || client === undefined) return reply;
      return {
        ...reply,
        headers: {
          ...reply.headers,
          "Access-Control-Allow-Origin": client,
          "Access-Control-Allow-Credentials": "true",
        },
      };
    },
  };
}
