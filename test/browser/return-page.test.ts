import { expect } from "@esm-bundle/chai";

import { returnPage } from "./support/identity-provider.js";
import { until } from "./support/until.js";

describe("the return page", () => {
  let popup: Window | null = null;

  afterEach(() => {
    popup?.close();
  });

  const load = (address: string): void => {
    popup = window.open(returnPage + address, "_blank", "popup,width=300,height=300");
  };
  const shown = (outcome: string): Promise<Element> =>
    until(() => popup?.document.querySelector(`[data-outcome="${outcome}"]:not([hidden])`));

  it("takes the response out of the address before it passes it on", async () => {
    const channel = new BroadcastChannel("consumer-auth:state-1");
    const heard = new Promise<{ address: string; data: unknown }>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        resolve({ address: String(popup?.location.href), data });
      };
    });
    load("?code=secret&state=state-1");
    const { address, data } = await heard;
    expect(address).to.equal(returnPage);
    expect(data).to.deep.equal({
      consumerAuth: "state-1",
      mode: "query",
      parameters: "code=secret&state=state-1",
    });
    channel.postMessage({ consumerAuthReceived: "state-1" });
    await until(() => popup?.closed);
    channel.close();
  });

  it("reads the fragment of the implicit flow", async () => {
    const channel = new BroadcastChannel("consumer-auth:state-2");
    const heard = new Promise<unknown>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        resolve(data);
      };
    });
    load("#id_token=a.b.c&state=state-2");
    expect(await heard).to.include({
      mode: "fragment",
      parameters: "id_token=a.b.c&state=state-2",
    });
    channel.postMessage({ consumerAuthReceived: "state-2" });
    await until(() => popup?.closed);
    channel.close();
  });

  it("tells its opener as well, and closes when that has the response", async () => {
    const heard = new Promise<MessageEvent<unknown>>((resolve) => {
      addEventListener("message", resolve, { once: true });
    });
    load("?code=secret&state=state-3");
    const { data, source } = await heard;
    expect(data).to.include({ consumerAuth: "state-3", mode: "query" });
    expect(source).to.equal(popup);
    popup?.postMessage({ consumerAuthReceived: "state-3" }, location.origin);
    await until(() => popup?.closed);
  });

  it("stays open for a receipt of another sign-in, and says so when nobody waits", async () => {
    load("?code=secret&state=state-4");
    await shown("working");
    popup?.postMessage({ consumerAuthReceived: "another" }, location.origin);
    await shown("unheard");
    expect(popup?.closed).to.equal(false);
    expect(popup?.location.href).to.equal(returnPage);
  });

  it("has nothing to do when it is opened by hand", async () => {
    load("");
    await shown("no_response");
  });
});
