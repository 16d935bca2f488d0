// What the Functions worker supplies at run time, as far as it is used here. It is on no registry, and declares no types.
declare module "@azure/functions-core" {
  export interface InvocationModel {
    getArguments(): Promise<unknown>;
  }

  export interface CoreInvocationContext {
    readonly invocationId: string;
    readonly request: { triggerMetadata?: Readonly<Record<string, unknown>> | null };
  }

  export interface ProgrammingModel {
    getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  }

  export function getProgrammingModel(): ProgrammingModel;
  export function setProgrammingModel(model: ProgrammingModel): void;
}
