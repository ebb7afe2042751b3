import { askIdentities, judgeIdentity } from "./identity.js";
import { log } from "./log.js";
import { describe, type DemoWindow, type IdentityPoll, type PersonRecord } from "./record.js";
import { identityFunctions, type NewPage } from "./tag.js";

/** Asks the page's identity functions, and keeps what they said in the record. */
export interface IdentityWatch {
  ask(event: IdentityPoll["event"], page?: NewPage): Promise<void>;
  /** Judges the latest answers by who is on the line: they may have been given before. */
  judge(): void;
}

export function createIdentityWatch(
  record: DemoWindow,
  onRefusal: (why: string | null) => void,
): IdentityWatch {
  const judge = (): void => {
    const person = personOf(record);
    const poll = record.identities.at(-1);
    if (!poll) return;
    poll.answers = poll.answers.map((answer) =>
      answer.clear ? { ...judgeIdentity(answer.identity, person), clear: true } : answer,
    );
    const refused = poll.answers.find((answer) => answer.refused !== null);
    const taken = poll.answers.find((answer) => answer.refused === null && answer.identity);
    record.identityRefused = refused?.refused ?? null;
    record.identity = taken?.identity ?? null;
    onRefusal(record.identityRefused);
  };

  return {
    judge,
    ask: async (event, page) => {
      const answers = await askIdentities(identityFunctions());
      const told = answers.map((answer) => {
        if (answer !== null) log("window", "identity function", describe(answer).value);
        const judged = judgeIdentity(answer, null);
        return { ...judged, clear: judged.refused === null };
      });
      record.identities.push({ event, ...(page && { page: kept(page) }), answers: told });
      judge();
    },
  };
}

/** The person of an authenticated conversation; an anonymous one has no identity to fit. */
function personOf({ agent }: DemoWindow): PersonRecord | null {
  if (!agent?.authenticated) return null;
  return { iss: agent.issuer, sub: String(agent.customerInfo["customerId"]) };
}

function kept({ url, section }: NewPage): NewPage {
  return { url: describe(url).value, section: describe(section).value };
}
