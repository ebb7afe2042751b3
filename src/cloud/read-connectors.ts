import { isJsonObject, type JsonObject } from "../base/http.js";
import type { ConsumerAuthConfig, Flow } from "../config/options.js";

/** The settings of a connector that are options of a page as well. */
type Settings = Pick<
  ConsumerAuthConfig,
  | "issuer"
  | "authorizationEndpoint"
  | "tokenEndpoint"
  | "clientId"
  | "jwtPublicKey"
  | "jwksEndpoint"
  | "jsMethodName"
  | "jsContext"
>;

/** A connector, as the cloud publishes it: what is usable of it. Nothing in it has been checked. */
export interface Connector extends Readonly<Settings> {
  readonly id?: string;
  /** Left out where the configuration doesn't tell. */
  readonly flow?: Flow;
  /** The account prefers it to its others. */
  readonly preferred: boolean;
  /** It speaks the "OAuth 2 RFC" dialect in the separate browser window. */
  readonly rfcCompliance: boolean;
  /** It makes guests, by a function of the cloud's own: nobody signs in by it. */
  readonly unauthenticated: boolean;
}

/** What an account publishes. */
export interface PublishedConnectors {
  readonly connectors: readonly Connector[];
  /** A client secret stood in it, and was dropped. */
  readonly holdsSecret: boolean;
}

const mostConnectors = 1000;
const longestText = 8192;
const longestId = 128;

/** The page method of the unauthenticated connector, in lower case. */
const guestMethod = "lptag.taglets.unauthmessaging.lpunauthfunction";

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** An object or an array, or the JSON text of one: nothing says that a configuration isn't text. */
const unfold = (value: unknown): unknown =>
  typeof value === "string" && value.length <= longestText && /^\s*[[{]/.test(value)
    ? parseJson(value)
    : value;

/** A key in any spelling: `jsMethodName`, `JSMethodName`, `js_method_name`. */
const plain = (key: string): string => key.replace(/[^a-z\d]/gi, "").toLowerCase();

type Values = ReadonlyMap<string, unknown>;

/** The values of an object, by their plain keys; of several the first that isn't empty. */
function readValues(object: unknown): Values {
  const values = new Map<string, unknown>();
  for (const [key, given] of isJsonObject(object) ? Object.entries(object) : []) {
    const value = typeof given === "string" ? given.trim() : given;
    if (value !== "" && value !== null && !values.has(plain(key))) values.set(plain(key), value);
  }
  return values;
}

const isText = (value: unknown, longest = longestText): value is string =>
  typeof value === "string" && value.length <= longest;

const saysYes = (value: unknown): boolean =>
  value === true || value === 1 || (isText(value) && /^(true|1)$/i.test(value));

/** What names a flow. Numbers, as `type` has them, are not documented, and tell nothing. */
const flowKeys = ["flow", "flowtype", "type", "authenticationtype", "authtype", "responsetype"];

/**
 * No field says for certain which flow a connector has. In this order: a text that names it; a flag
 * for PKCE, or a token endpoint, which only the code flow has; a way to verify ID tokens, which is the
 * implicit flow where there is no token endpoint. Else it stays open.
 */
function findFlow(values: Values, names: readonly unknown[], settings: Settings): Flow | undefined {
  const named = names.filter((name) => isText(name)).join(" ");
  const isImplicit = /implicit|id_?token/i.test(named);
  if (isImplicit !== /code|pkce/i.test(named)) return isImplicit ? "implicit" : "code";
  const hasPkce = [...values].some(([key, value]) => key.includes("pkce") && saysYes(value));
  if (hasPkce || settings.tokenEndpoint) return "code";
  return settings.jwtPublicKey || settings.jwksEndpoint || values.has("jwtvalidationtype")
    ? "implicit"
    : undefined;
}

/** A dotted method name is a method further down. */
function findPlace({ jsContext, jsMethodName }: Settings): Settings {
  const names = jsMethodName?.split(".") ?? [];
  const method = names.pop();
  if (jsContext && jsContext !== "window") names.unshift(jsContext);
  const context = names.join(".") || jsContext;
  return { ...(context && { jsContext: context }), ...(method && { jsMethodName: method }) };
}

/** Of two ways to verify a token the one that `jwtValidationType` names, where both are there. */
function findKey({ jwtPublicKey, jwksEndpoint }: Settings, validationType: unknown): Settings {
  const wantsKeySet = isText(validationType) && /jwks/i.test(validationType);
  if (jwksEndpoint && (wantsKeySet || !jwtPublicKey)) return { jwksEndpoint };
  return jwtPublicKey ? { jwtPublicKey } : {};
}

function readConnector(item: JsonObject): Connector | undefined {
  const own = readValues(item);
  if (saysYes(own.get("deleted"))) return undefined;
  // A setting may stand beside the configuration as well as in it.
  const inner = readValues(unfold(own.get("configuration")));
  const values = new Map([...own, ...inner]);
  const texts = (...keys: (keyof Settings)[]): Settings =>
    Object.fromEntries(
      keys
        .map((key) => [key, values.get(plain(key))] as const)
        .filter(([, value]) => isText(value)),
    );
  const settings: Settings = {
    ...texts("issuer", "authorizationEndpoint", "tokenEndpoint", "clientId"),
    ...findKey(texts("jwtPublicKey", "jwksEndpoint"), values.get("jwtvalidationtype")),
    ...findPlace(texts("jsContext", "jsMethodName")),
  };
  const { issuer, authorizationEndpoint, clientId, jsMethodName } = settings;
  // Other things than ways to sign in may be among them.
  if (!(issuer ?? authorizationEndpoint ?? clientId ?? jsMethodName)) return undefined;
  const id = own.get("id");
  const names = flowKeys.flatMap((key) => [own.get(key), inner.get(key)]);
  const flow = findFlow(values, names, settings);
  const place = `${settings.jsContext}.${jsMethodName}`.toLowerCase();
  return {
    ...((typeof id === "number" || isText(id, longestId)) && { id: String(id) }),
    ...(flow && { flow }),
    ...settings,
    preferred: saysYes(values.get("preferred")),
    rfcCompliance: saysYes(values.get("rfccompliance")),
    unauthenticated: place.replace(/^window\./, "") === guestMethod,
  };
}

/** Whether anything that calls itself a secret holds one, however deep; without recursion. */
function holdsSecret(answer: unknown): boolean {
  const waiting = [answer];
  while (waiting.length > 0) {
    const value = unfold(waiting.pop());
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
      if (/secret/i.test(key) && inner && /string|object/.test(typeof inner)) return true;
      waiting.push(inner);
    }
  }
  return false;
}

/**
 * Reads what the cloud publishes of an account's connectors. Neither the names of all fields nor
 * which of them are always there is documented, so everything is tolerated, and what can't be used is
 * left out: other spellings of keys, values of another type, empty ones, texts of more than 8 KB, and
 * connectors after the first 1000. A client secret is never read, only found.
 *
 * @param answer - the parsed body: the list, or an object with `connectors`
 * @returns the connectors; `undefined` where there is no list
 */
export function readConnectors(answer: unknown): PublishedConnectors | undefined {
  const list: unknown = isJsonObject(answer) ? answer["connectors"] : answer;
  if (!Array.isArray(list)) return undefined;
  const connectors = list
    .slice(0, mostConnectors)
    .filter(isJsonObject)
    .map(readConnector)
    .filter((connector) => connector !== undefined);
  return { connectors, holdsSecret: holdsSecret(answer) };
}
