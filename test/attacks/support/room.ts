import { executeServerCommand } from "@web/test-runner-commands";

/** A request that reached one of the servers. */
export interface ServerRequest {
  /** `provider` and `stranger` are sites of their own; `site` is the page's own origin. */
  readonly server: "provider" | "stranger" | "site";
  readonly method: string;
  /** What follows the room's address: `/authorize`; at an origin the whole path. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server answers; where nothing is said, 200 and readable by all. */
export interface ServerAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** In place of a body: pieces of it, each so many milliseconds after the head. */
  readonly chunks?: readonly { readonly after: number; readonly text: string }[];
  /** What comes after the body: the end, nothing, a broken connection, or its last piece again and again. */
  readonly then?: "end" | "hang" | "reset" | "repeat";
  /** Of the body and the pieces. Default UTF-8. */
  readonly encoding?: "utf16le";
  /** `false`: pages of other origins can't read it. */
  readonly cors?: boolean;
}

export type Handler = (request: ServerRequest) => ServerAnswer | Promise<ServerAnswer>;

/** Addresses of one test on real servers, whose every answer the test makes. */
export interface Room {
  /** The address of the identity provider, on a site of its own. */
  readonly provider: string;
  /** An address on yet another origin. */
  readonly stranger: string;
  /** An address on the page's own origin. */
  readonly site: string;
  /**
   * The account of which the origins of `provider` and `stranger` bring `/api/account/…` here: the
   * messaging cloud has no address but an origin.
   */
  readonly account: string;
  /** Everything that was asked for, in order. */
  readonly requests: readonly ServerRequest[];
  /** How many bytes of bodies were sent so far, and how many answers are still being sent. */
  traffic(): Promise<{ readonly sent: number; readonly open: number }>;
  close(): Promise<void>;
}

interface OpenedRoom {
  readonly id: string;
  readonly provider: string;
  readonly stranger: string;
  readonly site: string;
}

interface ArrivedRequest {
  readonly number: number;
  readonly server: ServerRequest["server"];
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const command = <T>(name: string, payload?: object): Promise<T> =>
  executeServerCommand<T, object>(`hostile-${name}`, payload);

/** What lets a page of another origin read an answer, and ask with any header. */
const readableByAll = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-expose-headers": "*",
};

export const json = (value: unknown, status = 200): ServerAnswer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

export const page = (
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ServerAnswer => ({
  headers: { "content-type": "text/html; charset=utf-8", ...headers },
  body: `<!doctype html><title>Page</title>${body}`,
});

export const redirect = (location: string, status = 302): ServerAnswer => ({
  status,
  headers: { location },
});

export const notFound: ServerAnswer = { status: 404, body: "" };

/** Opens addresses for a test; they are gone when it closes them. */
export async function openRoom(handle: Handler): Promise<Room> {
  const { id, provider, stranger, site } = await command<OpenedRoom>("open");
  const requests: ServerRequest[] = [];
  let isOpen = true;

  async function answer({ number, url, ...arrived }: ArrivedRequest): Promise<void> {
    const { pathname, searchParams } = new URL(url, location.origin);
    const request = {
      ...arrived,
      path: pathname.startsWith(`${site}/`) ? pathname.slice(site.length) : pathname,
      query: searchParams,
    };
    requests.push(request);
    const {
      status = 200,
      headers = {},
      body = "",
      chunks = body === "" ? [] : [{ after: 0, text: body }],
      then = "end",
      encoding,
      cors = true,
    } = request.method === "OPTIONS" ? {} : await handle(request);
    await command("answer", {
      room: id,
      number,
      answer: {
        status,
        headers: { ...(cors && readableByAll), ...headers },
        chunks,
        then,
        encoding,
      },
    });
  }

  async function serve(): Promise<void> {
    while (isOpen) {
      const arrived = await command<{ requests: ArrivedRequest[] } | null>("next", { room: id });
      for (const request of arrived?.requests ?? []) void answer(request);
    }
  }

  const serving = serve();
  return {
    provider,
    stranger,
    site: new URL(site, location.origin).href,
    account: id,
    requests,
    traffic: () => command("traffic", { room: id }),
    async close() {
      isOpen = false;
      await command("close", { room: id });
      await serving;
    },
  };
}
