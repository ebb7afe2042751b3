import { settleBy, startDeadline, type Deadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { JsonObject } from "../base/http.js";
import { errorName } from "../oidc/authorization-response.js";
import { randomText } from "../oidc/pkce.js";
import { connectHost, readHostMessage, type HostBridge } from "../transports/host-bridge.js";
import type { SourceContext } from "./authorization.js";
import { readAnswer, type DirectSource, type SourceCall } from "./direct.js";

/** What was handed in is not used with less life left than this many milliseconds. */
const margin = 30_000;

/** What the app says unasked: here is a credential, or the consumer has signed out. */
export type HostNotice = "credential" | "signedOut";

const invalid = (problem: string): ConsumerAuthError =>
  new ConsumerAuthError("response_invalid", `The app's answer ${problem}.`);

const refused = (error: unknown): ConsumerAuthError =>
  new ConsumerAuthError(
    error === "access_denied"
      ? error
      : errorName(error).endsWith("_required")
        ? "login_required"
        : "provider_failed",
    `The app answered "${errorName(error)}".`,
  );

/**
 * The brand's own app, around the web view that shows this page. It is asked over its bridge, in the
 * protocol of docs/mobile-apps.md, and may hand in a credential unasked: the latest one is kept for the
 * next call, and verified then.
 *
 * @param context - with `host`, the bridge's name
 * @param onNotice - is told when the app says something unasked
 * @param signal - ends the listening for good
 * @returns asks the app, one request at a time; `undefined` at once where the page is in no such app.
 * It throws `request_timeout` where the app doesn't answer, `access_denied`, `login_required` or
 * `provider_failed` where it refuses, `response_invalid`, what the call's signal was aborted with, and
 * what {@link readAnswer} throws
 */
export function createSource(
  context: SourceContext,
  onNotice?: (notice: HostNotice) => void,
  signal?: AbortSignal,
): DirectSource {
  const { host = "", requestTimeout, interactionTimeout } = context.config;
  let handedIn: JsonObject | undefined;
  let hearAnswer: ((answer: JsonObject) => void) | undefined;
  let requests: Promise<unknown> | undefined;

  const findBridge = connectHost(
    host,
    (message) => {
      const { type, version, nonce } = message;
      if (nonce) {
        hearAnswer?.(message);
        return;
      }
      const isCredential = type === `${host}.credential`;
      if (version !== 1 || !(isCredential || type === `${host}.signedOut`)) return;
      handedIn = isCredential ? message : undefined;
      onNotice?.(isCredential ? "credential" : "signedOut");
    },
    signal,
  );

  function ask(
    bridge: HostBridge,
    { codeChallenge, interactive, renew, signal }: SourceCall,
  ): Promise<JsonObject> {
    const start = (limit: number, parent: AbortSignal): Deadline =>
      startDeadline(
        limit,
        () => new ConsumerAuthError("request_timeout", `The app did not answer in ${limit} ms.`),
        parent,
      );
    const whole = start(interactive ? interactionTimeout : requestTimeout, signal);
    // An app that has the bridge by its name is the brand's, any other must say that it understands.
    const first = interactive && bridge.isShared ? start(requestTimeout, whole.signal) : whole;

    const send = (
      resolve: (answer: JsonObject) => void,
      reject: (error: unknown) => void,
    ): void => {
      if (first.signal.aborted) return;
      const nonce = randomText();
      const refuse = (): void => {
        reject(invalid("lacks its type, version 1 or the request's nonce"));
      };
      hearAnswer = (answer) => {
        const { type, version, nonce: repeated } = answer;
        if (repeated !== nonce) return;
        if (type === `${host}.pending`) {
          if (first !== whole) first.suspend();
        } else if (type === `${host}.answer` && version === 1) resolve(answer);
        else refuse();
      };
      // Some bridges throw.
      Promise.resolve()
        .then(() =>
          bridge.post({
            type: `${host}.request`,
            version: 1,
            nonce,
            interactive,
            renew,
            ...(codeChallenge && { code_challenge: codeChallenge, code_challenge_method: "S256" }),
          }),
        )
        .then(
          (reply) => {
            if (reply === undefined || reply === null) return;
            hearAnswer?.(readHostMessage(reply));
            refuse();
          },
          (error: unknown) => {
            reject(refused((error as Partial<Error> | null)?.message));
          },
        );
    };
    const answer = settleBy(
      first.signal,
      Promise.resolve(requests).then(() => new Promise(send)),
    ).finally(() => {
      first.end();
      whole.end();
    });
    requests = Promise.allSettled([requests, answer]).then(() => undefined);
    return answer;
  }

  /** @param boundTo - the challenge that a code of this message belongs to */
  async function read(
    message: JsonObject,
    { codeChallenge, signal }: SourceCall,
    boundTo: unknown,
  ): ReturnType<DirectSource> {
    const { id_token, code, redirect_uri, error, nobody } = message;
    if ([id_token, code, error, nobody].filter(Boolean).length !== 1)
      throw invalid("must hold one of id_token, code, error and nobody");
    if (error) throw refused(error);
    if (nobody) return undefined;
    if (codeChallenge !== (code ? boundTo : undefined))
      throw invalid("is no code for the window's challenge");
    return readAnswer(context, code ? { code, redirect_uri } : { id_token }, signal);
  }

  return async (call) => {
    const unasked = handedIn;
    handedIn = undefined;
    const bridge = findBridge();
    if (unasked) {
      try {
        const credential = await read(unasked, call, unasked["code_challenge"] ?? undefined);
        const exp = credential?.kind === "id_token" ? credential.claims?.exp : undefined;
        const lives = !exp || exp * 1000 - context.clock.now() > margin;
        if (credential && lives) return credential;
      } catch (error) {
        // The app that is there may have a better one.
        if (!bridge) throw error;
      }
    }
    if (!bridge) return undefined;
    const answer = await ask(bridge, call);
    const older = handedIn as JsonObject | undefined;
    const credential = await read(answer, call, answer["code_challenge"] ?? call.codeChallenge);
    if (credential && handedIn === older) handedIn = undefined;
    return credential;
  };
}
