import type { ConsumerClaims } from "../issuer/claims.js";
import type { KeyMaterial } from "../issuer/key-material.js";
import type { KeyInput } from "../issuer/keys.js";
import { createTokenIssuer } from "../issuer/token-issuer.js";
import { wrongUsage } from "./command-failure.js";
import { isObject, parseJson, readText } from "./input.js";
import type { Subcommand, Typed } from "./subcommand.js";
import type { Surroundings } from "./surroundings.js";

/** Mints a test token. */
export const token: Subcommand = {
  summary: "mints a test token, signed with your key",
  options: {
    key: { value: "file", about: "the private key: PEM (PKCS#8) or JWK; - reads standard input" },
    kid: { value: "name", about: "the key's name, if it isn't its thumbprint" },
    issuer: { value: "iss", about: "exactly as the connector has it" },
    subject: { value: "sub", about: "the consumer" },
    audience: { value: "aud", about: "the client ID that the token is for" },
    lifetime: { value: "seconds", about: "1 to 86400; 3600 unless given" },
    nonce: { value: "text", about: "of the authentication request" },
    claims: { value: "json", about: "further claims: an object of JSON; @file reads a file" },
    "additional-claim": {
      value: "name",
      about: "lets a claim through that isn't documented; may be repeated",
      repeatable: true,
    },
    "encryption-key": { value: "file", about: "the cloud's public key: nests the token for it" },
    "encryption-kid": { value: "name", about: "that key's name" },
  },
  remarks: ["--key and --issuer are needed, and a subject: --subject, or sub among the claims."],
  run: async (typed, surroundings) => {
    const { stdout } = surroundings;
    const issuer = required(typed, "issuer");
    const lifetime = typed.text("lifetime");
    const claims = await readClaims(typed, surroundings);
    const signingKey = await readKey(typed, "key", "kid", surroundings);
    if (signingKey === undefined) throw missing("key");
    const encryptionKey = await readKey(typed, "encryption-key", "encryption-kid", surroundings);

    const tokens = await createTokenIssuer({
      issuer,
      signingKey,
      lifetime: lifetime === undefined ? undefined : Number(lifetime),
      audience: typed.text("audience"),
      additionalClaims: typed.texts("additional-claim"),
      encryption: encryptionKey === undefined ? undefined : { key: encryptionKey },
    });
    // The issuer looks at them: what comes from a person may be anything.
    const minted = await tokens.issue(claims as unknown as ConsumerClaims, {
      nonce: typed.text("nonce"),
    });
    stdout.write(`${minted}\n`);
    return 0;
  },
};

const missing = (option: string): Error =>
  wrongUsage(`--${option} is missing; see consumer-auth-widget token --help.`);

function required(typed: Typed, option: string): string {
  const value = typed.text(option);
  if (value === undefined) throw missing(option);
  return value;
}

async function readKey(
  typed: Typed,
  option: string,
  kidOption: string,
  surroundings: Surroundings,
): Promise<KeyInput | undefined> {
  const file = typed.text(option);
  const kid = typed.text(kidOption);
  if (file === undefined) {
    if (kid !== undefined) throw wrongUsage(`--${kidOption} needs --${option}.`);
    return undefined;
  }
  if (file.includes("-----BEGIN") || file.trimStart().startsWith("{")) {
    throw wrongUsage(`--${option} takes the name of a file: what is typed is kept by the shell.`);
  }
  const text = (await readText(`--${option}`, file, surroundings)).trim();
  const jwk = parseJson(text);
  if (isObject(jwk) && "keys" in jwk) {
    throw wrongUsage(`--${option} names a key set: give one key of it.`);
  }
  const key = (isObject(jwk) ? jwk : text) as KeyMaterial;
  return kid === undefined ? key : { key, kid };
}

async function readClaims(
  typed: Typed,
  surroundings: Surroundings,
): Promise<Readonly<Record<string, unknown>>> {
  const given = typed.text("claims") ?? "{}";
  const text = given.startsWith("@")
    ? await readText("--claims", given.slice(1), surroundings)
    : given;
  const claims = parseJson(text);
  if (!isObject(claims)) {
    throw wrongUsage(`--claims must be an object of JSON, such as '{"given_name":"Ada"}'.`);
  }
  const subject = typed.text("subject");
  if (subject === undefined) return claims;
  if ("sub" in claims) throw wrongUsage("Give --subject or sub among the --claims, not both.");
  return { sub: subject, ...claims };
}
