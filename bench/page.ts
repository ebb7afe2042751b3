import { createConsumerAuth } from "consumer-auth-widget";

/** The widget's page, which does what the SDKs' pages do. */
const { issuer = "", clientId = "" } = document.documentElement.dataset;

const auth = createConsumerAuth({
  accountId: "12345678",
  engagement: "authenticated",
  flow: "code",
  exchange: "widget",
  issuer,
  clientId,
  redirectUri: "/callback.html",
});

Object.assign(window, {
  sdkPage: Promise.resolve({
    provide: async ({ interactive }: { interactive: boolean }) => {
      if (interactive) return (await auth.signIn()).claims && "signed in";
      const credential = await auth.getCredential({ interactive: false });
      return credential.kind === "id_token" ? credential.token : null;
    },
  }),
});
