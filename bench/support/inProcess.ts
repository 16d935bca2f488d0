import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Has a task done by a process of its own, which ends with its answer.
 * @throws Error when the process ends without one; what went wrong it wrote to stderr.
 */
export async function inProcess<Task extends object, Answer>(
  module: URL,
  task: Task,
  nodeArguments: readonly string[] = [],
): Promise<Answer> {
  const child = fork(fileURLToPath(module), [], { execArgv: [...nodeArguments], serialization: "advanced" });
  let answer: { readonly value: Answer } | undefined;
  child.on("message", (message) => {
    answer = message as { readonly value: Answer };
  });
  child.send(task);
  const [code, signal] = await once(child, "exit");
  if (answer === undefined) throw new Error(`${fileURLToPath(module)} ended without an answer (${signal ?? code}).`);
  return answer.value;
}

/** The other end: what the module does with the one task that comes. */
export function answerTask<Task, Answer>(work: (task: Task) => Promise<Answer>): void {
  process.once("message", (task) => {
    work(task as Task).then(
      (value) => process.send?.({ value }, undefined, undefined, () => process.disconnect()),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
