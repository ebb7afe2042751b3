import type { JsonObject } from "./compact-token.js";
import { notice, refusedWith, wrong, type Finding } from "./finding.js";

const CONTENT_ENCRYPTIONS = /^A(?:128|192|256)(?:GCM|CBC-HS(?:256|384|512))$/;

/** What is wrong with the header of a signed token (RFC 7515 section 4). */
export function signedHeaderFindings(header: JsonObject): Finding[] {
  const found: Finding[] = [];
  const { alg, typ, kid, crit } = header;
  if (alg !== "RS256") {
    found.push(
      wrong(
        "alg",
        alg === "none"
          ? "the token is not signed: sign it with RS256."
          : "the cloud takes RS256 only: sign with an RSA key and RS256.",
      ),
    );
  }
  if (typ !== undefined && (typeof typ !== "string" || !/^(application\/)?jwt$/i.test(typ))) {
    found.push(wrong("typ", "this says that it is no ID token: leave typ out, or use JWT."));
  }
  if (crit !== undefined) {
    found.push(wrong("crit", "names extensions that a verifier must know: leave it out."));
  }
  if (kid !== undefined && (typeof kid !== "string" || kid === "")) {
    found.push(wrong("kid", "must be a text that is not empty."));
  }
  if (kid === undefined) {
    found.push(
      notice("kid", "is missing: against a key set of several keys the cloud refuses it (1042)."),
    );
  }
  return found;
}

/** What is wrong with the outer header of a nested token (RFC 7519 section 5.2). */
export function encryptedHeaderFindings(header: JsonObject): Finding[] {
  const found: Finding[] = [];
  const { alg, enc, kid, cty } = header;
  if (alg !== "RSA-OAEP-256") found.push(refusedWith("1004", "alg"));
  if (typeof enc !== "string" || !CONTENT_ENCRYPTIONS.test(enc)) {
    found.push(wrong("enc", "is no content encryption of RFC 7518, such as A256GCM."));
  }
  if (typeof kid !== "string" || kid === "") found.push(refusedWith("1004", "kid"));
  if (typeof cty !== "string" || !/^(application\/)?jwt$/i.test(cty)) {
    found.push(
      wrong("cty", "must be JWT, since there is a signed token inside: sign, then encrypt."),
    );
  }
  return found;
}
