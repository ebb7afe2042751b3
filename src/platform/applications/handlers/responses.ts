import { PlatformError, type PlatformErrorCode } from "../../platform-error.js";

const always = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** The answer's status for an error that ends a request of a user. */
const statuses: Readonly<Partial<Record<PlatformErrorCode, number>>> = {
  access_denied: 403,
  aborted: 503,
  invalid_config: 500,
  login_unknown: 400,
  request_timeout: 504,
};

/** @param cookies - `Set-Cookie` headers */
export function redirect(url: string, status: 302 | 303, cookies: readonly string[]): Response {
  return withCookies(
    new Response(null, { status, headers: { ...always, Location: url } }),
    cookies,
  );
}

export function empty(status: number, cookies: readonly string[] = []): Response {
  return withCookies(new Response(null, { status, headers: always }), cookies);
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(`${body}\n`, {
    status,
    headers: { ...always, "Content-Type": "text/plain; charset=utf-8", ...headers },
  });
}

export const notAllowed = (method: string): Response =>
  text(405, `Only ${method} is answered here.`, { Allow: method });

/** What a user reads, where the application has no page of its own for it. */
export function errorPage(error: unknown): Response {
  const code = error instanceof PlatformError ? error.code : "unexpected";
  const status = error instanceof PlatformError ? (statuses[error.code] ?? 502) : 500;
  const words =
    code === "access_denied" || code === "login_unknown"
      ? "You are not signed in. Go back to the application and sign in again."
      : "That did not work. Please try again in a moment.";
  return text(status, `${words} (${code})`);
}

/** The same answer with further cookies; caches must not keep it then. */
export function withCookies(response: Response, cookies: readonly string[]): Response {
  if (cookies.length === 0) return response;
  const answer = new Response(response.body, response);
  for (const cookie of cookies) answer.headers.append("Set-Cookie", cookie);
  answer.headers.set("Cache-Control", "no-store");
  return answer;
}
