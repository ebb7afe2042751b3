import type { IncomingMessage } from "node:http";
import { json, readBody } from "../../http.js";
import { Refusal, uncodedRefusal } from "../errors.js";
import type { LoginSessions } from "../login/sessions.js";
import { knownAccount, type Call, type Route } from "../routes.js";
import type { SignatureCheck } from "./oauth1.js";

export type ResourceRequestKind = "users" | "interactions";

export interface ResourceWorld {
  readonly origin: string;
  readonly sessions: LoginSessions;
  readonly checkSignature: SignatureCheck;
}

const USERS = [
  { id: "3705342610", loginName: "mary.manager", userTypeId: 1, isEnabled: true },
  { id: "3705342611", loginName: "billing.bot", userTypeId: 2, isEnabled: true },
];

/** Two of the cloud's APIs, for whoever is logged in, or has an API key. */
export function resourceRoutes(world: ResourceWorld): readonly Route<ResourceRequestKind>[] {
  return [
    [
      "GET",
      "users",
      /^\/api\/account\/([^/]+)\/configuration\/le-users\/users$/,
      async (call) => {
        await authorize(call, world);
        const wanted = call.query.getAll("login_name");
        return json(
          200,
          USERS.filter(({ loginName }) => wanted.length === 0 || wanted.includes(loginName)),
        );
      },
    ],
    [
      "POST",
      "interactions",
      /^\/interaction_history\/api\/account\/([^/]+)\/interactions\/search$/,
      async (call) => {
        const body = await authorize(call, world);
        const { start } = searchOf(body);
        const { from, to } = Object(start) as { from?: unknown; to?: unknown };
        if (typeof from !== "number" || typeof to !== "number") {
          throw uncodedRefusal(400, "start.from and start.to must be numbers");
        }
        return json(200, { _metadata: { count: 0 }, interactionHistoryRecords: [] });
      },
    ],
  ];
}

/** Returns the body, which can be read once only. */
async function authorize(call: Call, world: ResourceWorld): Promise<string> {
  const { id: account } = knownAccount(call);
  const body = await readBody(call.request);
  const authorization = oneHeader(call.request, "authorization");
  const [, bearer] = /^Bearer (\S+)$/.exec(authorization) ?? [];
  if (bearer !== undefined && world.sessions.byBearer(account, bearer)) return body;
  const reason = /^OAuth /i.test(authorization)
    ? world.checkSignature({
        method: call.request.method ?? "",
        url: new URL(`${world.origin}${call.request.url ?? ""}`),
        authorization,
        contentType: oneHeader(call.request, "content-type"),
        body,
      })
    : "no valid Authorization header";
  if (reason === null) return body;
  const reply = json(401, { error: { message: reason, statusCode: 401 } });
  throw new Refusal({
    ...reply,
    headers: { ...reply.headers, "WWW-Authenticate": 'OAuth realm="cloud"' },
  });
}

function oneHeader(request: IncomingMessage, name: string): string {
  const values = request.headersDistinct[name] ?? [];
  if (values.length > 1) throw uncodedRefusal(400, `several ${name} headers`);
  return values[0] ?? "";
}

function searchOf(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    throw uncodedRefusal(400, "not JSON");
  }
}
