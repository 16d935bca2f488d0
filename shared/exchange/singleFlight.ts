/** Runs one piece of work per key at a time: who asks meanwhile gets the same result, or the same failure. */
export class SingleFlight<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  /** @returns the result, and whether it was somebody else's work */
  run(key: string, work: () => Promise<T>): { readonly result: Promise<T>; readonly shared: boolean } {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return { result: underWay, shared: true };
    // Nothing is left behind, however it ends.
    const result = work().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, result);
    return { result, shared: false };
  }

  has(key: string): boolean {
    return this.#underWay.has(key);
  }
}
