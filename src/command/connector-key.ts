import { isSecure } from "../issuer/checks.js";
import { PlatformError } from "../platform/platform-error.js";
import { createServiceFetch } from "../platform/service-fetch.js";
import { wrongUsage } from "./command-failure.js";
import { refusedWith, wrong, type Finding } from "./finding.js";
import { isObject, parseJson, readText } from "./input.js";
import type { Surroundings } from "./surroundings.js";

/** What a connector has to verify tokens with. */
export type ConnectorKey =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "jwk"; readonly jwk: Readonly<Record<string, unknown>> }
  | { readonly kind: "set"; readonly keys: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: "unusable"; readonly finding: Finding };

/** In milliseconds. The cloud has little patience, too. */
const REQUEST_TIMEOUT = 5000;

/**
 * Reads the key of a connector.
 *
 * @param given - the one-line key itself, a URL of a JWKS endpoint, or the name of a file that holds one of these
 * keys: one line, PEM, JWK, JWKS
 * @throws CommandFailure
 */
export async function readConnectorKey(
  given: string,
  surroundings: Surroundings,
): Promise<ConnectorKey> {
  if (/^https?:/i.test(given)) return fetchKeySet(given);
  if (/^(?:-----BEGIN|MI[A-Za-z0-9+/=\s]{60}|\s*\{)/.test(given)) return fromText(given);
  return fromText(await readText("--key", given, surroundings));
}

function fromText(text: string): ConnectorKey {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return fromJson(parseJson(trimmed));
  if (!trimmed.includes("-----BEGIN") && /\s/.test(trimmed)) {
    return unusable(refusedWith("1028", "key", "This one is broken by spaces or line breaks."));
  }
  return { kind: "text", text: trimmed };
}

function fromJson(value: unknown): ConnectorKey {
  if (!isObject(value)) return unusable(wrong("key", "is no JSON of a JWK or a JWKS."));
  if (!("keys" in value)) return { kind: "jwk", jwk: value };
  const { keys } = value;
  if (!Array.isArray(keys) || !keys.every(isObject)) {
    return unusable(wrong("key", "is no JWKS: keys must be a list of JWKs (RFC 7517 section 5)."));
  }
  return { kind: "set", keys };
}

const unusable = (finding: Finding): ConnectorKey => ({ kind: "unusable", finding });

async function fetchKeySet(address: string): Promise<ConnectorKey> {
  if (!isSecure(address)) {
    throw wrongUsage("--key must be an https URL; http is for this machine only.");
  }
  const get = createServiceFetch({ requestTimeout: REQUEST_TIMEOUT, retryFor: 0 });
  try {
    const response = await get(address, { headers: { accept: "application/json" } });
    if (response.status !== 200) {
      return unusable(
        wrong("key", `the JWKS endpoint answered with ${response.status}, where 200 is wanted.`),
      );
    }
    const read = fromJson(parseJson(await response.text()));
    if (read.kind === "jwk") {
      return unusable(wrong("key", "the JWKS endpoint answered with no JWKS: keys is missing."));
    }
    const isPrivate = read.kind === "set" && read.keys.some((key) => "d" in key || "k" in key);
    return isPrivate
      ? unusable(
          wrong(
            "key",
            "the JWKS endpoint publishes a secret key: take it away, and make a new one.",
          ),
        )
      : read;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return unusable(
      error.code === "request_timeout"
        ? refusedWith("9013", "key")
        : wrong("key", `the JWKS can't be had: ${error.message}`),
    );
  }
}
