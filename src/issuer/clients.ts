import { checkText, invalidConfig, isSecure } from "./checks.js";
import { digest, sameDigest } from "./digests.js";

/** Who may exchange codes: the cloud, as your connector knows it. */
export interface Client {
  /** The connector's client ID. */
  readonly clientId: string;
  /**
   * The connector's client secret, 32 characters or more, best of letters and digits. Two while it is
   * being changed: both are good.
   */
  readonly clientSecret: string | readonly string[];
  /**
   * Where codes may be sent: full addresses, compared to the letter. What the credential endpoint
   * hands out needs no entry.
   */
  readonly redirectUris?: readonly string[] | undefined;
  /** Whether every code must be bound to a challenge: a connector with PKCE. `false` unless given. */
  readonly requirePkce?: boolean | undefined;
}

/** Clients, checked. */
export interface Clients {
  find(clientId: string): Client | undefined;
  /** Whether a secret is one of the client's; it takes as long where there is no such client. */
  authenticate(clientId: string, secrets: readonly string[]): Promise<Client | undefined>;
}

const LEAST_SECRET = 32;

/**
 * @throws IssuerError `invalid_config`
 */
export function readClients(clients: readonly Client[]): Clients {
  const isList =
    Array.isArray(clients) && clients.every((client: unknown) => Object(client) === client);
  if (!isList || clients.length === 0) {
    throw invalidConfig("clients must list a client at least: { clientId, clientSecret }.");
  }
  const known = new Map<string, Client>();
  for (const client of clients as readonly Client[]) {
    checkClient(client);
    if (known.has(client.clientId)) throw invalidConfig("clients must have a clientId each.");
    known.set(client.clientId, client);
  }
  // Only digests are kept; as many are compared for one client as for another.
  const digests = new Map(
    [...known].map(([id, { clientSecret }]) => [
      id,
      Promise.all([clientSecret].flat().map(digest)),
    ]),
  );
  const most = Math.max(...clients.map(({ clientSecret }) => [clientSecret].flat().length));

  return {
    find: (clientId) => known.get(clientId),
    authenticate: async (clientId, secrets) => {
      const given = await Promise.all(secrets.map(digest));
      const right = (await digests.get(clientId)) ?? [];
      const nobodys = new Uint8Array(32);
      let matches = 0;
      for (const one of given) {
        for (let index = 0; index < most; index += 1) {
          matches += sameDigest(one, right[index] ?? nobodys) ? 1 : 0;
        }
      }
      return matches > 0 ? known.get(clientId) : undefined;
    },
  };
}

function checkClient({ clientId, clientSecret, redirectUris = [] }: Client): void {
  checkText("clients[].clientId", clientId);
  const secrets = [clientSecret].flat();
  if (secrets.length === 0 || secrets.length > 4 || !secrets.every(isStrong)) {
    throw invalidConfig(
      `clients[].clientSecret must be ${LEAST_SECRET} characters of ASCII or more, or a list of up to 4 of them: make it of 32 random bytes.`,
    );
  }
  if (!Array.isArray(redirectUris)) throw invalidConfig("clients[].redirectUris must be a list.");
  for (const uri of redirectUris as readonly unknown[])
    checkRedirectUri("clients[].redirectUris", uri);
}

const isStrong = (secret: unknown): boolean =>
  typeof secret === "string" && secret.length >= LEAST_SECRET && /^[\x20-\x7e]+$/.test(secret);

/** Parameters of a response: an address that brings one of its own would answer in our place. */
const RESPONSE = ["code", "state", "iss", "error", "error_description", "id_token", "access_token"];

/** @throws IssuerError `invalid_config` */
export function checkRedirectUri(option: string, uri: unknown): void {
  const isAddress = typeof uri === "string" && isSecure(uri) && !/[#*\s]/.test(uri);
  const url = isAddress ? new URL(uri) : undefined;
  const isBare = url?.username === "" && url.password === "";
  if (!url || !isBare || RESPONSE.some((name) => url.searchParams.has(name))) {
    throw invalidConfig(
      `${option} must be full addresses with https:// (http:// on loopback addresses only), without fragment, user name, wildcard and parameters of a response.`,
    );
  }
}
