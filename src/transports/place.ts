/** Browsers inside of apps, where a popup doesn't open, or never finds its way back. */
const inApp =
  /; wv\)|\bFB(AN|AV|_IAB)|Instagram|\bLine\/|MicroMessenger|musical_ly|BytedanceWebview|Snapchat|Pinterest|LinkedInApp|\bGSA\/|(iPhone|iPad|iPod)(?!.*Safari\/)/;

/** Whether popups can't be relied on here. */
export const isInApp = (): boolean => inApp.test(navigator.userAgent);
