import type { AgentView } from "./record.js";

export interface Conversation {
  isOpen(): boolean;
  /**
   * @param before - who was on the line until now, if anybody
   * @param resumed - whether the conversation was open on the page before this one
   */
  welcome(agent: AgentView, before: AgentView | null, resumed: boolean): void;
  allowTyping(allowed: boolean): void;
  close(): void;
}

export interface ConversationParts {
  readonly messages: HTMLElement;
  readonly form: HTMLFormElement;
  readonly input: HTMLInputElement;
  readonly send: HTMLButtonElement;
}

const REPLY_DELAY_MS = 900;

const REPLIES: readonly ((name: string) => string)[] = [
  (name) => `Thank you${name}, I have that. Is there anything else I should know?`,
  (name) => `Of course${name}. I’ve made a note of it for the branch.`,
  () => "That’s all done. You’ll find it in your statement.",
  (name) => `Happy to${name}. Give me a moment … yes, that works.`,
];

export function createConversation(parts: ConversationParts): Conversation {
  const { messages, form, input, send } = parts;
  let who: AgentView | null = null;
  let replies = 0;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === "" || !who) return;
    input.value = "";
    add("mine", text);
    const typing = add("theirs", "…");
    setTimeout(() => {
      typing.remove();
      add("theirs", REPLIES[replies % REPLIES.length]?.(addressOf(who)) ?? "");
      replies += 1;
    }, REPLY_DELAY_MS);
  });

  function add(kind: "mine" | "theirs" | "event", text: string): HTMLElement {
    const bubble = document.createElement("p");
    bubble.className = kind;
    bubble.textContent = text;
    messages.append(bubble);
    messages.scrollTop = messages.scrollHeight;
    return bubble;
  }

  return {
    isOpen: () => who !== null,
    welcome: (agent, before, resumed) => {
      const open = who !== null;
      who = agent;
      if (open && before) {
        if (before.conversation.id === agent.conversation.id) {
          return void add("event", changeOf(before, agent));
        }
        messages.replaceChildren();
        add("event", "Another consumer, another conversation.");
      } else if (resumed) {
        return void add("event", `The conversation goes on with ${agent.name ?? "the visitor"}.`);
      }
      add("theirs", `Hello, ${agent.name ?? "visitor"}. This is Robin.`);
      add(
        "theirs",
        agent.authenticated ? "I have your file here. What can I do?" : "How can I help?",
      );
    },
    allowTyping: (allowed) => {
      input.disabled = !allowed;
      send.disabled = !allowed;
    },
    close: () => {
      who = null;
      messages.replaceChildren();
    },
  };
}

function addressOf(who: AgentView | null): string {
  const [first] = who?.name?.split(" ") ?? [];
  return first ? `, ${first}` : "";
}

function changeOf(before: AgentView, now: AgentView): string {
  const same = before.customerInfo["customerId"] === now.customerInfo["customerId"];
  if (same) return "Asked again: still the same consumer.";
  if (!before.authenticated && now.authenticated)
    return `The visitor has signed in: the conversation goes on with ${now.name ?? "them"}.`;
  return `Asked again: now ${now.name ?? "another visitor"}.`;
}
