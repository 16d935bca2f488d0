/** The local variables that may still be unassigned at a point; undefined where control cannot get. */
export type State = ReadonlySet<string> | undefined;

export interface Branches {
  readonly whenTrue: State;
  readonly whenFalse: State;
}

/** What holds where two ways meet: a variable is unassigned when it is on either of them. */
export function join(...states: readonly State[]): State {
  const reachable = states.filter((state) => state !== undefined);
  return reachable.length === 0 ? undefined : new Set(reachable.flatMap((state) => [...state]));
}

export function assign(state: State, ...names: readonly string[]): State {
  return state && new Set([...state].filter((name) => !names.includes(name)));
}

export function declare(state: State, ...names: readonly string[]): State {
  return state && new Set([...state, ...names]);
}
