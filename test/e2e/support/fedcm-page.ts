import { startDeadline } from "../../../src/base/deadline.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import { createSystemClock } from "../../../src/base/clock.js";
import { checkConfig } from "../../../src/config/check-config.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import type { CodeCredential, IdTokenCredential } from "../../../src/sources/credential.js";
import { createSource } from "../../../src/sources/fedcm.js";

/** What a test has the page ask for. */
export interface Question {
  readonly config: ConsumerAuthConfig;
  readonly silent: boolean;
  readonly codeChallenge?: string;
  /** Milliseconds. */
  readonly deadline?: number;
}

/** How it ended. */
export interface Outcome {
  readonly credential?: CodeCredential | IdTokenCredential;
  /** The error's code and message. */
  readonly error?: string;
}

/** What the tests call in the page. */
export interface FedcmPage {
  /** Set before a click on the button asks for it. */
  question: Question;
  ask(question?: Question): Promise<Outcome>;
  outcome: Outcome | undefined;
  /** Gives up whatever is under way. */
  abort(): void;
  forget(question: Question): Promise<void>;
}

const sourceFor = ({ config }: Question): ReturnType<typeof createSource> =>
  createSource({ config: checkConfig(config).config, clock: createSystemClock() });

const page: FedcmPage = {
  question: { config: {}, silent: false },
  outcome: undefined,
  abort: () => undefined,
  async ask(question = page.question) {
    const { silent, codeChallenge, deadline: milliseconds = 15_000 } = question;
    const controller = new AbortController();
    const deadline = startDeadline(
      milliseconds,
      () => new ConsumerAuthError("answer_timeout", "The test's deadline."),
      controller.signal,
    );
    page.abort = () => {
      controller.abort();
    };
    try {
      const call = { codeChallenge, signal: deadline.signal };
      const credential = await sourceFor(question)[silent ? "silent" : "interactive"](call);
      page.outcome = credential ? { credential } : {};
    } catch (error) {
      const { code, message } = error as ConsumerAuthError;
      page.outcome = { error: `${code}: ${message}` };
    } finally {
      deadline.end();
    }
    return page.outcome;
  },
  forget: (question) => sourceFor(question).forget(),
};

document.querySelector("button")?.addEventListener("click", () => void page.ask());
Object.assign(globalThis, { fedcmPage: page });
