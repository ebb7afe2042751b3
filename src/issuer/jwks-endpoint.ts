import { checkInteger, checkIssuer } from "./checks.js";
import { answered, json, notAllowed, type Handler } from "./http.js";
import type { TokenIssuer } from "./token-issuer.js";

/** What {@link createJwksEndpoint} needs to know. */
export interface JwksEndpointOptions {
  readonly issuer: TokenIssuer;
  /** How long caches may keep the keys, 0 to 86 400 seconds. 300 unless given. */
  readonly maxAge?: number | undefined;
}

/**
 * The endpoint of the public keys (RFC 7517): `GET`, for anybody, from anywhere.
 *
 * @throws IssuerError `invalid_config`
 */
export function createJwksEndpoint(options: JwksEndpointOptions): Handler {
  const { issuer, maxAge = 300 } = options;
  checkIssuer(issuer);
  checkInteger("maxAge", maxAge, [0, 86_400], "seconds");
  const headers = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": `public, max-age=${maxAge}`,
  };

  return (request) =>
    answered({}, () => {
      if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed("GET, HEAD");
      const response = json(200, issuer.jwks, headers);
      response.headers.delete("pragma");
      return Promise.resolve(request.method === "GET" ? response : new Response(null, response));
    });
}
