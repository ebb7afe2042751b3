import { refuse, type Refusal } from "./http.js";

/** Bytes of a request's body. */
const BODY_LIMIT = 65_536;

/**
 * Reads a form (`application/x-www-form-urlencoded`) of 64 KB at most.
 *
 * @param signal - ends the reading
 * @throws Refusal 413 for more than that; 400 `json_parse_error` for what is no form,
 * `invalid_request` for a parameter that comes twice (RFC 6749 section 3.2)
 */
export async function readForm(request: Request, signal: AbortSignal): Promise<URLSearchParams> {
  const bytes = await readBody(request, signal);
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (bytes.length > 0 && type.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    throw unreadable();
  }
  const form = new URLSearchParams(decode(bytes));
  if (repeated(form).length > 0) {
    throw refuse(400, "invalid_request", "A parameter comes twice.");
  }
  return form;
}

/** The names of parameters that come more than once. */
export function repeated(parameters: URLSearchParams): readonly string[] {
  const names = [...parameters.keys()];
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

const tooLarge = (): Refusal => refuse(413, "invalid_request", "The body is too large.");

const unreadable = (): Refusal =>
  refuse(400, "json_parse_error", "Send a form: application/x-www-form-urlencoded in UTF-8.");

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable();
  }
}

async function readBody({ headers, body }: Request, signal: AbortSignal): Promise<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > BODY_LIMIT) throw tooLarge();
  if (!body) return new Uint8Array();
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const leave = (): void => {
    reader.cancel().catch(() => undefined);
  };
  signal.addEventListener("abort", leave);
  try {
    return await collect(reader);
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

async function collect(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  let bytes = new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    if (bytes.length + value.length > BODY_LIMIT) throw tooLarge();
    const longer = new Uint8Array(bytes.length + value.length);
    longer.set(bytes);
    longer.set(value, bytes.length);
    bytes = longer;
  }
}
