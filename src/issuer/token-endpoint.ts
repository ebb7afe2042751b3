import type { AuthorizationCodes, CodeGrant } from "./authorization-codes.js";
import { readBasic } from "./basic.js";
import { verifies } from "./challenge.js";
import { checkCodes, checkIssuer } from "./checks.js";
import { readClients, type Client, type Clients } from "./clients.js";
import { randomText } from "./digests.js";
import { readForm } from "./form.js";
import {
  answered,
  checkHandlerOptions,
  json,
  notAllowed,
  refuse,
  type Handler,
  type HandlerOptions,
} from "./http.js";
import type { TokenIssuer } from "./token-issuer.js";

/** What {@link createTokenEndpoint} needs to know. */
export interface TokenEndpointOptions extends HandlerOptions {
  readonly issuer: TokenIssuer;
  /** The very ones that the credential endpoint and the authorization endpoint make. */
  readonly codes: AuthorizationCodes;
  /** Who may exchange codes. */
  readonly clients: readonly Client[];
}

/** Where the cloud's connector has none of the page's, it sends this one. */
export const VENDOR_REDIRECT_URI = "https://liveperson.net";

const CHALLENGE = { "WWW-Authenticate": 'Basic realm="token endpoint", charset="UTF-8"' };

/**
 * The endpoint to which the cloud posts a code, for an ID token (RFC 6749 section 4.1.3, OpenID Connect
 * Core 1.0 section 3.1.3): `POST`, a form, Basic authentication. It answers 200 with `id_token`, or with
 * an error: `unauthorized_client` (401) for a client that isn't who it says; `invalid_code` (400) for a
 * code that isn't good, or not for this request; `json_parse_error` (400) for a body that is no form;
 * else those of RFC 6749 section 5.2. A code ends with the first request of a known client that names
 * it, whatever comes of that.
 *
 * @throws IssuerError `invalid_config`
 */
export function createTokenEndpoint(options: TokenEndpointOptions): Handler {
  checkHandlerOptions(options);
  const { issuer, codes } = options;
  checkIssuer(issuer);
  checkCodes(codes);
  const clients = readClients(options.clients);

  return (request) =>
    answered(options, async (signal) => {
      if (request.method !== "POST") throw notAllowed("POST");
      const form = await readForm(request, signal);
      const client = await authenticate(request, form, clients);
      const grant = await codes.redeem(readCode(form));
      if (!grant || !(await fits(grant, client, form))) {
        throw refuse(400, "invalid_code", "The code is not good, or not for this request.");
      }
      const { claims, nonce, clientId } = grant;
      return json(200, {
        access_token: randomText(),
        token_type: "Bearer",
        expires_in: issuer.lifetime,
        id_token: await issuer.issue(claims, { audience: clientId, nonce }),
      });
    });
}

async function authenticate(
  { headers }: Request,
  form: URLSearchParams,
  clients: Clients,
): Promise<Client> {
  const basic = readBasic(headers.get("authorization"));
  if (!basic) throw unauthorized("Use Basic authentication.");
  if (form.has("client_secret")) {
    throw refuse(400, "invalid_request", "Send the secret once: in the Authorization header.");
  }
  const found = await Promise.all(
    basic.readings.map(({ id, secret }) => clients.authenticate(id, [secret])),
  );
  const client = found.find((one) => one !== undefined);
  if (!client) throw unauthorized("Unknown client, or wrong secret.");
  if ((form.get("client_id") ?? client.clientId) !== client.clientId) {
    throw refuse(400, "invalid_request", "client_id is another one than that of the header.");
  }
  return client;
}

const unauthorized = (description: string): Error =>
  refuse(401, "unauthorized_client", description, CHALLENGE);

function readCode(form: URLSearchParams): string {
  const grantType = form.get("grant_type");
  if (grantType === null) throw refuse(400, "invalid_request", "grant_type is missing.");
  if (grantType !== "authorization_code") {
    throw refuse(400, "unsupported_grant_type", "Use authorization_code.");
  }
  const code = form.get("code");
  if (!code) throw refuse(400, "invalid_request", "code is missing.");
  return code;
}

async function fits(grant: CodeGrant, client: Client, form: URLSearchParams): Promise<boolean> {
  const { clientId, redirectUri, codeChallenge } = grant;
  return (
    clientId === client.clientId &&
    (form.get("redirect_uri") ?? VENDOR_REDIRECT_URI) === redirectUri &&
    (codeChallenge !== undefined || !client.requirePkce) &&
    (await verifies(form.get("code_verifier"), codeChallenge))
  );
}
