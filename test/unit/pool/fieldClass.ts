import { type FieldClass, fieldClasses } from "../../../provider/pool/fieldClasses";

/** The class of a field by its path (`Instances.InstanceGroups[].InstanceType`): its own entry's, or that of one above. */
export function fieldClass(path: string): FieldClass | undefined {
  const table: Record<string, FieldClass> = fieldClasses;
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    const part = path.slice(0, end);
    const found = table[part] ?? table[part.replace(/\[\]$/, "")];
    if (found) return found;
  }
  return undefined;
}
