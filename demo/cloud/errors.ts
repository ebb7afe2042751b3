import { json, type Reply } from "../http.js";

/** The codes that the cloud's identity service is known to answer with, and the status of each. */
const STATUS = {
  "1004": 500,
  "1012": 401,
  "1024": 404,
  "1028": 500,
  "1041": 500,
  "1042": 500,
  "1057": 400,
  "2001": 400,
  "2005": 500,
  "9007": 500,
  "9011": 401,
  "9013": 500,
  "9015": 400,
} as const;

export type CloudErrorCode = keyof typeof STATUS;

export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`refused with ${reply.status}`);
    this.reply = reply;
  }
}

/** The connection breaks off without an answer. */
export class CutOff extends Error {}

export function refusal(code: CloudErrorCode): Refusal {
  return new Refusal(json(STATUS[code], { internalErrorCode: code }));
}

/** For what the cloud refuses without a code that we know of. */
export function uncodedRefusal(status: number, error: string): Refusal {
  return new Refusal(json(status, { error }));
}
