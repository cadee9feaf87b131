package dev.rootbound.idmap;

import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Statements that hold for whatever is drawn at random; {@code -Dseed=N} repeats one try. */
final class Seeds {
    private Seeds() {}

    /** One try. */
    interface Statement {
        void check(RandomGenerator random) throws Exception;
    }

    /** Each try has a seed of its own, which its failure names. */
    static void check(int tries, Statement statement) {
        var asked = Long.getLong("seed");
        if (asked != null) {
            check(asked.longValue(), statement);
            return;
        }
        new Random().longs(tries).forEach(seed -> check(seed, statement));
    }

    private static void check(long seed, Statement statement) {
        try {
            statement.check(new Random(seed));
        } catch (Exception | AssertionError e) {
            throw new AssertionError("again with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }

    /** Up to {@code limit} things. */
    static <T> List<T> list(RandomGenerator random, int limit, Drawn<T> drawn) {
        return IntStream.range(0, random.nextInt(limit + 1))
                .mapToObj(i -> drawn.from(random))
                .toList();
    }

    /** How a thing is drawn. */
    interface Drawn<T> {
        T from(RandomGenerator random);
    }

    /** A text of up to {@code limit} characters of an alphabet. */
    static String text(RandomGenerator random, String alphabet, int limit) {
        var text = new StringBuilder();
        for (int left = random.nextInt(limit + 1); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
