import { createKeeper, type Keeper } from "../../src/client/keeper.js";
import type { Parts } from "../../src/client/parts.js";
import { createSessionKeeper, type Session } from "../../src/client/session.js";
import type { ConsumerAuthConfig } from "../../src/config/options.js";
import type { IdTokenCredential } from "../../src/sources/credential.js";
import { issuedAt } from "./id-tokens.js";
import type { MovingClock } from "./moving-clock.js";
import { openSourcePage } from "./source-page.js";

/** A page of a client, with what it knows of the consumer. */
export interface BrowserPage {
  readonly clock: MovingClock;
  readonly keeper: Keeper;
  readonly parts: Parts;
  /** Every session that it had, but for the first. */
  readonly sessions: readonly Session[];
  /** The codes of the errors that were told. */
  readonly reports: readonly string[];
}

/** @param changes - of the configuration; pages with the same one are tabs of one client */
export async function openBrowserPage(changes: ConsumerAuthConfig = {}): Promise<BrowserPage> {
  const { config, clock } = await openSourcePage(changes);
  const sessions: Session[] = [];
  const reports: string[] = [];
  const session = createSessionKeeper(clock, (now) => sessions.push(now));
  const keeper = createKeeper(config, clock, session);
  const parts: Parts = {
    config,
    clock,
    keeper,
    session,
    report: ({ code }) => reports.push(code),
    signedOut: () => undefined,
    notice: () => undefined,
    refused: () => Promise.resolve(),
  };
  return { clock, keeper, parts, sessions, reports };
}

/** An ID token as it is after it was verified. */
export const toCredential = (
  changes: { sub?: string; iat?: number; exp?: number } = {},
): IdTokenCredential => {
  const claims = {
    iss: "https://login.example",
    sub: "consumer-1",
    iat: issuedAt,
    exp: issuedAt + 600,
    ...changes,
  };
  return { kind: "id_token", token: `of.${claims.sub}.${claims.exp}`, claims };
};
