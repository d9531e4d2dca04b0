import { type ConfigurationView, lazyItems } from "./clusterView";
import type { JobProps } from "./jobProps";

type Configuration = NonNullable<JobProps["cluster"]["configurations"]>[number];

/** @param path of the object that has them as `configurations`. */
export function configurationViews(
  list: readonly Configuration[] | undefined,
  path: string,
): ConfigurationView[] {
  return lazyItems(list, (configuration, index) =>
    configurationView(configuration, `${path}.configurations[${index}]`),
  );
}

function configurationView(configuration: () => Configuration, path: string): ConfigurationView {
  return {
    path,
    get classification() {
      return configuration().classification ?? "";
    },
    get properties() {
      return configuration().properties ?? {};
    },
    get configurations() {
      return configurationViews(configuration().configurations, path);
    },
  };
}

/** A configuration as the AWS documents write it, which is how `aws.emr` resources take it as text. */
interface RawConfiguration {
  Classification?: string;
  Properties?: Record<string, string>;
  Configurations?: RawConfiguration[];
}

/** @param path the property that holds the text. */
export function jsonConfigurationViews(json: string | undefined, path: string): ConfigurationView[] {
  return rawConfigurationViews(parseConfigurations(json), path);
}

function rawConfigurationViews(list: readonly RawConfiguration[], path: string): ConfigurationView[] {
  return list.map((configuration, index) => ({
    path: `${path}[${index}]`,
    classification: configuration?.Classification ?? "",
    properties: configuration?.Properties ?? {},
    configurations: rawConfigurationViews(
      Array.isArray(configuration?.Configurations) ? configuration.Configurations : [],
      `${path}[${index}].Configurations`,
    ),
  }));
}

function parseConfigurations(json: string | undefined): RawConfiguration[] {
  if (json === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // EMR refuses malformed JSON with its own message; here it only means that no property can be found.
    return [];
  }
}
