package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import io.evenkeel.bench.faults.Fault.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A sequence's faults, in the order of their beginnings; every choice was drawn from its seed.
 *
 * @param faults at least one
 */
record Plan(long seed, Shape shape, List<Fault> faults) {
  /**
   * Ten seeds that together hold every kind of fault, the socket's for every kind of request, and
   * long ones: 40, 156 and 2743 found mistakes of the product. None kills the engine's daemon while
   * a container is being started or removed, which Docker 20.10 does not survive
   * (docs/fault-bench.md, seed 207).
   */
  static final List<Long> FIXED =
      List.of(40L, 156L, 2743L, 2754L, 567L, 5068L, 5040L, 8073L, 5044L, 931L);

  private static final int UNUSED = 16;
  private static final int PLAIN_PERCENT = 12;
  private static final int PAIRED_PERCENT = 52;
  private static final int MOST_RANDOM = 4;
  private static final int KILLED_AT = 3_000;

  /** What a sequence is for. */
  enum Shape {
    /** One VPN is killed and nothing else happens: what the others are compared with. */
    PLAIN,
    /** One VPN is killed and one other fault happens near it. */
    PAIRED,
    /** Two to four faults of any kind. */
    RANDOM
  }

  Plan {
    faults = faults.stream().sorted(Comparator.comparingInt(Fault::at)).toList();
  }

  /** Draws a plan. */
  static Plan draw(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < UNUSED; i++) {
      int _ = random.nextInt(); // the first draws of neighbouring seeds are alike
    }
    List<Kind> kinds = List.of(Kind.values());
    int percent = random.nextInt(100);
    List<Fault> faults = new ArrayList<>();
    if (percent < PLAIN_PERCENT + PAIRED_PERCENT) {
      faults.add(drawn(random, Kind.VPN_KILLED, KILLED_AT));
      if (percent < PLAIN_PERCENT) {
        return new Plan(seed, Shape.PLAIN, faults);
      }
      Kind other = kinds.get(random.nextInt(kinds.size()));
      faults.add(drawn(random, other, KILLED_AT - 2_000 + random.nextInt(5_000)));
      return new Plan(seed, Shape.PAIRED, faults);
    }
    int number = 2 + random.nextInt(MOST_RANDOM - 1);
    for (int i = 0; i < number; i++) {
      faults.add(
          drawn(random, kinds.get(random.nextInt(kinds.size())), 1_000 + random.nextInt(9_000)));
    }
    return new Plan(seed, Shape.RANDOM, faults);
  }

  private static Fault drawn(Random random, Kind kind, int at) {
    // Short ones more often than long ones.
    double share = Math.pow(random.nextDouble(), 2);
    int lasts = (int) (1000 * (kind.least() + share * (kind.most() - kind.least())));
    int vpn = 1 + random.nextInt(2);
    int engine = random.nextInt(100);
    List<Paths> some = List.of(Paths.values());
    Paths paths = random.nextBoolean() ? Paths.ALL : some.get(random.nextInt(some.size()));
    return new Fault(
        kind,
        at,
        lasts,
        vpn,
        engine,
        kind == Kind.SOCKET_REFUSES ? Paths.ALL : paths,
        random.nextInt(1000));
  }

  boolean hasAny(Kind... kinds) {
    return faults.stream().anyMatch(f -> List.of(kinds).contains(f.kind()));
  }

  /** Whether a fault of this plan may touch what lives behind a VPN. */
  boolean hits(int vpn) {
    return faults.stream()
        .anyMatch(
            f -> f.kind().endsEverything() || (f.kind().target() == Target.VPN && f.vpn() == vpn));
  }

  @Override
  public String toString() {
    return "seed "
        + seed
        + " "
        + shape
        + ": "
        + faults.stream().map(Fault::toString).collect(Collectors.joining("; "));
  }
}
