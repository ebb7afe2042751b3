import { SignJWT } from "jose";
import { assertServer } from "../base/server-only.js";
import { checkInteger, checkText, invalidConfig, isSecure } from "./checks.js";
import { createReadClaims, KNOWN_CLAIMS, OWN_CLAIMS, type ConsumerClaims } from "./claims.js";
import { IssuerError } from "./issuer-error.js";
import { readPublicKey, readSigningKey, toOneLine, type KeyInput, type PublicJwk } from "./keys.js";
import { createNest, type NestingOptions } from "./nesting.js";

/** What {@link createTokenIssuer} needs to know. */
export interface TokenIssuerOptions {
  /**
   * The `iss` of every token, exactly as the connector's settings have it: an https URL without query
   * and fragment, or another text without spaces.
   */
  readonly issuer: string;
  /** The private key that signs: RSA, 2048 bits or more. */
  readonly signingKey: KeyInput;
  /** Keys that will sign later: published already, so that every cache knows them by then. */
  readonly nextKeys?: readonly KeyInput[] | undefined;
  /** Keys that have signed: published as long as one of their tokens may be valid. */
  readonly previousKeys?: readonly KeyInput[] | undefined;
  /** How long a token is valid, 1 to 86 400 seconds. One hour unless given. */
  readonly lifetime?: number | undefined;
  /** The `aud` of tokens that are issued without one of their own: the widget's or the cloud's client ID. */
  readonly audience?: string | undefined;
  /** Encrypts every token for the cloud, after it was signed. The page can't read it then. */
  readonly encryption?: NestingOptions | undefined;
  /** Names of further claims that a token may have. Others than the documented ones are refused. */
  readonly additionalClaims?: readonly string[] | undefined;
}

/** What belongs to one token, not to the consumer. */
export interface TokenRequest {
  /** The `aud`; without it the one of {@link TokenIssuerOptions}. */
  readonly audience?: string | undefined;
  /** The `nonce` of the authentication request: 1 to 255 characters of ASCII. */
  readonly nonce?: string | undefined;
}

/** Mints ID tokens, and publishes the keys that prove them. */
export interface TokenIssuer {
  /** The `iss`. */
  readonly issuer: string;
  /** How long a token is valid, in seconds. */
  readonly lifetime: number;
  /** The public half of `signingKey` as the connector's form wants it: one line of base64. */
  readonly jwtPublicKey: string;
  /** The public keys (RFC 7517): the one that signs first, then the next and the previous ones. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  /**
   * Looks at claims without minting a token: for tests of what your site makes of its accounts.
   *
   * @returns a copy that holds what a token would
   * @throws IssuerError `invalid_claims`
   */
  checkClaims(claims: ConsumerClaims): ConsumerClaims;
  /**
   * Mints an ID token (OpenID Connect Core 1.0 section 2), signed by RS256.
   *
   * @returns compact serialization; a nested one where `encryption` was given
   * @throws IssuerError `invalid_claims`; `invalid_config` for what is wrong with the request
   */
  issue(claims: ConsumerClaims, request?: TokenRequest): Promise<string>;
}

/**
 * Makes the issuer of a brand that has signed-in consumers and no OpenID provider.
 *
 * @throws IssuerError `invalid_config`, `invalid_key`, `in_browser`
 */
export async function createTokenIssuer(options: TokenIssuerOptions): Promise<TokenIssuer> {
  assertServer(
    () => new IssuerError("in_browser", "./issuer needs a private key: run it on your server."),
  );
  const { issuer, lifetime = 3600, audience, additionalClaims = [] } = options;
  checkOptions({ ...options, lifetime, additionalClaims });
  const signing = await readSigningKey(options.signingKey, "signingKey");
  const jwks = { keys: await published(signing.jwk, options) };
  const nest = options.encryption && (await createNest(options.encryption));
  const jwtPublicKey = await toOneLine(signing.jwk);
  const checkClaims = createReadClaims(additionalClaims);
  const header = { alg: "RS256", typ: "JWT", kid: signing.jwk.kid };

  return {
    issuer,
    lifetime,
    jwtPublicKey,
    jwks,
    checkClaims,
    issue: async (claims, { audience: aud = audience, nonce } = {}) => {
      const read = checkClaims(claims);
      checkRequest({ audience: aud, nonce });
      const iat = Math.floor(Date.now() / 1000);
      const token = await new SignJWT({
        ...read,
        iss: issuer,
        iat,
        exp: iat + lifetime,
        ...(aud === undefined ? {} : { aud }),
        ...(nonce === undefined ? {} : { nonce }),
      })
        .setProtectedHeader(header)
        .sign(signing.key);
      return nest ? nest(token) : token;
    },
  };
}

function checkOptions(options: TokenIssuerOptions): void {
  const { issuer, lifetime, audience, additionalClaims = [] } = options;
  if (!isIssuer(issuer)) {
    throw invalidConfig(
      "issuer must be what the connector has: an https URL without query and fragment, such as https://www.brand.example, or another text without spaces.",
    );
  }
  checkInteger("lifetime", lifetime, [1, 86_400], "seconds");
  if (audience !== undefined) checkText("audience", audience);
  for (const name of additionalClaims) {
    const isTaken = [...KNOWN_CLAIMS, ...OWN_CLAIMS, "__proto__"].includes(name);
    if (isTaken || typeof name !== "string" || !/^[\w:/.#-]{1,100}$/.test(name)) {
      throw invalidConfig(
        "additionalClaims must list names of claims that the issuer doesn't know by itself.",
      );
    }
  }
}

function isIssuer(issuer: unknown): boolean {
  if (typeof issuer !== "string" || !/^[\x21-\x7e]{1,255}$/.test(issuer)) return false;
  // A StringOrURI is a URI as soon as it has a colon (RFC 7519 section 2).
  if (!issuer.includes(":")) return true;
  if (!URL.canParse(issuer)) return false;
  return !/^https?:/i.test(issuer) || (isSecure(issuer) && !/[?#]/.test(issuer));
}

function checkRequest({ audience, nonce }: TokenRequest): void {
  if (audience !== undefined) checkText("audience", audience);
  if (nonce !== undefined) checkText("nonce", nonce);
}

/** Each key once: a kid that means two keys would have tokens fail by chance. */
async function published(
  signing: PublicJwk,
  { nextKeys = [], previousKeys = [] }: TokenIssuerOptions,
): Promise<readonly PublicJwk[]> {
  const keys = [signing];
  for (const [option, inputs] of Object.entries({ nextKeys, previousKeys })) {
    for (const [index, input] of inputs.entries()) {
      const use = { option: `${option}[${index}]`, alg: "RS256" } as const;
      const key = await readPublicKey(input, use);
      const same = keys.find(({ kid }) => kid === key.kid);
      if (!same) keys.push(key);
      else if (same.n !== key.n) {
        throw invalidConfig(`${use.option} has the kid of another key: give each one its own.`);
      }
    }
  }
  return keys;
}
