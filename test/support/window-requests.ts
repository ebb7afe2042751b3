import type {
  RefusedWindowRequest,
  WindowRequest,
} from "../../src/engagement/separate-window/window-request.js";

/** Where the window of these tests lies. */
export const windowAddress = "https://window.cloud.example/engagement/index.html";

/** The two requests of the "openID" dialect and the two of "OAuth 2 RFC", as the cloud sends them. */
export const requests = {
  openidImplicit: {
    response_type: "token",
    client_id: "messaging",
    redirect_uri: `${windowAddress}?lpUnifiedWindowConfig=%7B%22accountId%22%3A%2212345678%22%7D`,
  },
  openidCode: {
    response_type: "code",
    client_id: "messaging",
    redirect_uri: `${windowAddress}?lpUnifiedWindowConfig=%7B%22accountId%22%3A%2212345678%22%7D`,
  },
  rfcImplicit: {
    response_type: "id_token",
    client_id: "messaging",
    scope: "openid",
    redirect_uri: windowAddress,
    state: '{"accountId":"12345678"}',
  },
  rfcCode: {
    response_type: "code",
    client_id: "messaging",
    scope: "openid",
    redirect_uri: windowAddress,
    state: '{"accountId":"12345678"}',
  },
} as const;

/** A query of these parameters; those that are `undefined` are left out. */
export const toQuery = (parameters: Readonly<Record<string, string | undefined>>): string =>
  `?${Object.entries(parameters)
    .filter((parameter): parameter is [string, string] => parameter[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&")}`;

/** The request, which must not have been refused. */
export function accepted(request: WindowRequest | RefusedWindowRequest): WindowRequest {
  if (request.refusal) throw new Error(`It was refused: ${JSON.stringify(request.refusal)}`);
  return request;
}
