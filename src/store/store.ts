/** A place for small values. Reading and writing never throw; what can't be kept is forgotten. */
export interface Store {
  /** Whether what is written outlives the page. Known for sure only after the first access. */
  readonly persistent: boolean;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}
