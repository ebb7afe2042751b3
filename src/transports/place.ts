/**
 * Browsers inside of apps, where a popup doesn't open, or never finds its way back. What is WebKit and
 * doesn't call itself Safari is a web view. Custom Tabs and SFSafariViewController are the phone's own
 * browser, and say so.
 */
const inApp =
  /; wv\)|\bFB(AN|AV|_IAB)|Instagram|\bLine\/|MicroMessenger|musical_ly|BytedanceWebview|Snapchat|Pinterest|LinkedInApp|\bGSA\/|AppleWebKit(?!.*Safari\/)/;

/** Whether popups can't be relied on here. */
export const isInApp = (): boolean => inApp.test(navigator.userAgent);
