/**
 * Whether supplies can be shared out so that every demand is met, each supply going only where it fits: EBS
 * volumes one to one (R29), compute of several groups of one role (R27). Largest flow by augmenting paths.
 *
 * @param fits whether supply `s` may go to demand `d`
 */
export function canAssign(
  demands: readonly number[],
  supplies: readonly number[],
  fits: (demand: number, supply: number) => boolean,
): boolean {
  const left = [...supplies];
  const given: number[][] = demands.map(() => supplies.map(() => 0));

  /** Finds up to `wanted` for demand `d`, taking from other demands what these can get elsewhere. */
  const take = (d: number, wanted: number, visited: Set<number>): number => {
    for (let s = 0; s < supplies.length; s++) {
      if (visited.has(s) || !fits(d, s)) continue;
      visited.add(s);
      if (left[s]! > 0) {
        const amount = Math.min(wanted, left[s]!);
        left[s]! -= amount;
        given[d]![s]! += amount;
        return amount;
      }
      for (let other = 0; other < demands.length; other++) {
        if (other === d || given[other]![s]! <= 0) continue;
        const amount = take(other, Math.min(wanted, given[other]![s]!), visited);
        if (amount > 0) {
          given[other]![s]! -= amount;
          given[d]![s]! += amount;
          return amount;
        }
      }
    }
    return 0;
  };

  return demands.every((demand, d) => {
    let missing = demand;
    while (missing > 0) {
      const got = take(d, missing, new Set());
      if (got === 0) return false;
      missing -= got;
    }
    return true;
  });
}
