/** The site's own script: it knows who is signed in at the site, and brings the proof. */

interface Call {
  readonly codeChallenge?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const { endpoint = "" } = (document.currentScript as HTMLScriptElement).dataset;

const bankApp = {
  async getMessagingCredential({ codeChallenge, signal }: Call = {}): Promise<unknown> {
    const challenge = codeChallenge
      ? { code_challenge: codeChallenge, code_challenge_method: "S256" }
      : {};
    const response = await fetch(endpoint, {
      method: "POST",
      body: new URLSearchParams(challenge),
      ...(signal ? { signal } : {}),
    });
    // Nobody is signed in: that is no error.
    if (response.status === 401 || response.status === 204) return null;
    if (!response.ok) throw new Error(`The bank's endpoint answered with ${response.status}.`);
    return await response.json();
  },
};

Reflect.set(window, "bankApp", bankApp);
export {};
