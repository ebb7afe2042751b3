import type { Socket } from "node:net";

/** Hears a message's name, and its parameters as GLib packs them. */
export type Hear = (name: string, parameters: Buffer) => void;

/** Length of the body, then the flags. */
const HEADER = 5;
const LITTLE_ENDIAN = 1;

/** Cuts what arrives on a socket of WebKit's remote inspector into messages. */
export function hearMessages(socket: Socket, hear: Hear): void {
  let waiting: Buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    waiting = Buffer.concat([waiting, data]);
    while (waiting.length >= HEADER) {
      const end = HEADER + waiting.readUInt32BE(0);
      if (waiting.length < end) return;
      const body = waiting.subarray(HEADER, end);
      waiting = waiting.subarray(end);
      const name = body.indexOf(0);
      // A copy: the numbers in it are aligned to its beginning.
      hear(body.toString("latin1", 0, name), Buffer.from(body.subarray(name + 1)));
    }
  });
}

export function sendMessage(socket: Socket, name: string, parameters: Buffer): void {
  const body = Buffer.concat([Buffer.from(`${name}\0`), parameters]);
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(body.length);
  header[HEADER - 1] = LITTLE_ENDIAN;
  socket.write(Buffer.concat([header, body]));
}

/** `(tt)`, or `(tts)` with a text. */
export function packed(first: bigint, second: bigint, text?: string): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64LE(first);
  numbers.writeBigUInt64LE(second, 8);
  return text === undefined ? numbers : Buffer.concat([numbers, Buffer.from(`${text}\0`)]);
}

/** Something that can be inspected: a page, or the driver's session. */
export interface Target {
  readonly connection: bigint;
  readonly id: bigint;
  readonly type: string;
  readonly url: string;
}

/** The targets of `SetTargetList`, `(ta(tsssb))`: id, type, name and URL of each. */
export function readTargets(parameters: Buffer): Target[] {
  const connection = parameters.readBigUInt64LE(0);
  const list = parameters.subarray(8);
  // Where each entry ends stands after the last one, in numbers as wide as the list's length demands.
  const width = list.length > 0xffff ? 4 : list.length > 0xff ? 2 : 1;
  const targets: Target[] = [];
  if (list.length === 0) return targets;
  const ends = list.readUIntLE(list.length - width, width);
  let begin = 0;
  for (let place = ends; place < list.length; place += width) {
    const end = list.readUIntLE(place, width);
    const entry = list.subarray(begin, end);
    const [type = "", , url = ""] = entry.toString("utf8", 8).split("\0");
    targets.push({ connection, id: entry.readBigUInt64LE(0), type, url });
    begin = Math.ceil(end / 8) * 8;
  }
  return targets;
}
