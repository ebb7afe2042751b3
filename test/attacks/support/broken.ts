import { engine } from "../../support/engines.js";
import type { ServerAnswer } from "./room.js";

/** What is wrong with an answer, seen from whoever wants to read it. */
export type Fault = "an error" | "no JSON object" | "unreadable" | "late";

/** An answer as a broken or hostile server gives it. */
export interface BrokenAnswer {
  readonly name: string;
  readonly fault: Fault;
  readonly answer: ServerAnswer | "never";
}

const html = "<!doctype html><title>Sign in</title><form action=/login></form>";
const asHtml = { "content-type": "text/html" };
const asJson = { "content-type": "application/json" };
const year = 31_536_000;

/** A body that would be right, after which comes what is wrong. */
const honest = '{"token_type":"Bearer","expires_in":600,';

const of =
  (fault: Fault) =>
  ([name, answer]: [string, ServerAnswer | "never"]): BrokenAnswer => ({ name, fault, answer });

const status = (code: number, headers: Record<string, string> = {}, body = ""): ServerAnswer => ({
  status: code,
  headers,
  body,
});

const content = (body: string, more: Partial<ServerAnswer> = {}): ServerAnswer => ({
  headers: asJson,
  body,
  ...more,
});

const errors: Record<string, ServerAnswer> = {
  "400 without a body": status(400),
  "400 with another error": status(400, asJson, '{"error":"invalid_request"}'),
  "400 with an error that is markup": status(
    400,
    asJson,
    '{"error":"<img src=x onerror=alert(1)>"}',
  ),
  "400 with an error that is an object": status(400, asJson, '{"error":{"__proto__":{"x":1}}}'),
  "403 with HTML": status(403, asHtml, html),
  "404": status(404),
  "429": status(429),
  "429, come back in a year": status(429, { "retry-after": `${year}` }),
  "429, come back in 9999": status(429, { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" }),
  "500 with JSON": status(500, asJson, "{}"),
  "502 with HTML": status(502, asHtml, html),
  "503, come back before now": status(503, { "retry-after": "-1" }),
  "503, come back in a number without end": status(503, { "retry-after": "9".repeat(400) }),
  "503, come back in garbage": status(503, { "retry-after": "\u00e4; soon, <b>1</b>" }),
};

const contents: Record<string, ServerAnswer> = {
  "an empty body": content(""),
  HTML: content(html, { headers: asHtml }),
  "HTML that is called JSON": content(html),
  "JSON that breaks off": content(honest),
  "an array": content("[{}]"),
  "a text": content('"text"'),
  "a number": content("1e999"),
  null: content("null"),
  "a script": content("callback({})"),
  "UTF-16": content("\ufeff{}", { encoding: "utf16le" }),
  "arrays, 400 000 deep": content("[".repeat(400_000) + "]".repeat(400_000)),
  "objects, 50 000 deep": content('{"a":'.repeat(50_000) + "1" + "}".repeat(50_000)),
  "keys of prototypes": content(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  ),
};

const unreadable: Record<string, ServerAnswer> = {
  "a connection that is reset": { then: "reset" },
  "a body without end": content(`${honest}${" ".repeat(100_000)}`, { then: "repeat" }),
  "a body of more than 1 MB": content("{}".padEnd(1_000_001)),
  "a redirect to itself": status(302, { location: "?" }),
  "a redirect on its own origin": status(307, { location: "/elsewhere" }),
  "a redirect to another origin": status(302, { location: "http://127.0.0.2:9/" }),
  "a redirect to data:": status(302, { location: "data:application/json,{}" }),
};

const late: Record<string, ServerAnswer | "never"> = {
  "no answer": "never",
  "a head without a body": { headers: asJson, then: "hang" },
  "a body that stops": content(honest, { then: "hang" }),
  "a byte a second": {
    headers: asJson,
    chunks: Array.from(honest, (text, at) => ({ after: at * 1000, text })),
    then: "hang",
  },
};

/** WebKitGTK takes a body that is cut off for one that has ended: then it is JSON that breaks off. */
const cutOff: BrokenAnswer = {
  name: "a body that is reset",
  fault: engine === "webkit" ? "no JSON object" : "unreadable",
  answer: content(honest, { then: "reset" }),
};

/** Everything that a server can do wrong, whoever asks it for what. */
export const brokenAnswers: readonly BrokenAnswer[] = [
  ...Object.entries(errors).map(of("an error")),
  ...Object.entries(contents).map(of("no JSON object")),
  ...Object.entries(unreadable).map(of("unreadable")),
  cutOff,
  ...Object.entries(late).map(of("late")),
];

/** One of each kind, where every answer costs a popup. */
export const someBrokenAnswers: readonly BrokenAnswer[] = brokenAnswers.filter(({ name }) =>
  [
    "400 with an error that is markup",
    "503, come back before now",
    "HTML",
    "keys of prototypes",
    "a redirect to another origin",
    "a body that stops",
  ].includes(name),
);

/** An answer that pages of other origins may not read. */
export const withoutCors: BrokenAnswer = {
  name: "an answer without CORS",
  fault: "unreadable",
  answer: content("{}", { cors: false }),
};

/** What a page waits for: no longer than it must where nothing comes, in milliseconds. */
export const patience = ({ fault }: BrokenAnswer): { requestTimeout: number } => ({
  requestTimeout: fault === "late" ? 1000 : 2000,
});

/** What a handler of a room returns for it. */
export const give = ({ answer }: BrokenAnswer): ServerAnswer | Promise<ServerAnswer> =>
  answer === "never" ? new Promise(() => undefined) : answer;
