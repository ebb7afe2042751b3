// Not in every browser that the demo runs in, whatever the types say.
const activation = Reflect.get(navigator, "userActivation") as UserActivation | undefined;

const LONGEST_MS = 6000;

export function hasGesture(): boolean {
  return activation?.isActive ?? false;
}

/** Resolves when a popup could no longer be opened on the strength of an earlier click. */
export async function clickWornOff(): Promise<void> {
  if (!activation) {
    await pause(LONGEST_MS);
    return;
  }
  do await pause(100);
  while (activation.isActive);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
