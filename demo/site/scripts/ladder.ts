import type { Attempt } from "consumer-auth-widget";

/** What a call's attempts are told to. */
export type Ladder = (outcome: string, attempts: readonly Attempt[], failed: boolean) => void;

const KEPT = 40;

/** Shows how each call was answered: every rung of the ladder, in words. */
export function startLadder(list: HTMLElement): Ladder {
  return (outcome, attempts, failed) => {
    const item = document.createElement("li");
    item.dataset["outcome"] = failed ? "failed" : "answered";
    item.append(part("time", new Date().toLocaleTimeString("en-GB")), part("b", outcome));
    if (attempts.length > 0) item.append(steps(attempts));
    list.append(item);
    while (list.childElementCount > KEPT) list.firstElementChild?.remove();
    list.scrollTop = list.scrollHeight;
  };
}

/** `silent: login_required after 212 ms` */
export function sentenceOf({ rung, outcome, elapsed }: Attempt): string {
  const how = outcome === "empty" ? "nothing there" : outcome;
  return `${rung}: ${how} after ${Math.round(elapsed)} ms`;
}

function steps(attempts: readonly Attempt[]): HTMLElement {
  const list = document.createElement("ol");
  // Names and codes, whatever the direction of the page.
  list.dir = "ltr";
  for (const attempt of attempts) {
    const step = part("li", sentenceOf(attempt));
    step.dataset["rung"] = attempt.rung;
    step.dataset["outcome"] = attempt.outcome;
    list.append(step);
  }
  return list;
}

function part(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
