import { answerRequests, type Answer, type AnsweredRequests } from "./answered-requests.js";
import type { MovingClock } from "./moving-clock.js";

/** A cloud with an unauthenticated connector, in the network's place. */
export interface AnonymousCloud extends AnsweredRequests {
  /** What the connector was asked for, in order: a new person, or the renewal of a token. */
  readonly asked: readonly ("new" | "renewal")[];
  /** Answers in the connector's place, where set. */
  connector: Answer | undefined;
}

/** An answer of the connector with its error code. */
export const refuse =
  (internalErrorCode: string, status = 500): Answer =>
  () =>
    Response.json({ internalErrorCode }, { status });

const encode = (value: unknown): string =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export function readClaims(token: string): { sub: string; exp: number } {
  const payload = String(token.split(".")[1]).replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload)) as { sub: string; exp: number };
}

/** @param clock - tells when tokens are made; they live for ten minutes */
export function startAnonymousCloud(clock: MovingClock): AnonymousCloud {
  const asked: ("new" | "renewal")[] = [];
  let people = 0;
  const server = answerRequests(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/service/idp/baseURI.json")) {
      return Response.json({ baseURI: "idp.liveperson.net" });
    }
    const { id_token } = (await request.clone().json()) as { id_token?: string };
    asked.push(id_token === undefined ? "new" : "renewal");
    if (cloud.connector) return cloud.connector(request);
    const sub = id_token === undefined ? `person-${++people}` : readClaims(id_token).sub;
    const iat = clock.now() / 1000;
    const claims = { sub, iat, exp: iat + 600, jti: asked.length };
    return Response.json({ token: `${encode({ alg: "RS256" })}.${encode(claims)}.c2ln` });
  });
  const cloud: AnonymousCloud = { ...server, asked, connector: undefined };
  return cloud;
}
