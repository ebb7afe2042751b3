import { showAgentView, showNobody, showRefusal } from "./agent-panel.js";
import {
  authenticate,
  loadAgentView,
  loadConnectors,
  makeChallenge,
  reportPageView,
  type Challenge,
  type Connectors,
  type Settings,
} from "./cloud.js";
import { explain } from "./explanations.js";
import { clickWornOff } from "./gesture.js";
import { createIdentityWatch } from "./identity-watch.js";
import { log, logAnswer } from "./log.js";
import { callPageMethod, newCall } from "./page-method.js";
import { createPanel } from "./panel.js";
import {
  createRecord,
  publish,
  type AgentView,
  type CallReason,
  type CallRecord,
  type IdentityPoll,
  type WindowState,
} from "./record.js";
import { installTag, type NewPage } from "./tag.js";
import { judge, type Verdict } from "./verdict.js";
import { createWindowSession } from "./window-session.js";

interface Line {
  readonly connectors: Connectors;
  readonly challenge: Challenge | null;
}

/** Timers count 32 bits of milliseconds. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

const settings = readSettings();
const session = createWindowSession();
const kindOfConversation = [settings.accountId, settings.connectorId, settings.engagement].join(
  "/",
);
const record = createRecord();
publish(record);

document.addEventListener("DOMContentLoaded", open);

function open(): void {
  const panel = createPanel(element("conversation"));
  const agentView = element("agent-view");
  showNobody(agentView);

  let latest: CallRecord | null = null;
  // Everything that the next call needs is fetched ahead, so that a click's call is made in it.
  let ready: Line | null = null;
  let preparing = prepare();

  const identities = createIdentityWatch(record, panel.refuseIdentity);
  let expiry: ReturnType<typeof setTimeout> | undefined;
  let resumed = session.wasOpen(kindOfConversation);
  let ticking: ReturnType<typeof setInterval> | undefined;

  installTag(settings.vendorTag === "replaced", (page) => {
    log("window", "lpTag.newPage()", page);
    void askWhoIsThere("newPage", page);
  });
  whenLoaded(() => void askWhoIsThere("load"));
  button("start").addEventListener("click", () => void start("start"));
  button("ask-again").addEventListener("click", () => void start("again"));
  button("start-without-gesture").addEventListener("click", () => void startLater());
  if (settings.autostart) void start("autostart");
  else if (resumed) void start("page-load");

  async function prepare(): Promise<Line> {
    const connectors = ready?.connectors ?? (await loadConnectors(settings));
    const challenge = connectors.named.pkce ? await makeChallenge(settings) : null;
    ready = { connectors, challenge };
    return ready;
  }

  async function startLater(): Promise<void> {
    panel.say("Waiting until the click has worn off …");
    await clickWornOff();
    await start("later");
  }

  async function start(reason: CallReason): Promise<void> {
    session.open(kindOfConversation);
    enter("waiting");
    try {
      call(ready ?? (await preparing), reason);
    } catch (error) {
      preparing = prepare();
      preparing.catch(() => undefined);
      fail(error instanceof Error ? error.message : String(error));
    }
  }

  function call(line: Line, reason: CallReason): void {
    const { connectors, challenge } = line;
    if (challenge) {
      ready = null;
      preparing = prepare();
      preparing.catch(() => undefined);
    }
    const { named } = connectors;
    const mine = newCall(reason, challenge?.codeChallenge);
    record.calls.push(mine);
    latest = mine;
    ticking ??= setInterval(tick, 1000);
    enter("waiting");
    button("ask-again").disabled = false;
    const how = HOW[reason] ?? (mine.gesture ? "in the click" : "without a click");
    log("window", `${named.jsContext}.${named.jsMethodName}() called ${how}`, mine.challenge);

    callPageMethod(named, mine, {
      onAnswer: (args) => {
        logAnswer("window", args);
        const verdict = judge(args, {
          codeFlow: named.codeFlow,
          anonymousIssuer: connectors.anonymous?.issuer ?? null,
        });
        if (mine === latest) void settle(verdict, connectors, challenge, mine);
      },
      onViolation: (args) => {
        record.violations += 1;
        panel.warn(record.violations);
        logAnswer("violation", args);
      },
    });
  }

  async function settle(
    verdict: Verdict,
    connectors: Connectors,
    challenge: Challenge | null,
    mine: CallRecord,
  ): Promise<void> {
    if (verdict.kind === "error") {
      fail(verdict.reason);
      return;
    }
    if (verdict.kind === "nothing") {
      close();
      enter("stuck");
      panel.stuck(verdict.why);
      return;
    }
    const { anonymous, named } = connectors;
    const connectorId = verdict.connector === "anonymous" && anonymous ? anonymous.id : named.id;
    const handle = challenge ? { handle: challenge.handle } : {};
    const proof = { ...verdict.body, ...handle, window: session.id };
    const answer = await authenticate(settings, connectorId, proof).catch((error: unknown) => ({
      status: 0,
      body: String(error),
      connectorId,
    }));
    if (mine !== latest) return;
    record.authenticate = answer;
    log("cloud", `authenticate, connector ${connectorId}: ${answer.status}`, answer.body);

    const token = tokenOf(answer.body);
    if (answer.status !== 200 || token === null) {
      close();
      enter("refused");
      panel.refused(explain(answer.status, answer.body));
      showRefusal(agentView, answer);
      return;
    }
    try {
      const agent = await loadAgentView(settings, token);
      if (mine !== latest) return;
      const before = record.agent;
      record.agent = agent;
      identities.judge();
      enter("connected");
      panel.connect(agent, before, resumed);
      resumed = false;
      showAgentView(agentView, agent, record.identity);
      askAtExpiry(agent);
    } catch (error) {
      fail(String(error));
    }
  }

  /** The cloud wants a new proof when the one it has runs out. */
  function askAtExpiry({ expiresIn }: AgentView): void {
    clearTimeout(expiry);
    const wait = Math.min(expiresIn * 1000, LONGEST_WAIT_MS);
    expiry = setTimeout(() => {
      if (record.state === "connected") void start("expiry");
    }, wait);
  }

  async function askWhoIsThere(event: IdentityPoll["event"], page?: NewPage): Promise<void> {
    reportPageView(settings, event);
    await identities.ask(event, page);
    if (record.agent) showAgentView(agentView, record.agent, record.identity);
  }

  function close(): void {
    record.agent = null;
    clearTimeout(expiry);
    session.close();
  }

  function fail(reason: string): void {
    close();
    enter("failed");
    panel.failed(reason);
    showNobody(agentView);
    log("window", "offline survey", reason);
  }

  function enter(state: WindowState): void {
    record.state = state;
    element("conversation").dataset["state"] = state;
    if (state === "waiting") panel.wait(0);
  }

  function tick(): void {
    const open = record.calls.filter(({ answers }) => answers.length === 0);
    for (const call of open) call.elapsed = Math.round(performance.now() - call.started);
    if (open.length === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
    if (record.state === "waiting" && latest) panel.wait(latest.elapsed);
  }
}

const HOW: Readonly<Partial<Record<CallReason, string>>> = {
  "page-load": "because a conversation was open",
  expiry: "because the proof has run out",
};

function whenLoaded(then: () => void): void {
  if (document.readyState === "complete") then();
  else addEventListener("load", then, { once: true });
}

function tokenOf(body: unknown): string | null {
  const token = typeof body === "object" && body !== null && "token" in body && body.token;
  return typeof token === "string" ? token : null;
}

interface WindowSettings extends Settings {
  readonly engagement: string;
  readonly vendorTag: string;
  readonly autostart: boolean;
}

function readSettings(): WindowSettings {
  const { dataset } = document.currentScript as HTMLScriptElement;
  return {
    cloud: dataset["cloud"] ?? "",
    accountId: dataset["accountId"] ?? "",
    connectorId: dataset["connectorId"] ?? "",
    engagement: dataset["engagement"] ?? "",
    vendorTag: dataset["vendorTag"] ?? "after",
    autostart: dataset["autostart"] === "true",
  };
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

function button(id: string): HTMLButtonElement {
  return element(id) as HTMLButtonElement;
}
