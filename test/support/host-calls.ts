import { checkConfig } from "../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../src/config/options.js";
import type { Credential } from "../../src/sources/credential.js";
import type { DirectSource, SourceCall } from "../../src/sources/direct.js";
import { createSource, type HostNotice } from "../../src/sources/host.js";
import type { HostRequest } from "./host-apps.js";
import { issuedAt } from "./id-tokens.js";
import { createMovingClock, type MovingClock } from "./moving-clock.js";
import { createRsaKey, signToken, type RsaKey } from "./rsa-keys.js";

export const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
export const otherChallenge = challenge.replace("E", "F");
export const redirect_uri = "https://www.brand.example/app-callback";

/** A page with the source, in an app or not. */
export interface HostPage {
  readonly clock: MovingClock;
  /** What the app said unasked, in order. */
  readonly notices: readonly HostNotice[];
  readonly source: DirectSource;
  /** Asks as a call of the window does. */
  ask(call?: Partial<SourceCall>): Promise<Credential | undefined>;
  /** An ID token for a consumer, that fits but for the changes. */
  mint(sub: string, changes?: Record<string, unknown>): Promise<string>;
  /** Stops listening. */
  close(): void;
}

let key: Promise<RsaKey> | undefined;

/** @param changes - of a configuration that takes ID tokens from the bridge `consumerAuth` */
export async function openHostPage(changes: ConsumerAuthConfig = {}): Promise<HostPage> {
  const signing = await (key ??= createRsaKey("a"));
  const { config } = checkConfig({
    host: "consumerAuth",
    flow: "implicit",
    issuer: "https://login.example",
    clientId: "brand",
    jwtPublicKey: signing.line,
    requestTimeout: 5000,
    ...changes,
  });
  const clock = createMovingClock(issuedAt * 1000);
  const notices: HostNotice[] = [];
  const listening = new AbortController();
  const source = createSource(
    { config, clock },
    (notice) => notices.push(notice),
    listening.signal,
  );
  return {
    clock,
    notices,
    source,
    ask: (call) =>
      source({
        codeChallenge: undefined,
        interactive: false,
        renew: false,
        signal: new AbortController().signal,
        ...call,
      }),
    mint: (sub, changes) =>
      signToken(signing, {
        iss: "https://login.example",
        aud: "brand",
        sub,
        iat: issuedAt,
        exp: issuedAt + 600,
        ...changes,
      }),
    close() {
      listening.abort();
    },
  };
}

/** The answer to a request, with its nonce. */
export const answer = (
  { nonce, type }: HostRequest,
  content: Record<string, unknown>,
): Record<string, unknown> => ({
  type: type.replace(/request$/, "answer"),
  version: 1,
  nonce,
  ...content,
});

/** What the app says unasked. */
export const unasked = (
  content: Record<string, unknown>,
  notice: HostNotice = "credential",
): Record<string, unknown> => ({ type: `consumerAuth.${notice}`, version: 1, ...content });

/** Who the ID token is of. */
export const subjectOf = (credential: Credential | undefined): string | undefined =>
  credential?.kind === "id_token" ? credential.claims?.sub : undefined;
