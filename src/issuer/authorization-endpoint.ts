import {
  readAddressee,
  readAuthorizationRequest,
  type Addressee,
  type AuthorizationError,
  type AuthorizationRequest,
} from "./authorization-request.js";
import type { AuthorizationCodes } from "./authorization-codes.js";
import { checkCodes, checkFunction, checkIssuer, invalidConfig, isSecure } from "./checks.js";
import type { ConsumerClaims } from "./claims.js";
import { readClients, type Client } from "./clients.js";
import { lookUp, type FindConsumer } from "./find-consumer.js";
import {
  answered,
  checkHandlerOptions,
  empty,
  notAllowed,
  Refusal,
  type Handler,
  type HandlerOptions,
} from "./http.js";
import { IssuerError } from "./issuer-error.js";
import type { TokenIssuer } from "./token-issuer.js";

/** What {@link createAuthorizationEndpoint} needs to know. */
export interface AuthorizationEndpointOptions<Context = unknown> extends HandlerOptions {
  readonly issuer: TokenIssuer;
  /** The very ones that the token endpoint takes back. */
  readonly codes: AuthorizationCodes;
  /** Who may ask, with their `redirectUris`. */
  readonly clients: readonly Client[];
  readonly findConsumer: FindConsumer<Context>;
  /**
   * Your site's login page: a path, or a full address. It gets the path and query of the request that
   * waits as the parameter `return_to`, and must send the consumer back there and nowhere else. Without
   * it whoever isn't signed in gets `login_required`.
   */
  readonly loginPage?: string | undefined;
}

const LONGEST_QUERY = 8192;

/**
 * The endpoint where a sign-in starts (RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2):
 * `GET` with `response_type=code`. Whoever is signed in at your site goes on to the client's redirect
 * URI with a code at once; others go to your login page first. Nobody is sent to an address that the
 * client hasn't registered.
 *
 * @throws IssuerError `invalid_config`
 */
export function createAuthorizationEndpoint<Context = unknown>(
  options: AuthorizationEndpointOptions<Context>,
): Handler<Context> {
  const clients = readClients(options.clients);
  checkOptions(options);
  const { issuer, codes, findConsumer, loginPage } = options;

  return async (request, context) => {
    const { search, searchParams, pathname } = new URL(request.url);
    let addressee: Addressee | undefined;
    const fail = (error: AuthorizationError): Response =>
      addressee ? redirect(addressee, { error }, issuer.issuer) : unanswerable(500);

    return answered(
      options,
      async () => {
        if (request.method !== "GET") throw notAllowed("GET");
        if (search.length > LONGEST_QUERY) throw new Refusal(unanswerable(414));
        addressee = readAddressee(searchParams, clients);
        if (!addressee) throw new Refusal(unanswerable(400));
        const asked = readAuthorizationRequest(searchParams, addressee);
        if (typeof asked === "string") return fail(asked);
        const claims = await lookUp(findConsumer, request, context);
        if (!claims || !isRecent(claims, asked)) {
          return asked.interactive && loginPage !== undefined
            ? toLogin(loginPage, `${pathname}${search}`)
            : fail("login_required");
        }
        const code = await codes.issue({
          claims: issuer.checkClaims(claims),
          clientId: asked.client.clientId,
          redirectUri: asked.redirectUri,
          codeChallenge: asked.codeChallenge,
          nonce: asked.nonce,
        });
        return redirect(asked, { code }, issuer.issuer);
      },
      (_status, error) => fail(error as AuthorizationError),
    );
  };
}

function isRecent(claims: ConsumerClaims, { maxAge }: AuthorizationRequest): boolean {
  if (maxAge === undefined) return true;
  if (claims.auth_time === undefined) {
    // A new sign-in would change nothing: it would go round in circles.
    throw new IssuerError("invalid_claims", "auth_time is missing, and a request has max_age.");
  }
  return Date.now() / 1000 - claims.auth_time <= maxAge;
}

/** With `iss`, so that the client can tell issuers apart (RFC 9207). */
function redirect(
  { redirectUri, state }: Addressee,
  parameters: Readonly<Record<string, string>>,
  iss: string,
): Response {
  const query = new URLSearchParams({
    ...parameters,
    ...(state === undefined ? {} : { state }),
    iss,
  });
  return found(`${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}`);
}

function toLogin(loginPage: string, returnTo: string): Response {
  const query = new URLSearchParams({ return_to: returnTo });
  return found(`${loginPage}${loginPage.includes("?") ? "&" : "?"}${query}`);
}

/** No address that we send anybody to is told where they came from. */
const found = (location: string): Response =>
  empty(302, { Location: location, "Referrer-Policy": "no-referrer" });

function unanswerable(status: number): Response {
  const text = "This sign-in can't go on: the address that led here is not right.";
  const response = empty(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  });
  return new Response(text, response);
}

function checkOptions<Context>(options: AuthorizationEndpointOptions<Context>): void {
  checkHandlerOptions(options);
  checkIssuer(options.issuer);
  checkCodes(options.codes);
  checkFunction("findConsumer", options.findConsumer);
  const { clients, loginPage } = options;
  const isPath = (page: string): boolean => /^\/(?![/\\])[^#\\\s]*$/.test(page);
  const isAddress = (page: string): boolean => isSecure(page) && !page.includes("#");
  if (loginPage !== undefined && !isPath(loginPage) && !isAddress(loginPage)) {
    throw invalidConfig(
      "loginPage must be a path such as /login, or a full address with https://.",
    );
  }
  if (!clients.some(({ redirectUris = [] }) => redirectUris.length > 0)) {
    throw invalidConfig("clients[].redirectUris must list where a client may get its codes.");
  }
}
