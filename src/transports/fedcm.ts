import { abortError, settleBy } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import { errorName } from "../oidc/authorization-response.js";

/** What an identity provider is asked through the browser. */
export interface FedcmRequest {
  /** https URL of the provider's FedCM config file. */
  readonly configUrl: string;
  /** The client at the provider. */
  readonly clientId: string;
  /** Random characters; the ID token must carry them. */
  readonly nonce: string;
  /** Leaves only those accounts of the consumer that the provider gives this hint to. */
  readonly loginHint?: string | undefined;
  /** What an authorization request would say, for the provider's ID assertion endpoint. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the browser goes about it. */
export interface FedcmManner {
  /** `true`: the browser signs in whom it has signed in here before, or nobody. */
  readonly silent: boolean;
  /** Ends the waiting and closes the browser's dialog. */
  readonly signal: AbortSignal;
}

/** Whether the browser has Federated Credential Management (W3C FedCM). */
export const canFedcm = (): boolean => "IdentityCredential" in globalThis;

/**
 * Asks the identity provider through the browser, without a window of the provider's.
 *
 * A browser doesn't tell a consumer who closed its dialog from one who is unknown, has switched FedCM
 * off, or is left in peace because of an earlier refusal: all of them are nobody here. It also says
 * "nobody" late on purpose, by seconds, so that a page can't read from the time who has an account:
 * a silent request needs a deadline of its own.
 *
 * @returns what the provider's ID assertion endpoint gave as `token`, unchecked: text, or from
 * Chromium 143 on any JSON value; `undefined` where there is nobody, where the provider wants to show
 * something, or where the browser can't do it (FedCM with parameters: Chromium 132)
 * @throws ConsumerAuthError `access_denied` or `authorization_failed` where the provider answers with
 * an error; what the signal was aborted with
 */
export async function requestByFedcm(
  { configUrl, clientId, nonce, loginHint, parameters }: FedcmRequest,
  { silent, signal }: FedcmManner,
): Promise<unknown> {
  if (!canFedcm()) return undefined;
  let carried = false as boolean;
  try {
    const leave = new AbortController();
    const credential = navigator.credentials.get({
      mediation: silent ? "silent" : "optional",
      signal: AbortSignal.any([signal, leave.signal]),
      identity: {
        // An active request is never left unanswered, but needs the consumer's gesture.
        ...(!silent && navigator.userActivation.isActive && { mode: "active" }),
        providers: [
          {
            configURL: configUrl,
            clientId,
            // Before Chromium 143 its only place; providers still look for it here.
            nonce,
            loginHint,
            get params() {
              carried = true;
              return { ...parameters, nonce };
            },
          },
        ],
      },
    } as CredentialRequestOptions);
    // An answer to less than was asked, a code that no challenge binds say, is none.
    if (!carried) leave.abort();
    return ((await settleBy(signal, credential)) as { token?: unknown } | null)?.token;
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    refuse(error as IdentityCredentialError);
    return undefined;
  }
}

/** What the provider answers instead of a token. Before Chromium 143 `error` was called `code`. */
interface IdentityCredentialError extends Error {
  readonly error?: unknown;
  readonly code?: unknown;
}

/** Throws where it was the provider who refused. */
function refuse(problem: IdentityCredentialError): void {
  if (problem.name !== "IdentityCredentialError") return;
  const name = errorName(problem.error ?? problem.code);
  // The provider wants to show something (OpenID Connect Core 1.0 section 3.1.2.6): a window can.
  if (name.endsWith("_required")) return;
  throw new ConsumerAuthError(
    name === "access_denied" ? name : "authorization_failed",
    `The identity provider answered "${name}".`,
  );
}

/**
 * Has the browser ask before it signs anybody in on this site again (`preventSilentAccess()` of
 * Credential Management Level 1): after a sign-out nobody is signed in silently.
 */
export const preventSilentFedcm = async (): Promise<void> => {
  try {
    await navigator.credentials.preventSilentAccess();
  } catch {
    // Then nothing was silent here before either.
  }
};
