import { createConversation } from "./conversation.js";
import { PANEL_STYLES } from "./panel-styles.js";
import type { AgentView } from "./record.js";

export interface Panel {
  say(text: string): void;
  wait(milliseconds: number): void;
  stuck(why: string): void;
  failed(reason: string): void;
  refused(explanation: string): void;
  connect(agent: AgentView, before: AgentView | null, resumed: boolean): void;
  warn(violations: number): void;
  /** Says why the identity function's answer was refused; `null` when it is not. */
  readonly refuseIdentity: (why: string | null) => void;
}

const SKELETON = `
  <section class="panel" aria-label="Messaging window">
    <header>
      <span class="avatar" aria-hidden="true">
        <svg viewBox="0 0 24 24"><path d="M4 5h16v11H9l-5 4z"/></svg>
      </span>
      <span class="title"><b>Messages</b><span class="status">Ready</span></span>
      <span class="clock" role="timer"></span>
    </header>
    <p class="warning violations" role="alert" hidden></p>
    <p class="warning identity" role="alert" hidden></p>
    <div class="stage">
      <div class="notice" aria-live="polite"><p class="headline"></p><p class="text"></p></div>
      <div class="messages" role="log" aria-label="Conversation" tabindex="0" hidden></div>
    </div>
    <form autocomplete="off">
      <label class="hidden" for="message">Your message</label>
      <input id="message" type="text" placeholder="Write a message" maxlength="500" disabled>
      <button aria-label="Send" disabled>
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 12 20 4l-4 16-4-6z"/></svg>
      </button>
    </form>
  </section>`;

export function createPanel(host: HTMLElement): Panel {
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PANEL_STYLES);
  root.adoptedStyleSheets = [sheet];
  root.innerHTML = SKELETON;

  const panel = part(root, ".panel", HTMLElement);
  const notice = part(root, ".notice", HTMLElement);
  const conversation = createConversation({
    messages: part(root, ".messages", HTMLElement),
    form: part(root, "form", HTMLFormElement),
    input: part(root, "input", HTMLInputElement),
    send: part(root, "form button", HTMLButtonElement),
  });

  const show = (mood: string, status: string, headline: string, text: string) => {
    panel.dataset["mood"] = mood;
    part(root, ".status", HTMLElement).textContent = status;
    part(root, ".clock", HTMLElement).textContent = "";
    part(root, ".headline", HTMLElement).textContent = headline;
    part(root, ".text", HTMLElement).textContent = text;
    const chatting = conversation.isOpen() && (mood === "connected" || mood === "waiting");
    notice.hidden = chatting;
    part(root, ".messages", HTMLElement).hidden = !chatting;
    conversation.allowTyping(mood === "connected");
  };

  show("idle", "Ready", "How can we help?", "Start a conversation whenever you like.");

  return {
    say: (text) => show("idle", "Ready", "One moment", text),
    wait: (milliseconds) => {
      if (panel.dataset["mood"] !== "waiting") {
        show("waiting", "Connecting …", "Connecting …", "Waiting for the page to say who this is.");
      }
      part(root, ".clock", HTMLElement).textContent = `${Math.floor(milliseconds / 1000)} s`;
    },
    stuck: (why) => {
      conversation.close();
      const end = "The window has no way on from here and would stay like this for ever.";
      show("stuck", "Stuck", why, end);
    },
    failed: (reason) => {
      conversation.close();
      show("failed", "Offline", "Nobody can take this conversation now.", `Reason: ${reason}`);
    },
    refused: (explanation) => {
      conversation.close();
      show("refused", "Refused", "The cloud refused the sign-in.", explanation);
    },
    connect: (agent, before, resumed) => {
      conversation.welcome(agent, before, resumed);
      show("connected", agent.authenticated ? "Connected, signed in" : "Connected", "", "");
    },
    warn: (violations) => {
      const warning = part(root, ".violations", HTMLElement);
      warning.hidden = false;
      warning.textContent = `The page answered a call more than once (${violations}).`;
    },
    refuseIdentity: (why) => {
      const warning = part(root, ".identity", HTMLElement);
      warning.hidden = why === null;
      warning.textContent = why === null ? "" : `The page’s identity function was refused. ${why}`;
    },
  };
}

function part<Kind extends HTMLElement>(
  root: ShadowRoot,
  selector: string,
  kind: new () => Kind,
): Kind {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the panel has no ${selector}`);
  return found;
}
