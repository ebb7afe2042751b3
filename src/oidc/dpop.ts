import type { Clock } from "../base/clock.js";
import { ConsumerAuthError } from "../base/errors.js";
import { requestJson, type JsonResponse } from "../base/http.js";
import { toCodeChallenge } from "./code-challenge.js";
import { randomText, toBase64Url } from "./pkce.js";

/** A key of this client, and the proofs that it has it (RFC 9449). */
export interface ProofOfPossession {
  /** The key pair, for a store that takes CryptoKeys; the private half can't be exported. */
  readonly keyPair: Promise<CryptoKeyPair>;
  /** The public key's thumbprint (RFC 7638): `dpop_jkt` of an authorization request (section 10). */
  thumbprint(): Promise<string>;
  /**
   * Makes a proof for one request (section 4.2).
   *
   * @param method - of the request, in capitals
   * @param url - of the request; its query and fragment stay out of the proof
   * @returns the value of the `DPoP` header
   */
  header(method: string, url: string): Promise<string>;
  /**
   * Keeps the nonce of a response for the next proof to that server (section 8.2).
   *
   * @param headers - of the response
   * @param origin - of the server
   * @returns whether there was one that the page may read
   */
  readNonce(headers: Headers, origin: string): boolean;
  /**
   * {@link requestJson} with a proof, for a POST. A server that demands its nonce is asked once more,
   * with that nonce (section 8).
   *
   * @throws ConsumerAuthError as requestJson; `token_request_failed` where the server hides its nonce
   */
  readonly request: typeof requestJson;
  /**
   * {@link ProofOfPossession.request} for tokens, which must be bound to the key (section 5).
   *
   * @throws ConsumerAuthError as there; `token_request_failed` where they are bearer tokens
   */
  readonly requestTokens: typeof requestJson;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const encode = (value: object): string =>
  toBase64Url(new TextEncoder().encode(JSON.stringify(value)));

/**
 * A key pair for ES256 that never leaves the browser, and its proofs. By WebCrypto, whose signature is
 * that of JWS as it is (RFC 7518 section 3.4): by jose it would be 2.4 KB more, half of them in pages
 * without DPoP too; `oauth4webapi`'s handle weighs 1.9 KB, and knows nothing of the second try.
 *
 * @param clock - what `iat` is read from
 * @param existing - a key pair that was stored; without it a new one is made
 */
export function createProofOfPossession(clock: Clock, existing?: CryptoKeyPair): ProofOfPossession {
  const nonces = new Map<string, string>();
  const keyPair = existing
    ? Promise.resolve(existing)
    : crypto.subtle.generateKey(algorithm, false, ["sign"]);

  /** Its members in the order that the thumbprint wants (RFC 7638 section 3). */
  async function publicJwk(): Promise<object> {
    const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", (await keyPair).publicKey);
    return { crv, kty, x, y };
  }

  const proof: ProofOfPossession = {
    keyPair,
    thumbprint: async () => toCodeChallenge(JSON.stringify(await publicJwk())),
    async header(htm, url) {
      const { origin, pathname } = new URL(url);
      const signed = [
        { typ: "dpop+jwt", alg: "ES256", jwk: await publicJwk() },
        {
          jti: randomText(),
          htm,
          htu: origin + pathname,
          iat: Math.floor(clock.now() / 1000),
          nonce: nonces.get(origin),
        },
      ]
        .map(encode)
        .join(".");
      const signature = await crypto.subtle.sign(
        algorithm,
        (await keyPair).privateKey,
        new TextEncoder().encode(signed),
      );
      return `${signed}.${toBase64Url(new Uint8Array(signature))}`;
    },
    readNonce(headers, origin) {
      const nonce = headers.get("dpop-nonce");
      if (nonce) nonces.set(origin, nonce);
      return !!nonce;
    },
    async request(url, request) {
      const { origin } = new URL(url);
      const attempt = async (): Promise<JsonResponse> =>
        requestJson(url, { ...request, headers: { dpop: await proof.header("POST", url) } });
      const response = await attempt();
      const known = proof.readNonce(response.headers, origin);
      if (response.status !== 400 || response.json["error"] !== "use_dpop_nonce") return response;
      if (!known) {
        throw new ConsumerAuthError(
          "token_request_failed",
          `${origin} demands a DPoP nonce that the page can't read: it must send Access-Control-Expose-Headers: DPoP-Nonce.`,
        );
      }
      const second = await attempt();
      proof.readNonce(second.headers, origin);
      return second;
    },
    async requestTokens(url, request) {
      const response = await proof.request(url, request);
      const { status, json } = response;
      if (status === 200 && !/^"dpop"$/i.test(JSON.stringify(json["token_type"]))) {
        throw new ConsumerAuthError(
          "token_request_failed",
          "The tokens aren't bound to the page's key: switch DPoP on for this client at the provider, or off here.",
        );
      }
      return response;
    },
  };
  return proof;
}
