import type { AuthenticateAnswer } from "./cloud.js";
import { codeOf, explain } from "./explanations.js";
import type { AgentView } from "./record.js";

const LABELS: Record<string, string> = {
  customerId: "Customer ID",
  userName: "User name",
  imei: "IMEI (phone)",
  firstName: "First name",
  lastName: "Last name",
  contactEmail: "E-mail",
  gender: "Gender",
  cstatus: "Status",
  ctype: "Type",
  balance: "Balance",
  currency: "Currency",
  accountName: "Account",
  role: "Role",
  registrationDate: "Customer since",
  firstname: "First name",
  lastname: "Last name",
  email: "E-mail",
  phone: "Phone",
  language: "Language",
  conversation: "Number",
  steppedUpFrom: "Was the guest",
  iss: "Issuer",
  sub: "Subject",
  acr: "Level",
};

export function showNobody(host: HTMLElement): void {
  host.replaceChildren(node("p", "empty", "Nobody is on the line."));
}

export function showRefusal(host: HTMLElement, answer: AuthenticateAnswer): void {
  const code = codeOf(answer.body);
  const raw = node("pre", "raw", `HTTP ${answer.status}\n${JSON.stringify(answer.body, null, 2)}`);
  raw.tabIndex = 0;
  const title = code ? `Error ${code}` : `HTTP ${answer.status}`;
  host.replaceChildren(
    badge("refused", "Refused"),
    node("p", "agent-name", title),
    node("p", "explanation", explain(answer.status, answer.body)),
    raw,
  );
}

export function showAgentView(host: HTMLElement, agent: AgentView, identity: unknown): void {
  const { authenticated, connector } = agent;
  host.replaceChildren(
    badge(
      authenticated ? "authenticated" : "anonymous",
      authenticated ? "Authenticated" : "Not authenticated",
    ),
    node("p", "agent-name", agent.name ?? "Visitor"),
    node("p", "explanation", `By connector ${connector.id}, “${connector.name}”`),
    ...section("Conversation", conversationOf(agent)),
    ...section("Customer info", agent.customerInfo),
    ...section("Personal info", agent.personalInfo),
    ...agent.engagementAttributes.flatMap((attribute) => {
      const { type, ...content } = attribute as Record<string, unknown>;
      return section(`Engagement attributes, ${String(type)}`, flatten(content));
    }),
    ...section("Identity function", isRecord(identity) ? identity : {}),
  );
}

function conversationOf({ conversation }: AgentView): Record<string, unknown> {
  const { id, steppedUpFrom } = conversation;
  return { conversation: id, ...(steppedUpFrom === null ? {} : { steppedUpFrom }) };
}

function section(title: string, fields: Readonly<Record<string, unknown>>): HTMLElement[] {
  const rows = Object.entries(fields).flatMap(([name, value]) => [
    node("dt", "", LABELS[name] ?? name),
    node("dd", "", String(value)),
  ]);
  if (rows.length === 0) return [];
  const list = node("dl", "fields", "");
  list.append(...rows);
  return [node("h3", "", title), list];
}

/** `{ info: { registrationDate: { day, month, year } } }` → `{ registrationDate: "2015-12-10" }` */
function flatten(content: Record<string, unknown>): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(content)) {
    if (Array.isArray(value)) value.filter(isRecord).forEach((one) => Object.assign(flat, one));
    else if (!isRecord(value)) flat[name] = value;
    else if ("year" in value) flat[name] = dateOf(value);
    else Object.assign(flat, flatten(value));
  }
  return flat;
}

function dateOf({ day, month, year }: Record<string, unknown>): string {
  return [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
}

function badge(kind: string, text: string): HTMLElement {
  return node("p", `badge ${kind}`, text);
}

function node(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
