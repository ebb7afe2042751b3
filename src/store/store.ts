/** A place for small values. Reading and writing never throw; what can't be kept is forgotten. */
export interface Store {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}
