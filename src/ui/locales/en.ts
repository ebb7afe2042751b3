import type { Texts } from "../texts.js";

const en: Texts = {
  language: "en",
  direction: "ltr",
  title: "Sign in to chat",
  ask: (brand) => `${brand} needs to know who you are before the conversation can start.`,
  askWithGuest: (brand) =>
    `${brand} can help you faster if you sign in. You can also go on without.`,
  wait: "Finish signing in in the window that has opened.",
  signIn: "Sign in",
  tryAgain: "Try again",
  continueAsGuest: "Continue as guest",
  cancel: "Cancel",
  browser: {
    refused: "You can't sign in inside this app. Open this page in your browser to sign in.",
    doubtful: "Didn't it work? Open this page in your browser to sign in.",
    open: "Open in browser",
    copy: "Copy link",
    paste: "You can paste the link into your browser.",
    copied: "The link is copied.",
    notCopied: "Press and hold the link to copy it.",
  },
  problems: {
    access_denied: "The sign-in was declined. You can try again.",
    authorization_failed: "The sign-in did not work. Please try again in a moment.",
    popup_blocked:
      "Your browser blocked the sign-in window. Allow pop-ups for this site, then try again.",
    popup_closed: "The sign-in window seems to be closed. If it is still open, finish there.",
    request_failed: "The sign-in service can't be reached. Check your connection, then try again.",
    request_timeout: "The sign-in service takes too long to answer. Please try again.",
  },
};

export default en;
