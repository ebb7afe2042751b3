import type { Handler } from "../../../../src/platform.js";

/** What a browser does of the protocol, with one origin's handlers: it keeps their cookies, and sends them. */
export interface Browser {
  readonly cookies: Map<string, string>;
  get(handler: Handler, path: string): Promise<Response>;
  /** As a form of the application's own page does. */
  post(handler: Handler, path: string, headers?: Record<string, string>): Promise<Response>;
}

export function createBrowser(origin: string, cookies = new Map<string, string>()): Browser {
  const send = async (handler: Handler, path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) {
      headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const response = await handler(new Request(`${origin}${path}`, { ...init, headers }));
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0\b/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    cookies,
    get: (handler, path) => send(handler, path, {}),
    post: (handler, path, headers = { origin }) => send(handler, path, { method: "POST", headers }),
  };
}
