import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { AuthorizationRequest } from "../oidc/authorization-request.js";
import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { awaitResponse } from "./response.js";

const failed = (message: string): ConsumerAuthError =>
  new ConsumerAuthError("silent_failed", `Silent sign-in: ${message}`);

/**
 * Asks the identity provider in a hidden frame, which is removed afterwards.
 *
 * @param request - one with `prompt=none`
 * @param timeout - milliseconds
 * @param signal - ends the waiting
 * @returns the response, nothing in it checked but that its channel or sender is ours
 * @throws ConsumerAuthError `silent_failed` where the frame can't load, or is not heard from in time
 */
export async function authorizeInFrame(
  request: AuthorizationRequest,
  timeout: number,
  signal: AbortSignal,
): Promise<RawAuthorizationResponse> {
  const frame = document.createElement("iframe");
  // It can't open windows, and can't take the page away. Without its origin it would have no session.
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  frame.hidden = true;
  frame.title = "";
  document.documentElement.append(frame);
  const target = frame.contentWindow;
  const { origin } = new URL(request.url);
  const policies = new AbortController();
  try {
    if (!target) throw failed("the page takes no frames.");
    return await withDeadline(
      timeout,
      () => failed(`${origin} did not come back in ${timeout} ms.`),
      (deadline) =>
        new Promise((resolve, reject) => {
          document.addEventListener(
            "securitypolicyviolation",
            ({ effectiveDirective, blockedURI }) => {
              if (effectiveDirective === "frame-src" && blockedURI.startsWith(origin))
                reject(failed(`the page's Content-Security-Policy lacks ${origin} in frame-src.`));
            },
            { signal: policies.signal },
          );
          awaitResponse(target, request, deadline, () => {
            frame.src = request.url;
          }).then(resolve, reject);
        }),
      signal,
    );
  } finally {
    policies.abort();
    frame.remove();
  }
}
