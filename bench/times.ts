import type { BrowserContext, Page } from "puppeteer-core";

import { clickAway, popupOf } from "../test/e2e/support/browser.js";
import { OURS, startStage, type Client } from "./stage.js";

/** Milliseconds before each answer of the identity provider. */
const DELAY = 100;
const ROUNDS = Number(process.argv[2] ?? 10);

const LIBRARIES = [OURS, "oidc-client-ts", "auth0-spa-js", "okta-auth-js", "keycloak-js"];

type Asked = Readonly<Record<"interactive" | "renew", boolean>>;

const SILENT: Asked = { interactive: false, renew: false };
const RENEW: Asked = { interactive: false, renew: true };
const INTERACTIVE: Asked = { interactive: true, renew: false };

/** Milliseconds until the page has a token, from the call or from the page's beginning; else nothing. */
const time = (page: Page, asked: Asked, from: "call" | "page" = "call") =>
  page.evaluate(
    async (asked, from) => {
      const { sdkPage } = window as unknown as {
        sdkPage: Promise<{ provide(asked: Asked): Promise<unknown> }>;
      };
      const sdk = await sdkPage;
      const begun = from === "page" ? 0 : performance.now();
      const token = await sdk.provide(asked).catch(() => undefined);
      return token ? performance.now() - begun : undefined;
    },
    asked,
    from,
  );

const stage = await startStage(LIBRARIES, DELAY);

async function open(context: BrowserContext, library: string, client: Client): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${stage.site}/${library}/${client}`);
  await page.waitForFunction("window.sdkPage", { polling: 20 });
  return page;
}

/** A browser whose consumer has a session at the provider. */
async function signedIn(): Promise<BrowserContext> {
  const context = await stage.browser.createBrowserContext();
  const page = await open(context, OURS, "session");
  const asked: { answer?: Promise<unknown> } = {};
  const popup = await popupOf(page, () => {
    asked.answer = time(page, INTERACTIVE);
    return Promise.resolve();
  });
  await clickAway(popup, "#sign-in");
  await asked.answer;
  await page.close();
  return context;
}

const ROWS = [
  "first token on a new page, silently",
  "popup, with a session at the provider",
  "cached",
  "renewed by a refresh token",
  "renewed by a hidden frame",
] as const;

type Row = (typeof ROWS)[number];
const measured = new Map<string, number[]>();
const keep = (row: Row, library: string, elapsed: number | undefined): void => {
  const key = `${row}: ${library}`;
  if (elapsed !== undefined) measured.set(key, [...(measured.get(key) ?? []), elapsed]);
};

/** The widget renews what has run out; the others are told to. */
async function renewed(page: Page, library: string): Promise<number | undefined> {
  if (library !== OURS) return time(page, RENEW);
  await page.evaluate("new Promise((resolve) => setTimeout(resolve, 1100))");
  return time(page, SILENT);
}

async function measure(context: BrowserContext, library: string): Promise<void> {
  const first = await open(context, library, "session");
  keep(ROWS[0], library, await time(first, SILENT, "page"));
  await first.close();
  for (const client of ["session", "refresh"] as const) {
    // Tokens live an hour, but for the widget's, which has no other way to be told to renew them.
    stage.provider.idTokenLifetime = library === OURS ? 1 : 3600;
    const page = await open(context, library, client);
    // keycloak-js has no popup, and auth0-spa-js has its token as soon as it is there.
    const popup = library === "keycloak-js" ? undefined : await time(page, INTERACTIVE);
    if (client === "session" && library !== "auth0-spa-js") keep(ROWS[1], library, popup);
    keep(client === "refresh" ? ROWS[3] : ROWS[4], library, await renewed(page, library));
    stage.provider.idTokenLifetime = 3600;
    if (client === "session") {
      if (library === OURS) await renewed(page, library);
      keep(ROWS[2], library, await time(page, SILENT));
    }
    await page.close();
  }
}

const counts = new Map<string, number>();

/** Calls at once, in so many tabs: what the provider sees of them. */
async function count(library: string, tabs: number, calls: number): Promise<void> {
  const context = await signedIn();
  const pages = await Promise.all(
    Array.from({ length: tabs }, () => open(context, library, "session")),
  );
  await Promise.all(pages.map((page) => page.evaluate("window.sdkPage.then(() => undefined)")));
  const before = stage.requests();
  await Promise.all(
    pages.map((page) =>
      page.evaluate(`Promise.allSettled(Array.from({ length: ${calls} }, () =>
        window.sdkPage.then((sdk) => sdk.provide({ interactive: false, renew: false })),
      )).then(() => undefined)`),
    ),
  );
  counts.set(`${tabs} × ${calls}: ${library}`, stage.requests() - before);
  await context.close();
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, another) => one - another);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function print(rows: readonly (readonly string[])[]): void {
  const widthOf = (column: number): number =>
    Math.max(...rows.map((row) => (row[column] ?? "").length));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widthOf(column)))
        .join("  ")
        .trimEnd(),
    );
  }
}

try {
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await signedIn();
    for (const library of LIBRARIES) await measure(context, library);
    await context.close();
  }
  for (const library of LIBRARIES) {
    await count(library, 1, 50);
    await count(library, 5, 10);
  }
  console.log(
    `Milliseconds, medians of ${ROUNDS} rounds, each answer of the provider after ${DELAY} ms (in brackets: to ours)\n`,
  );
  print([
    ["", ...LIBRARIES],
    ...ROWS.map((row) => {
      const medians = LIBRARIES.map((library) => median(measured.get(`${row}: ${library}`) ?? []));
      const [ours = NaN] = medians;
      return [
        row,
        ...medians.map((value, index) =>
          value === undefined
            ? "-"
            : `${value.toFixed(1)}${index ? ` (${(value / ours).toFixed(2)})` : ""}`,
        ),
      ];
    }),
  ]);
  console.log("\nOurs pushes its requests, since this provider takes them (PAR): one answer more.");
  console.log("\nRequests to the provider, for calls at once on new pages\n");
  print([
    ["tabs × calls", ...LIBRARIES],
    ...["1 × 50", "5 × 10"].map((calls) => [
      calls,
      ...LIBRARIES.map((library) => String(counts.get(`${calls}: ${library}`))),
    ]),
  ]);
} finally {
  await stage.close();
}
