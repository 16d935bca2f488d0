/** Runs one piece of work per key at a time: who asks meanwhile gets the same result, or the same failure. */
export class SingleFlight<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  /**
   * @param work told whether it is still the one for its key: not after `forget`
   * @returns the result, and whether it was somebody else's work
   */
  run(
    key: string,
    work: (isCurrent: () => boolean) => Promise<T>,
  ): { readonly result: Promise<T>; readonly shared: boolean } {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return { result: underWay, shared: true };
    const isCurrent = (): boolean => this.#underWay.get(key) === result;
    // Deferred by a tick, so that even work that throws or looks at once finds itself in the list.
    const result: Promise<T> = Promise.resolve()
      .then(() => work(isCurrent))
      // Nothing is left behind, however it ends.
      .finally(() => {
        if (isCurrent()) this.#underWay.delete(key);
      });
    this.#underWay.set(key, result);
    return { result, shared: false };
  }

  has(key: string): boolean {
    return this.#underWay.has(key);
  }

  /** Who asks from now on starts anew; who waits already still gets what was begun. */
  forget(key: string): void {
    this.#underWay.delete(key);
  }
}
