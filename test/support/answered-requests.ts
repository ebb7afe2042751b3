import { override } from "./override.js";

/** Answers one request; throwing is a network that is down. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Stands in the network's place: every `fetch` of the page ends here. */
export interface AnsweredRequests {
  /** What was asked for, in order. */
  readonly requests: readonly Request[];
  stop(): void;
}

/** An answer that never comes. */
export const never: Answer = () => new Promise(() => undefined);

/** Answers requests as a server would, and aborts them as a browser does. */
export function answerRequests(answer: Answer): AnsweredRequests {
  const requests: Request[] = [];
  const stop = override(window, "fetch", (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    const { signal } = request;
    return new Promise<Response>((resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason as Error);
      };
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort);
      Promise.resolve(request).then(answer).then(resolve, reject);
    });
  });
  return { requests, stop };
}
