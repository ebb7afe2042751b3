import { showAgentView, showNobody, showRefusal } from "./agent-panel.js";
import {
  authenticate,
  loadAgentView,
  loadConnectors,
  makeChallenge,
  type Challenge,
  type Connectors,
  type Settings,
} from "./cloud.js";
import { explain } from "./explanations.js";
import { clickWornOff } from "./gesture.js";
import { askIdentity, installTag } from "./identity.js";
import { log, logAnswer } from "./log.js";
import { callPageMethod, newCall } from "./page-method.js";
import { createPanel } from "./panel.js";
import { createRecord, publish, type CallRecord, type WindowState } from "./record.js";
import { judge, type Verdict } from "./verdict.js";

interface Line {
  readonly connectors: Connectors;
  readonly challenge: Challenge | null;
}

const settings = readSettings();
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

  installTag(() => void refreshIdentity());
  button("start").addEventListener("click", () => void start());
  button("ask-again").addEventListener("click", () => void start());
  button("start-without-gesture").addEventListener("click", () => void startLater());
  setInterval(tick, 250);
  if (settings.autostart) void start();

  async function prepare(): Promise<Line> {
    const connectors = ready?.connectors ?? (await loadConnectors(settings));
    const challenge = connectors.named.pkce ? await makeChallenge(settings) : null;
    ready = { connectors, challenge };
    return ready;
  }

  async function startLater(): Promise<void> {
    panel.say("Waiting until the click has worn off …");
    await clickWornOff();
    await start();
  }

  async function start(): Promise<void> {
    try {
      call(ready ?? (await preparing));
    } catch (error) {
      preparing = prepare();
      preparing.catch(() => undefined);
      fail(error instanceof Error ? error.message : String(error));
    }
  }

  function call(line: Line): void {
    const { connectors, challenge } = line;
    if (challenge) {
      ready = null;
      preparing = prepare();
      preparing.catch(() => undefined);
    }
    const { named } = connectors;
    const mine = newCall(challenge?.codeChallenge);
    record.calls.push(mine);
    latest = mine;
    enter("waiting");
    button("ask-again").disabled = false;
    const how = mine.gesture ? "in the click" : "without a click";
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
      enter("stuck");
      panel.stuck(verdict.why);
      return;
    }
    const { anonymous, named } = connectors;
    const connectorId = verdict.connector === "anonymous" && anonymous ? anonymous.id : named.id;
    const proof = { ...verdict.body, ...(challenge ? { handle: challenge.handle } : {}) };
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
      record.agent = null;
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
      await refreshIdentity();
      enter("connected");
      panel.connect(agent, before);
      showAgentView(agentView, agent, record.identity);
    } catch (error) {
      fail(String(error));
    }
  }

  async function refreshIdentity(): Promise<void> {
    record.identity = await askIdentity();
    if (record.identity) log("window", "identity function", record.identity);
    if (record.agent) showAgentView(agentView, record.agent, record.identity);
  }

  function fail(reason: string): void {
    record.agent = null;
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
    for (const call of record.calls) {
      if (call.answers.length === 0) call.elapsed = Math.round(performance.now() - call.started);
    }
    if (record.state === "waiting" && latest) panel.wait(latest.elapsed);
  }
}

function tokenOf(body: unknown): string | null {
  const token = typeof body === "object" && body !== null && "token" in body && body.token;
  return typeof token === "string" ? token : null;
}

function readSettings(): Settings & { autostart: boolean } {
  const { dataset } = document.currentScript as HTMLScriptElement;
  return {
    cloud: dataset["cloud"] ?? "",
    accountId: dataset["accountId"] ?? "",
    connectorId: dataset["connectorId"] ?? "",
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
