import type { ProviderInputs, ProviderState } from "../../../provider/lifecycle/state";
import type { JobProvider } from "./jobProvider";

/** What an `up` did to the resource. */
export type Done = "created" | "same" | "updated" | "replaced";

/** A job in a stack's state, moved as Pulumi's engine moves it (design page pulumi.md, 1.4 and 1.5). */
export class StackedJob {
  id = "";
  inputs: ProviderInputs | undefined;
  state: ProviderState | undefined;
  initErrors: readonly string[] = [];

  async up(provider: JobProvider, wanted: ProviderInputs): Promise<Done> {
    if (this.state === undefined) {
      const inputs = await provider.check(wanted);
      this.take(await provider.create(inputs), inputs);
      return "created";
    }
    const news = await provider.check(wanted, this.inputs);
    const { changes, replaceKeys } = await provider.diff(this.id, this.state, news);
    if (replaceKeys.length > 0) {
      await provider.delete(this.id, this.state);
      this.state = undefined;
      // The engine asks again, without the old inputs.
      const anew = await provider.check(wanted);
      this.take(await provider.create(anew), anew);
      return "replaced";
    }
    // A resource with init errors is updated even without a difference.
    if (changes === "none" && this.initErrors.length === 0) {
      this.inputs = news;
      return "same";
    }
    this.take({ ...(await provider.update(this.id, this.state, news)), id: this.id }, news);
    return "updated";
  }

  async refresh(provider: JobProvider): Promise<void> {
    const { id, outputs, initErrors } = await provider.read(this.id, this.state!);
    if (id === "") {
      this.state = undefined;
      return;
    }
    this.take({ id, outputs, initErrors }, this.inputs!);
  }

  async destroy(provider: JobProvider): Promise<void> {
    await provider.delete(this.id, this.state!);
    this.state = undefined;
  }

  private take(
    result: { id: string; outputs: unknown; initErrors: readonly string[] },
    inputs: ProviderInputs,
  ): void {
    this.id = result.id;
    this.state = result.outputs as ProviderState;
    this.inputs = inputs;
    this.initErrors = result.initErrors;
  }
}
