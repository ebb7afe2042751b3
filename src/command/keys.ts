import { join } from "node:path";
import { exportPKCS8, generateKeyPair } from "jose";
import { createTokenIssuer, type TokenIssuer } from "../issuer/token-issuer.js";
import { wrongUsage } from "./command-failure.js";
import { refuseToOverwrite, writeKeyFiles, type KeyFile } from "./key-files.js";
import type { Subcommand, Typed } from "./subcommand.js";

const BITS = [2048, 3072, 4096];
const FOLDER = "consumer-auth-keys";

const FILES = { secret: "private-key.pem", line: "public-key.txt", set: "jwks.json" } as const;

interface MadeKeys extends Pick<TokenIssuer, "jwks" | "jwtPublicKey"> {
  readonly bits: number;
  readonly kid: string;
  readonly pem: string;
}

/** Makes the pair of keys of a brand's own issuer. */
export const keys: Subcommand = {
  summary: "makes an RSA key pair for RS256, and shows the public key for the connector",
  options: {
    bits: { value: "number", about: `${BITS.join(", ")}; 2048 unless given` },
    kid: { value: "name", about: "the key's name; its thumbprint (RFC 7638) unless given" },
    out: { value: "folder", about: `where the files go; ${FOLDER} unless given` },
    force: { about: "overwrites the files that are there" },
    stdout: {
      about: "writes no files: the private key goes to standard output, the rest to standard error",
    },
    json: { about: "shows JSON; with --stdout the private key is in it" },
  },
  remarks: [
    `Files: ${FILES.secret} (PKCS#8, readable by you alone), ${FILES.line} (one line, for the`,
    `connector's JWT Public Key), ${FILES.set} (for a JWKS endpoint).`,
  ],
  run: async (typed, { stdout, stderr }) => {
    const toStdout = typed.flag("stdout");
    if (toStdout && (typed.text("out") !== undefined || typed.flag("force"))) {
      throw wrongUsage("--stdout writes no files: leave out --out and --force.");
    }
    const folder = typed.text("out") ?? FOLDER;
    const isForced = typed.flag("force");
    if (!toStdout && !isForced) refuseToOverwrite(folder, Object.values(FILES));
    const made = await makeKeys(typed);
    if (!toStdout) await writeKeyFiles(folder, filesOf(made), isForced);

    if (typed.flag("json")) stdout.write(toJson(made, toStdout ? undefined : folder));
    else if (toStdout) {
      stdout.write(made.pem);
      stderr.write(toText(made));
    } else stdout.write(toText(made, folder));
    return 0;
  },
};

async function makeKeys(typed: Typed): Promise<MadeKeys> {
  const bits = Number(typed.text("bits") ?? BITS[0]);
  if (!BITS.includes(bits)) throw wrongUsage(`--bits must be one of ${BITS.join(", ")}.`);
  const given = typed.text("kid");
  if (given !== undefined && !/^[\x21-\x7e]{1,255}$/.test(given)) {
    throw wrongUsage("--kid must be 1 to 255 characters of ASCII without spaces.");
  }
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: bits, extractable: true });
  const pem = `${(await exportPKCS8(privateKey)).trim()}\n`;
  const signingKey = given === undefined ? pem : { key: pem, kid: given };
  // The pair proves itself, and is published, as the issuer will do it.
  const { jwks, jwtPublicKey } = await createTokenIssuer({ issuer: "keys", signingKey });
  return { bits, pem, jwks, jwtPublicKey, kid: jwks.keys[0]?.kid ?? "" };
}

const filesOf = ({ pem, jwtPublicKey, jwks }: MadeKeys): readonly KeyFile[] => [
  { name: FILES.secret, text: pem, secret: true },
  { name: FILES.line, text: `${jwtPublicKey}\n` },
  { name: FILES.set, text: `${JSON.stringify(jwks, null, 2)}\n` },
];

function toJson({ bits, kid, pem, jwtPublicKey, jwks }: MadeKeys, folder?: string): string {
  const secret =
    folder === undefined ? { privateKey: pem } : { privateKeyFile: join(folder, FILES.secret) };
  return `${JSON.stringify({ bits, kid, ...secret, jwtPublicKey, jwks }, null, 2)}\n`;
}

function toText({ bits, kid, jwtPublicKey, jwks }: MadeKeys, folder?: string): string {
  const place = (name: string): string => (folder === undefined ? "" : ` (${join(folder, name)})`);
  return [
    `An RSA key of ${bits} bits for RS256. Its kid: ${kid}`,
    "",
    ...(folder === undefined
      ? []
      : [`The private key, which stays on your server: ${join(folder, FILES.secret)}`, ""]),
    `JWT Public Key, as the connector's form wants it${place(FILES.line)}:`,
    jwtPublicKey,
    "",
    `JWKS, for a JWKS endpoint${place(FILES.set)}:`,
    JSON.stringify(jwks),
    "",
  ].join("\n");
}
