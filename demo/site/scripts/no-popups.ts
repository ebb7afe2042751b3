// What a strict popup blocker or a web view inside an app does.
window.open = () => null;
export {};
