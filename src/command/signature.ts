import { compactVerify } from "jose";
import { IssuerError } from "../issuer/issuer-error.js";
import type { KeyMaterial } from "../issuer/key-material.js";
import { importPublic, readPublicKey, type PublicJwk } from "../issuer/keys.js";
import type { JsonObject } from "./compact-token.js";
import type { ConnectorKey } from "./connector-key.js";
import { refusedWith, wrong, type Finding } from "./finding.js";

/** What is known of a signature. Nothing is verified without a key. */
export type SignatureState = "verified" | "wrong" | "not_checked";

/** How a look at the signature ended. */
export interface SignatureCheck {
  readonly state: SignatureState;
  readonly findings: readonly Finding[];
}

const notChecked = (...findings: readonly Finding[]): SignatureCheck => ({
  state: "not_checked",
  findings,
});

/** Verifies a signed token with the key that the connector would take for it. */
export async function checkSignature(
  token: string,
  header: JsonObject,
  connectorKey: ConnectorKey,
): Promise<SignatureCheck> {
  const chosen = chooseKey(header["kid"], connectorKey);
  if ("about" in chosen) return notChecked(chosen);
  const key = await readKey(chosen.material, connectorKey.kind);
  if ("about" in key) return notChecked(key);
  // Of another algorithm, or with extensions, the header's findings tell.
  if (header["alg"] !== "RS256" || header["crit"] !== undefined) return notChecked();
  try {
    await compactVerify(token, await importPublic(key), { algorithms: ["RS256"] });
    return { state: "verified", findings: [] };
  } catch {
    return { state: "wrong", findings: [refusedWith("9007", "signature")] };
  }
}

/** As the cloud does: by the kid from a set, else the only one. */
function chooseKey(kid: unknown, key: ConnectorKey): { readonly material: KeyMaterial } | Finding {
  if (key.kind === "unusable") return key.finding;
  if (key.kind === "text") return { material: key.text };
  if (key.kind === "jwk") return { material: key.jwk as unknown as KeyMaterial };
  const { keys } = key;
  const fit =
    kid === undefined ? keys.filter(isForSignatures) : keys.filter((one) => one["kid"] === kid);
  const [only] = fit;
  if (fit.length > 1) {
    return kid === undefined
      ? refusedWith("1042", "kid")
      : wrong("kid", "the key set has several keys of that name: give each one its own.");
  }
  if (!only) return refusedWith("1041", "kid");
  return { material: only as unknown as KeyMaterial };
}

const isForSignatures = ({ kty, use, alg }: JsonObject): boolean =>
  kty === "RSA" && (use ?? "sig") === "sig" && (alg ?? "RS256") === "RS256";

async function readKey(
  material: KeyMaterial,
  kind: ConnectorKey["kind"],
): Promise<PublicJwk | Finding> {
  try {
    return await readPublicKey(material, { option: "key", alg: "RS256" });
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    const isUnreadable = kind === "text" && error.message.includes("can't be read");
    return isUnreadable
      ? refusedWith("1028", "key")
      : wrong("key", error.message.replace(/^key /, ""));
  }
}
