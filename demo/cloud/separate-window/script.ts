/** The window of its own: it hands its address to the cloud, and shows what an agent gets to see. */
import { showAgentView, showRefusal } from "../../window/agent-panel.js";
import { loadAgentView } from "../../window/cloud.js";

const address = location.href;
const status = element("status");
const agentView = element("agent-view");
// A result is not for the history.
history.replaceState(null, "", location.pathname);

void finish();

async function finish(): Promise<void> {
  const response = await fetch("/window/finish", { method: "POST", body: address });
  const body = (await response.json()) as Record<string, string>;
  const { token, account, connector = "" } = body;
  if (response.status !== 200 || token === undefined || account === undefined) {
    status.textContent = "Nobody can take this conversation now.";
    document.body.dataset["state"] = "refused";
    showRefusal(agentView, { status: response.status, body, connectorId: connector });
    return;
  }
  const settings = { cloud: location.origin, accountId: account, connectorId: connector };
  showAgentView(agentView, await loadAgentView(settings, token), null);
  status.textContent = "Connected, signed in. This is what the agent sees:";
  document.body.dataset["state"] = "connected";
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
